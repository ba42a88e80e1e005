"""What the model checker explored is what requests do: random walks through real cases, step by step as the model."""

from __future__ import annotations

import random
from dataclasses import replace
from uuid import UUID

import pytest
from flask import Flask

from privacy import clock
from privacy.authz.actors import OPERATOR, SERVICE_ID
from privacy.db import unit_of_work
from privacy.dsar import cases
from privacy.dsar.cases import Opening
from privacy.dsar.matter import Matter, Named
from privacy.dsar.models import DataSubjectRequest
from privacy.dsar.vocabulary import CaseType, Event, Intake, ProofLevel, Role
from privacy.dsar.workflow import NotPossible
from tests.consent.desk import lay_programme
from tests.dsar.workflow_model import ALICE, BORIS, LATER, NOW, Input, Kind, Model, Past, Row, World
from tests.sizes import size


@pytest.mark.parametrize(
    "case_type", [CaseType.ACCESS, CaseType.ERASURE, CaseType.OBJECTION, CaseType.COMPLAINT, CaseType.DISCLOSURE]
)
def test_a_case_goes_the_way_of_the_model(context: Flask, in_force: None, case_type: CaseType) -> None:
    programme = lay_programme()
    chance = random.Random(case_type.value)
    model, possible, impossible = Model(), 0, 0
    with unit_of_work():
        opening = Opening(
            case_type,
            Intake.STAFF,
            Matter(named=(Named("email", "anna.nowak@example.com"),)),
            "pl",
            next(iter(programme.controllers)),
            clock.micros(),
        )
        request_id = cases.open_case(opening, actor=OPERATOR).id
        rule = cases.rule_of(cases.read(request_id))
    kind = Kind(case_type, rule.proof, rule.approvals, cools=rule.cooling_off_hours > 0)
    world = World(Row(case_type=case_type.value), Past())
    for _ in range(size("steps")):
        event, given = chance.choice(_tempting(world)), _input(chance)
        if chance.random() < 0.3 and world.row.cooling_until == LATER:
            world = World(replace(world.row, cooling_until=NOW), world.past)
            with unit_of_work():
                cases.lock(request_id).cooling_until = clock.micros()
        if event is Event.GRANT and given.role is Role.SERVICE:
            given = replace(given, actor=SERVICE_ID)
        step = model.step(kind, world, event, given)
        if step is None:
            with pytest.raises(NotPossible), unit_of_work():
                _advance(request_id, kind, event, given)
            impossible += 1
        else:
            with unit_of_work():
                _advance(request_id, kind, event, given)
            world, possible = step.after, possible + 1
        assert _stored(cases.read(request_id)) == world.row, event
    assert possible
    assert impossible
    assert len(cases.steps_of(request_id)) == 1 + possible


def _tempting(world: World) -> list[Event]:
    """Every event, and those that lead on three times."""
    leading = {row.event for row in Model().table if world.row.state in row.sources}
    return [*Event, *3 * sorted(leading)]


def _input(chance: random.Random) -> Input:
    return Input(
        role=chance.choice(list(Role)),
        actor=chance.choice((ALICE, BORIS)),
        shows=chance.choice(list(ProofLevel)),
        reasoned=chance.random() < 0.8,
        finished=chance.random() < 0.8,
        same_person=chance.random() < 0.2,
    )


def _advance(request_id: UUID, kind: Kind, event: Event, given: Input) -> None:
    """As whoever takes a step does: sets what it brings, then advances."""
    row = cases.lock(request_id)
    if event is Event.IDENTIFY:
        row.proof_level = given.shows.value
    if event is Event.GRANT:
        row.granted_by = given.actor
    if event is Event.APPROVE:
        row.approved_by = given.actor
    if kind.cools and event is (Event.GRANT if kind.approvals == 1 else Event.APPROVE):
        row.cooling_until = clock.micros() + clock.DAY
    reason = "Because." if given.reasoned else None
    flags = {"finished": given.finished, "same_person": given.same_person}
    cases.advance(row, event, given.role, actor=OPERATOR, reason=reason, **flags)


def _stored(row: DataSubjectRequest) -> Row:
    """The row in the words of the model, whose clock has two times."""
    until = row.cooling_until
    cooling = None if until is None else (LATER if until > clock.micros() else NOW)
    return Row(row.state, row.case_type, row.proof_level, row.granted_by, row.approved_by, cooling)  # type: ignore[arg-type]
