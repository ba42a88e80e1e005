"""The difference between two programmes, object by object, and what must not change in one. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from privacy.programme.form import Section
from privacy.programme.schema import SECTIONS

Content = Mapping[str, Any]


class Verb(StrEnum):
    """What happens to an object or a field."""

    ADD = "add"
    CHANGE = "change"
    REMOVE = "remove"


_SIGNS = {Verb.ADD: "+", Verb.CHANGE: "~", Verb.REMOVE: "-"}
#: A value in a printed plan is cut here; the texts themselves are pages long.
_SHOWN = 70


@dataclass(frozen=True)
class Change:
    """One added, changed or removed object."""

    verb: Verb
    section: str
    #: Such as `offers`, `klauzula@3.0`; the section's own name where it has one object.
    key: str
    old: Mapping[str, Any] | None
    new: Mapping[str, Any] | None

    @property
    def path(self) -> str:
        """Where the object stands, such as `purposes.offers`."""
        return self.section if self.key == self.section else f"{self.section}.{self.key}"

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that differ."""
        old, new = self.old or {}, self.new or {}
        return tuple(name for name in {**old, **new} if old.get(name) != new.get(name))

    def lines(self) -> Iterator[str]:
        """The change as a plan prints it."""
        yield f"{_SIGNS[self.verb]} {self.path}"
        if self.verb is Verb.CHANGE:
            old, new = self.old or {}, self.new or {}
            for name in self.fields:
                yield f"    {name}: {_shown(old.get(name))} -> {_shown(new.get(name))}"

    def as_json(self) -> dict[str, Any]:
        """The change as `--json` prints it."""
        return {"action": self.verb.value, "path": self.path, "old": self.old, "new": self.new}


def compare(old: Content | None, new: Content) -> tuple[Change, ...]:
    """Every object that differs, in the order of the form. The order of objects alone is no difference."""
    return tuple(change for section in SECTIONS for change in _section(section, old or {}, new))


def refusals(changes: tuple[Change, ...], today: date) -> tuple[str, ...]:
    """Why these changes are not possible: a published version stays as it is, but that its end may be set."""
    sections = {section.name: section for section in SECTIONS}
    published = (c for c in changes if sections[c.section].published and c.verb is not Verb.ADD)
    return tuple(text for change in published if (text := _refusal(change, today)))


def _section(section: Section, old: Content, new: Content) -> Iterator[Change]:
    before, after = _objects(section, old), _objects(section, new)
    for key, entry in after.items():
        if key not in before:
            yield Change(Verb.ADD, section.name, key, None, entry)
        elif before[key] != entry:
            yield Change(Verb.CHANGE, section.name, key, before[key], entry)
    for key, entry in before.items():
        if key not in after:
            yield Change(Verb.REMOVE, section.name, key, entry, None)


def _objects(section: Section, content: Content) -> dict[str, Mapping[str, Any]]:
    value = content.get(section.name)
    if not value:
        return {}
    return {section.key_of(entry): entry for entry in (value if section.many else [value])}


def _refusal(change: Change, today: date) -> str | None:
    if change.verb is Verb.REMOVE:
        return f"{change.path} is published and stays. Close it with valid_until instead."
    old, new = change.old or {}, change.new or {}
    edited = [name for name in change.fields if name != "valid_until"]
    if edited == ["historical"]:
        return (
            f"{change.path} is published: who attests it and what it stands for cannot change. Publish the text as "
            f"another version with a historical block of its own instead."
        )
    if edited:
        return f"{change.path} is published: {', '.join(edited)} cannot change. Publish a new version instead."
    if old["valid_until"] is not None:
        return f"{change.path} is published and closed: its valid_until cannot change. Publish a new version instead."
    if new["valid_until"] < today.isoformat():
        return f"{change.path} was in force until today: valid_until cannot be earlier than {today.isoformat()}."
    return None


def _shown(value: Any) -> str:
    text = _written(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _written(value: Any) -> str:
    """As it stands in the file."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {_written(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_written, value)) + "]"
    return "none" if value is None else str(value)
