"""What acts of the log changed, and who they say did it: for whoever tells a person that it was somebody else."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from privacy.consent.acts import ANY, NOES, ActKind
from privacy.consent.models import ConsentAct, ConsentActAlso
from privacy.db import in_parts, session
from privacy.programme.types import ProofGrade

_YESES = frozenset({ActKind.GIVE, ActKind.CONFIRM, ActKind.LIFT_OBJECTION})
#: Of the controller alone: nobody says them of themselves.
_CONTROLLERS = frozenset({ActKind.INVALIDATE, ActKind.ANNUL})


@dataclass(frozen=True)
class Changing:
    """An act that changed what somebody said before."""

    act_id: UUID
    #: Everybody whom it named.
    subject_ids: frozenset[UUID]
    contact_id: UUID | None
    #: Whether it is a "no", which binds everybody who has the contact.
    is_no: bool
    #: Whether the controller did it by its own decision.
    by_controller: bool
    received_at: int
    #: How old it was then: an act of long ago is news of nothing (microseconds).
    age: int
    proof: ProofGrade
    by_subject_id: UUID | None
    recorded_by: UUID


def changes_among(act_ids: Collection[UUID]) -> list[Changing]:
    """Those of these acts that are there, count, and say something else than what was said before them."""
    found: list[Changing] = []
    for part in in_parts(sorted(act_ids)):
        rows = session().scalars(sa.select(ConsentAct).where(ConsentAct.id.in_(part)).order_by(ConsentAct.id)).all()
        also = _also([row.id for row in rows])
        found += [_changing(row, also.get(row.id, frozenset())) for row in rows if _changes(row)]
    return found


def _changes(row: ConsentAct) -> bool:
    kind = ActKind(row.act)
    if row.no_effect is not None or kind not in NOES | _YESES | _CONTROLLERS:
        return False
    if kind is ActKind.ANNUL:
        return True
    alike, opposite = (NOES, _YESES) if kind in NOES else (_YESES, NOES)
    same = _last(row, alike, _same_scope(row))
    other = _last(row, opposite, _overlapping(row))
    if same is None:
        # To refuse what nobody had agreed to changes nothing.
        return other is not None or kind is not ActKind.REFUSE
    return other is not None and other > same


def _last(row: ConsentAct, kinds: Collection[ActKind], scope: Collection[sa.ColumnElement[bool]]) -> UUID | None:
    """The last act before, of these kinds and about that."""
    query = sa.select(ConsentAct.id).where(
        ConsentAct.subject_id == row.subject_id,
        ConsentAct.id < row.id,
        ConsentAct.no_effect.is_(None),
        ConsentAct.act.in_([one.value for one in kinds]),
        *scope,
    )
    return session().scalar(query.order_by(ConsentAct.id.desc()).limit(1))


def _same_scope(row: ConsentAct) -> list[sa.ColumnElement[bool]]:
    return [
        ConsentAct.purpose == row.purpose,
        ConsentAct.channel == row.channel,
        ConsentAct.contact_id.is_(None) if row.contact_id is None else ConsentAct.contact_id == row.contact_id,
    ]


def _overlapping(row: ConsentAct) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if row.purpose != ANY:
        found.append(ConsentAct.purpose.in_((row.purpose, ANY)))
    if row.channel != ANY:
        found.append(ConsentAct.channel.in_((row.channel, ANY)))
    if row.contact_id is not None:
        found.append(sa.or_(ConsentAct.contact_id == row.contact_id, ConsentAct.contact_id.is_(None)))
    return found


def _changing(row: ConsentAct, also: frozenset[UUID]) -> Changing:
    kind = ActKind(row.act)
    return Changing(
        row.id,
        also | {row.subject_id},
        row.contact_id,
        kind in NOES,
        kind in _CONTROLLERS,
        row.received_at,
        max(row.received_at - row.latest, 0),
        ProofGrade(row.proof),
        row.by_subject_id,
        row.recorded_by,
    )


def _also(act_ids: Collection[UUID]) -> dict[UUID, frozenset[UUID]]:
    query = sa.select(ConsentActAlso.act_id, ConsentActAlso.subject_id).where(ConsentActAlso.act_id.in_(act_ids))
    found: dict[UUID, frozenset[UUID]] = {}
    for act_id, subject_id in session().execute(query):
        found[act_id] = found.get(act_id, frozenset()) | {subject_id}
    return found
