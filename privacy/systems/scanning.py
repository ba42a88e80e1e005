"""From a database's own catalogue to a first draft of its data set, in Fideslang, for somebody who knows the system.

A draft says what looks personal and why, which tables follow from which, and by what people could be looked for. What
an erasure does it leaves open: that is the law's. No value of the database is in it.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from privacy import yaml_document
from privacy.systems.connector import Column
from privacy.systems.personal import Personal, Sureness, people_tables, personal_columns

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_LENGTH = re.compile(r"CHAR[A-Z ]*\((\d+)\)", re.IGNORECASE)
_TYPES = {
    "boolean": re.compile(r"BOOL", re.IGNORECASE),
    "string": re.compile(r"CHAR|TEXT|CLOB|STRING|ENUM", re.IGNORECASE),
    "integer": re.compile(r"(?<!PO)INT(?!ERVAL)|SERIAL", re.IGNORECASE),
    "float": re.compile(r"NUMERIC|DECIMAL|REAL|FLOAT|DOUBLE", re.IGNORECASE),
}
_HEAD = """\
# A draft, made from the catalogue and from what sampled values look like. Somebody who knows the system judges it:
# what is personal, which identities name the person themselves, and in privacy.on_erasure what an erasure does.
"""


@dataclass
class _Reached:
    """How tables follow from those of people."""

    #: How many references away from people.
    depth: dict[str, int] = field(default_factory=dict)
    #: Tables that a person's rows point to, such as addresses; what else points to these is not theirs.
    pointed_to: set[str] = field(default_factory=set)


def draft(code: str, columns: Sequence[Column], identifier_types: Collection[str]) -> str:
    """The draft of a data set, as a file of Fides. Identities that the programme has no type for are not proposed."""
    found = {(one.column.table, one.column.name): one for one in personal_columns(columns)}
    people = people_tables(found.values())
    tables: dict[str, list[Column]] = {}
    for one in columns:
        tables.setdefault(one.table, []).append(one)
    reached = _reached(tables, people, {table for table, _ in found})
    drafted = [name for name in tables if name in reached.depth or any(table == name for table, _ in found)]
    lines = [f"  - fides_key: {_written(code)}", f"    collections:{'' if drafted else ' []'}"]
    for name in drafted:
        lines += _table(code, name, tables[name], found, people, reached, identifier_types)
    left = ", ".join(_written(name) for name in tables if name not in drafted)
    lines += [f"# Nothing personal was seen in: {left}"] if left else []
    return _HEAD + "dataset:\n" + "\n".join(lines) + "\n"


def _reached(tables: Mapping[str, list[Column]], people: Collection[str], personal: Collection[str]) -> _Reached:
    """What follows from people: rows that point to theirs, and personal rows that theirs point to."""
    leads = [(child, parent) for child, columns in tables.items() for one in columns if (parent := _parent(one))]
    reached = _Reached({name: 0 for name in tables if name in people})
    waiting = deque(reached.depth)
    while waiting:
        table = waiting.popleft()
        children = [child for child, parent in leads if parent == table and table not in reached.pointed_to]
        parents = [parent for child, parent in leads if child == table and parent in personal]
        for other in (*children, *parents):
            if other not in reached.depth:
                reached.depth[other] = reached.depth[table] + 1
                reached.pointed_to |= {other} - set(children)
                waiting.append(other)
    return reached


def _parent(column: Column) -> str | None:
    return column.references.rsplit(".", 1)[0] if column.references else None


def _table(
    code: str,
    name: str,
    columns: Sequence[Column],
    found: Mapping[tuple[str, str], Personal],
    people: Collection[str],
    reached: _Reached,
    identifier_types: Collection[str],
) -> Iterator[str]:
    yield f"      - name: {_written(name)}"
    yield "        fields:"
    for one in columns:
        personal = found.get((one.table, one.name))
        yield f"          - name: {_written(one.name)}{_because(personal)}"
        if personal is not None:
            yield f"            data_categories: [{personal.category}]"
        notes = _notes(one, personal, name in people, identifier_types)
        direction = _direction(one, reached)
        if direction is not None and one.references is not None:
            place = f"{{dataset: {_written(code)}, field: {_written(one.references)}, direction: {direction}}}"
            notes["references"] = f"[{place}]"
        elif _parent(one) in people:
            yield f"            # leads to other people ({_written(one.references or '')}): no reference is proposed"
        if notes:
            yield "            fides_meta:"
            yield from (f"              {key}: {value}" for key, value in notes.items())


def _because(personal: Personal | None) -> str:
    if personal is None:
        return ""
    return f" # {'surely' if personal.sureness is Sureness.SURE else 'likely'} personal: {personal.why}"


def _notes(
    column: Column, personal: Personal | None, of_people: bool, identifier_types: Collection[str]
) -> dict[str, str]:
    length = _LENGTH.search(column.data_type)
    notes = {
        "primary_key": "true" if column.primary_key else None,
        "identity": _identity(column, personal, of_people, identifier_types),
        "data_type": next((name for name, written in _TYPES.items() if written.search(column.data_type)), None),
        "length": length.group(1) if length and int(length.group(1)) else None,
    }
    return {name: value for name, value in notes.items() if value is not None}


def _identity(
    column: Column, personal: Personal | None, of_people: bool, identifier_types: Collection[str]
) -> str | None:
    if personal is not None and personal.identity is not None:
        return personal.identity
    if column.references is not None:
        return None
    names = {column.name.lower()}
    if of_people and column.primary_key:
        names.add(f"{column.table.lower().removesuffix('s')}_id")
    return next((code for code in identifier_types if code in names), None)


def _direction(column: Column, reached: _Reached) -> str | None:
    """Away from people: `from` where the row points to theirs, `to` where theirs points to it."""
    parent = _parent(column)
    here, there = reached.depth.get(column.table), reached.depth.get(parent or "")
    if here is None or there is None or here == there:
        return None
    if there < here:
        return "from" if parent not in reached.pointed_to else None
    return "to" if parent in reached.pointed_to else None


def _written(name: str) -> str:
    """A name as YAML; what could be read as anything but text, or end a line, stands in quotes."""
    plain = _PLAIN.fullmatch(name) and yaml_document.plain_scalar(name) == name
    return name if plain else json.dumps(name)
