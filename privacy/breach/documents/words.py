"""The words of notifications and of the register in one language: phrases, fields, options, and values as people read.

Pure. What nobody filled in has no words here: whoever prints says that it is absent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from enum import StrEnum
from functools import singledispatchmethod
from typing import Any

from privacy import clock, spoken
from privacy.breach import option_texts_en, option_texts_hr, option_texts_pl
from privacy.breach.documents import texts_en, texts_hr, texts_pl
from privacy.breach.facts import Attachment, Contact, Count, Party, PersonsIn, Telling, ToldAuthority
from privacy.breach.options import Known

#: Between thousands.
_GROUPS = {"pl": "\u00a0", "en": ",", "hr": "."}
#: Numbers of four digits are written without a gap.
_FIRST_GROUPED = 10_000
_ARTICLE = re.compile(r"GDPR art\. ([0-9]+)(?:\(([0-9]+)\))?(?:\(([a-z])\))?")
_TEMPLATE = "EDPB template"
#: Its numbers are points.
_DEFINITIONS = "4"


@dataclass(frozen=True)
class Words:
    """One language, and the zone in which its times are told."""

    #: BCP 47.
    locale: str
    phrases: Mapping[str, str]
    #: Titles of the form's items.
    sections: Mapping[str, str]
    #: Names of fields, by path.
    labels: Mapping[str, str]
    #: Of each word list, by its name.
    options: Mapping[str, Mapping[str, str]]
    zone: tzinfo

    def phrase(self, name: str, /, **values: object) -> str:
        """A fixed text with values in its places."""
        return spoken.filled(self.phrases[name], **values)

    def day(self, at: int) -> str:
        """The day of a moment in microseconds."""
        return spoken.day(self._local(at).date(), self.locale)

    def moment(self, at: int) -> str:
        """A moment in microseconds, with its offset from UTC: in one hour of autumn the time alone says too little."""
        return self._offset(self._local(at))

    def law(self, law: str) -> str:
        """An article of the GDPR, or the EDPB's template, as the language cites it; another text as it is."""
        cited = law.replace(_TEMPLATE, self.phrases["template"])
        return _ARTICLE.sub(self._article, cited)

    def _article(self, found: re.Match[str]) -> str:
        article, paragraph, letter = found.groups()
        if self.locale == "pl":
            unit = "pkt" if article == _DEFINITIONS else "ust."
            parts = [f"art. {article}", paragraph and f"{unit} {paragraph}", letter and f"lit. {letter}", "RODO"]
        elif self.locale == "hr":
            unit = "t." if article == _DEFINITIONS else "st."
            parts = [f"čl. {article}.", paragraph and f"{unit} {paragraph}.", letter and f"t. ({letter})", "GDPR-a"]
        else:
            return found[0].replace("art.", "Art.")
        return " ".join(part for part in parts if part)

    def number(self, value: int) -> str:
        """A whole number."""
        if value < _FIRST_GROUPED:
            return str(value)
        return f"{value:,}".replace(",", _GROUPS[self.locale])

    @singledispatchmethod
    def told(self, value: Any) -> str | None:
        """A value of the facts as people read it; None where there is none."""
        return None if value is None else str(value)

    @told.register
    def _(self, value: bool) -> str:
        return self.phrases["yes" if value else "no"]

    @told.register
    def _(self, value: StrEnum) -> str:
        return self.options[type(value).__name__][value.value]

    @told.register
    def _(self, value: int) -> str:
        return self.number(value)

    @told.register
    def _(self, value: datetime) -> str:
        return self._offset(value.astimezone(self.zone))

    @told.register
    def _(self, value: date) -> str:
        return spoken.day(value, self.locale)

    @told.register
    def _(self, value: tuple) -> str | None:  # type: ignore[type-arg]  # singledispatch takes the bare class
        return self.joined(value, "; ")

    @told.register
    def _(self, value: Count) -> str:
        if value.value is None:
            return self.told(value.known) or ""
        exactly = "count_exact" if value.known is Known.EXACT else "count_approximate"
        return self.phrase(exactly, value=self.number(value.value))

    @told.register
    def _(self, value: Contact) -> str | None:
        return self.joined((value.name, value.function, value.email, value.phone, value.address))

    @told.register
    def _(self, value: Party) -> str | None:
        return self.joined((f"{value.name} ({self.told(value.qualification)})", value.contact, value.role))

    @told.register
    def _(self, value: PersonsIn) -> str:
        return f"{value.country}: {self.told(value.count)}"

    @told.register
    def _(self, value: ToldAuthority) -> str | None:
        return self.joined((value.name, value.on, value.reference))

    @told.register
    def _(self, value: Attachment) -> str | None:
        return self.joined((value.name, f"SHA-256 {value.sha256}" if value.sha256 else None))

    @told.register
    def _(self, value: Telling) -> str | None:
        return self.joined((value.told, value.on, value.count, value.means, value.reasons))

    def joined(self, values: Iterable[Any], by: str = ", ") -> str | None:
        """Those of the values that are there, one after another; None where none is."""
        return by.join(text for text in map(self.told, values) if text) or None

    def _local(self, at: int) -> datetime:
        return clock.from_micros(at).astimezone(self.zone)

    def _offset(self, local: datetime) -> str:
        offset = f"{local:%z}"
        return f"{spoken.moment(local, self.locale)} (UTC{offset[:3]}:{offset[3:5]})"


def words(locales: Sequence[str], zone: tzinfo) -> Words:
    """The words of the first locale that there are any of; English where there are none."""
    languages = (locale.partition("-")[0].lower() for locale in locales)
    found = next((one for one in languages if one in _TEXTS), "en")
    texts, options = _TEXTS[found]
    return Words(found, texts.PHRASES, texts.SECTIONS, texts.LABELS, options.OPTIONS, zone)


_TEXTS: Mapping[str, tuple[Any, Any]] = {
    "pl": (texts_pl, option_texts_pl),
    "en": (texts_en, option_texts_en),
    "hr": (texts_hr, option_texts_hr),
}
#: Languages that documents come in.
LOCALES = tuple(_TEXTS)
