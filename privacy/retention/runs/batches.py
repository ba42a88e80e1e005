"""The stored plan of a batch: written down before anything changes, and read again after a kill to tell what happened.

It is sealed under the run's key and goes once the batch is done or taken back.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from privacy import clock
from privacy.db import new_id, session
from privacy.retention.holds import gate
from privacy.retention.runs import runs
from privacy.retention.runs.counting import Counts, staying
from privacy.retention.runs.models import DisposalBatch, DisposalPart
from privacy.retention.runs.planning import Ground, Planned, identity
from privacy.retention.runs.vocabulary import BatchState, Stays
from privacy.systems.connector import Connector, Key, Row, RowChange, TableChange, Task
from privacy.systems.service import Where

_TABLE = "disposal_batch"
OPEN = (BatchState.PLANNED.value, BatchState.CONFIRMED.value)


class StoredRow(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is to become of one row."""

    key: Mapping[str, Any]
    delete: bool = False
    values: Mapping[str, Any] = {}
    still: Mapping[str, Any] = {}
    firm: bool = False
    #: The rule and the action by which it is done; None of a row that goes along, or is marked for another.
    rule: str | None = None
    action: str | None = None


class StoredTable(msgspec.Struct, frozen=True):
    """Rows of one table."""

    #: Data set and table.
    where: tuple[str, str]
    rows: tuple[StoredRow, ...]


class Plan(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a batch is to do."""

    tables: tuple[StoredTable, ...]
    #: What stays of the rows that were looked at with it.
    stays: Counts = Counts()
    #: The key of the last row that was looked at; None at the end of the table.
    last: Mapping[str, Any] | None = None

    @classmethod
    def of(cls, planned: Planned, last: Mapping[str, Any] | None) -> Plan:
        """A plan to be stored."""
        tables = tuple(
            StoredTable(where, tuple(_stored(where, one, planned) for one in some)) for where, some in planned.changes
        )
        return cls(tables, planned.stays, last)

    @property
    def rows(self) -> int:
        """How many rows it changes."""
        return sum(len(one.rows) for one in self.tables)

    @property
    def changes(self) -> tuple[TableChange, ...]:
        """As a connector is asked."""
        return tuple(TableChange(one.where[1], tuple(_change(row) for row in one.rows)) for one in self.tables)

    def counts(self, passed: Collection[str] = ()) -> Counts:
        """What was done, but for rows that were passed over."""
        deleted, changed, rules, actions = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
        moved = 0
        for table in self.tables:
            place = ".".join(table.where)
            for row in table.rows:
                if passed and identity(table.where, row.key) in passed:
                    moved += row.rule is not None
                    continue
                (deleted if row.delete else changed)[place] += 1
                if row.rule and row.action:
                    rules[row.rule] += 1
                    actions[row.action] += 1
        made = self.stays + Counts(dict(deleted), dict(changed), dict(rules), dict(actions))
        return made + staying(Stays.CHANGED, moved) if moved else made


def add(part: DisposalPart, plan: Plan, epoch: int) -> DisposalBatch:
    """Write a plan down, in the open unit of work; the part is locked."""
    key = runs.key_of(part.run_id)
    last = session().scalar(sa.select(sa.func.max(DisposalBatch.number)).where(DisposalBatch.part_id == part.id))
    batch_id = new_id()
    row = DisposalBatch(
        id=batch_id,
        run_id=part.run_id,
        part_id=part.id,
        number=(last or 0) + 1,
        state=BatchState.PLANNED.value,
        epoch=epoch,
        planned_at=clock.micros(),
        done_at=None,
        plan_enc=key.seal(_TABLE, "plan_enc", batch_id, zlib.compress(msgspec.json.encode(plan), 1)),
        key_version=key.version,
    )
    session().add(row)
    return row


def open_of(part_id: UUID) -> DisposalBatch | None:
    """The batch of a part that is not settled."""
    query = sa.select(DisposalBatch).where(DisposalBatch.part_id == part_id, DisposalBatch.state.in_(OPEN))
    return session().scalar(query.execution_options(populate_existing=True))


def plan_of(batch: DisposalBatch) -> Plan:
    """What a batch that is not settled is to do."""
    assert batch.plan_enc is not None
    opened = runs.key_of(batch.run_id, batch.key_version).open(_TABLE, "plan_enc", batch.id, batch.plan_enc)
    return msgspec.json.decode(zlib.decompress(opened), type=Plan)


def settle(batch_id: UUID, state: BatchState) -> None:
    """A batch is done or taken back, in the open unit of work: holds may be placed again, its plan goes."""
    batch = session().get(DisposalBatch, batch_id, populate_existing=True)
    assert batch is not None
    batch.state, batch.plan_enc, batch.done_at = state.value, None, clock.micros()
    gate.leave(batch_id)


def not_as_planned(plan: Plan, ground: Ground, connector: Connector, task: Task) -> frozenset[str]:
    """The rows, by `identity`, that are not as the plan wants them, read in the system outside any unit of work."""
    found: set[str] = set()
    for stored in plan.tables:
        table = ground.elsewhere(stored.where).table
        first = next(iter(table.primary_key))
        asked = tuple(dict.fromkeys(row.key[first] for row in stored.rows))
        # Of a key of several fields the first one may find others too.
        rows = connector.find(task, table, [Key(first, asked)], limit=100 * len(asked)).rows
        there = {identity(stored.where, {name: row.get(name) for name in table.primary_key}): row for row in rows}
        told = [(identity(stored.where, row.key), row) for row in stored.rows]
        found |= {named for named, row in told if not _is_so(row, there.get(named))}
    return frozenset(found)


def _is_so(row: StoredRow, now: Row | None) -> bool:
    if row.delete:
        return now is None
    return now is not None and all(_same(now.get(name), value) for name, value in row.values.items() if "." not in name)


def _same(now: Any, wanted: Any) -> bool:
    # A table may have TRUE where 1 was written, and text where a number was.
    return now == wanted or (now is not None and wanted is not None and str(now) == str(wanted))


def _stored(where: Where, one: RowChange, planned: Planned) -> StoredRow:
    rule, action = planned.by.get(identity(where, one.key), (None, None))
    return StoredRow(one.key, one.delete, one.values, one.still, one.firm, rule, action)


def _change(row: StoredRow) -> RowChange:
    return RowChange(row.key, delete=row.delete, values=row.values, still=row.still, firm=row.firm)
