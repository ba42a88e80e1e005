"""Letters in English."""

from __future__ import annotations

from privacy.dsar.vocabulary import CaseType, Ground

LOCALE = "en"
MATTERS = {
    CaseType.ACCESS: "request for access to personal data (GDPR Art. 15)",
    CaseType.RECTIFICATION: "request for rectification of personal data (GDPR Art. 16)",
    CaseType.ERASURE: "request for erasure of personal data (GDPR Art. 17)",
    CaseType.RESTRICTION: "request for restriction of processing (GDPR Art. 18)",
    CaseType.PORTABILITY: "request for data portability (GDPR Art. 20)",
    CaseType.OBJECTION: "objection to the processing of personal data (GDPR Art. 21)",
    CaseType.AUTOMATED_DECISION_REVIEW: "request that a person review an automated decision (GDPR Art. 22(3))",
    CaseType.COMPLAINT: "complaint about the processing of personal data",
    CaseType.AUTHORITY_LETTER: "letter of the supervisory authority",
    CaseType.DISCLOSURE: "request for the disclosure of personal data",
}

GROUNDS = {
    Ground.FREEDOM_OF_EXPRESSION: (
        "processing is necessary for exercising the right of freedom of expression and information (GDPR Art. 17(3)(a))"
    ),
    Ground.LEGAL_OBLIGATION: (
        "processing is necessary for compliance with a legal obligation which requires processing by Union or Member "
        "State law to which the controller is subject, or for the performance of a task carried out in the public "
        "interest or in the exercise of official authority vested in the controller (GDPR Art. 17(3)(b))"
    ),
    Ground.PUBLIC_HEALTH: (
        "processing is necessary for reasons of public interest in the area of public health (GDPR Art. 17(3)(c))"
    ),
    Ground.ARCHIVING: (
        "processing is necessary for archiving purposes in the public interest, scientific or historical research "
        "purposes or statistical purposes, and erasure is likely to render impossible or seriously impair the "
        "achievement of the objectives of that processing (GDPR Art. 17(3)(d))"
    ),
    Ground.LEGAL_CLAIMS: (
        "processing is necessary for the establishment, exercise or defence of legal claims (GDPR Art. 17(3)(e))"
    ),
    Ground.MANIFESTLY_UNFOUNDED: "the request is manifestly unfounded (GDPR Art. 12(5))",
    Ground.EXCESSIVE: "the request is excessive, in particular because of its repetitive character (GDPR Art. 12(5))",
    Ground.NOT_IDENTIFIABLE: (
        "we are not in a position to identify the data subject (GDPR Art. 11(2) and 12(2)); if we receive additional "
        "information that makes it possible, we will take the matter up again"
    ),
    Ground.RIGHTS_OF_OTHERS: (
        "the right to obtain a copy shall not adversely affect the rights and freedoms of others (GDPR Art. 15(4))"
    ),
    Ground.PORTABILITY_RIGHTS_OF_OTHERS: (
        "the right to data portability shall not adversely affect the rights and freedoms of others (GDPR Art. 20(4))"
    ),
    Ground.NOT_PORTABLE: (
        "the right to data portability covers only data which the data subject has provided and which are processed "
        "by automated means on the basis of consent or of a contract (GDPR Art. 20(1))"
    ),
    Ground.COMPELLING_GROUNDS: (
        "there are compelling legitimate grounds for the processing which override the interests, rights and freedoms "
        "of the data subject, or it is for the establishment, exercise or defence of legal claims (GDPR Art. 21(1))"
    ),
    Ground.NO_GROUND_TO_ERASE: (
        "none of the grounds applies on which the controller is obliged to erase the data (GDPR Art. 17(1))"
    ),
    Ground.NO_GROUND_TO_RESTRICT: (
        "none of the cases applies in which restriction of processing can be obtained (GDPR Art. 18(1))"
    ),
    Ground.ACCURATE: "the data are accurate and complete (GDPR Art. 16)",
    Ground.NO_DATA: "we do not process the personal data that the request concerns",
    Ground.NO_BASIS_TO_DISCLOSE: (
        "no legal basis was shown on which we may disclose the data (GDPR Art. 5(1)(a) and 6(1))"
    ),
    Ground.MORE_THAN_NECESSARY: (
        "the data asked for go beyond what is necessary for the purpose that was given (GDPR Art. 5(1)(c))"
    ),
    Ground.THIRD_COUNTRY: (
        "the judgment or decision of a third country on which the disclosure would rest is not based on an "
        "international agreement, and no other ground for a transfer applies (GDPR Art. 48)"
    ),
    Ground.NOT_COMPETENT: "the authority is not competent in this matter",
    Ground.SECRECY: "we are bound by a statutory duty of secrecy from which this letter does not release us",
}

COURTS = {
    "PL": (
        "in Poland the regional court (sąd okręgowy) is competent (Art. 92 and 93 of the Act of 10 May 2018 on the "
        "protection of personal data)"
    ),
}

PHRASES = {
    "sender": "From: {sender}",
    "number": "Reference",
    "dated": "Date",
    "pages": "page {} of {}",
    "their_reference": "Your reference: {reference}",
    "remedies": (
        "If you disagree with us, you may lodge a complaint with the supervisory authority (GDPR Art. 77): "
        "{authority}. Independently of that you have the right to a judicial remedy (GDPR Art. 79){court}."
    ),
    "court": "; {court}",
    "dpo": "{name}, data protection officer, {reach}",
    "controller": "{name}, {address}, {reach}",
    "refused": "Legal ground: {ground}.",
    "refused_what": "The refusal concerns: {what}.",
    "refused_facts": "Reasons: {facts}",
    "heading.refused": "We did not grant the request as far as the following is concerned:",
    "heading.done": "What we did:",
    "heading.kept": "What we cannot erase yet, and until when we keep it. Until then we restrict the processing of "
    "these data to what the law demands:",
    "heading.pseudonymised": "What was pseudonymised. These data are not erased: without additional information they "
    "cannot be attributed to you, but they are still personal data:",
    "heading.excepted": "What we did not do, and why:",
    "heading.told": "We informed the recipients to whom we had disclosed the data (GDPR Art. 19):",
    "heading.questions": "Please answer these questions:",
    "heading.reasons": "Reasons for the extension:",
    "heading.corrections": "Data that were corrected:",
    "heading.purposes": "We have stopped processing for these purposes:",
    "way.account": "sign in to your account: {url}",
    "way.code": "enter a code, which we will send to an address or number that we knew before",
    "way.other": "suggest another way: {contact}",
    "cancel.link": "open this page and confirm: {link}",
    "cancel.code": "enter the reference and the code {code} where requests are made to us",
    "cancel.contact": "write to us and give the reference: {contact}",
    "line.erased": "{system}: records deleted: {deleted}, records changed: {changed}",
    "line.changed": "{system}: records changed: {changed}",
    "line.nothing": "{system}: we found no data that the request concerns",
    "line.unchanged": "{system}: records found: {found}, none of them changed",
    "line.said": "{system}: {said}",
    "line.until_between": "{first} (the oldest records) to {last} (the newest)",
    "line.kept": "{system}, {what}: until {until}; legal basis: GDPR Art. 17(3)(b) or (e)",
    "line.kept_statute": "{system}, {what}: until {until}; legal basis: GDPR Art. 17(3)(b) or (e), {statute}",
    "line.kept_open": "{system}, {what}",
    "line.kept_open_statute": "{system}, {what}; legal basis: {statute}",
    "line.field": "{system}, {what}",
    "line.excepted": "{system}: {reason}",
    "line.unable": "{system}, {what}: the system has no way to make this change",
    "line.unmarked": "{system}, {what}: the system cannot mark records as restricted; these records bear no mark",
    "line.objected": "{system}, {what}: the system cannot mark records; your objection stands in our register of "
    "consents and contacts and holds for these records too",
    "line.untold": "{recipient} was not informed (GDPR Art. 19): {reason}",
    "line.not_named": "recipients of the category “{recipient}” were not informed one by one: our records name none of "
    "them; ask us whether your data were disclosed to them (GDPR Art. 19)",
    "tell.erasure": "erase the data, with all copies of them and links to them.",
    "tell.rectification": "correct the data. Right is:",
    "tell.restriction": "restrict the processing of the data: store them and do nothing else with them.",
    "tell.objection": "stop processing the data for the purposes for which we disclosed them.",
    "own_system": "register of consents and contacts",
    "outcome.granted": "We granted the request in full.",
    "outcome.but_kept": "We granted the request in part: the law has us keep some of the data for a time.",
    "outcome.partly": "We granted the request in part.",
    "outcome.refused": "We did not grant the request.",
}
