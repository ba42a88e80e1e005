"""The typeface: Noto Sans (SIL Open Font License, `fonts/OFL.txt`), with the letters of Europe's Latin alphabets."""

from __future__ import annotations

import io
from functools import cache, lru_cache
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


@lru_cache(maxsize=20_000)
def _wide(word: str, font: str, size: float) -> float:
    """The width of a word: the same ones come again and again in a table."""
    return width(word, font, size)


def wrapped(text: str, font: str, size: float, room: float) -> list[str]:
    """A printable text in lines of a width, broken between words; a word that is longer is broken where it must be.

    A line that goes on ends with its space, so that a reader of the text keeps the words apart.
    """
    lines, here = [""], 0.0
    space = _wide(" ", font, size)
    for whole in text.split():
        word = whole
        if here and here + _wide(word, font, size) > room:
            lines.append("")
            here = 0.0
        while _wide(word, font, size) > room and len(word) > 1:
            part = _longest(word, font, size, room)
            lines[-1] = part
            lines.append("")
            word = word[len(part) :]
        lines[-1] += f"{word} "
        here += _wide(word, font, size) + space
    lines[-1] = lines[-1].rstrip()
    return lines


def _longest(word: str, font: str, size: float, room: float) -> str:
    """As much of a word as fits, at least one letter."""
    end = max(1, int(len(word) * room / _wide(word, font, size)))
    while end > 1 and width(word[:end], font, size) > room:
        end -= 1
    return word[:end]


def printable(text: str) -> str:
    """A text without what cannot be drawn or may not stand in XML: control characters, halves of characters."""
    if text.isprintable():  # As most are.
        return text
    return "".join(sign if sign.isprintable() or sign in "\u00a0\u202f" else " " for sign in text)


def fitted(text: str, font: str, size: float, room: float) -> str:
    """A text as it fits a width, cut with an ellipsis where it must be."""
    text = printable(text)
    if width(text, font, size) <= room:
        return text
    while text and width(f"{text}…", font, size) > room:
        text = text[:-1]
    return f"{text.rstrip()}…"
