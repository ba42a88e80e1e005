"""Acts without effect by reason and source: nobody loses consents unnoticed."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from privacy.authz.actors import Realm
from privacy.consent import reading
from privacy.consent.acts import ActKind, NoEffect
from privacy.consent.models import ConsentAct, ConsentActAlso
from privacy.consent.reading import ActView
from privacy.db import session
from privacy.programme.types import LegalBasis, Programme, ProofGrade
from privacy.subjects import service as subjects


@dataclass(frozen=True)
class Queued:
    """How many acts of one source have no effect for one reason."""

    reason: NoEffect
    source_system: str
    acts: int


def without_effect(*, realm: str, programme: Programme) -> list[Queued]:
    """Acts without effect by reason and source, most first.

    Reasons that were found at receipt, and those that follow from who is who, who holds what and what proof the
    programme asks for now. An act may wait for several.
    """
    counts: dict[tuple[NoEffect, str], int] = {}
    mine = sa.and_(subjects.in_realm(ConsentAct.subject_id, realm), ~_annulled())
    at_receipt = sa.select(ConsentAct.no_effect, ConsentAct.source_system, sa.func.count()).where(
        ConsentAct.no_effect.is_not(None), mine
    )
    for found, system, number in session().execute(at_receipt.group_by(ConsentAct.no_effect, ConsentAct.source_system)):
        counts[NoEffect(str(found)), system] = number
    for reason, narrowed in _following(programme).items():
        query = sa.select(ConsentAct.source_system, sa.func.count()).where(mine, narrowed)
        for system, number in session().execute(query.group_by(ConsentAct.source_system)):
            counts[reason, system] = number
    queued = [Queued(reason, system, number) for (reason, system), number in counts.items()]
    return sorted(queued, key=lambda q: (-q.acts, q.reason, q.source_system))


def examples_without_effect(
    reason: NoEffect, source_system: str, *, realm: str, programme: Programme, most: int = 20
) -> list[ActView]:
    """The newest acts that are counted there, without the people behind them."""
    narrowed = _following(programme).get(reason, ConsentAct.no_effect == reason.value)
    mine = sa.and_(subjects.in_realm(ConsentAct.subject_id, realm), ~_annulled())
    query = sa.select(ConsentAct.id).where(ConsentAct.source_system == source_system, mine, narrowed)
    return reading.views_of(session().scalars(query.order_by(ConsentAct.id.desc()).limit(most)).all())


def _following(programme: Programme) -> dict[NoEffect, sa.ColumnElement[bool]]:
    """Acts that were in order at their receipt, and wait for what follows from others."""
    effective = ConsentAct.act.in_([ActKind.GIVE.value, ActKind.REQUEST.value]) & ConsentAct.no_effect.is_(None)
    return {
        NoEffect.IDENTIFIERS_DISAGREE: effective & _in_dispute(),
        NoEffect.CONTACT_UNKNOWN: effective & _without_contact(programme),
        NoEffect.INSUFFICIENT_PROOF: effective & _unproven(programme),
    }


def acts_without_effect(*, realm: Realm, most: int) -> int:
    """How many acts were kept without effect at their receipt and are not annulled, counted up to so many."""
    mine = ConsentAct.no_effect.is_not(None) & subjects.in_realm(ConsentAct.subject_id, realm.value)
    first = sa.select(ConsentAct.id).where(mine, ~_annulled()).limit(most).subquery()
    return session().scalar(sa.select(sa.func.count()).select_from(first)) or 0


def _annulled() -> sa.ColumnElement[bool]:
    annulment = sa.orm.aliased(ConsentAct)
    return sa.exists().where(annulment.refers_to == ConsentAct.id)


def _in_dispute() -> sa.ColumnElement[bool]:
    """Acts that name accounts which are not one group."""
    return sa.exists().where(
        ConsentActAlso.act_id == ConsentAct.id,
        ConsentActAlso.via == "named",
        ~subjects.same_group(ConsentAct.subject_id, ConsentActAlso.subject_id),
    )


def _without_contact(programme: Programme) -> sa.ColumnElement[bool]:
    """Acts that name an account alone on a channel for which the account held no contact then."""
    lacking = [
        sa.and_(
            ConsentAct.channel == channel.code,
            ~subjects.held_contact(
                ConsentAct.subject_id, channel.contact_kind, since=ConsentAct.earliest, until=ConsentAct.latest
            ),
        )
        for channel in programme.channels.values()
        if channel.contact_kind is not None
    ]
    return sa.and_(ConsentAct.contact_id.is_(None), sa.or_(sa.false(), *lacking))


def _unproven(programme: Programme) -> sa.ColumnElement[bool]:
    """Acts with less proof than their purpose asks for, or not explicit where they must be, and no better confirmed."""
    lacking: list[sa.ColumnElement[bool]] = []
    for purpose in programme.purposes.values():
        if purpose.legal_basis is not LegalBasis.CONSENT:
            continue
        enough = [grade.value for grade in ProofGrade if grade.rank >= purpose.least_proof.rank]
        unproven = ConsentAct.proof.not_in(enough) & ~_confirmed(enough)
        implied = sa.and_(sa.literal(purpose.explicit), ~ConsentAct.explicit)
        lacking.append(sa.and_(ConsentAct.purpose == purpose.code, sa.or_(unproven, implied)))
    return sa.or_(sa.false(), *lacking)


def _confirmed(enough: list[str]) -> sa.ColumnElement[bool]:
    confirmation = sa.orm.aliased(ConsentAct)
    return sa.exists().where(
        confirmation.subject_id == ConsentAct.subject_id,
        confirmation.purpose == ConsentAct.purpose,
        confirmation.channel == ConsentAct.channel,
        confirmation.contact_id.is_not_distinct_from(ConsentAct.contact_id),
        confirmation.act == ActKind.CONFIRM.value,
        confirmation.earliest >= ConsentAct.earliest,
        confirmation.no_effect.is_(None),
        confirmation.proof.in_(enough),
    )
