"""All pages of breaches, registered on the console."""

from __future__ import annotations

from privacy.console.breaches import (
    affected,
    authority,
    course,
    judging,
    letters,
    listed,
    one,
    opening,
    steps,
    tasks,
)

__all__ = ["affected", "authority", "course", "judging", "letters", "listed", "one", "opening", "steps", "tasks"]
