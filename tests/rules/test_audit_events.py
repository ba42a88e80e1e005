"""No change without its audit event, no event without its change (style: one event, or a listed number)."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from uuid import UUID

import pytest
import sqlalchemy as sa

import privacy
from privacy.audit.models import AuditBody, AuditEvent
from privacy.db import session, unit_of_work
from tests.rules import (
    breach_changes,
    deadline_changes,
    erasure_changes,
    hold_changes,
    job_changes,
    package_changes,
    register_changes,
    report_changes,
    request_changes,
    run_changes,
    selfservice_changes,
    telling_changes,
    upkeep_changes,
)
from tests.rules.consent_changes import CHANGES  # of every room: consent tells its own last

assert package_changes.CHANGES is upkeep_changes.CHANGES is hold_changes.CHANGES is CHANGES
assert register_changes.CHANGES is report_changes.CHANGES is CHANGES
assert run_changes.CHANGES is breach_changes.CHANGES is job_changes.CHANGES is CHANGES
assert telling_changes.CHANGES is selfservice_changes.CHANGES is CHANGES
assert erasure_changes.CHANGES is deadline_changes.CHANGES is request_changes.CHANGES is CHANGES  # for their stories

#: Functions that take an actor and change nothing, or only prepare what another of the list records.
NO_CHANGE = {
    "access.is_revoked",
    "access.may_issue",
    "access.needs_two",
    "breach.named",
    "breach.page",
    "breach.register_report",  # `reports.record_made` tells who takes it
    "breach.steps",
    "breach.visible",
    "audit.record",
    "audit.prepare",
    "consent.act",
    "consent.answer",
    "consent.check",
    "consent.choices_of",
    "consent.delete_people",  # part of an erasure, whose event tells of it
    "consent.explain",
    "consent.hide_act",
    "consent.history",
    "consent.import_sample",
    "consent.preferences",
    "consent.receipt_of",
    "consent.receipt",
    "consent.reveal_act",
    "consent.token_for",
    "consent.who_asked",
    "dsar.named",
    "dsar.page",
    "dsar.registered",
    "dsar.role_of",
    "dsar.possible",
    "dsar.steps",
    "dsar.visible",
    "dsar.written",
    "erasure.the_one",
    "evidence.make_timeline",  # as the bundle beside it
    "evidence.read_account",
    "reports.order_view",
    "reports.orders",
    "retention.ensure_hold_placeable",
    "reports.make",  # `record_made` tells who takes it, before it is handed out
    "evidence.make_bundle",  # `record_bundle` tells who takes it, before it is handed out
    # Run by a restore alone; tests/recovery compares every row that they leave with the log.
    "audit.begin_anew",
    "audit.declare_lost_bodies",
    "consent.replay_act",
    "consent.replay_claim",
    "consent.replay_merge",
    "consent.replay_suppression",
    "subjects.replay_claim",
    "subjects.replay_contact_end",
    "subjects.replay_merge",
    "subjects.replay_standing",
    "retention.replay_hold",
    "keys.finish_index_rotation",  # `record_index_rotated` in a unit of work of its own
    "subjects.file_open_until",
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
    assert kept.keys() <= now.keys()
    assert sorted(action for event, action in now.items() if event not in kept) == sorted(actions)


def _recorded() -> dict[UUID, str | None]:
    """The action of every event, None where its body is deleted; ids of one millisecond stand in no order."""
    query = sa.select(AuditEvent.id, AuditBody.action).outerjoin(AuditBody, AuditBody.event_id == AuditEvent.id)
    return {row.id: row.action for row in session().execute(query)}
