"""The workflow table of breaches: every history of it, every single step, and broken tables that are found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from privacy.breach.models import PersonalDataBreach
from privacy.breach.vocabulary import Event, Risk, Role, State
from privacy.breach.workflow import (
    RESETS,
    TRANSITIONS,
    WANTED,
    BreachStepNotPossible,
    Guard,
    Situation,
    Transition,
    next_state,
)
from tests.breach import workflow_page
from tests.breach.workflow_model import BOSS, OFFICER, Explored, Model, anywhere, histories

ASSESSED = Situation(
    state=State.ASSESSMENT,
    reasoned=True,
    aware=True,
    risk=Risk.RISK,
    written=True,
    opined_by=OFFICER,
    decided_by=BOSS,
    notify=True,
    tell=False,
)


@pytest.fixture(scope="module")
def explored() -> Explored:
    return histories(Model())


def test_no_step_breaks_a_rule() -> None:
    assert anywhere(Model()) is None


def test_every_row_was_taken_in_every_role_from_every_state(explored: Explored) -> None:
    stated = {
        (row.event, role, state, row.target or state)
        for row in TRANSITIONS
        for role in row.roles
        for state in row.sources
    }
    assert explored.taken == stated


def test_every_breach_can_come_to_an_end(explored: Explored) -> None:
    assert not explored.stuck
    assert {world.now.state for world in explored.worlds} == set(State)


def test_nothing_is_closed_on_an_opinion_or_a_decision_about_an_older_assessment(explored: Explored) -> None:
    assert explored.stale == []


def _without(guard: Guard, event: Event | None = None) -> tuple[Transition, ...]:
    return tuple(
        replace(row, guards=tuple(one for one in row.guards if one is not guard or event not in {None, row.event}))
        for row in TRANSITIONS
    )


@pytest.mark.parametrize("guard", list(Guard))
def test_a_table_without_a_guard_is_found(guard: Guard) -> None:
    assert anywhere(Model(_without(guard))), guard


def _changed(event: Event, **changes: object) -> Model:
    return Model(tuple(replace(row, **changes) if row.event is event else row for row in TRANSITIONS))  # type: ignore[arg-type]  # what a test gives


_BROKEN = {
    "the officer decides": _changed(Event.DECIDE, roles=frozenset({Role.CONTROLLER, Role.OFFICER})),
    "a handler decides": _changed(Event.DECIDE, roles=frozenset({Role.HANDLER})),
    "a handler closes": _changed(Event.CLOSE, roles=frozenset({Role.HANDLER})),
    "a handler speaks for the officer": _changed(Event.OPINE, roles=frozenset({Role.HANDLER, Role.OFFICER})),
    "a running one is dismissed as any": Model(
        tuple(
            replace(row, roles=frozenset({Role.HANDLER, Role.CONTROLLER})) if row.event is Event.DISMISS else row
            for row in TRANSITIONS
        )
    ),
    "silence is decided at any risk": Model(_without(Guard.NOTIFYING_LAWFUL)),
    "the first look ends it": _changed(Event.START_TRIAGE, target=State.CLOSED),
    "a closed one is notified": _changed(Event.NOTIFY_COMPLETE, sources=frozenset(State)),
    "it is assessed before anybody is aware": Model(_without(Guard.AWARE, Event.ASSESS)),
    "a reopened one skips what is known": _changed(Event.REOPEN, target=State.TRIAGE),
}


@pytest.mark.parametrize("name", _BROKEN)
def test_a_broken_table_is_found(name: str) -> None:
    assert anywhere(_BROKEN[name]), name


@pytest.mark.parametrize("event", [Event.ASSESS, Event.REOPEN])
def test_a_step_that_takes_nothing_back_is_found(event: Event) -> None:
    assert histories(Model(resets={**RESETS, event: {}})).stale


def test_a_notification_that_could_not_be_withdrawn_would_hold_a_breach_for_ever() -> None:
    table = tuple(
        row
        for row in TRANSITIONS
        if row.event not in {Event.WITHDRAW_NOTIFICATION, Event.NOTIFY_COMPLETE, Event.NOTIFY_SUPPLEMENTARY}
    )
    assert histories(Model(table)).stuck


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"risk": Risk.RISK, "notify": False}, Guard.NOTIFYING_LAWFUL),
        ({"risk": Risk.HIGH, "tell": False}, Guard.TELLING_LAWFUL),
        ({"decided_by": OFFICER}, Guard.OTHER_DECIDES),
        ({"opined_by": None}, Guard.OPINED),
        ({"reasoned": False}, Guard.REASONED),
    ],
)
def test_a_problem_names_what_is_missing(changes: dict[str, object], wanted: Guard) -> None:
    with pytest.raises(BreachStepNotPossible) as caught:
        next_state(replace(ASSESSED, **changes), Event.DECIDE, Role.CONTROLLER)  # type: ignore[arg-type]  # what a test gives
    assert caught.value.detail == WANTED[wanted]
    assert caught.value.extensions == {"state": "assessment", "wanted": [wanted.value]}


def test_a_problem_tells_a_wrong_role_from_a_wrong_state() -> None:
    with pytest.raises(BreachStepNotPossible, match="not for the role officer"):
        next_state(ASSESSED, Event.DECIDE, Role.OFFICER)
    with pytest.raises(BreachStepNotPossible, match="that is assessment cannot be moved by reopen"):
        next_state(ASSESSED, Event.REOPEN, Role.HANDLER)


def test_a_notification_waits_for_no_assessment() -> None:
    aware = Situation(state=State.AWARE, aware=True)
    assert next_state(aware, Event.NOTIFY_INITIAL, Role.HANDLER) is State.AWARE


def test_what_a_step_takes_back_are_columns_of_the_breach() -> None:
    columns = {column.key for column in PersonalDataBreach.__table__.columns if column.nullable}
    assert {name for taken in RESETS.values() for name in taken} <= columns


def test_the_page_shows_the_table() -> None:
    assert workflow_page.render() in workflow_page.PAGE.read_text(), "python -m tests.breach.workflow_page"
