"""The receipt as JSON-LD with the terms of W3C DPV 2.3, after the DPV-27560 profile for the GDPR.

https://w3id.org/dpv/guides/consent-27560. The record is copied into the receipt. The member `proof` that is added later
has no term in the context, so a JSON-LD processor passes it over.
"""

from __future__ import annotations

from typing import Any

from privacy import clock
from privacy.consent.acts import ActKind
from privacy.consent.receipts import states, telling
from privacy.consent.receipts.facts import CitedText, Event, Party, Processing, ReceiptFacts
from privacy.consent.receipts.states import EventState, EventType
from privacy.consent.receipts.words import Words
from privacy.programme.types import LegalBasis, PurposeClass

PROFILE = "https://w3id.org/dpv/schema/dpv-27560#"
CONTEXT = {
    "dct": "http://purl.org/dc/terms/",
    "dpv": "https://w3id.org/dpv#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "loc": "https://w3id.org/dpv/loc#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_PURPOSES = {
    PurposeClass.MARKETING: "dpv:Marketing",
    PurposeClass.SERVICE: "dpv:ServiceProvision",
    PurposeClass.LEGAL: "dpv:LegalCompliance",
    PurposeClass.SAFETY: "dpv:LegalCompliance",
}
_ROLES = {
    "controller": "dpv:DataController",
    "processor": "dpv:DataProcessor",
    "recipient": "dpv:ThirdParty",
    "authority": "dpv:DataProtectionAuthority",
}
_NODE = dict[str, Any]


def receipt(facts: ReceiptFacts, words: Words) -> _NODE:
    """The receipt (`dpv:ConsentReceipt`) with its record (`dpv:ConsentRecord`)."""
    return {
        "@context": dict(CONTEXT),
        "@id": f"urn:uuid:{facts.receipt_id}",
        "@type": "dpv:ConsentReceipt",
        "dct:identifier": facts.receipt_id,
        "dct:conformsTo": _link(f"{PROFILE}receipt-eu-gdpr"),
        "dct:created": _time(facts.made_at),
        "dct:publisher": _link(_id(facts.main_controller.id)),
        "schema:recipient": _link("dpv:DataSubject"),
        "dpv:hasRecordOfActivity": _record(facts, words),
        **({"rdfs:comment": "test data"} if facts.test else {}),
    }


def _record(facts: ReceiptFacts, words: Words) -> _NODE:
    country = _link(f"loc:{facts.programme.jurisdiction.country}")
    parties = facts.parties.values()
    bases = dict.fromkeys(_basis(one, facts) for one in facts.processing)
    return {
        "@id": f"urn:uuid:{facts.record_id}",
        "@type": "dpv:ConsentRecord",
        "dct:identifier": facts.record_id,
        "dct:conformsTo": _link(f"{PROFILE}record-eu-gdpr"),
        "dpv:hasDataSubject": {
            "@id": f"urn:uuid:{facts.subject_ref}",
            "@type": "dpv:DataSubject",
            "dct:identifier": facts.subject_ref,
        },
        "dpv:hasDataController": [_party(party) for party in parties if party.role == "controller"],
        "dpv:hasDataProcessor": [_party(party) for party in parties if party.role == "processor"],
        "dpv:hasRecipient": [_party(party) for party in parties if party.role == "recipient"],
        "dpv:hasAuthority": [_party(party) for party in parties if party.role == "authority"],
        "dpv:hasJurisdiction": country,
        "dpv:hasApplicableLaw": _link("https://w3id.org/dpv/legal/eu#law-GDPR"),
        "dpv:hasLegalBasis": [_link(basis) for basis in bases],
        "dpv:hasProcess": [_process(one, facts, words) for one in facts.processing],
        "dpv:hasConsentControl": {
            "@type": "dpv:WithdrawConsent",
            "dct:description": _said(telling.withdrawal(facts, words), words.locale),
            **({"dpv:isExercisedAt": _link(facts.preferences_url)} if facts.preferences_url else {}),
        },
        "dpv:hasRight": [
            {"@type": ["dpv:DataSubjectRight", f"eu-gdpr:{one}"], "dct:title": _said(words.rights[one], words.locale)}
            for one in telling.rights(facts)
        ],
        "dpv:hasNotice": _notices(facts),
        "dpv:hasConsentStatus": [_status(event, facts, words) for event in facts.history],
    }


def _basis(one: Processing, facts: ReceiptFacts) -> str:
    article = telling.ARTICLES[one.purpose.legal_basis]
    if one.purpose.legal_basis is not LegalBasis.CONSENT:
        return f"eu-gdpr:{article}"
    explicit = facts.act.type is EventType.EXPLICIT_CONSENT
    return f"eu-gdpr:{article}-{'explicit' if explicit else 'non-explicit'}-consent"


def _process(one: Processing, facts: ReceiptFacts, words: Words) -> _NODE:
    purpose, programme = one.purpose, facts.programme
    consent = purpose.legal_basis is LegalBasis.CONSENT
    categories = (programme.data_categories[code] for code in purpose.data_categories)
    rule = programme.retention_rules[purpose.retention_rule]
    until: Any = (
        {"@type": "xsd:duration", "@value": rule.period} if rule.period else {"@type": "dpv:UntilEventDuration"}
    )
    places = [_link(f"loc:{country}") for country in one.countries]
    told: _NODE = {
        "@type": "dpv:Process",
        "dpv:hasPurpose": {
            "@type": ["dpv:Purpose", _PURPOSES[purpose.purpose_class]],
            "dct:identifier": purpose.code,
            "dct:title": _said(words.of(purpose.names), words.locale),
            "dct:description": _said(words.of(purpose.descriptions), words.locale),
        },
        "dpv:hasLegalBasis": _link(_basis(one, facts)),
        "dpv:hasPersonalData": [
            {
                "@type": "dpv:SpecialCategoryPersonalData" if category.special else "dpv:PersonalData",
                "dct:identifier": category.code,
                "dct:title": _said(words.of(category.names), words.locale),
                "dpv:hasNecessity": _link("dpv:Optional" if consent else "dpv:Required"),
                "dpv:hasDataSource": _link("dpv:DataSubjectDataSource"),
            }
            for category in categories
        ],
        "dpv:hasProcessing": [_link("dpv:Collect"), _link("dpv:Store"), _link("dpv:Use")],
        "dpv:hasStorageCondition": [
            {"@type": "dpv:StorageLocation", "dpv:hasLocation": places},
            {
                "@type": "dpv:StorageDuration",
                "dpv:hasDuration": until,
                "dct:description": _said(words.of(rule.starts), words.locale),
                "dct:source": rule.statute,
            },
        ],
        "dpv:hasLocation": places,
        "dpv:hasDataController": [_link(_id(who)) for who in one.controllers],
        "dpv:hasRecipient": [_link(_id(who)) for who in one.recipients],
    }
    if one.impact_assessment:
        told["dpv:hasImpactAssessment"] = {"@type": "dpv:DPIA", "dct:identifier": one.impact_assessment}
    return told


def _party(party: Party) -> _NODE:
    contacts = dict.fromkeys(one for one in (party.contact, party.email, party.phone, party.url) if one)
    return {
        "@id": _id(party.id),
        "@type": _ROLES[party.role],
        "dct:identifier": party.id,
        "dpv:hasName": party.name,
        "dpv:hasAddress": party.address,
        "dpv:hasLocation": _link(f"loc:{party.country}"),
        "dpv:hasContact": list(contacts),
    }


def _notices(facts: ReceiptFacts) -> list[_NODE]:
    """The wording is the notice on which consent was asked for; the other one informs (Art. 13, 14)."""
    found: list[_NODE] = []
    if facts.wording:
        found.append(_notice("dpv:ConsentNotice", facts.wording, facts))
    if facts.notice or not facts.wording:
        told = _notice("dpv:PrivacyNotice", facts.notice, facts)
        found.append({**told, "schema:url": _link(facts.privacy_url)})
    return found


def _notice(kind: str, cited: CitedText | None, facts: ReceiptFacts) -> _NODE:
    told: _NODE = {"@type": kind, "dct:language": (cited.locale if cited else None) or facts.language}
    if cited is None:
        return told
    told["dct:identifier"] = f"{cited.code} {cited.version}" if cited.version else cited.code
    if cited.sha256:
        told["schema:sha256"] = cited.sha256
    if cited.text:
        told["schema:text"] = _said(cited.text, cited.locale or facts.language)
    return told


def _status(event: Event, facts: ReceiptFacts, words: Words) -> _NODE:
    kinds = [f"dpv:{states.dpv_status(event.state)}"]
    if event.state is EventState.GIVEN:
        explicit = event.type is EventType.EXPLICIT_CONSENT
        kinds.append("dpv:ExplicitlyExpressedConsent" if explicit else "dpv:ExpressedConsent")
    who = f"urn:uuid:{facts.subject_ref}" if event.by_person else _id(facts.main_controller.id)
    told: _NODE = {
        "@id": f"urn:uuid:{event.id}#status",
        "@type": kinds,
        "dct:date": _time(event.at),
        "dct:valid": telling.validity(event, facts),
        "dpv:isIndicatedAtTime": _time(event.at),
        "dpv:isIndicatedBy": _link(who),
        "dpv:isImplementedByEntity": _link(who),
        "dpv:hasIndicationMethod": event.method or facts.source[0],
        "rdfs:label": _said(words.states[event.state], words.locale),
    }
    if event.kind in {ActKind.OBJECT, ActKind.LIFT_OBJECTION}:
        told["dpv:hasRight"] = _link("eu-gdpr:A21")
    return told


def _id(party: str) -> str:
    """A name within the receipt: it is no address on the web."""
    return f"_:{party.replace(':', '-')}"


def _link(target: str) -> _NODE:
    return {"@id": target}


def _said(text: str, locale: str) -> _NODE:
    return {"@value": text, "@language": locale}


def _time(micros: int) -> _NODE:
    return {"@type": "xsd:dateTime", "@value": clock.isoformat(micros)}
