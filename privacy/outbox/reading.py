"""Messages as staff see them: ids, kinds, times and codes; never an address, never a text."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from privacy.db import session
from privacy.outbox.failures import MessageNotFound
from privacy.outbox.models import MessageKind, MessageState, OutboxMessage

MOST_ON_A_PAGE = 200


@dataclass(frozen=True)
class MessageView:
    """One message. Times in microseconds."""

    id: UUID
    kind: MessageKind
    template: str
    locale: str
    #: Whose key seals it: a person, a request, an erasure.
    owner_id: UUID
    state: MessageState
    created_at: int
    not_after: int
    attempts: int
    attempted_at: int | None
    next_at: int
    sent_at: int | None
    failure: str | None
    posted_by: UUID | None


def messages(
    *,
    states: Collection[MessageState] = (),
    kinds: Collection[MessageKind] = (),
    owner_id: UUID | None = None,
    before: UUID | None = None,
    limit: int = MOST_ON_A_PAGE,
) -> list[MessageView]:
    """Messages, the newest first; none of the filters given means all. `before`: the last id of the page before."""
    query = sa.select(OutboxMessage).order_by(OutboxMessage.id.desc()).limit(min(limit, MOST_ON_A_PAGE))
    if states:
        query = query.where(OutboxMessage.state.in_([state.value for state in states]))
    if kinds:
        query = query.where(OutboxMessage.kind.in_([kind.value for kind in kinds]))
    if owner_id is not None:
        query = query.where(OutboxMessage.owner_id == owner_id)
    if before is not None:
        query = query.where(OutboxMessage.id < before)
    return [_view(row) for row in session().scalars(query)]


def view(message_id: UUID) -> MessageView:
    """One message; raises `MessageNotFound`."""
    row = session().get(OutboxMessage, message_id, populate_existing=True)
    if row is None:
        raise MessageNotFound
    return _view(row)


def counts() -> Mapping[tuple[MessageKind, MessageState], int]:
    """How many messages of each kind stand in each state."""
    query = sa.select(OutboxMessage.kind, OutboxMessage.state, sa.func.count()).group_by(
        OutboxMessage.kind, OutboxMessage.state
    )
    return {(MessageKind(kind), MessageState(state)): count for kind, state, count in session().execute(query)}


def _view(row: OutboxMessage) -> MessageView:
    return MessageView(
        id=row.id,
        kind=MessageKind(row.kind),
        template=row.template,
        locale=row.locale,
        owner_id=row.owner_id,
        state=MessageState(row.state),
        created_at=row.created_at,
        not_after=row.not_after,
        attempts=row.attempts,
        attempted_at=row.attempted_at,
        next_at=row.next_at,
        sent_at=row.sent_at,
        failure=row.failure,
        posted_by=row.posted_by,
    )
