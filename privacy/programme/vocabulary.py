"""The closed word lists of the programme: classes, legal bases, proof grades, kinds of contact, types of requests."""

from __future__ import annotations

from enum import StrEnum


class PurposeClass(StrEnum):
    """What kind of message a purpose leads to; which standing of a person stops it depends on this."""

    MARKETING = "marketing"
    SERVICE = "service"
    LEGAL = "legal"
    SAFETY = "safety"


class LegalBasis(StrEnum):
    """GDPR Art. 6(1)(a) to (f)."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_OBLIGATION = "legal_obligation"
    VITAL_INTERESTS = "vital_interests"
    PUBLIC_TASK = "public_task"
    LEGITIMATE_INTERESTS = "legitimate_interests"


class ProofGrade(StrEnum):
    """How well an act is proved (GDPR Art. 7(1)). Compare by `rank`: as strings they sort by the alphabet."""

    STAFF_CLAIM = "staff_claim"  # somebody of the controller says so
    RECORDED = "recorded"  # a signature, recording or scan exists
    OWN_ACT = "own_act"  # the person did it: a form, the portal, a confirmed code

    @property
    def rank(self) -> int:
        """0 for the weakest, 2 for the strongest."""
        return _RANKS[self]


_RANKS = {grade: rank for rank, grade in enumerate(ProofGrade)}


class ContactKind(StrEnum):
    """What a channel reaches a person by."""

    EMAIL = "email"
    PHONE = "phone"
    POSTAL_ADDRESS = "postal_address"


class Setting(StrEnum):
    """Where a consent is asked for, as far as age matters: GDPR Art. 8 speaks of online services only."""

    ONLINE = "online"
    OFFLINE = "offline"


class RecipientKind(StrEnum):
    """A named recipient, or a category of them (GDPR Art. 4(9), 13(1)(e))."""

    NAMED = "named"
    CATEGORY = "category"


class ErasureKeeps(StrEnum):
    """What outlives an erased person for a stated time."""

    EVIDENCE = "evidence"  # a sealed record of contacts, acts and wordings, for claims (GDPR Art. 17(3)(e))
    SUPPRESSION = "suppression"  # that a contact must not be used for marketing
    CASE = "case"  # why somebody was erased and what they were told (Art. 5(2))


class RetentionTrigger(StrEnum):
    """From which moment a keeping counts. The data map marks the field of a row that holds it (`privacy.moments`)."""

    CREATED = "created"
    LAST_ACTIVITY = "last_activity"
    CONTRACT_END = "contract_end"
    #: Every consent of the person to the purposes that the rule covers is withdrawn, refused or expired.
    CONSENT_ENDED = "consent_ended"
    ACCOUNT_CLOSED = "account_closed"
    CLAIM_DUE = "claim_due"
    #: The end of the calendar year, or of the controller's financial one, in which the marked day lies.
    CALENDAR_YEAR_END = "calendar_year_end"
    FINANCIAL_YEAR_END = "financial_year_end"
    #: A field that the rule names itself.
    CUSTOM = "custom"


class RetentionAction(StrEnum):
    """What is done when the time is up."""

    ERASE = "erase"
    ANONYMISE = "anonymise"  # the row stays for the sake of figures, with nothing of a person in it
    RESTRICT = "restrict"  # it stays and is marked, for the one use that needs it (Art. 18)
    REVIEW = "review"  # a person decides


class BreachMoment(StrEnum):
    """From which moment of a breach a time limit runs."""

    DETECTED = "detected"  # somebody noticed that something happened
    AWARE = "aware"  # with a reasonable degree of certainty that personal data are concerned
    TOLD = "told"  # a processor: when it became aware itself


class CaseType(StrEnum):
    """What is asked, by the article that gives the right; and the cases that are no request of a person."""

    ACCESS = "access"  # Art. 15
    RECTIFICATION = "rectification"  # Art. 16
    ERASURE = "erasure"  # Art. 17
    RESTRICTION = "restriction"  # Art. 18
    PORTABILITY = "portability"  # Art. 20
    OBJECTION = "objection"  # Art. 21
    AUTOMATED_DECISION_REVIEW = "automated_decision_review"  # Art. 22(3)
    COMPLAINT = "complaint"  # a person complains to the controller about the processing
    AUTHORITY_LETTER = "authority_letter"  # the supervisory authority asks (Art. 31, 58)
    DISCLOSURE = "disclosure"  # a court, the police or another body asks for somebody's data

    @property
    def of_a_person(self) -> bool:
        """Whether it is a right that the data subject exercises."""
        return self not in {CaseType.AUTHORITY_LETTER, CaseType.DISCLOSURE}


class ProofLevel(StrEnum):
    """How surely the person is known. Compare by `rank`."""

    NONE = "none"  # somebody wrote
    CONTROL = "control"  # controls an address that was on file before the request
    ACCOUNT = "account"  # signed in to the account, or by the controller's own sign-on, with step-up
    DECIDED = "decided"  # a person looked at the proof and decided

    @property
    def rank(self) -> int:
        """0 for no proof; higher is surer."""
        return list(ProofLevel).index(self)
