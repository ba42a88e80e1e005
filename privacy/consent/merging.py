"""Merge and unmerge people, and fold anew what that changes.

While two are merged, what is recorded on one enters the other's fold as well. After an unmerge every "no" stays with
both, and a consent with the one whose identifier it named.
"""

from __future__ import annotations

from uuid import UUID

from privacy.authz.actors import Actor
from privacy.consent.annulment import refold
from privacy.db import Driver, session
from privacy.programme.types import Programme
from privacy.subjects import service as subjects
from privacy.subjects.service import Enlisted


def merge(one: UUID, other: UUID, *, actor: Actor, programme: Programme, reason: str) -> int:
    """Link two subjects as one person, in the open unit of work; returns the person's version."""
    return _refolded(subjects.merge(one, other, actor=actor, programme=programme, reason=reason), one)


def unmerge(one: UUID, other: UUID, *, actor: Actor, programme: Programme, reason: str) -> int:
    """End a merge, in the open unit of work; raises `NotMerged`. Returns the first subject's version."""
    return _refolded(subjects.unmerge(one, other, actor=actor, programme=programme, reason=reason), one)


def _refolded(enlisted: Enlisted, one: UUID) -> int:
    driver = Driver.of(session())
    for subject_id in sorted(enlisted.family):
        refold(driver, subject_id)
    return subjects.view(one, realm=enlisted.family[one].realm).version
