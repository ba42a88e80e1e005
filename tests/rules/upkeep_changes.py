"""The stories of warnings before data go, and of the upkeep of data."""

from __future__ import annotations

from uuid import UUID

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import OPERATOR, SERVICE, Realm
from privacy.db import unit_of_work
from privacy.outbox import service as outbox
from privacy.programme import service as programmes
from privacy.retention import service as retention
from privacy.retention.service import Choice, Decision, QualityMatter, WarningView
from privacy.subjects import service as subjects
from tests.outbox.sending import send
from tests.retention.warning_desk import ANNA, HER_ROW, RUN, Desk, a_desk
from tests.rules.changes import CHANGES, Change, a_programme, before, story

__all__ = ["CHANGES"]

JAN = {"customer_id": "C-1002", "phone": ANNA["phone"]}


@story("retention.warn", "retention_warning.sent")
def _() -> Change:
    desk = _a_desk()
    return lambda: retention.warn(RUN, [HER_ROW], desk.rule, actor=SERVICE)


@story("retention.attend_warnings", "retention_warning.delivered")
def _() -> Change:
    desk = _a_desk()
    before(lambda: retention.warn(RUN, [HER_ROW], desk.rule, actor=SERVICE))
    send(desk.mail)
    return lambda: retention.attend_warnings(clock.micros() + clock.DAY, actor=SERVICE)


@story("retention.decide_warning", "retention_warning.keep")
def _() -> Change:
    one = _a_warning()
    return lambda: retention.decide_warning(
        one.id, Choice.KEEP, actor=OPERATOR, reason="she wrote", version=one.version
    )


@story("retention.delete_old_warnings", "retention_warning.deleted")
def _() -> Change:
    _a_warning()
    return lambda: retention.delete_old_warnings(clock.micros() + 1_100 * clock.DAY, actor=SERVICE)


@story("retention.confirm_data", "data_quality.confirmed")
def _() -> Change:
    a_programme()
    anna = _person(ANNA)
    return lambda: retention.confirm_data(anna, [QualityMatter.CONTACTS], actor=OPERATOR, realm=Realm.LIVE)


@story("retention.look_after")  # Notes what may be wrong; tests/retention tells of the mails that a consent allows.
def _() -> Change:
    a_programme()
    _person(ANNA)
    _person(JAN)
    return lambda: retention.look_after(clock.micros(), actor=SERVICE)


@story("retention.decide_finding", "data_quality.decided")
def _() -> Change:
    a_programme()
    _person(ANNA)
    _person(JAN)
    before(lambda: retention.look_after(clock.micros(), actor=SERVICE))
    [pair] = retention.findings(realm=Realm.LIVE)
    return lambda: retention.decide_finding(pair.id, Decision.DIFFERENT, reason="a household", actor=OPERATOR)


def _a_desk() -> Desk:
    # The clock of the desk is not moved here.
    desk = a_desk(None)
    outbox.install(audit.record_message)
    _person(ANNA)
    return desk


def _a_warning() -> WarningView:
    desk = _a_desk()
    before(lambda: retention.warn(RUN, [HER_ROW], desk.rule, actor=SERVICE))
    [one] = retention.listed_warnings()
    return one


def _person(given: dict[str, str]) -> UUID:
    programme = programmes.current()
    with unit_of_work():
        naming = subjects.name_of(programme, OPERATOR, given)
        since = clock.micros() - 100 * clock.DAY
        return subjects.put_subject(naming, actor=OPERATOR, programme=programme, source="crm", held_from=since)[0]
