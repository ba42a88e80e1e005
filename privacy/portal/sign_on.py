"""Coming in without a code: from the controller's own signed-in shop, or by its OpenID Connect provider."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from flask import Blueprint, Response, current_app, redirect, request

from privacy.db import unit_of_work
from privacy.http.auth import public
from privacy.pages import cookies
from privacy.pages.blueprint import OPEN
from privacy.pages.rendering import done, render
from privacy.portal.blueprint import portal
from privacy.portal.entry import OIDC, into, wish
from privacy.portal.gate import let_in
from privacy.selfservice import service as selfservice
from privacy.selfservice.service import Oidc, SignedOn, SignOn, SignOnNotOffered, SignOnRefused

#: Where the application keeps what the settings say of the shop's tokens; None where nothing is set.
SIGN_ON = "privacy_portal_sign_on"
_BEGUN = "begun"
_MINUTES = 600

#: The shop's own page sends the form, so it is no form of ours and has no token of ours: what it brings is signed.
shop_door = Blueprint("shop_door", __name__, url_prefix="/portal")
shop_door.after_request(cookies.send)


@shop_door.post("/sign-on")
@public
def sign_on() -> Response:
    """Come in by a token of the shop, from a form of its own or from the page below."""
    offered: SignOn | None = current_app.extensions[SIGN_ON]
    if offered is None:
        raise SignOnNotOffered
    return _opened(lambda: offered.read(request.form.get("token", "")))


@portal.page("/sign-on", guard=OPEN)
def sign_on_page() -> Response:
    """For a shop that sends people by a link: its token stands behind `#`, and only a script of ours sees it."""
    if current_app.extensions[SIGN_ON] is None:
        raise SignOnNotOffered
    return render("portal/sign_on.html")


@portal.page("/account", guard=OPEN)
def account() -> Response:
    """To the provider at which somebody signs in with their account. Here nothing is written but a cookie."""
    offered = _provider()
    wish(request.args.get("next"))
    secret = secrets.token_urlsafe(32)
    cookies.put(_BEGUN, secret, seconds=_MINUTES)
    return redirect(offered.begin(secret), code=303)  # type: ignore[return-value]  # werkzeug's base class


@portal.page("/account/back", guard=OPEN)
def account_back() -> Response:
    """Back from the provider, which sends the browser by a GET: what it brings is good once, in this browser."""
    offered, secret = _provider(), cookies.read(_BEGUN)
    cookies.drop(_BEGUN)
    if secret is None or "error" in request.args:
        return done("portal.enter", "not-signed-in")
    return _opened(lambda: offered.finish(secret, request.args.get("state", ""), request.args.get("code", "")))


def _opened(read: Callable[[], SignedOn]) -> Response:
    """Let in whoever a statement names; to the first page with a word about it where it does not hold."""
    try:
        signed = read()
        with unit_of_work():
            opened = selfservice.open_by_account(signed)
    except SignOnRefused:
        return done("portal.enter", "not-signed-in")
    let_in(opened)
    return into()


def _provider() -> Oidc:
    offered: Oidc | None = current_app.extensions[OIDC]
    if offered is None:
        raise SignOnNotOffered
    return offered
