"""A database as a system: any that SQLAlchemy speaks to, tried on SQLite, PostgreSQL and MariaDB."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection

from privacy.programme.data_map import DataSet, Table
from privacy.systems.connector import (
    Column,
    Confirm,
    DayBefore,
    Done,
    Finding,
    Found,
    Key,
    Level,
    Page,
    Row,
    SystemFailure,
    SystemRefused,
    SystemUnreachable,
    TableChange,
    Task,
    TooManyRows,
    Verb,
)
from privacy.systems.sql_catalogue import Catalogue, HeldTable
from privacy.systems.sql_changing import Changing
from privacy.systems.sql_database import STATEMENT_SECONDS, Database
from privacy.systems.sql_due import DueRows
from privacy.systems.sql_finding import Wanted, matching, wanted
from privacy.systems.sql_testing import Testing, attempts
from privacy.systems.sql_values import Kind, plain

#: Rows that are looked at for samples, for each value wanted.
_LOOKED_AT = 20


class SqlConnector:
    """One open connection to a database. Raises only `SystemFailure`s."""

    def __init__(self, system: str, url: URL, *, seconds: float = STATEMENT_SECONDS) -> None:
        self._system = system
        self._database = Database(system, url, seconds=seconds)
        #: What was read of the catalogue, which does not change while a task runs.
        self._known: dict[str, HeldTable] = {}

    def test(self, data_sets: Sequence[DataSet]) -> Sequence[Finding]:
        """What works and what does not."""
        try:
            with self._database.reading() as connection:
                catalogue = Catalogue(self._system, connection)
                findings = list(Testing(catalogue, connection).findings(data_sets))
            missing = {one.where for one in findings if one.code == "table_missing"}
            for table in (table for data_set in data_sets for table in data_set.tables.values()):
                findings += self._permissions(table) if table.name not in missing else ()
        except SystemFailure as failure:
            return [Finding("reachable", Level.FAILED, "", failure.detail)]
        return [Finding("reachable", Level.OK, "", "The database answers."), *findings]

    def columns(self, *, sample: int = 0) -> Sequence[Column]:
        """The catalogue of every schema that is not the database's own, with values to guess from."""
        with self._database.reading() as connection:
            return list(self._columns(Catalogue(self._system, connection), connection, sample))

    def count(self, task: Task, table: Table, keys: Sequence[Key]) -> int:  # noqa: ARG002  # the same for every task
        """How many rows `find` would return."""
        with self._database.reading() as connection:
            _, search = self._search(connection, table, keys)
            return sum(1 for _ in matching(connection, search, (), None)) if search else 0

    def find(self, task: Task, table: Table, keys: Sequence[Key], *, limit: int) -> Found:
        """Rows that match any of the keys, each once, with every mapped field."""
        rows: list[Mapping[str, Any]] = []
        with self._database.reading() as connection:
            held, search = self._search(connection, table, keys)
            mapped = [held.columns[one.name] for one in table.fields]
            if search:
                for row in matching(connection, search, mapped, limit):
                    rows.append(row)
                    if len(rows) > limit:
                        break
        if len(rows) > limit:
            found = self.count(task, table, keys)
            raise TooManyRows(
                f"System {self._system}, table {table.name}: more rows match than one person is expected to have.",
                table=table.name,
                found=found,
            )
        told = [{one.name: plain(row[one.name], one.kind) for one in mapped} for row in rows]
        return Found(tuple(sorted(told, key=lambda row: _order(row, table.primary_key))))

    def change(
        self,
        task: Task,  # noqa: ARG002  # the same for every task
        verb: Verb,
        tables: Sequence[Table],
        changes: Sequence[TableChange],
        *,
        confirm: Confirm | None = None,
    ) -> Done:
        """Make the changes in their order in one transaction, and read them again before it is final."""
        mapped = {table.name: table for table in tables}
        deleted: dict[str, int] = {}
        changed: dict[str, int] = {}
        with self._database.writing() as connection:
            made = []
            for change in changes:
                if change.table not in mapped:
                    raise SystemRefused(f"System {self._system}: a table to change is not in the data map.")
                changing = Changing(self._system, connection, self._held(connection, mapped[change.table]), verb)
                gone, kept = changing.make(change)
                deleted[change.table] = deleted.get(change.table, 0) + gone
                changed[change.table] = changed.get(change.table, 0) + kept
                made.append(changing)
            for changing in made:
                changing.ensure()
            if confirm is not None:
                self._database.confirmed(connection, confirm)
        return Done(
            deleted={table: count for table, count in deleted.items() if count},
            changed={table: count for table, count in changed.items() if count},
        )

    def due(
        self, table: Table, before: Sequence[DayBefore], *, after: Mapping[str, Any] | None = None, limit: int
    ) -> Page:
        """At most so many rows for which any of these holds, after that key."""
        with self._database.reading() as connection:
            return DueRows(self._system, connection, self._held(connection, table), table).page(before, after, limit)

    def every(self, table: Table, *, after: Mapping[str, Any] | None = None, limit: int) -> Page:
        """At most so many rows of a table, after that key."""
        with self._database.reading() as connection:
            return DueRows(self._system, connection, self._held(connection, table), table).every(after, limit)

    def count_due(self, table: Table, before: Sequence[DayBefore]) -> int:
        """How many rows `due` would return in all."""
        with self._database.reading() as connection:
            return DueRows(self._system, connection, self._held(connection, table), table).count(before)

    def close(self) -> None:
        """Let go of the connection."""
        self._database.close()

    def _search(self, connection: Connection, table: Table, keys: Sequence[Key]) -> tuple[HeldTable, list[Wanted]]:
        held = self._held(connection, table)
        return held, wanted(self._system, held, table, keys, self._database.dialect)

    def _held(self, connection: Connection, table: Table) -> HeldTable:
        """The table in the database. Raises `SystemRefused` where it, or one of its mapped fields, is not there.

        A column that was renamed would otherwise be left out of an answer, or of an erasure, without a word.
        """
        held = self._known.get(table.name)
        if held is None:
            held = Catalogue(self._system, connection).table(table.name)
        if not {one.name for one in table.fields} <= held.columns.keys():
            raise SystemRefused(
                f"System {self._system}, table {held.name} lacks fields that the data map has. "
                f"Run: privacy systems test {self._system}"
            )
        self._known[table.name] = held
        return held

    def _permissions(self, table: Table) -> Iterator[Finding]:
        """What the connection may not do that the data map asks for, tried on no row and taken back."""
        for right, statement in attempts(table):
            try:
                with self._database.writing(keep=False) as connection:
                    held = Catalogue(self._system, connection).table(table.name)
                    if (query := statement(held)) is not None:
                        connection.execute(query)
            except SystemUnreachable:
                raise
            except SystemFailure:
                mend = f"The connection's user may not {right.upper()} there. Give it that right, and no more."
                yield Finding("permission", Level.FAILED, table.name, mend)

    def _columns(self, catalogue: Catalogue, connection: Connection, sample: int) -> Iterator[Column]:
        for held in catalogue.everything():
            references, indexed = catalogue.references(held), catalogue.indexed(held)
            samples = _samples(connection, held, sample) if sample else {}
            for name, one in held.columns.items():
                yield Column(
                    table=held.name,
                    name=name,
                    data_type=one.written,
                    nullable=one.nullable,
                    primary_key=name in held.primary_key,
                    references=references.get(name),
                    indexed=name in indexed.as_they_are | indexed.in_lower_case,
                    sample=samples.get(name, ()),
                )


def _samples(connection: Connection, held: HeldTable, wanted: int) -> Mapping[str, tuple[Any, ...]]:
    """The first values of each column among some rows; bytes say nothing."""
    columns = [one for one in held.columns.values() if one.kind is not Kind.BYTES]
    if not columns:
        return {}
    rows = connection.execute(sa.select(*(one.column for one in columns)).limit(wanted * _LOOKED_AT)).all()
    found: dict[str, tuple[Any, ...]] = {}
    for number, one in enumerate(columns):
        values = [plain(row[number], one.kind) for row in rows if row[number] is not None]
        found[one.name] = tuple(values[:wanted])
    return found


def _order(row: Row, key: Sequence[str]) -> tuple[Any, ...]:
    """Rows stand in the order of their primary key, whole numbers by size."""
    values = (row.get(name) for name in key)
    return tuple((False, value) if isinstance(value, int) else (True, str(value)) for value in values)
