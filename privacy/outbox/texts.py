"""The texts of messages, by template and locale. `__NAME__` stands for a value, and nothing else means anything.

No template language: a value that looks like code or like a placeholder stays the text that it is. (Jinja in mail
templates has been a remote code execution in this field: CVE-2024-45053.)
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

_PLACEHOLDER = re.compile(r"__([A-Z]+(?:_[A-Z]+)*)__")
_FALLBACK_LOCALE = "en"
_NAME = re.compile(r"[a-z]+(_[a-z]+)*")


@dataclass(frozen=True)
class Message:
    """Which text to send, in which language (BCP 47), with which values in its places."""

    template: str
    locale: str
    values: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True)
class Text:
    """A message ready to be sealed."""

    locale: str
    subject: str = field(repr=False)
    body: str = field(repr=False)


def render(message: Message) -> Text:
    """The text of a message in the nearest locale that it has: the same, its language, English.

    Raises ValueError where the values are not exactly those that the template names, or where one has a control
    character: a line break would begin a new header.
    """
    template, values = message.template, message.values
    found = _nearest(template, message.locale)
    text = _read(template, found)
    wanted = set(_PLACEHOLDER.findall(text))
    if wanted != values.keys():
        raise ValueError(f"the template {template} wants exactly: {', '.join(sorted(wanted))}")
    for name, value in values.items():
        if not value.isprintable():
            raise ValueError(f"the value of {name} has a control character")
    subject, _, body = _PLACEHOLDER.sub(lambda match: values[match[1]], text).partition("\n\n")
    return Text(found, subject.strip(), body)


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


@cache
def _read(template: str, locale: str) -> str:
    file = resources.files("privacy.outbox") / "templates" / f"{template}.{locale}.txt"
    return file.read_text(encoding="utf-8")
