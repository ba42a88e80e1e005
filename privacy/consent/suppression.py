"""Events about contacts (bounces, complaints, STOP, reassigned numbers) and the suppression list they lead to.

An entry stands whether or not anybody is known behind the contact. The person's own later act on that contact
outweighs it; apart from that, staff may lift it with a reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import Actor, ActorKind
from privacy.claims import Claim
from privacy.consent.acts import ActKind
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


@dataclass(frozen=True)
class EventOut:
    """What an event led to."""

    event: ContactEvent
    #: Whether the contact is suppressed by it.
    suppressed: bool
    #: Whether the event had been recorded before.
    known: bool


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
        _event("contact.soft_bounced", actor, new_id(), {"kind": contact.kind.value, "at": at, "source": source})
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
    )
    session().add(row)
    session().flush()
    content = {"id": str(row.id), "index": index.hex(), "scope": row.scope, "cause": cause, "at": at, "source": source}
    _event("contact.suppressed", actor, row.id, content)
    if event is ContactEvent.REASSIGNED:
        for subject_id in subjects.holders_of(contact.index):
            subjects.retire_contact(subject_id, contact.kind, contact.index, actor=actor, at=at, reassigned=True)
    return EventOut(event, suppressed=True, known=False)


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
        content = {"id": str(row.id), "index": index.hex(), "lifted_at": row.lifted_at, "reason": reason}
        _event("contact.suppression_lifted", actor, row.id, content)
    return len(rows)


def _is_listed(index: bytes, scope: Scope, cause: str, at: int) -> bool:
    query = sa.select(Suppression.id).where(
        Suppression.contact_index == index,
        Suppression.scope == scope.value,
        Suppression.cause == cause,
        Suppression.suppressed_at == at,
    )
    return session().scalar(query) is not None


def _event(action: str, actor: Actor, object_id: UUID, content: dict[str, object]) -> None:
    audit.record(action, actor=actor, object_type="contact", object_id=object_id, content=content)
