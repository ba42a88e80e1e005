"""A system behind an API that speaks JSON, described in the programme.

An API is not a database: it may ignore a filter, page wrongly, or say that it did what it did not. So only rows that
hold the value asked for count, and after a change each row is read again. An API has no transaction over several
requests either: a change that fails half-way is repeated, and what holds already is not asked for twice.
"""

from __future__ import annotations

import hashlib
import json
import socket
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeGuard

from privacy.programme.connector_settings import Endpoint, HttpSettings, TableEndpoints
from privacy.programme.data_map import DataField, DataSet, Table
from privacy.systems import http_templates
from privacy.systems.addresses import Resolve
from privacy.systems.connector import (
    Column,
    Confirm,
    Done,
    Finding,
    Found,
    Key,
    NotErased,
    Row,
    RowChange,
    SystemRefused,
    TableChange,
    Task,
    TooManyRows,
    Verb,
    WithoutDays,
)
from privacy.systems.graph import compared, values_at
from privacy.systems.http_findings import INTEGERS, findings
from privacy.systems.http_paging import pages
from privacy.systems.http_session import HttpSession
from privacy.systems.http_wire import ensure_success

_RESTRICTING = frozenset({Verb.RESTRICT, Verb.LIFT_RESTRICTION})
_NOTHING = object()


class HttpConnector(WithoutDays):
    """One API. See `connector.Connector`."""

    def __init__(
        self, settings: HttpSettings, secret: Mapping[str, Any], *, resolve: Resolve = socket.getaddrinfo
    ) -> None:
        """`secret`: what the settings' `auth` needs (`AuthKind`)."""
        self._settings = settings
        self._session = HttpSession(settings, secret, resolve)

    def test(self, data_sets: Sequence[DataSet]) -> Sequence[Finding]:
        """Whether each described search answers, and whether the description is enough for the data map."""
        return tuple(findings(self._settings, data_sets, self._answered))

    def columns(self, *, sample: int = 0) -> Sequence[Column]:  # noqa: ARG002 - an API has none to sample
        """Raises `SystemRefused`: an API shows no catalogue."""
        raise SystemRefused("An API shows no catalogue: its data map is written by hand.")

    def count(self, task: Task, table: Table, keys: Sequence[Key]) -> int:  # noqa: ARG002 - a search is no effect
        """How many rows `find` would return. They are read: a figure of the API's own may count other people's."""
        return sum(1 for _ in self._found(table, keys))

    def find(self, task: Task, table: Table, keys: Sequence[Key], *, limit: int) -> Found:  # noqa: ARG002
        """Rows that hold one of the values, each once, with the fields that are mapped."""
        rows = []
        for row in self._found(table, keys):
            rows.append(_mapped(row, table.fields))
            if len(rows) > limit:
                text = f"More than {limit} rows of {table.name} match."
                raise TooManyRows(text, table=table.name, found=len(rows))
        return Found(tuple(rows))

    def change(
        self,
        task: Task,
        verb: Verb,
        tables: Sequence[Table],
        changes: Sequence[TableChange],
        *,
        confirm: Confirm | None = None,
    ) -> Done:
        """Row by row; each is read before, so that what holds already is left alone, and read again afterwards."""
        known = {table.name: table for table in tables}
        steps = [
            _Step(self._settings, known[change.table], verb, row)
            for change in changes
            for row in change.rows
            if row.delete or row.values
        ]
        for step in steps:
            step.ensure_possible()
        if confirm is not None:
            confirm()
        deleted, changed = Counter[str](), Counter[str]()
        for step in steps:
            row = self._one(step)
            if not step.holds(row):
                step.ensure_not_anothers(row)
                self._write(task, step)
            (deleted if step.row.delete else changed)[step.table.name] += 1
        for step in steps:
            if not step.holds(self._one(step)):
                raise NotErased(f"Read again, a row of {step.table.name} is not as it should be.")
        return Done(dict(deleted), dict(changed))

    def close(self) -> None:
        """Nothing is held: each request has a connection of its own."""

    def _write(self, task: Task, step: _Step) -> None:
        endpoint, row = step.endpoint, step.row
        values = {**row.key, **row.values}
        answer = self._session.send(
            endpoint.method,
            http_templates.target(endpoint, values),
            http_templates.body(endpoint, row.key, row.values),
            idempotency_key=step.idempotency_key(task),
        )
        if answer.status not in endpoint.absent:
            ensure_success(answer)

    def _one(self, step: _Step) -> Row | None:
        """The row as it is now; None where it is gone."""
        name, value = step.primary_key
        found = list(self._rows(step.table, Key(name, (value,))))
        if len(found) > 1:
            raise SystemRefused(f"The primary key of {step.table.name} names several rows.")
        return found[0] if found else None

    def _found(self, table: Table, keys: Sequence[Key]) -> Iterator[Row]:
        seen = set()
        for key in keys:
            for row in self._rows(table, key):
                which = [_value(row, name) for name in table.primary_key] or row
                identity = json.dumps(which, sort_keys=True)
                if identity not in seen:
                    seen.add(identity)
                    yield row

    def _rows(self, table: Table, key: Key) -> Iterator[Row]:
        """What the API answers and holds the value: its own filter is not believed."""
        return (row for row, matches in self._answered(table, key) if matches)

    def _answered(self, table: Table, key: Key) -> Iterator[tuple[Row, bool]]:
        """What the API answers, and whether it holds one of the values asked for."""
        endpoints = _endpoints(self._settings, table)
        read = endpoints.reads.get(key.name)
        if read is None:
            raise SystemRefused(f"The settings describe no search of {table.name} by {key.name}.")
        kind = table.field(key.name).identity
        for values in _portions(key.values, read.most_values):
            wanted = {compared(kind, value) for value in values}
            asked = values[0] if read.most_values == 1 else values
            for page in pages(self._session, self._settings, read, asked):
                for row in page:
                    if _value(row, key.name) is _NOTHING:
                        # Nobody could say whose row it is, and to leave it out could leave out the person's.
                        raise SystemRefused(f"The system's rows of {table.name} do not show {key.name}.")
                    yield row, any(compared(kind, one) in wanted for one in values_at(row, key.name))


class _Step:
    """One row to change, and how."""

    def __init__(self, settings: HttpSettings, table: Table, verb: Verb, row: RowChange) -> None:
        self.table, self.verb, self.row = table, verb, row
        self._endpoints = _endpoints(settings, table)

    @property
    def endpoint(self) -> Endpoint:
        """The request that does it. Raises `SystemRefused` where none is described."""
        what, found = "update", self._endpoints.update
        if self.row.delete:
            what, found = "delete", self._endpoints.delete
        elif self.verb in _RESTRICTING and self._endpoints.restrict is not None:
            found = self._endpoints.restrict
        if found is None:
            raise SystemRefused(f"The settings describe no `{what}` of {self.table.name}.")
        return found

    @property
    def primary_key(self) -> tuple[str, str | int]:
        """By what it is read again. Raises `SystemRefused` where that is not possible."""
        names = self.table.primary_key
        if len(names) != 1 or names[0] not in self._endpoints.reads:
            raise SystemRefused(
                f"Nothing could say that a change of {self.table.name} holds: describe a read by its primary key."
            )
        value = self.row.key.get(names[0])
        if not _names_a_row(value, self.table.field(names[0])):
            raise SystemRefused(f"A row of {self.table.name} has no key: which one it is, nobody can say.")
        return names[0], value

    def ensure_possible(self) -> None:
        """Before the first request, so that what cannot be done leaves nothing half done."""
        self.primary_key  # noqa: B018 - raises
        missing = http_templates.named_fields(self.endpoint) - self.row.key.keys() - self.row.values.keys()
        if missing:
            raise SystemRefused(f"To change {self.table.name}, {', '.join(sorted(missing))} would have to be known.")

    def holds(self, row: Row | None) -> bool:
        """Whether it is as it should be. Raises `SystemRefused` for a row that vanished and was to be kept."""
        if row is None:
            if self.row.delete or self.verb is Verb.ERASE:
                return True
            raise SystemRefused(f"A row of {self.table.name} is there no more.")
        if self.row.delete:
            return False
        return all(_same(_value(row, name), value) for name, value in self.row.values.items())

    def ensure_not_anothers(self, row: Row | None) -> None:
        """Raise `SystemRefused` where the row with that key is not the one that was found (`RowChange.known_by`)."""
        held = {name: _value(row, name) for name in self.row.known_by}
        held = {name: value for name, value in held.items() if value is not _NOTHING and value is not None}
        if held and not any(_same(value, known) for name, value in held.items() for known in self.row.may_hold(name)):
            raise SystemRefused(f"A key of {self.table.name} that was found is another row's by now.")

    def idempotency_key(self, task: Task) -> str:
        """The same on each retry of the same effect; tells nothing of the row."""
        what = [self.verb, self.table.name, self.row.key, self.row.delete, self.row.values]
        text = json.dumps(what, sort_keys=True, default=str)
        return hashlib.sha256(task.id.bytes + text.encode()).hexdigest()[:32]


def _names_a_row(value: Any, field: DataField) -> TypeGuard[str | int]:
    if isinstance(value, int) and not isinstance(value, bool):
        return True
    if (field.data_type or "").lower() in INTEGERS:
        return isinstance(value, str) and value.isascii() and value.isdecimal()
    return isinstance(value, str) and bool(value.strip())


def _portions(values: Sequence[str | int], most: int) -> Iterator[list[str | int]]:
    for start in range(0, len(values), most):
        yield list(values[start : start + most])


def _endpoints(settings: HttpSettings, table: Table) -> TableEndpoints:
    try:
        return settings.tables[table.name]
    except KeyError:
        raise SystemRefused(f"The settings describe no requests for {table.name}.") from None


def _value(row: Any, name: str) -> Any:
    """What stands at a name with dots, in a list at each of its members; `_NOTHING` where there is no such field."""
    first, _, rest = name.partition(".")
    if isinstance(row, list):
        found = [one for one in (_value(item, name) for item in row) if one is not _NOTHING]
        return found or (_NOTHING if row else [])
    if not isinstance(row, Mapping) or first not in row:
        return _NOTHING
    return _value(row[first], rest) if rest and row[first] is not None else row[first]


def _same(found: Any, wanted: Any) -> bool:
    """Whether a field has its value; one that is left out of the answer is empty."""
    if found is _NOTHING:
        found = None
    return isinstance(found, bool) == isinstance(wanted, bool) and bool(found == wanted)


def _mapped(row: Row, fields: Iterable[DataField]) -> dict[str, Any]:
    """The fields that the map has: what nobody mapped is not taken."""
    found = {}
    for one in fields:
        if one.name in row:
            found[one.name] = _part(row[one.name], one)
    return found


def _part(value: Any, one: DataField) -> Any:
    if not one.fields:
        return value
    if isinstance(value, list):
        return [_part(item, one) for item in value]
    return _mapped(value, one.fields) if isinstance(value, Mapping) else value
