"""Breaches from the first word to the last lesson, through the services, on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa
import time_machine

from privacy import clock
from privacy.access.failures import OfficerOnly
from privacy.authz.actors import OPERATOR, Actor, ActorKind
from privacy.authz.permissions import Permission
from privacy.breach import limits, register
from privacy.breach import service as breaches
from privacy.breach.enisa import Category, Confidentiality, Ease, Inputs, Scored
from privacy.breach.failures import (
    BreachChanged,
    BreachClockNotFound,
    BreachEnded,
    BreachNotFound,
    BreachStepNotFound,
    BreachTaskEnded,
    OfficerNeverDecides,
)
from privacy.breach.models import BreachStep, PersonalDataBreach
from privacy.breach.service import Asked, Decision, Exception34, Notice, Notification, Opinion, Risk, State, TaskState
from privacy.breach.workflow import BreachStepNotPossible
from privacy.consent import service as consent
from privacy.db import db, new_id, session, unit_of_work
from privacy.errors import InvalidInput, NotPermitted
from privacy.evidence.verification import audited_tables
from privacy.programme import service as programmes
from tests.breach.desk import Desk, a_desk, an_assessment
from tests.consent.desk import EXAMPLE

HOUR = 3_600 * clock.SECOND


def open_tasks(desk: Desk, row: PersonalDataBreach) -> set[str]:
    """The codes of what is to be done still."""
    return {one.task.code for one in breaches.tasks(desk.now(row)) if one.task.state == TaskState.OPEN}


pytestmark = pytest.mark.usefixtures("in_force", "context", "frozen")


@pytest.fixture
def desk(in_force: None, context: object, frozen: object) -> Desk:  # in this order
    return a_desk()


def test_a_breach_goes_from_the_first_word_to_the_last_lesson(desk: Desk) -> None:
    row = desk.open(words="A list lies open.", detected_at=clock.micros() - HOUR)
    assert row.number == "N-2026-0001"
    desk.take(row, "triage")
    desk.aware(row)
    desk.notify(row)  # waits for no assessment
    desk.take(row, "contain", "the server is closed")
    desk.assess(row)
    desk.opine(row)
    desk.decide(row)
    desk.notify(row, Notice.SUPPLEMENTARY)
    desk.take(row, "communicate")
    desk.notify(row, Notice.COMPLETE)
    desk.take(row, "review")
    desk.end_tasks(row)
    closed = desk.take(row, "close", "lists are no longer exported", actor=desk.boss)
    assert (closed.state, closed.ended_at) == ("closed", clock.micros())
    assert sorted(desk.events(row)) == sorted(f"breach.{step}" for step in desk.steps(row))
    assert [step for step in desk.steps(row) if not step.startswith("task_")] == [
        "opened",
        "start_triage",
        "become_aware",
        "notify_initial",
        "contain",
        "assess",
        "opine",
        "decide",
        "notify_supplementary",
        "communicate",
        "notify_complete",
        "start_review",
        "close",
    ]
    assert [one.kind for one in limits.notices_of([row.id])] == ["initial", "supplementary", "complete"]
    assert [one.follows for one in limits.notices_of([row.id])] == [None, 1, 2]


def test_every_breach_is_recorded_also_one_that_nobody_is_told_of(desk: Desk) -> None:
    row = desk.open()
    desk.aware(row)
    desk.assess(row, Risk.RISK)
    desk.opine(row, notify=False, tell=False)
    with pytest.raises(BreachStepNotPossible, match="unlikely to result in a risk"):
        desk.decide(row, notify=False, tell=False)
    desk.assess(row, Risk.UNLIKELY)
    with pytest.raises(BreachStepNotPossible, match="has not spoken about the newest"):
        desk.decide(row, notify=False, tell=False)
    desk.opine(row, notify=False, tell=False)
    assert desk.decide(row, notify=False, tell=False).state == "response"
    assert desk.clocks(row)["authority"].standing.value == "not_needed"
    tasks = {view.task.code: view.task.state for view in breaches.tasks(desk.now(row))}
    assert (tasks["notification"], tasks["assessment"]) == ("dropped", "done")
    assert "communication" not in tasks


def test_the_officer_advises_and_another_decides(desk: Desk) -> None:
    row = desk.open()
    desk.aware(row)
    desk.assess(row)
    said = Opinion(notify=True, tell=True, reasons="PESEL")
    with pytest.raises(OfficerOnly):
        desk.do(lambda: breaches.opine(row.id, said, actor=desk.boss))
    with pytest.raises(OfficerOnly):
        desk.do(lambda: breaches.opine(row.id, said, actor=OPERATOR))
    desk.opine(row)
    with pytest.raises(OfficerNeverDecides):
        desk.decide(row, actor=desk.officer)
    with pytest.raises(OfficerNeverDecides):
        desk.take(row, "dismiss", "nothing", actor=desk.officer)
    desk.decide(row)
    kinds = [(one.kind, one.actor_id) for one in breaches.view(desk.now(row)).judgements]
    assert kinds == [("assessment", desk.ewa.id), ("opinion", desk.officer.id), ("decision", desk.boss.id)]


def test_somebody_who_may_not_decide_does_not(desk: Desk) -> None:
    row = desk.open()
    desk.aware(row)
    desk.assess(row)
    desk.opine(row)
    clerk = Actor(ActorKind.STAFF, desk.ewa.id, "ewa", frozenset({Permission.BREACHES_HANDLE}))
    with pytest.raises(NotPermitted, match="breaches:decide"):
        desk.decide(row, actor=clerk)


def test_at_a_high_risk_the_persons_are_told_unless_the_law_has_an_exception(desk: Desk) -> None:
    row = desk.open()
    desk.aware(row)
    desk.assess(row, Risk.HIGH)
    desk.opine(row)
    with pytest.raises(BreachStepNotPossible, match=r"34\(3\)"):
        desk.decide(row, tell=False)
    assert desk.decide(row, tell=False, excepted=Exception34.UNINTELLIGIBLE).state == "response"


def test_where_telling_each_is_out_of_proportion_the_public_is_told(desk: Desk) -> None:
    row = desk.aware(desk.open())
    desk.assess(row)
    desk.opine(row, tell=False)
    desk.decide(row, tell=False, excepted=Exception34.DISPROPORTIONATE)
    assert "communication" in open_tasks(desk, row)
    desk.notify(row)
    desk.take(row, "contain", "the server is closed")
    with pytest.raises(BreachStepNotPossible, match="the public in their place"):
        desk.take(row, "review")
    desk.take(row, "communicate", "a notice on every page, and in two newspapers")
    assert desk.take(row, "review").state == State.REVIEW


def test_a_notification_that_is_wanted_after_all_is_a_task_again(desk: Desk) -> None:
    row = desk.aware(desk.open())
    desk.assess(row, Risk.UNLIKELY)
    desk.opine(row, notify=False, tell=False)
    desk.decide(row, notify=False, tell=False)
    assert "notification" not in open_tasks(desk, row)
    desk.assess(row, Risk.RISK)
    desk.opine(row, tell=False)
    desk.decide(row, tell=False)
    assert "notification" in open_tasks(desk, row)
    desk.take(row, "dismiss", "nothing was there", actor=desk.boss)
    assert open_tasks(desk, row) == set()
    desk.take(row, "reopen", "there was")
    assert {"notification", "containment", "assessment"} <= open_tasks(desk, row)


def test_a_controller_without_an_officer_waits_for_none(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    known = programmes.current()
    assert known.dpo is not None
    elsewhere = replace(known, dpo=replace(known.dpo, controllers=("klub",)))
    monkeypatch.setattr(programmes, "current", lambda: elsewhere)
    row = desk.aware(desk.open(controller="sklepy"))
    desk.assess(row)
    assert desk.decide(row).state == State.RESPONSE


def test_an_assessment_with_a_question_left_open_is_none(desk: Desk) -> None:
    row = desk.open()
    desk.aware(row)
    with pytest.raises(BreachStepNotPossible, match="Every question"):
        desk.assess(row, consequences="  ")


def test_a_new_assessment_stands_beside_the_old_and_wants_a_new_decision(desk: Desk) -> None:
    row = desk.open()
    desk.aware(row)
    desk.assess(row)
    desk.opine(row)
    desk.decide(row)
    again = desk.assess(row, Risk.RISK)
    assert (again.state, again.decision_id, again.opinion_id) == ("assessment", None, None)
    assert [one.risk for one in breaches.view(desk.now(row)).judgements if one.risk] == ["high", "risk"]


def test_the_clock_of_a_processors_breach_begins_when_the_controller_is_told(desk: Desk) -> None:
    programme = programmes.current()
    now = clock.micros()
    row = desk.open(
        processor=next(iter(programme.processors)),
        detected_at=now - 30 * HOUR,
        processor_aware_at=now - 30 * HOUR,
        told_at=now - 2 * HOUR,
    )
    with pytest.raises(InvalidInput, match="at the latest when its processor"):
        desk.aware(row, now - HOUR)
    desk.aware(row)
    found = desk.clocks(row)
    assert found["authority"].clock.due_at == now + 70 * HOUR
    assert found["processor"].clock.due_at == now - 6 * HOUR
    assert (found["processor"].standing.value, found["processor"].met_at) == ("met_late", now - 2 * HOUR)


def test_what_a_processor_noticed_was_noticed_then(desk: Desk) -> None:
    """Nobody has to say twice when a processor knew; and what cannot be is said of the moment that cannot be."""
    now = clock.micros()
    processor = next(iter(programmes.current().processors))
    row = desk.open(processor=processor, processor_aware_at=now - 30 * HOUR, told_at=now - 2 * HOUR)
    assert row.detected_at == now - 30 * HOUR
    assert desk.open(processor=processor, told_at=now - 2 * HOUR).detected_at == now - 2 * HOUR
    assert desk.open().detected_at == now
    for moment in (now - 40 * HOUR, now + 40 * HOUR):
        with pytest.raises(InvalidInput) as caught:
            desk.open(detected_at=now - 35 * HOUR, processor=processor, processor_aware_at=moment)
        assert "processor_aware_at" in str(caught.value.extensions)


def test_a_corrected_moment_moves_its_deadline_for_all_to_see(desk: Desk) -> None:
    now = clock.micros()
    row = desk.open(detected_at=now - 10 * HOUR)
    desk.aware(row, now - 2 * HOUR)
    desk.do(
        lambda: breaches.correct_awareness(
            row.id, actor=desk.ewa, reason="a mail of the night says so", aware_at=now - 5 * HOUR
        )
    )
    found = desk.clocks(row)["authority"]
    assert (found.clock.due_at, found.clock.number) == (now + 67 * HOUR, 2)
    assert [old.due_at for old in found.before] == [now + 70 * HOUR]
    step = register.steps_of(row.id)[-1]
    assert (step.event, register.reason_of(step)) == ("correct_awareness", "a mail of the night says so")
    [task] = [view.task for view in breaches.tasks(desk.now(row)) if view.task.code == "notification"]
    assert task.due_at == now + 67 * HOUR
    with pytest.raises(BreachStepNotPossible, match="Reasons"):
        desk.do(lambda: breaches.correct_awareness(row.id, actor=desk.ewa, reason=" ", aware_at=now - HOUR))


def test_a_report_that_came_late_is_corrected_before_anybody_was_aware_of_it(desk: Desk) -> None:
    now = clock.micros()
    row = desk.open()
    with pytest.raises(InvalidInput, match="before anything was noticed"):
        desk.aware(row, now - HOUR)
    desk.do(
        lambda: breaches.correct_detection(row.id, actor=desk.ewa, reason="a mail says so", detected_at=now - 2 * HOUR)
    )
    desk.aware(row, now - HOUR)
    early = desk.clocks(row)["csirt_early"]
    assert (early.clock.due_at, [old.due_at for old in early.before]) == (now + 22 * HOUR, [now + 24 * HOUR])
    with pytest.raises(InvalidInput, match="before anything was noticed"):
        desk.do(lambda: breaches.correct_detection(row.id, actor=desk.ewa, reason="no", detected_at=now))
    assert desk.steps(row) == ["opened", "detection_corrected", "become_aware"]


def test_another_programme_moves_no_clock_that_was_set(desk: Desk) -> None:
    row = desk.open()
    desk.aware(row)
    before = desk.clocks(row)["authority"].clock
    omnibus = (
        "breach_rules:\n  - { code: authority, valid_from: 2026-11-21, hours: 96, counted_from: aware,"
        " to: { pl: UODO, en: UODO, hr: UODO }, statute: as amended }\n"
    )
    text = EXAMPLE.read_text("utf-8").replace("breach_rules:\n", omnibus, 1)
    desk.do(lambda: programmes.apply(programmes.read(text), actor=OPERATOR, purpose_in_use=consent.purpose_in_use))
    desk.take(row, "note", "a new law")
    desk.do(lambda: limits.set_clocks(register.lock(row.id)))
    after = desk.clocks(row)["authority"].clock
    assert (after.due_at, after.hours, after.programme) == (before.due_at, 72, before.programme)
    later = desk.open()
    desk.aware(later)
    assert desk.clocks(later)["authority"].clock.hours == 96


def test_a_late_notification_wants_its_reasons_first(desk: Desk, frozen: time_machine.Traveller) -> None:
    row = desk.open()
    desk.aware(row)
    frozen.shift(72 * 3_600 + 1)
    with pytest.raises(BreachStepNotPossible, match="say why"):
        desk.notify(row)
    sent = desk.notify(row, reasons="The officer was the only one with the key.")
    assert sent.late
    assert desk.clocks(row)["authority"].standing.value == "met_late"
    assert not desk.notify(row, Notice.COMPLETE).late  # its first was


def test_a_notification_sent_in_time_and_recorded_later_is_in_time(desk: Desk, frozen: time_machine.Traveller) -> None:
    row = desk.open()
    desk.aware(row)
    due = desk.clocks(row)["authority"].clock.due_at
    frozen.shift(80 * 3_600)
    assert not desk.notify(row, sent_at=due).late
    assert desk.clocks(row)["authority"].standing.value == "met"


def test_other_clocks_are_met_or_do_not_apply_and_say_why(desk: Desk) -> None:
    row = desk.open()
    desk.notify(row, Notice.COMPLETE, clock="csirt_early", reference="CSIRT-7")
    with pytest.raises(InvalidInput):
        desk.notify(row, Notice.NOT_NEEDED, clock="card_schemes")
    desk.notify(row, Notice.NOT_NEEDED, clock="card_schemes", reasons="No card data.")
    with pytest.raises(InvalidInput, match="the controller decides"):
        desk.notify(row, Notice.NOT_NEEDED, reasons="No.")
    with pytest.raises(BreachClockNotFound):
        desk.notify(row, Notice.COMPLETE, clock="no_such_clock")
    with pytest.raises(BreachStepNotPossible):
        desk.notify(row)  # nobody is aware yet
    found = desk.clocks(row)
    assert {code: one.standing.value for code, one in found.items()} == {
        "csirt_early": "met",
        "card_schemes": "not_needed",
        "csirt": "running",
        "insurer": "running",
    }


def test_an_authoritys_reference_and_a_document_are_kept_as_they_came(desk: Desk) -> None:
    row = desk.open()
    desk.aware(row)
    sent = desk.notify(row, documents={"notification.pl.pdf": b"%PDF-1.7 ..."})
    given = Notification(Notice.RECEIPT, reference="DKN.5130.7.2026")
    desk.do(lambda: breaches.record_notification(row.id, given, actor=desk.ewa))
    assert breaches.documents_of(desk.now(row), sent) == {"notification.pl.pdf": b"%PDF-1.7 ..."}
    found = breaches.opened(desk.now(row)).notifications
    assert [(one.notification.kind, one.reference) for one in found] == [
        ("initial", None),
        ("receipt", "DKN.5130.7.2026"),
    ]
    assert desk.steps(row)[-1] == "notification_receipt"


def test_a_notification_is_withdrawn_before_a_breach_is_said_to_be_none(desk: Desk) -> None:
    row = desk.open()
    desk.aware(row)
    desk.notify(row)
    with pytest.raises(BreachStepNotPossible, match="withdraw it"):
        desk.take(row, "dismiss", "the stick was empty", actor=desk.boss)
    with pytest.raises(BreachStepNotPossible, match="Reasons"):
        desk.notify(row, Notice.WITHDRAWAL)
    desk.notify(row, Notice.WITHDRAWAL, reasons="the stick was empty")
    assert desk.take(row, "dismiss", "the stick was empty", actor=desk.boss).state == "not_a_breach"
    assert all(view.task.state != "open" for view in breaches.tasks(desk.now(row)))
    with pytest.raises(BreachEnded):
        desk.notify(row)
    assert desk.take(row, "reopen", "it was not").state == "aware"


def test_an_answer_is_to_what_was_sent_and_a_withdrawal_is_answered_too(desk: Desk) -> None:
    row = desk.aware(desk.open())

    def answered(reference: str) -> int | None:
        given = Notification(Notice.RECEIPT, reference=reference)
        return desk.do(lambda: breaches.record_notification(row.id, given, actor=desk.ewa)).follows

    with pytest.raises(InvalidInput, match="Nothing was sent"):
        answered("DKN.0")
    desk.notify(row)
    assert answered("DKN.1") == 1
    desk.notify(row, Notice.WITHDRAWAL, reasons="nobody could read it")
    assert answered("DKN.2") == 3


def test_tasks_have_owners_and_times_and_the_log_has_who_did_what(desk: Desk) -> None:
    row = desk.open()
    now = clock.micros()
    opened = {view.task.code: view.task.due_at - now for view in breaches.tasks(desk.now(row))}
    assert opened["source_and_scope"] == 24 * HOUR
    desk.do(lambda: breaches.add_task(row.id, "Call the printer", now + HOUR, actor=desk.ewa, owner="boss"))
    [own] = [view for view in breaches.tasks(desk.now(row)) if view.task.code == "own"]
    assert (own.title, own.task.owner_id) == ("Call the printer", desk.boss.id)
    number = own.task.number
    with pytest.raises(InvalidInput, match="reason"):
        desk.do(lambda: breaches.assign_task(row.id, number, actor=desk.ewa, due_at=now + 2 * HOUR))
    desk.do(lambda: breaches.assign_task(row.id, number, actor=desk.ewa, owner="ewa"))
    with pytest.raises(InvalidInput, match="reason"):
        desk.do(lambda: breaches.end_task(row.id, number, TaskState.DROPPED, actor=desk.ewa))
    desk.do(lambda: breaches.end_task(row.id, number, TaskState.DONE, actor=desk.ewa))
    with pytest.raises(BreachTaskEnded):
        desk.do(lambda: breaches.end_task(row.id, number, TaskState.DONE, actor=desk.ewa))
    assert desk.steps(row) == ["opened", "task_added", "task_assigned", "task_done"]
    assert sorted(desk.events(row)) == sorted(f"breach.{step}" for step in desk.steps(row))


def test_a_breach_is_not_closed_over_an_open_task(desk: Desk) -> None:
    row = desk.open()
    desk.aware(row)
    desk.assess(row, Risk.UNLIKELY)
    desk.opine(row, notify=False, tell=False)
    desk.decide(row, notify=False, tell=False)
    desk.take(row, "contain", "closed")
    desk.take(row, "review")
    with pytest.raises(BreachStepNotPossible, match="A task is open"):
        desk.take(row, "close", "learnt", actor=desk.boss)


def test_a_rehearsal_is_marked_and_never_counted(desk: Desk) -> None:
    drill, real = desk.open(rehearsal=True), desk.open()
    assert (drill.number, real.number) == ("DRILL-N-2026-0001", "N-2026-0001")
    assert [one.row.id for one in breaches.page(Asked(), actor=desk.ewa).breaches] == [real.id]
    assert [one.row.id for one in breaches.page(Asked(rehearsals=True), actor=desk.ewa).breaches] == [drill.id]
    assert breaches.named("DRILL-N-2026-0001", actor=desk.ewa).id == drill.id


def test_near_and_past_clocks_of_open_breaches_are_told(desk: Desk, frozen: time_machine.Traveller) -> None:
    row = desk.open()
    desk.aware(row)
    assert breaches.alarming(clock.micros()) == []
    frozen.shift(67 * 3_600)
    told = {(one.code, one.standing.value) for one in breaches.alarming(clock.micros())}
    assert {("authority", "near"), ("csirt_early", "over")} <= told
    desk.notify(row)
    assert "authority" not in {one.code for one in breaches.alarming(clock.micros())}


def test_nobody_decides_on_a_state_that_went_on_meanwhile(desk: Desk) -> None:
    row = desk.open()
    version = row.version
    desk.take(row, "triage")
    with pytest.raises(BreachChanged):
        desk.do(lambda: breaches.take(row.id, "note", actor=desk.ewa, reason="late", version=version))
    with pytest.raises(BreachStepNotFound, match="triage"):
        desk.take(row, "forget")
    with pytest.raises(BreachNotFound):
        desk.do(lambda: breaches.take(new_id(), "note", actor=desk.ewa, reason="which?"))
    with pytest.raises(BreachNotFound):
        breaches.named("N-2026-9999", actor=desk.ewa)


def test_what_is_known_grows_and_its_step_names_the_sections(desk: Desk) -> None:
    row = desk.open(facts={"incident": {"description": "A list lay open.", "nature": ["confidentiality"]}})
    desk.do(lambda: breaches.add_facts(row.id, {"incident": {"systems": ["shop"]}}, actor=desk.ewa))
    facts = register.facts_of(desk.now(row))
    assert (facts.incident.description, facts.incident.systems) == ("A list lay open.", ("shop",))
    with pytest.raises(InvalidInput):
        desk.do(lambda: breaches.add_facts(row.id, {"incident": {"colour": "red"}}, actor=desk.ewa))
    assert desk.steps(row) == ["opened", "facts"]


def test_a_step_is_never_changed(desk: Desk) -> None:
    row = desk.open()
    with pytest.raises(sa.exc.IntegrityError, match="insert-only"), unit_of_work():
        session().execute(sa.update(BreachStep).where(BreachStep.breach_id == row.id).values(event="note"))
    db.session.rollback()


def test_the_log_vouches_for_all_of_a_breach(desk: Desk) -> None:
    row = desk.open(words="A list lies open.")
    desk.aware(row)
    desk.notify(row, documents={"a.pdf": b"%PDF"})
    desk.assess(row)
    [rows] = [one for one in audited_tables() if one.object_type == "breach"]
    [content] = rows.contents([desk.now(row)])
    assert {name: len(content[name]) for name in ("steps", "notifications", "judgements", "documents")} == {
        "steps": 4,
        "notifications": 1,
        "judgements": 1,
        "documents": 1,
    }
    assert "A list" not in str(content)


def test_an_assessment_keeps_every_input_of_the_aid(desk: Desk) -> None:
    row = desk.open()
    desk.aware(row)
    scored = Scored(Category.SIMPLE, 1, "addresses tell of wealth")
    given = an_assessment(Risk.RISK, enisa=Inputs((scored,), Ease.MAXIMUM, Confidentiality.UNKNOWN))
    desk.do(lambda: breaches.assess(row.id, given, actor=desk.ewa))
    [kept] = breaches.opened(desk.now(row)).judgements
    assert kept.content == given


def test_a_decision_is_written_about_the_assessment_that_it_is_about(desk: Desk) -> None:
    row = desk.open()
    desk.aware(row)
    desk.assess(row)
    desk.opine(row)
    desk.decide(row)
    judged = breaches.view(desk.now(row)).judgements
    assert [one.about_id for one in judged] == [None, judged[0].id, judged[0].id]
    decided = Decision(notify=True, tell=True, reasons="as advised")
    assert breaches.opened(desk.now(row)).judgements[-1].content == decided
