"""What waits for a review of who is who: consents that named accounts which are not surely one person's."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa

from privacy.consent.acts import ActKind
from privacy.consent.models import ConsentAct, ConsentActAlso
from privacy.db import session
from privacy.subjects import service as subjects

_NAMED = "named"


def acts_waiting(subject_ids: Collection[UUID]) -> int:
    """How many acts that named one of these subjects have no effect until their accounts agree."""
    annulment = sa.orm.aliased(ConsentAct)
    also = sa.select(ConsentActAlso.act_id).where(
        ConsentActAlso.subject_id.in_(subject_ids), ConsentActAlso.via == _NAMED
    )
    disagreeing = sa.exists().where(
        ConsentActAlso.act_id == ConsentAct.id,
        ConsentActAlso.via == _NAMED,
        ~subjects.same_group(ConsentAct.subject_id, ConsentActAlso.subject_id),
    )
    query = sa.select(sa.func.count()).where(
        sa.or_(ConsentAct.subject_id.in_(subject_ids), ConsentAct.id.in_(also)),
        ConsentAct.act.in_([ActKind.GIVE.value, ActKind.REQUEST.value]),
        ConsentAct.no_effect.is_(None),
        disagreeing,
        ~sa.exists().where(annulment.refers_to == ConsentAct.id),
    )
    return session().scalar(query) or 0
