"""Kinds of fields: each checks one value, notes what is wrong with it and returns it, or None where it is broken."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import Any

from privacy.programme.checking import Checking, shown
from privacy.programme.duration import Duration
from privacy.yaml_document import OddNumber, Path

Kind = Callable[[Checking, Path, Any], Any]

#: Codes and versions stand in URLs, file names and the log's object ids (64 characters for both together).
_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,19}")
#: A source system, as import profiles name it.
_SYSTEM = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_LOCALE = re.compile(r"[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-[A-Z]{2})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_URL = re.compile(r"https?://[^\s/?#]+(?:/\S*)?")
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_PHONE = re.compile(r"\+[1-9][0-9]{1,14}")


def text(checking: Checking, path: Path, value: Any) -> str | None:
    """Words: not empty, as they stand."""
    if isinstance(value, str) and value.strip():
        return value
    if isinstance(value, bool | int | OddNumber):
        written = value.text if isinstance(value, OddNumber) else str(value)
        checking.wrong(path, f"{written} is read as a value, not as text.", f'Put it in quotes: "{written}".')
    else:
        checking.wrong(path, "There is no text here.", "Write some.")
    return None


def _matching(pattern: re.Pattern[str], mend: str, *, quote: bool = True) -> Kind:
    def check(checking: Checking, path: Path, value: Any) -> str | None:
        words = text(checking, path, value)
        if words is None or pattern.fullmatch(words):
            return words
        checking.wrong(path, f"{shown(words)} has the wrong form." if quote else "The form is wrong.", mend)
        return None

    return check


code = _matching(_CODE, "Use a-z, digits and '_', a letter first, at most 40 characters.")
version = _matching(_VERSION, "Use letters, digits, '.', '-' and '_', at most 20 characters.")
system = _matching(_SYSTEM, "Use the system's name in its import profile: a-z, digits, '_' and '-'.")
sha256 = _matching(_SHA256, "Use the 64 hexadecimal digits that sha256sum prints, in quotes.")
country = _matching(_COUNTRY, "Use the two capital letters of ISO 3166-1, such as PL.")
locale = _matching(_LOCALE, "Use a BCP 47 tag such as pl or sr-Latn.")
url = _matching(_URL, "Use a full address that starts with https://.")
#: A contact may be somebody's own: the message does not repeat it.
email = _matching(_EMAIL, "Use an address such as iod@example.com.", quote=False)
phone = _matching(_PHONE, "Use E.164, in quotes: a plus sign, the country code and the number.", quote=False)


def as_written(checking: Checking, path: Path, value: Any) -> str | None:
    """What stands in a cell of somebody else's file, nothing included."""
    return value if isinstance(value, str) else text(checking, path, value)


def boolean(checking: Checking, path: Path, value: Any) -> bool | None:
    """The words true and false, and no other spelling."""
    if isinstance(value, bool):
        return value
    checking.wrong(path, f"{shown(value)} is neither true nor false.", "Write true or false.")
    return None


def whole(lowest: int, highest: int) -> Kind:
    """A whole number between two bounds, both included."""

    def check(checking: Checking, path: Path, value: Any) -> int | None:
        if isinstance(value, int) and not isinstance(value, bool) and lowest <= value <= highest:
            return value
        written = value.text if isinstance(value, OddNumber) else value
        checking.wrong(path, f"{shown(written)} does not fit.", f"Write a whole number from {lowest} to {highest}.")
        return None

    return check


def day(checking: Checking, path: Path, value: Any) -> str | None:
    """A date of the calendar, kept as text."""
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            date.fromisoformat(value)
        except ValueError:
            checking.wrong(path, f"{shown(value)} is not in the calendar.", "Write an existing day as YYYY-MM-DD.")
            return None
        return value
    written = value.text if isinstance(value, OddNumber) else value
    checking.wrong(path, f"{shown(written)} is not a date.", "Write it as YYYY-MM-DD.")
    return None


def day_of_year(checking: Checking, path: Path, value: Any) -> str | None:
    """A day of each year, as MM-DD, kept as text."""
    words = text(checking, path, value)
    try:
        if words is not None:
            date.fromisoformat(f"2024-{words}")
    except ValueError:
        checking.wrong(path, f"{shown(words)} is no day of a year.", 'Write month and day in quotes: "06-30".')
        return None
    return words


def period(checking: Checking, path: Path, value: Any) -> str | None:
    """An ISO 8601 period, kept as text."""
    words = text(checking, path, value)
    if words is None:
        return None
    try:
        Duration.parse(words)
    except ValueError as error:
        checking.wrong(path, f"{shown(words)} is {error}.", "Write it as P36M, P2W or P90D.")
        return None
    return words


def zone(checking: Checking, path: Path, value: Any) -> str | None:
    """A time zone of the IANA database."""
    words = text(checking, path, value)
    if words is None or words in zoneinfo.available_timezones():
        return words
    checking.unknown(path, words, [z for z in zoneinfo.available_timezones() if z.startswith("Europe/")], "time zone")
    return None


def one_of(words: type[StrEnum]) -> Kind:
    """One word of a closed list."""

    def check(checking: Checking, path: Path, value: Any) -> str | None:
        known = [word.value for word in words]
        if value in known:
            return str(value)
        written = value.text if isinstance(value, OddNumber) else str(value)
        checking.unknown(path, written, known, "such word")
        return None

    return check


def exactly(word: str) -> Kind:
    """The one word that is possible."""

    def check(checking: Checking, path: Path, value: Any) -> str | None:
        if value == word:
            return word
        checking.wrong(path, f"{shown(value)} is not possible here.", f"Write {word}.")
        return None

    return check


def ref(section: str, what: str, *, also: str | None = None) -> Kind:
    """The code of something that another section declares; `also`: a code with a meaning of its own."""

    def check(checking: Checking, path: Path, value: Any) -> str | None:
        words = text(checking, path, value)
        known = [*checking.codes(section), *([also] if also else [])]
        if words is None or words in known:
            return words
        checking.unknown(path, words, known, what)
        return None

    return check


def texts(checking: Checking, path: Path, value: Any) -> dict[str, str] | None:
    """A text in each locale of the programme."""
    locales = checking.locales
    if not isinstance(value, dict):
        checking.wrong(path, "A text by locale is needed.", f"Write one each for: {', '.join(locales)}.")
        return None
    for extra in value.keys() - set(locales):
        checking.unknown((*path, extra), extra, locales, "locale of this programme")
    for missing in (name for name in locales if name not in value):
        checking.wrong((*path, missing), "The text is missing.", f"Write it in {missing}.")
    found = {name: text(checking, (*path, name), value[name]) for name in locales if name in value}
    return {name: words for name, words in found.items() if words is not None}


def text_or_texts(checking: Checking, path: Path, value: Any) -> str | dict[str, str] | None:
    """A text in each locale of the programme, or one that stands for all of them."""
    return texts(checking, path, value) if isinstance(value, dict) else text(checking, path, value)


def texts_as_shown(checking: Checking, path: Path, value: Any) -> dict[str, str] | None:
    """A text in the locales in which it was shown once; the programme need not have them any more."""
    if not isinstance(value, dict):
        checking.wrong(path, "A text by locale is needed.", "Write it in each language in which it was shown.")
        return None
    found = {
        name: text(checking, (*path, name), words)
        for name, words in value.items()
        if locale(checking, (*path, name), name)
    }
    return {name: words for name, words in found.items() if words is not None}


def some(kind: Kind, *, least: int = 0) -> Kind:
    """A list of values of one kind, none of them twice."""

    def check(checking: Checking, path: Path, value: Any) -> list[Any] | None:
        if not isinstance(value, list):
            checking.wrong(path, "A list is needed.", "Write [first, second], or a line with '- ' for each.")
            return None
        if len(value) < least:
            checking.wrong(path, "The list is too short.", f"At least {least} needed.")
        for index, item in enumerate(value):
            if not isinstance(item, dict | list) and item in value[:index]:
                checking.wrong((*path, index), f"{shown(item)} is listed twice.", "Keep one.")
        return [kind(checking, (*path, index), item) for index, item in enumerate(value)]

    return check
