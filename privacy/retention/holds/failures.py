"""What can go wrong with legal holds."""

from __future__ import annotations

from privacy.errors import Conflict, NotFound, Unavailable


class HoldNotFound(NotFound):
    """There is no such legal hold."""

    code = "hold-not-found"


class HoldReleased(Conflict):
    """The legal hold is released already; place a new one."""

    code = "hold-released"


class UnderLegalHold(Conflict):
    """It is under a legal hold and is not deleted."""

    code = "under-legal-hold"


class HoldPlaced(Conflict):
    """A legal hold was placed, or is about to be, since this deletion was planned: it is planned anew."""

    code = "hold-placed"


class HoldMustWait(Unavailable):
    """A deletion is being made final at this moment; place the hold again in a second."""

    code = "hold-must-wait"

    def __init__(self) -> None:
        super().__init__(retry_after=1)
