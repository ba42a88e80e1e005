"""What an answer is made of, before it is a page or a document. Every text is plain: `<` and `&` stay what they are."""

from __future__ import annotations

from dataclasses import dataclass

#: The term of a line that is one of a list.
ITEM = "•"


@dataclass(frozen=True)
class Head:
    """The head of a part."""

    text: str


@dataclass(frozen=True)
class Line:
    """A paragraph; a term before it is strong."""

    text: str
    term: str = ""


@dataclass(frozen=True)
class Counts:
    """A table of names and how many there are of each."""

    heads: tuple[str, ...]
    #: The last cell is a number.
    rows: tuple[tuple[str, ...], ...]


Block = Head | Line | Counts
