"""The words of a package in one language: phrases, legal bases, rights, grounds, periods."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from privacy import spoken
from privacy.dsar.package import texts_en, texts_hr, texts_pl
from privacy.dsar.vocabulary import Ground
from privacy.programme.service import LEGAL_BASES
from privacy.programme.types import DataField, Duration, LegalBasis, Table

FALLBACK = "en"
_MONTHS_OF_A_YEAR = 12
#: A day or a time as machines write it.
_ISO = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?)?", re.ASCII)
_DAY = len("2026-11-21")


@dataclass(frozen=True)
class Words:
    """One language."""

    locale: str
    phrases: Mapping[str, str]
    #: GDPR Art. 6(1).
    bases: Mapping[LegalBasis, str]
    #: Each right in one sentence.
    rights: tuple[str, ...]
    #: Why something is withheld.
    grounds: Mapping[Ground, str]
    #: This service's own tables: what each holds.
    own_tables: Mapping[str, str]
    #: Fideslang's categories of data; what stands under one that is named here is called as it is.
    categories: Mapping[str, str]
    #: `year`, `month`, `day` -> the forms for one, for a few, for many.
    units: Mapping[str, tuple[str, str, str]]

    def phrase(self, name: str, /, **values: object) -> str:
        """A fixed text with values in its places; what a value holds is never read as a place."""
        return spoken.filled(self.phrases[name], **values)

    def day(self, day: date) -> str:
        """A day as the language writes it."""
        return spoken.day(day, self.locale)

    def time(self, value: date | datetime | str, zone: tzinfo) -> str | None:
        """A day, or a day and time in the zone, as the language writes them; None for a text that is neither.

        A time without an offset is told as it is: whose it is, nobody knows.
        """
        if isinstance(value, str):
            if not _ISO.fullmatch(value):
                return None
            try:
                value = date.fromisoformat(value) if len(value) == _DAY else datetime.fromisoformat(value)
            except ValueError:  # the thirtieth of February
                return None
        if not isinstance(value, datetime):
            return spoken.day(value, self.locale)
        return spoken.moment(value.astimezone(zone) if value.tzinfo else value, self.locale)

    def of(self, names: Mapping[str, str]) -> str:
        """A name of the programme in this language, else in the first that it has."""
        return names.get(self.locale) or next(iter(names.values()), "")

    def told(self, described: Table | DataField) -> str | None:
        """What stands in a table or field: in this language, else as the map describes it; None where nobody did."""
        return described.descriptions.get(self.locale) or described.description

    def left_out(self, ground: Ground | None) -> str:
        """Why a value is not handed out, in place of it."""
        return self.grounds[ground] if ground else self.phrase("secret")

    def category(self, key: str) -> str:
        """A category of Fideslang, as people call it."""
        name = key
        while name and name not in self.categories:
            name = name.rpartition(".")[0]
        return self.categories.get(name, key)

    def period(self, text: str) -> str:
        """An ISO 8601 period in words."""
        told = Duration.parse(text)
        years, months = divmod(told.months, _MONTHS_OF_A_YEAR)
        parts = {"year": years, "month": months, "day": told.days}
        return " ".join(self._counted(unit, number) for unit, number in parts.items() if number)

    def _counted(self, unit: str, number: int) -> str:
        one, few, many = self.units[unit]
        tens, ones = number % 100, number % 10
        if self.locale == "en":
            form = one if number == 1 else many
        elif number == 1 or (self.locale == "hr" and ones == 1 and tens != 11):
            form = one
        else:
            form = few if ones in {2, 3, 4} and tens not in {12, 13, 14} else many
        return f"{number} {form}"


def words(locale: str) -> Words:
    """The nearest language that there is: the same, else English."""
    return _WORDS.get(locale.partition("-")[0].lower(), _WORDS[FALLBACK])


def _of(locale: str, texts: Mapping[str, Mapping[str, str]], rights: tuple[str, ...]) -> Words:
    return Words(
        locale,
        texts["phrases"],
        LEGAL_BASES[locale],
        rights,
        {Ground(name): text for name, text in texts["grounds"].items()},
        texts["own_tables"],
        texts["categories"],
        {name: _forms(text) for name, text in texts["units"].items()},
    )


def _forms(text: str) -> tuple[str, str, str]:
    one, few, many = text.split(" / ")
    return one, few, many


_WORDS = {
    "pl": _of("pl", texts_pl.TEXTS, texts_pl.RIGHTS),
    "en": _of("en", texts_en.TEXTS, texts_en.RIGHTS),
    "hr": _of("hr", texts_hr.TEXTS, texts_hr.RIGHTS),
}
