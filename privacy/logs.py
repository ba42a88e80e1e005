"""Structured logs: one line for each record, as JSON or text, with the id of the request that it belongs to.

Messages are constant; what varies goes into `extra`. Personal data has no business in a log, so the redaction here is
a second line and not a licence. Three things others would write are held back: the text of an exception, unless its
class promises to be safe (`PrivacyError`, SQLite) or parts of it are (PostgreSQL repeats the values of a violated key
in its detail); what other libraries fill into their messages; and the text of warnings. What nobody caught, in any
thread, is logged the same way instead of being printed.
"""

from __future__ import annotations

import contextlib
import json
import logging
import sqlite3
import sys
import threading
import traceback
import warnings
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from types import TracebackType
from typing import Any, TextIO

import sqlalchemy as sa

from privacy import clock
from privacy.errors import PrivacyError
from privacy.redaction import REDACTED, is_secret_field, redact

__all__ = ["REDACTED", "JsonFormatter", "TextFormatter", "configure", "describe", "redact", "request", "request_id"]

ROOT = "privacy"

_request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_log = logging.getLogger("privacy.process")


def configure(level: str, style: str, stream: TextIO | None = None) -> None:
    """Send the process's records to `stream` (standard error) at this level, as `json` or `text`."""
    handler = _Handler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter() if style == "json" else TextFormatter())
    handler.addFilter(_worth_a_line)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(logging.getLevelName(level), logging.WARNING))
    logging.getLogger(ROOT).setLevel(level)


def take_uncaught() -> None:
    """Log what nobody catches in this process: exceptions of any thread, of finalizers, and warnings.

    Python would print them with their text, which may hold anything. A hook that somebody else set is called after.
    """
    if not isinstance(threading.excepthook, _ThreadHook):
        threading.excepthook = _ThreadHook(threading.excepthook)
    sys.excepthook = _uncaught
    sys.unraisablehook = _unraisable
    warnings.showwarning = _warned  # type: ignore[assignment]  # its parameters are given by position


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


class _Handler(logging.StreamHandler[TextIO]):
    """Writes records; one that can't be written is named by its logger and not shown."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # as logging calls it
        """Python would print the record with its arguments."""
        with contextlib.suppress(Exception):
            self.stream.write(f"A record of the logger {record.name} could not be written.\n")


def _worth_a_line(record: logging.LogRecord) -> bool:
    """Of other libraries only warnings and errors, also where one of their loggers was set to tell more."""
    return is_ours(record) or record.levelno >= logging.WARNING


def is_ours(record: logging.LogRecord) -> bool:
    """Whether the service itself wrote it: then its message is constant and its fields were chosen."""
    return str(record.name).partition(".")[0] == ROOT


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
        "message": redact(record.getMessage() if is_ours(record) else _without_values(record)),
    }
    if _request_id.get():
        found["request_id"] = _request_id.get()
    for name, value in vars(record).items():
        if name not in _STANDARD and not name.startswith("_"):
            found[name] = _shown(name, value) if is_ours(record) else _hidden(value)
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


class _ThreadHook:
    """Logs what ended a thread."""

    def __init__(self, before: Any) -> None:
        self._before = before

    def __call__(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_type is SystemExit:
            return
        _log.error("a thread failed", exc_info=(args.exc_type, args.exc_value, args.exc_traceback))  # type: ignore[arg-type]  # the value may be None
        if self._before is not threading.__excepthook__:
            self._before(args)


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return  # Whoever pressed it knows.
    _log.critical("the process failed", exc_info=(kind, error, trace))


def _unraisable(args: Any) -> None:
    _log.error("a finalizer failed", exc_info=(args.exc_type, args.exc_value, args.exc_traceback))


def _warned(
    _message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    _file: TextIO | None = None,
    _line: str | None = None,
) -> None:
    """Its kind and its place, by which its text is found; the text itself may quote a value."""
    _log.warning("a warning was given", extra={"category": category.__name__, "place": f"{filename}:{lineno}"})


def _without_values(record: logging.LogRecord) -> str:
    """Another library's message without what it filled in but numbers: SQL parameters, paths, whole bodies."""
    given = record.args
    try:
        if isinstance(given, Mapping):
            return str(record.msg) % {name: _hidden(value) for name, value in given.items()}
        return str(record.msg) % tuple(_hidden(value) for value in given) if given else str(record.msg)
    except (TypeError, ValueError, KeyError):
        return str(record.msg)


def _hidden(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | float) else f"[{type(value).__name__}]"


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
    if is_secret_field(name):
        return REDACTED
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, dict):
        return {redact(str(key)): _shown(str(key), item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_shown(name, item) for item in value]
    return redact(str(value))


def _printable(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)
