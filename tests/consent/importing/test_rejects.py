"""What cannot be taken is reported by line, field, reason and mend; the rest is kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.consent.importing.mailchimp import MAILCHIMP
from privacy.consent.importing.pile import Pile
from privacy.consent.importing.reading import Reader, files_of
from privacy.consent.importing.rejects import Reject, Why
from privacy.consent.importing.sources import sources
from privacy.errors import InvalidInput
from tests.consent.importing.conftest import import_it, reasons
from tests.consent.importing.exports import KINDS, Export

T1, T2 = "2024-01-01 10:00:00", "2024-02-01 10:00:00"


@pytest.mark.usefixtures("installed")
def test_each_bad_row_is_reported_and_the_rest_is_kept(tmp_path: Path) -> None:
    export = Export().subscribed("ewa@example.com", T1, T2).subscribed("   ", T1).subscribed("ewa(at)example.com", T1)
    export.subscribed("jan@example.com", "2024-13-01 10:00:00").subscribed("jan@example.com", T1, "yesterday")
    export.subscribed("jan@example.com", "0001-01-01 00:00:00").subscribed(" IZA@Example.COM ", T1, T2)
    rejects: list[Reject] = []
    out = import_it(export.write(tmp_path / "export"), rejects=rejects)
    assert [(reject.line, reject.field, reject.reason) for reject in rejects] == [
        (3, "Email Address", Why.NO_ADDRESS.reason),
        (4, "Email Address", Why.BAD_ADDRESS.reason),
        (5, "OPTIN_TIME", Why.BAD_TIME.reason),
        (6, "CONFIRM_TIME", Why.BAD_TIME.reason),
        (7, "OPTIN_TIME", Why.BAD_TIME.reason),
    ]
    assert (out.rows, out.rejected, out.acts_recorded) == (7, 5, 4)
    assert {reject.file for reject in rejects} == {"subscribed_members_export.csv"}
    assert reasons(["ewa@example.com", "iza@example.com", "jan@example.com"]) == {
        "ewa@example.com": "given",
        "iza@example.com": "given",
        "jan@example.com": "no_record",
    }


@pytest.mark.usefixtures("installed")
def test_a_no_with_a_bad_time_is_reported_and_kept(tmp_path: Path) -> None:
    export = Export().subscribed("ewa@example.com", T1, T2).unsubscribed("ewa@example.com", "soon")
    export.subscribed("jan@example.com", T1, T2).cleaned("jan@example.com", "2024-02-30 10:00:00")
    rejects: list[Reject] = []
    out = import_it(export.write(tmp_path / "export"), rejects=rejects)
    assert [(reject.field, reject.reason) for reject in rejects] == [
        ("CLEAN_TIME", Why.BAD_TIME_OF_NO.reason),
        ("UNSUB_TIME", Why.BAD_TIME_OF_NO.reason),
    ]
    assert out.rejected == 2
    assert reasons(["ewa@example.com", "jan@example.com"]) == {
        "ewa@example.com": "withdrawn",
        "jan@example.com": "suppressed",
    }


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("column", ["Email Address", "CONFIRM_TIME"])
def test_a_missing_column_is_one_clear_error(column: str, tmp_path: Path) -> None:
    folder = Export().subscribed("ewa@example.com", T1).write(tmp_path / "export")
    path = folder / "subscribed_members_export.csv"
    path.write_text(path.read_text().replace(column, "Something Else", 1))
    with pytest.raises(InvalidInput, match=f"subscribed_members_export.csv must .*: {column}\\."):
        import_it(folder)


@pytest.mark.usefixtures("installed")
def test_a_place_without_audience_files_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "nonsubscribed.csv").write_text("Email Address\n")
    with pytest.raises(InvalidInput, match="tells by its name"):
        import_it(tmp_path)


@pytest.mark.usefixtures("installed")
def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    folder = Export().subscribed("ewa@example.com", T1, T2).write(tmp_path / "export", encoding="utf-8-sig")
    import_it(folder)
    assert reasons(["ewa@example.com"]) == {"ewa@example.com": "given"}


_ROWS = st.sampled_from([b"tajny.adres@example.org", b'"', b",", b"\n", b"\0", b"\xff", T1.encode(), b"tajne haslo"])


@given(body=st.binary() | st.lists(_ROWS, max_size=80).map(b"".join), kind=st.sampled_from(list(KINDS)))
def test_no_file_breaks_the_import_or_shows_a_value(
    body: bytes, kind: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("export") / f"{kind}.csv"
    path.write_bytes(",".join(KINDS[kind]).encode() + b"\n" + body)
    rejects: list[Reject] = []
    pile = Pile()
    (file,) = files_of(sources(path), MAILCHIMP)
    rows = Reader(MAILCHIMP, pile, _no_name, rejects.append).read(file, lambda _: None)
    assert (pile.rows, len(rejects)) == (0, rows)
    for reject in rejects:
        assert reject.field in {"", *KINDS[kind]}
        assert (reject.reason, reject.mend) in {why.value for why in Why}
    pile.close()


def _no_name(_address: str) -> None:
    raise InvalidInput
