"""Passkeys: sign in by one, prove oneself by one, and add one to the account.

A script asks the device (`passkeys.js`); without it the buttons are not there. Each of the four forms has a twin that
begins: it answers a challenge as JSON and gives its token to this browser alone.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from flask import Response, jsonify

from privacy.access.failures import PasskeysNotOffered, TooManyAttempts
from privacy.access.sign_in import service as signing
from privacy.access.sign_in.service import Challenge, OpenedSession, Site
from privacy.console.account import account_again
from privacy.console.blueprint import console
from privacy.console.gate import browser, current_staff, let_in, network
from privacy.console.sign_in import (
    STEP,
    factor_again,
    onward,
    prove_again_again,
    sign_in_again,
    wait,
    wrong,
)
from privacy.http.sources import few
from privacy.pages import cookies
from privacy.pages.blueprint import FRESH, OPEN, SIGNED_IN
from privacy.pages.forms import FormErrors, read_form
from privacy.pages.languages import gettext as _
from privacy.pages.languages import lazy_gettext
from privacy.pages.look import look
from privacy.pages.rendering import done

#: The token of a challenge.
_CHALLENGE = "challenge"
_SECONDS = 600
console.says_after({"passkey-added": lazy_gettext("The passkey is added, and every other session has ended.")})


class _Answer(msgspec.Struct, forbid_unknown_fields=True):
    #: What the device answered, as JSON; nothing where there was no script.
    answer: str = ""


class _NewPasskey(msgspec.Struct, forbid_unknown_fields=True):
    answer: str = ""
    label: str = ""


@console.context_processor
def _offered() -> dict[str, object]:
    """Whether passkeys work at the address of this installation."""
    return {"passkeys_offered": _site() is not None}


@console.form("/sign-in/passkey/begin", guard=OPEN)
@few
def begin_passkey_sign_in() -> Response:
    """A challenge for whoever has a passkey."""
    return _asked(signing.begin_passkey(_the_site()))


@console.form("/sign-in/passkey", guard=OPEN)
def sign_in_by_passkey() -> Response:
    """In by a passkey alone."""
    answer = read_form(_Answer).answer
    return _opened(
        lambda: signing.sign_in_by_passkey(_the_site(), _token(), answer, browser(), network()), sign_in_again
    )


@console.form("/sign-in/code/passkey/begin", guard=OPEN)
@few
def begin_passkey_factor() -> Response:
    """A challenge for whoever has given a password."""
    return _asked(signing.begin_passkey_factor(_the_site(), cookies.read(STEP)))


@console.form("/sign-in/code/passkey", guard=OPEN)
def give_passkey() -> Response:
    """The second step, by a passkey instead of a code."""
    answer, step = read_form(_Answer).answer, cookies.read(STEP) or ""
    return _opened(
        lambda: signing.give_passkey(step, _the_site(), _token(), answer, browser(), network()), factor_again
    )


@console.form("/prove/passkey/begin", guard=SIGNED_IN)
def begin_passkey_proof() -> Response:
    """A challenge for whoever is inside."""
    return _asked(signing.begin_passkey(_the_site(), current_staff().staff_id))


@console.form("/prove/passkey", guard=SIGNED_IN)
def prove_by_passkey() -> Response:
    """Once more, by a passkey."""
    answer = read_form(_Answer).answer
    return _opened(
        lambda: signing.prove_by_passkey(current_staff(), _the_site(), _token(), answer, network()), prove_again_again
    )


@console.form("/account/passkey/begin", guard=FRESH)
def begin_new_passkey() -> Response:
    """What a device needs to make a passkey."""
    return _asked(signing.begin_new_passkey(current_staff(), _the_site()))


@console.form("/account/passkey", guard=FRESH)
def add_passkey() -> Response:
    """The passkey that the device made."""
    given = read_form(_NewPasskey)
    added = signing.add_passkey(current_staff(), _the_site(), _token(), given.answer, given.label or _("Passkey"))
    cookies.drop(_CHALLENGE)
    if not added:
        return _refused(account_again)
    return done("console.account", "passkey-added")


def _asked(challenge: Challenge) -> Response:
    cookies.put(_CHALLENGE, challenge.token, seconds=_SECONDS, strict=True)
    return jsonify(challenge.options)


def _opened(answered: Callable[[], OpenedSession | None], again: Callable[[FormErrors], Response]) -> Response:
    """In, or the page again with the attempt counted."""
    try:
        opened = answered()
    except TooManyAttempts as error:
        return _shown(again(wait(error)))
    cookies.drop(_CHALLENGE)
    if opened is None:
        return _refused(again)
    cookies.drop(STEP)
    let_in(opened)
    return onward()


def _refused(again: Callable[[FormErrors], Response]) -> Response:
    return _shown(again(wrong(_("The passkey was not taken. Try again, or use another way."))))


def _shown(response: Response) -> Response:
    response.status_code = 422
    return response


def _token() -> str | None:
    return cookies.read(_CHALLENGE)


def _site() -> Site | None:
    return Site.of(look().base_url, look().whose().name)


def _the_site() -> Site:
    found = _site()
    if found is None:
        raise PasskeysNotOffered
    return found
