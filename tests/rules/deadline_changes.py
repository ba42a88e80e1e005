"""The stories of due days: what the clock makes somebody do about requests."""

from __future__ import annotations

from privacy import clock
from privacy.authz.actors import OPERATOR, SERVICE
from privacy.dsar import cases
from privacy.dsar import service as dsar
from privacy.dsar.cases import Opening
from privacy.dsar.matter import Matter, Named
from privacy.dsar.models import DataSubjectRequest
from privacy.dsar.vocabulary import CaseType, Intake
from tests.rules.changes import CHANGES, Change, a_programme, before, story

__all__ = ["CHANGES"]

#: Long after every due day.
_LATER = 200 * clock.DAY


@story("dsar.remind", "request.reminded_overdue")
def _() -> Change:
    _a_request()
    return lambda: dsar.remind(clock.micros() + _LATER, actor=SERVICE)


@story("dsar.recount_due_days", "request.recounted")
def _() -> Change:
    row = _a_request()

    def as_other_rules_counted() -> None:
        stored = cases.lock(row.id)
        stored.due_on, stored.clock_version = stored.due_on + 5, "other rules"

    before(as_other_rules_counted)
    return lambda: dsar.recount_due_days(clock.micros(), actor=SERVICE)


def _a_request() -> DataSubjectRequest:
    a_programme()
    matter = Matter(named=(Named("email", "anna.nowak@example.com"),))
    opening = Opening(CaseType.ACCESS, Intake.EMAIL, matter, "pl", "sklep", clock.micros())
    return before(lambda: cases.open_case(opening, actor=OPERATOR))
