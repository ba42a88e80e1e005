"""Make the receipt of an act, in one of its forms."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from privacy.audit import service as audit
from privacy.authz.actors import Actor
from privacy.consent import reading
from privacy.consent.receipts import dpv, iso, kantara, pages
from privacy.consent.receipts.facts import ReceiptFacts
from privacy.consent.receipts.gathering import gather
from privacy.consent.receipts.words import Words, words
from privacy.db import end_read
from privacy.programme import service as programmes

#: Seconds for which the event of a fresh act is waited for: it is published within one.
PATIENCE = 5.0
#: What the event of an act is about, in the log.
_OBJECT = "consent_act"
_STATEMENT = "consent-receipt/v1"


class ReceiptForm(StrEnum):
    """The forms of a receipt, by media type."""

    ISO_27560 = "application/json"
    DPV = "application/ld+json"
    KANTARA = "application/vnd.kantara.consent-receipt+json"
    PDF = "application/pdf"


#: How files of each form end.
ENDINGS = {
    ReceiptForm.ISO_27560: "json",
    ReceiptForm.DPV: "jsonld",
    ReceiptForm.KANTARA: "json",
    ReceiptForm.PDF: "pdf",
}
_DOCUMENTS: Mapping[ReceiptForm, Callable[[ReceiptFacts, Words], dict[str, Any]]] = {
    ReceiptForm.ISO_27560: iso.receipt,
    ReceiptForm.DPV: dpv.receipt,
    ReceiptForm.KANTARA: kantara.receipt,
}


@dataclass(frozen=True)
class Receipt:
    """A receipt as it is handed out."""

    content: bytes
    form: ReceiptForm
    #: BCP 47.
    language: str


def receipt_of(
    act_id: UUID,
    form: ReceiptForm,
    *,
    actor: Actor,
    locales: Sequence[str],
    base_url: str,
    patience: float = PATIENCE,
) -> Receipt:
    """The receipt of an act, signed, with the proof that the log holds its event; changes nothing.

    `locales`: wanted languages, the dearest first; else that of the text shown. `base_url`: where people find the
    log's key, and what is said where no controller has a page. Raises `NotFound`, `NoConsentGiven`, `NotPublishedYet`.
    """
    view = reading.act(act_id, actor=actor)
    events = audit.events_about(_OBJECT, act_id)
    if not events:
        raise audit.EventNotFound
    place = audit.place_of(events[0], seconds=patience)
    language = words([*locales, *([view.locale] if view.locale else []), programmes.current().jurisdiction.locales[0]])
    facts = gather(act_id, actor=actor, locale=language.locale, base_url=base_url)
    if form is ReceiptForm.PDF:
        end_read()  # On SQLite an open read would keep every writer out while the document is laid out.
        drawn = pages.receipt(facts, language, origin=place.origin, index=place.index, base_url=base_url)
        return Receipt(audit.proven_pdf(drawn, form.value, place, statement=_STATEMENT), form, language.locale)
    document = _DOCUMENTS[form](facts, language)
    return Receipt(audit.proven_json(document, form.value, place, statement=_STATEMENT), form, language.locale)
