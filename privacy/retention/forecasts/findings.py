"""What is wrong with how long data are kept: rows past their date, rows without an end, tables without a rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from privacy.programme.data_map import Direction, System, Table
from privacy.programme.types import OWN_SYSTEM, Programme, RetentionRule, RetentionTrigger
from privacy.retention import policy
from privacy.retention.forecasts.forecast import NO_START, Forecast, Horizon, State
from privacy.retention.terms import data_fields
from privacy.systems import service as systems
from privacy.systems.service import Where


class Kind(StrEnum):
    """What is found."""

    PAST_DATE = "past_date"  # it should have gone, and nothing keeps it
    NO_START = "no_start"  # nobody can tell from when the time of these rows counts, so that they never go
    NO_RULE = "no_rule"  # nothing says when rows of this table go
    NO_PLACE = "no_place"  # a rule by which things are disposed of is about nothing in the data map
    AWAY = "away"  # the system could not be asked: whether something is past its date is not known
    CUT_SHORT = "cut_short"  # there was no time to look at all of it


@dataclass(frozen=True)
class Finding:
    """One thing that somebody should look at."""

    kind: Kind
    system: str
    #: `data set.table`; empty where it is about the whole system, or a rule.
    place: str
    rule: str
    #: How many; None where that is not known, or there is nothing to count.
    rows: int | None
    #: Since when the oldest of them should be gone.
    since: date | None
    #: What the system said.
    detail: str | None = None


def findings(programme: Programme, forecast: Forecast) -> Sequence[Finding]:
    """Everything that the forecast and the programme show, what is past its date first."""
    found = [*_of_places(forecast), *_without_rule(programme), *_about_nothing(programme, forecast)]
    order = list(Kind)
    return sorted(found, key=lambda one: (order.index(one.kind), one.system, one.place, one.rule))


def _of_places(forecast: Forecast) -> Iterator[Finding]:
    for one in forecast.places:
        for rule, counts in one.goes.items():
            if rows := counts.get(Horizon.PAST, 0):
                yield Finding(Kind.PAST_DATE, one.system, one.place, rule, rows, one.oldest)
        known = sum(one.stays.get(NO_START, {}).values()) if one.endless is None else one.endless
        if known:
            yield Finding(Kind.NO_START, one.system, one.place, "", known, None)
        if one.state in {State.AWAY, State.CUT_SHORT}:
            yield Finding(Kind(one.state.value), one.system, one.place, "", None, None, one.detail)


def _without_rule(programme: Programme) -> Iterator[Finding]:
    """Tables with data of people whose rows have no rule, and belong to no rows that have one."""
    for system in programme.systems.values():
        tables = {
            (data_set.code, name): table
            for data_set in systems.data_sets_of(system, programme)
            for name, table in data_set.tables.items()
        }
        ruled = _ruled(programme, system, tables)
        for where, table in tables.items():
            if where not in ruled and data_fields(table):
                yield Finding(Kind.NO_RULE, system.code, ".".join(where), "", None, None)


def _ruled(programme: Programme, system: System, tables: Mapping[Where, Table]) -> set[Where]:
    """Tables whose rows go by a rule, or with rows that do."""
    ruled = {
        where
        for where, table in tables.items()
        if any(one.disposes for one in policy.applied(programme, system, programme.data_sets[where[0]], table))
    }
    while more := {where for where, table in tables.items() if where not in ruled and not ruled.isdisjoint(_up(table))}:
        ruled |= more
    return ruled


def _up(table: Table) -> set[Where]:
    """The tables whose rows the rows of this one belong to."""
    return {
        (reference.place.data_set, reference.place.table)
        for _, one in table.walk()
        for reference in one.references
        if reference.direction is Direction.FROM or (reference.direction is None and not one.primary_key)
    }


def _about_nothing(programme: Programme, forecast: Forecast) -> Iterator[Finding]:
    used = {code for one in forecast.places for code in one.rules}
    for rule in programme.retention_rules.values():
        if rule.trigger is not None and rule.code not in used and not _is_of_people(rule):
            yield Finding(Kind.NO_PLACE, "", "", rule.code, None, None)


def _is_of_people(rule: RetentionRule) -> bool:
    return OWN_SYSTEM in rule.covers.systems or rule.trigger is RetentionTrigger.CONSENT_ENDED
