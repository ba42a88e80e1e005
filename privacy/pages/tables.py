"""Tables of staff: sorted and narrowed by what stands in the address, and the same rows as CSV.

The address holds names of columns and codes of closed lists, never what somebody typed: people would type names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Any, Generic, TypeVar

from flask import Response, request, url_for

from privacy import clock
from privacy.pages.csv_files import Cell, csv_file
from privacy.pages.languages import day_text, moment_text, number_text
from privacy.pages.rendering import download

Row = TypeVar("Row")

_SORT, _FALLING, _AS, _CSV = "sort", "falling", "as", "csv"


class Kind(Enum):
    """How a value is written."""

    TEXT = "text"
    NUMBER = "number"
    #: A date.
    DAY = "day"
    #: Microseconds since 1970-01-01T00:00Z.
    MOMENT = "moment"


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column."""

    #: Its name in the address.
    code: str
    head: Any
    value: Callable[[Row], Any]
    kind: Kind = Kind.TEXT
    #: By what it sorts; its value unless given. None has no place in an order and comes last.
    order: Callable[[Row], Any] | None = None
    #: The address to which its cell leads.
    link: Callable[[Row], str | None] | None = None
    #: A sign for a state: `yes`, `no`, `wait` or `late` (macro `state`).
    sign: Callable[[Row], str | None] | None = None

    def shown(self, row: Row) -> str:
        """The cell for people."""
        value = self.value(row)
        if value is None:
            return ""
        match self.kind:
            case Kind.NUMBER:
                return number_text(value)
            case Kind.DAY:
                return day_text(value)
            case Kind.MOMENT:
                return moment_text(value)
        return str(value)

    def cell(self, row: Row) -> Cell:
        """The cell for programs: days and moments as ISO 8601."""
        value = self.value(row)
        match self.kind:
            case Kind.NUMBER:
                return value  # type: ignore[no-any-return]  # a column of numbers
            case Kind.DAY if isinstance(value, date):
                return value.isoformat()
            case Kind.MOMENT if value is not None:
                return clock.isoformat(value)
        return "" if value is None else str(value)


@dataclass(frozen=True)
class Choice(Generic[Row]):
    """A closed list by which a table is narrowed."""

    #: Its name in the address.
    code: str
    label: Any
    #: Value in the address, and what it is called.
    options: Sequence[tuple[str, Any]]
    #: Whether a row belongs to a value; None where whoever made the rows has narrowed them already.
    fits: Callable[[Row, str], bool] | None = None
    #: What it is called that nothing was chosen, where that is not simply all.
    unchosen: Any = None

    @property
    def chosen(self) -> str:
        """The value that the address names; empty for all."""
        value = request.args.get(self.code, "")
        return value if value in {option for option, _ in self.options} else ""


@dataclass(frozen=True)
class Table(Generic[Row]):
    """Rows as they are shown."""

    caption: Any
    columns: Sequence[Column[Row]]
    rows: Sequence[Row]
    choices: Sequence[Choice[Row]] = ()
    #: Values of the page's own address.
    values: dict[str, Any] = field(default_factory=dict)
    #: The page that it stands on, where that may be shown again by a form of another address; else the one asked for.
    endpoint: str | None = None

    @property
    def sorted_by(self) -> str:
        """The column by which the rows stand, where somebody chose one."""
        wished = request.args.get(_SORT, "")
        return wished if wished in {column.code for column in self.columns} else ""

    @property
    def falling(self) -> bool:
        """Whether the largest comes first."""
        return _FALLING in request.args

    def sort_link(self, column: Column[Row]) -> str:
        """The same page, sorted by a column; the other way round where it is sorted by it already."""
        turned = {_FALLING: "1"} if self.sorted_by == column.code and not self.falling else {}
        return self._link({_SORT: column.code} | turned)

    def csv_link(self) -> str:
        """The rows as CSV."""
        standing = {_SORT: self.sorted_by} if self.sorted_by else {}
        return self._link(standing | ({_FALLING: "1"} if self.falling else {}) | {_AS: _CSV})

    def _link(self, parts: dict[str, str]) -> str:
        chosen = {choice.code: choice.chosen for choice in self.choices if choice.chosen}
        return url_for(self.endpoint or request.endpoint or "", **self.values, **chosen, **parts)  # type: ignore[arg-type]  # any keyword


def table(
    caption: Any,
    columns: Sequence[Column[Row]],
    rows: Iterable[Row],
    *,
    choices: Sequence[Choice[Row]] = (),
    endpoint: str | None = None,
    **values: Any,
) -> Table[Row]:
    """The rows that the address asks for, in its order; as they came where it names none."""
    kept = list(rows)
    for choice in choices:
        if choice.chosen and choice.fits is not None:
            fits, value = choice.fits, choice.chosen
            kept = [row for row in kept if fits(row, value)]
    made = Table(caption, columns, kept, choices, values, endpoint)
    column = next((one for one in columns if one.code == made.sorted_by), None)
    if column is None:
        return made
    order = column.order or column.value
    placed = sorted((row for row in kept if order(row) is not None), key=order, reverse=made.falling)
    return Table(caption, columns, [*placed, *(row for row in kept if order(row) is None)], choices, values, endpoint)


def as_csv(made: Table[Row], name: str) -> Response | None:
    """The table as a file where the address asks for one; else None."""
    if request.args.get(_AS) != _CSV:
        return None
    heads = [str(column.head) for column in made.columns]
    content = csv_file([heads, *([column.cell(row) for column in made.columns] for row in made.rows)])
    return download(content, "text/csv; charset=utf-8", f"{name}.csv")
