"""Answers of pages: HTML that may load nothing but our own files, redirects after a form, downloads."""

from __future__ import annotations

import re
import unicodedata
from typing import Any
from urllib.parse import quote

from flask import Response, redirect, render_template, request, url_for

from privacy.pages.languages import locale

#: Nothing inline, nothing from elsewhere, no frame, and scripts cannot make markup of texts.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
_PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
_UNSAFE = re.compile(r"[^\w.,()+ -]")
#: The part of an address that says what a form did.
SAID = "said"


def render(template: str, status: int = 200, **values: Any) -> Response:
    """A page in the reader's language; `values` are what the template shows."""
    response = Response(render_template(template, **values), status=status, mimetype="text/html")
    return as_page(response)


def as_page(response: Response) -> Response:
    """The headers of a page that shows somebody's data."""
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Permissions-Policy"] = _PERMISSIONS
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    # The origin of a form of ours is told to ourselves (`forgery`), and nothing to anybody else.
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Content-Language"] = locale()
    response.vary.update(("Cookie", "Accept-Language"))
    return response


def done(endpoint: str, said: str | None = None, **values: Any) -> Response:
    """To another page after a form. `said`: the code of what is said there; `values` never hold personal data."""
    address = url_for(endpoint, **values, **({SAID: said} if said else {}))  # type: ignore[arg-type]  # mypy takes any keyword for url_for's own
    return redirect(address, code=303)  # type: ignore[return-value]  # werkzeug's base class


def said() -> str | None:
    """The code of what the form before did."""
    return request.args.get(SAID)


def download(content: bytes, media_type: str, file_name: str) -> Response:
    """A file to keep (RFC 6266)."""
    plain = _UNSAFE.sub("_", unicodedata.normalize("NFKD", file_name).encode("ascii", "ignore").decode()) or "file"
    response = Response(content, mimetype=media_type)
    whole = quote(file_name.replace("/", "_").replace("\\", "_"), safe="")
    response.headers["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{whole}"
    return response
