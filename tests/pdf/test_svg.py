"""The picture as SVG: it stands alone, says what it shows, and is the drawing that the PDF has."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.graphics.shapes import Circle, Drawing, Rect

from privacy.pdf.chart import Bar, Kind, waterfall
from privacy.pdf.colours import FALLING, RESULT, WHOLE
from privacy.pdf.svg import svg
from privacy.pdf.typeface import width

SVG = "{http://www.w3.org/2000/svg}"
_COUNTS = st.lists(st.integers(0, 10_000_000), max_size=24)


def a_chart(counts: list[int], rest: int, label: str = "Treść poza okresem") -> Drawing:
    left = sum(counts) + rest
    bars = [Bar("Wszystkie wpisy", left, 0, Kind.WHOLE, (f"{left}", "100%"))]
    for count in counts:
        bars.append(Bar(label, left, left - count, Kind.FALLING, (f"{count}", "x")))
        left -= count
    bars.append(Bar("Można się kontaktować", rest, 0, Kind.RESULT, (f"{rest}", "y")))
    return waterfall(bars, caption="Próba", heads=("Wpisy", "Udział"), width=515)


def parsed(drawing: Drawing, **texts: str) -> ElementTree.Element:
    values = {"title": "Tytuł", "description": "Opis", "language": "pl", **texts}
    return ElementTree.fromstring(svg(drawing, **values))


def bars(root: ElementTree.Element, colour: object) -> list[tuple[float, float]]:
    """Where bars begin and end."""
    found = [rect for rect in root.iter(f"{SVG}rect") if rect.get("fill") == f"#{colour.hexval()[2:]}"]  # type: ignore[attr-defined]
    return [(float(rect.get("x", "")), float(rect.get("x", "")) + float(rect.get("width", ""))) for rect in found]


@given(counts=_COUNTS, rest=st.integers(0, 10_000_000))
def test_every_bar_begins_where_the_last_ended_and_inside_the_picture(counts: list[int], rest: int) -> None:
    root = parsed(a_chart(counts, rest))
    texts = [text.text for text in root.iter(f"{SVG}text")]
    assert [int(text) for text in texts if text and text.isdigit()] == [sum(counts) + rest, *counts, rest]
    falling = bars(root, FALLING)
    assert len(falling) == sum(count > 0 for count in counts)
    ends = [*(end for _, end in bars(root, WHOLE)), *(begin for begin, _ in falling)]
    for before, (begin, end) in zip(ends, falling, strict=False):
        assert begin < end <= before + 0.81  # the thinnest bar is wider than what it stands for
    if rest and falling:
        assert bars(root, RESULT)[0][1] == pytest.approx(falling[-1][0], abs=0.82)
    x, y, wide, high = (float(part) for part in root.get("viewBox", "").split())
    for rect in root.iter(f"{SVG}rect"):
        assert x <= float(rect.get("x", ""))
        assert float(rect.get("x", "")) + float(rect.get("width", "")) <= x + wide
        assert y <= float(rect.get("y", ""))
        assert float(rect.get("y", "")) + float(rect.get("height", "")) <= y + high


@given(counts=_COUNTS.filter(bool), label=st.text(max_size=200))
def test_no_label_reaches_into_the_bars_or_breaks_the_file(counts: list[int], label: str) -> None:
    root = parsed(a_chart(counts, 1, label), title=label, description=label)
    labels = [text for text in root.iter(f"{SVG}text") if text.get("x") == "0" and text.get("font-size") != "10"]
    first = min(begin for begin, _ in bars(root, WHOLE))
    assert len(labels) == len(counts) + 2
    assert all(float(text.get("textLength", "")) < first for text in labels)


def test_it_scales_stands_alone_and_speaks() -> None:
    drawing = a_chart([3, 4], 5)
    text = svg(drawing, title="Ile zgód", description="Dwanaście & <mniej>", language="pl")
    root = ElementTree.fromstring(text)
    assert root.get("viewBox")
    assert (root.get("width"), root.get("role")) == (None, "img")
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "pl"
    named = {element.get("id"): element.text for element in root if element.get("id")}
    assert named == {"title": "Ile zgód", "description": "Dwanaście & <mniej>"}
    assert root.get("aria-labelledby") == "title description"
    assert {element.tag.removeprefix(SVG) for element in root.iter()} == {
        *("svg", "title", "desc", "g", "rect", "line", "text"),
    }
    without_namespace = text.replace('xmlns="http://www.w3.org/2000/svg"', "", 1)
    assert not any(word in without_namespace for word in ("http", "href", "url(", "DOCTYPE", "<script", "<style"))


def test_texts_keep_the_width_that_was_measured() -> None:
    (caption,) = [text for text in parsed(a_chart([], 0)).iter(f"{SVG}text") if text.text == "Próba"]
    assert float(caption.get("textLength", "")) == pytest.approx(width("Próba", "NotoSans-Bold", 10), abs=0.01)


def test_a_shape_that_it_cannot_draw_is_not_left_out_silently() -> None:
    drawing = Drawing(10, 10, Rect(0, 0, 5, 5))
    drawing.add(Circle(5, 5, 2))
    with pytest.raises(TypeError, match="Circle"):
        svg(drawing, title="", description="", language="en")
