"""What became of messages, in the log: ids and outcomes, no address and no text."""

from __future__ import annotations

from privacy import clock
from privacy.audit.recording import record
from privacy.authz.actors import Actor
from privacy.outbox.service import MessageState, Told, delete_old

_OBJECT = "message"
_ACTIONS = {
    MessageState.SENT: "message.sent",
    MessageState.REFUSED: "message.refused",
    MessageState.EXPIRED: "message.expired",
    MessageState.UNKNOWN: "message.outcome_unknown",
    MessageState.PENDING: "message.tried_again",
}


def record_message(told: Told) -> None:
    """The event of a message that changed, in the open unit of work."""
    content = {
        "id": str(told.message_id),
        "kind": told.kind.value,
        "template": told.template,
        "owner": str(told.owner_id),
        "state": told.state.value,
        "attempts": told.attempts,
        "failure": told.failure,
        "at": clock.isoformat(told.at),
    }
    record(
        _ACTIONS[told.state],
        actor=told.actor,
        object_type=_OBJECT,
        object_id=told.message_id,
        content=content,
        subject_id=told.subject_id,
        details={name: content[name] for name in ("kind", "template", "owner", "attempts", "failure")},
    )


def delete_old_messages(now: int, *, actor: Actor) -> int:
    """Delete messages of some time ago, some at a time, in the open unit of work; returns how many."""
    ids = delete_old(now)
    if ids:
        record(
            "messages.deleted",
            actor=actor,
            object_type=_OBJECT,
            object_id=ids[0],
            content={"messages": [str(one) for one in ids]},
            details={"count": len(ids)},
        )
    return len(ids)
