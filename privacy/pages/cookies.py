"""Cookies of pages: of this host alone, unreadable to scripts, never sent from elsewhere (OWASP ASVS 5.0, 3.3).

Over https their names begin with `__Host-`; an installation at an http address, which is one on this machine, has
no such names, since a browser takes them only over https.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from flask import Response, g, request

from privacy.pages.look import look

_PREFIX = "__Host-"
#: No cookie of ours is longer; a longer one is not looked at.
_LONGEST = 200
_VISITOR = "visitor"


@dataclass(frozen=True)
class _Kept:
    value: str
    #: None: until the browser is closed.
    seconds: int | None
    strict: bool


def read(name: str) -> str | None:
    """The value that the browser sent, or that this answer is about to set."""
    if name in _pending():
        return _pending()[name].value or None
    value = request.cookies.get(_full(name))
    return value if value and len(value) <= _LONGEST else None


def put(name: str, value: str, *, seconds: int | None = None, strict: bool = False) -> None:
    """Set it with the answer to this request. `strict`: not sent even where somebody follows a link to us."""
    _pending()[name] = _Kept(value, seconds, strict)


def drop(name: str) -> None:
    """Make the browser forget it."""
    _pending()[name] = _Kept("", 0, strict=False)


def visitor() -> str:
    """What this browser is known by before anybody signs in; made where it has none."""
    value = read(_VISITOR)
    return value if value and len(value) == len(_new()) else new_visitor()


def new_visitor() -> str:
    """Know this browser by something new, as when somebody signs in or leaves: the old name is worth nothing."""
    value = _new()
    put(_VISITOR, value)
    return value


def send(response: Response) -> Response:
    """Put what was set during the request on its answer, once."""
    for name, kept in g.pop("page_cookies", {}).items():
        response.set_cookie(
            _full(name),
            kept.value,
            max_age=kept.seconds,
            path="/",
            secure=look().secure,
            httponly=True,
            samesite="Strict" if kept.strict else "Lax",
        )
    return response


def _new() -> str:
    return secrets.token_urlsafe(32)


def _full(name: str) -> str:
    return _PREFIX + name if look().secure else name


def _pending() -> dict[str, _Kept]:
    if "page_cookies" not in g:
        g.page_cookies = {}
    found: dict[str, _Kept] = g.page_cookies
    return found
