"""The warnings that a part of a run asks for: whoever is not warned yet is, and whoever is stays until the day."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from privacy import clock
from privacy.authz.actors import SERVICE
from privacy.db import end_read, unit_of_work
from privacy.legal_time import days
from privacy.programme import service as programmes
from privacy.programme.types import RetentionRule
from privacy.retention.runs.planning import Warned as Asked
from privacy.retention.runs.vocabulary import Stays
from privacy.retention.warnings import warnings
from privacy.retention.warnings.warned import Warned
from privacy.retention.warnings.warnings import Standing
from privacy.systems.graph import Identifier

#: How many people are warned in one unit of work.
_AT_ONCE = 50
#: Why somebody stays, by how their warning stands.
STAYS: Mapping[Standing, Stays | None] = {
    Standing.CLEARED: None,
    Standing.WAITING: Stays.WARNING,
    Standing.FOR_A_PERSON: Stays.NOT_WARNED,
    Standing.KEPT: Stays.KEPT,
}


#: Why our own person, known by all their subjects, stays; None where they may go.
OfPeople = Callable[[frozenset[UUID]], Stays | None]


def asked(run_id: UUID) -> Asked:
    """What the planning of a run asks of people's warnings, outside any unit of work."""

    def ask(rule: RetentionRule, owners: Sequence[frozenset[Identifier]]) -> Sequence[Stays | None]:
        return _stays(run_id, rule, [Warned(frozenset((one.kind, str(one.value)) for one in some)) for some in owners])

    return ask


def of_people(run_id: UUID, rule: RetentionRule) -> OfPeople:
    """The same for our own people, one by one."""

    def ask(members: frozenset[UUID]) -> Stays | None:
        if rule.warning is None:
            return None
        [why] = _stays(run_id, rule, [Warned(subject_ids=members)])
        return why

    return ask


def _stays(run_id: UUID, rule: RetentionRule, people: Sequence[Warned]) -> Sequence[Stays | None]:
    try:
        today = days.day_of(clock.micros(), programmes.current().zone)
        found = warnings.standing(rule, people, today)
    finally:
        end_read()
    waiting = [one for one, how in zip(people, found, strict=True) if how is Standing.WAITING]
    for start in range(0, len(waiting), _AT_ONCE):
        with unit_of_work():
            warnings.warn(run_id, waiting[start : start + _AT_ONCE], rule, actor=SERVICE)
    return [STAYS[how] for how in found]
