"""The answer of every kind of request with every outcome, as the files in `tests/dsar/letters` have them.

The test compares; with WRITE_LETTERS=1 it writes them anew, to be read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from privacy import clock
from privacy.authz.actors import OPERATOR, SERVICE
from privacy.db import db, new_id, session, unit_of_work
from privacy.dsar import answering, cases
from privacy.dsar.cases import Opening
from privacy.dsar.correspondence import outcomes, values
from privacy.dsar.correspondence.kinds import LetterKind
from privacy.dsar.correspondence.words import words
from privacy.dsar.execution import course, decisions
from privacy.dsar.matter import Correction, Decision, Matter, Refused
from privacy.dsar.vocabulary import CaseType, Event, Ground, Intake, Outcome, ProofLevel, Role, TaskKind, TaskState
from privacy.dsar.workflow import IN_WORDS
from privacy.outbox import service as outbox
from privacy.programme import service as programmes
from tests.dsar.shops import PEOPLE, Shops, a_person
from tests.rules.source import ROOT

FOLDER = ROOT / "tests" / "dsar" / "letters"
LOCALES = ("pl", "en", "hr")
NAMES = {
    "shop": {"pl": "Sklep internetowy", "en": "Online shop", "hr": "Internetska trgovina"},
    "crm": {"pl": "Obsługa klienta", "en": "Customer service", "hr": "Korisnička podrška"},
}
_LETTERS = {
    Outcome.GRANTED: LetterKind.ANSWER,
    Outcome.PARTLY: LetterKind.PARTLY,
    Outcome.REFUSED: LetterKind.REFUSAL,
}
_WHY: Mapping[CaseType, Ground] = {
    CaseType.ACCESS: Ground.RIGHTS_OF_OTHERS,
    CaseType.PORTABILITY: Ground.NOT_PORTABLE,
    CaseType.ERASURE: Ground.LEGAL_CLAIMS,
    CaseType.RECTIFICATION: Ground.ACCURATE,
    CaseType.RESTRICTION: Ground.NO_GROUND_TO_RESTRICT,
    CaseType.OBJECTION: Ground.COMPELLING_GROUNDS,
    CaseType.AUTHORITY_LETTER: Ground.NOT_COMPETENT,
    CaseType.DISCLOSURE: Ground.NO_BASIS_TO_DISCLOSE,
}
_RIGHT = (Correction("email", "anna.nowa@example.com", None),)


def cases_of() -> Iterator[tuple[CaseType, Outcome]]:
    """Every kind of request with each outcome that it can have."""
    for case_type in CaseType:
        yield from ((case_type, one) for one in Outcome if case_type not in IN_WORDS or one is not Outcome.PARTLY)


def people() -> Mapping[str, Any]:
    """Somebody for each request, in both shops."""
    numbers = range(1, len(list(cases_of())) + 1)
    return {
        "shop": {
            "customer": [(n, f"C-{n}", f"anna{n}@example.com", "Anna", None, 0) for n in numbers],
            "orders": [(n, n, "2026-05-01", "Lipowa 1", 0) for n in numbers],
            "line": [(n, n, "tea") for n in numbers],
        },
        "crm": {
            "member": [(n, f"anna{n}@example.com", "likes tea", 0) for n in numbers],
            "talk": [(n, n, "hello") for n in numbers],
        },
    }


def answered(shops: Shops) -> Mapping[tuple[CaseType, Outcome], UUID]:
    """All of them, executed and answered."""
    assert PEOPLE.keys() == people().keys()
    made = {}
    for number, (case_type, outcome) in enumerate(cases_of(), 1):
        person = a_person(shops, {"customer_id": f"C-{number}", "email": f"anna{number}@example.com"})
        made[case_type, outcome] = _decided(shops, case_type, outcome, person)
    shops.run()
    _tell_recipients(shops, list(made.values()))
    shops.run()
    return made


def _tell_recipients(shops: Shops, requests: Sequence[UUID]) -> None:
    """Somebody tells those whom the service cannot write to."""
    for request_id in requests:
        for task in shops.tasks(request_id):
            if task.kind == TaskKind.TELL and task.state == TaskState.FOR_A_PERSON:
                with shops.app.app_context(), unit_of_work():
                    to = f"{task.system}@example.net"
                    decisions.tell_recipient(task.id, to, what="as asked", whom="C-1", actor=OPERATOR)


def page(made: Mapping[tuple[CaseType, Outcome], UUID], locale: str) -> str:
    """The letters of one language, one after the other."""
    return "".join(_letter(*key, request_id, locale) for key, request_id in made.items())


def _decided(shops: Shops, case_type: CaseType, outcome: Outcome, person: UUID) -> UUID:
    decision = _decision(case_type, outcome)
    purposes = ("newsletter",) if case_type is CaseType.OBJECTION else ()
    theirs = None if case_type.of_a_person else "RSD 12/26"
    right = _RIGHT if case_type is CaseType.RECTIFICATION else ()
    matter = Matter((), purposes=purposes, corrections=right, reference=theirs)
    with shops.app.app_context(), unit_of_work():
        row = cases.open_case(
            Opening(case_type, Intake.STAFF, matter, "pl", "sklepy", clock.micros()),
            actor=OPERATOR,
        )
        row.subject_id, row.proof_level = person, ProofLevel.DECIDED.value
        cases.advance(row, Event.IDENTIFY, Role.STAFF, actor=OPERATOR)
        cases.put_decision(row, decision)
        if outcome is Outcome.REFUSED:
            cases.advance(row, Event.REFUSE, Role.STAFF, actor=OPERATOR, reasoned=True)
            return row.id
        row.granted_by, row.approved_by = new_id(), new_id()
        cases.advance(row, Event.GRANT, Role.STAFF, actor=OPERATOR)
        if case_type is CaseType.DISCLOSURE:
            cases.advance(row, Event.APPROVE, Role.SECOND, actor=SERVICE)
        if case_type not in IN_WORDS:
            course.begin(row, actor=OPERATOR)
        return row.id


def _decision(case_type: CaseType, outcome: Outcome) -> Decision:
    ground, facts = _WHY.get(case_type, Ground.MANIFESTLY_UNFOUNDED), "The claim of 3 May 2026 is pending."
    answer = "We looked into it.\nNothing was amiss." if case_type in IN_WORDS else None
    if outcome is Outcome.REFUSED:
        return Decision(refused=(Refused(ground, None, facts),), wholly=True)
    if outcome is Outcome.PARTLY:
        return Decision(refused=(Refused(ground, "crm", facts),), corrections=_corrections(case_type))
    return Decision(answer=answer, corrections=_corrections(case_type))


def _corrections(case_type: CaseType) -> tuple[Correction, ...]:
    return _RIGHT if case_type is CaseType.RECTIFICATION else ()


def _letter(case_type: CaseType, outcome: Outcome, request_id: UUID, locale: str) -> str:
    row = cases.read(request_id)
    told = answering.outcome_of(row, cases.decision_of(row))
    with session().no_autoflush:
        row.locale = locale
        template = values.template_of(_LETTERS[told], row)
        facts = outcomes.facts_of(row)
        row.locale = locale  # It was read anew.
        text = outbox.render(values.message_of(template, row, facts, programmes.current(), words(locale)))
    db.session.rollback()
    return f"==== {case_type.value}, {outcome.value}: {told.value}\n{text.subject}\n\n{text.body.strip()}\n\n"
