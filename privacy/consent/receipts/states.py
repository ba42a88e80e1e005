"""What an act makes of a record, in the words of ISO/IEC TS 27560 and of W3C DPV. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from privacy.consent.acts import ActKind
from privacy.programme.types import Purpose


class EventState(StrEnum):
    """The state that an event leads to (27560, 6.3.7.6)."""

    REQUESTED = "requested"  # asked for and not confirmed yet
    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    OBJECTED = "objected"  # Art. 21
    OBJECTION_LIFTED = "objection_lifted"
    INFORMED = "informed"  # a notice was given, nothing was agreed
    INVALIDATED = "invalidated"
    ANNULLED = "annulled"
    WITHOUT_EFFECT = "without_effect"


class EventType(StrEnum):
    """What sort of event it is (27560, 6.3.7.4)."""

    EXPRESSED_CONSENT = "expressed_consent"
    EXPLICIT_CONSENT = "explicit_consent"  # Art. 9(2)(a), 22(2)(c), 49(1)(a)
    OBJECTION = "objection"
    NOTICE = "notice"
    CONTROLLER = "controller_act"


_STATES = {
    ActKind.REQUEST: EventState.REQUESTED,
    ActKind.GIVE: EventState.GIVEN,
    ActKind.CONFIRM: EventState.GIVEN,
    ActKind.REFUSE: EventState.REFUSED,
    ActKind.WITHDRAW: EventState.WITHDRAWN,
    ActKind.OBJECT: EventState.OBJECTED,
    ActKind.LIFT_OBJECTION: EventState.OBJECTION_LIFTED,
    ActKind.INFORM: EventState.INFORMED,
    ActKind.INVALIDATE: EventState.INVALIDATED,
    ActKind.ANNUL: EventState.ANNULLED,
}
_TYPES = {
    ActKind.OBJECT: EventType.OBJECTION,
    ActKind.LIFT_OBJECTION: EventType.OBJECTION,
    ActKind.INFORM: EventType.NOTICE,
    ActKind.INVALIDATE: EventType.CONTROLLER,
    ActKind.ANNUL: EventType.CONTROLLER,
}
#: Status of the consent (DPV 2.3). An objection ends what was agreed; to lift it agrees to nothing.
_DPV_STATUS = {
    EventState.REQUESTED: "ConsentRequested",
    EventState.GIVEN: "ConsentGiven",
    EventState.REFUSED: "ConsentRefused",
    EventState.WITHDRAWN: "ConsentWithdrawn",
    EventState.OBJECTED: "ConsentWithdrawn",
    EventState.OBJECTION_LIFTED: "ConsentUnknown",
    EventState.INFORMED: "ConsentUnknown",
    EventState.INVALIDATED: "ConsentInvalidated",
    EventState.ANNULLED: "ConsentInvalidated",
    EventState.WITHOUT_EFFECT: "ConsentUnknown",
}


def state_of(kind: ActKind, purposes: Iterable[Purpose], *, no_effect: str | None, annulled: bool) -> EventState:
    """The state after the act alone: what has no effect gave nothing, and where a confirmation is due it is pending."""
    if annulled:
        return EventState.ANNULLED
    if no_effect is not None:
        return EventState.WITHOUT_EFFECT
    if kind is ActKind.GIVE and any(purpose.double_opt_in for purpose in purposes):
        return EventState.REQUESTED
    return _STATES[kind]


def type_of(kind: ActKind, *, explicit: bool) -> EventType:
    """The sort of the event."""
    return _TYPES.get(kind, EventType.EXPLICIT_CONSENT if explicit else EventType.EXPRESSED_CONSENT)


def dpv_status(state: EventState) -> str:
    """The status of DPV 2.3, without its prefix."""
    return _DPV_STATUS[state]
