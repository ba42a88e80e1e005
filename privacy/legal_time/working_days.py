"""Working days of a member state: neither Saturday nor Sunday nor one of its public holidays (Art. 2 of 1182/71).

The lists are data of the `holidays` package, which knows since when a holiday is one; overrides add a day or take one
away. Both are named in the version, so that a date that was computed by other data can be told from a wrong one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from importlib import metadata
from types import MappingProxyType

from privacy.legal_time.days import ONE

#: The rules of this package: goes up when one of them counts otherwise than before.
_RULES = "1182/71-1"


class WorkingDays:
    """The working days of one country."""

    def __init__(self, country: str, overrides: Mapping[date, bool] = MappingProxyType({})) -> None:
        """`country`: ISO 3166-1 alpha-2. `overrides`: by day, whether people work on it whatever the list says."""
        self._country = country
        self._overrides = dict(overrides)

    @property
    def version(self) -> str:
        """By which rules and lists these days are told, in at most 32 characters."""
        stated = ";".join(f"{day}={int(works)}" for day, works in sorted(self._overrides.items()))
        own = hashlib.sha256(f"{self._country};{stated}".encode()).hexdigest()[:8]
        return f"{_RULES}/{_package_version()}/{own}"[:32]

    def works(self, day: date) -> bool:
        """Whether it is a working day."""
        if day.weekday() >= 5:
            # An override makes a holiday a working day; the Regulation's Saturdays and Sundays are nobody's to change.
            return False
        overridden = self._overrides.get(day)
        return day not in _public_holidays(self._country, day.year) if overridden is None else overridden

    def from_day(self, day: date) -> date:
        """The day itself if it is a working day, else the next one."""
        while not self.works(day):
            day += ONE
        return day

    def between(self, after: date, until: date) -> int:
        """How many working days there are after a day, up to and including another; below 0 if that lies before."""
        if until < after:
            return -self.between(until, after)
        days = (date.fromordinal(number) for number in range(after.toordinal() + 1, until.toordinal() + 1))
        return sum(map(self.works, days))


@lru_cache(maxsize=512)
def _public_holidays(country: str, year: int) -> frozenset[date]:
    import holidays  # noqa: PLC0415  # heavy, and few processes count days

    try:
        return frozenset(holidays.country_holidays(country, years=year))
    except NotImplementedError:
        # A country whose list nobody keeps has the programme's own days only: a date is rather too early than too late.
        return frozenset()


@lru_cache(maxsize=1)
def _package_version() -> str:
    return metadata.version("holidays")
