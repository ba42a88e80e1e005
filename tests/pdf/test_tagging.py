"""A document says what it is made of, for those who hear it: headings, paragraphs, cells under heads, figures."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from pypdf import PdfReader
from reportlab.graphics.shapes import Drawing, Rect

from privacy.pdf.blocks import Block, Heading, OnePage, Paragraph, Picture, Row, Style, Table
from privacy.pdf.document import HEIGHT, WIDTH, Document

AT = 1_795_290_000_000_000


def read(*blocks: Block) -> PdfReader:
    document = Document("Próba", "temat", "pl", AT, "stopka", "strona {} z {}")
    return PdfReader(io.BytesIO(document.render(blocks)))


def root(reader: PdfReader) -> Any:
    return reader.trailer["/Root"]


def roles(reader: PdfReader) -> list[str]:
    return [element["/S"] for element in walked(root(reader)["/StructTreeRoot"]["/K"].get_object())]


def walked(element: Any) -> Iterator[Any]:
    yield element
    for kid in (one.get_object() for one in element["/K"]):
        if "/S" in kid:
            yield from walked(kid)


def operators(reader: PdfReader) -> list[str]:
    drawn = (page.get_contents() for page in reader.pages)
    return [line for one in drawn if one for line in one.get_data().decode("latin-1").splitlines()]


def test_a_document_is_marked_as_tagged_with_its_headings_paragraphs_and_cells() -> None:
    reader = read(
        Paragraph("Tytuł", Style.TITLE),
        Heading("Część"),
        Paragraph("Treść"),
        Table(("a", "b"), (200.0, 90.0), [Row(("ą", "1"))]),
    )
    assert root(reader)["/MarkInfo"]["/Marked"] == True  # noqa: E712  # pypdf has a boolean of its own
    assert roles(reader) == ["/Document", "/H1", "/H2", "/P", "/Table", "/TR", "/TH", "/TH", "/TR", "/TD", "/TD"]


def test_everything_drawn_is_either_marked_or_an_artifact_and_no_mark_is_in_another() -> None:
    rows = [Row((f"wiersz {number}", f"{number}"), strong=number % 7 == 0) for number in range(150)]
    reader = read(Heading("Część"), Paragraph("x " * 4_000), Table(("a", "b"), (300.0, 100.0), rows))
    depth = 0
    for line in operators(reader):
        depth += line.endswith((" BDC", " BMC"))
        depth -= line == "EMC"
        assert depth in {0, 1}
        assert depth or " Tj" not in line, "text that no reader knows the meaning of"
    assert depth == 0


def test_a_paragraph_over_two_pages_is_one_and_the_head_of_a_table_is_read_once() -> None:
    rows = [Row((f"wiersz {number}", f"{number}")) for number in range(150)]
    reader = read(Paragraph("x " * 8_000), Table(("a", "b"), (300.0, 100.0), rows))
    found = roles(reader)
    assert found.count("/P") == 1
    assert (found.count("/TH"), found.count("/TR"), found.count("/TD")) == (2, 151, 300)


def test_each_mark_of_a_page_leads_to_the_element_that_has_it() -> None:
    reader = read(Paragraph("x " * 8_000), Heading("Część"))
    tree = root(reader)["/StructTreeRoot"]["/ParentTree"]["/Nums"]
    by_page = {tree[at]: tree[at + 1] for at in range(0, len(tree), 2)}
    assert len(by_page) == len(reader.pages)
    for page in reader.pages:
        elements = by_page[page["/StructParents"]]
        for mark, element in enumerate(elements):
            places = [kid.get_object() for kid in element.get_object()["/K"]]
            assert any(place["/MCID"] == mark and place["/Pg"].get_object() == page for place in places)


@pytest.mark.parametrize(("said", "role"), [("Słupki: 3 i 4", ["/Figure"]), ("", [])])
def test_a_picture_has_words_in_its_place_or_means_nothing(said: str, role: list[str]) -> None:
    drawing = Drawing(100, 50)
    drawing.add(Rect(0, 0, 50, 50))
    reader = read(Picture(drawing, said), OnePage([Paragraph("koniec")], WIDTH, HEIGHT))
    assert roles(reader) == ["/Document", *role, "/P"]
    if said:
        figure = root(reader)["/StructTreeRoot"]["/K"].get_object()["/K"][0].get_object()
        assert figure["/Alt"] == said


def test_words_that_a_line_of_a_cell_parts_stay_apart_for_whoever_reads_the_text() -> None:
    reader = read(Table(("a",), (60.0,), [Row(("odmowa w całości bez rozpatrzenia",))]))
    text = reader.pages[0].extract_text().replace("\n", "")
    assert "odmowa w całości bez rozpatrzenia" in " ".join(text.split())
