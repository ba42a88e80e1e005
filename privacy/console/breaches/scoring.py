"""ENISA's aid as a form: of each class of data whether it is concerned and how the context moves it, and the rest.

The written assessment's own question about ease is called `easy` here, since the aid asks for an `ease` too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

from privacy.breach import service as breach
from privacy.breach.service import (
    BASES,
    Availability,
    Category,
    Confidentiality,
    Ease,
    Inputs,
    Integrity,
    PersonalDataBreach,
    Scored,
)
from privacy.errors import InvalidInput

_Adjusted = Annotated[int, Meta(ge=-3, le=3)]
_Why = Annotated[str, Meta(max_length=2_000)]


class Aid(msgspec.Struct, kw_only=True):
    """What the method asks, as fields of a form; nothing is filled in where nobody uses it."""

    simple: bool = False
    behavioural: bool = False
    financial: bool = False
    sensitive: bool = False
    simple_by: _Adjusted = 0
    behavioural_by: _Adjusted = 0
    financial_by: _Adjusted = 0
    sensitive_by: _Adjusted = 0
    simple_why: _Why = ""
    behavioural_why: _Why = ""
    financial_why: _Why = ""
    sensitive_why: _Why = ""
    ease: Ease | None = None
    confidentiality: Confidentiality = Confidentiality.NONE
    integrity: Integrity = Integrity.NONE
    availability: Availability = Availability.NONE
    malicious: bool = False
    persons: Annotated[int, Meta(ge=0, le=10_000_000_000)] | None = None
    unintelligible: bool = False

    def inputs(self) -> Inputs | None:
        """As the method takes it; None where nobody used the aid. Raises `InvalidInput` by field."""
        scored = tuple(self._scored())
        if not scored and self.ease is None:
            return None
        if self.ease is None:
            raise InvalidInput.of("ease", "This field is required.")
        if not scored:
            raise InvalidInput.of("simple", "Tick at least one class of data.")
        return Inputs(
            data=scored,
            ease=self.ease,
            confidentiality=self.confidentiality,
            integrity=self.integrity,
            availability=self.availability,
            malicious=self.malicious,
            persons=self.persons,
            unintelligible=self.unintelligible,
        )

    def _scored(self) -> Iterator[Scored]:
        for category in Category:
            if not getattr(self, category.value):
                continue
            by, why = getattr(self, f"{category.value}_by"), getattr(self, f"{category.value}_why")
            _, least, most = BASES[category]
            if not least <= by <= most:
                raise InvalidInput.of(f"{category.value}_by", "The method does not move this class so far.")
            if by and not why.strip():
                raise InvalidInput.of(f"{category.value}_why", "Say why.")
            yield Scored(category, by, why)


FIELDS = frozenset(Aid.__struct_fields__)


def suggested(row: PersonalDataBreach) -> Mapping[str, str]:
    """In a drill, what its story fills in."""
    if not row.rehearsal:
        return {}
    told = breach.story.ASSESSMENT["enisa"]
    filled = {"ease": told["ease"], "confidentiality": told["confidentiality"], "malicious": "true"}
    for one in told["data"]:
        name = one["category"]
        filled |= {name: "true", f"{name}_by": str(one["adjusted"]), f"{name}_why": one["why"]}
    return filled
