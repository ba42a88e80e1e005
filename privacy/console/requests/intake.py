"""A request that came by letter, by phone or at the counter, recorded by staff as it came (Art. 12(2))."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated

import msgspec
from flask import Response
from msgspec import Meta

from privacy import clock
from privacy.authz.permissions import Permission
from privacy.console.blueprint import console
from privacy.console.counter.sayings import kind_names
from privacy.console.requests import words
from privacy.console.requests.one import ONE
from privacy.dsar import service as dsar
from privacy.dsar.service import Agent, CaseType, Correction, Intake, Matter, Named, Received
from privacy.errors import InvalidInput
from privacy.http.auth import current_actor
from privacy.pages.blueprint import needs
from privacy.pages.forms import NO_ERRORS, FormErrors, read_form
from privacy.pages.languages import NAMES, locale
from privacy.pages.rendering import done, render
from privacy.programme import service as programmes
from privacy.programme.types import Programme

_WRITE = needs(Permission.REQUESTS_WRITE)
#: How staff come to know of one.
_WAYS = (Intake.LETTER, Intake.EMAIL, Intake.COUNTER, Intake.STAFF, Intake.E_DELIVERY, Intake.AGENT)
#: What of the person's data a correction may name: the rest is told in words.
_PLACES = {"subject": "value_1", "address": "postal", "corrections": "right", "term": "term"}
_Line = Annotated[str, Meta(max_length=300)]
_Words = Annotated[str, Meta(max_length=20_000)]


class _Asked(msgspec.Struct, forbid_unknown_fields=True):
    type: CaseType
    intake: Intake
    received_on: str = ""
    controller: str = ""
    language: str = ""
    kind_1: str = ""
    value_1: _Line = ""
    kind_2: str = ""
    value_2: _Line = ""
    kind_3: str = ""
    value_3: _Line = ""
    full_name: _Line = ""
    postal: _Words = ""
    words: _Words = ""
    correct: _Line = ""
    wrong: _Line = ""
    right: _Line = ""
    purposes: list[str] = []
    no_suppression: bool = False
    agent_name: _Line = ""
    agent_contact: _Line = ""
    mandate: _Line = ""
    authority: _Line = ""
    reference: _Line = ""
    legal_basis: _Line = ""
    term: str = ""

    @property
    def named(self) -> tuple[Named, ...]:
        """The identifiers that it gives."""
        pairs = ((self.kind_1, self.value_1), (self.kind_2, self.value_2), (self.kind_3, self.value_3))
        return tuple(Named(kind, value) for kind, value in pairs if kind and value)


@console.page("/requests/new", guard=_WRITE)
def requests_new(errors: FormErrors = NO_ERRORS) -> Response:
    """The form of a request that came in."""
    programme = programmes.current()
    language = locale()
    return render(
        "requests/new.html",
        errors=errors,
        types=[(one.value, words.KINDS[one]) for one in CaseType],
        ways=[(one.value, words.INTAKES[one]) for one in _WAYS],
        kinds=[("", ""), *kind_names(programme, language)],
        controllers=[(code, one.name) for code, one in programme.controllers.items()],
        languages=[(code, NAMES.get(code, code)) for code in programme.jurisdiction.locales],
        corrected=[("", ""), *corrected_fields(programme)],
        purposes=[(code, one.names.get(language) or code) for code, one in programme.purposes.items()],
        today=clock.now().astimezone(programme.zone).date().isoformat(),
    )


@console.form("/requests/new", guard=_WRITE, again=requests_new)
def requests_record() -> Response:
    """Record it. Its clock runs from the day of receipt."""
    given, programme = read_form(_Asked), programmes.current()
    received = Received(
        given.type,
        given.intake,
        _matter(given),
        locale=given.language or None,
        controller=given.controller or None,
        received_at=_received_at(given.received_on, programme),
        set_term=_term(given.term),
    )
    try:
        row = dsar.receive(received, actor=current_actor())
    except InvalidInput as error:
        raise _beside_fields(error) from None
    return done(ONE, "request-opened", request_id=row.id)


def _matter(given: _Asked) -> Matter:
    agent = None
    if given.intake is Intake.AGENT:
        agent = Agent(given.agent_name, given.agent_contact, given.mandate)
    corrections = (
        (Correction(given.correct, given.right, given.wrong or None),) if given.correct and given.right else ()
    )
    return Matter(
        named=given.named,
        name=given.full_name or None,
        address=tuple(line.strip() for line in given.postal.split("\n") if line.strip()),
        words=given.words or None,
        agent=agent,
        corrections=corrections,
        purposes=tuple(given.purposes),
        no_suppression=given.no_suppression,
        authority=given.authority or None,
        reference=given.reference or None,
        legal_basis=given.legal_basis or None,
    )


def corrected_fields(programme: Programme) -> list[tuple[str, str]]:
    """Which of the person's data the systems can correct, by what the data map calls them."""
    found = {
        field.corrected_as
        for data_set in programme.data_sets.values()
        for one in data_set.tables.values()
        for _, field in one.walk()
        if field.corrected_as
    }
    return [(code, code) for code in sorted(found)]


def _received_at(day: str, programme: Programme) -> int | None:
    """The beginning of the day on which it came, where the controller is; None for today."""
    if not day:
        return None
    on = _day("received_on", day)
    if on == clock.now().astimezone(programme.zone).date():
        return None
    return clock.to_micros(datetime.combine(on, time(), programme.zone))


def _term(day: str) -> date | None:
    return _day("term", day) if day else None


def _day(field: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput.of(field, "The day is written as 2026-12-31.") from None


def _beside_fields(error: InvalidInput) -> InvalidInput:
    """What the room found wrong, beside the field of this form."""
    found: dict[str, list[str]] = {}
    for name, texts in (error.extensions.get("errors") or {"body": [error.detail]}).items():
        first = name.partition(".")[0]
        place = {"name": "full_name", "received_at": "received_on", "agent": "agent_name"}.get(first, first)
        found.setdefault(_PLACES.get(place, place), []).extend(texts)
    return InvalidInput(errors=found)
