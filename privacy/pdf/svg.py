"""A drawing as SVG: the same picture as in the PDF, for browsers and screen readers.

It stands alone: no script, no reference, no document type (ReportLab's own SVG names one on the web, rounds positions
to points and leaves title and description open, hence these lines). Texts stay texts, and keep their width where the
reader lacks the typeface.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from reportlab.graphics.shapes import Drawing, Group, Line, Rect, Shape, String
from reportlab.lib.colors import Color

from privacy.pdf import colours
from privacy.pdf.typeface import BOLD, ITALIC, REGULAR, printable, width

_NAMESPACE = "http://www.w3.org/2000/svg"
#: White around the picture, in points.
_EDGE = 14.0
_FACES = {REGULAR: {}, BOLD: {"font-weight": "bold"}, ITALIC: {"font-style": "italic"}}


def svg(drawing: Drawing, *, title: str, description: str, language: str) -> str:
    """The picture, with a title and a description that say the same in words."""
    frame = _numbers(
        {"x": -_EDGE, "y": -_EDGE, "width": drawing.width + 2 * _EDGE, "height": drawing.height + 2 * _EDGE}
    )
    root = Element(
        "svg",
        {
            "xmlns": _NAMESPACE,
            "viewBox": " ".join(frame.values()),
            "role": "img",
            "aria-labelledby": "title description",
            "xml:lang": language,
            "font-family": "'Noto Sans', 'DejaVu Sans', Arial, sans-serif",
        },
    )
    SubElement(root, "title", {"id": "title"}).text = printable(title)
    SubElement(root, "desc", {"id": "description"}).text = printable(description)
    SubElement(root, "rect", {**frame, "fill": _colour(colours.PAPER)})  # A browser's ground may be dark.
    for shape in drawing.contents:
        _draw(shape, root, drawing.height)
    indent(root, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _draw(shape: Shape, parent: Element, height: float) -> None:
    """ReportLab counts from the bottom, SVG from the top."""
    match shape:
        case Group():
            group = SubElement(parent, "g")
            for part in shape.contents:
                _draw(part, group, height)
        case Rect():
            place = {"x": shape.x, "y": height - shape.y - shape.height, "width": shape.width, "height": shape.height}
            SubElement(parent, "rect", {**_numbers(place), "fill": _colour(shape.fillColor)})
        case Line():
            ends = {"x1": shape.x1, "y1": height - shape.y1, "x2": shape.x2, "y2": height - shape.y2}
            stroke = {"stroke": _colour(shape.strokeColor), "stroke-width": _number(shape.strokeWidth)}
            SubElement(parent, "line", {**_numbers(ends), **stroke})
        case String():
            _write(shape, parent, height)
        case _:
            raise TypeError(f"{type(shape).__name__} cannot be drawn as SVG")


def _write(shape: String, parent: Element, height: float) -> None:
    values = {
        **_numbers({"x": shape.x, "y": height - shape.y, "font-size": shape.fontSize}),
        **_FACES[shape.fontName],
        "fill": _colour(shape.fillColor),
        "text-anchor": shape.textAnchor,
        "textLength": _number(width(shape.text, shape.fontName, shape.fontSize)),
        "lengthAdjust": "spacingAndGlyphs",
    }
    SubElement(parent, "text", values).text = shape.text


def _numbers(values: dict[str, float]) -> dict[str, str]:
    return {name: _number(value) for name, value in values.items()}


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _colour(colour: Color | None) -> str:
    return "none" if colour is None else f"#{colour.hexval()[2:]}"
