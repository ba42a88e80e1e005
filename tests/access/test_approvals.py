"""Two people for one action: never the same one, never another action, never twice."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from privacy.access import service as access
from privacy.access.failures import (
    ApprovalExpired,
    ApprovalMismatch,
    ApprovalNotFound,
    ApprovalUsed,
    SelfApproval,
    StaffOnly,
)
from privacy.access.models import Approval
from privacy.audit import service as audit
from privacy.authz.actors import OPERATOR, Actor
from privacy.authz.permissions import Permission
from privacy.db import new_id, session, unit_of_work
from privacy.errors import InvalidInput, NotPermitted, PrivacyError
from tests.build import an_actor

pytestmark = pytest.mark.usefixtures("context")
ACTION = "consents.annul"
PAYLOAD: dict[str, Any] = {"source": "shop", "reason": "wrong form", "count": 12}
REASON = "the form of anna.nowak@example.com was wrong"


@pytest.fixture
def people(context: Flask) -> tuple[Actor, Actor]:
    with unit_of_work():
        keys = [access.create_staff(name, f"{name}@example.com", actor=OPERATOR).key for name in ("ewa", "jan")]
    first, second = (access.authenticate(key) for key in keys)
    return first, second


def a_request(actor: Actor) -> Any:
    with unit_of_work():
        return access.request_approval(ACTION, PAYLOAD, actor=actor, reason=REASON)


def approve(approval_id: Any, actor: Actor, action: str = ACTION, payload: dict[str, Any] | None = None) -> None:
    with unit_of_work():
        access.approve(approval_id, action, payload or PAYLOAD, actor=actor)


def test_what_one_asks_another_approves(people: tuple[Actor, Actor]) -> None:
    asking, deciding = people
    approval = a_request(asking)
    (waiting,) = access.open_approvals()
    assert (waiting.id, waiting.action, waiting.requested_by, waiting.reason) == (approval, ACTION, asking.id, REASON)
    approve(approval, deciding, payload=dict(reversed(PAYLOAD.items())))
    assert list(access.open_approvals()) == []
    actions = audit.actions_since(session(), None)
    assert list(actions)[-2:] == ["approval.requested", "approval.approved"]


def test_what_waits_for_an_action_is_found_by_its_payload(people: tuple[Actor, Actor]) -> None:
    assert access.open_approval_of(ACTION, PAYLOAD) is None
    a_request(people[0])
    newest = a_request(people[1])
    found = access.open_approval_of(ACTION, dict(reversed(PAYLOAD.items())))
    assert found is not None
    assert (found.id, found.requested_by, found.reason) == (newest, people[1].id, REASON)
    for action, payload in (("consents.give", PAYLOAD), (ACTION, PAYLOAD | {"count": 13})):
        assert access.open_approval_of(action, payload) is None
    with unit_of_work():
        access.refuse(newest, actor=people[0])
    approve(access.open_approvals()[0].id, people[1])
    assert access.open_approval_of(ACTION, PAYLOAD) is None


def test_nobody_approves_what_they_asked_for(people: tuple[Actor, Actor]) -> None:
    approval = a_request(people[0])
    with pytest.raises(SelfApproval):
        approve(approval, people[0])
    with pytest.raises(SelfApproval), unit_of_work():
        access.refuse(approval, actor=people[0])


@pytest.mark.parametrize(
    ("action", "payload"), [("consents.give", PAYLOAD), (ACTION, PAYLOAD | {"count": 13}), (ACTION, {"a": 1})]
)
def test_an_approval_is_bound_to_the_action_and_its_details(
    people: tuple[Actor, Actor], action: str, payload: dict[str, Any]
) -> None:
    approval = a_request(people[0])
    with pytest.raises(ApprovalMismatch):
        approve(approval, people[1], action, payload)
    approve(approval, people[1])


def test_an_approval_is_used_once(people: tuple[Actor, Actor]) -> None:
    approval = a_request(people[0])
    approve(approval, people[1])
    with pytest.raises(ApprovalUsed):
        approve(approval, people[1])


def test_two_at_once_use_it_once(context: Flask, people: tuple[Actor, Actor]) -> None:
    approval = a_request(people[0])
    session().close()
    barrier = threading.Barrier(2)
    outcomes: list[str] = []

    def decide() -> None:
        with context.app_context():
            barrier.wait()
            try:
                approve(approval, people[1])
                outcomes.append("done")
            except PrivacyError as error:
                outcomes.append(error.code)

    threads = [threading.Thread(target=decide) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["approval-used", "done"]


def test_a_refused_action_is_not_done(people: tuple[Actor, Actor]) -> None:
    approval = a_request(people[0])
    with unit_of_work():
        access.refuse(approval, actor=people[1])
    with pytest.raises(ApprovalUsed):
        approve(approval, people[1])
    assert list(audit.actions_since(session(), None))[-1] == "approval.refused"


def test_an_approval_waits_four_days(people: tuple[Actor, Actor], frozen: time_machine.Traveller) -> None:
    approval = a_request(people[0])
    frozen.shift(96 * 3600)
    with pytest.raises(ApprovalExpired):
        approve(approval, people[1])
    assert list(access.open_approvals()) == []


def test_what_somebody_asked_for_who_has_left_is_not_approved(people: tuple[Actor, Actor]) -> None:
    asking, deciding = people
    approval = a_request(asking)
    with unit_of_work():
        access.disable_staff(asking.id, actor=OPERATOR)
    assert list(access.open_approvals()) == []
    assert access.open_approval_of(ACTION, PAYLOAD) is None
    with pytest.raises(ApprovalExpired):
        approve(approval, deciding)
    with unit_of_work():
        access.refuse(approval, actor=deciding)


def test_only_staff_ask_and_approve(people: tuple[Actor, Actor]) -> None:
    approval = a_request(people[0])
    for actor in (an_actor(), OPERATOR):
        with pytest.raises(StaffOnly):
            a_request(actor)
        with pytest.raises(StaffOnly):
            approve(approval, actor)
    powerless = Actor(people[1].kind, people[1].id, "jan", people[1].permissions - {Permission.APPROVALS_GIVE})
    with pytest.raises(NotPermitted):
        approve(approval, powerless)


def test_an_unknown_approval_and_a_missing_reason(people: tuple[Actor, Actor]) -> None:
    with pytest.raises(ApprovalNotFound):
        approve(new_id(), people[1])
    with pytest.raises(InvalidInput), unit_of_work():
        access.request_approval(ACTION, PAYLOAD, actor=people[0], reason=" ")


def test_a_failed_action_leaves_its_approval_open(people: tuple[Actor, Actor]) -> None:
    approval = a_request(people[0])
    with pytest.raises(ZeroDivisionError), unit_of_work():
        access.approve(approval, ACTION, PAYLOAD, actor=people[1])
        _ = 1 / 0
    assert len(access.open_approvals()) == 1


def test_the_reason_is_sealed_and_the_database_knows_of_two_people(people: tuple[Actor, Actor]) -> None:
    approval = a_request(people[0])
    row = session().scalars(sa.select(Approval)).one()
    assert b"anna" not in row.reason_enc
    with pytest.raises(sa.exc.IntegrityError), unit_of_work() as current:
        values = {"decided_by": people[0].id, "decided_at": 1, "outcome": "approved"}
        current.execute(sa.update(Approval).where(Approval.id == approval).values(**values))
