"""What rooms above may do with stored answers."""

from __future__ import annotations

import sqlalchemy as sa

from privacy.db import in_unit_of_work, session
from privacy.http.models import IdempotentAnswer


def delete_answers(before_micros: int) -> int:
    """Delete the answers stored before that time, in the open unit of work, and say how many.

    The caller records the audit event: this room stands below the log.
    """
    if not in_unit_of_work():
        raise RuntimeError("deleting answers belongs to a unit of work")
    query = sa.delete(IdempotentAnswer).where(IdempotentAnswer.created_at < before_micros)
    deleted = session().execute(query.returning(IdempotentAnswer.id)).all()
    return len(deleted)
