"""Protection against requests that another site makes a browser send (OWASP ASVS 5.0, 3.5).

Three things must agree: where the browser says that the request comes from (`Sec-Fetch-Site`, or `Origin` of an older
one), and a token in the form that only a page of ours for this very browser has.
"""

from __future__ import annotations

import hmac
from urllib.parse import urlsplit

from flask import request

from privacy.crypto import blind_index, keyring
from privacy.errors import NotPermitted
from privacy.pages import cookies
from privacy.pages.look import look

FIELD = "csrf"
_OURS = {"same-origin", "none"}


class ForgedForm(NotPermitted):
    """The form was not sent from a page of this service in this browser, or the page was open for too long."""

    code = "forged-form"


def token() -> str:
    """What a form of this page carries."""
    return blind_index.of_repeat(keyring.installed(), b"form of " + cookies.visitor().encode()).hex()


def ensure_ours() -> None:
    """Raise `ForgedForm` unless the request was sent from a form of ours."""
    if not _comes_from_us():
        raise ForgedForm
    given = request.form.get(FIELD, "") or request.headers.get("X-CSRF-Token", "")
    if not hmac.compare_digest(given.encode(), token().encode()):
        raise ForgedForm


def _comes_from_us() -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in _OURS:
        return False
    origin = request.headers.get("Origin")
    # Nobody can make a browser send another host than the one that it asks.
    return origin is None or urlsplit(origin).netloc in {request.host, urlsplit(look().base_url).netloc}
