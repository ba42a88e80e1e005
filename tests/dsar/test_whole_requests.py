"""Requests from their receipt to their answer over real systems: databases, a processor that takes days, and paper."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask

from privacy import clock
from privacy.authz.actors import OPERATOR
from privacy.consent import service as consent
from privacy.consent.service import CheckIn
from privacy.db import Driver, db, session
from privacy.dsar import service as dsar
from privacy.dsar.correspondence import letters
from privacy.dsar.correspondence.kinds import LetterKind
from privacy.dsar.execution import course, tasks
from privacy.dsar.execution.running import Running
from privacy.dsar.failures import SecondPersonNeeded
from privacy.dsar.models import DataSubjectRequest, RequestTask
from privacy.dsar.service import CaseType, Correction, Form, Ground, Refused, State
from privacy.dsar.vocabulary import TaskKind, TaskState
from privacy.programme import service as programmes
from privacy.programme.data_map import System
from privacy.programme.types import Programme
from privacy.subjects.service import Standing
from privacy.systems import service as systems
from privacy.systems.connector import Connector
from tests.dsar.office import Office, an_office, named
from tests.dsar.shops import ANNA, DATA_SETS, Shops, Tables, connected, system_of
from tests.systems.opendsr_server import DOMAIN, Processor, serving
from tests.systems.test_opendsr_connector import a_connector

_DAY = 86_400
_RIGHT = Correction("email", "anna.new@example.com", "anna@example.com")
_PAPER = system_of("paper") | {
    "connector": "manual",
    "data_sets": [],
    "settings": {"who": "Archiwum", "within_days": 7, "instructions": {"pl": "x", "en": "x", "hr": "x"}},
}
_MAILING = system_of("mailing") | {
    "connector": "opendsr",
    "data_sets": [],
    "settings": {
        "base_url": "https://processor.example.com",
        "domain": DOMAIN,
        "controller_id": "shop-1",
        "identities": [{"identity": "email", "identity_type": "email"}],
    },
}
_DATABASES = (system_of("shop", ["offers"]), system_of("crm", ["newsletter"]))


@dataclass
class Firm:
    """The office, its systems and the processor."""

    office: Office
    shops: Shops
    processor: Processor
    url: str

    def connect(self, system: System, programme: Programme) -> Connector:
        return a_connector(self.url) if system.code == "mailing" else systems.connect(system, programme)

    def run(self, *, later: bool = False) -> None:
        """Do what is due; `later`: what was put off too."""
        db.session.rollback()
        if later:
            self.shops.let_time_pass()
        self.shops.run(connect=self.connect)
        db.session.rollback()

    def change(self, system: str, statement: str) -> None:
        """What somebody else does in a system."""
        with contextlib.closing(sqlite3.connect(self.shops.folder / f"{system}.sqlite3")) as connection, connection:
            connection.execute(statement)

    def tasks(self, row: DataSubjectRequest, kind: TaskKind) -> dict[str, RequestTask]:
        db.session.rollback()
        return {task.system: task for task in tasks.of_request(row.id, kind)}

    def waiting(self, row: DataSubjectRequest) -> dict[str, str | None]:
        """By system, why somebody must look."""
        return {t.system: t.failure for t in tasks.of_request(row.id) if t.state == TaskState.FOR_A_PERSON}

    def answer(self, row: DataSubjectRequest) -> str:
        """What the person is told in the end."""
        db.session.rollback()
        [told] = [one.id for one in letters.letters_of(row.id) if one.kind in {LetterKind.ANSWER, LetterKind.PARTLY}]
        return letters.letter(row.id, told).body

    def file(self, row: DataSubjectRequest, kind: TaskKind, system: str, said: str) -> None:
        form = Form(self.office.ewa.id, clock.micros(), said)
        task_id = self.tasks(row, kind)[system].id
        self.office.do(lambda: dsar.file_form(task_id, form, actor=self.office.ewa))

    def decide(self, row: DataSubjectRequest, **decision: Any) -> None:
        """Identified and granted."""
        self.office.identify(row)
        self.office.grant(row, **decision)


@pytest.fixture
def firm(context: Flask, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Firm]:
    more = getattr(request, "param", ())
    office = an_office()
    rules = [
        {"code": "erasure", "valid_from": "2018-05-25", "proof": "control", "cooling_off_hours": 0, "approvals": 1},
        *([{"code": "access", "valid_from": "2018-05-25", "most_rows": 1}] if "few" in more else []),
    ]
    shops = connected(
        context,
        tmp_path,
        data_sets=DATA_SETS,
        request_rules=rules,
        processing_activities=[],  # Recipients are tried elsewhere.
        systems=[*_DATABASES, *([_PAPER] if "paper" in more else []), *([_MAILING] if "mailing" in more else [])],
    )
    office.put(ANNA)
    processor = Processor({ANNA["email"]: {"clicks": 7}, "ola@example.com": {"clicks": 9}})
    with serving(processor) as url:
        yield Firm(office, shops, processor, url)


def reason(purpose: str) -> str:
    """What a check says of Anna now."""
    db.session.rollback()
    asked = CheckIn(named(ANNA), programmes.current().purposes[purpose], "email")
    answer = consent.check(asked, actor=OPERATOR, programme=programmes.current(), driver=Driver.of(session()))
    return answer.decision.reason.value


def marked(firm: Firm) -> dict[str, list[Any]]:
    """The marks of Anna's rows and of the others', Anna's first."""
    return {
        table: [row[-1] for row in firm.shops.rows(system, table)]
        for system, table in (("shop", "customer"), ("shop", "orders"), ("crm", "member"))
    }


def test_a_restriction_binds_at_once_and_in_the_systems_and_is_lifted_there_too(
    firm: Firm, frozen: time_machine.Traveller
) -> None:
    office, row = firm.office, firm.office.receive(CaseType.RESTRICTION, given=ANNA)
    firm.decide(row)
    assert reason("offers") == "restricted"
    firm.run()
    assert office.now(row).state == State.ANSWERED
    assert marked(firm) == {"customer": [1, 0], "orders": [1, 0], "member": [1, 0]}
    assert {(t.system, t.changed) for t in firm.tasks(row, TaskKind.CHANGE).values()} == {("shop", 2), ("crm", 1)}
    answer = firm.answer(row)
    for place in ("shop.line", "crm.talk"):
        assert f"{place}: system nie ma sposobu oznaczania wpisów" in answer
    office.take(row, "tell-of-lifting", "the accuracy was confirmed")
    frozen.shift(9 * _DAY)
    assert marked(firm)["member"] == [1, 0]
    office.take(row, "lift-restriction")
    firm.run()
    assert marked(firm) == {"customer": [0, 0], "orders": [0, 0], "member": [0, 0]}
    assert {t.state for t in firm.tasks(row, TaskKind.LIFT).values()} == {TaskState.DONE}
    assert reason("offers") != "restricted"


def test_what_two_requests_restrict_is_lifted_with_the_second(firm: Firm, frozen: time_machine.Traveller) -> None:
    office, rows = firm.office, []
    for _ in range(2):
        row = office.receive(CaseType.RESTRICTION, given=ANNA)
        firm.decide(row)
        firm.run()
        office.take(row, "tell-of-lifting", "it is over")
        rows.append(row)
    frozen.shift(9 * _DAY)
    office.take(rows[0], "lift-restriction")
    firm.run()
    assert marked(firm) == {"customer": [1, 0], "orders": [1, 0], "member": [1, 0]}
    office.take(rows[1], "lift-restriction")
    firm.run()
    assert marked(firm) == {"customer": [0, 0], "orders": [0, 0], "member": [0, 0]}


def test_a_restriction_that_was_reopened_is_lifted_wherever_it_was_set(
    firm: Firm, frozen: time_machine.Traveller
) -> None:
    firm.shops.put("shop", {"orders": [(12, 1, "2026-05-02", "Lipowa 1", 1)]})  # Restricted before, and not by us.
    office, row = firm.office, firm.office.receive(CaseType.RESTRICTION, given=ANNA)
    firm.decide(row)
    firm.run()
    firm.change("crm", "UPDATE member SET email = NULL WHERE id = 7")  # It is found no more.
    for _ in range(2):
        office.take(row, "reopen", "the person names another account")
        firm.decide(row)
        firm.run()
    assert office.now(row).state == State.ANSWERED
    assert marked(firm) == {"customer": [1, 0], "orders": [1, 0, 1], "member": [1, 0]}
    assert {one.system: one.changed for one in course.outcomes(row.id)} == {"crm": 0, "shop": 3}
    lifted(firm, row, frozen)
    assert marked(firm) == {"customer": [0, 0], "orders": [0, 0, 1], "member": [0, 0]}
    office.take(row, "reopen", "there is more")
    firm.decide(row)
    firm.run()
    assert marked(firm) == {"customer": [1, 0], "orders": [1, 0, 1], "member": [0, 0]}


@pytest.mark.parametrize(
    ("system", "gone", "anothers"),
    [
        ("crm", "DELETE FROM member WHERE id = 7", {"member": [(7, "ewa@example.com", "-", 1)]}),
        # Hers by a reference alone.
        ("shop", "DELETE FROM orders WHERE id = 10", {"orders": [(10, 2, "2026-11-22", "Lipowa 2", 1)]}),
    ],
)
def test_a_restricted_row_that_took_the_key_of_a_marked_one_stays_restricted(
    firm: Firm, frozen: time_machine.Traveller, system: str, gone: str, anothers: Tables
) -> None:
    row = restricted(firm)
    firm.change(system, gone)
    firm.shops.put(system, anothers)
    lifted(firm, row, frozen)
    [table] = anothers
    assert marked(firm)[table] == [1, 0]
    lift = firm.tasks(row, TaskKind.LIFT)[system]
    assert (lift.state, lift.failure) == (TaskState.FOR_A_PERSON, "system-refused")


def test_a_restriction_is_lifted_where_what_was_wrong_has_been_corrected(
    firm: Firm, frozen: time_machine.Traveller
) -> None:
    row = restricted(firm)
    correction = firm.office.receive(CaseType.RECTIFICATION, given=ANNA, corrections=(_RIGHT,))
    firm.decide(correction)
    firm.run()
    assert firm.shops.rows("crm", "member")[0][1] == _RIGHT.right
    lifted(firm, row, frozen)
    assert marked(firm) == {"customer": [0, 0], "orders": [0, 0], "member": [0, 0]}, firm.waiting(row)
    every = tasks.of_request(row.id)
    assert not any(tasks.result_of(task).marks or tasks.work_of(task).marks for task in every)


def restricted(firm: Firm) -> DataSubjectRequest:
    """Anna's data, in both systems."""
    row = firm.office.receive(CaseType.RESTRICTION, given=ANNA)
    firm.decide(row)
    firm.run()
    assert marked(firm) == {"customer": [1, 0], "orders": [1, 0], "member": [1, 0]}
    return row


def lifted(firm: Firm, row: DataSubjectRequest, frozen: time_machine.Traveller) -> None:
    """The end of it, after she was told."""
    firm.office.take(row, "tell-of-lifting", "it is over")
    frozen.shift(9 * _DAY)
    firm.office.take(row, "lift-restriction")
    firm.run()


def test_an_objection_to_marketing_is_answered_without_proof(firm: Firm) -> None:
    before = firm.shops.everything()
    row = firm.office.receive(CaseType.OBJECTION, given=ANNA)
    assert reason("offers") == "objected"
    firm.run()
    row = firm.office.now(row)
    assert (row.state, row.outcome, row.proof_level) == (State.ANSWERED, "granted", "none")
    assert marked(firm)["customer"] == [1, 0]
    assert firm.shops.rows("shop", "customer")[1] == before["shop.customer"][1]
    [told] = [line for line in firm.answer(row).splitlines() if "shop.line" in line]
    assert "sprzeciw jest zapisany w naszym rejestrze" in told  # No mark is there, and none is needed.


def test_an_objection_that_is_weighed_restricts_until_it_is_decided(firm: Firm) -> None:
    programme = programmes.current()
    weighed = next(
        code
        for code, one in programme.purposes.items()
        if one.purpose_class.value == "service" and one.legal_basis.value == "legitimate_interests"
    )
    row = firm.office.receive(CaseType.OBJECTION, given=ANNA, purposes=(weighed,))
    assert row.state == State.ASSESSING
    assert row.subject_id is not None
    assert firm.office.standing(row.subject_id) == Standing.RESTRICTED
    firm.office.grant(row, purposes=(weighed,))
    firm.run()
    assert firm.office.now(row).state == State.ANSWERED
    assert marked(firm) == {"customer": [0, 0], "orders": [0, 0], "member": [0, 0]}  # They serve other purposes.


@pytest.mark.parametrize("firm", [("paper", "mailing")], indirect=True)
def test_an_erasure_waits_for_the_processor_and_for_the_paper(firm: Firm) -> None:
    office, row = firm.office, firm.office.receive(CaseType.ERASURE, given=ANNA)
    firm.decide(row)
    firm.run()
    assert firm.tasks(row, TaskKind.CHANGE)["mailing"].state == TaskState.PENDING
    assert office.now(row).subject_id is not None
    firm.run(later=True)
    assert len(firm.processor.requests) == 1  # It is asked how far it is, and nothing is asked twice.
    firm.processor.go_on("completed")
    firm.file(row, TaskKind.CHANGE, "paper", "Both forms were shredded.")
    firm.run(later=True)
    assert office.now(row).state == State.ANSWERED, firm.waiting(row)
    assert firm.processor.people == {"ola@example.com": {"clicks": 9}}
    answer = firm.answer(row)
    assert "Both forms were shredded." in answer
    assert "signed that the erasure is completed" in answer


@pytest.mark.parametrize("firm", [("mailing",)], indirect=True)
def test_a_portable_copy_has_what_the_processor_sends_days_later(firm: Firm) -> None:
    row = firm.office.receive(CaseType.PORTABILITY, given=ANNA)
    firm.decide(row)
    firm.run()
    assert firm.tasks(row, TaskKind.FIND)["mailing"].state == TaskState.PENDING
    firm.processor.go_on("completed")
    firm.run(later=True)
    row = firm.office.now(row)
    assert row.state in {State.ANSWERED, State.REVIEWING}, firm.waiting(row)


@pytest.mark.parametrize("firm", [("few",)], indirect=True)
def test_more_rows_than_expected_want_two_people(firm: Firm) -> None:
    firm.shops.put("shop", {"orders": [(12, 1, "2026-05-02", "Lipowa 1", 0)]})
    office, row = firm.office, firm.office.receive(CaseType.ACCESS, given=ANNA)
    firm.decide(row)
    firm.run()
    assert office.now(row).state == State.REVIEWING
    [task] = [t for t in tasks.of_request(row.id) if t.failure == "too-many-rows"]
    why = "a wholesaler"
    assert not office.do(lambda: dsar.allow_rows(task.id, 50, actor=office.ewa, reason=why))
    with pytest.raises(SecondPersonNeeded):
        office.do(lambda: dsar.allow_rows(task.id, 50, actor=office.ewa, reason=why))
    assert office.do(lambda: dsar.allow_rows(task.id, 50, actor=office.jan, reason=why))
    for _ in range(3):
        firm.run()
        for one in [t for t in tasks.of_request(row.id) if t.failure == "too-many-rows"]:
            for who in (office.ewa, office.jan):
                office.do(lambda one=one, who=who: dsar.allow_rows(one.id, 50, actor=who, reason=why))
    assert office.now(row).state == State.ANSWERED


def test_a_request_is_reopened_after_its_answer_and_done_anew(firm: Firm) -> None:
    office, row = firm.office, firm.office.receive(CaseType.RECTIFICATION, given=ANNA, corrections=(_RIGHT,))
    firm.decide(row)
    firm.run()
    assert office.now(row).state == State.ANSWERED
    firm.shops.put("crm", {"member": [(9, ANNA["email"], "came later", 0)]})
    office.take(row, "reopen", "the person shows that one was left")
    assert office.now(row).granted_by is None
    firm.decide(row)
    firm.run()
    assert office.now(row).state == State.ANSWERED
    assert {one[1].lower() for one in firm.shops.rows("crm", "member")} >= {"anna.new@example.com"}


def test_what_is_refused_stays_table_and_field(firm: Firm) -> None:
    before = firm.shops.everything()
    row = firm.office.receive(CaseType.ERASURE, given=ANNA)
    claim, table = "a claim is pending", Refused(Ground.LEGAL_CLAIMS, "crm.member", "a claim is pending")
    firm.decide(row, refused=(table, Refused(Ground.LEGAL_CLAIMS, "shop.customer.name", claim)))
    firm.run()
    row = firm.office.now(row)
    assert (row.state, row.outcome) == (State.ANSWERED, "partly"), firm.waiting(row)
    after = firm.shops.everything()
    assert after["crm.member"] == before["crm.member"]
    assert after["shop.customer"][0][3] == "Anna"
    assert after["shop.customer"][0][2] is None
    assert claim in firm.answer(row)


def test_what_rows_that_were_refused_refer_to_stays_with_them_and_is_told(firm: Firm) -> None:
    before = firm.shops.everything()
    row = firm.office.receive(CaseType.ERASURE, given=ANNA)
    firm.decide(row, refused=(Refused(Ground.LEGAL_CLAIMS, "crm.talk", "a claim is pending"),))
    firm.run()
    row = firm.office.now(row)
    assert (row.state, row.outcome) == (State.ANSWERED, "partly"), firm.waiting(row)
    after = firm.shops.everything()
    assert after["crm.talk"] == before["crm.talk"]
    assert after["crm.member"] == [(*before["crm.member"][0][:-1], 1), before["crm.member"][1]]
    [kept] = {fate.ground for one in course.outcomes(row.id) for fate in one.fates if fate.table == "crm.member"}
    assert kept == Ground.LEGAL_CLAIMS
    [told] = [line for line in firm.answer(row).splitlines() if "crm.member" in line]
    assert "art. 17 ust. 3 lit. e RODO" in told


def test_two_workers_at_once_do_everything_once(firm: Firm) -> None:
    row = firm.office.receive(CaseType.ERASURE, given=ANNA)
    firm.decide(row)
    db.session.remove()

    def work(_: int) -> int:
        return Running(firm.connect).run(firm.shops.app.app_context, threading.Event())

    with ThreadPoolExecutor(2) as workers:
        list(workers.map(work, range(2)))
    firm.run()
    assert firm.office.now(row).state == State.ANSWERED
    assert sorted((t.system, t.deleted) for t in firm.tasks(row, TaskKind.CHANGE).values() if t.look == 0) == [
        ("crm", 2),
        ("shop", 0),
    ]
    events = firm.office.events(row)
    assert [events.count(one) for one in ("request.answer", "request.finish_execution")] == [1, 1]
