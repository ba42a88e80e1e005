"""The way through a breach, step by step: what is done, what comes next and by whom, what is not needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from babel.support import LazyProxy
from flask import url_for

from privacy.access import service as access
from privacy.authz.permissions import Permission
from privacy.breach import service as breach
from privacy.breach.service import BreachView, CommunicationView, Notice, State, TaskState, TellingState
from privacy.console.breaches.words import ROLES
from privacy.http.auth import current_actor
from privacy.pages.languages import lazy_gettext
from privacy.programme.law import AUTHORITY

_HANDLER, _OFFICER, _CONTROLLER, _SERVICE = (
    ROLES[role] for role in (breach.Role.HANDLER, breach.Role.OFFICER, breach.Role.CONTROLLER, breach.Role.SERVICE)
)


@dataclass(frozen=True)
class Stage:
    """One step of the way."""

    code: str
    text: LazyProxy
    #: What a team practises by it.
    practises: LazyProxy
    who: LazyProxy
    done: bool
    #: Where it is done; None where it does itself, or is not for this reader.
    link: str | None = None
    needed: bool = True


def stages(view: BreachView) -> Sequence[Stage]:
    """Every step in its order."""
    return [*_judged(view), *_told(view), *_ended(view)]


def following(way: Sequence[Stage]) -> Stage | None:
    """What comes next."""
    return next((one for one in way if one.needed and not one.done), None)


def _judged(view: BreachView) -> Iterator[Stage]:
    row = view.row
    yield Stage("report", lazy_gettext("Report it"), lazy_gettext("Say it at once."), ROLES[breach.Role.REPORTER], True)
    yield Stage(
        "aware",
        lazy_gettext("Write down since when the controller is aware"),
        lazy_gettext("The 72 hours run from here. Say why then."),
        _HANDLER,
        row.aware_at is not None,
        _do(view, "aware"),
    )
    yield Stage(
        "contain",
        lazy_gettext("Contain it"),
        lazy_gettext("End it before anything else is lost."),
        _HANDLER,
        row.contained_at is not None,
        _do(view, "contain"),
    )
    yield Stage(
        "assess",
        lazy_gettext("Assess the risk for the persons"),
        lazy_gettext("Write down what may follow for them."),
        _HANDLER,
        row.assessment_id is not None,
        _at(view, "assessment"),
    )
    yield Stage(
        "opine",
        lazy_gettext("Give the opinion"),
        lazy_gettext("The officer advises, and does not decide."),
        _OFFICER,
        row.opinion_id is not None,
        _at(view, "opinion") if access.is_officer(current_actor().id) else None,
    )
    yield Stage(
        "decide",
        lazy_gettext("Decide whom to tell"),
        lazy_gettext("Somebody who may decides, with reasons."),
        _CONTROLLER,
        row.decision_id is not None,
        _at(view, "decision", Permission.BREACHES_DECIDE),
    )


def _told(view: BreachView) -> Iterator[Stage]:
    row, decision = view.row, view.judgement(view.row.decision_id)
    notify = decision is None or bool(decision.notify)
    tell = decision is None or bool(decision.tell)
    kinds = {one.kind for one in view.notifications if one.clock == AUTHORITY}
    written = [one for one in breach.communications_of(row.id) if one.state is not TellingState.CANCELLED]
    yield Stage(
        "notify",
        lazy_gettext("Notify the authority"),
        lazy_gettext("Fill in the form in time; phases are allowed."),
        _HANDLER,
        bool(kinds & {Notice.INITIAL.value, Notice.COMPLETE.value}),
        _at(view, "notification"),
        notify,
    )
    yield Stage(
        "affected",
        lazy_gettext("Find out who is affected"),
        lazy_gettext("Know whose data it is."),
        _HANDLER,
        breach.affected_counts(row.id).affected > 0,
        _at(view, "affected"),
        tell,
    )
    yield from _letters(view, written, needed=tell)
    yield Stage(
        "complete",
        lazy_gettext("Complete the notification to the authority"),
        lazy_gettext("Supply what was not known at first."),
        _HANDLER,
        Notice.COMPLETE.value in kinds,
        _at(view, "notification"),
        notify,
    )


def _letters(view: BreachView, written: Sequence[CommunicationView], *, needed: bool) -> Iterator[Stage]:
    yield Stage(
        "words",
        lazy_gettext("Write to the persons"),
        lazy_gettext("Say it so that everybody understands it."),
        _HANDLER,
        bool(written),
        _at(view, "words"),
        needed,
    )
    draft = next((one for one in written if one.state is TellingState.DRAFT), None)
    agree = None
    if draft is not None and view.row.state != State.CLOSED:
        agree = url_for("console.breaches_letter", breach_id=view.row.id, communication_number=draft.number)
    yield Stage(
        "agreed",
        lazy_gettext("Agree to what they are told"),
        lazy_gettext("Read it as somebody who gets it would."),
        _CONTROLLER,
        any(one.state in {TellingState.APPROVED, TellingState.SENT} for one in written),
        agree,
        needed,
    )
    yield Stage(
        "letters",
        lazy_gettext("Send the letters"),
        lazy_gettext("See that each person has a letter, and that none is left."),
        _SERVICE,
        view.row.communicated_at is not None,
        None,
        needed,
    )


def _ended(view: BreachView) -> Iterator[Stage]:
    state = State(view.row.state)
    yield Stage(
        "review",
        lazy_gettext("Review it"),
        lazy_gettext("Analyse the cause, prevent the next."),
        _HANDLER,
        state in {State.REVIEW, State.CLOSED},
        _do(view, "review"),
    )
    if Permission.BREACHES_HANDLE in current_actor().permissions:
        yield Stage(
            "tasks",
            lazy_gettext("End every task"),
            lazy_gettext("Leave nothing open."),
            _HANDLER,
            all(one.task.state != TaskState.OPEN for one in breach.tasks(view.row)),
            url_for("console.breaches_tasks", breach_id=view.row.id),
        )
    yield Stage(
        "close",
        lazy_gettext("Close it"),
        lazy_gettext("Keep what was learnt."),
        _CONTROLLER,
        state is State.CLOSED,
        _do(view, "close", Permission.BREACHES_DECIDE),
    )


def _do(view: BreachView, step: str, permission: Permission = Permission.BREACHES_HANDLE) -> str | None:
    if permission not in current_actor().permissions or State(view.row.state).ended:
        return None
    return url_for("console.breaches_do", breach_id=view.row.id, breach_step=step)


def _at(view: BreachView, page: str, permission: Permission = Permission.BREACHES_HANDLE) -> str | None:
    if permission not in current_actor().permissions or State(view.row.state).ended:
        return None
    return url_for(f"console.breaches_{page}", breach_id=view.row.id)
