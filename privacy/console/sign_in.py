"""Signing in and out: name and password, then a code of the app; the first time with an invitation.

Passkeys and the provider have modules of their own.
"""

from __future__ import annotations

from base64 import b32encode

import msgspec
import segno
from flask import Response, current_app, redirect, request, url_for

from privacy.access.failures import TooManyAttempts
from privacy.access.sign_in import service as signing
from privacy.access.sign_in.service import EndedWhy
from privacy.console.blueprint import console
from privacy.console.gate import browser, current_staff, inside, let_in, let_out, network
from privacy.db import unit_of_work
from privacy.pages import cookies
from privacy.pages.blueprint import NEXT, OPEN, SIGNED_IN
from privacy.pages.forms import NO_ERRORS, FormErrors, read_form
from privacy.pages.languages import gettext as _
from privacy.pages.languages import lazy_gettext
from privacy.pages.look import look
from privacy.pages.redirects import safe_path
from privacy.pages.rendering import done, render

#: A sign-in on its way, and where somebody wanted to go before it.
STEP, WANTED = "step", "console-wanted"
_STEP_SECONDS = 600
console.says_after({"signed-out": lazy_gettext("You have signed out.")})


class _Password(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    password: str


class _Code(msgspec.Struct, forbid_unknown_fields=True):
    code: str


class _Invitation(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    code: str
    password: str


@console.page("/sign-in", guard=OPEN)
def sign_in() -> Response:
    """Name and password."""
    wish()
    if inside():
        return onward()
    return render("console/sign_in.html", errors=NO_ERRORS)


def sign_in_again(errors: FormErrors) -> Response:
    """The first page again, with what was wrong."""
    return render("console/sign_in.html", 422, errors=errors)


@console.form("/sign-in", guard=OPEN, again=sign_in_again, whole=False)
def give_password() -> Response:
    """The first step. What is wrong is never said more closely.

    The password is compared between two units of work, so that nobody waits for it who writes meanwhile.
    """
    given = read_form(_Password)
    try:
        with unit_of_work():
            tried = signing.begin_password(given.name, network())
        fits = tried.fits(given.password)
        with unit_of_work():
            token = signing.give_password(tried, fits=fits)
    except TooManyAttempts as error:
        return sign_in_again(wait(error))
    if token is None:
        return sign_in_again(wrong(_("The name or the password is not right.")))
    cookies.put(STEP, token, seconds=_STEP_SECONDS, strict=True)
    return done("console.factor")


@console.page("/sign-in/code", guard=OPEN)
def factor() -> Response:
    """The code of the app, or one on paper."""
    return render("console/factor.html", errors=NO_ERRORS)


def factor_again(errors: FormErrors) -> Response:
    """The page of the code again, with what was wrong."""
    return render("console/factor.html", 422, errors=errors)


@console.form("/sign-in/code", guard=OPEN, again=factor_again)
def give_factor() -> Response:
    """The second step, after which somebody is inside."""
    given = read_form(_Code)
    try:
        opened = signing.give_factor(cookies.read(STEP) or "", given.code, browser(), network())
    except TooManyAttempts as error:
        return factor_again(wait(error))
    if opened is None:
        return factor_again(wrong(_("The code is not right, was used before, or came too late.")))
    cookies.drop(STEP)
    let_in(opened)
    return onward()


@console.form("/sign-out", guard=SIGNED_IN)
def sign_out() -> Response:
    """The session ends, here and on every server."""
    found = current_staff()
    signing.end_session(found.id, EndedWhy.SIGNED_OUT, actor=found.actor)
    let_out()
    response = done("console.sign_in", "signed-out")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@console.page("/begin", guard=OPEN)
def begin() -> Response:
    """Who was invited gives the code of the invitation, and chooses a password."""
    return render("console/begin.html", errors=NO_ERRORS)


def _begin_again(errors: FormErrors) -> Response:
    return render("console/begin.html", 422, errors=errors)


@console.form("/begin", guard=OPEN, again=_begin_again, whole=False)
def give_invitation() -> Response:
    """Name, code and a new password; nothing is kept of them until an app has shown a code."""
    given = read_form(_Invitation)
    try:
        with unit_of_work():
            attempt = signing.begin_invitation(given.name, given.password, network())
        phc = signing.hash_password(given.password)
        with unit_of_work():
            token = signing.give_invitation(attempt, given.name, given.code, phc)
    except TooManyAttempts as error:
        return _begin_again(wait(error))
    if token is None:
        return _begin_again(wrong(_("The name or the code is not right, or the invitation is over.")))
    cookies.put(STEP, token, seconds=_STEP_SECONDS, strict=True)
    return done("console.first_app")


@console.page("/begin/app", guard=OPEN)
def first_app() -> Response:
    """The secret for the app, as a picture and in letters."""
    return _first_app(NO_ERRORS)


def _first_app_again(errors: FormErrors) -> Response:
    return _first_app(errors, 422)


@console.form("/begin/app", guard=OPEN, again=_first_app_again)
def enrol() -> Response:
    """The app's first code: the account is ready, and the codes for when the app is lost are shown once."""
    given = read_form(_Code)
    try:
        enrolled = signing.enrol(cookies.read(STEP) or "", given.code, _("App"), browser())
    except TooManyAttempts as error:
        return _first_app_again(wait(error))
    if enrolled is None:
        return _first_app_again(wrong(_("The code is not right, was used before, or came too late.")))
    cookies.drop(STEP)
    let_in(enrolled.opened)
    return render("console/recovery_codes.html", codes=enrolled.recovery_codes, first=True)


@console.page("/prove", guard=SIGNED_IN)
def prove_again() -> Response:
    """A code once more, before something that matters."""
    wish()
    return render("console/prove_again.html", errors=NO_ERRORS)


def prove_again_again(errors: FormErrors) -> Response:
    """The page of the proof again, with what was wrong."""
    return render("console/prove_again.html", 422, errors=errors)


@console.form("/prove", guard=SIGNED_IN, again=prove_again_again)
def give_proof() -> Response:
    """The session goes on under a new token."""
    given = read_form(_Code)
    try:
        opened = signing.prove_again(current_staff(), given.code, network())
    except TooManyAttempts as error:
        return prove_again_again(wait(error))
    if opened is None:
        return prove_again_again(wrong(_("The code is not right, was used before, or came too late.")))
    let_in(opened)
    return onward()


def picture_of(address: str) -> str:
    """What an app reads, as SVG: dark on light also where the page is dark."""
    return segno.make(address, error="m").svg_inline(scale=5, border=4, light="#fff", dark="#000")


def in_groups(secret: bytes) -> str:
    """The secret in letters, for who types it."""
    text = b32encode(secret).decode().rstrip("=")
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def _first_app(errors: FormErrors, status: int = 200) -> Response:
    enrolling = signing.enrolling(cookies.read(STEP))
    if enrolling is None:
        return done("console.begin")
    address = signing.address_for_app(enrolling.secret, enrolling.name, look().whose().name or "privacy")
    return render(
        "console/first_app.html",
        status,
        errors=errors,
        picture=picture_of(address),
        letters=in_groups(enrolling.secret),
    )


def wish() -> None:
    """Remember which page somebody asked for."""
    path = safe_path(request.args.get(NEXT), below=console.url_prefix or "")
    if path is not None:
        cookies.put(WANTED, path, seconds=_STEP_SECONDS)


def onward() -> Response:
    """To the page that somebody asked for first, else to the first one."""
    wanted = safe_path(cookies.read(WANTED), below=console.url_prefix or "")
    cookies.drop(WANTED)
    home = "console.home" if "console.home" in current_app.view_functions else "console.account"
    return redirect(wanted or url_for(home), code=303)  # type: ignore[return-value]  # werkzeug's base class


def wrong(text: str) -> FormErrors:
    """What is wrong with the form as a whole; a password is never shown again."""
    return FormErrors({"body": [text]}, {"name": [request.form.get("name", "")]})


def wait(error: TooManyAttempts) -> FormErrors:
    """That somebody has to wait, and how long."""
    seconds = error.extensions["retry_after"]
    return wrong(_("Too many tries. Wait %(seconds)s seconds and try again.") % {"seconds": seconds})
