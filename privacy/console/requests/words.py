"""What the workbench calls things: kinds, states, steps, tasks, letters, grounds of the law."""

from __future__ import annotations

from collections.abc import Mapping

from babel.support import LazyProxy

from privacy.dsar.service import (
    OWN_SYSTEM,
    CaseType,
    Event,
    Ground,
    Intake,
    LetterKind,
    Outcome,
    ProofLevel,
    Role,
    State,
    TaskKind,
    TaskState,
    WhyReviewed,
)
from privacy.pages.languages import gettext as _
from privacy.pages.languages import lazy_gettext, locale, ngettext
from privacy.programme.types import Programme

KINDS: Mapping[CaseType, LazyProxy] = {
    CaseType.ACCESS: lazy_gettext("Access (Art. 15)"),
    CaseType.RECTIFICATION: lazy_gettext("Rectification (Art. 16)"),
    CaseType.ERASURE: lazy_gettext("Erasure (Art. 17)"),
    CaseType.RESTRICTION: lazy_gettext("Restriction (Art. 18)"),
    CaseType.PORTABILITY: lazy_gettext("Portability (Art. 20)"),
    CaseType.OBJECTION: lazy_gettext("Objection (Art. 21)"),
    CaseType.AUTOMATED_DECISION_REVIEW: lazy_gettext("Automated decision (Art. 22)"),
    CaseType.COMPLAINT: lazy_gettext("Complaint to the controller"),
    CaseType.AUTHORITY_LETTER: lazy_gettext("Letter of the supervisory authority"),
    CaseType.DISCLOSURE: lazy_gettext("Demand for disclosure"),
}
INTAKES: Mapping[Intake, LazyProxy] = {
    Intake.LETTER: lazy_gettext("By letter"),
    Intake.EMAIL: lazy_gettext("By e-mail"),
    Intake.COUNTER: lazy_gettext("In person, at the counter"),
    Intake.STAFF: lazy_gettext("Told to a member of staff"),
    Intake.E_DELIVERY: lazy_gettext("By e-delivery"),
    Intake.AGENT: lazy_gettext("Through a representative"),
    Intake.PORTAL: lazy_gettext("On the customer's pages"),
    Intake.API: lazy_gettext("From another system"),
    Intake.OPENDSR: lazy_gettext("By OpenDSR"),
    Intake.DRP: lazy_gettext("By the Data Rights Protocol"),
}
#: The word, and the sign before it.
STATES: Mapping[State, tuple[LazyProxy, str]] = {
    State.RECEIVED: (lazy_gettext("Received"), "wait"),
    State.IDENTIFYING: (lazy_gettext("Waits for proof of identity"), "wait"),
    State.CLARIFYING: (lazy_gettext("Waits for the person's answer"), "wait"),
    State.ASSESSING: (lazy_gettext("To be decided"), "wait"),
    State.APPROVING: (lazy_gettext("Waits for a second signature"), "wait"),
    State.COOLING_OFF: (lazy_gettext("Granted, can still be stopped"), "wait"),
    State.EXECUTING: (lazy_gettext("The systems are asked"), "wait"),
    State.REVIEWING: (lazy_gettext("Somebody has to look at it"), "late"),
    State.ANSWERING: (lazy_gettext("The answer is being made"), "wait"),
    State.ANSWERED: (lazy_gettext("Answered"), "yes"),
    State.WITHDRAWN: (lazy_gettext("Withdrawn by the person"), "no"),
    State.UNIDENTIFIED: (lazy_gettext("Closed: nobody could tell whose data are meant"), "no"),
    State.JOINED: (lazy_gettext("Joined with an earlier request"), "no"),
}
OUTCOMES: Mapping[Outcome, tuple[LazyProxy, str]] = {
    Outcome.GRANTED: (lazy_gettext("Answered: granted whole"), "yes"),
    Outcome.PARTLY: (lazy_gettext("Answered: granted partly"), "yes"),
    Outcome.REFUSED: (lazy_gettext("Answered: nothing granted"), "no"),
}
PROOFS: Mapping[ProofLevel, LazyProxy] = {
    ProofLevel.DECIDED: lazy_gettext("Somebody looked at the proof"),
    ProofLevel.ACCOUNT: lazy_gettext("Signed in to their account"),
    ProofLevel.CONTROL: lazy_gettext("Control of a contact that was on file before"),
    ProofLevel.NONE: lazy_gettext("No proof"),
}
ROLES: Mapping[Role, LazyProxy] = {
    Role.PERSON: lazy_gettext("The person"),
    Role.STAFF: lazy_gettext("A member of staff"),
    Role.SECOND: lazy_gettext("A second member of staff"),
    Role.SERVICE: lazy_gettext("The service by itself"),
}
COURSE: Mapping[str, LazyProxy] = {
    "received": lazy_gettext("The request came in"),
    Event.ASK_IDENTITY: lazy_gettext("Proof of identity was asked for"),
    Event.IDENTIFY: lazy_gettext("The person was identified"),
    Event.DOUBT_IDENTITY: lazy_gettext("The identification was taken back"),
    Event.GIVE_UP_IDENTITY: lazy_gettext("Closed, because nobody could tell whose data are meant"),
    Event.ASK_CLARIFICATION: lazy_gettext("The person was asked something"),
    Event.CLARIFY: lazy_gettext("The person has answered"),
    Event.GRANT: lazy_gettext("Granted"),
    Event.APPROVE: lazy_gettext("A second person agreed"),
    Event.DISAPPROVE: lazy_gettext("Sent back to be decided anew"),
    Event.REFUSE: lazy_gettext("Refused as a whole"),
    Event.END_COOLING_OFF: lazy_gettext("The time to stop it was over"),
    Event.FINISH_EXECUTION: lazy_gettext("Every system is done"),
    Event.NEED_REVIEW: lazy_gettext("Something waits for a person"),
    Event.EXECUTE_AGAIN: lazy_gettext("The execution went on"),
    Event.FINISH_REVIEW: lazy_gettext("The review is finished"),
    Event.ANSWER: lazy_gettext("The answer went out"),
    Event.WITHDRAW: lazy_gettext("The person took it back"),
    Event.JOIN: lazy_gettext("Joined with an earlier one"),
    Event.REOPEN: lazy_gettext("Opened anew"),
    "extended": lazy_gettext("Extended by two months"),
    "suspended": lazy_gettext("The clock was stopped"),
    "resumed": lazy_gettext("The clock goes on"),
    "note": lazy_gettext("Note"),
    "joined_by": lazy_gettext("A later request was joined to this one"),
    "erasure_pending": lazy_gettext("Marketing stopped, because an erasure is pending"),
    "erasure_not_pending": lazy_gettext("No erasure is pending any more"),
    "restricted": lazy_gettext("Processing is restricted from now on"),
    "restriction_lifted": lazy_gettext("The restriction is over"),
    "restriction_ended": lazy_gettext("This request wants the restriction no more"),
    "lifting_told": lazy_gettext("The person was told that the restriction will end"),
    "person_erased": lazy_gettext("The person was erased from our records"),
    "rows_decided": lazy_gettext("Doubtful rows were decided"),
    "rows_proposed": lazy_gettext("More rows than expected: the first of two agreed"),
    "rows_allowed": lazy_gettext("More rows than expected: two have agreed"),
    "task_tried_again": lazy_gettext("A task is tried again"),
    "task_excepted": lazy_gettext("A task is left undone, by decision"),
    "form_filed": lazy_gettext("Somebody told what was found or done by hand"),
    "recipient_told": lazy_gettext("A recipient was written to (Art. 19)"),
    "recipient_answered": lazy_gettext("A recipient's answer was kept (Art. 19)"),
    "recipient_not_reached": lazy_gettext("A letter to a recipient did not arrive (Art. 19)"),
}
_ANOTHER_STEP = lazy_gettext("Another step")
TASK_KINDS: Mapping[TaskKind, LazyProxy] = {
    TaskKind.FIND: lazy_gettext("Search"),
    TaskKind.CHANGE: lazy_gettext("Change"),
    TaskKind.TELL: lazy_gettext("Tell a recipient (Art. 19)"),
    TaskKind.LIFT: lazy_gettext("End the restriction there"),
    TaskKind.OWN: lazy_gettext("This service's own data"),
    TaskKind.ANSWER: lazy_gettext("Make the answer"),
}
TASK_STATES: Mapping[TaskState, tuple[LazyProxy, str]] = {
    TaskState.WAITING: (lazy_gettext("Waits for its turn"), "wait"),
    TaskState.RUNNING: (lazy_gettext("Is being done"), "wait"),
    TaskState.PENDING: (lazy_gettext("Begun there; is asked again later"), "wait"),
    TaskState.FOR_A_PERSON: (lazy_gettext("Waits for a person"), "late"),
    TaskState.FAILED: (lazy_gettext("Given up; a person decides"), "late"),
    TaskState.EXCEPTED: (lazy_gettext("Left undone, by decision"), "no"),
    TaskState.DONE: (lazy_gettext("Done"), "yes"),
}
_FAILURES: Mapping[str, LazyProxy] = {
    "doubtful-match": lazy_gettext("It found rows that may be somebody else's."),
    "too-many-rows": lazy_gettext("It found more rows than are expected of one person."),
    "recipient-to-be-told": lazy_gettext("The recipient has to be told by a person."),
    "nobody-to-look-for": lazy_gettext("Our records know nobody to look for."),
    "data-keep-arriving": lazy_gettext("New data arrive again and again."),
    "system-not-connected": lazy_gettext("The system is not connected."),
    "system-unreachable": lazy_gettext("The system cannot be reached."),
    "system-refused": lazy_gettext("The system refused."),
    "not-erased": lazy_gettext("The system did not erase everything."),
    "row-moved": lazy_gettext("A row changed there meanwhile."),
}
_ANOTHER_FAILURE = lazy_gettext("It did not work; the log of the service says why.")
LETTERS: Mapping[LetterKind, LazyProxy] = {
    LetterKind.RECEIPT: lazy_gettext("Confirmation of receipt"),
    LetterKind.IDENTITY: lazy_gettext("Request for proof of identity"),
    LetterKind.CODE: lazy_gettext("One-time code"),
    LetterKind.CLARIFICATION: lazy_gettext("Question to the person"),
    LetterKind.EXTENSION: lazy_gettext("Notice of the extension"),
    LetterKind.APPROVED: lazy_gettext("Notice that it was granted"),
    LetterKind.BEFORE_ERASURE: lazy_gettext("Notice before the erasure"),
    LetterKind.REFUSAL: lazy_gettext("Refusal"),
    LetterKind.PARTLY: lazy_gettext("Answer, granted in part"),
    LetterKind.ANSWER: lazy_gettext("Answer"),
    LetterKind.WITHDRAWN: lazy_gettext("Confirmation of the withdrawal"),
    LetterKind.JOINED: lazy_gettext("Notice that two requests are one"),
    LetterKind.BEFORE_LIFTING: lazy_gettext("Notice before a restriction ends"),
    LetterKind.RECIPIENT: lazy_gettext("Letter to a recipient (Art. 19)"),
    LetterKind.REMINDER: lazy_gettext("Reminder to the data protection officer"),
}
GROUNDS: Mapping[Ground, LazyProxy] = {
    Ground.FREEDOM_OF_EXPRESSION: lazy_gettext("Freedom of expression and information (Art. 17(3)(a))"),
    Ground.LEGAL_OBLIGATION: lazy_gettext("Legal obligation or public task (Art. 17(3)(b))"),
    Ground.PUBLIC_HEALTH: lazy_gettext("Public health (Art. 17(3)(c))"),
    Ground.ARCHIVING: lazy_gettext("Archiving, research, statistics (Art. 17(3)(d))"),
    Ground.LEGAL_CLAIMS: lazy_gettext("Legal claims (Art. 17(3)(e))"),
    Ground.MANIFESTLY_UNFOUNDED: lazy_gettext("Manifestly unfounded (Art. 12(5))"),
    Ground.EXCESSIVE: lazy_gettext("Excessive (Art. 12(5))"),
    Ground.NOT_IDENTIFIABLE: lazy_gettext("The person cannot be identified (Art. 11(2))"),
    Ground.RIGHTS_OF_OTHERS: lazy_gettext("Rights and freedoms of others (Art. 15(4))"),
    Ground.PORTABILITY_RIGHTS_OF_OTHERS: lazy_gettext("Rights and freedoms of others (Art. 20(4))"),
    Ground.NOT_PORTABLE: lazy_gettext("Not portable (Art. 20(1))"),
    Ground.COMPELLING_GROUNDS: lazy_gettext("Compelling grounds (Art. 21(1))"),
    Ground.NO_GROUND_TO_ERASE: lazy_gettext("No ground to erase (Art. 17(1))"),
    Ground.NO_GROUND_TO_RESTRICT: lazy_gettext("No ground to restrict (Art. 18(1))"),
    Ground.ACCURATE: lazy_gettext("The data are accurate (Art. 16)"),
    Ground.NO_DATA: lazy_gettext("No data of the person are held"),
    Ground.NO_BASIS_TO_DISCLOSE: lazy_gettext("No legal basis to disclose (Art. 6(1))"),
    Ground.MORE_THAN_NECESSARY: lazy_gettext("More than is necessary (Art. 5(1)(c))"),
    Ground.THIRD_COUNTRY: lazy_gettext("Decision of a third country (Art. 48)"),
    Ground.NOT_COMPETENT: lazy_gettext("The authority is not competent"),
    Ground.SECRECY: lazy_gettext("Secrecy by statute"),
}
WHY_REVIEWED: Mapping[WhyReviewed, LazyProxy] = {
    WhyReviewed.MAPPED: lazy_gettext("The data map says that it is about others"),
    WhyReviewed.NAMES_ANOTHER: lazy_gettext("It names somebody else whom we know"),
    WhyReviewed.FILE: lazy_gettext("A file, of which nothing but its name is known"),
}
_OWN = lazy_gettext("Register of consents and contacts")


def state(value: str, outcome: str | None) -> tuple[str, str]:
    """Where a request stands, with the sign before it."""
    text, sign = OUTCOMES[Outcome(outcome)] if value == State.ANSWERED and outcome else STATES[State(value)]
    return str(text), sign


def left(days_left: int | None) -> tuple[str, str]:
    """How long there is, with the sign before it; nothing for a request that has ended."""
    if days_left is None:
        return "", "no"
    if days_left < 0:
        return ngettext("%(num)s day late", "%(num)s days late", -days_left) % {"num": -days_left}, "late"
    if days_left == 0:
        return _("today"), "late"
    return ngettext("%(num)s day left", "%(num)s days left", days_left) % {"num": days_left}, "wait"


def step(word: str) -> str:
    """A step of the course."""
    return str(COURSE.get(word, _ANOTHER_STEP))


def failure(code: str | None) -> str:
    """Why a task did not go through; empty where nothing happened."""
    return str(_FAILURES.get(code, _ANOTHER_FAILURE)) if code else ""


def system(code: str, programme: Programme) -> str:
    """A system or recipient as the programme calls it in the language of the page."""
    if code == OWN_SYSTEM:
        return str(_OWN)
    known = programme.systems.get(code) or programme.recipients.get(code)
    if known is None:
        processor = programme.processors.get(code)
        return processor.name if processor is not None else code
    return known.names.get(locale()) or next(iter(known.names.values()), code)


def controller(code: str, programme: Programme) -> str:
    """A controller by name."""
    known = programme.controllers.get(code)
    return known.name if known is not None else code
