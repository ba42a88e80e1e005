"""Who asks, and whether they may: every view says so, and one that doesn't is closed.

How a key becomes an actor is handed in by `app`: this room knows no clients. Authentication is its own short read
before the unit of work and yields a frozen actor.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, g, request

from privacy.authz.actors import Actor
from privacy.authz.permissions import Permission
from privacy.errors import NotAuthenticated, NotPermitted
from privacy.http.failures import RouteUnguarded

Authenticate = Callable[[str], Actor]
View = TypeVar("View", bound=Callable[..., Any])

AUTHENTICATE = "privacy_authenticate"
PUBLIC = "public"
#: A page for people: the room of its blueprint asks for their session (`pages.blueprint`), no key opens it.
PAGE = "page"
_MARK = "privacy_auth"
_PARTNERS = "privacy_partners"
#: No key of ours is longer; a longer one is not looked at.
_LONGEST_KEY = 200


def require(*permissions: Permission, partners: bool = False) -> Callable[[View], View]:
    """The view needs a key with all these permissions; with none named, any valid key.

    A partner learns yes or no and nothing else, so its keys open only views that say `partners=True` and heed it.
    """
    marked = _mark(frozenset(permissions))

    def decorate(view: View) -> View:
        setattr(view, _PARTNERS, partners)
        return marked(view)

    return decorate


def public(view: View) -> View:
    """Anybody may use the view."""
    return _mark(PUBLIC)(view)


def page(view: View) -> View:
    """The view is a page for people, whose own gate decides."""
    return _mark(PAGE)(view)


def guard_of(app: Flask, endpoint: str) -> frozenset[Permission] | str | None:
    """What the endpoint's view demands: permissions, `public`, `page`, or None where nobody has said."""
    mark: frozenset[Permission] | str | None = getattr(app.view_functions[endpoint], _MARK, None)
    return mark


def open_to_partners(app: Flask, endpoint: str) -> bool:
    """Whether a partner's key may use the endpoint's view."""
    return bool(getattr(app.view_functions[endpoint], _PARTNERS, False))


def authenticate_request() -> None:
    """Before each request: find out who asks, unless the view is public.

    Raises `NotAuthenticated`, or `RouteUnguarded` for a view without a mark. An address or method that does not
    exist passes: its 404 or 405 says nothing that the API description doesn't.
    """
    if _demands() is not None:
        authenticate: Authenticate = current_app.extensions[AUTHENTICATE]
        g.privacy_actor = authenticate(bearer_key(request.headers.get("Authorization")))


def authorise_request() -> None:
    """Then: raise `NotPermitted` where the actor lacks a permission that the view demands."""
    demanded = _demands()
    if demanded is None:
        return
    actor = current_actor()
    for permission in sorted(demanded):
        actor.require(permission)
    if actor.partner and not open_to_partners(current_app, request.endpoint or ""):
        raise NotPermitted("A partner's key learns yes or no, by a check, and nothing else.")


def bearer_key(header: str | None) -> str:
    """The key of an Authorization header (RFC 6750); raises `NotAuthenticated` where there is none."""
    scheme, _, key = (header or "").partition(" ")
    key = key.strip(" ")
    if scheme.lower() != "bearer" or not key or len(key) > _LONGEST_KEY:
        raise NotAuthenticated
    return key


def current_actor() -> Actor:
    """The actor of this request; raises `NotAuthenticated` where the view is public."""
    actor = known_actor()
    if actor is None:
        raise NotAuthenticated
    return actor


def known_actor() -> Actor | None:
    """The actor of this request; None where the view is public."""
    actor: Actor | None = g.get("privacy_actor")
    return actor


def _demands() -> frozenset[Permission] | None:
    """The permissions that this request's view demands; None where it demands no key."""
    if request.endpoint is None:
        return None
    guard = guard_of(current_app, request.endpoint)
    if guard in (PUBLIC, PAGE):
        return None
    if not isinstance(guard, frozenset):
        raise RouteUnguarded
    return guard


def _mark(value: frozenset[Permission] | str) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        setattr(view, _MARK, value)
        return view

    return decorate
