"""Which values a field may have, for the message that refuses another one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from msgspec import inspect

_STEP = re.compile(r"\[[^\]]*\]|[^.\[]+")


@cache
def allowed_values(kind: Any, path: str) -> tuple[str, ...]:
    """The values of the enumeration at `path` (`channels[0]`, `subject.kind`) of a type; none where it is no such.

    The path is the decoder's own: indexes are taken out by the caller, so that the cache stays small.
    """
    found = [inspect.type_info(kind)]
    for step in _STEP.findall(path):
        found = [inner for outer in found for inner in _inside(outer, step)]
    return tuple(str(value) for outer in found for value in _values(outer))


def _inside(outer: inspect.Type, step: str) -> Iterator[inspect.Type]:
    if isinstance(outer, inspect.Metadata):
        yield from _inside(outer.type, step)
    elif isinstance(outer, inspect.UnionType):
        for option in outer.types:
            yield from _inside(option, step)
    elif isinstance(outer, inspect.StructType):
        yield from (field.type for field in outer.fields if field.encode_name == step)
    elif step.startswith("["):
        inner = getattr(outer, "item_type", None) or getattr(outer, "value_type", None)
        if inner is not None:
            yield inner


def _values(kind: inspect.Type) -> Iterator[Any]:
    if isinstance(kind, inspect.Metadata):
        yield from _values(kind.type)
    elif isinstance(kind, inspect.UnionType):
        for option in kind.types:
            yield from _values(option)
    elif isinstance(kind, inspect.EnumType):
        yield from (member.value for member in kind.cls)
    elif isinstance(kind, inspect.LiteralType):
        yield from kind.values
