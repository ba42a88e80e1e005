"""The only source of time.

Times are aware and in UTC. In the database they are whole microseconds since 1970-01-01T00:00Z, one
representation for SQLite and PostgreSQL, so that intervals compare and digests agree to the digit.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

SECOND = 1_000_000
MINUTE = 60 * SECOND
DAY = 86_400 * SECOND


def micros() -> int:
    """Now, in microseconds since the epoch."""
    return time.time_ns() // 1_000


def now() -> datetime:
    """Now, aware and in UTC."""
    return from_micros(micros())


def from_micros(value: int) -> datetime:
    """The aware UTC time that `value` microseconds since the epoch stand for."""
    return _EPOCH + value * _MICROSECOND


def to_micros(value: datetime) -> int:
    """Microseconds since the epoch. A naive time raises ValueError: nobody knows which instant it is."""
    if value.tzinfo is None:
        raise ValueError("a time without an offset names no instant")
    return (value - _EPOCH) // _MICROSECOND


def isoformat(value: int) -> str:
    """RFC 3339 in UTC, as the API prints times: with milliseconds where there are any."""
    precision = "milliseconds" if value // 1_000 % 1_000 else "seconds"
    return from_micros(value).replace(tzinfo=None).isoformat(timespec=precision) + "Z"


def moment(value: int) -> str:
    """As `isoformat`, always with milliseconds: when something was answered, in a text whose length tells nothing."""
    return from_micros(value).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
