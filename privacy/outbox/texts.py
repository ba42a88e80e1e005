"""The texts of messages, by template and locale. `__NAME__` stands for a value, and nothing else means anything.

A value may be a list where its place is a paragraph of its own: each entry becomes one, and an empty list leaves
nothing, not even a blank line.

No template language: a value that looks like code or like a placeholder stays the text that it is. (Jinja in mail
templates has been a remote code execution in this field: CVE-2024-45053.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from privacy import spoken

_PLACEHOLDER = re.compile(r"__([A-Z]+(?:_[A-Z]+)*)__")
#: The same, and before it a place that is a paragraph, with the blank line above.
_PLACE = re.compile(r"\n\n__(?P<paragraph>[A-Z]+(?:_[A-Z]+)*)__(?=\n)|__(?P<word>[A-Z]+(?:_[A-Z]+)*)__")

Value = str | Sequence[str]
_FALLBACK_LOCALE = "en"
_NAME = re.compile(r"[a-z]+(_[a-z]+)*")


@dataclass(frozen=True)
class Message:
    """Which text to send, in which language (BCP 47), with which values in its places."""

    template: str
    locale: str
    values: Mapping[str, Value] = field(repr=False)


@dataclass(frozen=True)
class Text:
    """A message ready to be sealed."""

    locale: str
    subject: str = field(repr=False)
    body: str = field(repr=False)


def render(message: Message) -> Text:
    """The text of a message in the nearest locale that it has: the same, its language, English.

    Raises ValueError where the values are not exactly those that the template names, where one has a control
    character (a line break would begin a new header), or where a list has no line of its own.
    """
    template, values = message.template, message.values
    found = _nearest(template, message.locale)
    text = _read(template, found)
    wanted = set(_PLACEHOLDER.findall(text))
    if wanted != values.keys():
        raise ValueError(f"the template {template} wants exactly: {', '.join(sorted(wanted))}")
    for name, value in _entries(values):
        if not value.isprintable():
            raise ValueError(f"the value of {name} has a control character")
    head, _, rest = text.partition("\n\n")
    # In one go: a value that looks like a place is none.
    subject, body = (_PLACE.sub(lambda match: _put(values, match), part) for part in (head, f"\n\n{rest}"))
    return Text(found, subject.strip(), body.removeprefix("\n\n"))


def _entries(values: Mapping[str, Value]) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        for entry in [value] if isinstance(value, str) else value:
            yield name, entry


def _put(values: Mapping[str, Value], place: re.Match[str]) -> str:
    if (paragraph := place["paragraph"]) is not None:
        value = values[paragraph]
        return "".join(f"\n\n{entry}" for entry in ([value] if isinstance(value, str) else value))
    value = values[place["word"]]
    if not isinstance(value, str):
        raise ValueError(f"{place['word']} is a list and has no line of its own")
    return spoken.before(value, place.string[place.end() :])


def _nearest(template: str, locale: str) -> str:
    known = locales(template)
    language = locale.partition("-")[0].lower()
    return next((name for name in (locale, language) if name in known), _FALLBACK_LOCALE)


@cache
def locales(template: str) -> frozenset[str]:
    """The locales that a template has; raises ValueError where there is no such template."""
    folder = resources.files("privacy.outbox") / "templates"
    prefix, suffix = f"{template}.", ".txt"
    names = [entry.name for entry in folder.iterdir() if entry.name.startswith(prefix) and entry.name.endswith(suffix)]
    if not _NAME.fullmatch(template) or not names:
        raise ValueError("there is no such template")
    return frozenset(name.removeprefix(prefix).removesuffix(suffix) for name in names)


def places(template: str, locale: str) -> frozenset[str]:
    """The names of the values that a template wants in the nearest locale; raises ValueError for an unknown one."""
    return frozenset(_PLACEHOLDER.findall(_read(template, _nearest(template, locale))))


@cache
def _read(template: str, locale: str) -> str:
    file = resources.files("privacy.outbox") / "templates" / f"{template}.{locale}.txt"
    return file.read_text(encoding="utf-8")
