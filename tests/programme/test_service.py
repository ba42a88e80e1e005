"""Plan and apply against both databases."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import OPERATOR
from privacy.db import session, unit_of_work
from privacy.programme import service
from privacy.programme.errors import NoProgramme, ProgrammeConflict
from tests.programme.documents import EXAMPLE, SMALL, small

NEWS_1 = 'version: "1", valid_from: 2021-01-01, purposes: [newsletter], texts: {pl: Zgadzam się}'
INFO_1 = '{code: info, version: "1", valid_from: 2021-01-01, purposes: [newsletter, orders], texts: {pl: Informujemy}}'
INFO_2 = '{code: info, version: "2", valid_from: 2026-11-21, purposes: [newsletter], texts: {pl: Informujemy}}'
#: The small programme without its purpose `orders`: the notice that spoke of it is closed, another takes its place.
NO_ORDERS = (SMALL[: SMALL.index("  - code: orders")] + SMALL[SMALL.index("message_types:") :]).replace(
    INFO_1, INFO_1.replace("2021-01-01", "2021-01-01, valid_until: 2026-11-21") + "\n  - " + INFO_2
)


def _apply(text: str, *in_use: str) -> service.Plan:
    with unit_of_work():
        return service.apply(service.read(text), actor=OPERATOR, purpose_in_use=lambda code: code in in_use)


def _actions() -> list[str]:
    return sorted(audit.actions_since(session(), None))


@pytest.mark.usefixtures("context")
def test_before_the_first_programme_there_is_none() -> None:
    with pytest.raises(NoProgramme):
        service.current()
    with pytest.raises(NoProgramme):
        service.export()
    with pytest.raises(NoProgramme):
        service.by_number(7)
    assert service.as_of(clock.micros()) is None


@pytest.mark.usefixtures("context")
def test_the_example_is_applied_whole_with_one_event_for_each_object() -> None:
    plan = _apply(EXAMPLE.read_text("utf-8"))
    assert (service.current_number(), service.current().number) == (1, 1)
    actions = _actions()
    # One event opens the log, one is of the version as a whole.
    assert len(actions) == len(plan.changes) + 2
    assert actions.count("programme.applied") == 1
    assert actions.count("programme.purpose_added") == 13
    assert actions.count("programme.wording_published") == 8
    assert "programme.jurisdiction_added" in actions
    assert plan.lines()[-1] == f"Plan: {len(plan.changes)} to add, 0 to change, 0 to remove."


@pytest.mark.usefixtures("context")
def test_applying_the_same_again_changes_and_records_nothing() -> None:
    _apply(SMALL)
    before = _actions()
    plan = _apply(SMALL)
    assert plan.changes == ()
    assert plan.lines() == ["No changes. The programme is as the file says."]
    assert (service.current_number(), _actions()) == (1, before)


@pytest.mark.usefixtures("context")
def test_a_plan_writes_nothing() -> None:
    _apply(SMALL)
    plan = service.plan(service.read(small(("validity: P36M", "validity: P24M"))))
    assert [change.path for change in plan.changes] == ["purposes.newsletter"]
    assert service.current().purpose("newsletter").validity == "P36M"


@pytest.mark.usefixtures("context")
def test_a_change_is_a_new_version_and_the_past_stays(frozen: time_machine.Traveller) -> None:
    _apply(SMALL)
    first_day = clock.micros()
    frozen.shift(86_400)
    _apply(small(("validity: P36M", "validity: P24M"), ("KC 118", "KC 117")))
    assert service.current().purpose("newsletter").validity == "P24M"
    before = service.as_of(first_day)
    assert before is not None
    assert before.purpose("newsletter").validity == "P36M"
    assert service.as_of(first_day - 1) is None
    assert service.as_of(clock.micros()) is service.current()
    assert {"programme.purpose_changed", "programme.retention_rule_changed"} <= set(_actions())


@pytest.mark.usefixtures("context")
def test_versions_stay_in_order_when_the_clock_is_set_back(frozen: time_machine.Traveller) -> None:
    _apply(SMALL)
    first = service.current().applied_at
    frozen.shift(-3_600)
    _apply(small(("validity: P36M", "validity: P24M")))
    assert service.current().applied_at == first + 1


@pytest.mark.usefixtures("context")
def test_a_published_wording_cannot_be_edited_and_nothing_else_is_applied_with_it() -> None:
    _apply(SMALL)
    before = _actions()
    document = small(("Zgadzam się na newsletter", "Zgadzam się"), ("KC 118", "KC 117"))
    with pytest.raises(ProgrammeConflict, match=r"wordings\.news@2 is published: texts cannot change"):
        _apply(document)
    assert any("Not possible" in line for line in service.plan(service.read(document)).lines())
    assert (service.current_number(), _actions()) == (1, before)


@pytest.mark.usefixtures("context", "frozen")
def test_an_open_wording_is_closed_in_an_event_of_its_own() -> None:
    _apply(SMALL)
    _apply(small((NEWS_1, NEWS_1.replace("2021-01-01", "2021-01-01, valid_until: 2026-11-21"))))
    assert _actions().count("programme.wording_closed") == 1


@pytest.mark.usefixtures("context", "frozen")
def test_a_purpose_in_use_cannot_vanish() -> None:
    _apply(SMALL)
    with pytest.raises(ProgrammeConflict, match=r"purposes\.orders cannot vanish"):
        _apply(NO_ORDERS, "orders")
    assert service.current_number() == 1
    _apply(NO_ORDERS, "newsletter")
    assert "orders" not in service.current().purposes
    assert "programme.purpose_removed" in _actions()


@pytest.mark.usefixtures("context")
def test_an_export_is_the_same_programme() -> None:
    _apply(EXAMPLE.read_text("utf-8"))
    exported = service.read(service.export())
    assert exported.sha256 == service.current().sha256
    assert service.plan(exported).changes == ()


@pytest.mark.usefixtures("context")
def test_what_a_unit_that_failed_had_applied_is_nowhere_remembered() -> None:
    _apply(SMALL)
    with pytest.raises(ZeroDivisionError), unit_of_work():
        document = service.read(small(("validity: P36M", "validity: P24M")))
        service.apply(document, actor=OPERATOR, purpose_in_use=lambda _code: False)
        assert service.current().purpose("newsletter").validity == "P24M"
        _ = 1 / 0
    assert service.current_number() == 1
    _apply(small(("validity: P36M", "validity: P12M")))
    assert service.current().purpose("newsletter").validity == "P12M"


@pytest.mark.usefixtures("context")
def test_a_programme_is_applied_only_in_a_unit_of_work() -> None:
    with pytest.raises(RuntimeError, match="unit of work"):
        service.apply(service.read(SMALL), actor=OPERATOR, purpose_in_use=lambda _code: False)


def test_a_version_is_parsed_once_in_a_process(context: Flask) -> None:
    _apply(SMALL)
    with context.app_context():
        once = service.current()
    with context.app_context():
        assert service.current() is once


@pytest.mark.usefixtures("context")
def test_the_latest_number_rides_along_with_another_query() -> None:
    _apply(SMALL)
    assert session().execute(sa.select(sa.literal("x"), service.LATEST_NUMBER)).one() == ("x", 1)


def test_two_who_apply_at_once_make_two_versions(context: Flask) -> None:
    _apply(SMALL)
    start = threading.Barrier(2)

    def run(change: tuple[str, str]) -> None:
        with context.app_context():
            start.wait(10)
            _apply(small(change))

    changes = [("validity: P36M", "validity: P24M"), ("KC 118", "KC 117")]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, changes))
    # The second wins whole: it was planned against the first, and takes its change back as its file says.
    assert service.current_number() == 3
    assert _actions().count("programme.purpose_changed") + _actions().count("programme.retention_rule_changed") == 3
