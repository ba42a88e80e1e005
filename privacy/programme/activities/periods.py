"""ISO 8601 periods in words: `P3Y` is "3 lata", "3 years", "3 godine". Pure."""

from __future__ import annotations

from collections.abc import Mapping

from privacy.programme.duration import Duration

_MONTHS_OF_A_YEAR = 12
#: One, a few (2 to 4), many; by language and unit.
_UNITS: Mapping[str, Mapping[str, tuple[str, str, str]]] = {
    "pl": {
        "year": ("rok", "lata", "lat"),
        "month": ("miesiąc", "miesiące", "miesięcy"),
        "day": ("dzień", "dni", "dni"),
    },
    "en": {"year": ("year", "years", "years"), "month": ("month", "months", "months"), "day": ("day", "days", "days")},
    "hr": {
        "year": ("godina", "godine", "godina"),
        "month": ("mjesec", "mjeseca", "mjeseci"),
        "day": ("dan", "dana", "dana"),
    },
}


def in_words(period: str, locale: str) -> str:
    """A period of the programme in Polish, English or Croatian."""
    duration = Duration.parse(period)
    years, months = divmod(duration.months, _MONTHS_OF_A_YEAR)
    counted = (("year", years), ("month", months), ("day", duration.days))
    return " ".join(f"{number} {_form(number, unit, locale)}" for unit, number in counted if number)


def _form(number: int, unit: str, locale: str) -> str:
    one, few, many = _UNITS[locale][unit]
    tens, ones = number % 100, number % 10
    if number == 1 or (locale == "hr" and ones == 1 and tens != 11):
        return one
    return few if ones in {2, 3, 4} and tens not in {12, 13, 14} else many
