"""What can go wrong with warnings before data go."""

from __future__ import annotations

from privacy.errors import Conflict, NotFound


class WarningNotFound(NotFound):
    """There is no such warning."""

    code = "retention-warning-not-found"


class WarningChanged(Conflict):
    """The warning went on meanwhile: look at it as it is now, and decide again."""

    code = "retention-warning-changed"
