"""What may not be kept: unconfirmed double opt-in data and network evidence past their term. Each leaves an event.

What belongs to somebody who is held (by a legal hold, which a room above this one knows of) stays until they are not.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from collections.abc import Set as AbstractSet
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy.audit import service as audit
from privacy.authz.actors import Actor
from privacy.consent.acts import ActKind
from privacy.consent.annulment import refold
from privacy.consent.asking.storing import forget_asked
from privacy.consent.models import Confirmation, ConsentAct, ConsentActAlso, ConsentExpired, NetworkEvidence
from privacy.consent.statistics.leaving import note_leaving
from privacy.db import Driver, session
from privacy.outbox import service as outbox
from privacy.subjects import service as subjects

#: How many rows one unit of work deletes, so that it stays short.
_AT_ONCE = 200
_NOT_CONFIRMED = "not confirmed in time"

#: Those of the subjects of whom nothing may be deleted, until the open unit of work ends.
Held = Callable[[Collection[UUID]], AbstractSet[UUID]]


def delete_unconfirmed(now: int, *, actor: Actor, held: Held) -> int:
    """Delete requests whose code nobody redeemed in time, with their message; at most 200 at a time.

    A person who was known only by such a request goes with it. Returns how many requests went; call again while any.
    """
    subject, act = Confirmation.subject_id, Confirmation.act_id
    due = sa.select(Confirmation).where(Confirmation.used_at.is_(None), Confirmation.expires_at <= now)
    later = due
    while rows := _next(later.order_by(subject, act)):
        doomed = [(row, _doomed(row)) for row in rows]
        spared = held({one for _, acts in doomed for one in _concerned(acts)})
        free = [(row, acts) for row, acts in doomed if spared.isdisjoint(_concerned(acts))]
        for row, acts in free:
            _delete_request(row, acts, actor)
        if free:
            return len(free)
        last = rows[-1]
        later = due.where(sa.or_(subject > last.subject_id, sa.and_(subject == last.subject_id, act > last.act_id)))
    return 0


def _next(due: sa.Select[Any]) -> Sequence[Any]:
    """The next rows, locked; what another worker is deleting right now is left to it."""
    return session().scalars(due.limit(_AT_ONCE).with_for_update(skip_locked=True)).all()


def _doomed(row: Confirmation) -> Sequence[ConsentAct]:
    """A request and those repeated while its message was out: for them no second message was sent."""
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
    return [request, *repeated]


def _concerned(acts: Collection[ConsentAct]) -> set[UUID]:
    """Everybody of whom these acts say something."""
    ids = [act.id for act in acts]
    also = set(session().scalars(sa.select(ConsentActAlso.subject_id).where(ConsentActAlso.act_id.in_(ids))))
    return also | {one for act in acts for one in (act.subject_id, act.by_subject_id) if one is not None}


def _delete_request(row: Confirmation, doomed: Collection[ConsentAct], actor: Actor) -> None:
    people = _concerned(doomed)
    note_leaving(ConsentAct.id.in_([act.id for act in doomed]))
    for act in doomed:
        _delete_act(act, row, actor)
    driver = Driver.of(session())
    for touched in sorted(people):
        refold(driver, touched)
    for touched in sorted(people):
        if not _is_mentioned(touched):
            forget_asked([touched])
            subjects.forget_contact_alone(touched, actor=actor, why=_NOT_CONFIRMED)


def _delete_act(act: ConsentAct, row: Confirmation, actor: Actor) -> None:
    """Delete one act with all that hangs on it."""
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
    outbox.forget(str(act.id))
    for model in (Confirmation, NetworkEvidence, ConsentActAlso):
        current.execute(sa.delete(model).where(model.act_id == act.id))
    current.execute(sa.delete(ConsentAct).where(ConsentAct.id == act.id))
    current.execute(sa.delete(ConsentExpired).where(ConsentExpired.act_id == act.id))
    current.expunge(act)


def _is_mentioned(subject_id: UUID) -> bool:
    own = sa.select(ConsentAct.id).where(
        sa.or_(ConsentAct.subject_id == subject_id, ConsentAct.by_subject_id == subject_id)
    )
    also = sa.select(ConsentActAlso.act_id).where(ConsentActAlso.subject_id == subject_id)
    return session().scalar(sa.union_all(own, also).limit(1)) is not None


def delete_network_evidence(now: int, *, actor: Actor, held: Held) -> int:
    """Delete IP addresses and user agents past their term, at most 200 acts at a time; returns how many."""
    term, act = NetworkEvidence.delete_after, NetworkEvidence.act_id
    due = sa.select(NetworkEvidence).where(term <= now)
    later = due
    while rows := _next(later.order_by(term, act)):
        spared = held({row.subject_id for row in rows})
        free = [row for row in rows if row.subject_id not in spared]
        for row in free:
            _delete_evidence(row, actor)
        session().flush()
        if free:
            return len(free)
        last = rows[-1]
        later = due.where(sa.or_(term > last.delete_after, sa.and_(term == last.delete_after, act > last.act_id)))
    return 0


def _delete_evidence(row: NetworkEvidence, actor: Actor) -> None:
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
