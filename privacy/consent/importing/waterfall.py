"""The waterfall: how what the rows of an import say becomes "may contact", or at which step it falls. Pure.

The unit is an *entry*: what one row says on one purpose and channel. A row that cannot be read, or that says nothing,
counts as one entry, so that the account is complete to the last row. Counters only: no row and no person is kept.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple


class Step(StrEnum):
    """Where an entry falls: at the first step that stops it, in this order. The last is where it does not fall."""

    BROKEN = "broken"
    SAYS_NOTHING = "says_nothing"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    OBJECTED = "objected"
    NO_DATE = "no_date"
    FUTURE_DATE = "future_date"
    PAIR_UNKNOWN = "pair_unknown"
    NO_WORDING = "no_wording"
    WORDING_UNKNOWN = "wording_unknown"
    WORDING_OUT_OF_PERIOD = "wording_out_of_period"
    WORDING_OTHER_PURPOSE = "wording_other_purpose"
    PROOF_TOO_WEAK = "proof_too_weak"
    MINOR = "minor"
    UNCONFIRMED = "unconfirmed"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    IDENTIFIERS_DISAGREE = "identifiers_disagree"
    CONTACT_UNKNOWN = "contact_unknown"
    SHARED_CONTACT = "shared_contact"
    SUPPRESSED = "suppressed"
    STANDING = "standing"  # deceased, restricted, or an erasure is pending
    NO_RECORD = "no_record"
    MAY_CONTACT = "may_contact"


#: Steps that take a whole row, before it is known to say anything on a purpose and channel.
WHOLE_ROWS = frozenset({Step.BROKEN, Step.SAYS_NOTHING})


class By(StrEnum):
    """What the tables of a waterfall are parted by."""

    SOURCE = "source"
    WORDING = "wording"
    YEAR = "year"
    PAIR = "pair"  # purpose and channel


class Cell(NamedTuple):
    """What is counted together. An empty text or None: the row doesn't say."""

    step: Step
    purpose: str
    channel: str
    source: str
    wording: str
    #: Of the date of the row.
    year: int | None


@dataclass(frozen=True)
class Fall:
    """A step: how many entries fall at it, and how many are left."""

    step: Step
    count: int
    left: int


@dataclass(frozen=True)
class Group:
    """The entries of one source, wording, year, or purpose and channel, by step."""

    label: str
    counts: Mapping[Step, int]

    @property
    def total(self) -> int:
        """All its entries."""
        return sum(self.counts.values())

    @property
    def may_contact(self) -> int:
        """Those that fall at no step."""
        return self.counts.get(Step.MAY_CONTACT, 0)


#: Distinct sources, wordings, purposes and channels that are told apart. A file may have a text of its own in each row.
MOST_LABELS = 500
#: Counters of one import. Real files need hundreds; one with random sources, wordings and years would fill the memory.
MOST_CELLS = 50_000
OTHERS = "(others)"
NOT_A_CODE = "(not a code)"
_LONGEST_LABEL = 60
_YEARS = range(1900, 2201)
#: An address, or as many digits in a row as a telephone number has; a date has eight.
_PERSONAL = re.compile(r"@|(?:\d[ .()/-]{0,2}){9}")


class Waterfall:
    """Counts of one import, added up as its rows are judged."""

    def __init__(self) -> None:
        self._rows: Counter[Step | None] = Counter()
        self._cells: Counter[Cell] = Counter()
        self._labels: dict[str, str] = {"": ""}
        #: Keys (person or contact, purpose, channel) that these files speak of and that were allowed before.
        self.permissions_before = 0
        #: The same after the import.
        self.permissions_after = 0
        self.permissions_gained = 0
        self.permissions_lost = 0
        #: Entries of `may_contact` beyond the first of their key.
        self.repeats = 0

    def add_row(
        self, step: Step | None = None, *, source: str = "", wording: str = "", year: int | None = None
    ) -> None:
        """Count a row: one that falls as a whole, or (None) one whose entries are added with `add`."""
        if step is not None:
            if step not in WHOLE_ROWS:
                raise ValueError(f"{step} takes entries, not whole rows")
            self._count(step, "", "", source, wording, year)
        self._rows[step] += 1

    def add(self, step: Step, purpose: str, channel: str, source: str, wording: str, year: int | None) -> None:
        """Count an entry at the step where it falls, or at `may_contact`."""
        if step in WHOLE_ROWS:
            raise ValueError(f"{step} takes whole rows, not entries")
        self._count(step, purpose, channel, source, wording, year)

    @property
    def rows(self) -> int:
        """Rows of the files."""
        return self._rows.total()

    @property
    def rows_with_entries(self) -> int:
        """Rows that say something on a purpose and channel."""
        return self._rows[None]

    @property
    def entries(self) -> int:
        """What these rows say."""
        return self.total - sum(self._rows[step] for step in WHOLE_ROWS)

    @property
    def total(self) -> int:
        """Where the waterfall begins: all entries, each row without one counted as one."""
        return self._cells.total()

    @property
    def keys(self) -> int:
        """Keys that may be contacted by what these files say."""
        return self.count(Step.MAY_CONTACT) - self.repeats

    def count(self, step: Step) -> int:
        """Entries that fall at a step."""
        return sum(count for cell, count in self._cells.items() if cell.step is step)

    def falls(self) -> list[Fall]:
        """Every step but the last, in order. What is left after them may be contacted."""
        counts: Counter[Step] = Counter()
        for cell, count in self._cells.items():
            counts[cell.step] += count
        left, found = self.total, []
        for step in list(Step)[:-1]:
            left -= counts[step]
            found.append(Fall(step, counts[step], left))
        return found

    def table(self, by: By) -> list[Group]:
        """The same entries, parted: years in order, everything else with the largest first."""
        groups: dict[str, Counter[Step]] = {}
        for cell, count in self._cells.items():
            groups.setdefault(_label(cell, by), Counter())[cell.step] += count
        made = [Group(label, {step: counts[step] for step in Step if counts[step]}) for label, counts in groups.items()]
        if by is By.YEAR:
            return sorted(made, key=lambda group: (not group.label, group.label))
        return sorted(made, key=lambda group: (-group.total, group.label))

    def adds_up(self) -> bool:
        """Whether every row is accounted for once, and the tables and the permissions agree with it."""
        return all(self._invariants())

    def as_dict(self) -> dict[str, Any]:
        """For JSON. `counts` is the whole of it; everything else can be computed from it or is not of entries."""
        return {
            "rows": {
                "total": self.rows,
                "broken": self._rows[Step.BROKEN],
                "says_nothing": self._rows[Step.SAYS_NOTHING],
                "with_entries": self.rows_with_entries,
            },
            "entries": self.entries,
            "total": self.total,
            "steps": [{"step": fall.step.value, "count": fall.count, "left": fall.left} for fall in self.falls()],
            "may_contact": {"entries": self.count(Step.MAY_CONTACT), "repeats": self.repeats, "keys": self.keys},
            "permissions": {
                "before": self.permissions_before,
                "after": self.permissions_after,
                "gained": self.permissions_gained,
                "lost": self.permissions_lost,
            },
            "counts": [{**cell._asdict(), "count": self._cells[cell]} for cell in sorted(self._cells, key=_in_order)],
        }

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> Waterfall:
        """The waterfall of what `as_dict` told, to be shown again: nothing more is added to it."""
        made, rows, permissions = cls(), told["rows"], told["permissions"]
        made._rows.update(
            {Step.BROKEN: rows["broken"], Step.SAYS_NOTHING: rows["says_nothing"], None: rows["with_entries"]}
        )
        for cell in told["counts"]:
            named = {name: cell[name] for name in Cell._fields} | {"step": Step(cell["step"])}
            made._cells[Cell(**named)] = cell["count"]
        made.permissions_before, made.permissions_after = permissions["before"], permissions["after"]
        made.permissions_gained, made.permissions_lost = permissions["gained"], permissions["lost"]
        made.repeats = told["may_contact"]["repeats"]
        return made

    def _invariants(self) -> Iterator[bool]:
        whole = {step: self._rows[step] for step in WHOLE_ROWS}
        yield self.rows == sum(whole.values()) + self.rows_with_entries
        yield all(self.count(step) == rows for step, rows in whole.items())
        yield self.entries >= self.rows_with_entries  # A row with entries has at least one.
        yield self.rows_with_entries > 0 or self.entries == 0
        yield self.falls()[-1].left == self.count(Step.MAY_CONTACT)
        yield all(sum(group.total for group in self.table(by)) == self.total for by in By)
        yield 0 <= self.repeats <= self.count(Step.MAY_CONTACT)
        yield self.permissions_after == self.permissions_before + self.permissions_gained - self.permissions_lost

    def _count(self, step: Step, purpose: str, channel: str, source: str, wording: str, year: int | None) -> None:
        if year not in _YEARS:
            year = None
        cell = Cell(step, self._told(purpose), self._told(channel), self._told(source), self._told(wording), year)
        if len(self._cells) >= MOST_CELLS and cell not in self._cells:
            cell = Cell(step, OTHERS, OTHERS, OTHERS, OTHERS, None)
        self._cells[cell] += 1

    def _told(self, value: str) -> str:
        """A label by which entries are counted; so few of them that the counters stay small."""
        known = self._labels.get(value)
        if known is not None:
            return known
        shown = plain(value)
        if shown == NOT_A_CODE:
            return shown
        if len(self._labels) > MOST_LABELS:
            return OTHERS
        return self._labels.setdefault(value, shown)


def plain(value: str) -> str:
    """A source or wording as it may be shown: in a column of codes somebody may have written an address or a number."""
    if len(value) > _LONGEST_LABEL or _PERSONAL.search(value):
        return NOT_A_CODE
    return "".join(sign if sign.isprintable() else " " for sign in value).strip()


def _label(cell: Cell, by: By) -> str:
    match by:
        case By.SOURCE:
            return cell.source
        case By.WORDING:
            return cell.wording
        case By.YEAR:
            return "" if cell.year is None else str(cell.year)
        case By.PAIR:
            return f"{cell.purpose} · {cell.channel}" if cell.purpose or cell.channel else ""


_ORDER = {step: number for number, step in enumerate(Step)}


def _in_order(cell: Cell) -> tuple[Any, ...]:
    return _ORDER[cell.step], *cell[1:5], cell.year is None, cell.year or 0
