"""Acts, proofs and decisions in the words of the console."""

from __future__ import annotations

from collections.abc import Mapping

from babel.support import LazyProxy
from flask import url_for

from privacy.consent import service as consent
from privacy.consent.service import ActKind, ActState, ActView, NoEffect, Reason
from privacy.console.consent_charts import channel_name, purpose_name
from privacy.evidence import service as evidence
from privacy.http.auth import current_actor
from privacy.pages.languages import lazy_gettext, locale
from privacy.pages.tables import Column, Kind
from privacy.programme import service as programmes

ACTS: Mapping[ActKind, LazyProxy] = {
    ActKind.REQUEST: lazy_gettext("Consent to be confirmed"),
    ActKind.GIVE: lazy_gettext("Consent given"),
    ActKind.CONFIRM: lazy_gettext("Consent confirmed"),
    ActKind.REFUSE: lazy_gettext("Consent refused"),
    ActKind.WITHDRAW: lazy_gettext("Consent withdrawn"),
    ActKind.OBJECT: lazy_gettext("Objection raised"),
    ActKind.LIFT_OBJECTION: lazy_gettext("Objection taken back"),
    ActKind.INFORM: lazy_gettext("Information given"),
    ActKind.INVALIDATE: lazy_gettext("Consent declared invalid"),
    ActKind.ANNUL: lazy_gettext("Annulment of another act"),
}
#: The word, and the sign before it.
STATES: Mapping[ActState, tuple[LazyProxy, str]] = {
    ActState.COUNTS: (lazy_gettext("Taken into account"), "yes"),
    ActState.WITHOUT_EFFECT: (lazy_gettext("Without effect"), "late"),
    ActState.ANNULLED: (lazy_gettext("Annulled"), "no"),
}
PROOFS: Mapping[str, LazyProxy] = {
    "own_act": lazy_gettext("The person's own act, seen by a system"),
    "recorded": lazy_gettext("Recorded: a signature, a scan or a call"),
    "staff_claim": lazy_gettext("The word of staff or of a source"),
}
SETTINGS: Mapping[str, LazyProxy] = {
    **dict.fromkeys(("web_form", "form", "checkbox"), lazy_gettext("a form on a web page")),
    **dict.fromkeys(("portal", "preference_centre"), lazy_gettext("a page of choices")),
    "app": lazy_gettext("the app"),
    "chatbot": lazy_gettext("a chat"),
    "kiosk": lazy_gettext("a screen in a shop"),
    **dict.fromkeys(("link", "one_click"), lazy_gettext("a link in a message")),
    **dict.fromkeys(("confirmed_code", "double_opt_in"), lazy_gettext("a code from a message")),
    **dict.fromkeys(("sms_reply", "email_reply", "letter"), lazy_gettext("a message of the person")),
    **dict.fromkeys(("paper", "paper_form", "signature", "scan", "signature_pad"), lazy_gettext("a signed form")),
    **dict.fromkeys(("call_recording", "recording", "phone", "call_centre"), lazy_gettext("a telephone call")),
    **dict.fromkeys(("till", "in_store", "counter"), lazy_gettext("staff in a shop")),
    "annulment": lazy_gettext("an annulment by two people"),
}
#: Why a check answers as it does.
REASONS: Mapping[Reason, LazyProxy] = {
    Reason.CHANNEL_NOT_ALLOWED: lazy_gettext("The purpose does not use this channel."),
    Reason.DECEASED: lazy_gettext("The person has died."),
    Reason.SUPPRESSED: lazy_gettext("The contact is on the suppression list."),
    Reason.OBJECTED: lazy_gettext("The person objected."),
    Reason.RESTRICTED: lazy_gettext("Processing is restricted (Art. 18)."),
    Reason.ERASURE_PENDING: lazy_gettext("An erasure is under way."),
    Reason.WITHDRAWN: lazy_gettext("The consent was withdrawn."),
    Reason.REFUSED: lazy_gettext("Consent was refused."),
    Reason.MINOR: lazy_gettext("The person was too young to consent alone."),
    Reason.SHARED_CONTACT: lazy_gettext("Somebody else who holds the contact said no."),
    Reason.INSUFFICIENT_PROOF: lazy_gettext("No consent is proven as well as the purpose asks."),
    Reason.SUPERSEDED: lazy_gettext("A later wording demands fresh consent."),
    Reason.EXPIRED: lazy_gettext("The consent has expired."),
    Reason.REQUESTED: lazy_gettext("The consent was never confirmed."),
    Reason.CONTACT_UNKNOWN: lazy_gettext("There is no contact that is surely meant."),
    Reason.NO_RECORD: lazy_gettext("Nothing is recorded that would allow it."),
    Reason.OTHER_LEGAL_BASIS: lazy_gettext("It rests on another legal basis than consent."),
    Reason.GIVEN: lazy_gettext("There is a consent in force."),
}


def without_effect(reason: NoEffect | str) -> str:
    """Why an act has no effect."""
    text = evidence.reason_in(locale(), str(reason))
    return text[:1].upper() + text[1:]


def effect(code: str) -> str:
    """What became of an act."""
    return evidence.effect_in(locale(), code)


def system(code: str) -> str:
    """What the programme calls a system; else what the source called itself."""
    known = programmes.current().systems.get(code)
    return known.names.get(locale()) or next(iter(known.names.values())) if known else code


def method(code: str | None) -> str:
    """By what way an act came; else what the source called it."""
    return "" if code is None else str(SETTINGS.get(code, code))


def state_of(act: ActView) -> ActState:
    """Whether an act is taken into account."""
    if act.annulled:
        return ActState.ANNULLED
    return ActState.WITHOUT_EFFECT if act.no_effect else ActState.COUNTS


def act_link(act: ActView) -> str:
    """The page of an act, by this member's own name for it."""
    return url_for("console.consents_one", consent_id=consent.hide_act(current_actor(), act.id))


#: Acts in a table: without the people behind them.
ACT_COLUMNS: tuple[Column[ActView], ...] = (
    Column("received", lazy_gettext("Received"), lambda act: act.received_at, Kind.MOMENT, link=act_link),
    Column("act", lazy_gettext("Act"), lambda act: ACTS[act.act]),
    Column("purpose", lazy_gettext("Purpose"), lambda act: purpose_name(act.purpose)),
    Column("channel", lazy_gettext("Channel"), lambda act: channel_name(act.channel)),
    Column(
        "state",
        lazy_gettext("State"),
        lambda act: STATES[state_of(act)][0],
        order=state_of,
        sign=lambda act: STATES[state_of(act)][1],
    ),
    Column("proof", lazy_gettext("Proof"), lambda act: PROOFS.get(act.proof, act.proof)),
    Column("source", lazy_gettext("Source"), lambda act: system(act.source[0])),
)
