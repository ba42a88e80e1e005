"""Consent acts and their times. Pure: no database, no framework."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from privacy import clock
from privacy.claims import Claim

#: A purpose or channel of an act that names none: it covers all that it may mean.
ANY = "*"
#: The channel of a purpose that has none.
NO_CHANNEL = "-"
#: A `give` that claims a later time than this after its receipt has no effect.
FUTURE_TOLERANCE = 5 * 60 * clock.SECOND


class ActKind(StrEnum):
    """What was done. States in answers use the names of W3C DPV."""

    REQUEST = "request"  # a double opt-in message is pending
    GIVE = "give"
    CONFIRM = "confirm"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    OBJECT = "object"  # Art. 21
    LIFT_OBJECTION = "lift_objection"
    INFORM = "inform"  # a notice was given (Art. 13, 14)
    INVALIDATE = "invalidate"  # the controller: consent does not stand, by law or an authority's order
    ANNUL = "annul"  # the controller: one act is taken out of the fold


#: Acts that say "no". They are always accepted, for all that they may mean.
NOES = frozenset({ActKind.REFUSE, ActKind.WITHDRAW, ActKind.OBJECT, ActKind.INVALIDATE})
#: Acts that may lead to a "yes", or away from a "no".
YESES = frozenset({ActKind.REQUEST, ActKind.GIVE, ActKind.CONFIRM, ActKind.LIFT_OBJECTION})


class NoEffect(StrEnum):
    """Why an act that might have allowed something has no effect. Such acts stay in a queue for review."""

    FUTURE_CLAIM = "future_claim"
    NO_DATE = "no_date"
    PAIR_UNKNOWN = "pair_unknown"
    WORDING_MISSING = "wording_missing"
    WORDING_UNKNOWN = "wording_unknown"
    WORDING_NOT_IN_FORCE = "wording_not_in_force"
    WORDING_OTHER_PURPOSE = "wording_other_purpose"
    TEXT_MISMATCH = "text_mismatch"
    CONTACT_UNKNOWN = "contact_unknown"
    IDENTIFIERS_DISAGREE = "identifiers_disagree"
    INSUFFICIENT_PROOF = "insufficient_proof"


#: The act took place, but nobody can show what was agreed to (Art. 7(1)).
UNPROVABLE = frozenset(
    {
        NoEffect.WORDING_MISSING,
        NoEffect.WORDING_UNKNOWN,
        NoEffect.WORDING_NOT_IN_FORCE,
        NoEffect.WORDING_OTHER_PURPOSE,
        NoEffect.TEXT_MISMATCH,
    }
)


class Clock(StrEnum):
    """How far the claimed time of a source is believed."""

    TRUSTED = "trusted"  # a server's clock, or the dates in a history file
    DEVICE = "device"  # tills, apps: may be wrong, may have been offline


@dataclass(frozen=True)
class Timing:
    """How a source's times are read."""

    believed: Clock = Clock.TRUSTED
    #: How far the source's clock may be off, in microseconds.
    skew: int = 0
    #: How long a device may have been offline: its "no" is taken to be at most this much older than its receipt.
    window: int = 3 * clock.DAY


DEVICE = Timing(believed=Clock.DEVICE, skew=5 * 60 * clock.SECOND)


@dataclass(frozen=True)
class Interval:
    """When an act happened at the earliest and at the latest; fixed at receipt."""

    earliest: int
    latest: int
    no_effect: NoEffect | None = None


def interval(kind: ActKind, claim: Claim | None, received: int, timing: Timing, *, dated: bool = True) -> Interval:
    """The interval of an act (design: "Time").

    Without a claim the act happened at its receipt, unless the source should have dated it (`dated=False`: a row of a
    history file without a date): such a "no" counts from its receipt, and such a `give` has no effect.
    """
    if kind in NOES:
        return _interval_of_no(claim, received, timing)
    if claim is None:
        return Interval(received, received, None if dated else NoEffect.NO_DATE)
    earliest = claim.start - timing.skew
    latest = claim.start + claim.width - 1 + timing.skew
    future = claim.start > received + FUTURE_TOLERANCE
    return Interval(earliest, latest, NoEffect.FUTURE_CLAIM if future else None)


def _interval_of_no(claim: Claim | None, received: int, timing: Timing) -> Interval:
    if claim is None:
        return Interval(received, received)
    if timing.believed is Clock.DEVICE:
        earliest = max(claim.start - timing.skew, received - timing.window)
        return Interval(min(earliest, received), received)
    latest = min(claim.start + claim.width - 1 + timing.skew, received)
    return Interval(min(claim.start - timing.skew, latest), latest)


@dataclass(frozen=True)
class Act:
    """One act on one purpose and channel as the fold sees it."""

    id: UUID
    kind: ActKind
    earliest: int
    latest: int
    contact: UUID | None = None
    wording: tuple[str, str] | None = None
    proof: str = "staff_claim"
    explicit: bool = False
    setting: str = "online"
    age_class: str | None = None
    represented: bool = False
    no_effect: NoEffect | None = None
    refers_to: UUID | None = None
    #: The subjects that it named where they are several; a `give` counts only while all are one group.
    named: tuple[UUID, ...] = field(default=())
