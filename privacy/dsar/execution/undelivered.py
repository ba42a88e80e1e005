"""A letter to a recipient that did not arrive: the recipient is not told (Art. 19), and somebody looks after it."""

from __future__ import annotations

from privacy.dsar.execution import course, recipients
from privacy.outbox.service import Undelivered


def note_undelivered(undelivered: Undelivered) -> None:
    """Hand the recipient over to a person, in the open unit of work; nothing for every other message."""
    row = recipients.hand_over_undelivered(undelivered)
    if row is not None:
        course.go_on(row)
