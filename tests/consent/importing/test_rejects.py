"""What cannot be taken is reported by line, field, reason and mend; the rest is kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.authz.actors import OPERATOR
from privacy.consent.importing.people import naming_of
from privacy.consent.importing.profile import Profile
from privacy.consent.importing.profiles import read as profile_from
from privacy.consent.importing.rejects import Why
from privacy.consent.service import Reject
from privacy.errors import InvalidInput
from tests.consent.importing.conftest import import_it, reasons
from tests.consent.importing.exports import KINDS, Export
from tests.consent.importing.readings import example_programme, logged, read

T1, T2 = "2024-01-01 10:00:00", "2024-02-01 10:00:00"
MINE = """\
profile: mine
title: Mine
format: FORMAT
identifiers: { customer_id: id, email: mail, phone: tel }
proof: own_act
rules:
  - acts: [{ act: withdraw, purpose: offers, channel: sms, at: on }]
"""
HEAD = "id,mail,tel,on,note\n"


@pytest.fixture
def mine() -> Profile:
    return profile_from(MINE.replace("FORMAT", "csv"))


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
    # Of line 6 the consent is taken; only the confirmation cannot be.
    assert (out.rows, out.rejected, out.acts_recorded) == (7, 5, 5)
    assert {reject.file for reject in rejects} == {"subscribed_members_export.csv"}
    assert reasons(["ewa@example.com", "iza@example.com", "jan@example.com"]) == {
        "ewa@example.com": "given",
        "iza@example.com": "given",
        "jan@example.com": "requested",
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


@pytest.mark.usefixtures("ring")
@pytest.mark.parametrize(
    "written",
    [
        *("+48600100200", "0048600100200", "48600100200", "(48) 600 100 200", "600100200", "600 100 200"),
        *("600-100-200", "+48 600 100 200", "00 48 600 100 200", " +48 (600) 100-200 ", "48 600 100 200"),
    ],
)
def test_every_way_of_writing_a_polish_number_is_one_number(written: str, mine: Profile, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"{HEAD},,{written},,\n,,+48600100200,,\n")
    found = read(path, mine)
    assert (found.rows, found.rejects) == (2, [])
    namings = [naming_of(names, example_programme(), OPERATOR) for names in found.names]
    assert len({contact.index for naming in namings for contact in naming.contacts.values()}) == 1


@pytest.mark.usefixtures("ring")
@pytest.mark.parametrize(
    ("row", "told", "named"),
    [
        (",EWA@Example.COM  ,,,", None, {"email": "EWA@Example.COM"}),
        ("C-1,,,31.12.2024,", ("on", Why.BAD_TIME_OF_NO), {"customer_id": "C-1"}),
        ("C-1,,,2023-02-29,", ("on", Why.BAD_TIME_OF_NO), {"customer_id": "C-1"}),
        ("C-1,,,2031-01-01,", None, {"customer_id": "C-1"}),
        ("C-1,ewa@,,,", ("mail", Why.BAD_ADDRESS), {"customer_id": "C-1"}),
        ("C-1,,12,,", ("tel", Why.BAD_PHONE), {"customer_id": "C-1"}),
        (",ewa@example.com,12,,", ("tel", Why.BAD_PHONE), {"email": "ewa@example.com"}),
        (f"{'9' * 200},ewa@example.com,,,", ("id", Why.BAD_IDENTIFIER), {"email": "ewa@example.com"}),
        ("C-1,,,,=HYPERLINK(1)", None, {"customer_id": "C-1"}),
        ("=1+1,,,,", None, {"customer_id": "=1+1"}),
        ("C-1,,,,a\0b", None, {"customer_id": "C-1"}),
        ("C-\0001,,,,", ("id", Why.NUL), None),
        ("C-1,,,\0,", ("on", Why.NUL), None),
        ("C-1,,,,", None, {"customer_id": "C-1"}),
        (f"C-1,,,,{'x' * 40_000}", None, {"customer_id": "C-1"}),
        (f"C-1,,,{'x' * 40_000},", ("on", Why.TOO_LONG), None),
        (f"C-1,,,,{'x' * 1_000_000}", ("", Why.TOO_LONG), None),
        ("C-1,,", ("", Why.COLUMNS), None),
        ('C-1,"ewa@example.com,,,', ("", Why.QUOTES), None),
        (",,,,only a note", ("id", Why.NOBODY), None),
    ],
)
def test_dirt_is_taken_or_reported(
    row: str, told: tuple[str, Why] | None, named: dict[str, str] | None, mine: Profile, tmp_path: Path
) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"{HEAD}C-0,,,,\n{row}\nC-9,,,,\n")
    found = read(path, mine)
    assert found.told == ([] if told is None else [(3, told[0], told[1].reason)])
    assert [reject.mend for reject in found.rejects] == ([] if told is None else [told[1].mend])
    between = [] if named is None else [named]
    assert found.names == [{"customer_id": "C-0"}, *between, {"customer_id": "C-9"}]


@pytest.mark.usefixtures("ring")
def test_bytes_of_another_encoding_harm_only_the_columns_that_are_read(mine: Profile, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    body = "C-1,,,,żółw\nC-ż,,,,\nC-3,,,,\n".encode("cp1250")
    path.write_bytes(HEAD.encode() + body)
    found = read(path, mine)
    assert found.told == [(3, "id", Why.ENCODING.reason)]
    assert found.names == [{"customer_id": "C-1"}, {"customer_id": "C-3"}]


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
    with pytest.raises(InvalidInput, match="Its name must tell which it is of: subscribed, unsubscribed, cleaned"):
        import_it(tmp_path)


_CSV = st.sampled_from([b"tajny.adres@example.org", b'"', b",", b"\n", b"\0", b"\xff", T1.encode(), b"tajne haslo"])
_ROWS = st.binary() | st.lists(_CSV, max_size=80).map(b"".join)


@pytest.mark.usefixtures("ring")
@given(body=_ROWS, kind=st.sampled_from(list(KINDS)))
def test_no_audience_breaks_the_import_or_shows_a_value(
    body: bytes, kind: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("export") / f"{kind}.csv"
    path.write_bytes(",".join(KINDS[kind]).encode() + b"\n" + body)
    _import_and_look(path, "mailchimp", {"", *KINDS[kind]})


@pytest.mark.usefixtures("ring")
@given(body=_ROWS, form=st.sampled_from(["csv", "ndjson", "lines"]))
def test_no_file_breaks_an_import_or_shows_a_value(
    body: bytes, form: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = MINE.replace("FORMAT", form)
    if form == "lines":
        text = text.replace("{ customer_id: id, email: mail, phone: tel }", "{ email_or_phone: line }")
        text = text.replace(", at: on", "")
    path = tmp_path_factory.mktemp("export") / "list.txt"
    path.write_bytes((HEAD.encode() if form == "csv" else b"") + body)
    _import_and_look(path, profile_from(text), {"", "id", "mail", "tel", "on", "line"})


def _import_and_look(path: Path, profile: Profile | str, columns: set[str]) -> None:
    """Every row is taken or reported, and nothing of the file is in a message, a representation or the log."""
    with logged() as log:
        found = read(path, profile)
    assert len(found.said) + len(found.rejects) >= found.rows
    for reject in found.rejects:
        assert set(reject.field.split(", ")) <= columns
        assert "tajn" not in repr(reject)
        assert all(reason in _REASONS for reason in _sentences(reject.reason))
    assert "tajn" not in repr(found.said)
    assert log == []


_REASONS = {sentence for why in Why for sentence in why.reason.replace(";", ".").split(".")}


def _sentences(text: str) -> list[str]:
    return [part if part in _REASONS else part.strip() for part in text.replace(";", ".").split(".")]
