"""What a report is: its name, who may make it, in which forms, and what writes it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from uuid import UUID

from privacy.authz.actors import Actor
from privacy.authz.permissions import Permission
from privacy.errors import InvalidInput
from privacy.legal_time import days
from privacy.programme.service import Programme
from privacy.reports.document import Document
from privacy.reports.words import Said, Texts, Words


class ReportForm(StrEnum):
    """In which form a report is given, by the ending of its file."""

    PDF = "pdf"
    CSV = "csv"
    JSON = "json"
    XLSX = "xlsx"
    #: Several reports in one signed archive.
    ZIP = "zip"

    @property
    def media_type(self) -> str:
        """Of its content."""
        return _MEDIA_TYPES[self]


_MEDIA_TYPES = {
    ReportForm.PDF: "application/pdf",
    ReportForm.CSV: "text/csv; charset=utf-8",
    ReportForm.JSON: "application/json",
    ReportForm.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ReportForm.ZIP: "application/zip",
}
#: Of a whole number that is asked for.
_MOST_DIGITS = 18
#: What nearly every report is given as.
DOCUMENT_FORMS = (ReportForm.PDF, ReportForm.CSV, ReportForm.JSON, ReportForm.XLSX)


@dataclass(frozen=True)
class Period:
    """Days by the clock of the jurisdiction, both included."""

    first: date
    last: date


@dataclass(frozen=True)
class Asked:
    """Which report is asked for."""

    name: str
    form: ReportForm
    #: One of `words.LOCALES`.
    locale: str
    period: Period
    #: The instant whose state it tells, in microseconds. Its day alone is told: the same day's is the same bytes.
    as_of: int
    #: What the report asks for beside, by the names of its `options`.
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Option:
    """Something that a report asks for beside its period."""

    name: str
    says: Said
    required: bool = False
    #: What may be given, by code; none where any text may.
    choices: Mapping[str, Said] = field(default_factory=dict)
    #: Whether it is a file's content, too long to be typed.
    file: bool = False


#: Is told how many steps of how many are done.
Progress = Callable[[int, int], None]


def _unwatched(_done: int, _of: int) -> None:
    """Nobody waits for it."""


@dataclass(frozen=True)
class Context:
    """All that a report is written from."""

    asked: Asked
    actor: Actor
    #: The programme in force at `as_of`.
    programme: Programme
    words: Words
    progress: Progress = _unwatched

    @cached_property
    def today(self) -> date:
        """The day whose state is told."""
        return days.day_of(self.asked.as_of, self.programme.zone)

    @cached_property
    def since(self) -> int:
        """The first instant of the period, in microseconds."""
        return days.end_of(self.asked.period.first - days.ONE, self.programme.zone)

    @cached_property
    def until(self) -> int:
        """The first instant behind the period, in microseconds."""
        return days.end_of(self.asked.period.last, self.programme.zone)

    def within(self, at: int | None) -> bool:
        """Whether an instant lies in the period."""
        return at is not None and self.since <= at < self.until

    def day_of(self, at: int) -> date:
        """The day of an instant."""
        return days.day_of(at, self.programme.zone)

    def option(self, name: str) -> str | None:
        """What was given for an option; None where nothing was."""
        return self.asked.options.get(name) or None

    def whole(self, name: str, *, default: int, least: int, most: int) -> int:
        """An option that is a whole number; raises `InvalidInput`."""
        text = self.option(name)
        if text is None:
            return default
        # Of very many digits Python makes no number.
        plain = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
        if not plain or not least <= int(text) <= most:
            raise InvalidInput.of(name, f"Give a whole number from {least} to {most}.")
        return int(text)


@dataclass(frozen=True)
class Made:
    """A report that is ready to be handed out, once it is noted in the log who takes it."""

    asked: Asked
    content: bytes = field(repr=False)
    media_type: str
    #: Names no person.
    file_name: str
    #: The person whom it is about, if it is about one.
    subject_id: UUID | None = None
    #: What the log is told beside.
    logged: Mapping[str, str] = field(default_factory=dict)
    #: Reports in it that the log is told of by themselves.
    within: tuple[Made, ...] = ()

    @property
    def sha256(self) -> str:
        """SHA-256 of the content, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class Packed:
    """Reports that are one archive already."""

    content: bytes = field(repr=False)
    #: What the log is told beside.
    logged: Mapping[str, str]
    #: Those within that the log is told of by themselves, because they are about somebody.
    within: tuple[Made, ...] = ()


@dataclass(frozen=True)
class Report:
    """One report. `make` reads outside of any unit of work and changes nothing."""

    name: str
    permission: Permission
    #: What it is called, and in a sentence what it tells.
    titles: Said
    about: Said
    texts: Texts
    #: The content; bytes where the report is made elsewhere and is in the form asked for already.
    make: Callable[[Context], Document | bytes | Packed]
    forms: tuple[ReportForm, ...] = DOCUMENT_FORMS
    options: tuple[Option, ...] = ()
    #: Whether the period chooses what is told; else it tells a state.
    periodic: bool = True
    #: What is needed beside `permission`, where the report is made of others.
    also: frozenset[Permission] = frozenset()

    @property
    def permissions(self) -> frozenset[Permission]:
        """All that whoever makes it must hold."""
        return self.also | {self.permission}
