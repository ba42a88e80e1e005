"""The dry run of an execution: the same search as the run, in memory, counted and forgotten."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from privacy.db import end_read, new_id
from privacy.dsar import cases
from privacy.dsar.execution import finding
from privacy.dsar.execution.finding import Wanted
from privacy.dsar.execution.running import Connect
from privacy.systems import service as systems
from privacy.systems.connector import Aim, Connector, Row, Task
from privacy.systems.graph import Node, Searched, Spot, Value


@dataclass(frozen=True)
class PlannedTable:
    """What a run would find in one table."""

    system: str
    data_set: str
    table: str
    rows: int
    #: Rows that may be somebody else's: a person would decide.
    doubtful: int


def plan(request_id: UUID, *, connect: Connect = systems.connect) -> Sequence[PlannedTable]:
    """What a run of the request would find now, by table; nothing is stored and nothing is changed.

    Not inside a unit of work. Systems that are asked as a whole cannot be counted. Raises `RequestNotFound` and the
    failures of connectors.
    """
    row = cases.read(request_id)
    person, most_rows = finding.wanted(row), cases.rule_of(row).most_rows
    end_read()
    with contextlib.ExitStack() as opened:
        searched = _searched(person, request_id, most_rows, _Connections(person, connect, opened))
    end_read()
    return list(_counted(searched))


class _Connections:
    """The systems that were asked so far."""

    def __init__(self, person: Wanted, connect: Connect, opened: contextlib.ExitStack) -> None:
        self._person, self._connect, self._opened = person, connect, opened
        self._known: dict[str, Connector] = {}

    def to(self, system: str) -> Connector:
        """The open connection to a system."""
        if (known := self._known.get(system)) is None:
            known = self._known[system] = self._connect(self._person.systems[system], self._person.programme)
            self._opened.callback(known.close)
            end_read()
        return known


def _searched(person: Wanted, request_id: UUID, most_rows: int, connections: _Connections) -> Searched:
    asked: dict[Spot, set[Value]] = defaultdict(set)
    found: dict[Node, list[Row]] = defaultdict(list)
    while True:
        searched = person.graph.search(person.identifiers, found, trust=person.trust)
        questions = searched.questions(asked)
        end_read()
        if not questions:
            return searched
        for question in questions:
            task = Task(new_id(), request_id, aim=Aim.PLACES)
            table = person.graph.tables[question.node]
            answer = connections.to(question.node.system).find(task, table, question.keys, limit=most_rows)
            found[question.node] += finding.matching(table, question.keys, answer.rows)
            for key in question.keys:
                asked[Spot(question.node, key.name)] |= set(key.values)


def _counted(searched: Searched) -> Iterator[PlannedTable]:
    for node in sorted({*searched.sure, *searched.doubtful}):
        sure, doubtful = len(searched.sure.get(node, ())), len(searched.doubtful.get(node, ()))
        yield PlannedTable(node.system, node.data_set, node.table, sure, doubtful)
