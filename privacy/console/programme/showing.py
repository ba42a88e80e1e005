"""An entry of the programme as people read it: names in place of codes, words in place of the file's spelling."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel import Locale
from babel.units import format_unit
from flask import url_for

from privacy.console.programme import words
from privacy.pages.languages import day_text, gettext, locale, number_text
from privacy.programme import service as programmes
from privacy.programme.types import Duration

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LOCALE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_MONTHS_OF_A_YEAR = 12


@dataclass(frozen=True)
class Shown:
    """One value: a text, or a list of values, or facts with what each is called."""

    text: str = ""
    #: Where the text leads.
    link: str | None = None
    #: The language of the text, where it is not the page's.
    lang: str | None = None
    #: Whether it is the file's own spelling.
    spelling: bool = False
    items: Sequence[Shown] = ()
    facts: Sequence[tuple[str, Shown]] = ()


class Showing:
    """Shows entries of one version of the programme."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self._content = content
        self._names = {section: dict(self._named(section)) for section in set(words.REFERENCES.values())}

    def entries(self, section: str) -> list[Mapping[str, Any]]:
        """The entries of a section, in the order of the file."""
        value = self._content.get(section)
        if not value:
            return []
        return list(value) if programmes.SECTIONS[section].many else [value]

    def entry(self, section: str, entry: Mapping[str, Any]) -> list[tuple[str, Shown]]:
        """Every field of an entry that says something, in the order of the file's form."""
        named = [field.name for field in programmes.SECTIONS[section].record.fields]
        return self.facts({name: entry[name] for name in [*named, *(entry.keys() - set(named))] if name in entry})

    def facts(self, entry: Mapping[str, Any]) -> list[tuple[str, Shown]]:
        """Every field that says something, with what it is called."""
        return [
            (str(words.FIELDS.get(name, name)), shown)
            for name, value in entry.items()
            if (shown := self._value(name, value)) is not None
        ]

    def _value(self, name: str, value: Any) -> Shown | None:
        if value is None or value in ({}, [], ""):
            return None
        if isinstance(value, bool):
            return Shown(gettext("yes") if value else gettext("no"))
        if isinstance(value, int):
            return Shown(number_text(value))
        if isinstance(value, Mapping):
            return self._by_locale(name, value) if _is_by_locale(value) else Shown(facts=self.facts(value))
        if isinstance(value, list):
            return Shown(items=[shown for one in value if (shown := self._value(name, one)) is not None])
        return self._text(name, str(value))

    def _by_locale(self, name: str, value: Mapping[str, str]) -> Shown:
        if name == "texts":
            named = Locale(locale()).languages
            return Shown(
                facts=[
                    (str(named.get(code.partition("-")[0], code)), Shown(text, lang=code))
                    for code, text in sorted(value.items(), key=lambda one: one[0] != locale())
                ]
            )
        return _in_the_language(value)

    def _text(self, name: str, text: str) -> Shown:
        section = words.REFERENCES.get(name)
        if section is not None and text in self._names[section]:
            here = url_for("console.programme_entry", section=section, entry_key=text)
            return Shown(self._names[section][text], link=here)
        if name in words.CLOSED and text in words.WORDS:
            return Shown(str(words.WORDS[text]))
        if name in words.PERIODS:
            return Shown(lasting(text))
        if name == "country":
            return Shown(str(Locale(locale()).territories.get(text, text)))
        if _DAY.fullmatch(text):
            return Shown(day_text(date.fromisoformat(text)))
        return Shown(text, spelling=name in {"code", "fides_key", "minimum_age"})

    def _named(self, section: str) -> Iterator[tuple[str, str]]:
        for entry in self.entries(section):
            yield programmes.SECTIONS[section].key_of(entry), called(entry)


def called(entry: Mapping[str, Any]) -> str:
    """What people call an entry, in the language of the page or in the first that it has; its code without a name."""
    if isinstance(names := entry.get("names"), Mapping) and names:
        return _in_the_language(names).text
    for field in ("name", "code", "fides_key", "country"):
        if entry.get(field):
            return str(entry[field])
    return "–"


def lasting(period: str) -> str:
    """A period of ISO 8601 in words."""
    lasts = Duration.parse(period)
    years, months = divmod(lasts.months, _MONTHS_OF_A_YEAR)
    parts = (("year", years), ("month", months), ("day", lasts.days))
    return " ".join(str(format_unit(many, f"duration-{unit}", locale=locale())) for unit, many in parts if many)


def _in_the_language(by_locale: Mapping[str, str]) -> Shown:
    for code, text in by_locale.items():
        if code == locale():
            return Shown(text)
    code, text = next(iter(by_locale.items()))
    return Shown(text, lang=code or None)


def _is_by_locale(value: Mapping[str, Any]) -> bool:
    return all(isinstance(text, str) and (not code or _LOCALE.fullmatch(code)) for code, text in value.items()) and (
        all(len(code) <= 3 or "-" in code for code in value)
    )
