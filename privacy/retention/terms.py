"""How long a row is kept: by the programme alone, no database and no clock.

Where several rules meet on a row, each field is kept until the last day on which one of them needs that field (Art.
5(1)(e)). A moment that is not there, or that nobody can read, keeps what is counted from it. The last day itself is a
day of keeping: what ends on 31 December goes on 1 January.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from privacy.legal_time.days import ONE
from privacy.programme.data_map import DataField, DataSet, Keeping, System, Table
from privacy.programme.data_map_build import is_personal
from privacy.programme.types import Programme, RetentionAction, RetentionRule, RetentionTrigger
from privacy.systems.connector import DayBefore, Row

#: In the place of a field: the moment stands in no row of the system, the caller knows it (`consent_ended`).
ELSEWHERE = ""
#: Days up to here are what programs write when they know none: 0001-01-01, 1900-01-01. They count as unknown.
_PLACEHOLDERS_UNTIL = date(1900, 12, 31)
#: Of how many different sets of days a table's terms are remembered, so that memory does not grow with it.
_REMEMBERED = 4_096
#: Which of two rules with the same last day decides: the one that does less, since what went does not come back.
_CAUTION = (RetentionAction.REVIEW, RetentionAction.RESTRICT, RetentionAction.ANONYMISE, RetentionAction.ERASE)


@dataclass(frozen=True)
class Applied:
    """One rule on one table."""

    rule: RetentionRule
    #: The field of the table that holds the moment; `ELSEWHERE` where none does.
    moment: str
    #: The data fields that it needs.
    fields: frozenset[str]

    @property
    def disposes(self) -> bool:
        """Whether anything goes by this rule; one without a trigger only says what must stay."""
        return self.rule.trigger is not None

    def ends(self, row: Row, zone: ZoneInfo) -> date | None:
        """The last day on which this rule needs the row; None where its start is not known, so that it stays."""
        return self.ends_from(self.start(row, zone))

    def start(self, row: Row, zone: ZoneInfo) -> date | None:
        """The day on which its time begins, where that is known."""
        return started(row.get(self.moment), zone) if self.has_start else None

    def ends_from(self, start: date | None) -> date | None:
        """The same as `ends` by that day."""
        return None if start is None else _last_day(self.rule, start)

    @property
    def has_start(self) -> bool:
        """Whether something says where its time begins: a field of the row, or the person's consents."""
        return self.moment != ELSEWHERE or self.rule.trigger is RetentionTrigger.CONSENT_ENDED


@dataclass(frozen=True)
class Term:
    """How long one row is kept."""

    #: Field -> the last day on which any rule needs it; None where a start is not known, so that it is kept.
    ends: Mapping[str, date | None]
    #: Field -> code of the rule that decides.
    rules: Mapping[str, str]
    #: The fields whose time is up.
    over: frozenset[str]
    #: The latest end of all; None where one is not known.
    until: date | None
    #: Whether the time of the row is up: of every rule, and of every data field of the table.
    whole: bool
    #: Of the rule that decides the latest end.
    action: RetentionAction
    #: Its code.
    rule: str
    #: The days from which on something more of the row may go, in their order; none where no rule disposes of it or no
    #: start is known.
    days: tuple[date, ...] = ()
    #: The fields of the row by which all this was told.
    moments: frozenset[str] = frozenset()

    @property
    def due(self) -> date | None:
        """The first day on which something of the row may go."""
        return self.days[0] if self.days else None

    def by(self, rules: Collection[str]) -> Term:
        """Only what is over by these rules, where there are any; the others keep as before."""
        if not rules:
            return self
        over = frozenset(name for name in self.over if self.rules[name] in rules)
        return replace(self, over=over, whole=self.whole and self.rule in rules)


def applied(programme: Programme, system: System, data_set: DataSet, table: Table) -> tuple[Applied, ...]:
    """The rules that decide about rows of a table, with where their moments stand.

    None where nothing tells when such rows' time is up: they go with the rows that they belong to, or stay. What is
    kept by the data map is among them even where its rule disposes of nothing.
    """
    found: dict[tuple[str, str], Applied] = {}
    for one in (*_by_trigger(programme, system, data_set, table), *_by_keeping(programme, table)):
        key = one.rule.code, one.moment
        before = found.get(key)
        found[key] = one if before is None else Applied(one.rule, one.moment, before.fields | one.fields)
    every = tuple(found[key] for key in sorted(found))
    return every if any(one.has_start for one in every) else ()


def covers(programme: Programme, rule: RetentionRule, system: System, data_set: DataSet, table: Table) -> bool:
    """Whether a rule is about such rows at all, wherever their moment may stand."""
    return bool(rule.trigger and _allows(rule, system, data_set, table) and _needed(programme, rule, table) is not None)


def data_fields(table: Table) -> frozenset[str]:
    """The fields that say something of a person; of nested ones those inside."""
    return frozenset(name for name, one in table.walk() if not one.fields and _tells(one))


def before(rules: Sequence[Applied], today: date, zone: ZoneInfo) -> tuple[DayBefore, ...]:
    """What finds every row of which something may be over on that day, and others: any of these holds.

    Empty where nothing can be found by a day of the row itself.
    """
    cutoffs: dict[str, date] = {}
    for one in rules:
        # What stands inside an object is found by no day: such rows are looked at only beside others.
        if one.disposes and one.moment != ELSEWHERE and "." not in one.moment:
            day = first_kept(one.rule, today)
            cutoffs[one.moment] = max(day, cutoffs.get(one.moment, day))
    return tuple(DayBefore(name, day, zone) for name, day in sorted(cutoffs.items()))


def first_kept(rule: RetentionRule, today: date) -> date:
    """The first moment of which the rule still keeps something on that day: those before it are over."""
    # A later moment never ends earlier, so that the border is found by halving.
    over, kept = date.min.toordinal() - 1, today.toordinal() + 1
    while kept - over > 1:
        middle = (over + kept) // 2
        last = _last_day(rule, date.fromordinal(middle))
        if last is not None and last < today:
            over = middle
        else:
            kept = middle
    return date.fromordinal(kept)


def term(table: Table, row: Row, rules: Sequence[Applied], today: date, zone: ZoneInfo) -> Term:
    """How long a row is kept. Of a rule whose moment stands elsewhere the row has it under `ELSEWHERE`, if known.

    `rules` are those of `applied`, and not empty.
    """
    return _term(table, rules, today, [one.start(row, zone) for one in rules])


class Terms:
    """How long rows of one table are kept: rows whose times begin on the same days are kept alike."""

    def __init__(
        self, table: Table, rules: Sequence[Applied], today: date, zone: ZoneInfo, *, by: Collection[str] = ()
    ) -> None:
        self._table, self._rules, self._today, self._zone, self._by = table, rules, today, zone, by
        self._known: dict[tuple[date | None, ...], Term] = {}

    def of(self, row: Row) -> Term:
        """As `term` tells it, with `by` only what is over by these rules."""
        starts = tuple(one.start(row, self._zone) for one in self._rules)
        known = self._known.get(starts)
        if known is None:
            if len(self._known) == _REMEMBERED:
                self._known.clear()
            known = self._known[starts] = _term(self._table, self._rules, self._today, starts).by(self._by)
        return known


def _term(table: Table, rules: Sequence[Applied], today: date, starts: Sequence[date | None]) -> Term:
    """The term of rows by the day on which the time of each rule begins."""
    each = zip(rules, starts, strict=True)
    lengths = sorted((_Length(one, one.ends_from(start)) for one, start in each), key=_Length.order)
    # The longest comes last, and so decides about every field that it needs.
    deciding = {name: length for length in lengths for name in length.applied.fields}
    disposed = frozenset[str]().union(*(one.fields for one in rules if one.disposes))
    last = lengths[-1]
    everything = data_fields(table) <= deciding.keys()
    firsts = [one.last for name, one in deciding.items() if name in disposed and one.last is not None]
    if everything and last.last is not None and any(one.disposes for one in rules):
        firsts.append(last.last)
    return Term(
        ends={name: one.last for name, one in sorted(deciding.items())},
        rules={name: one.applied.rule.code for name, one in sorted(deciding.items())},
        over=frozenset(name for name in disposed if deciding[name].is_over(today)),
        until=last.last,
        whole=everything and last.is_over(today),
        action=last.applied.rule.action,
        rule=last.applied.rule.code,
        days=tuple(last + ONE for last in sorted(set(firsts)) if last < date.max),
        moments=frozenset(one.moment for one in rules if one.moment != ELSEWHERE),
    )


def started(written: Any, zone: ZoneInfo) -> date | None:
    """The day of a moment by the clock of the zone; None of what is missing, unreadable or a mere placeholder.

    A time that says nothing of its zone is one of that zone already.
    """
    day = _day_of(written, zone)
    return None if day is None or day <= _PLACEHOLDERS_UNTIL else day


@dataclass(frozen=True)
class _Length:
    """How long one rule needs a row."""

    applied: Applied
    last: date | None

    def order(self) -> tuple[bool, date, int, str, str]:
        """The longest is the greatest: a day that is not known outlasts each that is."""
        rule = self.applied.rule
        caution = -_CAUTION.index(rule.action)
        return self.last is None, self.last or date.min, caution, rule.code, self.applied.moment

    def is_over(self, today: date) -> bool:
        """Whether it needs nothing on that day any more."""
        return self.last is not None and self.last < today


def _by_trigger(programme: Programme, system: System, data_set: DataSet, table: Table) -> Iterator[Applied]:
    for rule in programme.retention_rules.values():
        if rule.trigger is None or not _allows(rule, system, data_set, table):
            continue
        fields = _needed(programme, rule, table)
        if fields is not None:
            yield from (Applied(rule, moment, fields) for moment in moments(rule, data_set, table))


def moments(rule: RetentionRule, data_set: DataSet, table: Table) -> Iterator[str]:
    """The fields of the table that hold the moment of a rule's trigger; `ELSEWHERE` where no row does."""
    if rule.trigger is RetentionTrigger.CONSENT_ENDED:
        # Without a word of what it covers it would be about every row of every system.
        if _is_limited(rule):
            yield ELSEWHERE
    elif rule.fields:
        here = (data_set.code, table.name)
        yield from (one.field for one in rule.fields if (one.data_set, one.table) == here)
    else:
        yield from (one.name for one in table.fields if rule.trigger in one.moments)


def _by_keeping(programme: Programme, table: Table) -> Iterator[Applied]:
    own = {name: one for name, one in table.walk() if one.keeping is not None}
    decided = {name for name, one in table.walk() if one.on_erasure is not None}
    everything = data_fields(table)
    if table.keeping is not None:
        # What an erasure takes from a row that is kept is not what it is kept for.
        fields = frozenset(name for name in everything if not _within(name, decided))
        yield from _kept(programme, table.keeping, fields)
    for name, one in own.items():
        if one.keeping is not None:
            inside = frozenset(each for each in everything if _within(each, {name}))
            yield from _kept(programme, one.keeping, inside or frozenset({name}))


def _kept(programme: Programme, keeping: Keeping, fields: frozenset[str]) -> Iterator[Applied]:
    rule = programme.retention_rules.get(keeping.rule)
    if rule is not None:
        yield Applied(rule, keeping.counted_from or ELSEWHERE, fields)


def _allows(rule: RetentionRule, system: System, data_set: DataSet, table: Table) -> bool:
    """Whether each list of what the rule covers allows it; data categories are told by field."""
    about = rule.covers
    return (
        (not about.systems or system.code in about.systems)
        and (not about.data_sets or data_set.code in about.data_sets)
        and (not about.purposes or not set(about.purposes).isdisjoint(table.purposes or system.purposes))
    )


def _needed(programme: Programme, rule: RetentionRule, table: Table) -> frozenset[str] | None:
    """The data fields that a rule needs of a table; None where it has none of the rule's categories."""
    fields = data_fields(table)
    wanted = rule.covers.data_categories
    if not wanted:
        return fields
    return frozenset(name for name in fields if _is_of(programme, table.field(name), wanted)) or None


def _is_of(programme: Programme, one: DataField, wanted: Iterable[str]) -> bool:
    known = (programme.category(written) for written in one.categories)
    return not {category.code for category in known if category}.isdisjoint(wanted)


def _is_limited(rule: RetentionRule) -> bool:
    about = rule.covers
    return bool(about.systems or about.data_sets or about.data_categories or about.purposes)


def _tells(one: DataField) -> bool:
    return one.identity is not None or is_personal(one.categories)


def _within(name: str, parents: Iterable[str]) -> bool:
    return any(name == parent or name.startswith(f"{parent}.") for parent in parents)


def _last_day(rule: RetentionRule, start: date) -> date | None:
    try:
        return rule.last_day(start)
    except (ValueError, OverflowError):  # Beyond the calendar: 9999-12-31 is how programs write "never".
        return None


def _day_of(written: Any, zone: ZoneInfo) -> date | None:
    if isinstance(written, str):
        try:
            written = datetime.fromisoformat(written.strip())
        except ValueError:
            return None
    if isinstance(written, datetime):
        try:
            return written.astimezone(zone).date() if written.tzinfo else written.date()
        except (ValueError, OverflowError):  # At the edge of the calendar.
            return None
    return written if isinstance(written, date) else None
