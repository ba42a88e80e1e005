"""What an execution found, table by table, for whoever hands it out. Only rows that are surely the person's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from privacy.authz.actors import Realm
from privacy.dsar import cases
from privacy.dsar.execution import finding, own_data, tasks
from privacy.dsar.execution.tasks import OWN_SYSTEM
from privacy.dsar.vocabulary import TaskKind, TaskState


@dataclass(frozen=True)
class FoundTable:
    """The rows of one table of one system."""

    #: The system's code; `privacy` is this service.
    system: str
    #: Empty for this service's own data, and where a system was asked as a whole.
    data_set: str
    table: str
    #: Each once.
    rows: tuple[Mapping[str, Any], ...] = field(repr=False)


@dataclass(frozen=True)
class FoundFile:
    """A file that a system handed over instead of rows."""

    system: str
    name: str
    content: bytes = field(repr=False)


def found_tables(request_id: UUID) -> Iterator[FoundTable]:
    """Every table with rows of the person, this service's own last; raises `RequestNotFound`."""
    row = cases.read(request_id)
    key, person = cases.key_of(row), finding.wanted(row)
    found = tasks.of_request(request_id, TaskKind.FIND)
    for node, rows in finding.picture(person, found, key).searched.sure.items():
        yield FoundTable(node.system, node.data_set, node.table, rows)
    for task in found:
        if not task.place and task.state == TaskState.DONE and (whole := tasks.result_of(task, key).rows):
            yield FoundTable(task.system, "", task.system, whole)
    if row.subject_id is not None:
        for name, own in own_data.tables(row.subject_id, Realm(row.realm)):
            yield FoundTable(OWN_SYSTEM, "", name, own)


def found_files(request_id: UUID) -> Iterator[FoundFile]:
    """Every file that came instead of rows; raises `RequestNotFound`."""
    key = cases.key_of(cases.read(request_id))
    for task in tasks.of_request(request_id, TaskKind.FIND):
        if task.state == TaskState.DONE:
            for name, content in tasks.result_of(task, key).files:
                yield FoundFile(task.system, name, content)
