"""What `privacy systems test` finds out about an API: each search is tried with a value that nobody has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from uuid import uuid4

from privacy.programme.connector_settings import HttpSettings, TableEndpoints
from privacy.programme.data_map import DataField, DataSet, Strategy, Table
from privacy.systems.connector import Finding, Key, Level, Row, SystemFailure, SystemUnreachable

#: The rows of one search, and whether each holds the value asked for.
Search = Callable[[Table, Key], Iterator[tuple[Row, bool]]]

#: Beyond any identifier that counts up from 1.
_NOBODY = 2**31 - 1
#: Types of fields that hold whole numbers.
INTEGERS = frozenset({"integer", "int", "bigint", "long"})


def findings(settings: HttpSettings, data_sets: Sequence[DataSet], search: Search) -> Iterator[Finding]:
    """What works and what is missing."""
    mapped = {table.name: table for one in data_sets for table in one.tables.values()}
    for table in mapped.values():
        endpoints = settings.tables.get(table.name)
        if endpoints is None:
            detail = "The settings describe no requests for it."
            yield Finding("table_missing", Level.FAILED, table.name, detail)
            continue
        yield from _gaps(table, endpoints)
        for name in endpoints.reads:
            yield _tried(table, name, search)
    for name in settings.tables.keys() - mapped.keys():
        yield Finding("table_unmapped", Level.WARNING, name, "The data map has no such table: it is never asked for.")


def _gaps(table: Table, endpoints: TableEndpoints) -> Iterator[Finding]:
    for name, field in table.walk():
        if (field.identity or field.references) and name not in endpoints.reads:
            detail = "The settings describe no search by it: a person known by it alone is not found."
            yield Finding("no_search", Level.WARNING, f"{table.name}.{name}", detail)
    kept = (None, Strategy.KEEP, Strategy.DELETE_ROW)
    deletes = table.on_erasure is Strategy.DELETE_ROW
    updates = any(field.on_erasure not in kept for _, field in table.walk())
    for wanted, there, what in ((deletes, endpoints.delete, "delete"), (updates, endpoints.update, "update")):
        if wanted and there is None:
            detail = f"The data map erases in it, and the settings describe no `{what}`."
            yield Finding("permission", Level.FAILED, table.name, detail)
    key = table.primary_key
    if (deletes or updates) and (len(key) != 1 or key[0] not in endpoints.reads):
        detail = "Describe a read by its primary key: without, nothing can say that an erasure holds."
        yield Finding("not_verifiable", Level.FAILED, table.name, detail)


def _tried(table: Table, name: str, search: Search) -> Finding:
    where = f"{table.name}.{name}"
    try:
        field = table.field(name)
    except KeyError:
        return Finding("field_missing", Level.FAILED, where, "The data map has no such field.")
    try:
        found = sum(1 for _ in search(table, Key(name, (_nobodys(field),))))
    except SystemUnreachable as error:
        return Finding("reachable", Level.FAILED, where, error.detail)
    except SystemFailure as error:
        return Finding("permission", Level.FAILED, where, error.detail)
    if found:
        detail = "It answers with rows for a value that nobody has. They are left out, and each search reads them all."
        return Finding("filter_ignored", Level.WARNING, where, detail)
    return Finding("reachable", Level.OK, where, "It answers.")


def _nobodys(field: DataField) -> str | int:
    if (field.data_type or "").lower() in INTEGERS:
        return _NOBODY
    return f"{uuid4()}@example.invalid" if field.identity == "email" else str(uuid4())
