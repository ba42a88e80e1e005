"""The machine-readable files of a package: JSON, CSV and, for portability, a JSON Schema of each table. Pure.

A cell of a CSV never begins with a sign that makes a spreadsheet run it: `'` stands before it then, as spreadsheets
themselves mark text. The JSON beside it has the value as it is.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from privacy.dsar.execution.tasks import OWN_SYSTEM
from privacy.dsar.package.tables import HeldTable, LeftOut
from privacy.dsar.package.words import Words
from privacy.pages.csv_files import BOM, inert
from privacy.programme.data_map import DataField

#: Fideslang's types, as JSON has them.
_TYPES: Mapping[str, tuple[str, type | tuple[type, ...]]] = {
    "string": ("string", str),
    "integer": ("integer", int),
    "float": ("number", (int, float)),
    "number": ("number", (int, float)),
    "boolean": ("boolean", bool),
    "object": ("object", dict),
    "object_id": ("string", str),
}
_LEFT_OUT_SCHEMA = {
    "type": "object",
    "properties": {"left_out": {"type": "string"}, "why": {"type": "string"}},
    "required": ["left_out", "why"],
    "additionalProperties": False,
}


def as_json(one: HeldTable, words: Words) -> bytes:
    """A table with what each field means, and its rows as they are."""
    description = words.own_tables.get(one.table) if one.system == OWN_SYSTEM else None
    told = {
        "system": one.system,
        "data_set": one.data_set,
        "table": one.table,
        "description": (words.told(one.mapped) or description) if one.mapped else None,
        "purposes": list(one.purposes),
        "fields": {path: _field(about, words) for path, about in one.described().items() if not about.hidden},
        "rows": [_encodable(row, words) for row in one.rows],
    }
    return msgspec.json.format(msgspec.json.encode(told), indent=1) + b"\n"


def as_csv(one: HeldTable, words: Words) -> bytes:
    """RFC 4180 in UTF-8 with a byte order mark; every cell quoted; nested fields as columns with dots."""
    rows = [flat(row) for row in one.rows]
    names = columns(one, rows)
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([inert(name) for name in names])
    writer.writerows([cell(row.get(name), words) for name in names] for row in rows)
    return (BOM + out.getvalue()).encode()


def as_schema(one: HeldTable) -> bytes:
    """The JSON Schema (2020-12) of the table's JSON file."""
    fields = {about.name: _property(about, one.rows) for about in (one.mapped.fields if one.mapped else ())}
    present = {name for row in one.rows for name in row}
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": one.place,
        "description": one.mapped.description if one.mapped else None,
        "type": "object",
        "required": ["system", "data_set", "table", "rows"],
        "properties": {
            "system": {"const": one.system},
            "data_set": {"const": one.data_set},
            "table": {"const": one.table},
            "description": {"type": ["string", "null"]},
            "purposes": {"type": "array", "items": {"type": "string"}},
            "fields": {"type": "object"},
            "rows": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {name: about for name, about in fields.items() if name in present},
                    "additionalProperties": False,
                },
            },
        },
        "$defs": {"left_out": _LEFT_OUT_SCHEMA},
    }
    return (
        msgspec.json.format(msgspec.json.encode({k: v for k, v in schema.items() if v is not None}), indent=1) + b"\n"
    )


def columns(one: HeldTable, rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """The names of the columns: in the order of the map, then as they come."""
    known = dict.fromkeys(name for row in rows for name in row)
    return [*(path for path in one.described() if path in known), *(n for n in known if n not in one.described())]


def flat(row: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """A row without nesting: the fields inside an object by their path; a list stays one value."""
    found: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, Mapping) and value:
            found |= flat(value, f"{prefix}{name}.")
        else:
            found[prefix + name] = value
    return found


def shown(value: Any, words: Words) -> str:
    """A value as text for people."""
    if value is None:
        return ""
    if isinstance(value, LeftOut):
        return f"[{words.left_out(value.ground)}]"
    if isinstance(value, bool):
        return words.phrase("yes" if value else "no")
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple | dict):
        return msgspec.json.encode(_encodable(value, words)).decode()
    return str(msgspec.to_builtins(value))


def cell(value: Any, words: Words) -> str:
    """A value as a cell of a CSV. A number is no formula, whatever its sign."""
    text = shown(value, words) if not isinstance(value, bool) else str(value).lower()
    return text if isinstance(value, int | float) else inert(text)


def _field(about: DataField, words: Words) -> Mapping[str, Any]:
    told = {
        "description": words.told(about),
        "categories": list(about.categories),
        "type": about.data_type,
        "provided": about.provided,
    }
    return {name: value for name, value in told.items() if value not in (None, [])}


def _encodable(value: Any, words: Words) -> Any:
    if isinstance(value, LeftOut):
        return {"left_out": value.ground.value if value.ground else "secret", "why": words.left_out(value.ground)}
    if isinstance(value, Mapping):
        return {name: _encodable(one, words) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_encodable(one, words) for one in value]
    return value


def _property(about: DataField, rows: Sequence[Any]) -> Mapping[str, Any]:
    """One field. What the map says of its type is said here only where every value is of it."""
    told: dict[str, Any] = {}
    known = _TYPES.get(about.data_type or "")
    values = [row[about.name] for row in rows if isinstance(row, Mapping) and row.get(about.name) is not None]
    kept = [value for value in values if not isinstance(value, LeftOut)]
    if known and all(
        isinstance(value, known[1]) and isinstance(value, bool) == (known[0] == "boolean") for value in kept
    ):
        told = {"type": [known[0], "null"]}
    if about.description:
        told["description"] = about.description
    if about.fields and "type" in told:
        told["properties"] = {inner.name: _property(inner, kept) for inner in about.fields}
    return told if len(kept) == len(values) else {"anyOf": [told, {"$ref": "#/$defs/left_out"}]}
