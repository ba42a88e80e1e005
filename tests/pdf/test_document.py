"""Documents: every letter can be read back, the same content at the same time is the same file."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from privacy.pdf.blocks import Block, Heading, NewPage, OnePage, Paragraph, Row, Style, Table
from privacy.pdf.document import HEIGHT, WIDTH, Document

AT = 1_795_290_000_123_456  # 2026-11-21T19:40:00.123456Z
LETTERS = "Zażółć gęślą jaźń ZAŻÓŁĆ GĘŚLĄ JAŹŃ čćđšž"


def a_document(**changes: object) -> Document:
    values = {"title": "Próba łącz", "subject": "temat", "language": "pl", "at": AT, "footer": "stopka"}
    return Document(**{**values, "pages": "strona {} z {}", **changes})  # type: ignore[arg-type]


def read(*blocks: Block) -> PdfReader:
    return PdfReader(io.BytesIO(a_document().render(blocks)))


@pytest.mark.parametrize("style", list(Style))
def test_letters_of_the_languages_can_be_read_back_in_every_face(style: Style) -> None:
    assert LETTERS in read(Paragraph(LETTERS, style)).pages[0].extract_text()


def test_a_text_is_never_read_as_markup() -> None:
    text = '<b>5 < 7 && "x"</b> <img src="file:///etc/passwd"/> &amp;'
    page = read(Paragraph(text, term="<i>"), Table(("a",), (300.0,), [Row((text,))])).pages[0].extract_text()
    assert page.count(text) == 2
    assert "<i>" in page


def test_title_language_and_date_are_those_given() -> None:
    reader = read(Heading("Część pierwsza"), Paragraph("x"))
    assert reader.metadata is not None
    assert (reader.metadata.title, reader.metadata.subject) == ("Próba łącz", "temat")
    assert reader.metadata.creation_date is not None
    assert reader.metadata.creation_date.isoformat() == "2026-11-21T19:40:00+00:00"
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "pl"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert [entry.title for entry in reader.outline] == ["Część pierwsza"]


def test_every_page_has_its_number_and_the_head_of_a_table_is_repeated() -> None:
    rows = [Row((f"wiersz {number}", f"{number}")) for number in range(150)]
    reader = read(Table(("nazwa", "liczba"), (300.0, 100.0), rows))
    texts = [page.extract_text() for page in reader.pages]
    assert len(texts) > 2
    for number, text in enumerate(texts, 1):
        assert f"strona {number} z {len(texts)}" in text
        assert "nazwa" in text
        assert "stopka" in text
    assert all(f"wiersz {number}\n" in "".join(texts) for number in range(150))


def test_what_must_be_on_one_page_is_made_smaller() -> None:
    lines = [Paragraph(f"wiersz {number}.") for number in range(120)]
    reader = read(OnePage(lines, WIDTH, HEIGHT), NewPage(), Paragraph("koniec"))
    first, second = (page.extract_text() for page in reader.pages)
    assert all(f"wiersz {number}." in first for number in range(120))
    assert "koniec" in second


def test_the_same_content_at_the_same_time_is_the_same_file() -> None:
    blocks = [Heading("Część"), Paragraph(LETTERS), Table(("a", "b"), (200.0, 90.0), [Row(("ą", "1"), strong=True)])]
    assert a_document().render(blocks) == a_document().render(blocks)
    assert a_document().render(blocks) != a_document(at=AT + 1_000_000).render(blocks)


def test_control_characters_and_long_words_break_nothing() -> None:
    odd = "a\0b\x1bc\ud800\ufffe" + "W" * 500
    reader = read(Paragraph(odd), Table((odd, odd), (200.0, 90.0), [Row((odd, odd))]))
    assert "\0" not in "".join(page.extract_text() for page in reader.pages)
