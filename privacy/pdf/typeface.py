"""The typeface: Noto Sans (SIL Open Font License, `fonts/OFL.txt`), with the letters of Europe's Latin alphabets."""

from __future__ import annotations

import io
from functools import cache
from importlib import resources

from reportlab.lib.fonts import addMapping
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR, BOLD, ITALIC = "NotoSans", "NotoSans-Bold", "NotoSans-Italic"
_FILES = {REGULAR: "NotoSans-Regular.ttf", BOLD: "NotoSans-Bold.ttf", ITALIC: "NotoSans-Italic.ttf"}


@cache
def register() -> None:
    """Make the fonts known to ReportLab, once in a process. Everything here that measures or draws calls it."""
    folder = resources.files("privacy.pdf") / "fonts"
    for name, file in _FILES.items():
        pdfmetrics.registerFont(TTFont(name, io.BytesIO((folder / file).read_bytes())))
    for name in _FILES:
        addMapping(name, 0, 0, name)


def width(text: str, font: str, size: float) -> float:
    """How wide a text is, in points."""
    register()
    return float(pdfmetrics.stringWidth(text, font, size))


def printable(text: str) -> str:
    """A text without what cannot be drawn or may not stand in XML: control characters, halves of characters."""
    return "".join(sign if sign.isprintable() or sign in "\u00a0\u202f" else " " for sign in text)


def fitted(text: str, font: str, size: float, room: float) -> str:
    """A text as it fits a width, cut with an ellipsis where it must be."""
    text = printable(text)
    if width(text, font, size) <= room:
        return text
    while text and width(f"{text}…", font, size) > room:
        text = text[:-1]
    return f"{text.rstrip()}…"
