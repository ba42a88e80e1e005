"""A rejects file is imported again with the profile of the export: corrected rows go in, others are rejected again."""

from __future__ import annotations

import csv
import io
import stat
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.consent.importing.rejects import COLUMNS, Reject, Why, cell, value_of
from tests.consent.importing.conftest import import_it, reasons
from tests.consent.importing.exports import Export
from tests.consent.importing.readings import Read, read, write_rejects

pytestmark = pytest.mark.usefixtures("ring")

T1, T2 = "2024-01-01 10:00:00", "2024-02-01 10:00:00"
CRM = (
    "ID klienta;Imię;E-mail;Telefon;Nr karty;Data urodzenia;Zgoda e-mail;Zgoda SMS;Zgoda telefon;"
    "Zgoda profilowanie;Data zgody;Data zmiany;Wersja klauzuli;Źródło\n"
)


@dataclass(frozen=True)
class Dirty:
    """An export with bad rows, and how each is corrected."""

    profile: str
    #: By name; text, and the encoding it is in.
    files: dict[str, tuple[str, str]]
    corrections: tuple[tuple[str, str], ...]
    #: Whom the rows name once corrected.
    named: frozenset[str]
    options: dict[str, str]

    def write(self, folder: Path) -> Path:
        folder.mkdir()
        for name, (text, encoding) in self.files.items():
            (folder / name).write_bytes(text.encode(encoding))
        return folder


ONE_KIND = Dirty(
    "crm",
    {
        "klienci.csv": (
            CRM
            + "C-1;Żaneta;zaneta@example;;;;TAK;NIE;;;01.02.2024 10:00;;3.0;sklep stacjonarny\n"
            + 'C-2;"Łucja; ""Lu""\r\nNowak";lucja@example.com;;;;TAK;NIE;;;41.02.2024 10:00;;3.0;www\n'
            + "C-3;Jan;jan@example.com;;;;może;;;;01.02.2024 10:00;;3.0;www\n"
            + "C-4;Jan;TAK\n"
            + "=C-5;Jan;;;;;TAK;;;;01.02.2024 10:00;;3 0;www\n"
            + "C-6;Ola;;;;;TAK;;;;01.02.2024 10:00;;3.0;www\n",
            "cp1250",
        )
    },
    (
        *(("zaneta@example;", "zaneta@example.com;"), ("41.02.2024", "14.02.2024"), ("może", "TAK"), ("3 0", "3.0")),
        ("C-4;Jan;TAK", "C-4;Jan;;;;;TAK;;;;01.02.2024 10:00;;3.0;www"),
    ),
    frozenset({"C-1", "C-2", "C-3", "C-4", "=C-5"}),
    {"wording": "klauzula"},
)
SEVERAL_KINDS = Dirty(
    "mailchimp",
    {
        "subscribed.csv": (
            Export().subscribed("ewa@example", T1, T2).subscribed("jan@example.com", "soon", T2).text("subscribed"),
            "utf-8-sig",
        ),
        "unsubscribed.csv": (Export().unsubscribed("=iza@", T1).text("unsubscribed").replace(",", ";"), "utf-16"),
        "cleaned.csv": (Export().cleaned("", T1).cleaned("ola@example.com", "?").text("cleaned"), "utf-8"),
    },
    (("ewa@example,", "ewa@example.com,"), ("soon", T1), ("=iza@;", "=iza@example.com;"), ("?", T1)),
    frozenset({"ewa@example.com", "jan@example.com", "=iza@example.com", "ola@example.com"}),
    {"purpose": "newsletter", "wording": "newsletter"},
)
NDJSON = Dirty(
    "tills",
    {
        "pos.ndjson": (
            '{"loyalty_card": "977", "purpose": "offers", "channel": "sms", "act": "gave", "occurred_at": "2024-01"}\n'
            '{"loyalty_card": "978", "purpose": "offers", "channel": "ęsms", "act": "give", "notice": {"code": "a b"}\n'
            '{"loyalty_card": "", "purpose": "offers", "channel": "sms", "act": "give", "occurred_at": "2024-01-01"}\n',
            "utf-8",
        )
    },
    (
        *(
            ("gave", "give"),
            ('2024-01"', '2024-01-01"'),
            ('"ęsms"', '"sms"'),
            ('{"code": "a b"}', '{"code": "loyalty", "version": 2}}'),
        ),
        ('"loyalty_card": ""', '"loyalty_card": "979"'),
    ),
    frozenset({"977", "978", "979"}),
    {},
)
LINES = Dirty(
    "suppression",
    {"list.txt": ("ewa(at)example.com\n+48600100200\n+4860010\n@\n", "utf-8")},
    (("(at)", "@"), ("+4860010", "+48600100201")),
    frozenset({"ewa@example.com", "+48600100201"}),
    {},
)
EVERY = pytest.mark.parametrize(
    "dirty", [ONE_KIND, SEVERAL_KINDS, NDJSON, LINES], ids=["one kind", "several kinds", "NDJSON", "lines"]
)


def _rewritten(path: Path, change: Callable[[str], str], encoding: str = "utf-8", delimiter: str = ",") -> Path:
    """The rejects file as a spreadsheet saves it, each `row` changed."""
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8"), newline="")))
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows({**row, "row": change(row["row"])} for row in rows)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def _imported(dirty: Dirty, tmp_path: Path) -> tuple[Read, Path]:
    first = read(dirty.write(tmp_path / "export"), dirty.profile, dirty.options)
    assert first.rejects
    return first, write_rejects(first.rejects, tmp_path / "imports")


def _corrected(dirty: Dirty, text: str) -> str:
    for wrong, right in dirty.corrections:
        text = text.replace(wrong, right)
    return text


@EVERY
def test_uncorrected_it_gives_the_same_rejects_and_nothing_else(dirty: Dirty, tmp_path: Path) -> None:
    first, path = _imported(dirty, tmp_path)
    again = read(path, dirty.profile, dirty.options)
    assert again.rejects == first.rejects
    said = {(row.names, row.statements, row.line) for row in first.said}
    # A row of which a part was taken says that part again.
    assert {(row.names, row.statements, row.line) for row in again.said} <= said


@EVERY
@pytest.mark.parametrize(
    ("encoding", "delimiter"), [("utf-8", ","), ("utf-8-sig", ";"), ("cp1250", ";"), ("utf-16", "\t")]
)
def test_corrected_it_is_taken(dirty: Dirty, encoding: str, delimiter: str, tmp_path: Path) -> None:
    _, path = _imported(dirty, tmp_path)
    _rewritten(path, lambda row: _corrected(dirty, row), encoding, delimiter)
    again = read(path, dirty.profile, dirty.options)
    left = [reject for reject in again.rejects if reject.row and _corrected(dirty, reject.row) != reject.row]
    assert left == []
    assert {value for names in again.names for value in names.values()} >= dirty.named
    assert all(row.dropped == () for row in again.said)


def test_only_what_nobody_corrected_is_rejected_again(tmp_path: Path) -> None:
    _, path = _imported(SEVERAL_KINDS, tmp_path)
    _rewritten(path, lambda row: _corrected(SEVERAL_KINDS, row))
    again = read(path, "mailchimp")
    assert [(reject.file, reject.line, reject.reason) for reject in again.rejects] == [
        ("cleaned.csv", 2, Why.NO_ADDRESS.reason)
    ]


def test_bytes_of_no_encoding_do_not_come_back_as_text(tmp_path: Path) -> None:
    text = Export().subscribed("ewa#@example.com", T1, T2).text("subscribed").encode().replace(b"#", b"\xff")
    (tmp_path / "subscribed.csv").write_bytes(text)
    first = read(tmp_path / "subscribed.csv", "mailchimp")
    again = read(write_rejects(first.rejects, tmp_path / "imports"), "mailchimp")
    assert first.told == again.told == [(2, "Email Address", Why.ENCODING.reason)]
    assert again.said == []


def test_a_row_that_was_not_kept_is_named_by_its_place(tmp_path: Path) -> None:
    text = Export().subscribed("ewa@example.com", T1, NOTES="x" * 1_000_000).text("subscribed")
    (tmp_path / "subscribed.csv").write_text(text)
    first = read(tmp_path / "subscribed.csv", "mailchimp")
    assert first.told == [(2, "", Why.TOO_LONG.reason)]
    again = read(write_rejects(first.rejects, tmp_path / "imports"), "mailchimp")
    assert [(r.file, r.line, r.reason) for r in again.rejects] == [("subscribed.csv", 2, Why.NOT_READ.reason)]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("file", "export.csv"), ("header", "a,b"), ("header", '"'), ("row", ""), ("line", "9" * 5_000)),
        *(("line", "-3"), ("line", "²"), ("file", "x" * 100_000)),
    ],
)
def test_a_rejects_file_that_was_spoilt_breaks_nothing(field: str, value: str, tmp_path: Path) -> None:
    kept = Reject.of(
        "subscribed.csv", 2, [("OPTIN_TIME", Why.BAD_TIME)], "ewa@example.com,x", "Email Address,OPTIN_TIME"
    )
    spoilt: dict[str, str | int] = {field: value}
    path = write_rejects([replace(kept, **spoilt)], tmp_path)  # type: ignore[arg-type]  # a number that is none
    again = read(path, "mailchimp")
    assert (again.rows, len(again.rejects), again.said) == (1, 1, [])


@given(
    body=st.binary()
    | st.lists(st.sampled_from([b"1", b",", b'"', b"\n", b"'", b"=", b"subscribed", b"\xff"])).map(b"".join)
)
def test_no_bytes_break_the_reading_of_rejects(body: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    for profile in ("mailchimp", "crm", "tills", "suppression"):
        path = tmp_path_factory.mktemp("again") / "rejects.csv"
        path.write_bytes(",".join(COLUMNS).encode() + b"\n" + body)
        found = read(path, profile, {"wording": "klauzula"} if profile == "crm" else None)
        assert len(found.rejects) + len(found.said) >= found.rows


@given(st.text() | st.lists(st.sampled_from("'=+-@\t\ra")).map("".join))
def test_a_cell_holds_no_formula_and_gives_back_what_it_was_made_of(text: str) -> None:
    assert not cell(text).startswith(("=", "+", "-", "@", "\t", "\r"))
    if text.isprintable():
        assert value_of(cell(text)) == text


@pytest.mark.usefixtures("installed")
def test_corrected_rejects_change_what_people_may_be_asked(tmp_path: Path) -> None:
    export = Export().subscribed("ewa@example.com", T1, T2).subscribed("jan@example", T1, T2)
    rejects: list[Reject] = []
    import_it(export.write(tmp_path / "export"), rejects=rejects)
    path = write_rejects(rejects, tmp_path / "imports")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert import_it(path).acts_recorded == 0
    _rewritten(path, lambda row: row.replace("jan@example,", "jan@example.com,"))
    out = import_it(path)
    assert (out.rows, out.rejected, out.acts_recorded, out.permissions_gained) == (1, 0, 2, 1)
    assert reasons(["ewa@example.com", "jan@example.com"]) == {"ewa@example.com": "given", "jan@example.com": "given"}
