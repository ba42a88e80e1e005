"""What a driver raises, as failures that say nothing of any value: texts of drivers repeat what was sent."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from privacy.errors import PrivacyError
from privacy.systems.connector import SystemFailure, SystemRefused, SystemUnreachable

_log = logging.getLogger("privacy.systems")

#: Primary result codes of SQLite that may be over soon: busy, locked, no memory, interrupted, I/O, full, no file.
_SQLITE_PASSING = {5, 6, 7, 9, 10, 13, 14}
#: Codes of MySQL and MariaDB that may be over soon: too many connections, locks, shutdowns, lost or late answers.
_MYSQL_PASSING = {1040, 1053, 1158, 1159, 1160, 1161, 1203, 1205, 1213, 1317, 1637, 1927, 1969, 2002, 2003, 2006, 2013}
_MYSQL_PASSING |= {2014, 2055, 3024}
#: SQLSTATE of PostgreSQL that may be over soon: connection, transaction rollback, resources, intervention, locks.
_POSTGRESQL_PASSING = ("08", "40", "53", "57", "58", "55P03", "XX")
#: What PostgreSQL says when it does not let somebody in; libpq gives no code for it.
_NOT_LET_IN = ("authentication failed", "does not exist", "no pg_hba.conf entry", "permission denied for database")


@contextlib.contextmanager
def faults_told(system: str) -> Iterator[None]:
    """Whatever a driver raises inside becomes a `SystemFailure` that names the system and no value."""
    try:
        yield
    except PrivacyError:
        raise  # A failure that says what it is, or a refusal of ours to confirm a change.
    # A driver that reads rubbish from the other side raises anything.
    except Exception as error:
        _log.warning("a system failed", extra={"system": system, "fault": type(error).__name__, "code": _code(error)})
        raise failure_of(error, system) from None


def failure_of(error: Exception, system: str) -> SystemFailure:
    """The failure that a driver's exception amounts to."""
    if isinstance(error, sa.exc.IntegrityError):
        return SystemRefused(f"System {system} refuses: other rows or its own rules stand against the change.")
    if _may_pass(error):
        return SystemUnreachable(f"System {system} cannot be reached, or is too busy to answer.")
    if isinstance(error, sa.exc.OperationalError | sa.exc.ProgrammingError | sa.exc.InternalError):
        return SystemRefused(f"System {system} refuses: the connection is not permitted, or not to do that.")
    return SystemRefused(f"System {system} answers something that makes no sense here.")


def _may_pass(error: Exception) -> bool:
    original = getattr(error, "orig", None) or error
    code = _code(error)
    if isinstance(original, OSError | EOFError | sa.exc.TimeoutError):
        return True
    if isinstance(code, int):
        return code & 0xFF in _SQLITE_PASSING if hasattr(original, "sqlite_errorcode") else code in _MYSQL_PASSING
    if isinstance(code, str):
        return code.startswith(_POSTGRESQL_PASSING)
    if isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError):
        return not any(text in str(original) for text in _NOT_LET_IN)
    return bool(getattr(error, "connection_invalidated", False))


def _code(error: Exception) -> Any:
    """What the database calls it: a number, an SQLSTATE, or None."""
    original: Any = getattr(error, "orig", None) or error
    for name in ("sqlite_errorcode", "sqlstate"):
        if (code := getattr(original, name, None)) is not None:
            return code
    arguments = getattr(original, "args", ())
    return arguments[0] if arguments and isinstance(arguments[0], int) else None
