"""The closed word lists of the programme: classes, legal bases, proof grades, kinds of contact."""

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
