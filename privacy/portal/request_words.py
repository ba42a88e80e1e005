"""Requests in plain words: where one stands, what happens next, what was done where. Nothing is "done" before it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from babel.support import LazyProxy

from privacy import clock
from privacy.dsar.service import (
    OWN_SYSTEM,
    CaseType,
    Event,
    LetterKind,
    Outcome,
    OwnFile,
    RequestView,
    Role,
    State,
    SystemOutcome,
    TaskState,
)
from privacy.pages.languages import day_text, filled, gettext, lazy_gettext, locale, moment_text, ngettext
from privacy.programme.types import Programme

#: Of these the systems only hand out what they hold.
_HANDED_OUT = {CaseType.ACCESS, CaseType.PORTABILITY}

TITLES: Mapping[CaseType, LazyProxy] = {
    CaseType.ACCESS: lazy_gettext("Access to my data"),
    CaseType.RECTIFICATION: lazy_gettext("Correction of my data"),
    CaseType.ERASURE: lazy_gettext("Erasure of my data"),
    CaseType.RESTRICTION: lazy_gettext("Restriction of processing"),
    CaseType.PORTABILITY: lazy_gettext("A copy of my data to take along"),
    CaseType.OBJECTION: lazy_gettext("Objection to processing"),
    CaseType.AUTOMATED_DECISION_REVIEW: lazy_gettext("Review of an automated decision by a person"),
    CaseType.COMPLAINT: lazy_gettext("Complaint about the processing of my data"),
}
#: The word, and the sign before it.
_STATES: Mapping[State, tuple[LazyProxy, str]] = {
    State.RECEIVED: (lazy_gettext("We have received it"), "wait"),
    State.IDENTIFYING: (lazy_gettext("We need to be sure that it is you"), "wait"),
    State.CLARIFYING: (lazy_gettext("We have asked you something"), "late"),
    State.ASSESSING: (lazy_gettext("We are looking at it"), "wait"),
    State.APPROVING: (lazy_gettext("We are looking at it"), "wait"),
    State.COOLING_OFF: (lazy_gettext("Granted, not begun yet"), "wait"),
    State.EXECUTING: (lazy_gettext("We are carrying it out"), "wait"),
    State.REVIEWING: (lazy_gettext("A person is checking something"), "wait"),
    State.ANSWERING: (lazy_gettext("We are preparing the answer"), "wait"),
    State.WITHDRAWN: (lazy_gettext("Taken back"), "no"),
    State.UNIDENTIFIED: (lazy_gettext("Closed: we could not tell whose data are meant"), "no"),
    State.JOINED: (lazy_gettext("Joined with your earlier request"), "no"),
}
_OUTCOMES: Mapping[Outcome, tuple[LazyProxy, str]] = {
    Outcome.GRANTED: (lazy_gettext("Answered: granted"), "yes"),
    Outcome.PARTLY: (lazy_gettext("Answered: granted in part"), "yes"),
    Outcome.REFUSED: (lazy_gettext("Answered: refused"), "no"),
}
_NEXT: Mapping[State, LazyProxy] = {
    State.RECEIVED: lazy_gettext("We write to you how you can show that it is you."),
    State.IDENTIFYING: lazy_gettext("Please do what our letter says, so that we give your data to nobody else."),
    State.CLARIFYING: lazy_gettext("Please answer our question below. Then we go on."),
    State.ASSESSING: lazy_gettext("A person looks at your request, decides, and writes to you."),
    State.APPROVING: lazy_gettext("A second person checks the decision. Then we write to you."),
    State.REVIEWING: lazy_gettext(
        "Somebody looks at it by hand, for example so that nobody else's data are in it. Then it goes on."
    ),
    State.ANSWERING: lazy_gettext("The answer goes to you when it is ready."),
    State.WITHDRAWN: lazy_gettext("Nothing more happens. You can make a new request at any time."),
    State.UNIDENTIFIED: lazy_gettext("Nothing more happens. You can make a new request here at any time."),
    State.JOINED: lazy_gettext("The earlier request goes on and is answered for both."),
}
_COURSE: Mapping[str, LazyProxy] = {
    "received": lazy_gettext("We received your request"),
    Event.ASK_IDENTITY: lazy_gettext("We asked you to show that it is you"),
    Event.IDENTIFY: lazy_gettext("We know that it is you"),
    Event.DOUBT_IDENTITY: lazy_gettext("It became doubtful who asks"),
    Event.ASK_CLARIFICATION: lazy_gettext("We asked you something"),
    Event.CLARIFY: lazy_gettext("The question was answered"),
    Event.REFUSE: lazy_gettext("We decided to refuse"),
    Event.END_COOLING_OFF: lazy_gettext("The time to stop it ended, and we began"),
    Event.FINISH_EXECUTION: lazy_gettext("All systems have answered"),
    Event.NEED_REVIEW: lazy_gettext("A person began to check something"),
    Event.EXECUTE_AGAIN: lazy_gettext("It went on"),
    Event.FINISH_REVIEW: lazy_gettext("The check is finished"),
    Event.ANSWER: lazy_gettext("We sent the answer"),
    Event.WITHDRAW: lazy_gettext("The request was taken back"),
    Event.JOIN: lazy_gettext("The request was joined with an earlier one"),
    Event.REOPEN: lazy_gettext("We opened the request again"),
    Event.GIVE_UP_IDENTITY: lazy_gettext("We closed it: we could not tell whose data are meant"),
    "extended": lazy_gettext("We need more time"),
    "suspended": lazy_gettext("We wait for your answer"),
    "resumed": lazy_gettext("We go on"),
    "erasure_pending": lazy_gettext("We stopped using your data for advertising"),
    "restricted": lazy_gettext("Your data are restricted: we keep them and do not use them"),
    "restriction_lifted": lazy_gettext("The restriction ended"),
}
_GRANTED = lazy_gettext("We granted your request")
_YOU_WROTE = lazy_gettext("You wrote to us")
#: A grant counts once nobody else has to agree to it.
_DECIDED = {Event.GRANT.value, Event.APPROVE.value}

LETTERS: Mapping[LetterKind, LazyProxy] = {
    LetterKind.RECEIPT: lazy_gettext("Confirmation that we received your request"),
    LetterKind.IDENTITY: lazy_gettext("How to show that it is you"),
    LetterKind.CLARIFICATION: lazy_gettext("Our question"),
    LetterKind.EXTENSION: lazy_gettext("Why we need more time"),
    LetterKind.APPROVED: lazy_gettext("Your request is granted"),
    LetterKind.BEFORE_ERASURE: lazy_gettext("Before we erase: how to stop it"),
    LetterKind.REFUSAL: lazy_gettext("Why we refuse"),
    LetterKind.PARTLY: lazy_gettext("Our answer to you"),
    LetterKind.ANSWER: lazy_gettext("Our answer to you"),
    LetterKind.WITHDRAWN: lazy_gettext("Confirmation that you took it back"),
    LetterKind.JOINED: lazy_gettext("Your earlier request is answered for both"),
    LetterKind.BEFORE_LIFTING: lazy_gettext("Before the restriction ends"),
}

_TASKS: Mapping[TaskState, tuple[LazyProxy, str]] = {
    TaskState.WAITING: (lazy_gettext("Not begun yet"), "wait"),
    TaskState.RUNNING: (lazy_gettext("It is under way"), "wait"),
    TaskState.PENDING: (lazy_gettext("It is under way"), "wait"),
    TaskState.FOR_A_PERSON: (lazy_gettext("A person sees to it"), "wait"),
    TaskState.FAILED: (lazy_gettext("It did not work yet; a person sees to it"), "late"),
    TaskState.EXCEPTED: (lazy_gettext("It was not done"), "no"),
    TaskState.DONE: (lazy_gettext("It is done"), "yes"),
}
_SEARCHED = lazy_gettext("Searched, not finished")
_SO_FAR = lazy_gettext("Done so far, not finished")
_SEARCHED_ALL = lazy_gettext("Searched")
_OWN = lazy_gettext("Our register of consents and contacts")


@dataclass(frozen=True)
class Summary:
    """A request as it stands in a list, and at the head of its own page."""

    id: str
    number: str
    title: str
    state: str
    #: The sign before it: see `state` of the macros.
    sign: str
    received_on: date
    due_on: date
    #: How long there is, in words; empty once it has ended.
    left: str
    ended: bool


@dataclass(frozen=True)
class Told:
    """A step of the course."""

    at: int
    text: str
    words: str | None = field(repr=False)
    #: Whether the words are the person's own.
    own: bool


@dataclass(frozen=True)
class Where:
    """What came of a request in one system."""

    name: str
    state: str
    sign: str
    #: When it was done; None until it is.
    at: int | None
    lines: Sequence[str] = field(repr=False)


@dataclass(frozen=True)
class Package:
    """The package as its page tells of it. Times in microseconds."""

    expires_at: int
    megabytes: float
    left: int
    #: Whether it can be fetched now.
    there: bool


def summary(view: RequestView) -> Summary:
    """A request in a line."""
    row, ended = view.row, State(view.row.state).ended
    state, sign = _state(State(row.state), row.outcome)
    title = gettext_of(TITLES, CaseType(row.case_type))
    left = "" if ended or view.days_left is None else _left(view.days_left)
    return Summary(str(row.id), row.number, title, state, sign, view.received_on, view.due_on, left, ended)


def next_step(found: OwnFile) -> str:
    """What happens next, in a sentence."""
    row = found.view.row
    state = State(row.state)
    if state is State.COOLING_OFF:
        until = moment_text(row.cooling_until or clock.micros())
        return filled("Until %(until)s you can stop it here. Then it begins by itself.", until=until)
    if state is State.EXECUTING:
        if CaseType(row.case_type) in _HANDED_OUT:
            return gettext("We collect your data from our systems. You see below how far it is.")
        return gettext("Our systems carry it out one after another. You see below how far it is.")
    return _after_answer(found) if state is State.ANSWERED else str(_NEXT[state])


def course(found: OwnFile) -> list[Told]:
    """The course in words, the newest last; what is of no meaning to the person is left out."""
    return list(_course(found))


def systems(found: OwnFile, programme: Programme) -> list[Where]:
    """What came of it in each system."""
    case_type, state = CaseType(found.view.row.case_type), State(found.view.row.state)
    open_still = state in {State.EXECUTING, State.REVIEWING}
    return [_where(one, case_type, programme, open_still=open_still) for one in found.own.outcomes]


def package(found: OwnFile) -> Package | None:
    """The package, where one was made for the answer."""
    one = found.own.package
    if one is None or found.view.row.state != State.ANSWERED:
        return None
    left = max(one.most_downloads - one.downloads, 0)
    there = not one.gone and one.expires_at > clock.micros() and left > 0
    return Package(one.expires_at, max(one.size / 1_000_000, 0.01), left, there)


def gettext_of(texts: Mapping[CaseType, LazyProxy], case_type: CaseType) -> str:
    """A text of a table, made now."""
    return str(texts[case_type])


def _after_answer(found: OwnFile) -> str:
    if found.view.row.outcome == Outcome.REFUSED:
        return gettext("Our letter says why. Below you see what you can do if you disagree.")
    if (ready := package(found)) is not None and ready.there:
        return gettext("Your data are ready: you find them below.")
    return gettext("Nothing more happens. Our letter says what we did.")


def _state(state: State, outcome: str | None) -> tuple[str, str]:
    text, sign = _OUTCOMES[Outcome(outcome)] if state is State.ANSWERED and outcome else _STATES[state]
    return str(text), sign


def _left(days_left: int) -> str:
    if days_left < 0:
        return ngettext("%(num)s day overdue", "%(num)s days overdue", -days_left) % {"num": -days_left}
    if days_left == 0:
        return gettext("it is due today")
    return ngettext("%(num)s more day", "%(num)s more days", days_left) % {"num": days_left}


def _course(found: OwnFile) -> Iterator[Told]:
    for one in found.steps:
        step = one.step
        own = step.role == Role.PERSON
        if step.event in _DECIDED:
            if step.to_state != State.APPROVING:
                yield Told(step.at, str(_GRANTED), None, own=False)
        elif own and one.words is not None:
            yield Told(step.at, str(_YOU_WROTE), one.words, own=True)
        elif step.event in _COURSE:
            yield Told(step.at, str(_COURSE[step.event]), one.words, own=False)


def _where(one: SystemOutcome, case_type: CaseType, programme: Programme, *, open_still: bool) -> Where:
    system = programme.systems.get(one.system)
    names = system.names if system is not None else {}
    name = names.get(locale()) or next(iter(names.values()), one.system)
    text, sign = _TASKS[TaskState(one.state)]
    done_at = one.done_at
    if one.state == TaskState.DONE:
        if case_type in _HANDED_OUT:
            text = _SEARCHED_ALL
        elif open_still:  # What was found is changed later, and looked for once more after that.
            text, sign, done_at = (_SO_FAR if one.deleted or one.changed else _SEARCHED), "wait", None
    shown = str(_OWN) if one.system == OWN_SYSTEM else name
    return Where(shown, str(text), sign, done_at, list(_lines(one, done=done_at is not None)))


def _lines(one: SystemOutcome, *, done: bool) -> Iterator[str]:
    if one.found:
        yield ngettext("%(num)s entry found", "%(num)s entries found", one.found) % {"num": one.found}
    if one.deleted:
        yield ngettext("%(num)s entry erased", "%(num)s entries erased", one.deleted) % {"num": one.deleted}
    if one.changed:
        yield ngettext("%(num)s entry changed", "%(num)s entries changed", one.changed) % {"num": one.changed}
    if done and not (one.found or one.deleted or one.changed or one.said) and one.system != OWN_SYSTEM:
        yield gettext("We found nothing about you here")
    if one.said:
        yield one.said
    for until, statute in dict.fromkeys((fate.until, fate.statute) for fate in one.fates if fate.until):
        day = day_text(date.fromisoformat(until or ""))
        if statute:
            kept = gettext("Some of it the law makes us keep until %(day)s: %(statute)s")
            yield kept % {"day": day, "statute": statute}
        else:
            yield gettext("Some of it the law makes us keep until %(day)s") % {"day": day}
    if one.reason and one.system != OWN_SYSTEM:
        yield gettext("Why: %(reason)s") % {"reason": one.reason}
