"""From where a file is opened: one sign-in of one member of staff, which a renewed proof of identity does not end."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec
from babel.support import LazyProxy
from msgspec import Meta

from privacy.authz.permissions import Permission
from privacy.console.counter.visits import NotLookedFor
from privacy.console.gate import current_staff
from privacy.http.auth import current_actor
from privacy.pages.blueprint import needs
from privacy.pages.languages import lazy_gettext
from privacy.subjects import service as subjects
from privacy.subjects.service import LookReason, Why

#: To look for people, and to read what is recorded of them, their requests too.
FILE = needs(Permission.SUBJECTS_SEARCH, Permission.SUBJECTS_READ, Permission.CONSENTS_READ, Permission.REQUESTS_SEARCH)
JOIN = needs(*FILE.permissions, Permission.SUBJECTS_MERGE, fresh=True)
REASONS: list[tuple[str, LazyProxy]] = [
    (LookReason.REQUEST.value, lazy_gettext("A request of the person about their data")),
    (LookReason.QUESTION.value, lazy_gettext("A question of the person")),
    (LookReason.COMPLAINT.value, lazy_gettext("A complaint")),
    (LookReason.AUTHORITY.value, lazy_gettext("An authority or a court asks")),
    (LookReason.BREACH.value, lazy_gettext("A breach concerns the person")),
    (LookReason.MISTAKE.value, lazy_gettext("Something is recorded wrongly")),
    (LookReason.CHECK.value, lazy_gettext("An audit, or a check of the officer")),
]
Words = Annotated[str, Meta(min_length=3, max_length=300)]


class Opening(msgspec.Struct, forbid_unknown_fields=True):
    """Why a file is opened."""

    reason: LookReason
    words: Words


def why(given: Opening) -> Why:
    """The reason as the log has it."""
    return Why(given.reason, given.words, seat())


def seat() -> str:
    """The sign-in of this request. It is the same after a step-up, and another one after signing out."""
    mine = current_staff()
    return f"{mine.staff_id}.{mine.opened_at}"


def open_until(subject_id: UUID) -> int | None:
    """Until when the person's file is open here; None where nobody looked for the person lately."""
    return subjects.file_open_until(subject_id, seat(), actor=current_actor())


def opened(reference: UUID) -> UUID:
    """The subject behind a reference, whose file is open here; raises `NotFound`, `NotLookedFor`."""
    subject_id = subjects.reveal_subject(current_actor(), str(reference))
    if open_until(subject_id) is None:
        raise NotLookedFor
    return subject_id
