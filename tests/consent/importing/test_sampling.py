"""A profile explained by the first rows of a file: what each would become, whom it names but for the value, and why
a consent would not count. Nothing is recorded."""

from __future__ import annotations

from pathlib import Path

import pytest

from privacy.authz.actors import OPERATOR
from privacy.consent import service as consent
from privacy.consent.importing.sampling import SampleRow
from privacy.errors import InvalidInput
from privacy.programme import service as programmes
from tests.consent.importing.conftest import rows_of
from tests.consent.importing.exports import Export

pytestmark = pytest.mark.usefixtures("installed")

EVERYTHING = ("consent_act", "consent_fact", "suppression", "data_subject", "subject_contact", "audit_event")
T1, T2 = "2024-01-01 10:00:00", "2024-02-01 10:00:00"


def explained(path: Path, profile: str = "mailchimp", wording: str | None = "newsletter") -> list[SampleRow]:
    options = consent.ImportOptions.of("newsletter" if profile == "mailchimp" else None, wording)
    found = consent.import_files(path)
    return consent.import_sample(
        consent.profile(profile), found, options, actor=OPERATOR, programme=programmes.current()
    )


def falls(row: SampleRow) -> list[tuple[str, str | None]]:
    return [(act.act, act.falls) for act in row.acts]


def test_each_act_with_its_time_wording_and_proof(tmp_path: Path) -> None:
    before = rows_of(*EVERYTHING)
    (row,) = explained(Export().subscribed("ewa.lis@example.com", T1, T2).write(tmp_path / "e", ["subscribed"]))
    assert (row.file, row.line, row.names) == ("subscribed_members_export.csv", 2, {"email": "e***@example.com"})
    give, confirm = row.acts
    assert (give.act, give.purpose, give.channel, give.at) == ("give", "newsletter", "email", "2024-01-01T10:00:00Z")
    assert (give.wording, give.proof, give.point, give.falls) == ("newsletter 2", "own_act", "audience_export", None)
    assert (confirm.act, confirm.at, confirm.falls) == ("confirm", "2024-02-01T10:00:00Z", None)
    assert rows_of(*EVERYTHING) == before


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ((T1, ""), [("give", "unconfirmed")]),
        (("2019-01-01 10:00:00", T1), [("give", "wording_out_of_period"), ("confirm", None)]),
        (("2031-01-01 10:00:00", ""), [("give", "future_date")]),
        (("", ""), [("give", "no_date")]),
    ],
)
def test_why_a_consent_would_not_count(
    times: tuple[str, str], expected: list[tuple[str, str | None]], tmp_path: Path
) -> None:
    (row,) = explained(Export().subscribed("ewa@example.com", *times).write(tmp_path / "e", ["subscribed"]))
    assert falls(row) == expected


def test_what_cannot_be_read_is_told_by_column_with_its_mend(tmp_path: Path) -> None:
    export = Export().subscribed("tajny.adres@", T1).subscribed("jan@example.com", "tajne").subscribed("", T1)
    rows = explained(export.write(tmp_path / "e", ["subscribed"]))
    assert [[column for column, _, _ in row.complaints] for row in rows] == [
        *(["Email Address"], ["OPTIN_TIME"], ["Email Address"])
    ]
    assert rows[0].names == {}
    assert "tajn" not in repr(rows)


def test_ten_rows_of_each_file_and_broken_ones_among_them(tmp_path: Path) -> None:
    export = Export()
    for number in range(15):
        export.subscribed(f"osoba{number}@example.com", T1).unsubscribed(f"osoba{number}@example.com", T1)
    folder = export.write(tmp_path / "export")
    path = folder / "subscribed_members_export.csv"
    path.write_text(path.read_text().replace("osoba3@example.com", '"osoba3@example.com', 1))
    rows = explained(folder)
    by_file = [[row.line for row in rows if row.file.startswith(kind)] for kind in ("subscribed", "unsubscribed")]
    assert by_file == [list(range(2, 12))] * 2
    (broken,) = [row for row in rows if row.complaints]
    assert (broken.line, broken.acts, broken.complaints[0][0]) == (5, [], "")


def test_account_identifiers_are_named_and_not_shown(tmp_path: Path) -> None:
    (tmp_path / "pos.ndjson").write_text(
        '{"loyalty_card": "977000001958", "purpose": "offers", "channel": "sms", "act": "withdraw"}\n'
    )
    (row,) = explained(tmp_path / "pos.ndjson", "tills", None)
    assert row.names == {"loyalty_card": "named"}
    assert [(act.act, act.at, act.falls) for act in row.acts] == [("withdraw", None, None)]


def test_options_are_needed_as_by_an_import(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="needs it"):
        explained(Export().subscribed("ewa@example.com", T1).write(tmp_path / "e"), wording=None)
