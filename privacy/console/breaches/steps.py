"""The steps of a breach that bring a reason, and some a moment: each on a page of its own, with what it will do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

import msgspec
from babel.support import LazyProxy
from flask import Response
from msgspec import Meta

from privacy.authz.permissions import Permission
from privacy.breach import service as breach
from privacy.breach.service import PersonalDataBreach
from privacy.console.blueprint import console
from privacy.console.breaches import case
from privacy.errors import InvalidInput, NotFound
from privacy.http.auth import current_actor
from privacy.pages.blueprint import needs
from privacy.pages.forms import NO_ERRORS, FormErrors, read_form
from privacy.pages.languages import lazy_gettext
from privacy.pages.rendering import done

_HANDLE = needs(Permission.BREACHES_HANDLE)
_GRAVE = needs(Permission.BREACHES_HANDLE, fresh=True)
_CLOSE = needs(Permission.BREACHES_HANDLE, Permission.BREACHES_DECIDE, fresh=True)
console.says_after({"breach-step-taken": lazy_gettext("It is recorded.")})


@dataclass(frozen=True)
class Step:
    """One step, as its page tells it."""

    title: LazyProxy
    about: LazyProxy
    button: LazyProxy
    #: What its moment is called, where it has one, and whether that must be given.
    moment: LazyProxy | None = None
    moment_required: bool = False
    reason_required: bool = True
    #: Of the drill's story, why.
    story: str = ""


STEPS: Mapping[str, Step] = {
    "triage": Step(
        lazy_gettext("Begin a first look"),
        lazy_gettext("Look whether personal data are concerned. No clock of Art. 33 runs yet."),
        lazy_gettext("Begin"),
        reason_required=False,
    ),
    "aware": Step(
        lazy_gettext("Record the awareness"),
        lazy_gettext(
            "The controller is aware once it is reasonably certain that personal data are compromised. The 72 hours"
            " run from that moment."
        ),
        lazy_gettext("Record it"),
        lazy_gettext("Aware since, now if left empty"),
        story="aware",
    ),
    "correct-awareness": Step(
        lazy_gettext("Correct the moment of awareness"),
        lazy_gettext("Clocks that move are set anew; the log keeps their times before."),
        lazy_gettext("Correct it"),
        lazy_gettext("Aware since"),
        moment_required=True,
    ),
    "correct-detection": Step(
        lazy_gettext("Correct the moment of detection"),
        lazy_gettext("Clocks that move are set anew; the log keeps their times before."),
        lazy_gettext("Correct it"),
        lazy_gettext("Noticed at"),
        moment_required=True,
    ),
    "contain": Step(
        lazy_gettext("Record that it is contained"),
        lazy_gettext("Say what was done so that nothing else is lost."),
        lazy_gettext("Record it"),
        story="contain",
    ),
    "communicate": Step(
        lazy_gettext("Record that the persons were told"),
        lazy_gettext(
            "Letters of a communication record it by themselves. Use this for a public notice, or another way."
        ),
        lazy_gettext("Record it"),
        reason_required=False,
    ),
    "review": Step(
        lazy_gettext("Begin the review"),
        lazy_gettext("How could it happen, and what prevents the next one?"),
        lazy_gettext("Begin"),
        reason_required=False,
    ),
    "note": Step(
        lazy_gettext("Add a note"),
        lazy_gettext("It stands in the course of the breach and cannot be changed."),
        lazy_gettext("Add it"),
    ),
    "reopen": Step(
        lazy_gettext("Reopen it"),
        lazy_gettext("Assessment, opinion and decision are wanted anew; the records stay."),
        lazy_gettext("Reopen it"),
    ),
    "dismiss": Step(
        lazy_gettext("Record that it was no breach"),
        lazy_gettext("It ends here, and every open task is dropped. It stays in the register."),
        lazy_gettext("It was no breach"),
    ),
    "close": Step(
        lazy_gettext("Close the breach"),
        lazy_gettext("It can be closed once it is contained, everybody is told and every task has ended."),
        lazy_gettext("Close it"),
        story="close",
    ),
}
#: Steps with a moment, and those that ask once more who it is.
_MOMENTS, _ENDING = ("aware", "correct-awareness", "correct-detection"), ("dismiss", "close")


class _Taken(msgspec.Struct, forbid_unknown_fields=True):
    version: int
    reason: Annotated[str, Meta(max_length=4_000)] | None = None
    at: str | None = None


@console.page("/breaches/<uuid:breach_id>/do/<breach_step>", guard=_HANDLE)
def breaches_do(breach_id: UUID, breach_step: str, errors: FormErrors = NO_ERRORS) -> Response:
    """What the step does, and its form."""
    row, step = case.found(breach_id), _step(breach_step)
    endpoint = {"dismiss": "breaches_dismiss", "close": "breaches_close"}.get(breach_step)
    return case.shown(
        "do",
        row,
        errors=errors,
        step=step,
        breach_step=breach_step,
        endpoint=f"console.{endpoint}" if endpoint else None,
        reason=case.suggested(row, breach.story.WHY.get(step.story, "")),
        moment=_moment_now(row, breach_step),
    )


@console.form("/breaches/<uuid:breach_id>/do/<breach_step>", guard=_HANDLE, again=breaches_do)
def breaches_take(breach_id: UUID, breach_step: str) -> Response:
    """Take the step."""
    row = case.found(breach_id)
    _step(breach_step)
    if breach_step in _ENDING:
        raise NotFound
    given = read_form(_Taken)
    with case.told_beside_the_form():
        if breach_step in _MOMENTS:
            with _told_beside_the_moment():
                _move(row, breach_step, given)
        else:
            _take(row, breach_step, given)
    return done("console.breaches_one", "breach-step-taken", breach_id=row.id)


def _again(step: str) -> Callable[..., Response]:
    def again(breach_id: UUID, errors: FormErrors) -> Response:
        page: Response = breaches_do(breach_id, step, errors)
        return page

    return again


@console.form("/breaches/<uuid:breach_id>/dismiss", guard=_GRAVE, again=_again("dismiss"))
def breaches_dismiss(breach_id: UUID) -> Response:
    """It was no breach."""
    return _end(breach_id, "dismiss")


@console.form("/breaches/<uuid:breach_id>/close", guard=_CLOSE, again=_again("close"))
def breaches_close(breach_id: UUID) -> Response:
    """It is over."""
    return _end(breach_id, "close")


def _end(breach_id: UUID, step: str) -> Response:
    row = case.found(breach_id)
    with case.told_beside_the_form():
        _take(row, step, read_form(_Taken))
    return done("console.breaches_one", "breach-step-taken", breach_id=row.id)


def _take(row: PersonalDataBreach, step: str, given: _Taken) -> None:
    if STEPS[step].reason_required and given.reason is None:
        raise InvalidInput.of("reason", "Say why.")
    breach.take(row.id, step, actor=current_actor(), version=given.version, reason=given.reason)


def _move(row: PersonalDataBreach, step: str, given: _Taken) -> None:
    if given.reason is None:
        raise InvalidInput.of("reason", "Say why.")
    at, actor = case.moment(given.at, "at"), current_actor()
    if step == "aware":
        breach.become_aware(row.id, actor=actor, reason=given.reason, aware_at=at, version=given.version)
        return
    if at is None:
        raise InvalidInput.of("at", "This field is required.")
    if step == "correct-awareness":
        breach.correct_awareness(row.id, actor=actor, reason=given.reason, aware_at=at, version=given.version)
    else:
        breach.correct_detection(row.id, actor=actor, reason=given.reason, detected_at=at, version=given.version)


@contextmanager
def _told_beside_the_moment() -> Iterator[None]:
    """What the service says of a moment by its own name stands beside the one moment of the form."""
    try:
        yield
    except InvalidInput as error:
        found = error.extensions.get("errors") or {"body": [error.detail]}
        raise InvalidInput(
            errors={"at" if name.endswith("_at") else name: said for name, said in found.items()}
        ) from error


def _moment_now(row: PersonalDataBreach, step: str) -> str:
    standing = {"correct-awareness": row.aware_at, "correct-detection": row.detected_at}
    return case.as_filled(standing.get(step))


def _step(code: str) -> Step:
    found = STEPS.get(code)
    if found is None:
        raise NotFound
    return found
