"""What is judged about a breach: the assessment with ENISA's aid, the officer's opinion, the controller's decision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from flask import Response, request
from msgspec import Meta

from privacy.access import service as access
from privacy.authz.permissions import Permission
from privacy.breach import service as breach
from privacy.breach.service import Assessment, Decision, Exception34, Opinion, Risk, Severity
from privacy.console.blueprint import console
from privacy.console.breaches import case
from privacy.console.breaches.scoring import FIELDS, Aid, suggested
from privacy.console.breaches.words import AIDS, CATEGORIES, EXCEPTIONS, LEVELS, RISKS
from privacy.errors import InvalidInput
from privacy.http.auth import current_actor
from privacy.pages.blueprint import needs
from privacy.pages.forms import NO_ERRORS, FormErrors, read_form
from privacy.pages.languages import lazy_gettext
from privacy.pages.rendering import done

_HANDLE = needs(Permission.BREACHES_HANDLE)
_DECIDE = needs(Permission.BREACHES_DECIDE, fresh=True)
_QUESTIONS = ("what", "whose", "sensitivity", "ease", "done", "consequences")
console.says_after(
    {
        "breach-assessed": lazy_gettext(
            "The assessment is recorded. An opinion and a decision about it are wanted now."
        ),
        "breach-opined": lazy_gettext("The opinion is recorded. Somebody else decides."),
        "breach-decided": lazy_gettext("The decision is recorded."),
    }
)
Words = Annotated[str, Meta(min_length=1, max_length=20_000)]


class _Assessed(Aid, forbid_unknown_fields=True, kw_only=True):
    version: int
    risk: Risk
    what: Words
    whose: Words
    sensitivity: Words
    easy: Words
    done: Words
    consequences: Words


class _Judged(msgspec.Struct, forbid_unknown_fields=True):
    version: int
    notify: Literal["yes", "no"]
    tell: Literal["yes", "no"]
    reasons: Words


class _Decided(_Judged, forbid_unknown_fields=True):
    excepted: Exception34 | None = None


@console.page("/breaches/<uuid:breach_id>/assessment", guard=_HANDLE)
def breaches_assessment(breach_id: UUID, errors: FormErrors = NO_ERRORS) -> Response:
    """The questions that a person answers in words, and the aid."""
    row = case.found(breach_id)
    filled = {"easy" if name == "ease" else name: str(text) for name, text in _story(row).items()}
    return _assessment(breach_id, {**filled, **suggested(row)}, errors)


@console.page("/breaches/<uuid:breach_id>/assessment/try", guard=_HANDLE, endpoint="breaches_try_again")
def breaches_tried(breach_id: UUID) -> Response:
    """Whoever comes back to the address of the score fills in the form again."""
    return done("console.breaches_assessment", breach_id=case.found(breach_id).id)


@console.form("/breaches/<uuid:breach_id>/assessment/try", guard=_HANDLE)
def breaches_try(breach_id: UUID) -> Response:
    """What ENISA's method says to these inputs. Nothing is recorded."""
    errors, score = NO_ERRORS, None
    try:
        inputs = _aid().inputs()
        score = None if inputs is None else breach.severity(inputs)
    except InvalidInput as error:
        errors = FormErrors.of(error)
    return _assessment(breach_id, request.form.to_dict(), errors, score)


@console.form("/breaches/<uuid:breach_id>/assessment", guard=_HANDLE, again=breaches_assessment)
def breaches_assess(breach_id: UUID) -> Response:
    """Record the assessment."""
    row, given = case.found(breach_id), read_form(_Assessed)
    words = {name: getattr(given, "easy" if name == "ease" else name) for name in _QUESTIONS}
    with case.told_beside_the_form():
        assessed = Assessment(risk=given.risk, enisa=given.inputs(), **words)
        breach.assess(row.id, assessed, actor=current_actor(), version=given.version)
    return done("console.breaches_one", "breach-assessed", breach_id=row.id)


@console.page("/breaches/<uuid:breach_id>/opinion", guard=_HANDLE)
def breaches_opinion(breach_id: UUID, errors: FormErrors = NO_ERRORS) -> Response:
    """What the data protection officer thinks; anybody else is told that it is theirs to say."""
    row = case.found(breach_id)
    mine = access.is_officer(current_actor().id)
    reasons = case.suggested(row, breach.story.WHY["opinion"])
    return case.shown("opinion", row, errors=errors, mine=mine, reasons=reasons, view=breach.view(row), risks=RISKS)


@console.form("/breaches/<uuid:breach_id>/opinion", guard=_HANDLE, again=breaches_opinion)
def breaches_opine(breach_id: UUID) -> Response:
    """Record the opinion."""
    row, given = case.found(breach_id), read_form(_Judged)
    said = Opinion(notify=given.notify == "yes", tell=given.tell == "yes", reasons=given.reasons)
    with case.told_beside_the_form():
        breach.opine(row.id, said, actor=current_actor(), version=given.version)
    return done("console.breaches_one", "breach-opined", breach_id=row.id)


@console.page("/breaches/<uuid:breach_id>/decision", guard=_DECIDE)
def breaches_decision(breach_id: UUID, errors: FormErrors = NO_ERRORS) -> Response:
    """What is decided: whether the authority is notified, and the persons are told."""
    row = case.found(breach_id)
    return case.shown(
        "decision",
        row,
        errors=errors,
        reasons=case.suggested(row, breach.story.WHY["decision"]),
        view=breach.view(row),
        risks=RISKS,
        exceptions=[("", ""), *((one.value, text) for one, text in EXCEPTIONS.items())],
        affected=breach.affected_counts(row.id).affected,
    )


@console.form("/breaches/<uuid:breach_id>/decision", guard=_DECIDE, again=breaches_decision)
def breaches_decide(breach_id: UUID) -> Response:
    """Record the decision."""
    row, given = case.found(breach_id), read_form(_Decided)
    notify, tell = given.notify == "yes", given.tell == "yes"
    decided = Decision(notify=notify, tell=tell, reasons=given.reasons, excepted=given.excepted)
    with case.told_beside_the_form():
        breach.decide(row.id, decided, actor=current_actor(), version=given.version)
    return done("console.breaches_one", "breach-decided", breach_id=row.id)


def _assessment(
    breach_id: UUID, filled: Mapping[str, str], errors: FormErrors, score: Severity | None = None
) -> Response:
    return case.shown(
        "assessment",
        case.found(breach_id),
        errors=errors,
        filled=filled,
        risks=[("", ""), *((one.value, text) for one, text in RISKS.items())],
        categories=[(one.value, text, breach.BASES[one]) for one, text in CATEGORIES.items()],
        aids=[
            (name, label, [(one.value, text) for one, text in texts.items()]) for name, (label, texts) in AIDS.items()
        ],
        score=score,
        levels=LEVELS,
    )


def _aid() -> Aid:
    """The aid's part of the form that was sent."""
    given: dict[str, Any] = {name: text for name, text in request.form.items() if name in FIELDS and text.strip()}
    try:
        return msgspec.convert(given, Aid, strict=False)
    except msgspec.ValidationError:
        raise InvalidInput.of("body", "Please look at this again.") from None


def _story(row: breach.PersonalDataBreach) -> Mapping[str, Any]:
    told = breach.story.ASSESSMENT
    return {name: told[name] for name in (*_QUESTIONS, "risk")} if row.rehearsal else {}
