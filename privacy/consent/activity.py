"""When people were last heard of: the newest of their own acts, as it was received."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

import sqlalchemy as sa

from privacy.consent.models import ConsentAct
from privacy.db import in_parts, session


def last_acts(subject_ids: Collection[UUID]) -> Mapping[UUID, int]:
    """Subject -> when the newest act of theirs was received, in microseconds; those who never acted are missing."""
    found: dict[UUID, int] = {}
    newest = sa.select(ConsentAct.subject_id, sa.func.max(ConsentAct.received_at)).group_by(ConsentAct.subject_id)
    for part in in_parts(sorted(subject_ids)):
        for subject_id, at in session().execute(newest.where(ConsentAct.subject_id.in_(part))):
            found[subject_id] = at
    return found
