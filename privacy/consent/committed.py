"""Acts with the content that their audit events commit to, for evidence that is handed out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy.consent import rows
from privacy.consent.models import ConsentAct, ConsentActAlso
from privacy.db import in_parts, session

#: The type of object by which events speak of acts.
ACT_OBJECT = "consent_act"


@dataclass(frozen=True)
class CommittedAct:
    """An act as its row stands, which need not make sense: somebody may have altered it."""

    id: UUID
    subject_id: UUID
    #: The whole row as JSON: ids as text, sealed fields as they are, in hexadecimal.
    content: Mapping[str, Any]
    #: Whether another act takes it out of account.
    annulled: bool


def committed_acts(subject_ids: Sequence[UUID]) -> list[CommittedAct]:
    """Every act that enters the fold of these subjects, in the order of their ids, which is that of receipt."""
    also = sa.select(ConsentActAlso.act_id).where(ConsentActAlso.subject_id.in_(subject_ids))
    columns = ConsentAct.__table__.columns
    query = (
        sa.select(*columns)
        .where(sa.or_(ConsentAct.subject_id.in_(subject_ids), ConsentAct.id.in_(also)))
        .order_by(ConsentAct.id)
    )
    found = [dict(zip(columns.keys(), row, strict=True)) for row in session().execute(query)]
    annulled: set[UUID | None] = set()
    for part in in_parts([values["id"] for values in found]):
        annulled |= set(session().scalars(sa.select(ConsentAct.refers_to).where(ConsentAct.refers_to.in_(part))))
    return [
        CommittedAct(values["id"], values["subject_id"], rows.content_of(values), values["id"] in annulled)
        for values in found
    ]
