"""What a form is made of: fields, records of them, and sections of the file. Says nothing of what a programme holds."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any

from privacy.programme.checking import Checking
from privacy.programme.kinds import Kind
from privacy.yaml_document import Path

_REQUIRED = object()


@dataclass(frozen=True)
class Field:
    """One field: its kind, and its value where the file leaves it out. None may be written out as null."""

    name: str
    kind: Kind
    default: Any = _REQUIRED
    #: Whether None leaves it out of the document: for a field that came later, so that what was applied keeps its hash.
    sparse: bool = False

    @property
    def required(self) -> bool:
        """Whether the file must give it."""
        return self.default is _REQUIRED


@dataclass(frozen=True)
class Record:
    """A mapping with these fields and no others. Itself a kind of field."""

    fields: tuple[Field, ...]

    def __call__(self, checking: Checking, path: Path, value: Any) -> dict[str, Any] | None:
        """The record with its defaults filled in, or None where it is no mapping."""
        if not isinstance(value, dict):
            names = ", ".join(field.name for field in self.fields if field.required)
            checking.wrong(path, "A mapping is needed.", f"Write the fields: {names}.")
            return None
        known = [field.name for field in self.fields]
        for name in value:
            if name not in known:
                checking.unknown((*path, name), name, known, "field here")
        read = {field.name: self._field(checking, path, field, value) for field in self.fields}
        return {
            field.name: read[field.name] for field in self.fields if not (field.sparse and read[field.name] is None)
        }

    @staticmethod
    def _field(checking: Checking, path: Path, field: Field, value: Mapping[str, Any]) -> Any:
        place = (*path, field.name)
        if field.name not in value or (value[field.name] is None and field.default is None):
            if field.required:
                checking.wrong(place, "The field is missing.", "Add it.")
                return None
            return copy(field.default)
        return field.kind(checking, place, value[field.name])


@dataclass(frozen=True)
class Variant(Record):
    """A record that has another form where the file gives a certain field."""

    given: str
    other: Record

    def __call__(self, checking: Checking, path: Path, value: Any) -> dict[str, Any] | None:
        """The record in the form that is meant."""
        if isinstance(value, dict) and value.get(self.given) is not None:
            return self.other(checking, path, value)
        return super().__call__(checking, path, value)


@dataclass(frozen=True)
class Section:
    """A top-level key of the file."""

    name: str
    #: One object of it, in the name of its audit events.
    singular: str
    record: Record
    many: bool = True
    #: Which fields tell the objects apart.
    key: tuple[str, ...] = ("code",)
    #: Whether an applied object is published and never edited.
    published: bool = False
    required: bool = True
    #: Whether an empty one is left out of the document: for a section that came later.
    sparse: bool = False

    def key_of(self, entry: Mapping[str, Any]) -> str:
        """The object's name in a path and in the log."""
        return "@".join(str(entry[name]) for name in self.key) if self.many else self.singular


def record(*fields: tuple[str, Kind] | tuple[str, Kind, Any] | tuple[str, Kind, Any, bool]) -> Record:
    """A record of fields given by name, kind and default."""
    return Record(tuple(Field(*field) for field in fields))
