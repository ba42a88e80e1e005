"""The hosted page of a form: works without a script, keeps nothing in the browser of a kiosk."""

from __future__ import annotations

import functools
import secrets
from typing import Literal

import msgspec
from flask import Response, request

from privacy.errors import InvalidInput, NotAuthenticated
from privacy.http.sources import few
from privacy.pages import cookies
from privacy.pages.blueprint import OPEN, Guard, PageBlueprint
from privacy.pages.forms import NO_ERRORS, FormErrors, read_form
from privacy.pages.languages import locale
from privacy.pages.rendering import done, render
from privacy.portal.collection import signals
from privacy.portal.collection.answers import Answers, Once, confirm, take
from privacy.portal.collection.forms import ShownForm
from privacy.portal.collection.reading import CHANGED, SAID, WRONG_CODE, form_of_today, today
from privacy.portal.collection.sentences import ages, intro
from privacy.programme.types import ContactKind
from privacy.subjects.service import AgeClass

#: Seconds after which a kiosk shows an empty form again, once somebody has answered.
_THANKS_SECONDS = 15
_YES, _NO = "yes", "no"


def _gate(guard: Guard) -> None:
    """Everybody may see a form; raises `NotAuthenticated` for a page of any other kind, of which there is none."""
    if guard.signed_in:
        raise NotAuthenticated


collect = PageBlueprint("collect", "privacy.portal", url_prefix="/collect", gate=_gate, entry="collect.form")
collect.says_after(SAID)


class _Code(msgspec.Struct, forbid_unknown_fields=True):
    email: str = ""
    code: str = ""


def box_name(purpose: str, channel: str | None) -> str:
    """What the field of a box is called."""
    return f"choice__{purpose}__{channel or ''}"


@collect.context_processor
def _names() -> dict[str, object]:
    return {"box_name": box_name, "ages": ages, "intro": intro, "signalled": _signalled}


def _shown(point: str, errors: FormErrors = NO_ERRORS, status: int = 200) -> Response:
    asked, _programme = form_of_today(point, locale())
    return render("collect/form.html", status, form=asked, errors=errors, once=secrets.token_urlsafe(18))


def _code_page(point: str, errors: FormErrors = NO_ERRORS, status: int = 200) -> Response:
    asked, _programme = form_of_today(point, locale())
    return render("collect/code.html", status, form=asked, errors=errors)


@collect.page("/<point>", guard=OPEN)
def form(point: str) -> Response:
    """The form, with every box empty."""
    return _shown(point)


@collect.form("/<point>", guard=OPEN, again=_shown)
@few
def answer(point: str) -> Response:
    """Take the answers; what is said next is the same for everybody."""
    asked, programme = form_of_today(point, locale())
    if request.form.get("shown") != asked.digest:
        return _shown(point, FormErrors({"body": [str(CHANGED)]}), 409)
    given = read_form(_kind_of(asked))
    taken = take(asked, _answers(asked, given), programme, today=today(programme))
    return done("collect.code" if taken.said == "waits" else "collect.finished", taken.said, point=point)


@collect.page("/<point>/done", guard=OPEN)
def finished(point: str) -> Response:
    """What became of the answers, and the way back."""
    asked, _programme = form_of_today(point, locale())
    if asked.point.kiosk:
        # The next one who stands here is another; a form that is sent twice comes before this.
        cookies.new_visitor()
    response = render("collect/finished.html", form=asked)
    if asked.point.kiosk:
        response.headers["Refresh"] = f"{_THANKS_SECONDS}; url=/collect/{point}"
    return response


@collect.page("/<point>/code", guard=OPEN)
def code(point: str) -> Response:
    """Where the code of a message is typed."""
    return _code_page(point)


@collect.form("/<point>/code", guard=OPEN, again=_code_page)
@few
def give_code(point: str) -> Response:
    """Confirm by a code. A wrong one is counted, so this answers and raises nothing."""
    asked, programme = form_of_today(point, locale())
    given = read_form(_Code)
    if not confirm(asked, given.email, given.code, programme):
        return _code_page(point, FormErrors({"code": [str(WRONG_CODE)]}), 422)
    return done("collect.finished", "confirmed", point=point)


@functools.cache
def _kind(kinds: tuple[ContactKind, ...], boxes: tuple[str, ...]) -> type[msgspec.Struct]:
    """What a form with these fields sends."""
    answered = Literal["yes", "no"]
    return msgspec.defstruct(
        "Given",
        [
            ("shown", str),
            ("once", str),
            *((kind.value, str, "") for kind in kinds),
            ("age_class", AgeClass | None, None),
            *((name, answered | None, None) for name in boxes),
            ("answer", answered, _YES),
        ],
        forbid_unknown_fields=True,
    )


def _kind_of(asked: ShownForm) -> type[msgspec.Struct]:
    names = tuple(box_name(one.purpose.code, channel.code) for one, channel in asked.boxes())
    return _kind(asked.contacts, names)


def _answers(asked: ShownForm, given: msgspec.Struct) -> Answers:
    """The answers of a form that was read. On a consent form "no" is one button, and says no to all of it."""
    fields = msgspec.structs.asdict(given)
    refused = fields["answer"] == _NO and not asked.is_preference_centre
    choices: dict[tuple[str, str | None], bool] = {}
    for one, channel in asked.boxes():
        said = _NO if refused else fields[box_name(one.purpose.code, channel.code)]
        if said is not None:
            choices[one.purpose.code, channel.code] = said == _YES
    return Answers(
        contacts={kind: fields[kind.value] for kind in asked.contacts if fields[kind.value]},
        choices=choices,
        age_class=fields["age_class"],
        signal=_signalled(),
        once=_named(fields["once"]),
    )


def _named(once: str) -> str:
    try:
        return msgspec.convert(once, Once)
    except msgspec.ValidationError:
        raise InvalidInput.of("body", str(CHANGED)) from None


def _signalled() -> bool:
    return signals.is_on(request.headers.getlist(signals.HEADER))
