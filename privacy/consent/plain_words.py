"""Each reason in one plain sentence, for the person who explains a decision on the telephone. Pure."""

from __future__ import annotations

from privacy.consent.acts import ANY, NO_CHANNEL, NOES, ActKind, NoEffect
from privacy.consent.reading import ActView
from privacy.consent.reasons import Reason
from privacy.consent.verdicts import Effect
from privacy.programme.types import Programme

NO_EFFECTS = {
    NoEffect.FUTURE_CLAIM: "Its claimed time was still to come when it was received.",
    NoEffect.NO_DATE: "The source gave no date.",
    NoEffect.PAIR_UNKNOWN: "The programme has no such purpose on that channel.",
    NoEffect.WORDING_MISSING: "The source named no wording, so nobody can show what was agreed to.",
    NoEffect.WORDING_UNKNOWN: "The programme has no such wording.",
    NoEffect.WORDING_NOT_IN_FORCE: "The wording was not in force on that day.",
    NoEffect.WORDING_OTHER_PURPOSE: "The wording speaks of other purposes.",
    NoEffect.TEXT_MISMATCH: "The text that was shown is not the wording's.",
    NoEffect.CONTACT_UNKNOWN: "It named no contact, and the account held none of that kind then.",
    NoEffect.IDENTIFIERS_DISAGREE: "Its identifiers belong to different people; it waits for a review.",
    NoEffect.INSUFFICIENT_PROOF: "It is proven less well than the purpose asks for.",
}

#: `{act}` is the act that it has to do with, `{until}` when it ends or ended, `{proof}` and `{least}` grades of proof.
EFFECTS = {
    Effect.RELIED_ON: "It counts, and is the consent that is relied on{until}.",
    Effect.REPLACED: "It counts; a newer consent (act {act}) is the one relied on.",
    Effect.OUTWEIGHED: 'A "no" that is not surely older outweighs it (act {act}).',
    Effect.UNPROVEN: "Its proof ({proof}) is less than the purpose asks for ({least}).",
    Effect.NOT_EXPLICIT: "The purpose asks for an explicit statement, and this was none.",
    Effect.WORDING_GONE: "The programme no longer shows its wording as in force on that day.",
    Effect.SUPERSEDED: "A later wording demands fresh consent.",
    Effect.EXPIRED: "It has expired{until}.",
    Effect.UNCONFIRMED: "It was never confirmed, which the purpose asks for (double opt-in).",
    Effect.MINOR: "The person was too young to consent alone.",
    Effect.CONTACT_UNKNOWN: "It named no contact, and the account held none of that kind then.",
    Effect.CONTACT_REASSIGNED: "The contact is somebody else's now.",
    Effect.IDENTIFIERS_DISAGREE: "It named accounts that cannot all be one person's; it waits for a review.",
    Effect.NOT_NEEDED: "The purpose rests on another legal basis: no consent is needed.",
    Effect.WITHOUT_EFFECT: "{no_effect}",
    Effect.ANNULLED: "It was annulled (act {act}).",
    Effect.MERGE_ENDED: "It was said by somebody with whom the person was merged then, and stayed with them.",
    Effect.PURPOSE_GONE: "The programme has no such purpose on that channel any more.",
    Effect.STANDS: "It stands.",
    Effect.OUTLIVED: "It stood until a surely later consent.",
    Effect.CONFIRMS: "It confirms act {act}.",
    Effect.CONFIRMS_NOTHING: "There is nothing on that contact that it could confirm.",
    Effect.LIFTS: "It ends objections that are surely older, and gives no consent.",
    Effect.NOTED: "The person was informed; that allows and forbids nothing.",
    Effect.TAKES_OUT: "It takes act {act} out of account.",
}

REASONS = {
    Reason.CHANNEL_NOT_ALLOWED: "The purpose does not use this channel.",
    Reason.DECEASED: "The person has died.",
    Reason.SUPPRESSED: "The contact is on the suppression list.",
    Reason.OBJECTED: "The person objected.",
    Reason.RESTRICTED: "Processing is restricted (Art. 18).",
    Reason.ERASURE_PENDING: "An erasure is under way.",
    Reason.WITHDRAWN: "The consent was withdrawn.",
    Reason.REFUSED: "Consent was refused.",
    Reason.MINOR: "The person was too young to consent alone.",
    Reason.SHARED_CONTACT: 'Somebody else who holds the contact said "no".',
    Reason.INSUFFICIENT_PROOF: "There is no consent that could be proven as well as the purpose asks.",
    Reason.SUPERSEDED: "A later wording demands fresh consent.",
    Reason.EXPIRED: "The consent has expired.",
    Reason.REQUESTED: "The consent was never confirmed.",
    Reason.CONTACT_UNKNOWN: "There is no contact that is surely meant.",
    Reason.NO_RECORD: "Nothing is recorded that would allow it.",
    Reason.OTHER_LEGAL_BASIS: "It rests on another legal basis than consent, and nothing stands against it.",
    Reason.GIVEN: "There is a consent in force.",
}


def covers(view: ActView, programme: Programme, named: str | None, held: list[str]) -> str:
    """What an act covers and why. `named` and `held` are masked contacts."""
    if named is not None:
        return f"the contact that it named: {named}"
    no = view.act in NOES
    if ANY in (view.purpose, view.channel):
        what = "every channel" if view.channel == ANY else f"every contact of the channel {view.channel}, now and later"
        return f"all marketing and all that rests on consent, {what}" if view.purpose == ANY else what
    kind = None if view.channel == NO_CHANNEL else _kind(programme, view.channel)
    if kind is None:
        return "the account itself: no contact plays a part"
    if no or view.act in {ActKind.LIFT_OBJECTION, ActKind.INFORM, ActKind.ANNUL}:
        return f"every contact of the kind {kind}, now and later"
    contacts = ", ".join(held) or "none"
    return f"the account alone, so the contacts of the kind {kind} that it held then: {contacts}"


def _kind(programme: Programme, channel: str) -> str | None:
    known = programme.channels.get(channel)
    return known.contact_kind.value if known and known.contact_kind else None
