"""Periods of days, weeks, months and years, as Regulation 1182/71 counts them.

The day of the event is not counted (Art. 3(1)); a period in weeks, months or years ends on the day with the same name
or number, or on the month's last one (Art. 3(2)(c), CJEU C-171/03 Toeters); a last day that is no working day gives
way to the next (Art. 3(4)); and a period of two days or more has two working days in it (Art. 3(5)). Polish
administrative procedure (KPA art. 57) counts alike, but for the two working days.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from privacy.legal_time.working_days import WorkingDays


class Unit(StrEnum):
    """What a period is expressed in."""

    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"


@dataclass(frozen=True)
class Period:
    """So many days, weeks, months or years."""

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        """Refuse a period that is none."""
        if self.amount < 1:
            raise ValueError("a period is of one day or more")

    def nominal_end(self, event_on: date) -> date:
        """The last day by the calendar alone, before Saturdays, Sundays and holidays are looked at."""
        if self.unit is Unit.MONTHS:
            return months_later(event_on, self.amount)
        if self.unit is Unit.YEARS:
            return months_later(event_on, 12 * self.amount)
        return event_on + timedelta(days=self.amount * (7 if self.unit is Unit.WEEKS else 1))

    def last_day(self, event_on: date, working_days: WorkingDays, *, two_working_days: bool = True) -> date:
        """The last day, in which the period's end falls at midnight.

        `two_working_days`: whether Art. 3(5) applies.
        """
        last = working_days.from_day(self.nominal_end(event_on))
        if not two_working_days or self == Period(1, Unit.DAYS):
            return last
        while working_days.between(event_on, last) < 2:
            last = working_days.from_day(last + timedelta(days=1))
        return last


def months_later(day: date, months: int) -> date:
    """The day with the same number so many months later, or that month's last day where it has no such day."""
    year, zero_based = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, zero_based + 1)[1]
    return date(year, zero_based + 1, min(day.day, last))
