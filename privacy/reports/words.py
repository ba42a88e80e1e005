"""How a report speaks: its phrases in one language, and values as people of that language read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit

from privacy import clock, spoken
from privacy.programme.types import Duration
from privacy.reports.document import Column, Fact, Facts, Kind, Moment, Share, Value, Word

LOCALES = ("pl", "en", "hr")
NONE = "–"


#: English as it is written in Europe: the day before the month.
_CALENDARS = {"en": "en_GB"}


class Said(NamedTuple):
    """One phrase in each language, Polish first."""

    pl: str
    en: str
    hr: str

    def in_(self, locale: str) -> str:
        """The phrase in a language of `LOCALES`."""
        return str(getattr(self, locale))


#: Phrases by name.
Texts = Mapping[str, Said]

COMMON: Texts = {
    "yes": Said("tak", "yes", "da"),
    "no": Said("nie", "no", "ne"),
    "pages": Said("strona {} z {}", "page {} of {}", "stranica {} od {}"),
    "period": Said("Okres: od {first} do {last}", "Period: {first} to {last}", "Razdoblje: od {first} do {last}"),
    "as_of": Said("Stan na dzień {day}", "As of {day}", "Stanje na dan {day}"),
    "controllers": Said("Administrator: {names}", "Controller: {names}", "Voditelj obrade: {names}"),
    "programme": Said(
        "Program ochrony danych: wersja {number}, SHA-256 {sha256}",
        "Privacy programme: version {number}, SHA-256 {sha256}",
        "Program zaštite podataka: verzija {number}, SHA-256 {sha256}",
    ),
    "attached": Said(
        "Pliki do sprawdzenia maszynowego (w postaci JSON)",
        "Files that machines verify (in the JSON form)",
        "Datoteke za strojnu provjeru (u obliku JSON)",
    ),
    "file": Said("Plik", "File", "Datoteka"),
    "nothing": Said("Brak pozycji.", "No entries.", "Nema stavki."),
    "sheet": Said("Sprawozdanie", "Report", "Izvješće"),
}


@dataclass(frozen=True)
class Words:
    """The phrases of one report in one language."""

    locale: str
    zone: ZoneInfo
    texts: Texts

    def say(self, name: str, /, **values: object) -> str:
        """A phrase of the report, or one that all have, with values in its {places}."""
        said = self.texts.get(name) or COMMON[name]
        return spoken.filled(said.in_(self.locale), **values)

    def word(self, group: str, code: str) -> Word:
        """A word of a closed list, whose phrase is named `group.code`; the code itself where there is no phrase."""
        said = self.texts.get(f"{group}.{code}")
        return Word(code, said.in_(self.locale) if said else code)

    def named(self, code: str, names: Mapping[str, str] | None) -> Word:
        """What the programme calls something, in this language or else in the first that it has."""
        names = names or {}
        return Word(code, names.get(self.locale) or next(iter(names.values()), code))

    def country(self, code: str) -> Word:
        """A country by its ISO 3166-1 alpha-2 code."""
        return Word(code, str(Locale(self.locale).territories.get(code, code)))

    def lasting(self, period: str | None) -> str | None:
        """A period of ISO 8601 in words, by the plural forms of the language; None where there is none."""
        if period is None:
            return None
        lasts = Duration.parse(period)
        parts = (("year", lasts.months // 12), ("month", lasts.months % 12), ("day", lasts.days))
        return " ".join(str(format_unit(many, f"duration-{unit}", locale=self.locale)) for unit, many in parts if many)

    def columns(self, *texts: str, figures: Sequence[str] = ()) -> tuple[Column, ...]:
        """Columns of texts, then of figures, by the names of their phrases; `name:phrase` where those differ."""
        named = [*((name, Kind.TEXT) for name in texts), *((name, Kind.FIGURE) for name in figures)]
        split = [(*name.partition(":")[::2], kind) for name, kind in named]
        return tuple(Column(name, self.say(phrase or name), kind) for name, phrase, kind in split)

    def facts(self, name: str, told: Mapping[str, Value], title: str = "") -> Facts:
        """Values by the names of the phrases that say what they are."""
        return Facts(name, [Fact(one, self.say(one), value) for one, value in told.items()], title)

    def day(self, day: date) -> str:
        """A day in words."""
        return spoken.day(day, self.locale)

    def moment(self, at: int) -> str:
        """An instant in words, by the clock of the jurisdiction."""
        return spoken.moment(clock.from_micros(at // clock.SECOND * clock.SECOND).astimezone(self.zone), self.locale)

    def brief(self, value: Value) -> str:
        """A value as people read it in a narrow column."""
        if isinstance(value, date):
            return str(format_date(value, "medium", locale=_CALENDARS.get(self.locale, self.locale)))
        if isinstance(value, Moment):
            local = clock.from_micros(value.at).astimezone(self.zone)
            return f"{self.brief(local.date())} {local:%H:%M}"
        return self.shown(value)

    def shown(self, value: Value) -> str:
        """A value as people read it."""
        match value:
            case None | "":
                text = NONE
            case bool():
                text = self.say("yes" if value else "no")
            case int():
                text = str(format_decimal(value, locale=self.locale))
            case date():
                text = self.day(value)
            case Word():
                text = value.text
            case Moment():
                text = self.moment(value.at)
            case Share():
                text = self._share(value)
            case str():
                text = value
            case _:
                text = "; ".join(self.shown(one) for one in value) or NONE
        return text

    def _share(self, value: Share) -> str:
        if not value.whole:
            return NONE
        return str(format_percent(value.part / value.whole, format="0.0%", locale=self.locale))
