"""What every connector does, whatever it connects to: look, find, erase, correct, restrict.

A connector writes nothing into this service's database and is never called inside a unit of work. Table and field
names come from the data map and, where there is one, the system's own catalogue; values are always bound, never text
of a statement. Each effect may be repeated: the second time changes nothing and answers the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from privacy.errors import PrivacyError
from privacy.programme.data_map import DataSet, Strategy, Table

#: How long a system waits, after `confirm` was called, for the end of a transaction before it gives it up by itself.
CONFIRM_SECONDS = 20.0
#: What a row is: the values by field name, nested objects as mappings, lists as lists.
Row = Mapping[str, Any]


class SystemFailure(PrivacyError):
    """A system did not do what was asked."""

    # Its text names the system and no value.
    code = "system-failure"


class SystemUnreachable(SystemFailure):
    """It may work later: the network, a lock, an overload, a fault of the other side."""

    code = "system-unreachable"

    def __init__(self, detail: str, *, retry_after: float | None = None) -> None:
        super().__init__(detail)
        #: Seconds that the other side asks to wait.
        self.retry_after = retry_after


class SystemRefused(SystemFailure):
    """It will not work as it is: no permission, a table or field that is not there, an answer that makes no sense."""

    code = "system-refused"


class SystemNotConnected(SystemRefused):
    """Nobody has said how the system is reached."""

    code = "system-not-connected"


class TooManyRows(SystemFailure):
    """More rows match than one person is expected to have: two people must say that it is right."""

    code = "too-many-rows"

    def __init__(self, detail: str, *, table: str, found: int) -> None:
        super().__init__(detail)
        self.table = table
        self.found = found


class RowMoved(SystemFailure):
    """A row by which others were to go is not what it was: nothing was changed, and it is looked at anew."""

    code = "row-moved"


class NotErased(SystemFailure):
    """Read again after the erasure, something was still there."""

    code = "not-erased"


@dataclass(frozen=True)
class Key:
    """Rows whose field has one of these values. Raises ValueError for a value that could match others."""

    #: The field's name, with dots where it is nested.
    name: str
    values: tuple[str | int, ...] = field(repr=False)

    def __post_init__(self) -> None:
        if not self.values:
            raise ValueError("a key without values would match nothing, or everything")
        for value in self.values:
            if isinstance(value, bool) or not isinstance(value, str | int):
                raise ValueError("a key is text or a whole number")
            if isinstance(value, str) and (not value.strip() or set(value.strip()) <= {"%", "_", "*", "?"}):
                raise ValueError("an empty key or a wildcard names nobody")


class Aim(StrEnum):
    """What rows are looked for; only a system that hands out data days after it was asked does different things."""

    DATA = "data"  # for a copy of them (Art. 15)
    PORTABLE = "portable"  # for what the person provided (Art. 20)
    PLACES = "places"  # only to be changed afterwards


@dataclass(frozen=True)
class Task:
    """Which step of which request asks: the same on every retry, so that an effect is had once."""

    id: UUID
    request_id: UUID
    #: What the system called it when it began (a ticket, an OpenDSR request); None the first time.
    reference: str | None = None
    #: What a `find` is for.
    aim: Aim = Aim.DATA


@dataclass(frozen=True)
class Pending:
    """The system has begun and is not done: ask again with the reference."""

    reference: str
    #: Seconds until it makes sense to ask again.
    ask_after: float


@dataclass(frozen=True)
class Found:
    """Rows of one table; every mapped field that the system has."""

    rows: tuple[Row, ...] = field(repr=False)
    pending: Pending | None = None
    #: Files that came instead of rows (an OpenDSR archive, a scan from a manual system): name and content.
    files: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class RowChange:
    """What is to become of one row."""

    #: The values of the primary key, by field name.
    key: Mapping[str, Any] = field(repr=False)
    #: Whether the row goes.
    delete: bool = False
    #: Field -> its new value, where it stays.
    values: Mapping[str, Any] = field(default_factory=dict, repr=False)
    #: Field -> what it held when the row was found, or a tuple of what it may hold by now, of the fields that say whose
    #: the row is. A key may be given to another row meanwhile: one that holds something else in all of them is not
    #: changed.
    known_by: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)
    #: Field -> what it must hold yet, each of them, for the row to be changed at all: the moments by which its time was
    #: up. A row that holds something else by now is passed over and not counted.
    still: Mapping[str, Any] = field(default_factory=dict, repr=False)
    #: Whether others go because it does: where `still` does not hold any more, `RowMoved` is raised and all taken back.
    firm: bool = False

    def may_hold(self, name: str) -> tuple[Any, ...]:
        """What the row is known by in one of these fields."""
        known = self.known_by[name]
        return known if isinstance(known, tuple) else (known,)


@dataclass(frozen=True)
class TableChange:
    """What is to become of rows of one table."""

    table: str
    rows: tuple[RowChange, ...] = field(repr=False)


@dataclass(frozen=True)
class DayBefore:
    """Rows whose field holds a day, or a time on a day, before this one."""

    #: The field's name, not nested.
    field: str
    #: The first day that is too late, by the clock of the zone.
    day: date
    zone: ZoneInfo


@dataclass(frozen=True)
class Page:
    """Rows of one table in the order of their primary key."""

    rows: tuple[Row, ...] = field(repr=False)
    #: The key of the last row, to go on after; None where there is nothing more.
    last: Mapping[str, Any] | None = field(repr=False)


#: Called once everything is done and verified and before it is final, where the system has transactions, else before
#: the first effect. A `PrivacyError` that it raises takes everything back and comes out as it is.
Confirm = Callable[[], None]


class Verb(StrEnum):
    """What a change is for."""

    ERASE = "erase"
    RECTIFY = "rectify"
    RESTRICT = "restrict"
    LIFT_RESTRICTION = "lift_restriction"
    OBJECT = "object"


@dataclass(frozen=True)
class Done:
    """What a system did."""

    #: Rows deleted and rows changed, by table; a row that was already as it should be counts as changed or deleted.
    deleted: Mapping[str, int] = field(default_factory=dict)
    changed: Mapping[str, int] = field(default_factory=dict)
    pending: Pending | None = None
    #: What a person or another service says that it did, in words, where it gives no figures.
    said: str | None = field(default=None, repr=False)


class Level(StrEnum):
    """How bad a finding is."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True)
class Finding:
    """One thing that `privacy systems test` looked at."""

    #: A stable word: `reachable`, `permission`, `table_missing`, `field_missing`, `no_index`, `too_much_power`, ...
    code: str
    level: Level
    #: `table` or `table.field`; empty for the system as a whole.
    where: str
    #: What was seen and how to mend it.
    detail: str


@dataclass(frozen=True)
class Column:
    """A column as the system's own catalogue has it, with a few values to guess what it holds."""

    table: str
    name: str
    data_type: str
    nullable: bool
    primary_key: bool
    #: `table.column` of the same database, where a foreign key says so.
    references: str | None
    #: Whether the database finds rows by it without reading all of them.
    indexed: bool
    #: Never shown or stored.
    sample: tuple[Any, ...] = field(default=(), repr=False)


class Connector(Protocol):
    """One open connection to one system; closed after use. Raises only `SystemFailure`s."""

    def test(self, data_sets: Sequence[DataSet]) -> Sequence[Finding]:
        """What works and what does not: reachable, permitted, complete, indexed, no more rights than are needed."""

    def columns(self, *, sample: int = 0) -> Sequence[Column]:
        """The catalogue, with that many values of each column; raises `SystemRefused` where there is none."""

    def count(self, task: Task, table: Table, keys: Sequence[Key]) -> int:
        """How many rows `find` would return; changes nothing."""

    def find(self, task: Task, table: Table, keys: Sequence[Key], *, limit: int) -> Found:
        """Rows that match any of the keys, each once, exactly as compared by the system. Raises `TooManyRows`."""

    def change(
        self,
        task: Task,
        verb: Verb,
        tables: Sequence[Table],
        changes: Sequence[TableChange],
        *,
        confirm: Confirm | None = None,
    ) -> Done:
        """Make the changes in this order, all or none, and read again that they hold. Raises `NotErased`.

        With `confirm`, the system itself gives up what is not final within `CONFIRM_SECONDS` of that call.
        """

    def due(
        self, table: Table, before: Sequence[DayBefore], *, after: Mapping[str, Any] | None = None, limit: int
    ) -> Page:
        """At most so many rows for which any of these holds, after that key; a NULL is no day.

        Raises `SystemRefused` where the system cannot list rows by a day: a person looks after them.
        """

    def count_due(self, table: Table, before: Sequence[DayBefore]) -> int:
        """How many rows `due` would return in all."""

    def close(self) -> None:
        """Let go of it."""


class WithoutDays:
    """What a connector has of the questions by a day whose system cannot be asked so."""

    def due(self, *_asked: object, **_how: object) -> Page:
        """Raises `SystemRefused`."""
        raise SystemRefused("The system cannot be asked for rows by a day: a person looks after them.")

    def count_due(self, *_asked: object) -> int:
        """Raises `SystemRefused`."""
        raise SystemRefused("The system cannot be asked for rows by a day: a person looks after them.")


def pages(read: Callable[[Mapping[str, Any] | None], Page]) -> Iterator[Page]:
    """Every page of rows, one after another; `read` gets the key to go on after."""
    after: Mapping[str, Any] | None = None
    while True:
        page = read(after)
        yield page
        if (after := page.last) is None:
            return


@dataclass(frozen=True)
class FieldFate:
    """What an erasure does with a field, as it is told to the person."""

    field: str
    strategy: Strategy
    #: The last day on which it is kept, ISO 8601; None where it is not.
    until: str | None = None
    #: The statute that asks for it.
    statute: str | None = None
    #: The table (`data set.table`) whose rows the person was refused, where they refer to it and keep it thereby.
    refused: str | None = None
