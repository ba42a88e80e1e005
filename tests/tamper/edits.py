"""Every column of every table that the log vouches for, edited; every such row deleted, copied or left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from privacy.db import new_id
from tests.tamper.attacker import delete, insert, key_of, other, rows_of, table_of, update

#: Does it, and returns what the finding must name: one of these.
Attack = Callable[[sa.Connection], tuple[str, ...]]


@dataclass(frozen=True)
class Manipulation:
    """What is done, and what must be found: a finding of one of the kinds, that names the place."""

    name: str
    attack: Attack
    kinds: frozenset[str]


@dataclass(frozen=True)
class Vouched:
    """A table that the log vouches for."""

    table: str
    #: Kinds of findings that an edit of it leads to.
    kinds: str
    #: Columns that nothing follows from, each with its reason below.
    free: str = ""
    #: Which rows are manipulated.
    where: str | None = None
    #: The column whose value the finding names; the first of the key by default.
    named: str | None = None
    #: Whether a deleted row is missed.
    missed: bool = True
    #: Whether a copy of a row under another key is seen.
    copied: bool = True


_EVENTS = "action = 'thing.done'"
TABLES = (
    Vouched("audit_event", "leaf event body"),
    Vouched("audit_body", "body", where=_EVENTS, copied=False),
    Vouched("audit_leaf", "leaf event", copied=False),
    # The tree can be made from the leaves at any time, but it is what others mirror.
    Vouched("audit_tile", "tile", copied=True),
    # A checkpoint that is gone was one state of many; the last one stands in the anchor.
    Vouched("audit_checkpoint", "checkpoint", missed=False),
    Vouched("audit_key", "key", where="number = 2", named="number vkey", copied=False),
    # Who sequences now, and how often that changed: the state of work, not of the log.
    Vouched("audit_log", "log", free="holder fence", named="", copied=False),
    # One that is gone was never needed to verify.
    Vouched("audit_cosignature", "cosignature", missed=False, copied=False),
    # Where and since when an event waits is nobody's evidence.
    Vouched("audit_pending", "event waiting", free="position recorded_at", named="", copied=False),
    Vouched("consent_act", "row"),
    Vouched("consent_fact", "consent", named="purpose", copied=False),
    # What follows from claims and merges and who is locked; a fold of the acts shows it where it matters.
    Vouched("data_subject", "row", free="person_id cluster_id group_id merged_id members version", copied=True),
    Vouched("subject_merge", "row"),
    Vouched("api_client", "row", copied=False),
    Vouched("api_key", "row", where="client_id IS NOT NULL", named="client_id", copied=False),
    Vouched("staff", "row", copied=False),
    Vouched("approval", "row"),
    Vouched("suppression", "row", copied=False),
    Vouched("programme_version", "row"),
)


def every_edit() -> list[Manipulation]:
    """One for each column."""
    return [
        Manipulation(f"{of.table}.{column.key} edited", _edit(of, column), frozenset(of.kinds.split()))
        for of in TABLES
        for column in table_of(of.table).columns
        if column.key not in of.free.split()
    ]


def every_deletion() -> list[Manipulation]:
    """First, middle and last row of each table."""
    return [
        Manipulation(f"{which} {of.table} deleted", _deletion(of, which), frozenset([*of.kinds.split(), "leaf"]))
        for of in TABLES
        if of.missed
        for which in ("first", "middle", "last")
    ]


def every_copy() -> list[Manipulation]:
    """A copy of a row under another key."""
    return [Manipulation(f"{of.table} copied", _copy(of), frozenset(of.kinds.split())) for of in TABLES if of.copied]


def _edit(of: Vouched, column: sa.Column[Any]) -> Attack:
    def attack(connection: sa.Connection) -> tuple[str, ...]:
        row = _chosen(connection, of, "middle")
        changed = other(column, getattr(row, column.key))
        update(connection, of.table, row, **{column.key: changed})
        return (*_names(of, row), f" {changed}") if column.primary_key else _names(of, row)

    return attack


def _deletion(of: Vouched, which: str) -> Attack:
    def attack(connection: sa.Connection) -> tuple[str, ...]:
        row = _chosen(connection, of, which)
        delete(connection, of.table, row)
        return _names(of, row)

    return attack


def _copy(of: Vouched) -> Attack:
    def attack(connection: sa.Connection) -> tuple[str, ...]:
        row = _chosen(connection, of, "middle")
        changed = {column.key: other(column, getattr(row, column.key)) for column in key_of(of.table)}
        if of.table == "consent_act":
            changed["repeat_index"] = new_id().bytes
        insert(connection, of.table, row, **changed)
        return (str(changed[key_of(of.table)[0].key]),)

    return attack


def _chosen(connection: sa.Connection, of: Vouched, which: str) -> sa.Row[Any]:
    rows = rows_of(connection, of.table, of.where)
    return rows[{"first": 0, "middle": len(rows) // 2, "last": -1}[which]]


def _names(of: Vouched, row: sa.Row[Any]) -> tuple[str, ...]:
    """What a finding about the row may call it; a number only with its table."""
    if of.named == "":
        return ("",)
    columns = (of.named or key_of(of.table)[0].key).split()
    values = [getattr(row, column) for column in columns]
    return tuple(
        f"{of.table} {value}" if isinstance(value, int) and len(values) > 1 else str(value) for value in values
    )
