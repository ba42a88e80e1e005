"""What acts say of people beside consent: who spoke for a child, in which language, who used which system."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from privacy.authz.actors import Realm
from privacy.consent.acts import ActKind
from privacy.consent.models import ConsentAct
from privacy.db import session
from privacy.subjects import service as subjects

#: Mandates of whoever speaks for a child.
_FOR_A_CHILD = ("parent", "guardian")


@dataclass(frozen=True)
class ActedFilter:
    """Which acts people are found by; what is None allows all."""

    source_system: str | None = None
    purpose: str | None = None
    act: ActKind | None = None


def guardians_of(subject_ids: Collection[UUID]) -> list[UUID]:
    """The parents and guardians who ever acted for one of these, each once; by an annulled act nobody did."""
    query = sa.select(ConsentAct.by_subject_id).where(
        ConsentAct.subject_id.in_(subject_ids),
        ConsentAct.by_subject_id.is_not(None),
        ConsentAct.mandate.in_(_FOR_A_CHILD),
        ~_annulled(),
    )
    return sorted({one for one in session().scalars(query) if one is not None})


def children_of(subject_ids: Collection[UUID], *, but_by: str | None = None) -> list[UUID]:
    """The children for whom one of these ever acted, each once; by an annulled act nobody did.

    `but_by`: a source system whose acts say nothing of it, since it takes them from whoever acted before.
    """
    query = sa.select(ConsentAct.subject_id).where(
        ConsentAct.by_subject_id.in_(subject_ids), ConsentAct.mandate.in_(_FOR_A_CHILD), ~_annulled()
    )
    if but_by is not None:
        query = query.where(ConsentAct.source_system != but_by)
    return sorted(set(session().scalars(query)))


def locale_of(subject_ids: Collection[UUID]) -> str | None:
    """The language (BCP 47) in which one of these last read a text of ours; None where no act says it."""
    query = sa.select(ConsentAct.locale).where(ConsentAct.subject_id.in_(subject_ids), ConsentAct.locale.is_not(None))
    return session().scalar(query.order_by(ConsentAct.received_at.desc(), ConsentAct.id.desc()).limit(1))


def people_who_acted(wanted: ActedFilter, *, realm: Realm, after: UUID | None = None, limit: int) -> Sequence[UUID]:
    """The subjects of acts of that kind in the order of their ids, after that one."""
    query = sa.select(ConsentAct.subject_id).where(ConsentAct.subject_id.in_(subjects.ids_of_realm(realm.value)))
    if wanted.source_system is not None:
        query = query.where(ConsentAct.source_system == wanted.source_system)
    if wanted.purpose is not None:
        query = query.where(ConsentAct.purpose == wanted.purpose)
    if wanted.act is not None:
        query = query.where(ConsentAct.act == wanted.act.value)
    if after is not None:
        query = query.where(ConsentAct.subject_id > after)
    return session().scalars(query.distinct().order_by(ConsentAct.subject_id).limit(limit)).all()


def _annulled() -> sa.ColumnElement[bool]:
    annulment = sa.orm.aliased(ConsentAct)
    return sa.exists().where(annulment.refers_to == ConsentAct.id)
