"""Retention rules as people look at them: what each says, and the places in which it disposes of something."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from privacy.programme.data_map import System
from privacy.programme.types import OWN_SYSTEM, Programme, RetentionRule
from privacy.retention import policy
from privacy.systems import service as systems


@dataclass(frozen=True)
class RulePlace:
    """A table in which a rule decides."""

    system: str
    #: `data set.table`; empty where it is about all of the system.
    place: str
    #: The field that holds the moment; None where it is known otherwise.
    moment: str | None
    #: The data fields that the rule needs.
    fields: tuple[str, ...]


@dataclass(frozen=True)
class RuleView:
    """One rule, and where it decides."""

    rule: RetentionRule
    places: tuple[RulePlace, ...]


def overview(programme: Programme) -> Sequence[RuleView]:
    """Every rule of the programme, those by which nothing is disposed of too."""
    places: dict[str, list[RulePlace]] = {code: [] for code in programme.retention_rules}
    for system in programme.systems.values():
        for code, place in _of_system(programme, system):
            places[code].append(place)
    for rule in programme.retention_rules.values():
        if rule.trigger and OWN_SYSTEM in rule.covers.systems:
            places[rule.code].append(RulePlace(OWN_SYSTEM, "", None, ()))
    return [RuleView(rule, tuple(places[rule.code])) for rule in programme.retention_rules.values()]


def _of_system(programme: Programme, system: System) -> Iterator[tuple[str, RulePlace]]:
    for data_set in systems.data_sets_of(system, programme):
        for table in data_set.tables.values():
            for one in policy.applied(programme, system, data_set, table):
                place = f"{data_set.code}.{table.name}"
                yield one.rule.code, RulePlace(system.code, place, one.moment or None, tuple(sorted(one.fields)))
    if not system.data_sets:
        for rule in programme.retention_rules.values():
            if rule.trigger and system.code in rule.covers.systems:
                yield rule.code, RulePlace(system.code, "", None, ())
