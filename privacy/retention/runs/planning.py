"""What is to become of a page of due rows of one table: what goes, with what goes along, and what stays and why.

The same for a preview as for the run itself, so that what is counted is what is done. It asks the system and changes
nothing, outside any unit of work.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any, Protocol
from uuid import UUID

from privacy.programme.data_map import DataSet, System, Table
from privacy.programme.types import Programme, RetentionAction, RetentionRule
from privacy.retention import policy
from privacy.retention.policy import Applied, Term
from privacy.retention.runs.counting import Counts, staying
from privacy.retention.runs.reviews import NOTHING, Reviewed
from privacy.retention.runs.vocabulary import Stays
from privacy.systems import service as systems
from privacy.systems.connector import Connector, Key, Row, RowChange, Task, TooManyRows
from privacy.systems.graph import Identifier, values_at
from privacy.systems.service import Parents, Where

#: Rows that are looked for beside those of one page: what they belong to, and what refers to them.
MOST_BESIDE = 5_000


class Holding(Protocol):
    """What legal holds are asked: `holds.Holds`."""

    @property
    def any(self) -> bool:
        """Whether there is a hold at all."""

    def on_row(
        self,
        system: str,
        data_set: str,
        table: str,
        categories: Collection[str],
        identifiers: Iterable[tuple[str, str | int]],
    ) -> Any:
        """The hold on a row, if there is one."""


#: Which of these people may go by a rule that wants them warned: why not, or None, for each.
Warned = Callable[[RetentionRule, Sequence[frozenset[Identifier]]], Sequence[Stays | None]]


@dataclass(frozen=True)
class Ground:
    """What one part of a run is planned by."""

    programme: Programme
    system: System
    where: Where
    #: The day on which the time must be up.
    as_of: date
    #: The rules by which anything goes; none is all. The others keep all the same.
    rules: frozenset[str]
    #: Random bytes of one run, for what is hashed.
    secret: bytes = field(repr=False)
    #: What was decided about rows that are reviewed, by place.
    reviews: Mapping[str, Reviewed] = field(default_factory=dict)

    @cached_property
    def data_sets(self) -> Sequence[DataSet]:
        """Those of the system."""
        return systems.data_sets_of(self.system, self.programme)

    @property
    def data_set(self) -> DataSet:
        """The one that the table is in."""
        return self.programme.data_sets[self.where[0]]

    @cached_property
    def table(self) -> Table:
        """The table."""
        return self.data_set.tables[self.where[1]]

    @cached_property
    def applied(self) -> tuple[Applied, ...]:
        """The rules on the table."""
        return policy.applied(self.programme, self.system, self.data_set, self.table)

    @cached_property
    def terms(self) -> policy.Terms:
        """How long its rows are kept, with what is over by the rules that the run is about."""
        return policy.Terms(self.table, self.applied, self.as_of, self.programme.zone, by=self.rules)

    @cached_property
    def categories(self) -> frozenset[str]:
        """The data categories of the table, as the data map writes them and by the codes of the programme."""
        written = {name for _, one in self.table.walk() for name in one.categories}
        known = (self.programme.category(name) for name in written)
        return frozenset(written | {one.code for one in known if one})

    @cached_property
    def is_referred_to(self) -> bool:
        """Whether rows of any table of the system may refer to its rows."""
        return systems.is_referred_to(self.data_sets, self.where)

    @cached_property
    def _others(self) -> dict[Where, Ground]:
        return {}

    def elsewhere(self, where: Where) -> Ground:
        """The same for another table of the system, worked out once."""
        if where not in self._others:
            self._others[where] = replace(self, where=where)
        return self._others[where]


@dataclass(frozen=True)
class Planned:
    """What becomes of the rows of a page."""

    #: By table; those that refer come before those that they refer to.
    changes: tuple[tuple[Where, tuple[RowChange, ...]], ...] = field(repr=False, default=())
    #: Of each row of the part's own table that is changed by a rule: that rule and its action, by `identity`.
    by: Mapping[str, tuple[str, str]] = field(repr=False, default_factory=dict)
    #: What stays.
    stays: Counts = field(default_factory=Counts)
    #: Rows of which something goes by a further rule, by that.
    also: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: Planned) -> Planned:
        also = Counter(self.also) + Counter(other.also)
        return Planned(self.changes + other.changes, {**self.by, **other.by}, self.stays + other.stays, also)

    @property
    def rows(self) -> int:
        """How many rows are changed."""
        return sum(len(some) for _, some in self.changes)

    @property
    def counts(self) -> Counts:
        """Everything in figures."""
        rules, actions = (dict(Counter(one)) for one in zip(*self.by.values(), strict=True)) if self.by else ({}, {})
        made = self.stays + Counts(rules=rules, actions=actions, also=dict(self.also))
        for where, some in self.changes:
            gone = sum(one.delete for one in some)
            place = ".".join(where)
            made += Counts(deleted={place: gone} if gone else {}, changed={place: n} if (n := len(some) - gone) else {})
        return made


def identity(where: Where, key: Mapping[str, Any]) -> str:
    """What tells a row of a system from all others."""
    return repr((*where, *sorted((name, str(value)) for name, value in key.items())))


@dataclass
class _Root:
    """A row that is due."""

    row: Row = field(repr=False)
    term: Term = field(repr=False)
    change: RowChange = field(repr=False)
    #: Whose it is.
    owners: frozenset[Identifier] = field(default=frozenset(), repr=False)
    stays: Stays | None = None
    hold: str | None = None
    #: Whether other rows go with it.
    followed: bool = False


@dataclass(frozen=True)
class Planning:
    """Plans pages of one table."""

    ground: Ground
    connector: Connector
    task: Task
    holds: Holding
    warned: Warned
    #: Whether nothing is done yet: rows that refer and are due themselves will be gone when their turn comes.
    ahead: bool = False

    def plan(self, rows: Sequence[Row]) -> Planned:
        """What becomes of these rows; those of which nothing is over, or all is done already, are in no count."""
        if not rows:
            return Planned()
        try:
            return self._planned(rows)
        except TooManyRows:
            return self._halved(rows, Stays.TOO_MUCH)
        except ValueError:  # A key that could match others, or none at all: no row is looked for by such a one.
            return self._halved(rows, Stays.UNREADABLE)

    def _halved(self, rows: Sequence[Row], why: Stays) -> Planned:
        if len(rows) == 1:
            return Planned(stays=staying(why))
        half = len(rows) // 2
        return self.plan(rows[:half]) + self.plan(rows[half:])

    def _planned(self, rows: Sequence[Row]) -> Planned:
        roots, stays = self._due(rows)
        self._hold_back(roots)
        self._warn(roots)
        along = self._along([one for one in roots if one.stays is None and one.change.delete])
        changes: dict[Where, list[RowChange]] = defaultdict(list)
        for where, some in along.items():
            changes[where] += some
        by, also = {}, Counter[str]()
        for one in roots:
            if one.stays is None:
                changes[self.ground.where].append(replace(one.change, firm=True) if one.followed else one.change)
                rule = self.ground.programme.retention_rules[_rule_of(one.term)]
                action = one.term.action if one.term.whole else rule.action
                by[identity(self.ground.where, one.change.key)] = rule.code, action.value
                also.update(one.code for one in self._by(self.ground, one.term) if one is not rule)
                continue
            stays += staying(one.stays, hold=one.hold)
            if one.stays is Stays.REFERRED_TO and (mark := self._mark(one)):
                changes[self.ground.where].append(mark)
        order = systems.children_first(self.ground.data_sets)
        made = tuple((where, tuple(changes[where])) for where in order if changes.get(where))
        return Planned(made, by, stays, also)

    def _due(self, rows: Sequence[Row]) -> tuple[list[_Root], Counts]:
        stays = Counter[str]()
        roots = []
        for row in rows:
            decided = self._decided(self.ground, row)
            if isinstance(decided, Stays):
                stays[decided.value] += 1
            elif decided is not None:
                roots.append(_Root(row, *decided))
        return roots, Counts(stays=dict(stays))

    def _decided(self, ground: Ground, row: Row) -> tuple[Term, RowChange] | Stays | None:
        """What the programme says of a row: what is done, why it stays, or nothing."""
        programme = ground.programme
        term = ground.terms.of(row)
        if not term.over and not term.whole:
            return None
        if term.whole and term.action is RetentionAction.REVIEW:
            if (why := ground.reviews.get(".".join(ground.where), NOTHING).stays(term.until)) is not None:
                return why
            term = replace(term, action=RetentionAction.ERASE)
        if not _is_told_apart(ground.table, row):
            return Stays.UNREADABLE
        made, _ = policy.change(programme, ground.data_set, ground.table, row, term, ground.as_of, secret=ground.secret)
        return None if made is None else (term, made)

    def _hold_back(self, roots: Sequence[_Root]) -> None:
        for one, owners in zip(roots, self._owners(self.ground.where, [one.row for one in roots]), strict=True):
            one.owners = owners
            if held := self._hold(self.ground, owners):
                one.stays, one.hold = Stays.HELD, held.number

    def _hold(self, ground: Ground, owners: Collection[Identifier]) -> Any:
        if not self.holds.any:
            return None
        named = [(one.kind, one.value) for one in owners]
        data_set, table = ground.where
        return self.holds.on_row(ground.system.code, data_set, table, ground.categories, named)

    def _warn(self, roots: Sequence[_Root]) -> None:
        if self.ahead:
            return  # What waits for a warning goes within the same run.
        by_rule: dict[str, list[_Root]] = defaultdict(list)
        for one in (each for each in roots if each.stays is None):
            for rule in self._by(self.ground, one.term):
                if rule.warning is not None and rule.action is not RetentionAction.RESTRICT:
                    by_rule[rule.code].append(one)
        for code, some in by_rule.items():
            rule = self.ground.programme.retention_rules[code]
            for one, why in zip(some, self.warned(rule, [one.owners for one in some]), strict=True):
                one.stays = one.stays or why

    def _by(self, ground: Ground, term: Term) -> Sequence[RetentionRule]:
        """The rule that decides about a row, and each other by which something of it goes at the same time."""
        rules, first = ground.programme.retention_rules, _rule_of(term)
        if len(ground.applied) == 1:
            return [rules[first]]
        also = {term.rules[name] for name in (term.rules if term.whole else term.over)} - {first}
        # A rule without a trigger keeps alone; of what is reviewed nothing goes beside the rest.
        gone = [rules[one] for one in sorted(also) if rules[one].trigger is not None]
        return [rules[first], *(one for one in gone if one.action is not RetentionAction.REVIEW)]

    def _along(self, going: Sequence[_Root]) -> Mapping[Where, list[RowChange]]:
        """The rows that go with these, by table; keeps those that a row refers to which stays."""
        ground = self.ground
        if not going or not ground.is_referred_to:
            return {}
        beside = systems.referring(ground.data_sets, ground.where, [one.row for one in going], self._find)
        tables = {(one.code, name): table for one in ground.data_sets for name, table in one.tables.items()}
        others = [_Beside(where, row) for where, some in beside.items() for row in some]
        mine = [_Beside(ground.where, one.row) for one in going]
        parents = Parents[_Beside](tables)
        for one in (*others, *mine):
            parents.add(one.where, one.row, one)
        self._keep(others, parents)
        # What goes by its own rule will be gone by then, with all that goes with it: that is another part's to count.
        for one in others:
            one.goes = one.by_itself and not one.kept
        _spread(others, parents)
        for root, one in zip(going, mine, strict=True):
            one.goes = not one.kept
            if one.kept:
                root.stays = Stays.REFERRED_TO
        known = {id(one): root for root, one in zip(going, mine, strict=True)}
        along: dict[Where, list[RowChange]] = defaultdict(list)
        for one, leading in _spread(others, parents):
            along[one.where].append(_gone(tables[one.where], one.row))
            for root in _roots(leading, parents, known):
                root.followed = True
        return along

    def _keep(self, rows: Sequence[_Beside], parents: Parents[_Beside]) -> None:
        """Mark what stays, and what it refers to."""
        follow = list(self._staying(rows))
        while follow:
            one = follow.pop()
            if not one.kept:
                one.kept = True
                follow += [parent for _, parent in parents.of(one.where, one.row)]

    def _staying(self, rows: Sequence[_Beside]) -> Iterator[_Beside]:
        """The rows that stay whatever they refer to: those of a rule of their own, and those that are held."""
        by_table: dict[Where, list[_Beside]] = defaultdict(list)
        for one in rows:
            by_table[one.where].append(one)
        for where, some in by_table.items():
            ground = self.ground.elsewhere(where)
            for one, owners in zip(some, self._owners(where, [each.row for each in some]), strict=True):
                one.by_itself = bool(ground.applied) and self.ahead and self._will_go(ground, one.row)
                if (ground.applied and not one.by_itself) or self._hold(ground, owners):
                    yield one

    def _will_go(self, ground: Ground, row: Row) -> bool:
        decided = self._decided(ground, row)
        if decided is None or isinstance(decided, Stays) or not decided[1].delete:
            return False
        # A warning that is not old enough yet may be so when the run comes to it; until then the row stays.
        return all(rule.warning is None for rule in self._by(ground, decided[0]))

    def _owners(self, where: Where, rows: Sequence[Row]) -> Sequence[frozenset[Identifier]]:
        """Whose each row is, where a hold or a warning depends on it; else nobody asks the system for that."""
        warns = where == self.ground.where and any(one.rule.warning for one in self.ground.applied)
        if not rows or not (self.holds.any or warns):
            return [frozenset()] * len(rows)
        return systems.owners_of(self.ground.data_sets, where, rows, self._find)

    def _find(self, where: Where, keys: Sequence[Key]) -> Sequence[Row]:
        table = self.ground.elsewhere(where).table
        return self.connector.find(self.task, table, keys, limit=MOST_BESIDE).rows

    def _mark(self, one: _Root) -> RowChange | None:
        """The mark of a row that stays for another, where the table has one and it is not there yet."""
        name, value = self.ground.table.restricted_field, self.ground.table.restricted_value
        if name is None or one.row.get(name) == value:
            return None
        return RowChange(one.change.key, values={name: value}, still=one.change.still)


@dataclass(eq=False)
class _Beside:
    """A row that stands in the plan, and what is known of it."""

    where: Where
    row: Row = field(repr=False)
    kept: bool = False
    goes: bool = False
    #: Whether it is due by a rule of its own.
    by_itself: bool = False


def task_of(run_id: UUID, part_id: UUID) -> Task:
    """What a system is told who asks."""
    return Task(part_id, run_id)


def _rule_of(term: Term) -> str:
    """The rule that decides about the row, or about what of it is over."""
    return term.rule if term.whole else min(term.rules[name] for name in term.over)


def _is_told_apart(table: Table, row: Row) -> bool:
    """Whether the row has a key that names it and no other: not nothing, nothing empty, no wildcard."""
    try:
        return bool([Key(name, (row[name],)) for name in table.primary_key])
    except (KeyError, ValueError):
        return False


def _gone(table: Table, row: Row) -> RowChange:
    """A row that goes with what it refers to, if it refers to it yet."""
    if not _is_told_apart(table, row):
        raise ValueError("a row without a key of its own cannot be deleted")
    key = {name: row[name] for name in table.primary_key}
    still = {one.name: row[one.name] for one in table.fields if one.references and any(values_at(row, one.name))}
    return RowChange(key, delete=True, still=still)


def _spread(rows: Sequence[_Beside], parents: Parents[_Beside]) -> list[tuple[_Beside, list[_Beside]]]:
    """Have rows go that refer to one that goes, and tell which, with those that they refer to: one step at a time."""
    spread: list[tuple[_Beside, list[_Beside]]] = []
    while step := [
        (one, leading)
        for one in rows
        if not one.goes and not one.kept and (leading := _going(parents.of(one.where, one.row)))
    ]:
        for one, _ in step:
            one.goes = True
        spread += step
    return spread


def _going(parents: Iterable[tuple[Where, _Beside]]) -> list[_Beside]:
    return [parent for _, parent in parents if parent.goes]


def _roots(leading: Sequence[_Beside], parents: Parents[_Beside], roots: Mapping[int, _Root]) -> Iterator[_Root]:
    """The due rows by which rows go."""
    follow, seen = list(leading), set[int]()
    while follow:
        each = follow.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        if id(each) in roots:
            yield roots[id(each)]
        follow += _going(parents.of(each.where, each.row))
