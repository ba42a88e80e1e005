"""What one row is worth: whether it would allow anything if nothing else were known, else where it falls. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from privacy import clock
from privacy.consent import acts, proof
from privacy.consent.acts import Act, ActKind, NoEffect
from privacy.consent.decision import Holding, Node, Question, Reason, Situation, decide
from privacy.consent.importing.waterfall import Step
from privacy.consent.intake import ActIn
from privacy.consent.policy import fold
from privacy.programme.types import Programme

_NOBODY, _CONTACT = UUID(int=1), UUID(int=2)
_INDEX = b"contact"
_WITHOUT_EFFECT = {
    NoEffect.FUTURE_CLAIM: Step.FUTURE_DATE,
    NoEffect.NO_DATE: Step.NO_DATE,
    NoEffect.PAIR_UNKNOWN: Step.PAIR_UNKNOWN,
    NoEffect.WORDING_MISSING: Step.NO_WORDING,
    NoEffect.WORDING_UNKNOWN: Step.WORDING_UNKNOWN,
    NoEffect.WORDING_NOT_IN_FORCE: Step.WORDING_OUT_OF_PERIOD,
    NoEffect.WORDING_OTHER_PURPOSE: Step.WORDING_OTHER_PURPOSE,
    NoEffect.TEXT_MISMATCH: Step.WORDING_UNKNOWN,
}
#: Where an entry falls for which a check answers so.
_DENIED = {
    Reason.CHANNEL_NOT_ALLOWED: Step.PAIR_UNKNOWN,
    Reason.DECEASED: Step.STANDING,
    Reason.SUPPRESSED: Step.SUPPRESSED,
    Reason.OBJECTED: Step.OBJECTED,
    Reason.RESTRICTED: Step.STANDING,
    Reason.ERASURE_PENDING: Step.STANDING,
    Reason.WITHDRAWN: Step.WITHDRAWN,
    Reason.REFUSED: Step.REFUSED,
    Reason.MINOR: Step.MINOR,
    Reason.SHARED_CONTACT: Step.SHARED_CONTACT,
    Reason.INSUFFICIENT_PROOF: Step.PROOF_TOO_WEAK,
    Reason.SUPERSEDED: Step.SUPERSEDED,
    Reason.EXPIRED: Step.EXPIRED,
    Reason.REQUESTED: Step.UNCONFIRMED,
    Reason.CONTACT_UNKNOWN: Step.CONTACT_UNKNOWN,
    Reason.NO_RECORD: Step.NO_RECORD,
}


def step_of(reason: Reason) -> Step:
    """Where an entry ends for which a check answers so."""
    return Step.MAY_CONTACT if reason.allows else _DENIED[reason]


def alone(given: ActIn, confirms: Sequence[ActIn], channel: str | None, programme: Programme, now: int) -> Step | None:
    """Where a consent falls for its own sake, with the confirmations of its row; None where it would be enough."""
    purpose = programme.purpose(given.purpose or "")
    shown = _act(given, channel, programme, now, number=1)
    if (no_effect := shown.no_effect) is not None:
        return _WITHOUT_EFFECT[no_effect]
    every = [shown, *(_act(c, channel, programme, now, number=n) for n, c in enumerate(confirms, start=2))]
    kind = programme.channel(channel).contact_kind if channel is not None else None
    held = [Holding(_CONTACT, _NOBODY, _INDEX, held_from=0)] if kind is not None else []
    node = Node(_NOBODY, _NOBODY, _NOBODY, _NOBODY, age_class=given.age_class, alone=not given.naming.by_account)
    question = Question(
        purpose,
        channel,
        now,
        accounts=frozenset({_NOBODY}),
        contact=_INDEX if held else None,
        account_named=True,
    )
    decision = decide(question, programme, Situation({_NOBODY: node}, {_NOBODY: [fold(every)]}, held))
    return None if decision.allowed else _DENIED[decision.reason]


def _act(given: ActIn, channel: str | None, programme: Programme, now: int, *, number: int) -> Act:
    """The act as the fold would see it, were it received now."""
    timed = acts.interval(given.act, given.claim, now, given.source.timing, dated=given.dated)
    on = clock.from_micros(timed.earliest).astimezone(programme.zone).date()
    cited = given.wording
    shown = proof.shown(
        programme,
        given.act,
        given.purpose or "",
        on,
        code=cited.code if cited else None,
        version=cited.version if cited else None,
        locale=cited.locale if cited else None,
        text_sha256=None,
    )
    unknown = channel is not None and channel not in programme.purpose(given.purpose or "").channels
    kind = programme.channel(channel).contact_kind if channel is not None else None
    return Act(
        id=UUID(int=number),
        kind=ActKind(given.act),
        earliest=timed.earliest,
        latest=timed.latest,
        contact=_CONTACT if kind in given.naming.contacts else None,
        wording=(shown.code, shown.version) if shown.code and shown.version else None,
        proof=given.proof.value,
        setting=given.setting.value,
        age_class=str(given.age_class) if given.age_class else None,
        no_effect=timed.no_effect or (NoEffect.PAIR_UNKNOWN if unknown else None) or shown.no_effect,
    )


def label_of(given: ActIn, programme: Programme) -> str:
    """The wording of a consent as reports show it, the version in force on its day where it names none."""
    if given.wording is None:
        return ""
    code, version = given.wording.code, given.wording.version
    if version is None and given.claim is not None:
        start = given.claim.start - given.source.timing.skew
        found = programme.wording_in_force(code, clock.from_micros(start).astimezone(programme.zone).date())
        version = found.version if found is not None else None
    return f"{code} {version or ''}".strip()
