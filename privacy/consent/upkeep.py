"""What may not be kept: unconfirmed double opt-in data and network evidence past their term. Each leaves an event."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from privacy.audit import service as audit
from privacy.authz.actors import Actor
from privacy.consent.acts import ActKind
from privacy.consent.annulment import refold
from privacy.consent.asking.storing import forget_asked
from privacy.consent.models import Confirmation, ConsentAct, ConsentActAlso, NetworkEvidence
from privacy.db import Driver, session
from privacy.outbox import service as outbox
from privacy.subjects import service as subjects

#: How many rows one unit of work deletes, so that it stays short.
_AT_ONCE = 200
_NOT_CONFIRMED = "not confirmed in time"


def delete_unconfirmed(now: int, *, actor: Actor) -> int:
    """Delete requests whose code nobody redeemed in time, with their message; at most 200 at a time.

    A person who was known only by such a request goes with it. Returns how many requests went; call again while any.
    """
    rows = list(
        session().scalars(
            sa.select(Confirmation)
            .where(Confirmation.used_at.is_(None), Confirmation.expires_at <= now)
            .order_by(Confirmation.subject_id)
            .limit(_AT_ONCE)
            # What another worker is deleting right now is left to it.
            .with_for_update(skip_locked=True)
        )
    )
    for row in rows:
        _delete_request(row, actor)
    return len(rows)


def _delete_request(row: Confirmation, actor: Actor) -> None:
    """Delete a request and those repeated while its message was out: for them no second message was sent."""
    current = session()
    request = current.get_one(ConsentAct, row.act_id)
    repeated = current.scalars(
        sa.select(ConsentAct)
        .outerjoin(Confirmation, Confirmation.act_id == ConsentAct.id)
        .where(Confirmation.act_id.is_(None), ConsentAct.act == ActKind.REQUEST.value)
        .where(ConsentAct.subject_id == request.subject_id, ConsentAct.contact_id == request.contact_id)
        .where(ConsentAct.purpose == request.purpose, ConsentAct.channel == request.channel)
        .where(ConsentAct.received_at >= request.received_at, ConsentAct.received_at < row.expires_at)
    )
    doomed = [request, *repeated]
    people: set[UUID] = set()
    for act in doomed:
        people |= _delete_act(act, row, actor)
    driver = Driver.of(current)
    for touched in sorted(people):
        refold(driver, touched)
    for touched in sorted(people):
        if not _is_mentioned(touched):
            forget_asked([touched])
            subjects.forget_contact_alone(touched, actor=actor, why=_NOT_CONFIRMED)


def _delete_act(act: ConsentAct, row: Confirmation, actor: Actor) -> set[UUID]:
    """Delete one act with all that hangs on it; returns the people whom it concerned."""
    current = session()
    audit.record(
        "consent.unconfirmed_deleted",
        actor=actor,
        object_type="consent_act",
        object_id=act.id,
        content={"id": str(act.id), "expired_at": row.expires_at},
        subject_id=act.subject_id,
        details={"why": _NOT_CONFIRMED},
    )
    people = set(current.scalars(sa.select(ConsentActAlso.subject_id).where(ConsentActAlso.act_id == act.id)))
    people |= {act.subject_id} | ({act.by_subject_id} if act.by_subject_id else set())
    outbox.forget(str(act.id))
    for model in (Confirmation, NetworkEvidence, ConsentActAlso):
        current.execute(sa.delete(model).where(model.act_id == act.id))
    current.execute(sa.delete(ConsentAct).where(ConsentAct.id == act.id))
    current.expunge(act)
    return people


def _is_mentioned(subject_id: UUID) -> bool:
    own = sa.select(ConsentAct.id).where(
        sa.or_(ConsentAct.subject_id == subject_id, ConsentAct.by_subject_id == subject_id)
    )
    also = sa.select(ConsentActAlso.act_id).where(ConsentActAlso.subject_id == subject_id)
    return session().scalar(sa.union_all(own, also).limit(1)) is not None


def delete_network_evidence(now: int, *, actor: Actor) -> int:
    """Delete IP addresses and user agents past their term, at most 200 acts at a time; returns how many."""
    rows = list(
        session().scalars(
            sa.select(NetworkEvidence)
            .where(NetworkEvidence.delete_after <= now)
            .limit(_AT_ONCE)
            .with_for_update(skip_locked=True)
        )
    )
    for row in rows:
        audit.record(
            "network_evidence.deleted",
            actor=actor,
            object_type="network_evidence",
            object_id=row.act_id,
            content={"id": str(row.act_id), "delete_after": row.delete_after},
            subject_id=row.subject_id,
            details={"why": "its term ended"},
        )
        session().delete(row)
    session().flush()
    return len(rows)
