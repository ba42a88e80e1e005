"""What can go wrong with breaches."""

from __future__ import annotations

from privacy.errors import Conflict, NotFound, NotPermitted


class BreachNotFound(NotFound):
    """There is no such breach."""

    code = "breach-not-found"


class BreachChanged(Conflict):
    """The breach went on meanwhile: look at it as it is now, and decide again."""

    code = "breach-changed"


class BreachEnded(Conflict):
    """The breach is closed; reopen it first."""

    code = "breach-ended"


class BreachStepNotFound(NotFound):
    """A breach knows no step of that name."""

    code = "breach-step-not-found"


class BreachTaskNotFound(NotFound):
    """The breach has no such task."""

    code = "breach-task-not-found"


class BreachTaskEnded(Conflict):
    """The task is done or dropped already."""

    code = "breach-task-ended"


class BreachClockNotFound(NotFound):
    """No clock of that code runs for the breach."""

    code = "breach-clock-not-found"


class OfficerNeverDecides(NotPermitted):
    """The data protection officer advises; the controller decides (Art. 38(6))."""

    code = "officer-never-decides"


class BreachDocumentNotFound(NotFound):
    """The breach has no such document."""

    code = "breach-document-not-found"
