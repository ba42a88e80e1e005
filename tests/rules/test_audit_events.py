"""No change without its audit event, no event without its change (style: one event, or a listed number)."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from uuid import UUID

import pytest
import sqlalchemy as sa

import privacy
from privacy.audit.models import AuditBody
from privacy.db import session, unit_of_work
from tests.rules.consent_changes import CHANGES  # of every room: consent tells its own last

#: Functions that take an actor and change nothing, or only prepare what another of the list records.
NO_CHANGE = {
    "access.is_revoked",
    "audit.record",
    "audit.prepare",
    "consent.act",
    "consent.answer",
    "consent.check",
    "consent.explain",
    "consent.hide_act",
    "consent.history",
    "consent.import_sample",
    "consent.preferences",
    "consent.reveal_act",
    "consent.token_for",
    "subjects.enlist",  # prepares the people of a write; its statements and events are run by the caller
    "subjects.hide_place",
    "subjects.hide_subject",
    "subjects.name_of",
    "subjects.reveal_place",
    "subjects.reveal_subject",
}


def _functions_with_an_actor() -> set[str]:
    """Public functions that a room's service offers and that act for somebody."""
    found = set()
    for room in pkgutil.iter_modules(privacy.__path__):
        if not room.ispkg or importlib.util.find_spec(f"privacy.{room.name}.service") is None:
            continue
        service = importlib.import_module(f"privacy.{room.name}.service")
        for name, function in inspect.getmembers(service, inspect.isfunction):
            of_this_room = function.__module__.startswith(f"privacy.{room.name}.")
            if of_this_room and not name.startswith("_") and "actor" in inspect.signature(function).parameters:
                found.add(f"{room.name}.{name}")
    return found


def test_every_function_that_changes_something_has_a_story() -> None:
    assert sorted(_functions_with_an_actor() - NO_CHANGE) == sorted(CHANGES), (
        "tell its story in tests/rules/changes.py or consent_changes.py"
    )


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("name", CHANGES)
def test_a_change_records_its_event_in_its_own_transaction(name: str) -> None:
    story, actions = CHANGES[name]
    change = story()
    kept = _recorded()
    with pytest.raises(ZeroDivisionError), unit_of_work():
        change()
        raise ZeroDivisionError
    assert _recorded() == kept
    with unit_of_work():
        change()
    now = _recorded()
    assert kept.items() <= now.items()
    assert sorted(action for event, action in now.items() if event not in kept) == sorted(actions)


def _recorded() -> dict[UUID, str]:
    """The action of every event; ids of one millisecond stand in no order."""
    rows = session().execute(sa.select(AuditBody.event_id, AuditBody.action))
    return {row.event_id: row.action for row in rows}
