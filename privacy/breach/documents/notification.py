"""A notification to the supervisory authority (Art. 33(3), 33(4)): every field that UODO's form asks, for machines.

Pure: the same breach, programme and day make the same document. `notification_pdf` prints what is made here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct

from privacy import clock
from privacy.breach.documents import checklist
from privacy.breach.documents.account import Account, Notified
from privacy.breach.documents.checklist import ASKED, Asked, Missing, Need
from privacy.breach.documents.completing import completed, named_system
from privacy.breach.documents.words import Words
from privacy.breach.facts import Facts
from privacy.breach.options import Phase, Risk
from privacy.breach.vocabulary import Way
from privacy.programme.types import Programme

FORMAT: Final = "privacy-breach-notification/v1"


class FormAuthorityOut(Struct, forbid_unknown_fields=True):
    """Who is notified."""

    name: str
    address: str
    url: str


class FormPreviousOut(Struct, forbid_unknown_fields=True):
    """The notification that this one continues."""

    phase: Phase
    sent_at: datetime
    way: Way | None
    #: Given by the authority.
    reference: str | None
    #: SHA-256 of its documents as they were sent, by name.
    documents: dict[str, str]


class FormPhaseOut(Struct, forbid_unknown_fields=True):
    """Which notification it is."""

    phase: Phase
    previous: FormPreviousOut | None
    #: Whether the authority is told for the first time after the hours were over.
    late: bool
    #: Why an earlier one is withdrawn.
    reasons: str | None


class FormControllerOut(Struct, forbid_unknown_fields=True):
    """The controller, as the programme has it."""

    code: str
    name: str | None
    address: str | None
    country: str | None
    email: str | None
    phone: str | None


class FormRegisterOut(Struct, forbid_unknown_fields=True):
    """What the register of breaches knows by itself."""

    detected_at: datetime
    aware_at: datetime | None
    aware_reason: str | None
    #: The strict limit, and the outer one of Regulation 1182/71.
    due_at: datetime | None
    outer_at: datetime | None
    risk: Risk | None


class FormMissingOut(Struct, forbid_unknown_fields=True):
    """A field that is asked for and not known."""

    field: str
    #: Of the EDPB's template, and the item of UODO's form.
    section: str
    item: str
    law: str
    need: Need
    #: Whether this notification needs it; else a later one.
    now: bool


class FormFieldOut(Struct, forbid_unknown_fields=True):
    """One field in words; null where it is asked for and not known."""

    field: str
    label: str
    text: str | None


class FormItemOut(Struct, forbid_unknown_fields=True):
    """One item of the form in words."""

    item: str
    title: str
    fields: list[FormFieldOut]


class NotificationFormOut(Struct, forbid_unknown_fields=True):
    """A notification of a personal data breach to the supervisory authority (GDPR Art. 33)."""

    format: Literal["privacy-breach-notification/v1"]
    number: str
    #: Made up: about no real breach.
    test: bool
    rehearsal: bool
    made_on: date
    authority: FormAuthorityOut
    notification: FormPhaseOut
    controller: FormControllerOut
    register: FormRegisterOut
    #: By section of the template; what is not known is absent.
    facts: Facts
    missing: list[FormMissingOut]
    #: BCP 47, of what stands in `told`.
    language: str
    #: The form in words.
    told: list[FormItemOut]


@dataclass(frozen=True)
class Line:
    """One field of the form; no text where it is asked for and not known."""

    path: str
    label: str
    text: str | None


@dataclass(frozen=True)
class Notification:
    """One notification, made at a time."""

    account: Account
    programme: Programme
    phase: Phase
    at: int
    words: Words
    #: Why a notification is withdrawn, or why this one is late.
    reasons: str | None = None

    @cached_property
    def full(self) -> Account:
        """The breach with what the programme says, and why this notification is late."""
        made = completed(self.account, self.programme)
        timing = made.facts.timing
        if not self.late or self.phase is Phase.WITHDRAWAL or self.reasons is None or timing.late_reasons is not None:
            return made
        told = msgspec.structs.replace(timing, late_reasons=self.reasons)
        return replace(made, facts=msgspec.structs.replace(made.facts, timing=told))

    @cached_property
    def missing(self) -> Sequence[Missing]:
        """What it lacks."""
        return checklist.missing_of(self.full, self.phase, self.at, reasons=self.withdrawn_for)

    @property
    def withdrawn_for(self) -> str | None:
        """Why an earlier one is withdrawn; None of any but a withdrawal."""
        return self.reasons if self.phase is Phase.WITHDRAWAL else None

    @property
    def late(self) -> bool:
        """Whether the authority is told for the first time after the hours were over."""
        return checklist.is_late(self.account, self.at)

    @property
    def previous(self) -> Notified | None:
        """The notification that it continues."""
        return self.account.notified[-1] if self.account.notified else None

    def items(self) -> Sequence[tuple[str, Sequence[Line]]]:
        """The form: each item with its lines, in the order of UODO's."""
        return [(item, [*lines]) for item, lines in ((item, self._lines(item)) for item in self.words.sections)]

    def json(self) -> bytes:
        """For machines; docs/breach-notification.schema.json describes it."""
        return msgspec.json.format(msgspec.json.encode(self.document()), indent=1) + b"\n"

    def document(self) -> NotificationFormOut:
        """For machines, before it is written."""
        authority, account = self.programme.jurisdiction.authority, self.full
        return NotificationFormOut(
            format=FORMAT,
            number=account.number,
            test=account.test,
            rehearsal=account.rehearsal,
            made_on=clock.from_micros(self.at).astimezone(self.programme.zone).date(),
            authority=FormAuthorityOut(authority.name, authority.address, authority.url),
            notification=FormPhaseOut(self.phase, self._previous(), self.late, self.withdrawn_for),
            controller=self._controller(),
            register=FormRegisterOut(
                clock.from_micros(account.detected_at),
                _time(account.aware_at),
                account.aware_reason,
                _time(account.due_at),
                _time(account.outer_at),
                account.risk,
            ),
            facts=account.facts,
            missing=[FormMissingOut(m.path, m.section, m.item, m.law, m.need, m.now) for m in self.missing],
            language=self.words.locale,
            told=[
                FormItemOut(
                    item, self.words.sections[item], [FormFieldOut(one.path, one.label, one.text) for one in lines]
                )
                for item, lines in self.items()
            ],
        )

    def _previous(self) -> FormPreviousOut | None:
        sent = self.previous
        if sent is None:
            return None
        return FormPreviousOut(
            sent.phase, clock.from_micros(sent.sent_at), sent.way, sent.reference, dict(sent.documents)
        )

    def _controller(self) -> FormControllerOut:
        code = self.account.controller
        known = self.programme.controllers.get(code)
        if known is None:
            return FormControllerOut(code, None, None, None, None, None)
        return FormControllerOut(code, known.name, known.address, known.country, known.email, known.phone)

    def _lines(self, item: str) -> Iterator[Line]:
        yield from (Line(path, self._label(path), text) for path, text in self._own(item) if text is not None)
        wanted = {missing.path for missing in self.missing}
        for path in _ITEMS:
            if path in wanted and _ITEMS[path] == item:
                yield Line(path, self._label(path), None)
        for asked in ASKED:
            if _item(asked) == item:
                text = self._text(asked.path)
                if text is not None or asked.path in wanted:
                    yield Line(asked.path, self._label(asked.path), text)
        if item == "3A" and self.late:
            path = "timing.late_reasons"
            yield Line(path, self._label(path), self._text(path))

    def _own(self, item: str) -> Iterator[tuple[str, str | None]]:
        """What stands in an item without being one of the facts."""
        words, account = self.words, self.full
        if item == "1":
            yield "phase", words.told(self.phase)
            yield from self._linked()
            yield "register.number", account.number
            yield "register.withdrawal", self.withdrawn_for
        elif item == "2A":
            yield from ((f"controller.{name}", text) for name, text in _named(self._controller()).items())
        elif item == "3A":
            yield "register.detected_at", words.moment(account.detected_at)
            for name in ("aware_at", "due_at", "outer_at"):
                at = getattr(account, name)
                yield f"register.{name}", None if at is None else words.moment(at)
            yield "register.aware_reason", account.aware_reason
        elif item == "8":
            yield "register.risk", words.told(account.risk)

    def _linked(self) -> Iterator[tuple[str, str | None]]:
        sent, words = self.previous, self.words
        if sent is None:
            yield "previous", words.phrase("previous_none")
            return
        yield "previous", words.joined((sent.phase, words.moment(sent.sent_at), sent.way))
        yield "register.reference", sent.reference

    def _text(self, path: str) -> str | None:
        value = checklist.value(self.full.facts, path)
        if path in {"timing.start", "timing.end"} and value is not None and self.full.facts.timing.days_only:
            value = value.astimezone(self.words.zone).date()
        if path == "incident.systems":
            value = tuple(named_system(self.programme, code, self.words.locale) for code in value)
        return self.words.told(value)

    def _label(self, path: str) -> str:
        return self.words.labels[path]


#: Items of the register's own fields, as the form has them.
_ITEMS: Mapping[str, str] = {
    "register.aware_at": "3A",
    "register.aware_reason": "3A",
    "register.risk": "8",
    "register.reference": "1",
    "register.withdrawal": "1",
}
#: The form's smaller items, and the one under which they are printed.
_PRINTED: Mapping[str, str] = {"2B": "2A", "2C": "2A", "4A": "4", "4B": "4", "4C": "4", "4D": "4", "8A": "8", "8B": "8"}


def _item(asked: Asked) -> str:
    if asked.path == "data.records":
        return "5"
    return _PRINTED.get(asked.item, asked.item)


def _named(controller: FormControllerOut) -> dict[str, str | None]:
    named: dict[str, Any] = msgspec.structs.asdict(controller)
    del named["code"]
    return named


def _time(at: int | None) -> datetime | None:
    return None if at is None else clock.from_micros(at)


def next_phase(account: Account, programme: Programme, at: int) -> Phase:
    """Which notification is next: a complete one where nothing is missing, else the first or a supplement."""
    if not checklist.missing_of(completed(account, programme), Phase.COMPLETE, at):
        return Phase.COMPLETE
    return Phase.SUPPLEMENTARY if account.standing else Phase.INITIAL
