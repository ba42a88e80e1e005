"""Asking for something: choose a right, fill in what it needs, look at it once more, send it (WCAG 2.2, 3.3.4)."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
from flask import Response

from privacy import clock
from privacy.dsar import service as dsar
from privacy.dsar.service import CaseType, Correction, OwnAsked
from privacy.errors import InvalidInput, NotFound
from privacy.pages.blueprint import SIGNED_IN, StepUpNeeded
from privacy.pages.forms import NO_ERRORS, FormErrors, read_form
from privacy.pages.languages import gettext, locale
from privacy.pages.rendering import done, render
from privacy.portal import request_topics as topics
from privacy.portal.blueprint import portal
from privacy.portal.gate import current_person
from privacy.portal.request_topics import ALL_MARKETING, RESTRICTED_WHY, Topic
from privacy.portal.requests import me
from privacy.programme import service as programmes

_LONGEST, _LONGEST_LINE = 5_000, 300
#: Whoever was let in to a form by a proof may take so long to fill it in and send it.
_TO_FILL_IN = 20 * clock.MINUTE
#: The same form sent twice; a browser makes none itself.
_ONCE_LENGTH = 22


class _Filled(msgspec.Struct, forbid_unknown_fields=True):
    controller: str = ""
    wrong: str = ""
    right: str = ""
    why: str = ""
    purposes: list[str] = []
    words: str = ""
    once: str = ""


@dataclass(frozen=True)
class _Line:
    """What the person looks at before it is sent."""

    name: str
    values: Sequence[str] = field(repr=False)


@portal.page("/requests/new", guard=SIGNED_IN)
def requests_new() -> Response:
    """What can be asked for."""
    current_person()
    return render("portal/request_new.html", topics=topics.TOPICS)


@portal.page("/requests/new/<string:topic>", guard=SIGNED_IN)
def requests_form(topic: str) -> Response:
    """The form of one right; where the right wants it, the person proves themselves before they write."""
    wanted = _topic(topic)
    if wanted.step_up and not current_person().fresh:
        raise StepUpNeeded
    if topic == topics.CORRECTION:
        return render("portal/request_correction.html", topic=wanted, corrections=topics.CORRECTIONS)
    return _form(topic)


def _form(topic: str, errors: FormErrors = NO_ERRORS) -> Response:
    wanted, programme = _topic(topic), programmes.current()
    asked = (one for one in dsar.own_requests(me()) if one.row.case_type == wanted.case_type)
    same = [one.row for one in asked if one.days_left is not None]
    return render(
        "portal/request_form.html",
        topic=wanted,
        errors=errors,
        controllers=_controllers(),
        purposes=topics.to_object_to(programme),
        reasons=RESTRICTED_WHY,
        all_marketing=ALL_MARKETING,
        same=same,
        longest=_LONGEST,
        longest_line=_LONGEST_LINE,
    )


@portal.form("/requests/new/<string:topic>", guard=SIGNED_IN, again=_form)
def requests_review(topic: str) -> Response:
    """What will be sent, to look at it once more. Nothing is kept yet."""
    wanted = _ready(topic)
    filled = read_form(_Filled)
    _asked(wanted, filled)
    if not filled.once:
        filled.once = secrets.token_urlsafe(16)
    return render("portal/request_review.html", topic=wanted, lines=_lines(wanted, filled), fields=_fields(filled))


@portal.form("/requests/new/<string:topic>/change", guard=SIGNED_IN, again=_form)
def requests_change(topic: str) -> Response:
    """Back to the form, with what was filled in."""
    _ready(topic)
    filled = read_form(_Filled)
    return _form(topic, FormErrors(given={name: values for name, values in _fields(filled) if name != "once"}))


@portal.form("/requests/new/<string:topic>/send", guard=SIGNED_IN, again=_form)
def requests_send(topic: str) -> Response:
    """Send it. Sent twice it is one request."""
    wanted = _ready(topic)
    row = dsar.ask(_asked(wanted, read_form(_Filled)), me())
    return done("portal.requests_one", "request-sent", request_id=row.id)


def _topic(code: str) -> Topic:
    found = topics.topic_of(code)
    if found is None:
        raise NotFound("There is no such page.")
    return found


def _ready(code: str) -> Topic:
    """What is asked for, by somebody who has proven themselves for it; raises `NotFound`, `StepUpNeeded`."""
    wanted = _topic(code)
    if code == topics.CORRECTION:
        raise NotFound("There is no such page.")
    if wanted.step_up and clock.micros() >= current_person().fresh_until + _TO_FILL_IN:
        raise StepUpNeeded
    return wanted


def _asked(topic: Topic, filled: _Filled) -> OwnAsked:
    """What the form asks for; raises `InvalidInput` naming each field that needs another look."""
    if errors := {name: [text] for name, text in _wrong(topic, filled)}:
        raise InvalidInput(errors=errors)
    why = RESTRICTED_WHY.get(filled.why) if topic.case_type is CaseType.RESTRICTION else None
    correction = Correction(topic.corrected, filled.right, filled.wrong or None)
    return OwnAsked(
        case_type=topic.case_type,
        controller=filled.controller if len(_controllers()) > 1 else None,
        locale=locale(),
        once=filled.once[:_ONCE_LENGTH],
        words="\n\n".join(filter(None, (str(why) if why else "", filled.words))) or None,
        corrections=(correction,) if topic.corrected else (),
        purposes=_purposes(topic, filled) or (),
    )


def _wrong(topic: Topic, filled: _Filled) -> Iterator[tuple[str, str]]:
    """Each field that needs another look, with the mend."""
    controllers = _controllers()
    if len(controllers) > 1 and filled.controller not in controllers:
        yield "controller", _WHOM
    if topic.corrected and not 0 < len(filled.right) <= _LONGEST_LINE:
        yield "right", _WHAT_IS_RIGHT
    if topic.corrected and len(filled.wrong) > _LONGEST_LINE:
        yield "wrong", _WHAT_IS_WRONG
    if topic.case_type is CaseType.OBJECTION and not _purposes(topic, filled):
        yield "purposes", _TO_WHAT
    if topic.case_type is CaseType.RESTRICTION and filled.why not in RESTRICTED_WHY:
        yield "why", _WHY
    if len(filled.words) > _LONGEST:
        yield "words", _SHORTER
    elif topic.needs_words and not filled.words:
        yield "words", _SAY_WHAT


def _purposes(topic: Topic, filled: _Filled) -> tuple[str, ...] | None:
    of_objection = topic.case_type is CaseType.OBJECTION
    return topics.objected(filled.purposes, programmes.current()) if of_objection else ()


def _lines(topic: Topic, filled: _Filled) -> list[_Line]:
    """What was filled in, in words."""
    names = {one.code: one.name for one in topics.to_object_to(programmes.current())}
    names[ALL_MARKETING] = gettext("All advertising")
    controllers = _controllers()
    lines = [
        _Line(gettext("Sent to"), [controllers[filled.controller]] if len(controllers) > 1 else []),
        _Line(gettext("What we have"), [filled.wrong] if topic.corrected and filled.wrong else []),
        _Line(gettext("What is right"), [filled.right] if topic.corrected else []),
        _Line(gettext("You object to"), [names[code] for code in filled.purposes if code in names]),
        _Line(gettext("Your reason"), [str(RESTRICTED_WHY[filled.why])] if filled.why in RESTRICTED_WHY else []),
        _Line(gettext("In your words"), [filled.words] if filled.words else []),
    ]
    return [line for line in lines if line.values]


def _fields(filled: _Filled) -> list[tuple[str, list[str]]]:
    """What the page that is looked at carries on."""
    plain = ("controller", "wrong", "right", "why", "words", "once")
    fields = [(name, [getattr(filled, name)]) for name in plain if getattr(filled, name)]
    return [*fields, *([("purposes", filled.purposes)] if filled.purposes else [])]


def _controllers() -> Mapping[str, str]:
    return {code: one.name for code, one in programmes.current().controllers.items()}


# What is wrong is said in English, and in the language of the page when it is shown.
_WHOM = "Choose which company your request is for."
_SHORTER = "Write at most 5000 characters."
_SAY_WHAT = "Write what is wrong or missing, and what is right."
_WHAT_IS_WRONG = "Write what is wrong in at most 300 characters."
_WHAT_IS_RIGHT = "Write what is right, in at most 300 characters."
_TO_WHAT = "Tick at least one use to which you object."
_WHY = "Choose why the data are to be restricted."
