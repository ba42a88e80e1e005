"""What a failed command says and how it exits: one line on standard error, or one JSON object with `--json`."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

import click

from config import ConfigInvalid
from privacy.errors import InvalidInput, PrivacyError, Unavailable

#: Key in Click's `ctx.meta`: whether the command was asked for JSON.
AS_JSON = "privacy.json"
#: As shells say of a process that SIGINT ended.
INTERRUPTED = 130
#: As shells say of a process that SIGPIPE ended: nobody read what it had to say.
UNREAD = 141
#: A fault of ours (EX_SOFTWARE of sysexits.h). Python's own 1 would read as "denied".
FAULT = 70

_log = logging.getLogger("privacy.cli")


def report(error: Exception, *, as_json: bool) -> int:
    """Tell what went wrong, without personal data and without a traceback, and return the exit code."""
    known = as_privacy_error(error)
    if known is not None:
        _tell({"error": known.code, "detail": known.detail, **known.extensions}, known.detail, as_json)
        return known.exit_code
    if isinstance(error, ConfigInvalid):
        body: dict[str, Any] = {"error": "settings-invalid", "detail": str(error), "problems": error.problems}
        _tell(body, str(error), as_json)
        return InvalidInput.exit_code
    # The text of an unknown exception may hold anything; the log shows class and place, and of the text what is safe.
    _log.error("command failed", exc_info=error)
    _tell({"error": "fault"}, "This is a fault of the service, not yours. Nothing may be concluded from it.", as_json)
    return FAULT


def as_privacy_error(error: Exception) -> PrivacyError | None:
    """The error in our words; a database that is away or locked is `Unavailable`. None for anything else."""
    if isinstance(error, PrivacyError):
        return error
    return Unavailable("The database cannot be used now.") if _is_database_away(error) else None


def _is_database_away(error: Exception) -> bool:
    if "sqlalchemy" not in sys.modules:
        return False
    import sqlalchemy as sa

    from privacy.db import DRIVER_ERRORS

    return isinstance(error, (sa.exc.OperationalError, sa.exc.TimeoutError, sa.exc.InterfaceError, *DRIVER_ERRORS))


def _tell(body: dict[str, Any], text: str, as_json: bool) -> None:
    shown = json.dumps(body, ensure_ascii=False, default=str) if as_json else f"Error: {text}"
    click.echo(shown, err=True)
