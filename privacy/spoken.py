"""How the languages of people write what stands in many texts: days, times, and the end of a sentence.

A name may end with a full stop of its own ("sp. z o.o.", "2026 r.", "2026."): a sentence that it ends has no other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from string import Formatter

_STOP = "."
_ENDS = (_STOP, "!", "?", "…")
_FALLBACK = "en"


@dataclass(frozen=True)
class _Calendar:
    """How one language writes a day and a time of day."""

    day: str
    moment: str
    months: tuple[str, ...]


_CALENDARS: Mapping[str, _Calendar] = {
    "pl": _Calendar(
        "{day} {month} {year} r.",
        "{day}, godz. {time}",
        (
            *("stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca", "lipca", "sierpnia"),
            *("września", "października", "listopada", "grudnia"),
        ),
    ),
    "en": _Calendar(
        "{day} {month} {year}",
        "{day}, {time}",
        (
            *("January", "February", "March", "April", "May", "June", "July", "August"),
            *("September", "October", "November", "December"),
        ),
    ),
    "hr": _Calendar(
        "{day}. {month} {year}.",
        "{day} u {time}",
        (
            *("siječnja", "veljače", "ožujka", "travnja", "svibnja", "lipnja", "srpnja", "kolovoza"),
            *("rujna", "listopada", "studenoga", "prosinca"),
        ),
    ),
}


def day(on: date, locale: str) -> str:
    """A day as the language of the locale writes it; as English does where the language is none of ours."""
    calendar = _calendar(locale)
    return calendar.day.format(day=on.day, month=calendar.months[on.month - 1], year=on.year)


def moment(at: datetime, locale: str) -> str:
    """A day and time of day, in the zone of `at`; seconds where there are any."""
    time = f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"
    return _calendar(locale).moment.format(day=day(at.date(), locale), time=time)


def ended(text: str) -> str:
    """The text as a sentence: with a full stop, unless it ends with one or with another sign that ends a sentence."""
    return text if text.endswith(_ENDS) else text + _STOP


def before(value: str, rest: str) -> str:
    """A value as it stands before the rest of its text: one full stop is enough for both."""
    return value.removesuffix(_STOP) if rest.startswith(_STOP) else value


def filled(phrase: str, /, **values: object) -> str:
    """A phrase with values in its {places}. What a value holds is never read as a place."""
    said = ""
    for words, name, form, _ in Formatter().parse(phrase):
        said = before(said, words) + words
        if name is not None:
            said += format(values[name], form or "")
    return said


def _calendar(locale: str) -> _Calendar:
    return _CALENDARS.get(locale.partition("-")[0].lower(), _CALENDARS[_FALLBACK])
