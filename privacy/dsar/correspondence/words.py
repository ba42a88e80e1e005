"""The words of letters that stand in several of them, in each language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from privacy import spoken
from privacy.dsar.correspondence import words_en, words_hr, words_pl
from privacy.dsar.vocabulary import CaseType, Ground


@dataclass(frozen=True)
class Words:
    """One language."""

    #: BCP 47.
    locale: str
    phrases: Mapping[str, str]
    #: What is asked, as it stands after a colon.
    matters: Mapping[CaseType, str]
    #: The grounds of a refusal, in the words of the law.
    grounds: Mapping[Ground, str]
    #: Where the law of a country says which court it is (Art. 79), by ISO 3166-1 code.
    courts: Mapping[str, str]

    def phrase(self, name: str, /, **values: object) -> str:
        """A phrase with its values; what a value holds is never read as a place."""
        return spoken.filled(self.phrases[name], **values)

    def day(self, day: date) -> str:
        """A day as the language writes it in a letter."""
        return spoken.day(day, self.locale)

    def moment(self, at: datetime) -> str:
        """A day and time of day to the minute, in the zone of `at`."""
        return spoken.moment(at.replace(second=0), self.locale)

    def of(self, names: Mapping[str, str]) -> str:
        """A name of the programme in this language, else in the first that it has."""
        return names.get(self.locale) or next(iter(names.values()), "")

    def listed(self, heading: str, entries: Sequence[str]) -> list[str]:
        """Entries below what heads them, if anything does; nothing where there are none."""
        head = self.phrases.get(f"heading.{heading}")
        return [*([head] if head else []), *(f"– {entry}" for entry in entries)] if entries else []


_WORDS = {
    module.LOCALE: Words(module.LOCALE, module.PHRASES, module.MATTERS, module.GROUNDS, module.COURTS)
    for module in (words_pl, words_en, words_hr)
}


def words(locale: str) -> Words:
    """The words of a locale or of its language; English where there are none."""
    return _WORDS.get(locale) or _WORDS.get(locale.partition("-")[0].lower()) or _WORDS["en"]
