"""Annulment: one act or many by filter, by two people, bound to the very acts that the first of them saw."""

from __future__ import annotations

from dataclasses import replace

import pytest

from privacy.access.failures import ApprovalMismatch, ApprovalUsed, SelfApproval, StaffOnly
from privacy.authz.actors import OPERATOR
from privacy.consent import service as consent
from privacy.consent.service import ActKind, Filter, Source
from privacy.db import unit_of_work
from privacy.errors import InvalidInput
from tests.consent.desk import Desk, a_staff_member

WHY = "imported from the wrong file"
ANNA, JAN, EWA = ({"customer_id": f"C-{n}", "email": f"p{n}@example.com"} for n in range(3))
FILE = Source("old-crm", "import", "web_form")


def _import(desk: Desk) -> None:
    """Two people from a file, one by hand."""
    for who in (ANNA, JAN):
        desk.record(who, "give", source=FILE)
    desk.record(EWA, "give")


def test_many_acts_by_filter_lose_their_effect_and_stay_on_record(desk: Desk) -> None:
    _import(desk)
    assert desk.annul(source_system="old-crm") == 2
    assert [desk.reason(who) for who in (ANNA, JAN, EWA)] == ["no_record", "no_record", "given"]
    assert desk.findings() == []
    history = consent.history(desk.subject(ANNA), actor=OPERATOR)
    assert [(view.act, view.annulled) for view in history] == [(ActKind.ANNUL, False), (ActKind.GIVE, True)]


def test_what_is_annulled_is_not_annulled_again(desk: Desk) -> None:
    _import(desk)
    desk.annul(source_system="old-crm")
    assert desk.annul(source_system="old-crm") == 0


def test_an_annulled_withdrawal_gives_back_exactly_what_stood_before(desk: Desk) -> None:
    desk.record(ANNA, "give")
    before = desk.check(ANNA).decision
    desk.record(ANNA, "withdraw")
    [withdrawal] = [v for v in consent.history(desk.subject(ANNA), actor=OPERATOR) if v.act is ActKind.WITHDRAW]
    desk.annul(act_id=withdrawal.id)
    assert desk.check(ANNA).decision == before
    assert desk.findings() == []


def test_an_annulled_merged_act_leaves_every_fold_that_it_entered(desk: Desk) -> None:
    jan = JAN | {"email": ANNA["email"]}
    desk.record(ANNA, "refuse")
    desk.put(jan)
    desk.merge(ANNA, jan)
    desk.record(ANNA, "give")
    assert desk.reason(jan) == "given"
    desk.annul(acts=(ActKind.GIVE,), purpose="offers")
    assert [desk.reason(ANNA), desk.reason(jan)] == ["refused", "refused"]
    assert desk.findings() == []


def test_nobody_approves_their_own_request(desk: Desk) -> None:
    _import(desk)
    ewa, wanted = a_staff_member("ewa"), Filter(source_system="old-crm")
    with unit_of_work():
        approval, meant = consent.request_annulment(wanted, actor=ewa, reason=WHY)
    assert meant == 2
    with pytest.raises(SelfApproval), unit_of_work():
        consent.annul(wanted, approval, actor=ewa, reason=WHY)
    assert desk.reason(ANNA) == "given"


@pytest.mark.parametrize(
    "changed", [Filter(purpose="offers"), Filter(source_system="old-crm", purpose="offers"), Filter(channel="email")]
)
def test_a_changed_filter_is_refused(desk: Desk, changed: Filter) -> None:
    _import(desk)
    ewa, jan = a_staff_member("ewa"), a_staff_member("jan")
    with unit_of_work():
        approval, _ = consent.request_annulment(Filter(source_system="old-crm"), actor=ewa, reason=WHY)
    with pytest.raises(ApprovalMismatch), unit_of_work():
        consent.annul(changed, approval, actor=jan, reason=WHY)
    assert [desk.reason(who) for who in (ANNA, JAN, EWA)] == ["given", "given", "given"]


def test_acts_that_came_meanwhile_were_not_approved(desk: Desk) -> None:
    _import(desk)
    ewa, jan, wanted = a_staff_member("ewa"), a_staff_member("jan"), Filter(source_system="old-crm")
    with unit_of_work():
        approval, _ = consent.request_annulment(wanted, actor=ewa, reason=WHY)
    desk.record(EWA, "give", source=FILE)
    with pytest.raises(ApprovalMismatch), unit_of_work():
        consent.annul(wanted, approval, actor=jan, reason=WHY)


def test_another_reason_was_not_approved_and_an_approval_works_once(desk: Desk) -> None:
    _import(desk)
    ewa, jan, wanted = a_staff_member("ewa"), a_staff_member("jan"), Filter(source_system="old-crm")
    with unit_of_work():
        approval, _ = consent.request_annulment(wanted, actor=ewa, reason=WHY)
    with pytest.raises(ApprovalMismatch), unit_of_work():
        consent.annul(wanted, approval, actor=jan, reason="because")
    with unit_of_work():
        assert consent.annul(wanted, approval, actor=jan, reason=WHY) == 2
    with pytest.raises(ApprovalUsed), unit_of_work():
        consent.annul(wanted, approval, actor=jan, reason=WHY)


def test_a_filter_that_narrows_nothing_is_refused(desk: Desk) -> None:
    ewa = a_staff_member("ewa")
    with pytest.raises(InvalidInput, match="Narrow it"), unit_of_work():
        consent.request_annulment(Filter(), actor=ewa, reason=WHY)
    with pytest.raises(InvalidInput, match="Narrow it"), unit_of_work():
        consent.request_annulment(replace(Filter(), acts=(ActKind.GIVE,)), actor=ewa, reason=WHY)


def test_machines_annul_nothing_and_record_no_annulment(desk: Desk) -> None:
    _import(desk)
    with pytest.raises(StaffOnly), unit_of_work():
        consent.request_annulment(Filter(purpose="offers"), actor=OPERATOR, reason=WHY)
    with pytest.raises(InvalidInput, match="two people"):
        desk.record(ANNA, "annul")
