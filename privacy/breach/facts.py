"""What is known of a breach: every field of the EDPB's common template v1.0 and of UODO's form, none invented.

Personal data and secrets of the controller: sealed under the breach's own key, as JSON. What the register itself
knows is not repeated here: number, moments of detection and awareness, assessment, decision, notifications.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from privacy.breach.options import (
    Altered,
    Answer,
    Consequence,
    DataKind,
    Disclosed,
    Discoverer,
    IdentifierKind,
    Impact,
    IncidentKind,
    Intent,
    Known,
    Means,
    Nature,
    Origin,
    PersonKind,
    Qualification,
    Safeguard,
    Sector,
    Severity,
    Size,
    Told,
    Unavailable,
    Unintelligible,
    When,
)
from privacy.http import reading

#: Of one answer in words.
LONGEST_TEXT = 20_000
#: Of all facts together, as JSON.
MAX_BYTES = 500_000

Text = Annotated[str, Meta(min_length=1, max_length=LONGEST_TEXT)]
Line = Annotated[str, Meta(min_length=1, max_length=500)]
Lines = Annotated[tuple[Line, ...], Meta(max_length=200)]
Number = Annotated[int, Meta(ge=0, le=10_000_000_000)]
Moment = Annotated[datetime, Meta(tz=True)]
Country = Annotated[str, Meta(pattern="^[A-Z]{2}$")]
Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class Count(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """How many, and how well that is known."""

    known: Known
    value: Number | None = None

    def __post_init__(self) -> None:
        """A number is there exactly where it is known."""
        if (self.known in {Known.EXACT, Known.APPROXIMATE}) != (self.value is not None):
            raise ValueError("a value belongs to a number that is exact or approximate, and to no other")


class Contact(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Somebody who can be reached."""

    name: Line | None = None
    function: Line | None = None
    email: Line | None = None
    phone: Line | None = None
    address: Line | None = None


class Controller(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """1.1 and 2A to 2C: what the programme does not say of the controller."""

    identifier_kind: IdentifierKind | None = None
    identifier: Line | None = None
    sector: Sector | None = None
    size: Size | None = None
    #: Outside the EEA: then it has a representative there (Art. 27), and no lead authority.
    outside_eea: bool | None = None
    representative: Contact | None = None
    attorney: Contact | None = None


class Party(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """2E: somebody else who is involved."""

    qualification: Qualification
    name: Line
    contact: Line | None = None
    role: Text | None = None


class People(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """2.2 and 2.3: who notifies, whom the authority may ask."""

    reporter: Contact | None = None
    #: Whether there is a data protection officer; told by the programme where it is not said here.
    dpo_designated: bool | None = None
    dpo: Contact | None = None
    #: Whom the authority asks, where that is not the officer.
    contact_point: Contact | None = None
    #: Whether others are involved; their list is then not empty.
    others_involved: bool | None = None
    parties: Annotated[tuple[Party, ...], Meta(max_length=100)] = ()


class Timing(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """3.1: when it happened, and how it was found."""

    when: When | None = None
    estimated: bool | None = None
    start: Moment | None = None
    end: Moment | None = None
    #: Whether the time of day counts, or only the day.
    days_only: bool = False
    place: Text | None = None
    discovered_by: Discoverer | None = None
    discovered_how: Text | None = None
    #: When a processor or another told the controller.
    told_at: Moment | None = None
    #: Why more than 72 hours passed between awareness and notification (Art. 33(1)).
    late_reasons: Text | None = None

    def __post_init__(self) -> None:
        """An end comes after its start."""
        if self.start is not None and self.end is not None and self.end < self.start:
            raise ValueError("the end comes before the start")


class Incident(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """3.2: what happened (Art. 33(3)(a))."""

    description: Text | None = None
    nature: Annotated[tuple[Nature, ...], Meta(max_length=3)] = ()
    disclosed: Disclosed | None = None
    altered: Altered | None = None
    unavailable: Unavailable | None = None
    unintelligible: Unintelligible | None = None
    unintelligible_why: Text | None = None
    kinds: Annotated[tuple[IncidentKind, ...], Meta(max_length=24)] = ()
    other_kind: Line | None = None
    origin: Origin | None = None
    intent: Intent | None = None
    cause: Text | None = None
    #: Codes of the programme's systems, or names.
    systems: Lines = ()
    locations: Lines = ()


class Persons(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """3.3: whose data (Art. 33(3)(a))."""

    kinds: Annotated[tuple[PersonKind, ...], Meta(max_length=20)] = ()
    other_kind: Line | None = None
    details: Text | None = None
    count: Count | None = None


class Data(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """3.4: which data (Art. 33(3)(a))."""

    kinds: Annotated[tuple[DataKind, ...], Meta(max_length=50)] = ()
    other_kind: Line | None = None
    details: Text | None = None
    records: Count | None = None


class Before(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """3.5: what protected the data."""

    safeguards: Annotated[tuple[Safeguard, ...], Meta(max_length=20)] = ()
    details: Text | None = None


class Effects(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """4.1 and 4.2: what follows for the data and the persons (Art. 33(3)(c))."""

    consequences: Annotated[tuple[Consequence, ...], Meta(max_length=10)] = ()
    other_consequence: Line | None = None
    impacts: Annotated[tuple[Impact, ...], Meta(max_length=20)] = ()
    other_impact: Line | None = None
    severity: Severity | None = None
    #: The likely consequences, in words.
    details: Text | None = None


class Response(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """4.3: what was and will be done (Art. 33(3)(d))."""

    #: To end the breach and to mitigate its effects.
    taken: Text | None = None
    proposed: Text | None = None
    #: So that it does not happen again.
    prevention: Text | None = None
    safeguards: Annotated[tuple[Safeguard, ...], Meta(max_length=20)] = ()
    #: What the persons can do themselves.
    advice: Text | None = None


class Telling(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """4.4: whether, when and how the persons were told (Art. 34)."""

    told: Told | None = None
    #: The day on which they were told, or will be.
    on: date | None = None
    count: Count | None = None
    means: Annotated[tuple[Means, ...], Meta(max_length=10)] = ()
    other_means: Line | None = None
    content: Text | None = None
    #: Why they were not told, or only in public (Art. 34(3)).
    reasons: Text | None = None


class PersonsIn(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """How many persons of one country."""

    country: Country
    count: Count


class ToldAuthority(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Another authority that was told."""

    name: Line
    on: date | None = None
    reference: Line | None = None


class Attachment(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A file that goes with the notification."""

    name: Line
    sha256: Sha256 | None = None


class Others(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """6.x: the police, other authorities, other countries, attachments."""

    police: Answer | None = None
    police_on: date | None = None
    police_reference: Line | None = None
    authorities: Annotated[tuple[ToldAuthority, ...], Meta(max_length=50)] = ()
    #: Whether persons of several member states are concerned (Art. 4(23)).
    cross_border: Answer | None = None
    lead_authority: Line | None = None
    #: Authorities that were told for cross-border reasons or should be.
    states: Annotated[tuple[PersonsIn, ...], Meta(max_length=60)] = ()
    attachments: Annotated[tuple[Attachment, ...], Meta(max_length=100)] = ()
    remarks: Text | None = None


class Facts(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Everything that is known, by section of the template. A section or field that is not there is not known."""

    controller: Controller = Controller()
    people: People = People()
    timing: Timing = Timing()
    incident: Incident = Incident()
    persons: Persons = Persons()
    data: Data = Data()
    before: Before = Before()
    effects: Effects = Effects()
    response: Response = Response()
    telling: Telling = Telling()
    others: Others = Others()


def decoded(raw: bytes) -> Facts:
    """The facts that `encoded` wrote."""
    return msgspec.json.decode(raw, type=Facts)


def encoded(facts: Facts) -> bytes:
    """As they are sealed: JSON, the same bytes for the same facts."""
    return msgspec.json.encode(facts)


def merged(facts: Facts, patch: Mapping[str, Any]) -> Facts:
    """The facts with a patch: a section's fields are set one by one, null forgets, and a field's value is whole.

    A section that is null is forgotten with all its fields. Raises `InvalidInput` with the path of the field that
    does not hold.
    """
    result = msgspec.to_builtins(facts)
    for section, fields in patch.items():
        if isinstance(fields, Mapping):
            known = {**result.get(section, {}), **fields}
            result[section] = {name: value for name, value in known.items() if value is not None}
        elif fields is None:
            result.pop(section, None)
        else:
            result[section] = fields
    return reading.decode(msgspec.json.encode(result), Facts, max_bytes=MAX_BYTES)
