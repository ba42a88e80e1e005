"""Who asked about a person, on one page of the command line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from privacy.authz.actors import OPERATOR
from privacy.consent import service as consent
from privacy.subjects import service as subjects


def page(subject_id: UUID) -> dict[str, Any]:
    """Every question about a person, newest day first, as JSON."""
    return {
        "subject_ref": subjects.hide_subject(OPERATOR, subject_id),
        "asked": [
            {
                "day": one.day,
                "asked_by": {"id": str(one.asked_by), "name": one.name},
                "purpose": one.purpose,
                "channel": one.channel,
                "allowed": one.allowed,
                "times": one.times,
            }
            for one in consent.who_asked(subject_id, actor=OPERATOR)
        ],
    }


def lines(asked: dict[str, Any]) -> Iterator[str]:
    """The page as people read it."""
    yield f"Person {asked['subject_ref']}"
    if not asked["asked"]:
        yield "  nobody asked in the last 12 months"
    for one in asked["asked"]:
        what = f"{one['purpose']} by {one['channel']}" if one["channel"] else one["purpose"]
        answer = "allowed" if one["allowed"] else "denied"
        yield f"  {one['day']}  {one['asked_by']['name']}: {what}, {answer}, {one['times']} times"
