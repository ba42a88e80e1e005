"""One JSON line for each request: route, status, duration, request id. Never a path, a query or a name.

A path may hold a one-time token and a query anything, so the line says the route's pattern.
"""

from __future__ import annotations

import json
import logging
import re
import traceback
import uuid
from typing import Any

import sqlalchemy as sa

from privacy import clock

log = logging.getLogger("privacy.requests")
_TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")


def trace_id_of(traceparent: str | None) -> str:
    """The caller's trace id (W3C Trace Context), or a new one: 32 hexadecimal digits."""
    match = _TRACEPARENT.fullmatch(traceparent or "")
    return match[1] if match and match[1].strip("0") else uuid.uuid4().hex


def log_request(*, trace_id: str, method: str, route: str, status: int, seconds: float, actor: str | None) -> None:
    """Write the line of one request. `actor` is an id."""
    fields = {"trace_id": trace_id, "method": method, "route": route, "status": status}
    log.info("request", extra={"fields": {**fields, "ms": round(seconds * 1000, 3), "actor": actor}})


def log_failure(error: BaseException, trace_id: str) -> None:
    """Write what failed and where, for those who mend it; never an exception's text, which may quote a value."""
    chain: list[dict[str, Any]] = []
    current: BaseException | None = error
    while current is not None:
        frames = traceback.extract_tb(current.__traceback__)
        where = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        chain.append({"error": type(current).__qualname__, "at": where, **_database_facts(current)})
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    log.error("failure", extra={"fields": {"trace_id": trace_id, "chain": chain}})


def _database_facts(error: BaseException) -> dict[str, Any]:
    """What a database error may say in a log. PostgreSQL quotes values in its message and its detail, so neither."""
    if not isinstance(error, sa.exc.DBAPIError):
        return {}
    original = error.orig
    diagnosis = getattr(original, "diag", None)
    facts = {
        "sqlstate": getattr(original, "sqlstate", None),
        "constraint": getattr(diagnosis, "constraint_name", None),
        "sqlite": getattr(original, "sqlite_errorname", None),
    }
    return {name: value for name, value in facts.items() if value is not None}


class JsonFormatter(logging.Formatter):
    """A record as one line of JSON. Line breaks and control characters are escaped, so a line can't be forged."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, Any] = {
            "at": clock.isoformat(int(record.created * clock.SECOND)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line.update(getattr(record, "fields", {}))
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__qualname__
        return json.dumps(line)
