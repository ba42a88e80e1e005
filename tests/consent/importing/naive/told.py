"""What one row of an export tells, and the times and names that rows are written with."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

WARSAW = ZoneInfo("Europe/Warsaw")
MICRO = timedelta(microseconds=1)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
_ADDRESS = re.compile(r"[a-z0-9.]+@[a-z0-9.]+\.[a-z]+")

#: Sort and value: ("email", "ewa@example.com"), ("customer_id", "C-1").
Name = tuple[str, str]


@dataclass(frozen=True)
class When:
    """The moments that a time may mean, the first and the last."""

    first: datetime
    last: datetime


@dataclass(frozen=True)
class Told:
    """One thing that a row tells on one purpose and channel."""

    #: `give`, `confirm` or `no`.
    word: str
    #: The customer number before the card.
    accounts: tuple[Name, ...]
    contacts: tuple[Name, ...]
    #: None: all marketing.
    purpose: str | None
    channel: str | None
    #: None: the row doesn't say, or not so that it can be read.
    when: When | None
    proof: str = "staff_claim"
    #: Code and version; no version: whichever was in force.
    wording: tuple[str, str | None] | None = None
    #: Whether the person was too young to agree alone.
    minor: bool = False
    #: How far the clock of the source may be off.
    skew: timedelta = timedelta()


@dataclass(frozen=True)
class Listed:
    """A contact that must not be used, and since when (None: since its receipt)."""

    contact: Name
    when: When | None


def local(text: str, form: str, exact: timedelta = MINUTE) -> When | None:
    """A time of the Warsaw clock; one that it showed twice, or never, may be either of two moments."""
    try:
        plain = datetime.strptime(text.strip(), form)  # noqa: DTZ007  # its zone is given below
    except ValueError:
        return None
    moments = [plain.replace(tzinfo=WARSAW, fold=fold).astimezone(UTC) for fold in (0, 1)]
    return When(min(moments), max(moments) + exact - MICRO)


def moment(text: str) -> When | None:
    """A time to the second, with its offset or else in UTC."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    first = (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    return When(first, first + SECOND - MICRO)


def email(text: str) -> Name | None:
    """An address in lower case."""
    lowered = text.strip().lower()
    return ("email", lowered) if _ADDRESS.fullmatch(lowered) else None


def phone(text: str) -> Name | None:
    """A Polish number: nine digits, the country's 48 before them in any way or none."""
    digits = re.sub(r"[^0-9]", "", text).removeprefix("00")
    digits = digits.removeprefix("48") if len(digits) == 11 else digits
    return ("phone", f"+48{digits}") if len(digits) == 9 else None


def names(*found: Name | None) -> tuple[Name, ...]:
    """Those that could be read."""
    return tuple(name for name in found if name is not None)


def contacts_of(told: Iterable[Told], sort: str) -> set[str]:
    """Every contact of a sort."""
    return {value for one in told for kind, value in one.contacts if kind == sort}
