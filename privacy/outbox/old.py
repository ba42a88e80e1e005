"""Messages of some time ago are deleted: nobody sends them again, and whoever had them sent keeps the text it needs."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.db import session
from privacy.outbox.models import MessageState, OutboxMessage

#: How long a message stays after it was sent, or worth nothing any more: in this time one that did not arrive is
#: followed up.
KEPT = 30 * clock.DAY
#: How many messages one unit of work deletes, so that it stays short.
_AT_ONCE = 200


def delete_old(now: int) -> list[UUID]:
    """Delete messages past their time, some at a time, in the open unit of work of whoever records it; says which.

    A letter that was posted stays as long as its owner's file, for the number of its receipt.
    """
    failed = [state.value for state in MessageState if state.failed]
    old = sa.or_(
        sa.and_(OutboxMessage.sent_at < now - KEPT, OutboxMessage.posted_by.is_(None)),
        sa.and_(OutboxMessage.not_after < now - KEPT, OutboxMessage.state.in_(failed)),
    )
    query = sa.select(OutboxMessage.id).where(old).order_by(OutboxMessage.id).limit(_AT_ONCE)
    ids = list(session().scalars(query.with_for_update(skip_locked=True)))
    if ids:
        gone = sa.delete(OutboxMessage).where(OutboxMessage.id.in_(ids))
        session().execute(gone.execution_options(synchronize_session=False))
    return ids
