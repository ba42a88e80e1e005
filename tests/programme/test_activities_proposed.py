"""A record that somebody sent becomes a proposal: ours comes back as it was, and a dirty one loses nothing."""

from __future__ import annotations

import copy
import io
import zipfile
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from privacy.errors import InvalidInput
from privacy.programme.activities.aliases import ALIASES
from privacy.programme.activities.columns import COLUMNS, HEADINGS, LOCALES, Sheet
from privacy.programme.activities.headings import find, plain
from privacy.programme.activities.proposing import Proposal, propose
from privacy.programme.activities.sheets import LARGEST_FILE, MOST_ROWS, Rows
from privacy.programme.activities.workbook import workbook
from privacy.programme.build import build
from privacy.programme.reader import Document, read
from privacy.programme.types import Programme
from tests.programme.documents import EXAMPLE, small
from tests.sizes import size

EXAMPLE_DOCUMENT = read(EXAMPLE.read_bytes())
SMALL_DOCUMENT = read(small())


def programme_of(content: Any) -> Programme:
    return build(copy.deepcopy(dict(content)), number=1, applied_at=0, sha256="")


def sheet(*rows: list[Any], merged: tuple[int, int, int, int, str] | None = None, name: str = "Rejestr") -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet(name)
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
        if merged:
            page.merge_range(*merged)
    return out.getvalue()


def activities(proposal: Proposal) -> dict[str, dict[str, Any]]:
    return {one["code"]: one for one in read(proposal.yaml).content["processing_activities"]}


@pytest.mark.parametrize("locale", LOCALES)
def test_what_went_out_comes_in_as_it_was(locale: str) -> None:
    proposal = propose(workbook(programme_of(EXAMPLE_DOCUMENT.content), locale), EXAMPLE_DOCUMENT.content)
    assert read(proposal.yaml) == EXAMPLE_DOCUMENT
    assert proposal.findings == ()


_WORDS = st.text(st.characters(categories=["L", "Nd", "Zs", "P"], exclude_characters="[]\x85\u2028\u2029"), min_size=3)
_TEXT = _WORDS.map(lambda text: " ".join(text.split())).filter(lambda text: any(sign.isalpha() for sign in text))


@settings(max_examples=size("examples"), deadline=None)
@given(
    names=_TEXT,
    persons=_TEXT,
    security=_TEXT.map(lambda text: f"środki: {text}"),
    statute=st.none() | _TEXT.map(lambda text: f"ustawa {text}"),
    purposes=st.permutations(["newsletter", "orders"]),
    recipients=st.sampled_from([[], ["cloud"]]),
    basis=st.sampled_from(["consent", "contract", "vital_interests", "public_task"]),
)
def test_any_activity_comes_back_from_nothing(**fields: Any) -> None:
    basis = fields.pop("basis")
    [before] = SMALL_DOCUMENT.content["processing_activities"]
    activity = {**before, **fields, "legal_basis": basis}
    activity["names"], activity["persons"] = {"pl": fields["names"]}, {"pl": fields["persons"]}
    content = {**SMALL_DOCUMENT.content, "processing_activities": [activity]}
    emptied = {**SMALL_DOCUMENT.content, "processing_activities": []}
    proposal = propose(workbook(programme_of(content), "pl"), emptied)
    assert read(proposal.yaml) == Document(content)


def test_a_dirty_sheet_is_understood() -> None:
    dirty = sheet(
        ["Rejestr czynności przetwarzania - Shop"],
        [],
        [
            "Lp.",
            "Nazwa czynności ",
            "Cel",
            "Opis kategorii",
            None,
            "PODSTAWA PRAWNA",
            "Okres retencji",
            "Odbiorcy",
            "Uwagi",
        ],
        [None, None, None, "Kategorie osób", "Zakres danych", None, None, None, None],
        [1, 2, 3, 4, 5, 6, 7, 8, 9],
        [
            1,
            " Wysyłka ",
            "Newsletter",
            "klienci",
            "kontakt",
            "art. 6 ust. 1 lit. a RODO",
            "od sprzedaży [sale]",
            "chmura; Kurierzy",
            "x",
        ],
        [None, None, None, None, "zdrowie", None, None, None, None],
        [],
        [
            2,
            "Reklamacje",
            "rozpatrywanie reklamacji",
            "klienci",
            "kontakt",
            "art. 6 ust. 1 lit. c RODO w zw. z ustawą o prawach",
            "",
            "brak",
            "",
        ],
    )
    proposal = propose(dirty, SMALL_DOCUMENT.content)
    told = {(one.row, one.column): one.text for one in proposal.findings}
    assert "not known" in told[4, "Uwagi"]
    assert (4, "Lp.") not in told
    text = proposal.yaml
    assert "data_categories: [contact, health]" in text
    assert "recipients: [cloud, kurierzy]" in text
    assert "purpose_descriptions:\n    pl: rozpatrywanie reklamacji" in text
    assert "statute: art. 6 ust. 1 lit. c RODO w zw. z ustawą o prawach" in text
    # What nobody said is not made up: a plan of the proposal says where to add it.
    missing = [one.text for one in proposal.findings if one.row is None]
    assert any(one.startswith("processing_activities.reklamacje.retention_rule") for one in missing)
    assert any(one.startswith("recipients.kurierzy.country") for one in missing)


def test_csv_and_code_pages_are_read() -> None:
    lines = "Kod;Nazwa czynności przetwarzania;Kategorie osób\nmailing;Wysyłka;klienci i goście\n"
    for content in (lines.encode(), lines.encode("cp1250"), lines.replace(";", "\t").encode("utf-8-sig")):
        assert activities(propose(content, SMALL_DOCUMENT.content))["mailing"]["persons"] == {"pl": "klienci i goście"}


def test_a_change_in_brackets_is_a_change() -> None:
    content = {**SMALL_DOCUMENT.content}
    lines = "Kod;Nazwa czynności przetwarzania;Środki bezpieczeństwa\nmailing;Wysyłka;szyfrowanie (AES)\n"
    assert activities(propose(lines.encode(), content))["mailing"]["security"] == "szyfrowanie (AES)"


def test_what_another_part_of_the_programme_says_is_told_and_not_taken() -> None:
    lines = "Kod;Nazwa czynności przetwarzania;IOD\nmailing;Wysyłka;Jan Nowak\n"
    [finding] = propose(lines.encode(), SMALL_DOCUMENT.content).findings
    assert (finding.row, finding.column) == (2, "IOD")
    assert "`dpo`" in finding.text
    assert "Nowak" not in finding.text


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"\x00" * 150_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "No sheet"),
        (b"a;b;c\n1;2;3\n", "No sheet"),
        (b"PK\x03\x04 broken", "broken"),
        (b"\x00\x01\x02", "neither"),
        (b"x" * (LARGEST_FILE + 1), "larger than"),
        (b"a;b\n" * (MOST_ROWS + 1), "more than"),
        (b";" * 300, "more than"),
        (b'"' + b"x" * 200_000, "too long"),
    ],
)
def test_what_cannot_be_read_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        propose(content, SMALL_DOCUMENT.content)


def test_a_bomb_is_not_unpacked() -> None:
    with pytest.raises(InvalidInput, match="too large when unpacked"):
        propose(bomb(), SMALL_DOCUMENT.content)


@pytest.mark.parametrize("which", Sheet)
@pytest.mark.parametrize("locale", LOCALES)
def test_every_heading_of_a_language_is_recognised(which: Sheet, locale: str) -> None:
    headings = tuple(f"  {HEADINGS[locale][column].upper()} " for column in COLUMNS[which])
    found = find(Rows("x", (headings,)))
    assert found is not None
    assert (found.sheet, found.unknown, list(found.places)) == (which, (), list(COLUMNS[which]))


@pytest.mark.parametrize("which", Sheet)
def test_no_name_means_two_columns(which: Sheet) -> None:
    seen: dict[str, object] = {}
    for column in COLUMNS[which]:
        names = [*(HEADINGS[locale][column] for locale in LOCALES), *ALIASES[which].get(column, ())]
        for name in names:
            assert seen.setdefault(plain(name), column) is column, name
