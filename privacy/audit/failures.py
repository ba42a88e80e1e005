"""What can go wrong with the log."""

from __future__ import annotations

from privacy.errors import Conflict, InvalidInput, NotFound, Unavailable, VerificationError


class LogBroken(VerificationError):
    """The stored log is not the one that was published."""

    code = "log-broken"


class LogNotOpened(Conflict):
    """The log of this installation has not been opened yet; run: privacy init."""

    code = "log-not-opened"


class EventNotFound(NotFound):
    """There is no such event in the log."""

    code = "event-not-found"


class CheckpointNotFound(NotFound):
    """No checkpoint of that size was published."""

    code = "checkpoint-not-found"


class NotPublishedYet(Unavailable):
    """The event is recorded and waits to be published; try again in a moment."""

    code = "not-published-yet"


class NotOurStatement(InvalidInput):
    """One of the statements was not signed by a key of this log, or it was changed."""

    code = "not-our-statement"


class BodyKept(Conflict):
    """The body explains the log itself, a key of it or another deletion; it stays."""

    code = "body-kept"
