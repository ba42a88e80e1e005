"""The workflow table: what it lets happen and what not; every history of it, and broken ones that are found."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

import pytest

from privacy.dsar import workflow
from privacy.dsar.models import DataSubjectRequest
from privacy.dsar.vocabulary import CaseType, Event, ProofLevel, Role, State
from privacy.dsar.workflow import RESETS, TRANSITIONS, WANTED, Facts, Guard, NotPossible, Transition, next_state
from tests.dsar import workflow_page
from tests.dsar.workflow_model import FEW_KINDS, Explored, Model, Violation, anywhere, histories
from tests.rules.source import PACKAGE

ALICE, BORIS = UUID(int=11), UUID(int=12)
ASSESSED = Facts(
    case_type=CaseType.ERASURE,
    state=State.ASSESSING,
    proof=ProofLevel.ACCOUNT,
    needed_proof=ProofLevel.CONTROL,
    approvals_needed=1,
    granted_by=ALICE,
    approved_by=None,
    cooling_until=None,
    now=1_000,
)


@pytest.fixture(scope="module")
def explored() -> Explored:
    return histories(Model())


def test_no_history_breaks_a_rule(explored: Explored) -> None:
    assert explored.violation is None
    assert explored.steps > 20_000


def test_every_row_of_the_table_was_taken_in_every_role_from_every_state(explored: Explored) -> None:
    stated = {
        (row.event, role, state, row.target) for row in TRANSITIONS for role in row.roles for state in row.sources
    }
    assert explored.taken == stated


def test_no_single_step_breaks_a_rule_whatever_the_row_says() -> None:
    assert anywhere(Model()) is None


def _without(guard: Guard, event: Event | None = None) -> tuple[Transition, ...]:
    """The table without a guard, in every row or in those of one event."""
    return tuple(
        replace(row, guards=tuple(one for one in row.guards if one is not guard or event not in {None, row.event}))
        for row in TRANSITIONS
    )


@pytest.mark.parametrize("guard", list(Guard))
def test_a_table_without_a_guard_is_found(guard: Guard) -> None:
    assert _found(Model(_without(guard))), guard


def _found(model: Model) -> Violation | None:
    return histories(model, FEW_KINDS).violation or anywhere(model)


def _changed(event: Event, **changes: object) -> tuple[Transition, ...]:
    return tuple(replace(row, **changes) if row.event is event else row for row in TRANSITIONS)  # type: ignore[arg-type]


def _resets(event: Event, columns: Mapping[str, str | None]) -> Model:
    return Model(resets={**RESETS, event: columns})


def _only(event: Event, *sources: State) -> tuple[Transition, ...]:
    return _changed(event, sources=frozenset(sources))


_BROKEN = {
    # The hole of CVE-2026-42303: a duplicate that nobody verified goes on in another's place.
    "a duplicate is joined before anybody is known": Model(
        _changed(Event.JOIN, sources=frozenset({State.RECEIVED}), guards=())
    ),
    "a reopened request keeps its proof": _resets(Event.REOPEN, {"granted_by": None, "approved_by": None}),
    "a reopened request keeps its grant": _resets(Event.REOPEN, {"proof_level": "none"}),
    "a reopened request goes on where it was": Model(_changed(Event.REOPEN, target=State.ASSESSING)),
    "a doubt keeps the grant": _resets(Event.DOUBT_IDENTITY, {"proof_level": "none"}),
    "a doubt keeps the proof": _resets(Event.DOUBT_IDENTITY, {"granted_by": None, "cooling_until": None}),
    "a refusal keeps the grant": _resets(Event.REFUSE, {}),
    "a clarification makes another type of it": _resets(Event.CLARIFY, {"case_type": "erasure"}),
    "an unknown person is asked what they mean and then assessed": Model(
        _only(Event.ASK_CLARIFICATION, State.RECEIVED, State.ASSESSING)
    ),
    "the one who granted approves": Model(_changed(Event.APPROVE, roles=frozenset({Role.STAFF}))),
    "the person approves": Model(_changed(Event.APPROVE, roles=frozenset({Role.PERSON, Role.SECOND}))),
    "the person ends the cooling-off": Model(_changed(Event.END_COOLING_OFF, roles=frozenset({Role.PERSON}))),
    "the service grants": Model(_changed(Event.GRANT, roles=frozenset({Role.STAFF, Role.SERVICE}))),
    "it is taken back while it is executed": Model(_only(Event.WITHDRAW, *workflow.BEFORE_EXECUTION, State.EXECUTING)),
    "it cannot be taken back in the cooling-off": Model(
        _only(Event.WITHDRAW, *workflow.BEFORE_EXECUTION - {State.COOLING_OFF})
    ),
    "an execution never ends": Model(
        tuple(row for row in TRANSITIONS if row.event not in {Event.FINISH_EXECUTION, Event.NEED_REVIEW})
    ),
    "an answered request is withdrawn": Model(_only(Event.WITHDRAW, *workflow.BEFORE_EXECUTION, State.ANSWERED)),
    "an erasure is answered after a review": Model(_without(Guard.HANDED_OUT, Event.FINISH_REVIEW)),
    "an identification is not looked at": Model(_without(Guard.PROVEN, Event.IDENTIFY)),
    "a system that is down is passed over": Model(_without(Guard.FINISHED, Event.FINISH_EXECUTION)),
}


@pytest.mark.parametrize("name", _BROKEN)
def test_a_broken_table_is_found(name: str) -> None:
    assert _found(_BROKEN[name]), name


def test_what_is_found_is_told_as_the_way_to_it() -> None:
    found = _found(Model(_without(Guard.COOLED, Event.END_COOLING_OFF)))
    assert found is not None
    assert found.rule == "execution begins after the cooling-off"
    assert found.history[-1] == "end_cooling_off by service: cooling_off -> executing"
    assert found.history[-2].startswith("grant by staff")


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"proof": ProofLevel.NONE}, Guard.PROVEN),
        ({"needed_proof": ProofLevel.DECIDED}, Guard.PROVEN),
        ({"granted_by": None}, Guard.GRANTED),
    ],
)
def test_a_problem_names_what_is_missing(changes: dict[str, object], wanted: Guard) -> None:
    with pytest.raises(NotPossible) as caught:
        next_state(replace(ASSESSED, **changes), Event.GRANT, Role.STAFF)  # type: ignore[arg-type]
    assert caught.value.detail == WANTED[wanted]
    assert caught.value.extensions == {"state": "assessing", "wanted": [wanted.value]}


def test_a_problem_tells_a_wrong_role_from_a_wrong_state() -> None:
    with pytest.raises(NotPossible, match="not for the role person"):
        next_state(ASSESSED, Event.GRANT, Role.PERSON)
    with pytest.raises(NotPossible, match="that is assessing cannot be moved by reopen"):
        next_state(ASSESSED, Event.REOPEN, Role.STAFF)


def test_an_erasure_waits_for_its_cooling_off_and_its_second_person() -> None:
    cooling = replace(ASSESSED, cooling_until=2_000)
    assert next_state(cooling, Event.GRANT, Role.STAFF) is State.COOLING_OFF
    waiting = replace(cooling, state=State.COOLING_OFF)
    with pytest.raises(NotPossible, match="cooling-off is not over"):
        next_state(waiting, Event.END_COOLING_OFF, Role.SERVICE)
    assert next_state(replace(waiting, now=2_000), Event.END_COOLING_OFF, Role.SERVICE) is State.EXECUTING
    by_two = replace(ASSESSED, approvals_needed=2)
    assert next_state(by_two, Event.GRANT, Role.STAFF) is State.APPROVING
    approving = replace(by_two, state=State.APPROVING)
    with pytest.raises(NotPossible, match="Another person"):
        next_state(replace(approving, approved_by=ALICE), Event.APPROVE, Role.SECOND)
    assert next_state(replace(approving, approved_by=BORIS), Event.APPROVE, Role.SECOND) is State.EXECUTING


def test_an_objection_to_marketing_needs_the_contact_alone_and_nobody_to_weigh_it() -> None:
    received = replace(
        ASSESSED,
        case_type=CaseType.OBJECTION,
        state=State.RECEIVED,
        proof=ProofLevel.NONE,
        needed_proof=ProofLevel.NONE,
        granted_by=None,
    )
    assert next_state(received, Event.IDENTIFY, Role.SERVICE) is State.ASSESSING
    with pytest.raises(NotPossible, match="No identification is wanted"):
        next_state(received, Event.ASK_IDENTITY, Role.STAFF)
    granted = replace(received, state=State.ASSESSING, granted_by=ALICE)
    assert next_state(granted, Event.GRANT, Role.SERVICE) is State.EXECUTING
    with pytest.raises(NotPossible, match="A person must decide"):
        next_state(
            replace(granted, needed_proof=ProofLevel.CONTROL, proof=ProofLevel.CONTROL), Event.GRANT, Role.SERVICE
        )


def test_what_a_step_takes_back_are_columns_of_the_request() -> None:
    columns = DataSubjectRequest.__table__.columns
    for taken_back in RESETS.values():
        assert set(taken_back) <= set(columns.keys())
        assert all(columns[name].nullable for name, value in taken_back.items() if value is None)


def test_nothing_changes_the_type_of_a_request() -> None:
    changed = [
        f"{path}:{node.lineno}"
        for path in (PACKAGE / "dsar").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr == "case_type" and not isinstance(node.ctx, ast.Load)
    ]
    assert not changed


def test_every_guard_is_asked_for_and_told() -> None:
    assert {guard for row in TRANSITIONS for guard in row.guards} == WANTED.keys() == set(Guard)


def test_the_page_has_the_table() -> None:
    text = workflow_page.PAGE.read_text()
    assert workflow_page.BEGIN + workflow_page.render() + workflow_page.END in text, (
        "docs/workflow.md is not current: python -m tests.dsar.workflow_page"
    )
