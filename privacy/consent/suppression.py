"""Events about contacts (bounces, complaints, STOP, reassigned numbers) and the suppression list they lead to.

An entry stands whether or not anybody is known behind the contact. The person's own later act on that contact
outweighs it; apart from that, staff may lift it with a reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import Actor, ActorKind, Realm
from privacy.claims import Claim
from privacy.consent.acts import ActKind
from privacy.consent.audited import suppression_content
from privacy.consent.models import Suppression
from privacy.consent.recording import ActIn, Source, record
from privacy.db import Driver, new_id, session
from privacy.errors import InvalidInput, NotPermitted
from privacy.programme.types import ContactKind, Programme
from privacy.subjects import service as subjects
from privacy.subjects.service import ContactName, Naming


class ContactEvent(StrEnum):
    """What happened to a contact."""

    HARD_BOUNCE = "hard_bounce"
    SOFT_BOUNCE = "soft_bounce"  # passing; recorded and without effect
    COMPLAINT = "complaint"
    STOP = "stop"
    REASSIGNED = "reassigned"
    COMPANY = "company"  # the contact is a company's
    LISTED = "list"  # on a list of contacts that must not be used


class Scope(StrEnum):
    """What a suppressed contact must not be used for."""

    MARKETING = "marketing"
    EVERYTHING = "contact"


_SCOPES = {
    ContactEvent.HARD_BOUNCE: Scope.EVERYTHING,
    ContactEvent.REASSIGNED: Scope.EVERYTHING,
    ContactEvent.COMPLAINT: Scope.MARKETING,
    ContactEvent.COMPANY: Scope.MARKETING,
    ContactEvent.LISTED: Scope.MARKETING,
}

#: The cause of an entry that an erasure leaves. Nobody reports it: it is no `ContactEvent`.
ERASED = "erased"
#: How many rows one unit of work deletes, so that it stays short.
_AT_ONCE = 200
#: Told of a contact to which mail does not arrive, in the unit of work that records it.
Bounced = Callable[[ContactName, Realm], None]
_told_of_bounces: list[Bounced] = []


@dataclass(frozen=True)
class EventOut:
    """What an event led to."""

    event: ContactEvent
    #: Whether the contact is suppressed by it.
    suppressed: bool
    #: Whether the event had been recorded before.
    known: bool


def tell_of_bounces(*listeners: Bounced) -> None:
    """Say who is told of hard bounces from now on; whoever was told before is not any more."""
    _told_of_bounces[:] = listeners


def record_event(
    contact: ContactName,
    event: ContactEvent,
    *,
    actor: Actor,
    programme: Programme,
    source: str,
    claim: Claim | None = None,
    channel: str | None = None,
) -> EventOut:
    """Record what happened to a contact, in the open unit of work; a repeat changes nothing.

    STOP is a withdrawal from all marketing on its channel by whoever holds the contact. A reassigned contact is
    nobody's any more: what its holders agreed to or refused there no longer speaks for it. Raises `InvalidInput`.
    """
    now = clock.micros()
    at = min(claim.start + claim.width - 1, now) if claim else now
    if event is ContactEvent.STOP:
        return _stop(contact, actor=actor, programme=programme, source=source, claim=claim, channel=channel)
    scope = _SCOPES.get(event)
    if scope is None:
        content = {"kind": contact.kind.value, "at": at, "source": source}
        _event("contact.soft_bounced", actor, "contact_event", new_id(), content)
        return EventOut(event, suppressed=False, known=False)
    index = subjects.suppression_index(actor.realm, contact)
    cause = event.value
    subjects.lock_names(Driver.of(session()), [index])  # Two reports at once: the second finds the first.
    if _is_listed(index, scope, cause, at):
        return EventOut(event, suppressed=True, known=True)
    row = Suppression(
        id=new_id(),
        contact_index=index,
        kind=contact.kind.value,
        scope=scope.value,
        cause=cause,
        suppressed_at=at,
        source=source,
        recorded_at=now,
        lifted_at=None,
        lifted_by=None,
        lift_reason=None,
        ends_at=None,
    )
    session().add(row)
    session().flush()
    _event("contact.suppressed", actor, "suppression", row.id, suppression_content(row))
    if event is ContactEvent.REASSIGNED:
        for subject_id in subjects.holders_of(contact.index):
            subjects.retire_contact(subject_id, contact.kind, contact.index, actor=actor, at=at, reassigned=True)
    if event is ContactEvent.HARD_BOUNCE:
        for tell in _told_of_bounces:
            tell(contact, actor.realm)
    return EventOut(event, suppressed=True, known=False)


def suppress_erased(contact: ContactName, *, realm: Realm, at: int, ends_at: int, actor: Actor) -> None:
    """Keep marketing away from a contact whose holder is erased, in the unit of work of the erasure, until a date.

    With its own purpose: that the person is not approached again from another list (GDPR Art. 21(3), 17(3)(b)). The
    person's own later act outweighs it, as it does any other entry.
    """
    row = Suppression(
        id=new_id(),
        contact_index=subjects.suppression_index(realm, contact),
        kind=contact.kind.value,
        scope=Scope.MARKETING.value,
        cause=ERASED,
        suppressed_at=at,
        source=ERASED,
        recorded_at=clock.micros(),
        lifted_at=None,
        lifted_by=None,
        lift_reason=None,
        ends_at=ends_at,
    )
    session().add(row)
    session().flush()
    _event("contact.suppressed", actor, "suppression", row.id, suppression_content(row))


def delete_ended(now: int, *, actor: Actor) -> int:
    """Delete entries past their end, at most 200 at a time, each with an event; returns how many."""
    rows = list(
        session().scalars(
            sa.select(Suppression)
            .where(Suppression.ends_at <= now)
            .order_by(Suppression.id)
            .limit(_AT_ONCE)
            # What another worker is deleting right now is left to it.
            .with_for_update(skip_locked=True)
        )
    )
    for row in rows:
        content = suppression_content(row)
        _event("suppression.ended", actor, "suppression", row.id, content)
        session().delete(row)
    session().flush()
    return len(rows)


def _stop(
    contact: ContactName, *, actor: Actor, programme: Programme, source: str, claim: Claim | None, channel: str | None
) -> EventOut:
    default = {ContactKind.PHONE: "sms", ContactKind.EMAIL: "email", ContactKind.POSTAL_ADDRESS: "post"}[contact.kind]
    stopped = channel or default
    if programme.channel(stopped).contact_kind is not contact.kind:
        raise InvalidInput.of("channel", f"The channel {stopped} does not use a contact of this kind.")
    given = ActIn(
        naming=Naming(actor.realm, contacts={contact.kind: contact}),
        act=ActKind.WITHDRAW,
        source=Source(system=source, point="contact_event", method="sms_reply"),
        channels=[stopped],
        claim=claim,
    )
    recorded = record(given, actor=actor, programme=programme)
    return EventOut(ContactEvent.STOP, suppressed=False, known=all(r.known for r in recorded.records))


def lift(contact: ContactName, *, actor: Actor, reason: str) -> int:
    """Staff lift every entry of a contact, with a reason; returns how many. Raises `NotPermitted` for machines."""
    if actor.kind not in {ActorKind.STAFF, ActorKind.OPERATOR}:
        raise NotPermitted("Only staff lift a suppression, with a reason; or the person, by a new act of their own.")
    index = subjects.suppression_index(actor.realm, contact)
    rows = list(
        session().scalars(
            sa.select(Suppression).where(Suppression.contact_index == index, Suppression.lifted_at.is_(None))
        )
    )
    for row in rows:
        row.lifted_at, row.lifted_by, row.lift_reason = clock.micros(), actor.id, reason
        _event("contact.suppression_lifted", actor, "suppression", row.id, suppression_content(row))
    return len(rows)


def _is_listed(index: bytes, scope: Scope, cause: str, at: int) -> bool:
    query = sa.select(Suppression.id).where(
        Suppression.contact_index == index,
        Suppression.scope == scope.value,
        Suppression.cause == cause,
        Suppression.suppressed_at == at,
    )
    return session().scalar(query) is not None


def _event(action: str, actor: Actor, object_type: str, object_id: UUID, content: Mapping[str, object]) -> None:
    audit.record(action, actor=actor, object_type=object_type, object_id=object_id, content=content)
