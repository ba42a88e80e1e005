"""Logs: one line for each record, and no line that holds a person or a secret."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from privacy import logs, schema
from privacy.db import Base, new_id
from privacy.errors import NotFound
from tests.databases import Database

LOGGER = logging.getLogger("privacy.tests")


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Everything logged as JSON; the handlers are put back afterwards."""
    root, ours = logging.getLogger(), logging.getLogger(logs.ROOT)
    before = (root.handlers[:], root.level, ours.level)
    stream = io.StringIO()
    logs.configure("INFO", "json", stream)
    yield stream
    root.handlers[:], _, _ = before
    root.setLevel(before[1])
    ours.setLevel(before[2])


def _entry(lines: io.StringIO) -> dict[str, object]:
    (line,) = lines.getvalue().splitlines()
    entry: dict[str, object] = json.loads(line)
    return entry


def test_a_record_is_one_json_line_with_its_fields_and_request(lines: io.StringIO) -> None:
    with logs.request("req-1"):
        LOGGER.info("Request served", extra={"status": 200})
    assert logs.request_id() is None
    entry = _entry(lines)
    assert entry.pop("at")
    assert entry == {
        "level": "INFO",
        "logger": "privacy.tests",
        "message": "Request served",
        "request_id": "req-1",
        "status": 200,
    }


@pytest.mark.parametrize(
    "secret",
    [
        "anna.nowak@example.com",
        "+48 600 100 200",
        "600100200",
        "48600100200",
        "192.168.17.4",
        "Bearer pk_live_abcdef",
        "postgresql://privacy:hunter22@db/x",
    ],
)
def test_what_looks_like_a_person_or_a_secret_is_taken_out(lines: io.StringIO, secret: str) -> None:
    LOGGER.warning("Odd value %s here", secret, extra={"value": secret, "nested": {"list": [secret]}})
    text = lines.getvalue()
    assert secret not in text
    assert "hunter22" not in text
    assert text.count(logs.REDACTED) == 3


def test_ids_times_and_counts_stay(lines: io.StringIO) -> None:
    plain = f"{new_id()} 2026-11-21T19:40:12.123Z 127.0.0.1:8000 100000 rows, version 3.51.3"
    LOGGER.info("Plain", extra={"plain": plain})
    assert _entry(lines)["plain"] == plain


@pytest.mark.parametrize("name", ["email", "to_address", "api_key", "password", "Authorization", "session_token", "ip"])
def test_a_field_with_a_telling_name_is_never_shown(lines: io.StringIO, name: str) -> None:
    LOGGER.info("Seen", extra={name: "x7", "nested": {name: "x7"}})
    assert "x7" not in lines.getvalue()


def test_an_exceptions_text_is_shown_only_where_it_is_safe(lines: io.StringIO) -> None:
    try:
        raise KeyError("Anna Nowakowska")
    except KeyError:
        LOGGER.exception("Failed")
    entry = _entry(lines)
    assert entry["error"] == "KeyError"
    assert "Nowakowska" not in lines.getvalue()
    assert "test_logs.py" in str(entry["trace"])


def test_our_own_errors_say_what_they_say_to_callers() -> None:
    assert logs.describe(NotFound()) == {"error": "NotFound", "error_text": NotFound.title()}


def test_a_database_error_names_the_constraint_and_no_value(database: Database) -> None:
    schema.load_models()
    table = Base.metadata.tables["owner_key"]
    row = {"owner_id": new_id(), "version": 1, "wrapped_by": 1, "wrapped_enc": b"Nowakowska", "created_at": 1}
    engine = database.engine()
    with pytest.raises(sa.exc.IntegrityError) as caught, engine.begin() as connection:
        connection.execute(sa.insert(table), [row, row])
    engine.dispose()
    entry = logs.describe(caught.value)
    assert "owner_key" in entry["error_text"]
    assert "Nowakowska" not in str(entry)
    assert str(row["owner_id"]) not in str(entry)


def test_a_value_cannot_forge_a_line() -> None:
    stream = io.StringIO()
    for formatter in (logs.JsonFormatter(), logs.TextFormatter()):
        handler = logging.StreamHandler(stream)
        handler.setFormatter(formatter)
        handler.emit(
            logging.makeLogRecord(
                {"name": "privacy", "msg": "Seen", "seen": "a\nFAKE\r\x1b[31m\u2028", "levelname": "INFO"}
            )
        )
    assert len(stream.getvalue().splitlines()) == 2
    assert "\x1b" not in stream.getvalue()


def test_text_lines_read_as_text() -> None:
    record = logging.makeLogRecord(
        {"msg": "Served", "levelname": "INFO", "created": 0.25, "status": 200, "name": "privacy"}
    )
    assert logs.TextFormatter().format(record) == "1970-01-01T00:00:00.250Z INFO    Served status=200"


def test_a_configured_process_logs_others_from_warning_only(lines: io.StringIO) -> None:
    logging.getLogger("somebody.else").info("Chatter")
    logging.getLogger("somebody.else").warning("Matter")
    assert _entry(lines)["message"] == "Matter"


def test_other_libraries_write_no_values_but_numbers(lines: io.StringIO) -> None:
    other = logging.getLogger("sqlalchemy.engine.Engine")
    other.warning("[generated in %.5fs] %r", 0.25, {"email": "Nowakowska"}, extra={"sql": "Nowakowska", "rows": 3})
    entry = _entry(lines)
    assert entry["message"] == "[generated in 0.25000s] '[dict]'"
    assert (entry["sql"], entry["rows"]) == ("[str]", 3)


@pytest.mark.parametrize(
    ("template", "given", "written"),
    [
        ("%(who)s after %(seconds)d s", {"who": "Nowakowska", "seconds": 3}, "[str] after 3 s"),
        ("no place for it", ("Nowakowska",), "no place for it"),
        ("a number %d", ("Nowakowska",), "a number %d"),
    ],
)
def test_named_values_and_wrong_templates_of_other_libraries(template: str, given: Any, written: str) -> None:
    record = logging.LogRecord("botocore.auth", logging.ERROR, "auth.py", 1, template, given, None)
    assert logs.entry(record)["message"] == written


@pytest.mark.parametrize("name", ["werkzeug", "_granian", "sqlalchemy.engine", "apscheduler.executors", "botocore"])
def test_other_libraries_chatter_is_not_written_even_where_it_was_asked_for(lines: io.StringIO, name: str) -> None:
    other = logging.getLogger(name)
    before = other.level
    other.setLevel(logging.DEBUG)
    try:
        other.info("anna.nowak@example.com")
        other.debug("anna.nowak@example.com")
    finally:
        other.setLevel(before)
    assert lines.getvalue() == ""


def test_a_record_that_cannot_be_written_is_named_and_not_shown(
    lines: io.StringIO, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fails(_record: logging.LogRecord) -> str:
        raise ValueError("Nowakowska")

    monkeypatch.setattr(logging.getLogger().handlers[0].formatter, "format", fails)
    LOGGER.error("Odd", extra={"seen": "Nowakowska"})
    assert lines.getvalue() == "A record of the logger privacy.tests could not be written.\n"
    assert "Nowakowska" not in "".join(capfd.readouterr())


#: What a process may do at its end, and what its log then names.
ENDS = {
    "raise KeyError('Nowakowska')": ("the process failed", "KeyError"),
    "t = threading.Thread(target=lambda: {}['Nowakowska']); t.start(); t.join()": ("a thread failed", "KeyError"),
    "class A:\n  def __del__(self): raise ValueError('Nowakowska')\nA(); gc.collect()": (
        "a finalizer failed",
        "ValueError",
    ),
    "warnings.warn('Nowakowska')": ("a warning was given", "UserWarning"),
    "try:\n  int('Nowakowska')\nexcept ValueError as e:\n  raise RuntimeError('Nowakowska') from e": (
        "the process failed",
        "RuntimeError",
    ),
}


@pytest.mark.parametrize("style", ["json", "text"])
@pytest.mark.parametrize("end", ENDS)
def test_what_nobody_caught_is_logged_without_its_text(end: str, style: str) -> None:
    program = f"import gc, threading, warnings\nfrom privacy import logs\nlogs.configure('INFO', '{style}')\n"
    done = subprocess.run(
        [sys.executable, "-c", f"{program}logs.take_uncaught()\n{end}"], capture_output=True, text=True, check=False
    )
    message, kind = ENDS[end]
    assert message in done.stderr
    assert kind in done.stderr
    assert "Nowakowska" not in done.stderr + done.stdout
    assert len(done.stderr.splitlines()) == 1


def test_a_hook_that_was_there_before_is_called_too(lines: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    for module, name in ((sys, "excepthook"), (sys, "unraisablehook"), (warnings, "showwarning")):
        monkeypatch.setattr(module, name, getattr(module, name))
    monkeypatch.setattr(threading, "excepthook", seen.append)
    for _ in range(2):  # Taken twice, it still writes once.
        logs.take_uncaught()
    thread = threading.Thread(target=lambda: {}["Nowakowska"])
    thread.start()
    thread.join()
    assert [args.exc_type for args in seen] == [KeyError]
    assert _entry(lines)["message"] == "a thread failed"
