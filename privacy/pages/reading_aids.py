"""What a reader chooses for the eyes: large print, kept in a cookie."""

from __future__ import annotations

from flask import request

from privacy.pages import cookies

_COOKIE, _ASKED = "print", "print"
_LARGE, _NORMAL = "large", "normal"
_A_YEAR = 365 * 86_400


def large_print() -> bool:
    """Whether this page is for large print."""
    wished, kept = request.args.get(_ASKED), cookies.read(_COOKIE)
    if wished in {_LARGE, _NORMAL} and wished != (kept or _NORMAL):
        cookies.put(_COOKIE, wished, seconds=_A_YEAR)
        return wished == _LARGE
    return (wished or kept) == _LARGE
