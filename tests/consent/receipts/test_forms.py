"""What each form of a receipt holds: every mandatory field of its standard, and only the terms that this has."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from pypdf import PdfReader

from config import Config
from privacy.authz.actors import Realm
from privacy.consent.receipts.schemas import ConsentReceiptOut
from privacy.consent.receipts.words import languages, words
from privacy.programme import service as programmes
from tests.callers import ANNA, Caller, Service, a_give
from tests.consent.receipts.desk import DPV, KANTARA, PDF, asked, published, told

#: ISO/IEC TS 27560:2023, 6.3 and 6.4.
MANDATORY = {
    "receipt_metadata": {"schema_version", "receipt_id"},
    "record_metadata": {"schema_version", "record_id", "pii_principal_id"},
    "pii_processing": {
        *("privacy_notice", "language", "purpose", "pii_information", "pii_controllers", "storage_locations"),
        *("retention_period", "jurisdiction", "recipient_third_parties", "withdrawal_method"),
    },
    "party_identification": {"party_id", "party_address", "party_name", "party_contact", "party_type"},
    "events": {"event_time", "validity_duration", "entity_id", "event_type", "event_state"},
}
#: Kantara Consent Receipt v1.1, its JSON schema: names, kinds, and which are required.
KANTARA_TOP = {
    **{"version": str, "jurisdiction": str, "consentTimestamp": int, "collectionMethod": str, "consentReceiptID": str},
    **{"piiPrincipalId": str, "piiControllers": list, "services": list, "policyUrl": str, "sensitive": bool},
    "spiCat": list,
}
KANTARA_CONTROLLER = {"piiController": str, "contact": str, "address": dict, "email": str, "phone": str}
KANTARA_PURPOSE = {
    **{"consentType": str, "purposeCategory": list, "piiCategory": list, "termination": str},
    "thirdPartyDisclosure": bool,
}
#: Terms of DPV 2.3 that receipts use, each looked up in the vocabulary.
DPV_TERMS = {
    "dpv": "hasDataSubject hasDataController hasDataProcessor hasPurpose hasPersonalData hasLegalBasis hasNotice"
    " hasConsentStatus hasRecipient hasDuration isIndicatedBy isIndicatedAtTime hasIndicationMethod hasJurisdiction"
    " hasRight hasApplicableLaw hasProcess hasStorageCondition hasLocation hasConsentControl isExercisedAt"
    " hasRecordOfActivity hasAuthority hasContact hasAddress hasName hasProcessing hasImpactAssessment hasNecessity"
    " hasDataSource isImplementedByEntity DPIA StorageLocation StorageDuration UntilEventDuration ConsentRecord"
    " ConsentReceipt ConsentNotice PrivacyNotice DataSubject DataController DataProcessor Process Purpose PersonalData"
    " SpecialCategoryPersonalData ThirdParty WithdrawConsent DataSubjectRight ConsentGiven ConsentRefused"
    " ConsentWithdrawn ConsentRequested ConsentInvalidated ConsentUnknown ExpressedConsent ExplicitlyExpressedConsent"
    " DataProtectionAuthority Marketing ServiceProvision LegalCompliance Optional Required DataSubjectDataSource"
    " Collect Store Use",
    "eu-gdpr": "A6-1-a-explicit-consent A6-1-a-non-explicit-consent A6-1-b A6-1-c A6-1-d A6-1-e A6-1-f"
    " A7-3 A15 A16 A17 A18 A20 A21 A77",
    "loc": "PL NO US HR",
    "dct": "identifier conformsTo created publisher description title source language date valid",
    "schema": "recipient text sha256 url",
    "rdfs": "label comment",
    "xsd": "dateTime duration",
}
#: Members that each node of the profile must have (DPV-27560, record and receipt for the GDPR).
DPV_RECEIPT = {"@id", "dct:identifier", "dct:conformsTo", "dct:created", "dct:publisher", "dpv:hasRecordOfActivity"}
DPV_RECORD = {
    *("@id", "dct:identifier", "dct:conformsTo", "dpv:hasDataSubject", "dpv:hasDataController", "dpv:hasJurisdiction"),
    *("dpv:hasLegalBasis", "dpv:hasProcess", "dpv:hasConsentControl", "dpv:hasRight", "dpv:hasNotice"),
    *("dpv:hasConsentStatus", "dpv:hasAuthority"),
}
DPV_PROCESS = {
    *("dpv:hasPurpose", "dpv:hasPersonalData", "dpv:hasProcessing", "dpv:hasStorageCondition", "dpv:hasLocation"),
    "dpv:hasRecipient",
}
DPV_STATUS = {"dct:date", "dct:valid", "dpv:isImplementedByEntity", "dpv:isIndicatedBy", "dpv:isIndicatedAtTime"}


def an_act(caller: Caller, **changes: Any) -> str:
    """The id of an act on offers by e-mail, but for what is changed."""
    body = a_give(**{"channels": ["email"], **changes})
    record: str = caller.record(body)["records"][0]["id"]
    return record


def a_no(caller: Caller, act: str, **changes: Any) -> str:
    later = "2026-11-21T10:00:00+01:00"
    return an_act(caller, **{"act": act, "wording": None, "notice": None, "occurred_at": later, **changes})


def pages_of(caller: Caller, record: str, path: str = "", **headers: str) -> str:
    answer = asked(caller, record, PDF, path, **headers)
    assert answer.status_code == 200, answer.text
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages).split())


def test_iso_27560_has_every_mandatory_field(service: Service, config: Config) -> None:
    caller = service.caller()
    acts = {"give": an_act(caller), "withdraw": a_no(caller, "withdraw"), "refuse": a_no(caller, "refuse")}
    acts["object"] = a_no(caller, "object", purpose=None, channels=None)
    published(service.app, config.anchor_path)
    for act, record in acts.items():
        receipt = told(caller, record)
        for group, fields in MANDATORY.items():
            nodes = receipt[group] if isinstance(receipt[group], list) else [receipt[group]]
            assert nodes
            for node in nodes:
                assert fields <= node.keys(), (act, group)
                assert all(node[field] not in (None, "") for field in fields), (act, group, node)
        parties = {party["party_id"] for party in receipt["party_identification"]}
        for processing in receipt["pii_processing"]:
            assert {*processing["pii_controllers"], *processing["recipient_third_parties"]} <= parties
            assert processing["authority_party"] in parties
            assert all(one["pii_type"]["name"] for one in processing["pii_information"])
        assert receipt["record_metadata"]["record_id"] == record
        assert receipt["event"]["act"] == act
        described = msgspec.to_builtins(msgspec.convert(receipt, ConsentReceiptOut))
        assert {**receipt, "test": False} == described, "as the API description says"


def test_it_tells_the_act_on_the_words_that_were_shown(service: Service, config: Config) -> None:
    caller = service.caller()
    recorded = caller.record(a_give(channels=["email"]))
    published(service.app, config.anchor_path)
    receipt = told(caller, recorded["records"][0]["id"])
    with service.app.app_context():
        wording = programmes.current().wordings["klauzula", "3.0"]
    assert receipt["consent_text"]["text"] == wording.texts["pl"]
    assert receipt["consent_text"]["sha256"] == wording.sha256("pl")
    assert receipt["record_metadata"]["pii_principal_id"] == recorded["subject_ref"]
    assert receipt["collection"]["contact"] == {"email": "a***@example.com"}
    assert receipt["event"]["event_time"] == "2026-11-20T09:00:00Z"
    assert receipt["event"]["valid_until"] == "2029-11-20T09:00:00Z"
    everything = asked(caller, recorded["records"][0]["id"]).text
    for named in (ANNA["email"], ANNA["phone"], ANNA["customer_id"]):
        assert named not in everything


def test_a_text_that_was_not_shown_is_not_told_as_the_one_agreed_to(service: Service, config: Config) -> None:
    caller = service.caller()
    record = an_act(caller, evidence={"text_sha256": "0" * 64})
    published(service.app, config.anchor_path)
    receipt = told(caller, record)
    assert (receipt["consent_text"]["text"], receipt["consent_text"]["sha256"]) == (None, "0" * 64)
    assert (receipt["event"]["event_state"], receipt["event"]["no_effect"]) == ("without_effect", "text_mismatch")
    assert asked(caller, record, KANTARA).get_json()["type"] == "/problems/no-consent-given"


def test_the_history_tells_what_became_of_a_consent(service: Service, config: Config) -> None:
    caller = service.caller()
    give = an_act(caller)
    an_act(caller, channels=["sms"])
    withdrawal = a_no(caller, "withdraw", purpose=None, channels=None)
    published(service.app, config.anchor_path)
    events = told(caller, give)["events"]
    assert [(event["record_id"], event["event_state"]) for event in events] == [
        (give, "given"),
        (withdrawal, "withdrawn"),
    ]
    assert told(caller, give, KANTARA)["events"][-1]["state"] == "withdrawn"


def test_a_double_opt_in_is_no_consent_before_it_is_confirmed(service: Service, config: Config) -> None:
    caller = service.caller()
    wording = {"code": "newsletter", "version": "3", "locale": "pl"}
    record = an_act(caller, purpose="newsletter", wording=wording, notice=None)
    published(service.app, config.anchor_path)
    assert told(caller, record)["event"]["event_state"] == "requested"
    (status,) = told(caller, record, DPV)["dpv:hasRecordOfActivity"]["dpv:hasConsentStatus"]
    assert status["@type"] == ["dpv:ConsentRequested"]
    assert asked(caller, record, KANTARA).status_code == 409


def test_kantara_has_every_required_field_of_its_schema(service: Service, config: Config) -> None:
    caller = service.caller()
    loyalty = {"code": "loyalty", "version": "2", "locale": "pl"}
    plain = an_act(caller)
    shared = an_act(caller, purpose="partner_sharing", channels=None, wording=loyalty, notice=None)
    published(service.app, config.anchor_path)
    for record, third in ((plain, False), (shared, True)):
        receipt = told(caller, record, KANTARA)
        _fits(receipt, KANTARA_TOP)
        assert (receipt["version"], receipt["consentTimestamp"]) == ("KI-CR-v1.1.0", 1795165200)
        for controller in receipt["piiControllers"]:
            _fits(controller, KANTARA_CONTROLLER)
        for offered in receipt["services"]:
            _fits(offered, {"service": str, "purposes": list})
            for purpose in offered["purposes"]:
                _fits(purpose, KANTARA_PURPOSE)
                assert purpose["thirdPartyDisclosure"] is third
                assert ("thirdPartyName" in purpose) is third


def _fits(node: dict[str, Any], wanted: dict[str, type]) -> None:
    for name, kind in wanted.items():
        assert type(node.get(name)) is kind, name


@pytest.mark.parametrize("act", ["refuse", "withdraw", "object"])
def test_kantara_has_no_receipt_of_a_no_which_would_read_as_a_yes(service: Service, config: Config, act: str) -> None:
    caller = service.caller()
    record = a_no(caller, act)
    published(service.app, config.anchor_path)
    refused = asked(caller, record, KANTARA)
    assert (refused.status_code, refused.get_json()["type"]) == (409, "/problems/no-consent-given")


def test_dpv_conforms_to_its_profile_for_the_gdpr(service: Service, config: Config) -> None:
    caller = service.caller()
    records = [an_act(caller), a_no(caller, "withdraw"), a_no(caller, "object", purpose=None, channels=None)]
    published(service.app, config.anchor_path)
    for record in records:
        receipt = told(caller, record, DPV)
        del receipt["proof"]
        context = receipt.pop("@context")
        assert set(_terms(receipt)) <= {f"{p}:{name}" for p, names in DPV_TERMS.items() for name in names.split()}
        assert DPV_TERMS.keys() <= context.keys()
        kept = receipt["dpv:hasRecordOfActivity"]
        assert receipt.keys() >= DPV_RECEIPT
        assert kept.keys() >= DPV_RECORD
        assert (receipt["@type"], kept["@type"]) == ("dpv:ConsentReceipt", "dpv:ConsentRecord")
        schema = "https://w3id.org/dpv/schema/dpv-27560#"
        assert receipt["dct:conformsTo"] == {"@id": f"{schema}receipt-eu-gdpr"}
        assert kept["dct:conformsTo"] == {"@id": f"{schema}record-eu-gdpr"}
        assert kept["dpv:hasDataSubject"]["@type"] == "dpv:DataSubject", "exactly one"
        assert kept["dpv:hasNotice"]
        assert all(process.keys() >= DPV_PROCESS for process in kept["dpv:hasProcess"])
        assert all(status.keys() >= DPV_STATUS for status in kept["dpv:hasConsentStatus"])
        assert "@" not in receipt["dct:identifier"] + kept["dct:identifier"]
    given, withdrawn = told(caller, records[0], DPV)["dpv:hasRecordOfActivity"]["dpv:hasConsentStatus"][:2]
    assert given["@type"] == ["dpv:ConsentGiven", "dpv:ExpressedConsent"]
    assert withdrawn["@type"] == ["dpv:ConsentWithdrawn"]


def _terms(node: Any) -> Iterator[str]:
    """Every prefixed name in a document: of members, types, and targets of links."""
    if isinstance(node, dict):
        for name, inner in node.items():
            yield from (name,) if ":" in name else ()
            if name in {"@type", "@id"}:
                named = inner if isinstance(inner, list) else [inner]
                yield from (one for one in named if re.match(r"(?!urn:|https?:|_:)", one))
            else:
                yield from _terms(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _terms(inner)


def test_the_document_says_all_in_the_language_that_is_asked_for(service: Service, config: Config) -> None:
    caller = service.caller()
    record = an_act(caller)
    published(service.app, config.anchor_path)
    for locale in languages():
        told_in = words([locale])
        text = pages_of(caller, record, Accept_Language=f"{locale}-XX, de;q=0.5")
        for part in ("verify", "withdrawal", "rights_head", "text"):
            assert told_in.phrase(part) in text
        for fact in ("Jarzębina Sklepy sp. z o.o.", "iod@jarzebina.example", "a***@example.com", "uodo.gov.pl"):
            assert fact in text
        assert "Zgadzam się na używanie moich danych kontaktowych" in text, "the very words that were shown"
        assert "2026-11-20 10:00:00 (UTC+01:00)" in text
        assert "log.example.org/tests" in text
    assert asked(caller, record, PDF, "?locale=hr", Accept_Language="pl").headers["Content-Language"] == "hr"
    assert asked(caller, record, PDF, Accept_Language="de").headers["Content-Language"] == "pl", "of the text shown"
    assert asked(caller, record, PDF, "?locale=xx").status_code == 422
    assert asked(caller, record, "text/html").get_json()["type"] == "/problems/not-acceptable"


def test_the_document_of_a_no_says_what_it_means(service: Service, config: Config) -> None:
    caller = service.caller()
    give, withdrawal = an_act(caller), a_no(caller, "withdraw")
    objection = a_no(caller, "object", purpose=None, channels=None)
    published(service.app, config.anchor_path)
    assert "Receipt of a withdrawal of consent" in pages_of(caller, withdrawal, "?locale=en")
    everything = pages_of(caller, objection, "?locale=en")
    for said in ("Receipt of an objection", "every channel", "Newsletter", "Satisfaction survey"):
        assert said in everything
    text = pages_of(caller, give, "?locale=en")
    assert "Last entry when this was made: 2026-11-21 10:00:00 (UTC+01:00) – objected" in text
    assert "Valid until" not in text, "it was withdrawn"


def test_a_receipt_about_made_up_people_says_so(service: Service, config: Config) -> None:
    caller = service.caller(realm=Realm.TEST)
    record = an_act(caller)
    published(service.app, config.anchor_path)
    assert told(caller, record)["test"] is True
    assert told(caller, record, KANTARA)["test"] is True
    assert "TEST DATA" in pages_of(caller, record, "?locale=en")


def test_every_language_has_the_same_words() -> None:
    known = [words([locale]) for locale in languages()]
    for other in known[1:]:
        for part in ("titles", "states", "bases", "rights", "phrases"):
            assert getattr(other, part).keys() == getattr(known[0], part).keys()
        for name, text in other.phrases.items():
            assert sorted(re.findall(r"{\w+}", text)) == sorted(re.findall(r"{\w+}", known[0].phrases[name])), name
