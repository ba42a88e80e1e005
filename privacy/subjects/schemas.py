"""What the HTTP API takes and gives for people. Values of identifiers come in and never go out, but masked."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from privacy.subjects.contact_preferences import Frequency
from privacy.subjects.types import AgeClass

Text = Annotated[str, Meta(max_length=512)]
Name = Annotated[str, Meta(min_length=1, max_length=64)]
Reason = Annotated[str, Meta(min_length=3, max_length=200, description="Why; for the log. No personal data.")]
When = Annotated[str, Meta(min_length=10, max_length=40, description="ISO 8601 with offset.")]
Subject = Annotated[
    dict[str, Text],
    Meta(
        min_length=1,
        max_length=12,
        description="A person by any identifiers: email, phone, customer_id, loyalty_card, device_id, ref, ...",
        examples=[{"customer_id": "C-1001", "email": "anna.nowak@example.com"}],
    ),
]
Values = Annotated[dict[str, Text], Meta(min_length=1, max_length=12)]


class SubjectIn(Struct, forbid_unknown_fields=True):
    """A person to create or update, without an act."""

    subject: Subject
    #: Where the identifiers and contacts come from (Art. 14(2)(f)); without it, the client's name.
    source: Name | None = None
    #: Since when they are the person's, as the source says.
    held_from: When | None = None
    age_class: AgeClass | None = None
    deceased: bool | None = None
    #: Art. 18.
    restricted: bool | None = None
    erasure_pending: bool | None = None


class SubjectOut(Struct):
    """The person, by the client's own reference."""

    subject_ref: str
    token: str


class LookupIn(Struct, forbid_unknown_fields=True):
    """Whom to look up."""

    subject: Subject


class IdentifierOut(Struct):
    """An account identifier and where it came from; the value is not shown."""

    type: str
    source: str
    held_from: str
    retired_at: str | None


class ContactOut(Struct):
    """A contact, masked, and where it came from."""

    contact: dict[str, str]
    source: str
    held_from: str
    held_until: str | None


class SubjectView(Struct):
    """A person on one page."""

    subject_ref: str
    kind: str
    age_class: str | None
    standing: list[str]
    identifiers: list[IdentifierOut]
    contacts: list[ContactOut]
    token: str


class ChangeIn(Struct, forbid_unknown_fields=True):
    """Identifiers or contacts to add and to retire. Replacing is both at once."""

    add: Values | None = None
    retire: Values | None = None
    source: Name | None = None
    held_from: When | None = None
    reason: Reason | None = None


class MemberOut(Struct):
    """A person as one identifier names them; the value is not shown."""

    subject_ref: str
    identifier: str
    source: str
    held_from: str
    retired_at: str | None
    #: Whether it is one of those that a person can have but one of.
    contested: bool


class ClaimOut(Struct):
    """Two identifiers that a source named together."""

    subject_ref: str
    other_ref: str
    source: str
    claimed_at: str
    received_at: str


class DisputeOut(Struct):
    """Identifiers that were named together and cannot all be one person's."""

    since: str
    members: list[MemberOut]
    claims: list[ClaimOut]
    #: Consents without effect until it is settled. Every "no" counts for all meanwhile.
    acts_waiting: int


class SharedContactOut(Struct):
    """A contact, masked, that accounts of several people hold now."""

    contact: dict[str, str]
    people: int
    sources: list[str]
    since: str


class DisagreementsOut(Struct):
    """A page of the review list."""

    disputes: list[DisputeOut]
    shared_contacts: list[SharedContactOut]
    #: Give it as `after` to get the next page; null on the last one.
    next: str | None


class ContactPreferencesIn(Struct, forbid_unknown_fields=True):
    """How somebody likes to be written to. It replaces what was said before; what is left out is no wish."""

    #: A channel that advertising uses.
    channel: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    #: Codes of the programme's topics.
    topics: Annotated[list[Annotated[str, Meta(min_length=1, max_length=64)]], Meta(max_length=200)] = []
    frequency: Frequency | None = None
    #: The system that was told; without it, the client's name.
    source: Name | None = None


class ContactPreferencesOut(Struct):
    """How somebody likes to be written to, which allows nothing: whether one may is what the check says."""

    channel: str | None
    topics: list[str]
    frequency: Frequency | None
    #: When it was said; null where nothing was.
    set_at: str | None
