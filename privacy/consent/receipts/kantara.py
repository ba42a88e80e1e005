"""The receipt as the Kantara Consent Receipt Specification v1.1 has it.

It knows a consent that was given and nothing else: it has no field for a state. So there is none of a refusal or a
withdrawal, which a reader of that format would take for a consent.
"""

from __future__ import annotations

from typing import Any

from privacy import clock
from privacy.consent.receipts import telling
from privacy.consent.receipts.facts import Party, Processing, ReceiptFacts
from privacy.consent.receipts.failures import NoConsentGiven
from privacy.consent.receipts.states import EventState
from privacy.consent.receipts.words import Words
from privacy.programme.types import LegalBasis, PurposeClass

VERSION = "KI-CR-v1.1.0"
#: Appendix A of the specification.
_CATEGORIES = {
    PurposeClass.MARKETING: "6 - Marketing",
    PurposeClass.SERVICE: "1 - Core Function",
    PurposeClass.LEGAL: "1 - Core Function",
    PurposeClass.SAFETY: "1 - Core Function",
}
_CONTRACT = "2 - Contracted Service"
_THIRD_PARTIES = "7 - Marketing Third Parties"


def receipt(facts: ReceiptFacts, words: Words) -> dict[str, Any]:
    """The receipt with every required field; raises `NoConsentGiven` for an act that gave none."""
    if facts.act.state is not EventState.GIVEN:
        raise NoConsentGiven
    programme = facts.programme
    controllers = (party for party in facts.parties.values() if party.role == "controller")
    return {
        "version": VERSION,
        "jurisdiction": programme.jurisdiction.country,
        "consentTimestamp": facts.act.at // clock.SECOND,
        "collectionMethod": facts.source[2] or facts.source[0],
        "consentReceiptID": facts.receipt_id,
        "language": facts.language,
        "piiPrincipalId": facts.subject_ref,
        "piiControllers": [_controller(party) for party in controllers],
        "policyUrl": facts.privacy_url,
        "services": [
            {"service": words.of(one.purpose.names), "purposes": [_purpose(one, facts, words)]}
            for one in facts.processing
        ],
        "sensitive": facts.special,
        "spiCat": [
            words.of(programme.data_categories[code].names)
            for code in dict.fromkeys(code for one in facts.processing for code in one.purpose.data_categories)
            if programme.data_categories[code].special
        ],
        # Beyond the specification, which allows more: what became of the consent since.
        "events": [
            {"at": clock.isoformat(event.at), "act": event.kind.value, "state": event.state.value}
            for event in facts.history
        ],
        **({"test": True} if facts.test else {}),
    }


def _controller(party: Party) -> dict[str, Any]:
    told = {
        "piiController": party.name,
        "contact": party.contact,
        "address": {"streetAddress": party.address, "addressCountry": party.country},
        "email": party.email or "",
        # Required, and not every controller has one.
        "phone": party.phone or "",
    }
    return told | ({"piiControllerUrl": party.url} if party.url else {})


def _purpose(one: Processing, facts: ReceiptFacts, words: Words) -> dict[str, Any]:
    purpose = one.purpose
    disclosed = [facts.parties[who].name for who in one.recipients if facts.parties[who].role == "recipient"]
    contract = purpose.legal_basis is LegalBasis.CONTRACT
    categories = [_CONTRACT if contract else _CATEGORIES[purpose.purpose_class]]
    if disclosed and purpose.purpose_class is PurposeClass.MARKETING:
        categories.append(_THIRD_PARTIES)
    told = {
        "purpose": words.of(purpose.descriptions),
        "purposeCategory": categories,
        "consentType": "EXPLICIT",  # A box ticked, a word said; consent by silence is none here.
        "piiCategory": telling.categories(one, facts, words),
        "primaryPurpose": contract,
        "termination": telling.withdrawal(facts, words),
        "thirdPartyDisclosure": bool(disclosed),
    }
    return told | ({"thirdPartyName": "; ".join(disclosed)} if disclosed else {})
