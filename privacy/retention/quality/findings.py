"""The list of what the upkeep of data found, and what staff decide about it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import Actor, Realm
from privacy.consent import service as consent
from privacy.db import in_parts, session
from privacy.programme import service as programmes
from privacy.retention.quality.failures import FindingDecided, FindingNotFound, NotOfTwo
from privacy.retention.quality.models import QualityConfirmation, QualityFinding, QualityLikeness
from privacy.retention.quality.vocabulary import Decision, FindingKind, FindingState

MOST_ON_A_PAGE = 200
_BECOMES = {
    Decision.MERGE: FindingState.MERGED,
    Decision.DIFFERENT: FindingState.DIFFERENT,
    Decision.IGNORE: FindingState.IGNORED,
}


@dataclass(frozen=True)
class FindingView:
    """One finding. Whose contact it is, and which, is for who may read people to look up."""

    id: UUID
    kind: FindingKind
    subject_id: UUID
    #: The other person of a pair; None where it is about one.
    other_id: UUID | None
    contact_id: UUID
    found_at: int
    state: FindingState


def findings(
    *,
    realm: Realm,
    kinds: Collection[FindingKind] = (),
    state: FindingState = FindingState.OPEN,
    after: UUID | None = None,
    limit: int = MOST_ON_A_PAGE,
) -> list[FindingView]:
    """Findings in the order in which they were made; `after`: the last id of the page before."""
    query = sa.select(QualityFinding).where(QualityFinding.realm == realm.value, QualityFinding.state == state.value)
    if kinds:
        query = query.where(QualityFinding.kind.in_([kind.value for kind in kinds]))
    if after is not None:
        query = query.where(QualityFinding.id > after)
    return [
        _view(row) for row in session().scalars(query.order_by(QualityFinding.id).limit(min(limit, MOST_ON_A_PAGE)))
    ]


def finding(finding_id: UUID, *, realm: Realm) -> FindingView:
    """One finding; raises `FindingNotFound`."""
    row = session().get(QualityFinding, finding_id, populate_existing=True)
    if row is None or row.realm != realm.value:
        raise FindingNotFound
    return _view(row)


def decide_finding(finding_id: UUID, decision: Decision, *, reason: str, actor: Actor) -> FindingView:
    """What staff decided, in the open unit of work; `MERGE` links the two as one person.

    Raises `FindingNotFound`, `FindingDecided`; `NotOfTwo` where there is nobody else.
    """
    query = sa.select(QualityFinding).where(QualityFinding.id == finding_id, QualityFinding.realm == actor.realm.value)
    row = session().scalar(query)
    if row is None:
        raise FindingNotFound
    kind, one, other = FindingKind(row.kind), row.subject_id, row.other_id
    if not kind.of_two and decision is not Decision.IGNORE:
        raise NotOfTwo
    if decision is Decision.MERGE:
        # People before the finding, as everybody who locks both.
        consent.merge(one, other, actor=actor, programme=programmes.current(), reason=reason)
    row = session().scalar(query.with_for_update().execution_options(populate_existing=True))
    if row is None:
        raise FindingNotFound
    if row.state != FindingState.OPEN.value:
        raise FindingDecided
    row.state, row.decided_at, row.decided_by, row.reason = _BECOMES[decision].value, clock.micros(), actor.id, reason
    content = _content(row)
    audit.record(
        "data_quality.decided",
        actor=actor,
        object_type="quality_finding",
        object_id=row.id,
        content=content,
        subject_id=row.subject_id,
        details={"kind": row.kind, "decision": decision.value},
    )
    return _view(row)


def forget_quality(subject_ids: Sequence[UUID]) -> Mapping[str, int]:
    """Delete what is noted of people who are erased, in the open unit of work of that; returns rows by table."""
    gone: dict[str, int] = {}
    for ids in in_parts(sorted(subject_ids)):
        of_them: tuple[sa.Delete, ...] = (
            sa.delete(QualityConfirmation).where(QualityConfirmation.subject_id.in_(ids)),
            sa.delete(QualityLikeness).where(QualityLikeness.subject_id.in_(ids)),
            sa.delete(QualityFinding).where(
                sa.or_(QualityFinding.subject_id.in_(ids), QualityFinding.other_id.in_(ids))
            ),
        )
        for statement in of_them:
            result = session().execute(statement.execution_options(synchronize_session=False))
            table = str(statement.table)
            gone[table] = gone.get(table, 0) + cast("sa.CursorResult[Any]", result).rowcount
    return gone


def _content(row: QualityFinding) -> Mapping[str, Any]:
    return {
        "id": str(row.id),
        "kind": row.kind,
        "subject": str(row.subject_id),
        "other": str(row.other_id),
        "contact": str(row.contact_id),
        "found_at": row.found_at,
        "state": row.state,
        "reason": row.reason,
    }


def _view(row: QualityFinding) -> FindingView:
    kind = FindingKind(row.kind)
    other = row.other_id if kind.of_two else None
    return FindingView(row.id, kind, row.subject_id, other, row.contact_id, row.found_at, FindingState(row.state))
