"""The closed word lists of disposal runs: where they stand, how their parts are done, and why a row stays."""

from __future__ import annotations

from enum import StrEnum

from privacy.programme.types import RetentionAction, RetentionTrigger

__all__ = [
    "BatchState",
    "Event",
    "PartState",
    "RetentionAction",
    "RetentionTrigger",
    "RunState",
    "Stays",
    "Way",
]


class RunState(StrEnum):
    """Where a disposal run stands."""

    PREVIEWING = "previewing"  # what is due is counted; nothing changes
    PREVIEWED = "previewed"  # counted; waits for those who must agree
    APPROVED = "approved"  # as many people agreed as its rules want, to exactly these counts
    RUNNING = "running"
    STOPPED = "stopped"  # by a person; goes on when one says so
    EXCEEDED = "exceeded"  # more is due than was agreed to: it is counted and agreed to anew
    DONE = "done"  # ended: everything is done and was read again
    CANCELLED = "cancelled"  # ended: a person gave it up; what was done until then is in its account

    @property
    def ended(self) -> bool:
        """Whether nothing happens any more."""
        return self in {RunState.DONE, RunState.CANCELLED}


class Event(StrEnum):
    """What takes a run from one state to the next."""

    PREVIEW = "preview"
    COUNT = "count"
    APPROVE = "approve"
    AGREE = "agree"
    START = "start"
    STOP = "stop"
    EXCEED = "exceed"
    FINISH = "finish"
    CANCEL = "cancel"


class Way(StrEnum):
    """How a part of a run is done."""

    BATCHES = "batches"  # in a connected system, in batches
    OWN = "own"  # people of this service itself, each in a unit of work of their own
    BY_HAND = "by_hand"  # in a system that cannot list rows by a day: a person does it and says so


class PartState(StrEnum):
    """Where a part of a run stands."""

    COUNTING = "counting"
    COUNTED = "counted"
    RUNNING = "running"
    WAITING = "waiting"  # for warnings to be delivered and to be old enough
    CHECKING = "checking"  # everything is done; it is read again
    FOR_A_PERSON = "for_a_person"  # a form to file, or a failure that does not go away
    DONE = "done"


class BatchState(StrEnum):
    """Where a batch stands."""

    PLANNED = "planned"  # written down; nothing has changed
    CONFIRMED = "confirmed"  # about to be final in the system, if it is not yet
    DONE = "done"
    TAKEN_BACK = "taken_back"  # a legal hold came, or the rows are not what they were: it is planned anew


class Stays(StrEnum):
    """Why a row that is due stays as it is."""

    HELD = "held"  # by a legal hold
    REFERRED_TO = "referred_to"  # by a row that stays; it is marked as restricted where the table can say so
    WARNING = "warning"  # the person was warned, and the time to answer is not over
    KEPT = "kept"  # a person decided so, about the warning
    NOT_WARNED = "not_warned"  # no warning could be delivered: a person decides
    REVIEW = "review"  # the rule wants a person to look
    CHANGED = "changed"  # something happened to it since it was found due
    TOO_MUCH = "too_much"  # more rows refer to it than are looked through
    UNREADABLE = "unreadable"  # the row has no key to be told apart by
