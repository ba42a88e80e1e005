"""The severity of a breach by ENISA's method of 2013: an optional aid to the written assessment. Pure.

SE = DPC x EI + CB, in exact fractions. It is older than the GDPR and knows no context: a person assesses, and its
result is never a reason not to notify. Every input is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Annotated

from msgspec import Meta, Struct

#: More persons than this are told beside the score; the method gives volume no weight.
MANY_PERSONS = 100


class Category(StrEnum):
    """Kinds of data by the method's own classes; credentials count as what they open."""

    SIMPLE = "simple"
    BEHAVIOURAL = "behavioural"
    FINANCIAL = "financial"
    SENSITIVE = "sensitive"


class Ease(StrEnum):
    """How easily somebody tells who the persons are."""

    NEGLIGIBLE = "negligible"
    LIMITED = "limited"
    SIGNIFICANT = "significant"
    MAXIMUM = "maximum"


class Confidentiality(StrEnum):
    """Who saw the data."""

    NONE = "none"
    KNOWN = "known"  # a number of recipients who are known
    UNKNOWN = "unknown"


class Integrity(StrEnum):
    """Whether the data were altered."""

    NONE = "none"
    RECOVERABLE = "recoverable"
    UNRECOVERABLE = "unrecoverable"


class Availability(StrEnum):
    """Whether the data are gone."""

    NONE = "none"
    TEMPORARY = "temporary"
    PERMANENT = "permanent"


class Level(StrEnum):
    """What the score stands for."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    VERY_HIGH = "very_high"


#: Of each class its base, and by how much the context may lower or raise it; the sum is 1 to 4.
BASES: Mapping[Category, tuple[int, int, int]] = {
    Category.SIMPLE: (1, 0, 3),
    Category.BEHAVIOURAL: (2, -1, 2),
    Category.FINANCIAL: (3, -2, 1),
    Category.SENSITIVE: (4, -3, 0),
}
_EASE = {
    Ease.NEGLIGIBLE: Fraction(1, 4),
    Ease.LIMITED: Fraction(1, 2),
    Ease.SIGNIFICANT: Fraction(3, 4),
    Ease.MAXIMUM: Fraction(1),
}
_QUARTER, _HALF, _NONE = Fraction(1, 4), Fraction(1, 2), Fraction(0)
_CONFIDENTIALITY = {
    Confidentiality.NONE: _NONE,
    Confidentiality.KNOWN: _QUARTER,
    Confidentiality.UNKNOWN: _HALF,
}
_INTEGRITY = {Integrity.NONE: _NONE, Integrity.RECOVERABLE: _QUARTER, Integrity.UNRECOVERABLE: _HALF}
_AVAILABILITY = {Availability.NONE: _NONE, Availability.TEMPORARY: _QUARTER, Availability.PERMANENT: _HALF}


class Scored(Struct, frozen=True, forbid_unknown_fields=True):
    """One class of data in its context."""

    category: Category
    #: By how much the context lowers or raises the base of the class, and why.
    adjusted: Annotated[int, Meta(ge=-3, le=3)] = 0
    why: Annotated[str, Meta(max_length=2_000)] = ""

    def __post_init__(self) -> None:
        """Refuse what the method does not know."""
        _, least, most = BASES[self.category]
        if not least <= self.adjusted <= most:
            raise ValueError(f"{self.category} is adjusted by {least} to {most}")
        if self.adjusted and not self.why.strip():
            raise ValueError("say why it is adjusted")

    @property
    def points(self) -> int:
        """1 to 4."""
        return BASES[self.category][0] + self.adjusted


class Inputs(Struct, frozen=True, forbid_unknown_fields=True):
    """What the method asks."""

    data: Annotated[tuple[Scored, ...], Meta(min_length=1, max_length=50)]
    ease: Ease
    confidentiality: Confidentiality = Confidentiality.NONE
    integrity: Integrity = Integrity.NONE
    availability: Availability = Availability.NONE
    malicious: bool = False
    #: How many persons, where that is known; whether the data are unintelligible to who has them.
    persons: Annotated[int, Meta(ge=0, le=10_000_000_000)] | None = None
    unintelligible: bool = False


@dataclass(frozen=True)
class Severity:
    """The result with its parts."""

    dpc: int
    ei: Fraction
    cb: Fraction
    level: Level
    #: Told beside the score, never part of it.
    many_persons: bool
    unintelligible: bool

    @property
    def se(self) -> Fraction:
        """The score, 1/4 to 6."""
        return self.dpc * self.ei + self.cb


def severity(inputs: Inputs) -> Severity:
    """The score of a breach: of several classes of data the highest counts."""
    dpc = max(one.points for one in inputs.data)
    ei = _EASE[inputs.ease]
    cb = (
        _CONFIDENTIALITY[inputs.confidentiality]
        + _INTEGRITY[inputs.integrity]
        + _AVAILABILITY[inputs.availability]
        + (_HALF if inputs.malicious else _NONE)
    )
    many = inputs.persons is not None and inputs.persons > MANY_PERSONS
    return Severity(dpc, ei, cb, level_of(dpc * ei + cb), many, inputs.unintelligible)


def level_of(se: Fraction) -> Level:
    """The level of a score; each begins with its whole number."""
    if se < 2:
        return Level.LOW
    if se < 3:
        return Level.MEDIUM
    return Level.HIGH if se < 4 else Level.VERY_HIGH


def decimal(value: Fraction) -> str:
    """A quarter's multiple with two digits, exactly: JSON here has no floats."""
    hundredths = value * 100
    if hundredths.denominator != 1:
        raise ValueError("no multiple of a hundredth")
    whole, rest = divmod(hundredths.numerator, 100)
    return f"{whole}.{rest:02}"
