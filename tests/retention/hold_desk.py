"""Legal holds as tests place them: with what a test does not care about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from privacy.access import service as access
from privacy.authz.actors import OPERATOR, Actor, ActorKind
from privacy.authz.roles import STAFF_PERMISSIONS
from privacy.db import unit_of_work
from privacy.programme import service as programmes
from privacy.retention import service as retention
from privacy.retention.service import HoldView, WantedHold
from privacy.subjects import service as subjects

ANNA = {"customer_id": "C-1001", "email": "anna.nowak@example.com", "phone": "+48600100200"}
JAN = {"customer_id": "C-1002", "email": "jan.kowalski@example.com"}


def colleague(name: str) -> Actor:
    """A new member of staff."""
    with unit_of_work():
        made = access.create_staff(name, f"{name}@example.com", actor=OPERATOR)
    return Actor(ActorKind.STAFF, made.id, name, STAFF_PERMISSIONS)


def wanted(*people: Mapping[str, str], **fields: Any) -> WantedHold:
    """A hold for a claim in a court, owned by ewa."""
    programme = programmes.current()
    named = tuple(subjects.name_of(programme, OPERATOR, one, place="people") for one in people)
    given: dict[str, Any] = {
        "reference": "I C 7/27",
        "statute": "",
        "owner": "ewa",
        "review_on": date(2027, 5, 31),
        "reason": "a claim for damages",
        "people": named,
    }
    return WantedHold(**given | fields)


def place(*people: Mapping[str, str], actor: Actor = OPERATOR, **fields: Any) -> HoldView:
    """Place it, in a unit of work of its own."""
    given = wanted(*people, **fields)
    with retention.waited(), unit_of_work():
        return retention.place_hold(given, actor=actor)


def release(hold: HoldView, one: Actor, other: Actor) -> HoldView:
    """Release it, by two."""
    with unit_of_work():
        asked = retention.request_release_of_hold(hold.id, actor=one, reason="the claim is settled")
    with unit_of_work():
        return retention.release_hold(hold.id, asked, actor=other)
