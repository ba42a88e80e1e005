"""The legal bases of Art. 6(1) in words, for whatever people are told: receipts, packages. By language, then basis."""

from __future__ import annotations

from collections.abc import Mapping

from privacy.programme.vocabulary import LegalBasis

LEGAL_BASES: Mapping[str, Mapping[LegalBasis, str]] = {
    "pl": {
        LegalBasis.CONSENT: "zgoda (art. 6 ust. 1 lit. a RODO)",
        LegalBasis.CONTRACT: "umowa (art. 6 ust. 1 lit. b RODO)",
        LegalBasis.LEGAL_OBLIGATION: "obowiązek prawny (art. 6 ust. 1 lit. c RODO)",
        LegalBasis.VITAL_INTERESTS: "żywotne interesy (art. 6 ust. 1 lit. d RODO)",
        LegalBasis.PUBLIC_TASK: "zadanie publiczne (art. 6 ust. 1 lit. e RODO)",
        LegalBasis.LEGITIMATE_INTERESTS: "prawnie uzasadniony interes (art. 6 ust. 1 lit. f RODO)",
    },
    "en": {
        LegalBasis.CONSENT: "consent (Art. 6(1)(a) GDPR)",
        LegalBasis.CONTRACT: "contract (Art. 6(1)(b) GDPR)",
        LegalBasis.LEGAL_OBLIGATION: "legal obligation (Art. 6(1)(c) GDPR)",
        LegalBasis.VITAL_INTERESTS: "vital interests (Art. 6(1)(d) GDPR)",
        LegalBasis.PUBLIC_TASK: "public task (Art. 6(1)(e) GDPR)",
        LegalBasis.LEGITIMATE_INTERESTS: "legitimate interests (Art. 6(1)(f) GDPR)",
    },
    "hr": {
        LegalBasis.CONSENT: "privola (čl. 6. st. 1. t. (a) GDPR-a)",
        LegalBasis.CONTRACT: "ugovor (čl. 6. st. 1. t. (b) GDPR-a)",
        LegalBasis.LEGAL_OBLIGATION: "pravna obveza (čl. 6. st. 1. t. (c) GDPR-a)",
        LegalBasis.VITAL_INTERESTS: "ključni interesi (čl. 6. st. 1. t. (d) GDPR-a)",
        LegalBasis.PUBLIC_TASK: "javna zadaća (čl. 6. st. 1. t. (e) GDPR-a)",
        LegalBasis.LEGITIMATE_INTERESTS: "legitimni interesi (čl. 6. st. 1. t. (f) GDPR-a)",
    },
}
