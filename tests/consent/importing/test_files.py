"""Which files of an export are read, as which kind, and however they were saved; what is none is one clear error."""

from __future__ import annotations

from pathlib import Path

import pytest

from privacy.consent import service as consent
from privacy.consent.importing.files import files_of
from privacy.consent.importing.sources import sources
from privacy.errors import InvalidInput
from tests.consent.importing.exports import KINDS, Export
from tests.consent.importing.readings import read

pytestmark = pytest.mark.usefixtures("ring")

T1, T2 = "2024-01-01 10:00:00", "2024-02-01 10:00:00"
CRM_HEAD = (
    "ID klienta;Imię;E-mail;Telefon;Nr karty;Data urodzenia;Zgoda e-mail;Zgoda SMS;Zgoda telefon;"
    "Zgoda profilowanie;Data zgody;Data zmiany;Wersja klauzuli;Źródło\r\n"
)
CRM_ROW = "C-1;Żaneta;paweł@example.com;;;;TAK;NIE;;;01.02.2024 10:00;;3.0;sklep stacjonarny\r\n"
HUBSPOT_HEAD = (
    "Record ID,First Name,Email,Unsubscribed from all email,Opted out of email: Marketing Information,"
    "Legal basis for processing contact's data,Create Date,Last Modified Date\r\n"
)
HUBSPOT_ROW = "1,Żaneta, Ewa@Example.com ,false,false,Freely given consent from contact,2024-03-01 10:00,\r\n"


def kinds(path: Path, profile: str = "mailchimp") -> dict[str, str]:
    """Each file that is read and the kind of its rows."""
    found = {}
    for file in files_of(sources(path), consent.profile(profile)):
        with file.source.open() as stream:
            found |= {origin.file: origin.kind.name or "" for origin, _ in file.rows(stream)}
    return found


@pytest.mark.parametrize("encoding", ["cp1250", "utf-8", "utf-8-sig", "utf-16", "iso8859-2"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_the_crm_is_read_however_it_was_saved(encoding: str, delimiter: str, tmp_path: Path) -> None:
    path = tmp_path / "klienci.csv"
    path.write_bytes((CRM_HEAD + CRM_ROW).replace(";", delimiter).encode(encoding))
    found = read(path, "crm", {})
    assert found.rejects == []
    assert found.names == [{"customer_id": "C-1", "email": "paweł@example.com"}]
    (row,) = found.said
    assert {(s.said, s.channel, s.point, s.proof) for s in row.statements} == {
        ("give", "email", "sklep", "staff_claim"),
        ("refuse", "sms", "sklep", "staff_claim"),
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1250"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_hubspot_is_read_however_it_was_saved(encoding: str, delimiter: str, tmp_path: Path) -> None:
    path = tmp_path / "contacts.csv"
    path.write_bytes((HUBSPOT_HEAD + HUBSPOT_ROW).replace(",", delimiter).encode(encoding))
    found = read(path, "hubspot", {"purpose": "offers", "wording": "klauzula"})
    assert found.rejects == []
    assert [row.names for row in found.said] == [(("email", "Ewa@Example.com"),)]


@pytest.mark.parametrize(
    ("name", "column", "kind"),
    [
        ("subscribed_members_export_0a1b.csv", None, "subscribed"),
        ("unsubscribed_members_export.csv", "UNSUB_TIME", "unsubscribed"),
        ("Cleaned-Members.csv", "CLEAN_TIME", "cleaned"),
        ("export.csv", "UNSUB_TIME", "unsubscribed"),
        ("export.csv", "unsub_time", "unsubscribed"),
        ("export.csv", None, None),
        ("nonsubscribed_members_export.csv", None, None),
        ("non-subscribed.csv", None, None),
        ("subscribedness.csv", None, None),
    ],
)
def test_a_file_is_known_by_name_or_columns(name: str, column: str | None, kind: str | None, tmp_path: Path) -> None:
    header = ["Email Address", "OPTIN_TIME", "CONFIRM_TIME", *([column] if column else [])]
    path = tmp_path / name
    path.write_text(",".join(header) + "\n" + ",".join("x" * len(header)) + "\n")
    if kind is None:
        with pytest.raises(InvalidInput, match="Its name must tell which it is of"):
            kinds(path)
    else:
        assert kinds(path) == {name: kind}


@pytest.mark.parametrize(
    ("name", "header"),
    [("subscribed.csv", "Email Address,UNSUB_TIME"), ("subscribed_and_cleaned.csv", "Email Address,CONFIRM_TIME")],
)
def test_a_name_that_contradicts_the_columns_is_refused(name: str, header: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(f"{header}\n")
    with pytest.raises(InvalidInput, match="different kinds"):
        kinds(tmp_path / name)


def test_other_files_of_a_folder_are_left_alone(tmp_path: Path) -> None:
    folder = Export().subscribed("ewa@example.com", T1, T2).unsubscribed("jan@example.com", T1).write(tmp_path / "all")
    (folder / "subscribed.png").write_bytes(b"\x89PNG")
    (folder / "report.csv").write_text("Month,Opens\n1,2\n")
    (folder / "nonsubscribed_members_export.csv").write_text(Export().subscribed("iza@example.com").text("subscribed"))
    (folder / "subscribed.xlsx").write_bytes(b"PK")
    found = read(folder, "mailchimp")
    assert (found.rows, found.rejects) == (2, [])
    assert found.names == [{"email": "ewa@example.com"}, {"email": "jan@example.com"}]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "must begin with a line of column names"),
        ("\n\n", "must begin with a line of column names"),
        ("\ufeff", "must begin with a line of column names"),
        ("ewa@example.com\n", "have once each: Email Address, OPTIN_TIME, CONFIRM_TIME"),
        ("Email Address,OPTIN_TIME\n", "have once each: CONFIRM_TIME"),
        ("Email Address,email address,OPTIN_TIME,CONFIRM_TIME\n", "have once each: Email Address"),
        ('"Email Address,OPTIN_TIME,CONFIRM_TIME\n', "must begin with a line of column names"),
        ("x" * 1_000_000, "must begin with a line of column names"),
    ],
)
def test_a_file_without_its_header_is_one_clear_error(content: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "subscribed.csv").write_text(content)
    with pytest.raises(InvalidInput, match=says) as refused:
        read(tmp_path / "subscribed.csv", "mailchimp")
    assert "example.com" not in str(refused.value)


@pytest.mark.parametrize("kind", KINDS)
def test_a_header_alone_is_a_file_without_rows(kind: str, tmp_path: Path) -> None:
    (tmp_path / f"{kind}.csv").write_text(Export().text(kind))
    assert (found := read(tmp_path, "mailchimp")).rows == 0
    assert (found.said, found.rejects) == ([], [])


@pytest.mark.parametrize(("profile", "name"), [("suppression", "list.txt"), ("tills", "pos.ndjson")])
def test_an_empty_file_of_lines_has_no_rows(profile: str, name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("\n\n")
    assert read(tmp_path / name, profile, {}).rows == 0


def test_a_list_saved_as_csv_or_under_another_name_is_a_list(tmp_path: Path) -> None:
    for name in ("list.csv", "list.lst", "list"):
        (tmp_path / name).write_text("ewa@example.com;\r\n600 100 200;\r\n")
        assert read(tmp_path / name, "suppression", {}).names == [
            {"email": "ewa@example.com"},
            {"phone": "600 100 200"},
        ]


def test_an_empty_folder_holds_nothing_to_read(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="There is no file here that the profile crm reads"):
        read(tmp_path, "crm")


def test_a_row_is_named_by_its_own_file_and_line(tmp_path: Path) -> None:
    folder = (
        Export().subscribed("a@", T1).unsubscribed("ewa@example.com", T1).unsubscribed("b@", T1).write(tmp_path / "e")
    )
    assert [(reject.file, reject.line) for reject in read(folder, "mailchimp").rejects] == [
        ("subscribed_members_export.csv", 2),
        ("unsubscribed_members_export.csv", 3),
    ]
