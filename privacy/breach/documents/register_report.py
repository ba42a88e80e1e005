"""The register of breaches (Art. 33(5)) for whoever verifies compliance: as PDF, as CSV and for machines. Pure.

Every breach stands there, notified or not: its facts, its effects, and what was done. Rehearsals are no breaches; where
they are wanted, each is marked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Final, Literal

import msgspec
from msgspec import Struct

from privacy import clock, spoken
from privacy.breach.documents.account import Account, Notified
from privacy.breach.documents.checklist import REGISTER, value
from privacy.breach.documents.completing import completed, named_system
from privacy.breach.documents.words import Words
from privacy.breach.facts import Facts
from privacy.breach.options import Phase, Risk, Told
from privacy.breach.vocabulary import Exception34, State, Way
from privacy.legal_time import days
from privacy.pages.csv_files import csv_file
from privacy.pdf.blocks import Block, Heading, Paragraph, Style
from privacy.pdf.document import Document
from privacy.programme.types import Programme

FORMAT: Final = "privacy-breach-register/v1"
_FACTS = (
    *("incident.description", "incident.nature", "incident.kinds", "incident.cause", "incident.systems"),
    *("timing.when", "timing.start", "timing.end", "people.parties"),
    *("persons.kinds", "persons.details", "persons.count", "data.kinds", "data.details", "data.records"),
)
_EFFECTS = ("effects.consequences", "effects.impacts", "effects.severity", "effects.details")
_MEASURES = ("response.taken", "response.proposed", "response.prevention")


class RegisterSentOut(Struct, forbid_unknown_fields=True):
    """A notification to the authority."""

    phase: Phase
    sent_at: datetime
    way: Way | None
    reference: str | None
    reasons: str | None
    #: SHA-256 of the documents as they were sent, by name.
    documents: dict[str, str]


class RegisterEntryOut(Struct, forbid_unknown_fields=True):
    """One breach."""

    number: str
    test: bool
    rehearsal: bool
    controller: str
    state: State
    recorded_at: datetime
    detected_at: datetime
    aware_at: datetime | None
    aware_reason: str | None
    due_at: datetime | None
    #: By section of the template; what is not known is absent.
    facts: Facts
    risk: Risk | None
    #: The questions of the written assessment, answered.
    assessment: dict[str, str]
    opinion: str | None
    notify: bool | None
    notify_reasons: str | None
    #: Whether the controller decided to tell the persons; and the exception, where not at a high risk (Art. 34(3)).
    tell: bool | None
    excepted: Exception34 | None
    notifications: list[RegisterSentOut]
    communicated_at: datetime | None
    ended_at: datetime | None
    ending: str | None


class RegisterOut(Struct, forbid_unknown_fields=True):
    """The register of breaches (GDPR Art. 33(5))."""

    format: Literal["privacy-breach-register/v1"]
    made_on: date
    #: Days of detection, both inclusive; null without a bound.
    since: date | None
    until: date | None
    #: Whether rehearsals are among them.
    rehearsals: bool
    breaches: list[RegisterEntryOut]


@dataclass(frozen=True)
class Report:
    """The register as it stands at a time."""

    breaches: Sequence[Account]
    programme: Programme
    at: int
    words: Words
    since: date | None = None
    until: date | None = None
    rehearsals: bool = False

    @cached_property
    def full(self) -> Sequence[Account]:
        """The breaches with what the programme says of them."""
        return [completed(one, self.programme) for one in self.breaches]

    def json(self) -> bytes:
        """For machines."""
        made = RegisterOut(
            FORMAT, self._today, self.since, self.until, self.rehearsals, [_entry(one) for one in self.full]
        )
        return msgspec.json.format(msgspec.json.encode(made), indent=1) + b"\n"

    def csv(self) -> bytes:
        """For spreadsheets, one breach a line: a cell that one would run begins with an apostrophe."""
        rows = [list(self._cells(one)) for one in self.full]
        labels = [label for label, _ in self._cells(self.full[0])] if rows else list(self._heads())
        return csv_file([labels, *([text or "" for _, text in row] for row in rows)])

    def pdf(self) -> bytes:
        """For people. The same day's is the same bytes."""
        words = self.words
        document = Document(
            title=words.phrase("register_title"),
            subject=self._period(),
            language=words.locale,
            at=days.end_of(self._today - days.ONE, self.programme.zone),
            footer=words.phrase("register_footer"),
            pages=words.phrases["pages"],
        )
        return document.render([*self._head(), *(block for one in self.full for block in self._breach(one))])

    @property
    def _today(self) -> date:
        return days.day_of(self.at, self.programme.zone)

    def _period(self) -> str:
        bounds = {"since": self.since, "until": self.until}
        told = {name: spoken.day(day, self.words.locale) for name, day in bounds.items() if day is not None}
        name = "period" if len(told) == len(bounds) else next(iter(told), "all")
        return self.words.phrase(f"register_{name}", **told)

    def _head(self) -> Iterator[Block]:
        words = self.words
        yield Paragraph(words.phrase("register_title"), Style.TITLE, after=4)
        yield Paragraph(words.phrase("made_on", day=words.day(self.at)), after=2)
        yield Paragraph(self._period(), after=2)
        count = sum(not one.rehearsal for one in self.breaches)
        yield Paragraph(words.phrase("register_count", count=words.number(count)), after=2)
        if self.rehearsals:
            yield Paragraph(words.phrase("register_rehearsals"), after=2)
        yield Paragraph(words.phrase("register_basis"), Style.NOTE, after=10)
        if not self.breaches:
            yield Paragraph(words.phrase("register_empty"))

    def _breach(self, one: Account) -> Iterator[Block]:
        words = self.words
        mark = f"{words.phrase('rehearsal_mark')} " if one.rehearsal else ""
        yield Heading(f"{mark}{one.number}")
        yield from _lines(self._known(one))
        for phrase, paths in (("facts", _FACTS), ("effects", _EFFECTS), ("measures", _MEASURES)):
            told = [(words.labels[path], self._told(one, path)) for path in paths]
            assessed = [
                (words.labels[f"assessment.{question}"], answer)
                for question, answer in one.assessment.items()
                if phrase == "effects"
            ]
            yield from _part(words.phrase(f"register_{phrase}"))
            yield from _lines([*told, *assessed], absent=words.phrase("absent"))
        yield from _part(words.phrase("register_authority"))
        yield from _lines(self._decided(one))
        yield Paragraph("", after=10)

    def _cells(self, one: Account) -> Iterator[tuple[str, str | None]]:
        words = self.words
        yield words.labels["register.number"], one.number
        yield words.phrase("rehearsal_mark"), words.told(one.rehearsal)
        yield from self._known(one)
        for path in (*_FACTS, *_EFFECTS, *_MEASURES):
            yield words.labels[path], self._told(one, path)
        yield from self._decided(one)

    def _heads(self) -> Iterator[str]:
        """The heads of a register without breaches: the same as with some."""
        labels = self.words.labels
        yield labels["register.number"]
        yield self.words.phrase("rehearsal_mark")
        yield from (labels[f"{REGISTER}.{name}"] for name in _KNOWN)
        yield from (labels[path] for path in (*_FACTS, *_EFFECTS, *_MEASURES))
        yield from (labels[f"{REGISTER}.{name}"] for name in _DECIDED)

    def _known(self, one: Account) -> Iterator[tuple[str, str | None]]:
        words = self.words
        controller = self.programme.controllers.get(one.controller)
        told = {
            "controller": controller.name if controller else one.controller,
            "state": words.told(one.state),
            "opened_at": words.moment(one.opened_at),
            "detected_at": words.moment(one.detected_at),
            "aware_at": self._moment(one.aware_at),
            "due_at": self._moment(one.due_at),
        }
        yield from ((words.labels[f"{REGISTER}.{name}"], told[name]) for name in _KNOWN)

    def _decided(self, one: Account) -> Iterator[tuple[str, str | None]]:
        words = self.words
        decided = {None: "notify_open", True: "notify_yes", False: "notify_no"}[one.notify]
        told = {
            "risk": words.told(one.risk),
            "opinion": one.opinion,
            "decision": words.phrase(decided),
            "telling": self._telling(one),
            "decision_reasons": one.notify_reasons,
            "notifications": "; ".join(map(self._sent, one.notified)) or words.phrase("notified_none"),
            "late_reasons": one.facts.timing.late_reasons,
            "told": words.told(one.facts.telling),
            "closed_at": self._moment(one.closed_at),
            "closing": one.closing,
        }
        yield from ((words.labels[f"{REGISTER}.{name}"], told[name]) for name in _DECIDED)

    def _sent(self, sent: Notified) -> str:
        told = self.words.joined((sent.phase, self.words.moment(sent.sent_at), sent.way))
        reference = f" ({sent.reference})" if sent.reference else ""
        return f"{told}{reference}"

    def _telling(self, one: Account) -> str | None:
        """What was decided about telling the persons."""
        if one.tell is None or one.tell:
            return self.words.phrase("tell_open" if one.tell is None else "tell_yes")
        return self.words.told(Told.NO_HIGH_RISK if one.excepted is None else _EXCEPTED[one.excepted])

    def _told(self, one: Account, path: str) -> str | None:
        """A fact as people read it; a system of the programme by its name."""
        told = value(one.facts, path)
        if path == "incident.systems":
            told = tuple(named_system(self.programme, code, self.words.locale) for code in told)
        return self.words.told(told)

    def _moment(self, at: int | None) -> str | None:
        return None if at is None else self.words.moment(at)


_EXCEPTED = {
    Exception34.UNINTELLIGIBLE: Told.UNINTELLIGIBLE,
    Exception34.RISK_REMOVED: Told.RISK_REMOVED,
    Exception34.DISPROPORTIONATE: Told.PUBLIC_NOTICE,
}
_KNOWN = ("controller", "state", "opened_at", "detected_at", "aware_at", "due_at")
_DECIDED = (
    *("risk", "opinion", "decision", "telling", "decision_reasons", "notifications", "late_reasons"),
    *("told", "closed_at", "closing"),
)


def _part(title: str) -> Iterator[Block]:
    """The head of a part of one breach, set off from the fields around it."""
    yield Paragraph("", after=4)
    yield Paragraph(title, Style.HEADING, after=3)


def _lines(told: Sequence[tuple[str, str | None]] | Iterator[tuple[str, str | None]], absent: str = "") -> list[Block]:
    """Each field that is there; with `absent`, those of an empty part are said to be missing once."""
    there = [(label, text) for label, text in told if text]
    if not there and absent:
        return [Paragraph(absent, after=4)]
    return [Paragraph(" ".join(text.split("\n")), term=f"{label}:", after=2) for label, text in there]


def _entry(one: Account) -> RegisterEntryOut:
    return RegisterEntryOut(
        number=one.number,
        test=one.test,
        rehearsal=one.rehearsal,
        controller=one.controller,
        state=one.state,
        recorded_at=clock.from_micros(one.opened_at),
        detected_at=clock.from_micros(one.detected_at),
        aware_at=_time(one.aware_at),
        aware_reason=one.aware_reason,
        due_at=_time(one.due_at),
        facts=one.facts,
        risk=one.risk,
        assessment=dict(one.assessment),
        opinion=one.opinion,
        notify=one.notify,
        notify_reasons=one.notify_reasons,
        tell=one.tell,
        excepted=one.excepted,
        notifications=[
            RegisterSentOut(
                sent.phase,
                clock.from_micros(sent.sent_at),
                sent.way,
                sent.reference,
                sent.reasons,
                dict(sent.documents),
            )
            for sent in one.notified
        ],
        communicated_at=_time(one.communicated_at),
        ended_at=_time(one.closed_at),
        ending=one.closing,
    )


def _time(at: int | None) -> datetime | None:
    return None if at is None else clock.from_micros(at)
