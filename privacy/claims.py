"""Read a claimed time (ISO 8601) as the span that it may mean. Pure.

The precision widens the claim: a time to the minute may be any moment of it, a date any moment of the day. A local time
without an offset is read in the jurisdiction's zone; where the clocks were set back it may be either of two moments,
and both are taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from privacy import clock
from privacy.errors import InvalidInput

_FORM = re.compile(
    r"(?P<date>\d{4}-\d{2}-\d{2})"
    r"(?:[T ](?P<time>\d{2}:\d{2})(?P<seconds>:\d{2})?(?P<fraction>[.,]\d{1,9})?"
    r"(?P<offset>Z|z|[+-]\d{2}:?\d{2})?)?",
    re.ASCII,
)
_WHOLE = re.compile(r"-?[0-9]{1,18}")
_DAY = timedelta(days=1)
_EARLIEST_CLAIM = clock.to_micros(datetime(1900, 1, 1, tzinfo=UTC))
_LATEST_CLAIM = clock.to_micros(datetime(2200, 1, 1, tzinfo=UTC))


@dataclass(frozen=True)
class Claim:
    """When a source says that something happened: `[start, start + width)` in microseconds."""

    start: int
    #: The claim's precision: 1 s for a time to the second, 60 s for one to the minute, a day for a date.
    width: int = 1

    def __post_init__(self) -> None:
        """Refuse times that nobody can mean; microseconds of these years are exact in JSON (below 2^53)."""
        if not _EARLIEST_CLAIM <= self.start < _LATEST_CLAIM:
            raise InvalidInput.of("occurred_at", "A time between the years 1900 and 2200 is needed.")


def read_claim(text: str, zone: ZoneInfo, field: str = "occurred_at") -> Claim:
    """The span that a text claims; raises `InvalidInput` naming the field."""
    try:
        return _read(text, zone)
    except InvalidInput as error:
        (texts,) = error.extensions["errors"].values()
        raise InvalidInput(errors={field: texts}) from None


#: Reads a time of one form, in a zone where it has no offset; raises `InvalidInput` or ValueError.
Form = Callable[[str, ZoneInfo], Claim]
#: What a form of `strptime` is exact to, the finest first.
_EXACT_TO = (("%f", 1), ("%S", clock.SECOND), ("%M", 60 * clock.SECOND), ("%H", 3_600 * clock.SECOND))


def form(pattern: str) -> Form:
    """What reads times of one form of `strptime`; they are as wide as it is exact, a day without a time of day."""
    width = next((width for directive, width in _EXACT_TO if directive in pattern), None)

    def read(text: str, zone: ZoneInfo) -> Claim:
        found = datetime.strptime(text, pattern)  # noqa: DTZ007  # its zone is settled below
        if width is None:
            return _of_day(found.replace(tzinfo=None), zone)
        aware = found.tzinfo is not None
        moments = {clock.to_micros(found)} if aware else _moments(found, None, zone)
        start = min(moments)
        return Claim(start, max(moments) + width - start)

    return read


def of_unix_seconds(text: str, _zone: ZoneInfo) -> Claim:
    """Seconds since 1970."""
    return Claim(_whole(text) * clock.SECOND, clock.SECOND)


def of_unix_millis(text: str, _zone: ZoneInfo) -> Claim:
    """Milliseconds since 1970."""
    return Claim(_whole(text) * 1_000, 1_000)


def day_of(text: str, pattern: str) -> date:
    """A day without a time, by a form of `strptime`; raises ValueError."""
    return datetime.strptime(text, pattern).date()  # noqa: DTZ007  # a birth date is in no zone


def _whole(text: str) -> int:
    """A number in plain digits: `int` would also take underscores, blanks and the digits of other scripts."""
    if not _WHOLE.fullmatch(text):
        raise _bad()
    return int(text)


def _read(text: str, zone: ZoneInfo) -> Claim:
    match = _FORM.fullmatch(text.strip())
    if match is None or (match["fraction"] and not match["seconds"]):
        raise _bad()
    try:
        if match["time"] is None:
            return _of_day(datetime.fromisoformat(match["date"]), zone)
        naive = datetime.fromisoformat(f"{match['date']}T{match['time']}{match['seconds'] or ':00'}")
        micros, width = _precision(match["seconds"], match["fraction"])
        moments = _moments(naive, match["offset"], zone)
    except (ValueError, OverflowError):
        raise _bad() from None
    start = min(moments) + micros
    return Claim(start, max(moments) + micros + width - start)


def _precision(seconds: str | None, fraction: str | None) -> tuple[int, int]:
    """Microseconds after the second, and how many microseconds the claim is wide."""
    if seconds is None:
        return 0, 60 * clock.SECOND
    if fraction is None:
        return 0, clock.SECOND
    digits = fraction[1:7]
    return int(digits.ljust(6, "0")), int(10 ** (6 - len(digits)))


def _moments(naive: datetime, offset: str | None, zone: ZoneInfo) -> set[int]:
    if offset is None:
        return {clock.to_micros(naive.replace(tzinfo=zone, fold=fold)) for fold in (0, 1)}
    if offset in {"Z", "z"}:
        return {clock.to_micros(naive.replace(tzinfo=UTC))}
    sign = -1 if offset[0] == "-" else 1
    hours, minutes = int(offset[1:3]), int(offset[-2:])
    if hours > 23 or minutes > 59:
        raise ValueError("no such offset")
    return {clock.to_micros((naive - sign * timedelta(hours=hours, minutes=minutes)).replace(tzinfo=UTC))}


def _of_day(day: datetime, zone: ZoneInfo) -> Claim:
    start = clock.to_micros(day.replace(tzinfo=zone))
    return Claim(start, clock.to_micros((day + _DAY).replace(tzinfo=zone)) - start)


def _bad() -> InvalidInput:
    return InvalidInput.of("occurred_at", "Write the time as 2026-11-21T10:00:00+01:00 (ISO 8601, with its offset).")
