"""The receipt as ISO/IEC TS 27560:2023 has it: every mandatory field, and those optional ones of which we know."""

from __future__ import annotations

from typing import Any

from privacy import clock
from privacy.consent.receipts import telling
from privacy.consent.receipts.facts import CitedText, Event, Party, Processing, ReceiptFacts
from privacy.consent.receipts.words import Words

SCHEMA_VERSION = "ISO/IEC TS 27560:2023"


def receipt(facts: ReceiptFacts, words: Words) -> dict[str, Any]:
    """The receipt with a copy of the record; field names are the standard's, in its groups (6.3.2 to 6.3.7, 6.4)."""
    return {
        "receipt_metadata": {
            "schema_version": SCHEMA_VERSION,
            "receipt_id": facts.receipt_id,
            "created_at": clock.isoformat(facts.made_at),
        },
        "record_metadata": {
            "schema_version": SCHEMA_VERSION,
            "record_id": facts.record_id,
            "pii_principal_id": facts.subject_ref,
        },
        "pii_processing": [_processing(one, facts, words) for one in facts.processing],
        "party_identification": [_party(party) for party in facts.parties.values()],
        "event": _event(facts.act, facts),
        "events": [_event(event, facts) for event in facts.history],
        "consent_text": _text(facts.wording),
        "collection": _collection(facts),
        **({"test": True} if facts.test else {}),
    }


def _processing(one: Processing, facts: ReceiptFacts, words: Words) -> dict[str, Any]:
    purpose, programme = one.purpose, facts.programme
    special = {code for code in purpose.data_categories if programme.data_categories[code].special}
    rule = programme.retention_rules[purpose.retention_rule]
    told = {
        "privacy_notice": {"url": facts.privacy_url, **(_text(facts.notice) or {})},
        "language": facts.language,
        "purpose": {
            "code": purpose.code,
            "name": words.of(purpose.names),
            "description": words.of(purpose.descriptions),
        },
        "purpose_type": purpose.purpose_class.value,
        "lawful_basis": f"GDPR {telling.ARTICLES[purpose.legal_basis].replace('A6-1-', 'Art. 6(1)(')})",
        "pii_information": [
            {
                "pii_type": {"code": code, "name": words.of(programme.data_categories[code].names)},
                "special_pii_category": code in special,
            }
            for code in purpose.data_categories
        ],
        "pii_controllers": list(one.controllers),
        "collection_method": facts.source[2] or facts.source[0],
        "storage_locations": list(one.countries),
        "retention_period": {"duration": rule.period, "rule": words.of(rule.starts), "statute": rule.statute},
        "processing_locations": list(one.countries),
        "geographic_restrictions": [{"party_id": who, "safeguard": text} for who, text in one.safeguards.items()],
        "service": _brand(one, facts),
        "jurisdiction": programme.jurisdiction.country,
        "recipient_third_parties": list(one.recipients),
        "withdrawal_method": {
            "description": telling.withdrawal(facts, words),
            "url": facts.preferences_url,
            "email": facts.main_controller.email,
        },
        "privacy_rights": [
            {"article": f"GDPR Art. {article[1:].replace('7-3', '7(3)')}", "right": words.rights[article]}
            for article in telling.rights(facts)
        ],
        "authority_party": facts.authority.id,
    }
    return told | ({"impact_assessment": one.impact_assessment} if one.impact_assessment else {})


def _brand(one: Processing, facts: ReceiptFacts) -> str:
    brand = one.purpose.brand
    return facts.programme.brands[brand].name if brand else facts.parties[one.controllers[0]].name


def _party(party: Party) -> dict[str, Any]:
    told = {
        "party_id": party.id,
        "party_name": party.name,
        "party_address": {"text": party.address, "country": party.country},
        "party_contact": party.contact,
        "party_role": party.role,
        "party_type": party.type,
    }
    optional = {"party_email": party.email, "party_phone": party.phone, "party_url": party.url}
    return told | {name: value for name, value in optional.items() if value}


def _event(event: Event, facts: ReceiptFacts) -> dict[str, Any]:
    return {
        "record_id": event.id,
        "event_time": clock.isoformat(event.at),
        "received_at": clock.isoformat(event.received_at),
        "validity_duration": telling.validity(event, facts),
        "valid_until": None if event.valid_until is None else clock.isoformat(event.valid_until),
        "entity_id": facts.subject_ref if event.by_person else facts.main_controller.id,
        "event_type": event.type.value,
        "event_state": event.state.value,
        "act": event.kind.value,
        "no_effect": event.no_effect,
    }


def _text(cited: CitedText | None) -> dict[str, Any] | None:
    if cited is None:
        return None
    return {
        "code": cited.code,
        "version": cited.version,
        "language": cited.locale,
        "sha256": cited.sha256,
        "text": cited.text,
    }


def _collection(facts: ReceiptFacts) -> dict[str, Any]:
    """What the standard has no field for: through which door, on which contact, how well it is proved (Art. 7(1))."""
    system, point, method = facts.source
    return {
        "system": system,
        "point": point,
        "method": method,
        "channel": facts.channel,
        "every_purpose": facts.any_purpose,
        "contact": None if facts.contact is None else dict(facts.contact),
        "proof": facts.proof,
        "mandate": facts.mandate,
    }
