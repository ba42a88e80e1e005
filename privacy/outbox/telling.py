"""How a message came out, told to whoever must know: the log, and what suppresses addresses that bounce.

The outbox lies below both, so the application hands in whom to tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from privacy.authz.actors import Actor
from privacy.db import unit_of_work
from privacy.outbox.models import MessageKind, MessageState


@dataclass(frozen=True)
class Told:
    """A change of a message: ids and codes, no address and no text."""

    message_id: UUID
    kind: MessageKind
    template: str
    #: Whose key seals it: a person, a request, an erasure.
    owner_id: UUID
    #: The person it is about, where it is about one.
    subject_id: UUID | None
    state: MessageState
    attempts: int
    #: Why it did not go, as a code: `smtp-550 5.1.1`, `key-destroyed`; None where it went.
    failure: str | None
    at: int
    actor: Actor


@dataclass(frozen=True)
class Undelivered:
    """A message that ended without being sent for sure."""

    message_id: UUID
    kind: MessageKind
    #: Whose key seals it: a person, a request, an erasure.
    owner_id: UUID
    state: MessageState
    #: As of `Told`.
    failure: str | None
    #: The address that the other side refused; None where nobody refused it.
    refused: str | None = field(default=None, repr=False)


#: Called in the unit of work that changes the message.
Tell = Callable[[Told], None]
#: Called once that is committed, in a unit of work of its own.
Follow = Callable[[Undelivered], None]
_installed: list[Tell] = []
_following: list[Follow] = []


def install(*listeners: Tell, undelivered: Iterable[Follow] = ()) -> None:
    """Say who is told from now on, in order; whoever was told before is not any more.

    `undelivered`: who acts on messages that did not go. They lock rows of theirs, and so come after the message.
    """
    _installed[:], _following[:] = listeners, undelivered


def tell(told: Told) -> None:
    """Tell everybody, in the open unit of work. Raises RuntimeError where that is nobody: it would go unrecorded."""
    if not _installed:
        raise RuntimeError("nobody records what becomes of messages")
    for listener in _installed:
        listener(told)


def follow(undelivered: Undelivered) -> None:
    """Have everybody act on it, each in a unit of work of its own."""
    for one in _following:
        with unit_of_work():
            one(undelivered)
