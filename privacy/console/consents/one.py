"""One act with its proof: what was done on which text, how well that is proven, its receipt, its place in the log."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response

from privacy.audit import service as audit
from privacy.authz.permissions import Permission
from privacy.consent import service as consent
from privacy.consent.service import ACT_OBJECT, ActKind, ActView, ReceiptForm
from privacy.console.blueprint import console
from privacy.console.consent_charts import channel_name, purpose_name
from privacy.console.consents import words
from privacy.console.consents.explorer import READ
from privacy.console.people.seat import FILE
from privacy.db import Driver, end_read, session
from privacy.errors import NotFound
from privacy.http.auth import current_actor
from privacy.pages.languages import locale
from privacy.pages.look import look
from privacy.pages.rendering import download, render
from privacy.programme import service as programmes
from privacy.programme.texts import TextVersion
from privacy.subjects import service as subjects

_FORMS = {"pdf": ReceiptForm.PDF, "json": ReceiptForm.ISO_27560}
_JSON = "application/json"


@console.page("/consents/<uuid:consent_id>", guard=READ, endpoint="consents_one")
def one(consent_id: UUID) -> Response:
    """One act."""
    act, actor, programme = _act(consent_id), current_actor(), programmes.current()
    masked = subjects.masked_value(Driver.of(session()), act.contact_id) if act.contact_id else {}
    events = audit.events_about(ACT_OBJECT, act.id)
    place = audit.places_of(events[:1]).get(events[0]) if events else None
    values: dict[str, Any] = {
        "act": act,
        "consent_id": consent_id,
        "said": words.ACTS[act.act],
        "state": words.STATES[words.state_of(act)],
        "why_not": words.without_effect(act.no_effect) if act.no_effect else None,
        "purpose": purpose_name(act.purpose),
        "channel": channel_name(act.channel),
        "contact": next(iter(masked.values()), None),
        "proof": words.PROOFS.get(act.proof, act.proof),
        "system": words.system(act.source[0]),
        "point": act.source[1],
        "method": words.method(act.source[2]),
        "wording": _text(programme.wording, act.wording, act.locale),
        "notice": _text(programme.notice, act.notice, act.locale),
        "refers_to": consent.hide_act(actor, act.refers_to) if act.refers_to else None,
        "place": place,
        "published": place is not None and audit.published_size(sys.maxsize) > place,
        "reference": subjects.hide_subject(actor, act.subject_id),
        "may_annul": act.act is not ActKind.ANNUL
        and not act.annulled
        and Permission.CONSENTS_ANNUL in actor.permissions,
        "may_open_file": FILE.permissions <= actor.permissions,
    }
    end_read()
    return render("consents/act.html", **values)


@console.page("/consents/<uuid:consent_id>/receipt.<receipt_form>", guard=READ, endpoint="consents_receipt")
def receipt(consent_id: UUID, receipt_form: str) -> Response:
    """The receipt, signed and proven by the log."""
    act = _act(consent_id)
    if receipt_form not in _FORMS:
        raise NotFound
    made = consent.receipt_of(
        act.id, _FORMS[receipt_form], actor=current_actor(), locales=[locale()], base_url=look().base_url
    )
    return download(made.content, made.form.value, f"receipt-{consent_id}.{receipt_form}")


@console.page("/consents/<uuid:consent_id>/inclusion", guard=READ, endpoint="consents_inclusion")
def inclusion(consent_id: UUID) -> Response:
    """That the act's event stands in the log, as `privacy-verify` takes it."""
    act = _act(consent_id)
    events = audit.events_about(ACT_OBJECT, act.id)
    if not events:
        raise audit.EventNotFound
    proof = audit.inclusion_proof(events[0])
    end_read()
    return download(json.dumps(proof, indent=1).encode(), _JSON, f"inclusion-{consent_id}.json")


def _act(consent_id: UUID) -> ActView:
    actor = current_actor()
    return consent.act(consent.reveal_act(actor, consent_id), actor=actor)


def _text(
    find: Callable[[str, str], TextVersion | None], cited: tuple[str, str | None] | None, language: str | None
) -> tuple[str, str] | None:
    """The text in the language in which it was shown, with that language; None where there is but a scan, or none."""
    text = find(cited[0], cited[1]) if cited and cited[1] else None
    if text is None or not text.texts:
        return None
    spoken = language if language in text.texts else next(iter(text.texts))
    return text.text(str(spoken)), str(spoken)
