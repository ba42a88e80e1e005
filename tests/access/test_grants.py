"""Roles and grants: who may what, from when, until when; given by somebody else, and grave ones by two."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import time_machine

from privacy import clock
from privacy.access import service as access
from privacy.access.failures import (
    GrantEnded,
    GrantNeedsTwo,
    LastAdministrator,
    RolesConflict,
    SelfApproval,
    SelfGrant,
)
from privacy.authz.actors import OPERATOR, Actor
from privacy.authz.permissions import CLIENT_SCOPES, Permission
from privacy.authz.roles import ROLES, STAFF_PERMISSIONS, StaffRole
from privacy.db import unit_of_work
from privacy.errors import InvalidInput, NotPermitted

pytestmark = pytest.mark.usefixtures("context")
REASON = "works in the office from today"

#: What each role is there for, and what it must never do.
TABLE: dict[StaffRole, tuple[set[str], set[str]]] = {
    StaffRole.CONTROLLER: (
        {"breaches:decide", "retention:approve", "requests:decide", "approvals:give", "audit:read", "programme:write"},
        {"staff:write", "staff:approve", "jobs:run", "imports:write", "systems:write", "clients:write"},
    ),
    StaffRole.PRIVACY_OFFICE: (
        {"requests:handle", "requests:search", "retention:handle", "breaches:handle", "consents:write", "jobs:run"},
        {"approvals:give", "retention:approve", "breaches:decide", "staff:write", "staff:approve"},
    ),
    StaffRole.DPO: (
        {"audit:read", "requests:read", "breaches:read", "breaches:handle", "retention:read", "erasures:read"},
        {
            "consents:write",
            "consents:annul",
            "requests:handle",
            "retention:handle",
            "staff:write",
            "jobs:run",
            "programme:write",
        },
    ),
    StaffRole.AGENT: (
        {"subjects:search", "consents:check", "consents:read", "consents:write"},
        {"requests:read", "audit:read", "imports:read", "staff:read", "consents:annul", "subjects:merge"},
    ),
    StaffRole.ADMINISTRATOR: (
        {"staff:read", "staff:write", "staff:approve", "jobs:run", "systems:write", "clients:write"},
        {"subjects:read", "subjects:search", "consents:read", "requests:read", "approvals:give", "audit:read"},
    ),
    StaffRole.INSPECTOR: (
        {"audit:read", "consents:read", "requests:read", "breaches:read", "retention:read"},
        {"subjects:search", "requests:search", "consents:write", "jobs:run", "evidence-records:open"},
    ),
}


def taken_on(name: str, role: str = "none") -> access.IssuedStaffKey:
    with unit_of_work():
        return access.create_staff(name, f"{name}@example.com", actor=OPERATOR, role=role)


def acting(issued: access.IssuedStaffKey) -> Actor:
    return access.authenticate(issued.key)


def given(to: access.IssuedStaffKey, role: StaffRole, actor: Actor = OPERATOR, **more: Any) -> access.GrantFacts:
    with unit_of_work():
        return access.grant(to.id, access.Wanted(role, REASON, **more), actor=actor)


@pytest.mark.parametrize("role", StaffRole)
def test_a_role_may_what_it_is_there_for_and_no_more(role: StaffRole) -> None:
    may, may_not = TABLE[role]
    held = {permission.value for permission in ROLES[role]}
    assert may <= held
    assert not may_not & held
    assert acting(taken_on("ewa", role.value if role is not StaffRole.INSPECTOR else "none")).permissions == (
        ROLES[role] if role is not StaffRole.INSPECTOR else frozenset()
    )


def test_the_data_protection_officer_approves_nothing() -> None:
    deciding = {p for p in Permission if p.value.endswith((":approve", ":decide"))} | {Permission.APPROVALS_GIVE}
    assert len(deciding) >= 5
    officer = acting(taken_on("iod", "dpo"))
    for permission in deciding:
        with pytest.raises(NotPermitted):
            officer.require(permission)
    assert not ROLES[StaffRole.INSPECTOR] & deciding


def test_the_daily_work_and_the_decisions_together_are_what_staff_held_so_far() -> None:
    others = ROLES[StaffRole.ADMINISTRATOR] | (ROLES[StaffRole.DPO] - STAFF_PERMISSIONS)
    assert STAFF_PERMISSIONS | others == frozenset(Permission)
    assert CLIENT_SCOPES <= STAFF_PERMISSIONS


@pytest.mark.parametrize("role", [StaffRole.CONTROLLER, StaffRole.PRIVACY_OFFICE, StaffRole.ADMINISTRATOR])
def test_an_officer_gets_no_role_that_decides_and_who_decides_is_no_officer(role: StaffRole) -> None:
    officer, other = taken_on("iod", "dpo"), taken_on("jan", role.value)
    with pytest.raises(RolesConflict):
        given(officer, role)
    with pytest.raises(RolesConflict):
        given(other, StaffRole.DPO)


def test_a_grant_acts_on_the_next_request_and_so_does_its_end() -> None:
    ewa = taken_on("ewa")
    assert acting(ewa).permissions == frozenset()
    one = given(ewa, StaffRole.AGENT)
    assert acting(ewa).permissions == ROLES[StaffRole.AGENT]
    with unit_of_work():
        access.end_grant(one.id, actor=OPERATOR)
    assert acting(ewa).permissions == frozenset()


def test_a_grant_begins_and_ends_to_the_microsecond(frozen: time_machine.Traveller) -> None:
    ewa, now = taken_on("ewa"), clock.micros()
    given(ewa, StaffRole.AGENT, valid_from=now + clock.DAY, valid_until=now + 2 * clock.DAY)
    seen = []
    for seconds in (0, 86_399.999, 0.001, 86_399.999, 0.001):
        frozen.shift(seconds)
        seen.append(bool(acting(ewa).permissions))
    assert seen == [False, False, True, True, False]


def test_a_grant_for_one_controller_counts_where_that_one_is_asked_about_and_nowhere_else() -> None:
    ewa = taken_on("ewa")
    given(ewa, StaffRole.AGENT, scope="jarzebina")
    actor = acting(ewa)
    assert actor.permissions == frozenset()
    actor.require(Permission.CONSENTS_WRITE, controller="jarzebina")
    for other in (None, "another"):
        with pytest.raises(NotPermitted):
            actor.require(Permission.CONSENTS_WRITE, controller=other)


@pytest.mark.parametrize(
    ("role", "change", "field"),
    [
        (StaffRole.INSPECTOR, lambda _: {}, "until"),
        (StaffRole.INSPECTOR, lambda now: {"valid_until": now + 91 * clock.DAY}, "until"),
        (StaffRole.AGENT, lambda now: {"valid_until": now}, "until"),
        (StaffRole.AGENT, lambda _: {"scope": "Not A Code"}, "scope"),
        (StaffRole.AGENT, lambda _: {"scope": "a;b"}, "scope"),
    ],
)
def test_a_wrong_grant_is_refused_by_field(
    role: StaffRole, change: Callable[[int], dict[str, Any]], field: str, frozen: time_machine.Traveller
) -> None:
    with pytest.raises(InvalidInput) as caught:
        given(taken_on("ewa"), role, **change(clock.micros()))
    assert list(caught.value.extensions["errors"]) == [field]


def test_an_inspector_reads_for_as_long_as_was_said(frozen: time_machine.Traveller) -> None:
    ewa = taken_on("ewa")
    given(ewa, StaffRole.INSPECTOR, valid_until=clock.micros() + 90 * clock.DAY)
    assert acting(ewa).permissions == ROLES[StaffRole.INSPECTOR]


def test_nobody_gives_themselves_a_right_or_agrees_to_their_own() -> None:
    one, two = taken_on("one", "administrator"), taken_on("two", "administrator")
    with pytest.raises(SelfGrant):
        given(one, StaffRole.AGENT, actor=acting(one))
    with unit_of_work():
        wanted = access.Wanted(StaffRole.CONTROLLER, REASON)
        asked = access.ask_for_grant(two.id, wanted, actor=acting(one))
    for actor, failure in ((acting(two), SelfGrant), (acting(one), SelfApproval)):
        with pytest.raises(failure), unit_of_work():
            access.agree_to_grant(asked.id, actor=actor)
    assert Permission.BREACHES_DECIDE not in acting(two).permissions


@pytest.mark.parametrize("role", [StaffRole.CONTROLLER, StaffRole.ADMINISTRATOR])
def test_what_is_grave_takes_two_once_there_are_two_administrators(role: StaffRole) -> None:
    one, ewa, jan = taken_on("one", "administrator"), taken_on("ewa"), taken_on("jan")
    given(ewa, role, actor=acting(one))  # Alone, one has to do.
    two = taken_on("two", "administrator")
    with pytest.raises(GrantNeedsTwo):
        given(jan, role, actor=acting(one))
    given(jan, StaffRole.AGENT, actor=acting(one))
    with unit_of_work():
        asked = access.ask_for_grant(jan.id, access.Wanted(role, REASON), actor=acting(one))
    assert asked.waits
    assert acting(jan).permissions == ROLES[StaffRole.AGENT]
    with unit_of_work():
        access.agree_to_grant(asked.id, actor=acting(two))
    assert acting(jan).permissions == ROLES[StaffRole.AGENT] | ROLES[role]


def test_an_asked_grant_that_was_taken_back_is_not_agreed_to() -> None:
    one, two, ewa = taken_on("one", "administrator"), taken_on("two", "administrator"), taken_on("ewa")
    with unit_of_work():
        asked = access.ask_for_grant(ewa.id, access.Wanted(StaffRole.AGENT, REASON), actor=acting(one))
    with unit_of_work():
        access.end_grant(asked.id, actor=acting(one))
    with pytest.raises(GrantEnded), unit_of_work():
        access.agree_to_grant(asked.id, actor=acting(two))


def test_somebody_remains_who_gives_rights() -> None:
    one = taken_on("one", "administrator")
    [only] = access.grants(one.id)
    with pytest.raises(LastAdministrator), unit_of_work():
        access.end_grant(only.id, actor=acting(one))
    with unit_of_work():
        access.end_grant(only.id, actor=OPERATOR)


def test_an_administrator_for_one_controller_does_not_remain_for_all() -> None:
    one, two = taken_on("one", "administrator"), taken_on("two")
    given(two, StaffRole.ADMINISTRATOR, actor=acting(one), scope="other")
    given(two, StaffRole.CONTROLLER, actor=acting(one))  # Who could agree to it?
    [only] = access.grants(one.id)
    with pytest.raises(LastAdministrator), unit_of_work():
        access.end_grant(only.id, actor=acting(one))


def test_whoever_ends_the_other_administrator_does_not_decide_alone(frozen: time_machine.Traveller) -> None:
    one, two, ewa = taken_on("one", "administrator"), taken_on("two", "administrator"), taken_on("ewa")
    [rights] = access.grants(two.id)
    with unit_of_work():
        access.end_grant(rights.id, actor=acting(one))
    with pytest.raises(GrantNeedsTwo):
        given(ewa, StaffRole.CONTROLLER, actor=acting(one))
    frozen.shift(4 * 86_400)
    given(ewa, StaffRole.CONTROLLER, actor=acting(one))


@pytest.mark.parametrize("role", sorted(set(StaffRole) - {StaffRole.ADMINISTRATOR, StaffRole.INSPECTOR}))
def test_only_administrators_give_rights(role: StaffRole) -> None:
    ewa, jan = taken_on("ewa", role.value), taken_on("jan")
    with pytest.raises(NotPermitted):
        given(jan, StaffRole.AGENT, actor=acting(ewa))
