"""What a source's word is worth: the grade of proof by collection method, and the text that was shown. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from privacy.consent.acts import ActKind, NoEffect
from privacy.programme.types import Programme, ProofGrade, Setting

#: The person acted in person, and the system saw it.
_OWN_ACT_METHODS = frozenset(
    {
        *("web_form", "form", "checkbox", "portal", "preference_centre", "app", "chatbot", "kiosk", "link"),
        *("confirmed_code", "double_opt_in", "one_click", "sms_reply", "email_reply"),
    }
)
#: A signature, recording or scan exists.
_RECORDED_METHODS = frozenset(
    {"signature", "paper_form", "paper", "scan", "call_recording", "recording", "signature_pad", "letter"}
)
_OFFLINE_METHODS = _RECORDED_METHODS | {"till", "in_store", "counter", "phone", "call_centre", "kiosk"}


def grade(method: str | None) -> ProofGrade:
    """The grade that a collection method earns; an unknown one is a claim by staff."""
    if method in _OWN_ACT_METHODS:
        return ProofGrade.OWN_ACT
    return ProofGrade.RECORDED if method in _RECORDED_METHODS else ProofGrade.STAFF_CLAIM


def setting(method: str | None) -> Setting:
    """Whether the method is an online service (GDPR Art. 8) or a till, paper or telephone."""
    return Setting.OFFLINE if method in _OFFLINE_METHODS else Setting.ONLINE


@dataclass(frozen=True)
class Shown:
    """The wording that an act cites, resolved at receipt; publishing a text later changes nothing by itself."""

    code: str | None = None
    version: str | None = None
    locale: str | None = None
    text_sha256: str | None = None
    no_effect: NoEffect | None = None


def shown(
    programme: Programme,
    kind: ActKind,
    purpose: str,
    on: date,
    *,
    code: str | None,
    version: str | None,
    locale: str | None,
    text_sha256: str | None,
) -> Shown:
    """Resolve the wording of an act. Without a version the one in force on that day is meant.

    Only a `give` or `request` needs a wording (Art. 7(1)); for anything else it is kept as it was sent.
    """
    language = locale or programme.jurisdiction.locales[0]
    if kind not in {ActKind.GIVE, ActKind.REQUEST}:
        return Shown(code, version, locale, text_sha256)
    if code is None:
        return Shown(None, None, locale, text_sha256, NoEffect.WORDING_MISSING)
    wording = programme.wording(code, version) if version else programme.wording_in_force(code, on)
    if wording is None:
        known = version is None and any(known == code for known, _ in programme.wordings)
        missing = NoEffect.WORDING_NOT_IN_FORCE if known else NoEffect.WORDING_UNKNOWN
        return Shown(code, version, locale, text_sha256, missing)
    reason: NoEffect | None = None
    if not wording.in_force(on):
        reason = NoEffect.WORDING_NOT_IN_FORCE
    elif wording.purposes and purpose not in wording.purposes:
        reason = NoEffect.WORDING_OTHER_PURPOSE
    elif text_sha256 is not None and not wording.proves(text_sha256):
        reason = NoEffect.TEXT_MISMATCH
    # Of an old wording there may be no text in the default language, and what is cited is the scan.
    spoken = language if language in wording.texts else locale
    return Shown(code, wording.version, spoken, text_sha256 or wording.digest(language), reason)
