"""What sends messages, and how an attempt may end."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol
from uuid import UUID

from privacy.outbox.models import MessageKind


@dataclass(frozen=True)
class Sendable:
    """One message, opened, to be sent now."""

    id: UUID
    #: BCP 47.
    locale: str
    #: When it was written, in microseconds: the same at each attempt, so that each sends the same bytes.
    written_at: int
    to: str = field(repr=False)
    subject: str = field(repr=False)
    body: str = field(repr=False)


class Result(Enum):
    """How an attempt ended."""

    SENT = "sent"
    REFUSED = "refused"  # for good
    PUT_OFF = "put off"  # it surely did not go; later it may
    UNKNOWN = "unknown"  # it may have gone: the conversation broke off after the text was sent


@dataclass(frozen=True)
class Outcome:
    """How an attempt ended, and what is known of it."""

    result: Result
    #: A code, without anything that a server wrote.
    failure: str | None = None
    #: What the other side calls the message.
    reference: str | None = field(default=None, repr=False)
    #: Whether it is the way that is closed rather than this message: others need not be tried now.
    way_closed: bool = False


class Transport(Protocol):
    """One way to send. Not shared between threads."""

    kind: MessageKind

    def send(self, message: Sendable) -> Outcome:
        """Send one message. Raises nothing that the network or the other side causes: that is an outcome."""

    def close(self) -> None:
        """End a conversation that is kept open for the next message."""
