"""The facts of a breach as fields of a form: made of the facts' own types, so that no field of theirs is left out.

A name in the form is the path with `__`: `persons__count__value`, `people__parties__0__name`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

import msgspec
from babel.support import LazyProxy
from flask import request
from msgspec import inspect

from privacy import clock
from privacy.breach import service as breach
from privacy.breach.service import Facts, Words
from privacy.errors import InvalidInput
from privacy.pages.forms import read_form
from privacy.pages.languages import gettext, lazy_gettext
from privacy.pages.look import look
from privacy.programme import service as programmes

#: Answers longer than this have more than one line.
_SHORT = 500
_MOST_GROUPS = 100
_INDEX = re.compile(r"\[([0-9]+|\.\.\.)\]")
_YES_NO = ("yes", "no")
#: Fields inside a field; the labels of the others are the authority's form's own.
INNER: Mapping[str, LazyProxy] = {
    "known": lazy_gettext("How well the number is known"),
    "value": lazy_gettext("The number"),
    "name": lazy_gettext("Name"),
    "who": lazy_gettext("Name of the person or company"),
    "function": lazy_gettext("Function"),
    "email": lazy_gettext("E-mail"),
    "phone": lazy_gettext("Telephone"),
    "address": lazy_gettext("Address"),
    "qualification": lazy_gettext("As what they are involved"),
    "contact": lazy_gettext("How to reach them"),
    "role": lazy_gettext("What they did"),
    "on": lazy_gettext("On which day"),
    "reference": lazy_gettext("Their reference"),
    "country": lazy_gettext("Country (two letters)"),
    "count": lazy_gettext("How many"),
    "sha256": lazy_gettext("SHA-256 of the file"),
}


class Is(Enum):
    """How a field is filled in."""

    LINE = "line"
    WORDS = "words"
    LINES = "lines"
    NUMBER = "number"
    MOMENT = "moment"
    DAY = "day"
    ONE = "one"
    SOME = "some"
    YES_NO = "yes_no"
    #: Fields together: of a struct, or of one entry of a list.
    GROUP = "group"


@dataclass(frozen=True)
class Field:
    """One field, with what is known."""

    name: str
    label: Any
    kind: Is
    #: As the form shows it; of `SOME`, every value that is chosen.
    value: Any = ""
    #: Value and text of each answer of a closed list.
    options: Sequence[tuple[str, Any]] = ()
    fields: Sequence[Field] = ()


def _sections() -> Mapping[str, inspect.StructType]:
    facts = inspect.type_info(Facts)
    assert isinstance(facts, inspect.StructType)
    return {one.name: one.type for one in facts.fields if isinstance(one.type, inspect.StructType)}


SECTIONS: Mapping[str, inspect.StructType] = _sections()


def fields(section: str, facts: Facts | None, words: Words) -> Sequence[Field]:
    """The fields of one section; without facts, as empty as nobody has filled them in."""
    known: Mapping[str, Any] = {} if facts is None else msgspec.to_builtins(getattr(facts, section))
    return list(_fields(SECTIONS[section], section, known, words))


def _fields(kind: inspect.StructType, path: str, known: Mapping[str, Any], words: Words) -> Iterator[Field]:
    for one in kind.fields:
        name = f"{path}__{one.name}"
        label = words.labels.get(name.replace("__", "."))
        yield from _field(name, _own_label(name, label), _plain(one.type), known.get(one.name), words)


def _own_label(name: str, label: str | None) -> Any:
    if label is not None:
        return label
    own = name.rpartition("__")[2]
    if own == "name" and not name.startswith("others__"):
        own = "who"
    return gettext("Only the days count") if own == "days_only" else INNER[own]


def _field(name: str, label: Any, kind: inspect.Type, value: Any, words: Words) -> Iterator[Field]:
    if isinstance(kind, inspect.StructType):
        yield Field(name, label, Is.GROUP, fields=list(_fields(kind, name, value or {}, words)))
    elif isinstance(kind, inspect.VarTupleType) and isinstance(_plain(kind.item_type), inspect.StructType):
        for number, entry in enumerate([*(value or ()), {}]):
            yield from _field(f"{name}__{number}", f"{label} {number + 1}", _plain(kind.item_type), entry, words)
    elif isinstance(kind, inspect.VarTupleType) and isinstance(_plain(kind.item_type), inspect.EnumType):
        yield Field(name, label, Is.SOME, value or (), _options(_plain(kind.item_type), words))
    elif isinstance(kind, inspect.VarTupleType):
        yield Field(name, label, Is.LINES, "\n".join(value or ()))
    elif isinstance(kind, inspect.EnumType):
        yield Field(name, label, Is.ONE, value or "", _options(kind, words))
    else:
        yield Field(name, label, _plainly(kind), _text(kind, value))


def _options(kind: inspect.Type, words: Words) -> Sequence[tuple[str, str]]:
    assert isinstance(kind, inspect.EnumType)
    return [(one.value, words.told(one) or "") for one in kind.cls]


def _plainly(kind: inspect.Type) -> Is:
    if isinstance(kind, inspect.StrType):
        return Is.LINE if kind.pattern or (kind.max_length or 0) <= _SHORT else Is.WORDS
    kinds = {
        inspect.BoolType: Is.YES_NO,
        inspect.IntType: Is.NUMBER,
        inspect.DateTimeType: Is.MOMENT,
        inspect.DateType: Is.DAY,
    }
    return kinds[type(kind)]


def _text(kind: inspect.Type, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(kind, inspect.BoolType):
        return _YES_NO[0] if value else _YES_NO[1]
    if isinstance(kind, inspect.DateTimeType):
        return f"{datetime.fromisoformat(value).astimezone(look().zone()):%Y-%m-%dT%H:%M}"
    return str(value)


def _plain(kind: inspect.Type) -> inspect.Type:
    """The type that a field has where it is filled in."""
    if isinstance(kind, inspect.UnionType):
        return next(one for one in kind.types if not isinstance(one, inspect.NoneType))
    return kind


def filled(section: str) -> Mapping[str, Any]:
    """What the form of a section says, as a patch: every field of it, null where it is empty.

    Raises `InvalidInput` by the names of the form.
    """
    kind = SECTIONS[section]
    names = dict(_names(kind, section))
    form = msgspec.defstruct(
        "FactsFilled",
        [
            ("version", int),
            *((name, list[str] if many else str | None, [] if many else None) for name, many in names.items()),
        ],
        forbid_unknown_fields=True,
    )
    given = msgspec.structs.asdict(read_form(form))
    return {section: {one.name: _value(_plain(one.type), f"{section}__{one.name}", given) for one in kind.fields}}


def _names(kind: inspect.StructType, path: str) -> Iterator[tuple[str, bool]]:
    """Each field of the form, and whether it may come more than once."""
    for one in kind.fields:
        yield from _names_of(f"{path}__{one.name}", _plain(one.type))


def _names_of(name: str, kind: inspect.Type) -> Iterator[tuple[str, bool]]:
    if isinstance(kind, inspect.StructType):
        yield from _names(kind, name)
    elif isinstance(kind, inspect.VarTupleType) and isinstance(_plain(kind.item_type), inspect.StructType):
        for number in range(_groups(name)):
            yield from _names_of(f"{name}__{number}", _plain(kind.item_type))
    else:
        some = isinstance(kind, inspect.VarTupleType) and isinstance(_plain(kind.item_type), inspect.EnumType)
        yield name, some


def _groups(name: str) -> int:
    """How many entries of a list were sent."""
    sent = (re.fullmatch(rf"{name}__([0-9]{{1,3}})__\w+", field) for field in request.form)
    return min(max((int(one[1]) + 1 for one in sent if one), default=0), _MOST_GROUPS)


def _value(kind: inspect.Type, name: str, given: Mapping[str, Any]) -> Any:
    if isinstance(kind, inspect.StructType):
        found = {one.name: _value(_plain(one.type), f"{name}__{one.name}", given) for one in kind.fields}
        return {field: value for field, value in found.items() if value is not None} or None
    if isinstance(kind, inspect.VarTupleType) and isinstance(_plain(kind.item_type), inspect.StructType):
        entries = (_value(_plain(kind.item_type), f"{name}__{number}", given) for number in range(_groups(name)))
        return [one for one in entries if one is not None] or None
    text = given[name]
    if isinstance(kind, inspect.VarTupleType):
        lines = text if isinstance(text, list) else (text or "").splitlines()
        return [line.strip() for line in lines if line.strip()] or None
    return None if text is None else _read(kind, name, text)


def _read(kind: inspect.Type, name: str, text: str) -> Any:
    if isinstance(kind, inspect.BoolType):
        return text == _YES_NO[0]
    if isinstance(kind, inspect.IntType):
        if not (text.isascii() and text.isdecimal()):
            raise InvalidInput.of(name, "This is no whole number.")
        return int(text)
    if isinstance(kind, inspect.DateTimeType):
        return clock.isoformat(breach.read_moment(text, programmes.current().zone, name))
    return text


def by_our_names(error: InvalidInput) -> InvalidInput:
    """What is wrong with the facts, by the names of the form."""
    found = error.extensions.get("errors") or {"body": [error.detail]}
    return InvalidInput(errors={_INDEX.sub(r".\1", path).replace(".", "__"): said for path, said in found.items()})
