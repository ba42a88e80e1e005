"""The stories of legal holds: what stands before, and the change whose events are counted."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from privacy import clock
from privacy.authz.actors import OPERATOR
from privacy.programme import service as programme
from privacy.retention import service as retention
from privacy.retention.service import WantedHold
from privacy.subjects import service as subjects
from tests.rules.changes import CHANGES, Change, a_programme, a_staff_member, before, story

__all__ = ["CHANGES"]

ANNA = {"customer_id": "C-1001", "email": "anna.nowak@example.com"}
LATER = 80 * 366 * clock.DAY


@story("retention.place_hold", "legal_hold.placed")
def _() -> Change:
    a_programme()
    a_staff_member("ewa")
    return _place


@story("retention.review_hold", "legal_hold.reviewed")
def _() -> Change:
    hold = _placed()
    return lambda: retention.review_hold(hold, date(2099, 6, 30), reason="before the court yet", actor=OPERATOR)


@story("retention.request_release_of_hold", "approval.requested")
def _() -> Change:
    hold, ola = _placed(), a_staff_member("ola")
    return lambda: retention.request_release_of_hold(hold, actor=ola, reason="settled")


@story("retention.release_hold", "approval.approved", "legal_hold.released")
def _() -> Change:
    hold, ola, jan = _placed(), a_staff_member("ola"), a_staff_member("jan")
    asked = before(lambda: retention.request_release_of_hold(hold, actor=ola, reason="settled"))
    return lambda: retention.release_hold(hold, asked, actor=jan)


@story("retention.remind_of_holds", "legal_hold.reminded")
def _() -> Change:
    _placed()
    return lambda: retention.remind_of_holds(clock.micros() + LATER, actor=OPERATOR)


def _placed() -> UUID:
    a_programme()
    a_staff_member("ewa")
    return before(_place).id


def _place() -> retention.HoldView:
    named = (subjects.name_of(programme.current(), OPERATOR, ANNA),)
    wanted = WantedHold("I C 7/27", "", "ewa", date(2099, 5, 31), "a claim", named)
    return retention.place_hold(wanted, actor=OPERATOR)
