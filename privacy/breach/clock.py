"""The time limits of a breach, in hours (Art. 33(1), 33(2) and other laws' and contracts' clocks). Pure.

Elapsed hours from their moment, in UTC: no weekend, no holiday and no change of the wall clock moves them
(Regulation 1182/71, Art. 3(4), leaves out periods in hours). The outer limit of its Art. 3(1) is shown beside the
strict one and never worked to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from zoneinfo import ZoneInfo

from privacy import clock
from privacy.claims import read_claim
from privacy.errors import InvalidInput
from privacy.legal_time import days
from privacy.legal_time.hours import hours_after
from privacy.programme.types import BreachMoment, BreachRule

#: A time to the minute is exact enough; a day, or an hour that came twice, is not.
_EXACT = 60 * clock.SECOND
#: Clocks of others may be a little ahead.
TOLERANCE = 300 * clock.SECOND
#: A clock comes near when this part of its hours is left, and at the latest when six are.
_NEAR_PART, _NEAR_MOST = 4, 6 * 3_600 * clock.SECOND


@dataclass(frozen=True)
class Limit:
    """When something is to be told by; all times in microseconds."""

    code: str
    hours: int
    counted_from: BreachMoment
    started_at: int
    #: What is worked to.
    due_at: int
    #: As Art. 3(1) of Regulation 1182/71 has it.
    outer_at: int
    #: The day since which the rule is in force; 0 for the law's own.
    rule_from: int
    statute: str


class Standing(StrEnum):
    """How a clock stands."""

    RUNNING = "running"
    NEAR = "near"
    OVER = "over"
    MET = "met"  # what it wants was done in time
    MET_LATE = "met_late"
    NOT_NEEDED = "not_needed"  # it does not apply to this breach, for a recorded reason
    ENDED = "ended"  # decided, or closed, without


def limits(
    rules_on: Mapping[BreachMoment, Mapping[str, BreachRule]], moments: Mapping[BreachMoment, int], zone: ZoneInfo
) -> tuple[Limit, ...]:
    """Every limit whose moment is known, by the rules in force on the day of that moment; the first due first."""
    found = [
        _limit(rule, moments[moment], zone)
        for moment, rules in rules_on.items()
        for rule in rules.values()
        if rule.counted_from is moment
    ]
    return tuple(sorted(found, key=lambda limit: (limit.due_at, limit.code)))


def standing(
    due_at: int, hours: int, now: int, *, met_at: int | None = None, not_needed: bool = False, ended: bool = False
) -> Standing:
    """How a clock stands at a moment."""
    if met_at is not None:
        return Standing.MET if met_at <= due_at else Standing.MET_LATE
    if not_needed:
        return Standing.NOT_NEEDED
    if ended:
        return Standing.ENDED
    if now > due_at:
        return Standing.OVER
    near = min(hours * 3_600 * clock.SECOND // _NEAR_PART, _NEAR_MOST)
    return Standing.NEAR if now >= due_at - near else Standing.RUNNING


def read_moment(text: str, zone: ZoneInfo, field: str) -> int:
    """An instant as somebody gives it, to the minute or better; raises `InvalidInput` naming the field.

    A local time without an offset is the zone's. One that came twice, when the clocks were set back, is not guessed.
    """
    claim = read_claim(text, zone, field)
    if claim.width > _EXACT:
        raise InvalidInput.of(
            field,
            "Give the time to the minute, with its offset where the clocks were set back (2026-10-25T02:30+02:00).",
        )
    return claim.start


def check_moments(
    *, now: int, detected_at: int, told_at: int | None, aware_at: int | None, processor_aware_at: int | None = None
) -> None:
    """Raise `InvalidInput` naming the field unless they may stand so.

    Nobody is aware before anything was noticed, or in the future; and the controller is aware at the latest when its
    processor has told it (EDPB 9/2022, 44).
    """
    later = (("processor_aware_at", processor_aware_at), ("told_at", told_at), ("aware_at", aware_at))
    for field, at in (("detected_at", detected_at), *later):
        if at is not None and at > now + TOLERANCE:
            raise InvalidInput.of(field, "It lies in the future.")
    for field, at in later:
        if at is not None and at < detected_at:
            raise InvalidInput.of(field, "It lies before anything was noticed.")
    if aware_at is not None and told_at is not None and aware_at > told_at:
        raise InvalidInput.of("aware_at", "The controller is aware at the latest when its processor has told it.")


def _limit(rule: BreachRule, started_at: int, zone: ZoneInfo) -> Limit:
    found = hours_after(started_at, rule.hours, zone)
    return Limit(
        code=rule.code,
        hours=rule.hours,
        counted_from=rule.counted_from,
        started_at=started_at,
        due_at=found.strict,
        outer_at=found.outer,
        rule_from=0 if rule.valid_from == date.min else days.numbered(rule.valid_from),
        statute=rule.statute,
    )
