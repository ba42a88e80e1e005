"""The words other rooms use to speak about people."""

from __future__ import annotations

from enum import IntFlag, StrEnum


class SubjectKind(StrEnum):
    """What made a data subject known."""

    ACCOUNT = "account"
    CONTACT = "contact"


class Standing(IntFlag):
    """What stands against contacting a person whatever they consented to."""

    DECEASED = 1
    RESTRICTED = 2  # Art. 18
    ERASURE_PENDING = 4


class AgeClass(StrEnum):
    """As much as the rules need to know of an age; a birth date is never kept."""

    UNDER_13 = "under_13"
    FROM_13 = "13_15"
    FROM_16 = "16_17"
    ADULT = "adult"

    @property
    def lowest_age(self) -> int:
        """The youngest that somebody of the class may be, in years."""
        return {AgeClass.UNDER_13: 0, AgeClass.FROM_13: 13, AgeClass.FROM_16: 16, AgeClass.ADULT: 18}[self]

    @classmethod
    def of_age(cls, years: int) -> AgeClass:
        """The class of an age in completed years."""
        return max((c for c in cls if c.lowest_age <= years), key=lambda c: c.lowest_age)


#: Nothing stands against contacting the person.
NO_STANDING = Standing(0)
