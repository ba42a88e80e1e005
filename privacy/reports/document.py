"""A report as it is written, once, whatever it is given as: headings, paragraphs, facts, tables and charts.

Facts, tables and charts have names, by which machines find them: stable words of ASCII, each once in a document.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import NamedTuple
from uuid import UUID


class Word(NamedTuple):
    """A word of a closed list: machines read its code, people its text."""

    code: str
    text: str


class Moment(NamedTuple):
    """An instant, in microseconds since the epoch: people read it by the clock of the jurisdiction."""

    at: int


class Share(NamedTuple):
    """A part of a whole. People read it as a percentage, and as a dash where the whole is nothing."""

    part: int
    whole: int


#: What stands in a cell or beside a label. None: not known, or there is none. Texts are never read as markup.
Value = str | int | bool | date | Word | Moment | Share | Sequence["Value"] | None


@dataclass(frozen=True)
class Heading:
    """The head of a part."""

    text: str


@dataclass(frozen=True)
class Paragraph:
    """A text. A quiet one is small: a source, a note on how something was counted."""

    text: str
    quiet: bool = False


@dataclass(frozen=True)
class NewPage:
    """On paper, what follows begins a page."""


class Fact(NamedTuple):
    """One value that is no row of a table."""

    name: str
    label: str
    value: Value


@dataclass(frozen=True)
class Facts:
    """Values with what each is."""

    name: str
    facts: Sequence[Fact]
    title: str = ""


class Kind(Enum):
    """What a column holds, which decides how it is laid out."""

    TEXT = "text"
    FIGURE = "figure"  # at the right end


class Column(NamedTuple):
    """A column of a table."""

    name: str
    label: str
    kind: Kind = Kind.TEXT


class Layout(Enum):
    """How a table stands on paper."""

    ROWS = "rows"
    ENTRIES = "entries"  # each row under a head of its own, for rows of many and long values


@dataclass(frozen=True)
class TableOf:
    """Rows of values, each with as many as there are columns. The first column of entries is their head."""

    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]
    title: str = ""
    #: Said in its place where there are no rows.
    nothing: str = ""
    layout: Layout = Layout.ROWS


@dataclass(frozen=True)
class Chart:
    """Figures as bars on paper, each with its label, and as a table everywhere."""

    name: str
    title: str
    #: Of the labels, and of the figures.
    heads: tuple[str, str]
    bars: Sequence[tuple[str, int]]


Part = Heading | Paragraph | NewPage | Facts | TableOf | Chart


@dataclass(frozen=True)
class Document:
    """A whole report. Its head (title, period, day, controller) is put there by whoever renders it."""

    parts: Sequence[Part]
    #: The person whom it is about: the making is then an event of theirs, and nobody else's report holds it.
    subject_id: UUID | None = None
    #: What is said in the log beside the report's name, period and hash. Codes and hashes, no personal data.
    logged: Mapping[str, str] = field(default_factory=dict)
    #: Files that belong to it and that machines verify: their texts by name. JSON holds them; others name their hash.
    attached: Mapping[str, str] = field(default_factory=dict)
