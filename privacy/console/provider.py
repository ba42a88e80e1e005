"""Signing in at the controller's provider of OpenID Connect, and linking an account there to the one here.

Three errands go there and come back to one address: to sign in, to prove oneself once more, and to link. Which one
it was, and of which session, is bound into what the provider sends back, by a secret in a cookie of this browser.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from flask import Response, current_app, redirect, request

from privacy import clock
from privacy.access.sign_in import service as signing
from privacy.access.sign_in.service import Account, OpenedSession
from privacy.console.blueprint import console
from privacy.console.gate import browser, current_staff, inside, let_in
from privacy.console.sign_in import onward, wish
from privacy.db import unit_of_work
from privacy.federation.service import Asking, Provider, ProviderNotOffered, Said, SignOnRefused, SignOnSettingsInvalid
from privacy.pages import cookies
from privacy.pages.blueprint import FRESH, OPEN, SIGNED_IN
from privacy.pages.languages import lazy_gettext
from privacy.pages.rendering import done, render
from privacy.systems.service import Network

#: Where the application keeps what the settings say of the provider; None where nothing is set.
STAFF_OIDC = "privacy_staff_provider"
_SETTINGS = "PRIVACY_STAFF_OIDC_"
_BEGUN, _LINKING = "console-begun", "console-linking"
_SECONDS = 600
console.says_after(
    {
        "provider-refused": lazy_gettext("You are not signed in there, or that account is linked to nobody here."),
        "account-linked": lazy_gettext("The account is linked, and every other session has ended."),
        "account-unlinked": lazy_gettext("The account is unlinked, and every other session has ended."),
    }
)


class Errand(StrEnum):
    """What somebody goes to the provider for."""

    SIGN_IN = "in"
    PROVE = "prove"
    LINK = "link"


@dataclass(frozen=True)
class StaffProvider:
    """The provider, and what a sign-in there must have been like."""

    provider: Provider
    asking: Asking

    @classmethod
    def of(
        cls,
        issuer: str,
        client: str,
        secret_file: str,
        *,
        levels: str,
        methods: str,
        back: str,
        allowed: tuple[Network, ...] = (),
    ) -> StaffProvider | None:
        """As the settings say; None where none of them is set. Raises `SignOnSettingsInvalid`."""
        if not (issuer or client or secret_file):
            return None
        if not (issuer and client and secret_file):
            raise SignOnSettingsInvalid(f"Set {_SETTINGS}ISSUER, _CLIENT and _SECRET_FILE, or none of them.")
        provider = Provider.of(issuer, client, secret_file, back=back, settings=_SETTINGS, allowed=allowed)
        return cls(provider, Asking(levels=_listed(levels), methods=_listed(methods)))


@dataclass(frozen=True)
class _Begun:
    """An errand on its way, as the cookie of this browser has it."""

    errand: Errand
    #: When the browser was sent, in microseconds.
    at: int
    secret: str

    @classmethod
    def read(cls) -> _Begun | None:
        errand, at, secret = [*(cookies.read(_BEGUN) or "").split("."), "", "", ""][:3]
        if errand not in set(Errand) or not (at.isascii() and at.isdigit()) or not secret:
            return None
        return cls(Errand(errand), int(at), secret)

    @property
    def cookie(self) -> str:
        return f"{self.errand}.{self.at}.{self.secret}"

    @property
    def browser(self) -> str:
        """What state, nonce and verifier follow from: another errand, time or session has others."""
        whose = "" if self.errand is Errand.SIGN_IN else str(current_staff().id)
        return f"staff {self.cookie} {whose}"

    def asking(self, settings: Asking) -> Asking:
        """What the provider is asked: to prove oneself, and to link, is to sign in there anew."""
        return settings if self.errand is Errand.SIGN_IN else replace(settings, anew_since=self.at)


@console.context_processor
def _offered() -> dict[str, object]:
    """Whether there is a provider at all."""
    return {"provider_offered": current_app.extensions[STAFF_OIDC] is not None}


@console.page("/sign-in/provider", guard=OPEN)
def provider() -> Response:
    """To the provider, to sign in. Here nothing is written but a cookie."""
    return _sent(Errand.SIGN_IN)


@console.page("/prove/provider", guard=SIGNED_IN)
def provider_anew() -> Response:
    """To the provider, to sign in there once more."""
    return _sent(Errand.PROVE)


@console.page("/account/provider", guard=SIGNED_IN)
def provider_to_link() -> Response:
    """To the provider, to sign in by the account that is to be linked: what matters is to say that it is one's own.

    Whoever is asked for a code first would come here by a form, and a form may lead nowhere but to us (CSP).
    """
    return _sent(Errand.LINK)


@console.page("/sign-in/provider/back", guard=OPEN)
def provider_back() -> Response:
    """Back from the provider, which sends the browser by a GET: what it brings is good once, in this browser."""
    offered, begun = _offered_provider(), _Begun.read()
    cookies.drop(_BEGUN)
    if begun is None or "error" in request.args or (begun.errand is not Errand.SIGN_IN and not inside()):
        return _refused(begun)
    try:
        said = offered.provider.finish(
            begun.browser, request.args.get("state", ""), request.args.get("code", ""), begun.asking(offered.asking)
        )
        account = _account_of(offered, said)
    except SignOnRefused:
        return _refused(begun)
    if begun.errand is Errand.LINK:
        return _to_be_confirmed(account)
    return _let_in(begun, account)


@console.page("/account/provider/confirm", guard=FRESH)
def confirm_account() -> Response:
    """Which account was signed in there, before it is linked."""
    account = signing.account_to_link(current_staff(), cookies.read(_LINKING))
    if account is None:
        return done("console.account", "provider-refused")
    return render("console/confirm_account.html", linking=account)


@console.form("/account/provider/confirm", guard=FRESH)
def link_account() -> Response:
    """The account is mine: it is linked."""
    signing.link_own_account(current_staff(), cookies.read(_LINKING))
    cookies.drop(_LINKING)
    return done("console.account", "account-linked")


@console.form("/account/accounts/<uuid:account_id>/unlink", guard=FRESH)
def unlink_account(account_id: UUID) -> Response:
    """One linked account less."""
    signing.unlink_account(current_staff(), account_id)
    return done("console.account", "account-unlinked")


def linked_by_hand(subject: str) -> Account:
    """An account of the provider by the number that it has there; raises `NotFound` where there is no provider."""
    return Account(_offered_provider().provider.issuer, subject)


def _sent(errand: Errand) -> Response:
    offered = _offered_provider()
    wish()
    begun = _Begun(errand, clock.micros(), secrets.token_urlsafe(32))
    cookies.put(_BEGUN, begun.cookie, seconds=_SECONDS)
    address = offered.provider.begin(begun.browser, begun.asking(offered.asking))
    return redirect(address, code=303)  # type: ignore[return-value]  # werkzeug's base class


def _let_in(begun: _Begun, account: Account) -> Response:
    with unit_of_work():
        opened: OpenedSession | None
        if begun.errand is Errand.SIGN_IN:
            opened = signing.sign_in_by_account(account, browser())
        else:
            opened = signing.prove_by_account(current_staff(), account)
    if opened is None:
        return _refused(begun)
    let_in(opened)
    return onward()


def _to_be_confirmed(account: Account) -> Response:
    with unit_of_work():
        token = signing.begin_account(current_staff(), account)
    # Not strict: a browser sends no such cookie at the end of a way that began at the provider.
    cookies.put(_LINKING, token, seconds=_SECONDS)
    return done("console.confirm_account")


def _refused(begun: _Begun | None) -> Response:
    pages = {Errand.PROVE: "console.prove_again", Errand.LINK: "console.account"}
    return done(pages.get(begun.errand, "console.sign_in") if begun else "console.sign_in", "provider-refused")


def _account_of(offered: StaffProvider, said: Said) -> Account:
    return Account(offered.provider.issuer, said.text("sub"))


def _offered_provider() -> StaffProvider:
    offered: StaffProvider | None = current_app.extensions[STAFF_OIDC]
    if offered is None:
        raise ProviderNotOffered
    return offered


def _listed(text: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in text.split(",") if one.strip())
