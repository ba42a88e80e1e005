"""All pages of the workbench, registered on the console's blueprint."""

from __future__ import annotations

from privacy.console.requests import (
    approvals,
    deciding,
    identifying,
    intake,
    listing,
    one,
    review,
    steps,
    tasks,
)

__all__ = ["approvals", "deciding", "identifying", "intake", "listing", "one", "review", "steps", "tasks"]
