"""The stories of requests: what stands before, and the change whose events are counted."""

from __future__ import annotations

from uuid import UUID

from privacy import clock
from privacy.authz.actors import OPERATOR
from privacy.dsar import cases
from privacy.dsar import service as dsar
from privacy.dsar.correspondence import letters
from privacy.dsar.execution import course, tasks
from privacy.dsar.execution.course import DOUBTFUL
from privacy.dsar.execution.recipients import TO_BE_TOLD
from privacy.dsar.execution.tasks import Form
from privacy.dsar.service import CaseType, Decision, Ground, Intake, Matter, Named, ProofLevel, Received, Refused, Role
from privacy.dsar.vocabulary import TaskKind
from privacy.programme import service as programme
from privacy.subjects import service as subjects
from privacy.systems.connector import TooManyRows
from tests.consent.desk import clock_at
from tests.rules.changes import CHANGES, Change, a_programme, a_staff_member, before, story

__all__ = ["CHANGES"]

ANNA = {"customer_id": "C-1001", "email": "anna.nowak@example.com"}
CLAIM = Refused(Ground.LEGAL_CLAIMS, None, "a claim is pending")
#: Long after every term.
LATER = 40 * 366 * clock.DAY


@story("dsar.receive", "request.received")
def _() -> Change:
    a_programme()
    return lambda: _receive(CaseType.ACCESS)


@story("dsar.identify", "request.identify")
def _() -> Change:
    request_id = _received(CaseType.ACCESS)
    _anna()
    return lambda: _identify(request_id)


@story("dsar.take", "request.note")
def _() -> Change:
    request_id = _received(CaseType.ACCESS)
    return lambda: dsar.take(request_id, "note", actor=OPERATOR, reason="called back")


@story("dsar.withdraw", "request.withdraw")
def _() -> Change:
    request_id = _received(CaseType.ACCESS)
    return lambda: dsar.withdraw(request_id, Role.STAFF, actor=OPERATOR, reason="by telephone")


@story("dsar.grant", "request.grant")
def _() -> Change:
    request_id = _identified(CaseType.COMPLAINT)
    return lambda: dsar.grant(request_id, Decision(answer="You are right."), actor=OPERATOR)


@story("dsar.refuse", "request.refuse")
def _() -> Change:
    request_id = _identified(CaseType.COMPLAINT)
    return lambda: dsar.refuse(request_id, (CLAIM,), actor=OPERATOR)


@story("dsar.approve", "request.approve")
def _() -> Change:
    a_programme()
    jan = a_staff_member("jan")
    asked = Matter(named=(), authority="KMP", reference="RSD 7/26", legal_basis="art. 15 KPK")
    request_id = before(lambda: dsar.receive(Received(CaseType.DISCLOSURE, Intake.LETTER, asked), actor=OPERATOR)).id
    before(lambda: _identify(request_id))
    before(lambda: dsar.grant(request_id, Decision(answer="We disclose."), actor=OPERATOR))
    return lambda: dsar.approve(request_id, actor=jan)


@story("dsar.answer", "request.answer")
def _() -> Change:
    request_id = _identified(CaseType.COMPLAINT)
    before(lambda: dsar.refuse(request_id, (CLAIM,), actor=OPERATOR))
    return lambda: dsar.answer(request_id, actor=OPERATOR)


@story("dsar.join", "request.join")
def _() -> Change:
    first, second = _identified(CaseType.ACCESS), _identified(CaseType.ACCESS)
    return lambda: dsar.join(second, first, actor=OPERATOR)


@story("dsar.open_matter", "request.opened")
def _() -> Change:
    request_id = _received(CaseType.ACCESS)
    return lambda: dsar.open_matter(request_id, actor=OPERATOR)


@story("dsar.read_letter", "request.letter_opened")
def _() -> Change:
    request_id = _received(CaseType.ACCESS)
    [written] = letters.letters_of(request_id)
    return lambda: dsar.read_letter(request_id, written.id, actor=OPERATOR)


@story("dsar.search", "requests.searched")
def _() -> Change:
    _identified(CaseType.ACCESS)
    naming = subjects.name_of(programme.current(), OPERATOR, ANNA)
    return lambda: dsar.search(naming, actor=OPERATOR)


@story("dsar.end_cooling_off", "request.end_cooling_off")
def _() -> Change:
    request_id = _identified(CaseType.ERASURE)
    before(lambda: dsar.grant(request_id, Decision(), actor=OPERATOR))
    later = clock.micros() + LATER

    def change() -> None:
        with clock_at(later):
            dsar.end_cooling_off(later, actor=OPERATOR)

    return change


@story("dsar.end_restrictions", "request.restriction_ended", "subject.restricted_lifted", "request.restriction_lifted")
def _() -> Change:
    request_id = _identified(CaseType.RECTIFICATION)
    wrong = Refused(Ground.ACCURATE, None, "the register says so")
    before(lambda: dsar.refuse(request_id, (wrong,), actor=OPERATOR))
    before(lambda: dsar.answer(request_id, actor=OPERATOR))
    return lambda: dsar.end_restrictions(clock.micros() + LATER, actor=OPERATOR)


@story("dsar.delete_ended_files", "request.deleted")
def _() -> Change:
    request_id = _received(CaseType.ACCESS)
    before(lambda: dsar.withdraw(request_id, Role.STAFF, actor=OPERATOR, reason="by telephone"))
    return lambda: dsar.delete_ended_files(clock.micros() + LATER, actor=OPERATOR)


def _receive(case_type: CaseType) -> UUID:
    asked = Matter(named=tuple(Named(kind, value) for kind, value in ANNA.items()), words="as it stands")
    return dsar.receive(Received(case_type, Intake.LETTER, asked), actor=OPERATOR).id


def _received(case_type: CaseType) -> UUID:
    a_programme()
    return before(lambda: _receive(case_type))


def _identify(request_id: UUID) -> object:
    return dsar.identify(request_id, ProofLevel.DECIDED, Role.STAFF, actor=OPERATOR, reason="signature compared")


def _identified(case_type: CaseType) -> UUID:
    request_id = _received(case_type)
    _anna()
    before(lambda: _identify(request_id))
    return request_id


def _anna() -> None:
    naming = subjects.name_of(programme.current(), OPERATOR, ANNA)
    before(lambda: subjects.put_subject(naming, actor=OPERATOR, programme=programme.current(), source="crm"))


# Tasks that wait for a person. Another one waits too, so that the execution does not go on by itself.


@story("dsar.open_task", "request.task_opened")
def _() -> Change:
    task_id = _waiting(DOUBTFUL)
    request_id = tasks.read(task_id).request_id
    return lambda: dsar.open_task(request_id, task_id, actor=OPERATOR)


@story("dsar.decide_rows", "request.rows_decided")
def _() -> Change:
    task_id = _waiting(DOUBTFUL)
    return lambda: dsar.decide_rows(task_id, {}, actor=OPERATOR, reason="it is hers")


@story("dsar.allow_rows", "request.rows_proposed")
def _() -> Change:
    task_id = _waiting(TooManyRows.code)
    return lambda: dsar.allow_rows(task_id, 50_000, actor=OPERATOR, reason="a wholesaler")


@story("dsar.try_again", "request.task_tried_again")
def _() -> Change:
    task_id = _waiting("system-unreachable")
    return lambda: dsar.try_again(task_id, actor=OPERATOR)


@story("dsar.except_task", "request.task_excepted")
def _() -> Change:
    task_id = _waiting("system-unreachable")
    return lambda: dsar.except_task(task_id, actor=OPERATOR, reason="it is switched off")


@story("dsar.file_form", "request.form_filed")
def _() -> Change:
    task_id = _waiting("system-refused")
    form = Form(OPERATOR.id, clock.micros(), "Looked through the binders.")
    return lambda: dsar.file_form(task_id, form, actor=OPERATOR)


@story("dsar.tell_recipient", "request.recipient_told")
def _() -> Change:
    task_id = _waiting(TO_BE_TOLD, TaskKind.TELL)
    told = {"what": "erase the address", "whom": "customer C-1001"}
    return lambda: dsar.tell_recipient(task_id, "dpo@example.net", **told, actor=OPERATOR)


@story("dsar.record_answer", "request.recipient_answered")
def _() -> Change:
    task_id = _waiting(TO_BE_TOLD, TaskKind.TELL)
    return lambda: dsar.record_answer(task_id, "done on Monday", actor=OPERATOR)


def _waiting(failure: str, kind: TaskKind = TaskKind.FIND) -> UUID:
    """A task that waits for a person, of a request with another one."""
    request_id = _identified(CaseType.ACCESS)
    before(lambda: dsar.grant(request_id, Decision(), actor=OPERATOR))
    return before(lambda: _hand_over(request_id, failure, kind))


def _hand_over(request_id: UUID, failure: str, kind: TaskKind) -> UUID:
    row = cases.lock(request_id)
    key = cases.key_of(row)
    for task in tasks.of_request(request_id):
        tasks.hand_over(task, "system-refused")
    found = tasks.add(row, key, kind, "shop", place="shop.customer", look=1)
    tasks.hand_over(found, failure)
    course.go_on(row)
    return found.id
