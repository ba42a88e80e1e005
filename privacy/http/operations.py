"""Whether the service lives and is ready, its figures, and whom to tell about a hole (RFC 9116)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

import msgspec
from flask import Blueprint, Response, current_app
from prometheus_client import CONTENT_TYPE_LATEST

from privacy import clock
from privacy.errors import NotFound
from privacy.http import metrics
from privacy.http.auth import public
from privacy.http.request_log import log_failure

#: Name of a dependency and a question to it. False or an exception means that it is not ready.
Checks = Mapping[str, Callable[[], bool]]
#: Where the application keeps what writes further figures, in Prometheus' text format.
FIGURES = "privacy_figures"
#: RFC 9116 asks for less than a year.
_SECURITY_TXT_VALID = timedelta(days=180)


def operations(*, checks: Checks, base_url: str, security_contact: str, show_metrics: bool) -> Blueprint:
    """The routes for whoever runs the service. They need no key and tell nothing but names and yes or no."""
    pages = Blueprint("operations", __name__)

    @pages.get("/livez")
    @public
    def livez() -> Response:
        return _json({"live": True})

    @pages.get("/readyz")
    @public
    def readyz() -> Response:
        found = {name: _passes(check) for name, check in checks.items()}
        ready = all(found.values())
        states = {name: "ok" if passed else "failed" for name, passed in found.items()}
        return _json({"ready": ready, "checks": states}, status=200 if ready else 503)

    @pages.get("/.well-known/security.txt")
    @public
    def security_txt() -> Response:
        if not security_contact:
            raise NotFound("No contact is configured.")
        expires = (clock.now() + _SECURITY_TXT_VALID).replace(hour=0, minute=0, second=0, microsecond=0)
        lines = [
            f"Contact: {security_contact}",
            f"Expires: {expires.strftime('%Y-%m-%dT%H:%M:%SZ')}",
            "Preferred-Languages: pl, en",
            f"Canonical: {base_url}/.well-known/security.txt",
        ]
        return Response("\n".join(lines) + "\n", mimetype="text/plain")

    if show_metrics:

        @pages.get("/metrics")
        @public
        def figures() -> Response:
            more: Callable[[], bytes] = current_app.extensions.get(FIGURES, bytes)
            return Response(metrics.exposition() + more(), content_type=CONTENT_TYPE_LATEST)

    return pages


def _passes(check: Callable[[], bool]) -> bool:
    try:
        return bool(check())
    except Exception as error:  # whatever it is, the dependency cannot be used
        log_failure(error)
        return False


def _json(content: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(content), status=status, mimetype="application/json")
