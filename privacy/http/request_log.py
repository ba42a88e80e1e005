"""One line for each request: route, status, duration, who. Never a path, a query or a name.

A path may hold a one-time token and a query anything, so the line says the route's pattern.
"""

from __future__ import annotations

import logging
import re
import uuid

log = logging.getLogger("privacy.requests")
_TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")


def trace_id_of(traceparent: str | None) -> str:
    """The caller's trace id (W3C Trace Context), or a new one: 32 hexadecimal digits."""
    match = _TRACEPARENT.fullmatch(traceparent or "")
    return match[1] if match and match[1].strip("0") else uuid.uuid4().hex


def log_request(*, method: str, route: str, status: int, seconds: float, actor: str | None) -> None:
    """Write the line of one request. `actor` is an id."""
    if log.isEnabledFor(logging.INFO):
        fields = {"method": method, "route": route, "status": status, "ms": round(seconds * 1000, 3), "actor": actor}
        log.info("request", extra=fields)


def log_failure(error: BaseException) -> None:
    """Write what failed and where, for those who mend it; the formatter drops what may quote a value."""
    log.error("request failed", exc_info=(type(error), error, error.__traceback__))
