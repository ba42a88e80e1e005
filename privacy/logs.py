"""Structured logs: one line for each record, as JSON or text, with the id of the request that it belongs to.

Messages are constant; what varies goes into `extra`. Personal data has no business in a log, so the redaction here is
a second line and not a licence. The text of an exception is written only where its class promises to be safe
(`PrivacyError`, SQLite) or where parts of it are (PostgreSQL repeats the values of a violated key in its detail).
"""

from __future__ import annotations

import contextlib
import json
import logging
import re
import sqlite3
import sys
import traceback
from collections.abc import Iterator
from contextvars import ContextVar
from types import TracebackType
from typing import Any, TextIO

import sqlalchemy as sa

from privacy import clock
from privacy.errors import PrivacyError

ROOT = "privacy"
REDACTED = "[redacted]"

_request_id: ContextVar[str | None] = ContextVar("request_id", default=None)

#: Fields that are never shown, whatever they hold.
_SECRET_FIELD = re.compile(
    r"(^|_)(email|e_mail|phone|address|first_name|last_name|full_name|ip|key|secret|password|token|authorization|cookie|body)(_|$)"
)
#: Shapes that are hidden wherever they stand in a text.
_PERSONAL = (
    re.compile(r"[^\s@<>\"'=]+@[^\s@<>\"']+\.[^\s@<>\"',;]+"),  # an e-mail address
    re.compile(r"(?<![\w.:-])\+?\d(?:[ ()-]?\d){8,14}(?![\w.:-])"),  # nine digits and more, as phones are written
    re.compile(r"(?i)(?<=bearer )\S+"),
    re.compile(r"(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"),  # user and password in an address
    re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])(?<!127\.0\.0\.1)(?<!0\.0\.0\.0)"),  # an IPv4 address
)
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def configure(level: str, style: str, stream: TextIO | None = None) -> None:
    """Send the process's records to `stream` (standard error) at this level, as `json` or `text`."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter() if style == "json" else TextFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(logging.getLevelName(level), logging.WARNING))
    logging.getLogger(ROOT).setLevel(level)


@contextlib.contextmanager
def request(identifier: str) -> Iterator[None]:
    """Every record inside carries this request id."""
    mark = _request_id.set(identifier)
    try:
        yield
    finally:
        _request_id.reset(mark)


def request_id() -> str | None:
    """The id of the request that is being served, None outside one."""
    return _request_id.get()


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON in ASCII, so that no value can begin a new line."""
        return json.dumps(entry(record), default=lambda value: type(value).__name__)


class TextFormatter(logging.Formatter):
    """One line for people."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, message, then the fields as `name=value`."""
        parts = entry(record)
        head = f"{parts.pop('at')} {parts.pop('level'):<7} {_printable(parts.pop('message'))}"
        rest = (f"{name}={_printable(value)}" for name, value in parts.items() if name != "logger")
        return " ".join([head, *rest])


def entry(record: logging.LogRecord) -> dict[str, Any]:
    """What is written of a record, after redaction."""
    found: dict[str, Any] = {
        "at": clock.isoformat(int(record.created * clock.SECOND)),
        "level": record.levelname,
        "logger": record.name,
        "message": redact(record.getMessage()),
    }
    if _request_id.get():
        found["request_id"] = _request_id.get()
    for name, value in vars(record).items():
        if name not in _STANDARD and not name.startswith("_"):
            found[name] = _shown(name, value)
    if record.exc_info and record.exc_info[0] is not None:
        found |= describe(record.exc_info[1], record.exc_info[2])
    return found


def describe(error: BaseException | None, trace: TracebackType | None = None) -> dict[str, Any]:
    """An exception for the log: class, place, and as much of its text as cannot hold a value."""
    found: dict[str, Any] = {"error": type(error).__name__}
    text = _safe_text(error)
    if text:
        found["error_text"] = redact(text)
    frames = traceback.extract_tb(trace)
    if frames:
        found["trace"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return found


def redact(text: str) -> str:
    """The text with everything that looks like an address, a number or a secret taken out."""
    for shape in _PERSONAL:
        text = shape.sub(REDACTED, text)
    return text


def _safe_text(error: BaseException | None) -> str:
    if isinstance(error, PrivacyError):
        return error.detail
    if isinstance(error, sa.exc.DBAPIError):
        return _database_text(error.orig)
    return _database_text(error)


def _database_text(error: BaseException | None) -> str:
    """SQLite names columns and never values; of PostgreSQL's diagnosis two fields are safe."""
    if isinstance(error, sqlite3.Error):
        return str(error)
    diagnosis = getattr(error, "diag", None)
    parts = (getattr(diagnosis, "message_primary", None), getattr(diagnosis, "constraint_name", None))
    return " ".join(part for part in parts if part)


def _shown(name: str, value: Any) -> Any:
    if _SECRET_FIELD.search(name.lower()):
        return REDACTED
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, dict):
        return {str(key): _shown(str(key), item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_shown(name, item) for item in value]
    return redact(str(value))


def _printable(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)
