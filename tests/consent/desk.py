"""A desk at which acts are handed in and questions asked: the public services, with what a test doesn't care about."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import time_machine

from privacy import clock
from privacy.access import service as access
from privacy.authz.actors import OPERATOR, Actor, ActorKind
from privacy.authz.roles import STAFF_PERMISSIONS
from privacy.consent import service as consent
from privacy.consent.service import ActIn, ActKind, CheckIn, CheckOut, Cited, Claim, Recorded, Source
from privacy.db import Driver, new_id, session, unit_of_work
from privacy.programme import service as programmes
from privacy.programme.service import Document
from privacy.programme.types import Programme
from privacy.subjects import service as subjects
from privacy.subjects.service import ContactName, Naming, Standing
from tests.programme.documents import EXAMPLE

#: The wording of most consents: in force from 2024 on, for every purpose.
KLAUZULA = Cited("klauzula")


def micros(text: str) -> int:
    """An ISO 8601 time as microseconds."""
    return clock.to_micros(datetime.fromisoformat(text))


@contextmanager
def clock_at(at: int) -> Iterator[None]:
    """The clock stands at that microsecond."""
    with time_machine.travel(clock.from_micros(at), tick=False):
        yield


def claim(text: str, width: int = 1) -> Claim:
    """A claimed time of that precision."""
    return Claim(micros(text), width)


@functools.cache
def example_programme() -> Document:
    """The example programme, read and checked once."""
    return programmes.read(EXAMPLE.read_text("utf-8"))


def lay_programme() -> Programme:
    """Apply the example programme, where it isn't in force yet, and return it."""
    with unit_of_work():
        programmes.apply(example_programme(), actor=OPERATOR, purpose_in_use=consent.purpose_in_use)
    return programmes.current()


@dataclass
class Desk:
    """The services on one database."""

    programme: Programme = field(repr=False)
    actor: Actor = OPERATOR

    def name(self, who: Mapping[str, str]) -> Naming:
        return subjects.name_of(self.programme, self.actor, who)

    def act_in(self, who: Mapping[str, str], act: str, **fields: Any) -> ActIn:
        """An act on offers by e-mail from a web form of the shop, but for the fields given."""
        fields.setdefault("purpose", "offers")
        fields.setdefault("channels", ["email"])
        fields.setdefault("source", Source("shop", "checkout", fields.pop("method", "web_form")))
        if act in {"give", "request"}:
            fields.setdefault("wording", KLAUZULA)
        return ActIn(naming=self.name(who), act=ActKind(act), **fields)

    def record(self, who: Mapping[str, str], act: str, *, now: int | None = None, **fields: Any) -> Recorded:
        """Record an act in a unit of work of its own."""
        with unit_of_work():
            return consent.record(self.act_in(who, act, **fields), actor=self.actor, programme=self.programme, now=now)

    def record_many(self, given: Sequence[ActIn]) -> list[Recorded]:
        """Record acts in one call and one unit of work."""
        with unit_of_work():
            return consent.record_many(given, actor=self.actor, programme=self.programme)

    def put(self, who: Mapping[str, str], standing: Sequence[str] = (), **fields: Any) -> UUID:
        """Create or update a person without an act; returns the subject."""
        flags = {Standing[name.upper()]: True for name in standing}
        return self.set(who, flags, **fields)

    def set(self, who: Mapping[str, str], standing: Mapping[Standing, bool], **fields: Any) -> UUID:
        with unit_of_work():
            return subjects.put_subject(
                self.name(who), actor=self.actor, programme=self.programme, source="crm", standing=standing, **fields
            )[0]

    def event(self, who: Mapping[str, str], event: str, **fields: Any) -> consent.EventOut:
        """Something happened to the one contact named."""
        with unit_of_work():
            return consent.record_event(
                self.contact(who),
                consent.ContactEvent(event),
                actor=self.actor,
                programme=self.programme,
                source="esp",
                **fields,
            )

    def contact(self, who: Mapping[str, str]) -> ContactName:
        return next(iter(self.name(who).contacts.values()))

    def subject(self, who: Mapping[str, str]) -> UUID:
        return subjects.find(self.name(who))[0]

    def merge(self, one: Mapping[str, str], other: Mapping[str, str]) -> None:
        with unit_of_work():
            consent.merge(
                self.subject(one), self.subject(other), actor=self.actor, programme=self.programme, reason="same"
            )

    def unmerge(self, one: Mapping[str, str], other: Mapping[str, str]) -> None:
        with unit_of_work():
            consent.unmerge(
                self.subject(one),
                self.subject(other),
                actor=self.actor,
                programme=self.programme,
                reason="not the same",
            )

    def retire(self, subject_id: UUID) -> None:
        """Take a subject's account identifier away, after a review."""
        with unit_of_work():
            subjects.retire_identifier(subject_id, actor=self.actor, programme=self.programme, reason="a typing error")

    def annul(self, **wanted: Any) -> int:
        """Annul what a filter means, by two people."""
        ewa, jan = a_staff_member("ewa"), a_staff_member("jan")
        given = consent.Filter(**wanted)
        with unit_of_work():
            approval, _ = consent.request_annulment(given, actor=ewa, reason="a wrong import")
        with unit_of_work():
            return consent.annul(given, approval, actor=jan, reason="a wrong import")

    def check(
        self, who: Mapping[str, str], purpose: str = "offers", channel: str | None = "email", **fields: Any
    ) -> CheckOut:
        """Ask; no read stays open."""
        asked = CheckIn(self.name(who), self.programme.purpose(purpose), channel, **fields)
        try:
            return consent.check(asked, actor=self.actor, programme=self.programme, driver=Driver.of(session()))
        finally:
            session().close()

    def reason(self, who: Mapping[str, str], purpose: str = "offers", channel: str | None = "email", **f: Any) -> str:
        return self.check(who, purpose, channel, **f).decision.reason.value

    def findings(self) -> list[consent.Finding]:
        """Where cached facts differ from the fold."""
        return [finding for _, found in consent.verify() for finding in found]

    def where(self, **changes: Any) -> Desk:
        """The same with a programme that differs: `country`, or fields of purposes by their code."""
        programme = self.programme
        if "country" in changes:
            jurisdiction = dataclasses.replace(programme.jurisdiction, country=changes.pop("country"))
            programme = dataclasses.replace(programme, jurisdiction=jurisdiction)
        purposes = dict(programme.purposes)
        for code, fields in changes.items():
            purposes[code] = dataclasses.replace(purposes[code], **fields)
        return Desk(dataclasses.replace(programme, purposes=purposes), self.actor)


def a_staff_member(name: str) -> Actor:
    """A new member of staff."""
    with unit_of_work():
        made = access.create_staff(f"{name} {new_id()}", f"{name}@example.com", actor=OPERATOR)
    return Actor(ActorKind.STAFF, made.id, name, STAFF_PERMISSIONS)
