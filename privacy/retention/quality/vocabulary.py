"""The closed word lists of the upkeep of data."""

from __future__ import annotations

from enum import StrEnum


class QualityMatter(StrEnum):
    """What a person confirms."""

    CONTACTS = "contacts"
    PREFERENCES = "preferences"


class FindingKind(StrEnum):
    """Why staff look at a contact, or at two people."""

    BOUNCED = "bounced"  # mail came back for good
    UNCONFIRMED = "unconfirmed"  # its holder never said that it is right
    OLD = "old"  # they said so, long ago
    SAME_PHONE = "same_phone"
    SAME_ADDRESS = "same_address"
    LIKE_EMAIL = "like_email"  # dots, tags or a mistyped domain apart

    @property
    def of_two(self) -> bool:
        """Whether it is about two people who may be one."""
        return self in {FindingKind.SAME_PHONE, FindingKind.SAME_ADDRESS, FindingKind.LIKE_EMAIL}


class FindingState(StrEnum):
    """What became of a finding."""

    OPEN = "open"
    MERGED = "merged"
    DIFFERENT = "different"  # two people
    IGNORED = "ignored"
    SETTLED = "settled"  # by itself: the contact was confirmed or ended, or the two are one by now


class Decision(StrEnum):
    """What staff decide."""

    MERGE = "merge"
    DIFFERENT = "different"
    IGNORE = "ignore"
