"""Legal holds in the erasure of a request: held rows stay, and the answer names the ground (Art. 17(3)(b) and (e)).

Whether a hold was placed since the rows were looked at is asked once more before a system makes its change final.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from privacy.db import unit_of_work
from privacy.dsar.execution.finding import Wanted
from privacy.dsar.execution.tasks import Fate
from privacy.dsar.vocabulary import Ground
from privacy.programme.data_map import Strategy, Table
from privacy.retention import service as retention
from privacy.retention.service import HoldFacts
from privacy.systems.connector import CONFIRM_SECONDS, Confirm, Row
from privacy.systems.graph import Node, values_at

Context = Callable[[], AbstractContextManager[Any]]


@dataclass(frozen=True)
class Heeded:
    """The rows of one system, by whether they may be erased."""

    #: Of the look at the holds; see `confirming`.
    epoch: int
    free: Mapping[Node, Sequence[Row]] = field(repr=False)
    held: Mapping[Node, Sequence[Row]] = field(repr=False)
    #: What is told of the held ones.
    fates: tuple[Fate, ...]


def heeded(person: Wanted, rows: Mapping[Node, Sequence[Row]]) -> Heeded:
    """Which of a person's rows are held, in a read."""
    holds = retention.in_force(person.realm)
    names = [(one.kind, one.value) for one in person.identifiers]
    whole = holds.on_people(person.members) or holds.on_row("", "", "", (), names)
    free: dict[Node, list[Row]] = {}
    held: dict[Node, list[Row]] = {}
    told: dict[Fate, None] = {}
    for node, some in rows.items():
        table = person.graph.tables[node]
        categories = {code for _, one in table.walk() for code in one.categories}
        for row in some:
            facts = whole or holds.on_row(node.system, node.data_set, node.table, categories, _identifiers(table, row))
            if facts is None:
                free.setdefault(node, []).append(row)
            else:
                held.setdefault(node, []).append(row)
                told |= dict.fromkeys(_fates(node.place, table, facts))
    return Heeded(holds.epoch, free, held, tuple(told))


def whole_held(person: Wanted, system: str) -> tuple[int, Fate | None]:
    """Whether a system that is told who is meant must not be: the epoch of the look, and what is told then."""
    holds = retention.in_force(person.realm)
    names = [(one.kind, one.value) for one in person.identifiers]
    # It tells nobody's rows apart by table: where one of its tables has a field that is held, all of it is.
    tables = [
        table for code in person.systems[system].data_sets for table in person.programme.data_sets[code].tables.values()
    ]
    categories = {code for table in tables for _, one in table.walk() for code in one.categories}
    facts = holds.on_people(person.members) or holds.on_row(system, "", "", categories, names)
    return holds.epoch, Fate(system, "", Strategy.KEEP.value, None, None, _ground(facts)) if facts else None


@contextmanager
def confirming(batch_id: UUID, epoch: int, context: Context) -> Iterator[Confirm]:
    """What a system calls before its change is final; from then to the end of this no hold is placed.

    The call raises `HoldPlaced` where one was placed since that epoch.
    """
    entered = False

    def confirm() -> None:
        nonlocal entered
        with context(), unit_of_work():
            retention.enter(batch_id, epoch=epoch, seconds=CONFIRM_SECONDS + 1)
        entered = True

    try:
        yield confirm
    finally:
        if entered:
            with context(), unit_of_work():
                retention.leave(batch_id)


def _identifiers(table: Table, row: Row) -> Iterator[tuple[str, str | int]]:
    for name, one in table.walk():
        if one.identity is not None:
            for value in values_at(row, name):
                yield one.identity, value


def _fates(place: str, table: Table, facts: HoldFacts) -> Iterator[Fate]:
    named = [name for name, one in table.walk() if one.categories] or [""]
    for name in named:
        yield Fate(place, name, Strategy.KEEP.value, None, None, _ground(facts))


def _ground(facts: HoldFacts) -> str:
    """A case is a claim; a statute alone is an obligation."""
    return (Ground.LEGAL_CLAIMS if facts.reference else Ground.LEGAL_OBLIGATION).value
