"""One's own account: factors, codes on paper, sessions, password."""

from __future__ import annotations

from uuid import UUID

import msgspec
from flask import Response

from privacy.access.failures import TooManyAttempts, WrongFactor
from privacy.access.sign_in import service as signing
from privacy.access.sign_in.service import EndedWhy, Way
from privacy.console.blueprint import console
from privacy.console.gate import current_staff, let_out, network
from privacy.console.sign_in import STEP, in_groups, picture_of
from privacy.db import unit_of_work
from privacy.errors import InvalidInput
from privacy.pages import cookies
from privacy.pages.blueprint import FRESH, SIGNED_IN
from privacy.pages.forms import NO_ERRORS, FormErrors, read_form
from privacy.pages.languages import gettext as _
from privacy.pages.languages import lazy_gettext
from privacy.pages.look import look
from privacy.pages.rendering import done, render

console.says_after(
    {
        "password-changed": lazy_gettext("The password is changed, and every other session has ended."),
        "app-added": lazy_gettext("The app is added, and every other session has ended."),
        "factor-removed": lazy_gettext("It is removed, and every other session has ended."),
        "session-ended": lazy_gettext("The session has ended."),
        "sessions-ended": lazy_gettext("Every other session has ended."),
    }
)


#: How a session was opened.
WAYS = {
    Way.PASSWORD: lazy_gettext("by password and code"),
    Way.PASSKEY: lazy_gettext("by passkey"),
    Way.OIDC: lazy_gettext("by the company account"),
}


class _Passwords(msgspec.Struct, forbid_unknown_fields=True):
    old: str
    new: str


class _App(msgspec.Struct, forbid_unknown_fields=True):
    code: str
    label: str = ""


@console.page("/account", guard=SIGNED_IN)
def account() -> Response:
    """What is mine here."""
    return account_again(NO_ERRORS)


def account_again(errors: FormErrors) -> Response:
    """The page, with what was wrong."""
    found = current_staff()
    return render(
        "console/account.html",
        errors=errors,
        staff=found,
        factors=signing.factors_of(found.staff_id),
        codes_left=signing.recovery_codes_left(found.staff_id),
        sessions=signing.sessions_of(found.staff_id),
        accounts=signing.accounts_of(found.staff_id),
        ways=WAYS,
    )


@console.form("/account/password", guard=FRESH, again=account_again, whole=False)
def change_password() -> Response:
    """A new password, given the old one, which is compared between two units of work."""
    given, found = read_form(_Passwords), current_staff()
    try:
        with unit_of_work():
            tried = signing.begin_change(found, given.new, network())
        fits, phc = tried.fits(given.old), signing.hash_password(given.new)
        with unit_of_work():
            changed = signing.change_password(found, tried, phc, fits=fits)
    except TooManyAttempts as error:
        text = _("Too many tries. Wait %(seconds)s seconds and try again.")
        return _refused({"old": [text % {"seconds": error.extensions["retry_after"]}]})
    if not changed:
        return _refused({"old": [_("The name or the password is not right.")]})
    return done("console.account", "password-changed")


def _refused(errors: dict[str, list[str]]) -> Response:
    """The page again, with the attempt counted."""
    response = account_again(FormErrors(errors, {}))
    response.status_code = 422
    return response


@console.form("/account/recovery-codes", guard=FRESH)
def make_recovery_codes() -> Response:
    """New codes on paper, shown once; the ones before are void."""
    found = current_staff()
    codes = signing.make_recovery_codes(found.staff_id, actor=found.actor)
    return render("console/recovery_codes.html", codes=codes, first=False)


@console.form("/account/app", guard=FRESH)
def begin_app() -> Response:
    """Another app: its secret is shown once."""
    token, secret = signing.begin_app(current_staff())
    cookies.put(STEP, token, seconds=600, strict=True)
    return _new_app(secret)


def _new_app(secret: bytes) -> Response:
    address = signing.address_for_app(secret, current_staff().name, look().whose().name or "privacy")
    return render("console/new_app.html", errors=NO_ERRORS, picture=picture_of(address), letters=in_groups(secret))


@console.form("/account/app/code", guard=FRESH, again=account_again)
def add_app() -> Response:
    """The new app's first code."""
    given = read_form(_App)
    try:
        signing.add_app(current_staff(), cookies.read(STEP), given.code, given.label)
    except WrongFactor:
        raise InvalidInput.of("body", "The code is not right, was used before, or came too late.") from None
    cookies.drop(STEP)
    return done("console.account", "app-added")


@console.form("/account/factors/<uuid:factor_id>/remove", guard=FRESH)
def remove_factor(factor_id: UUID) -> Response:
    """One factor less; the last one stays."""
    signing.remove_factor(current_staff(), factor_id)
    return done("console.account", "factor-removed")


@console.form("/account/sessions/<uuid:session_id>/end", guard=SIGNED_IN)
def end_session(session_id: UUID) -> Response:
    """End one of my sessions; the one that asks, too."""
    found = current_staff()
    signing.end_session(session_id, EndedWhy.ENDED, actor=found.actor)
    if session_id == found.id:
        let_out()
        return done("console.sign_in", "signed-out")
    return done("console.account", "session-ended")


@console.form("/account/sessions/end-others", guard=SIGNED_IN)
def end_other_sessions() -> Response:
    """End every session of mine but this one."""
    signing.end_others(current_staff())
    return done("console.account", "sessions-ended")
