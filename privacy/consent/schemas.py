"""What the HTTP API takes and gives for consents. Unknown fields are refused; every text has a longest length."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from privacy.consent.acts import ActKind
from privacy.consent.reasons import Reason as State
from privacy.consent.suppression import ContactEvent
from privacy.programme.types import LegalBasis, ProofGrade, Setting
from privacy.subjects.service import AgeClass, Frequency

Code = Annotated[str, Meta(min_length=1, max_length=64, description="A code of the programme.")]
Name = Annotated[str, Meta(min_length=1, max_length=64)]
Text = Annotated[str, Meta(max_length=512)]
Reason = Annotated[str, Meta(min_length=3, max_length=200, description="Why; for the log. No personal data.")]
When = Annotated[
    str, Meta(min_length=10, max_length=40, description="ISO 8601 with offset; the precision counts: a minute is 60 s.")
]
Subject = Annotated[
    dict[str, Text],
    Meta(
        min_length=1,
        max_length=12,
        description="A person by any identifiers: email, phone, customer_id, loyalty_card, device_id, ref, ...",
        examples=[{"customer_id": "C-1001", "email": "anna.nowak@example.com"}],
    ),
]
Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$", description="SHA-256 in hexadecimal.")]


class CitedIn(Struct, forbid_unknown_fields=True):
    """A published text. Without a version, the one in force on the act's date."""

    code: Code
    version: Annotated[str, Meta(min_length=1, max_length=32)] | Annotated[int, Meta(ge=0, le=999_999)] | None = None
    locale: Annotated[str, Meta(min_length=2, max_length=16)] | None = None


class SourceIn(Struct, forbid_unknown_fields=True):
    """Where and how it was collected. Without a system, the client's name."""

    system: Name | None = None
    point: Name | None = None
    method: Name | None = None
    #: `device`: a till's or app's own clock, which may be wrong or have been offline.
    clock: Literal["server", "device"] = "server"
    proof: ProofGrade | None = None
    setting: Setting | None = None


class EvidenceIn(Struct, forbid_unknown_fields=True):
    """What shows that it happened. Minimal: IP and user agent are optional, sealed, and deleted after 90 days."""

    text_sha256: Sha256 | None = None
    reference: Text | None = None
    form: Text | None = None
    campaign: Text | None = None
    ip: Annotated[str, Meta(max_length=45)] | None = None
    user_agent: Annotated[str, Meta(max_length=512)] | None = None


class ByIn(Struct, forbid_unknown_fields=True):
    """The parent or representative who acted for the person."""

    subject: Subject
    mandate: Literal["parent", "guardian", "power_of_attorney", "court_order"]


class RecordIn(Struct, forbid_unknown_fields=True):
    """An act of one person on one purpose over one or more channels."""

    subject: Subject
    act: ActKind
    purpose: Code | None = None
    channels: Annotated[list[Code], Meta(min_length=1, max_length=20)] | None = None
    occurred_at: When | None = None
    wording: CitedIn | None = None
    notice: CitedIn | None = None
    source: SourceIn = field(default_factory=SourceIn)
    evidence: EvidenceIn = field(default_factory=EvidenceIn)
    explicit: bool = False
    age_class: AgeClass | None = None
    by: ByIn | None = None
    #: One-time code of a double opt-in message, with `confirm`.
    code: Annotated[str, Meta(max_length=32)] | None = None


class BatchLineIn(RecordIn, forbid_unknown_fields=True):
    """One line of a batch. The same key again is the same line again."""

    key: Annotated[str, Meta(min_length=1, max_length=128)] | None = None


class RecordOut(Struct):
    """One act on one channel as it was recorded, and what the person's consent there is now.

    `state` is a reason as a check gives it. Where `effective` is false the act is kept as evidence but changes nothing,
    and `reason` says why. `known`: it had been recorded before, and nothing was written. A partner gets `id`,
    `purpose` and `channel` only.
    """

    id: str
    purpose: str | None
    channel: str | None
    contact: dict[str, str] | UnsetType | None = UNSET
    state: State | UnsetType = UNSET
    effective: bool | UnsetType = UNSET
    reason: str | UnsetType | None = UNSET
    valid_until: str | UnsetType | None = UNSET
    known: bool | UnsetType = UNSET


class RecordedOut(Struct):
    """The outcome. A check with this token sees at least this act."""

    subject_ref: str
    records: list[RecordOut]
    token: str


class CheckBody(Struct, forbid_unknown_fields=True):
    """May this person be contacted? By purpose, or by the type of message to be sent."""

    subject: Subject
    purpose: Code | None = None
    message_type: Code | None = None
    channel: Code | None = None
    token: Annotated[str, Meta(max_length=200)] | None = None
    at: When | None = None
    #: Whether a signed statement is wanted, with which the asker can prove that it asked.
    receipt: bool = False
    #: Whether what the person wishes (channel, topics, frequency) is wanted, too. The decision does not depend on it.
    contact_preferences: bool = False


class CheckListBody(Struct, forbid_unknown_fields=True):
    """May these people be contacted? One purpose and channel for all of them."""

    subjects: Annotated[list[Subject], Meta(min_length=1, max_length=10_000)]
    purpose: Code | None = None
    message_type: Code | None = None
    channel: Code | None = None
    #: Whether one signed statement over the whole list is wanted.
    receipt: bool = False


class ReceiptOut(Struct):
    """A signed note over the answer, and the salt of what it says of whom it is about (docs/evidence.md)."""

    statement: str
    salt: str


class WordingOut(Struct):
    """The wording that the person agreed to."""

    code: str
    version: str


class ContactAnswer(Struct):
    """The answer for one contact of a person asked about without one."""

    contact: dict[str, str]
    allowed: bool
    reason: State
    valid_until: str | None


class WishesOut(Struct):
    """How the person likes to be written to, where they may be."""

    channel: str | None
    topics: list[str]
    frequency: Frequency | None


class DecisionOut(Struct, omit_defaults=True):
    """The decision. A partner gets `allowed`, `purpose`, `channel` and `as_of` only."""

    allowed: bool
    purpose: str
    channel: str | None
    as_of: str
    reason: State | UnsetType = UNSET
    legal_basis: LegalBasis | UnsetType = UNSET
    consent_id: str | UnsetType | None = UNSET
    wording: WordingOut | UnsetType | None = UNSET
    valid_until: str | UnsetType | None = UNSET
    may_ask: bool | UnsetType = UNSET
    token: str | UnsetType = UNSET
    contacts: list[ContactAnswer] | UnsetType = UNSET
    receipt: ReceiptOut | UnsetType = UNSET
    #: Where it was asked for; null for somebody who may not be written to now, or is not known.
    contact_preferences: WishesOut | UnsetType | None = UNSET


class RowAnswer(Struct, omit_defaults=True):
    """The answer for one person of a list. A partner gets `allowed` only."""

    allowed: bool
    reason: State | UnsetType = UNSET


class CheckListOut(Struct, omit_defaults=True):
    """The answers in the order of the question, good until `expires_at`. A partner gets no token and no counts."""

    as_of: str
    expires_at: str
    results: list[RowAnswer]
    token: str | UnsetType = UNSET
    #: How many rows have each reason.
    counts: dict[str, int] | UnsetType = UNSET
    receipt: ReceiptOut | UnsetType = UNSET


class AskedByOut(Struct):
    """A system, a member of staff, or the command line."""

    id: str
    name: str


class AskingOut(Struct):
    """What one asker asked about the person on one day (UTC), and what it was answered; `times` it did so."""

    day: str
    asked_by: AskedByOut
    purpose: str
    channel: str | None
    allowed: bool
    times: int


class AskedOut(Struct):
    """Who asked about a person in the last 12 months, newest day first."""

    subject_ref: str
    asked: list[AskingOut]


class ActOut(Struct):
    """A recorded act."""

    id: str
    subject_ref: str
    act: ActKind
    purpose: str | None
    channel: str | None
    contact: dict[str, str] | None
    occurred_at: str | None
    earliest: str
    latest: str
    received_at: str
    wording: dict[str, str | None] | None
    locale: str | None
    text_sha256: str | None
    notice: dict[str, str | None] | None
    source: dict[str, str | None]
    proof: str
    no_effect: str | None
    annulled: bool
    refers_to: str | None


class HistoryOut(Struct):
    """Every act of a person, newest receipt first."""

    subject_ref: str
    acts: list[ActOut]


class PreferenceOut(Struct):
    """The decision for one purpose and channel. A partner gets `purpose`, `channel` and `allowed` only."""

    purpose: str
    channel: str | None
    allowed: bool
    reason: State | UnsetType = UNSET
    wording: WordingOut | UnsetType | None = UNSET
    valid_until: str | UnsetType | None = UNSET
    may_ask: bool | UnsetType = UNSET


class PreferencesOut(Struct):
    """A person's choices."""

    subject_ref: str
    preferences: list[PreferenceOut]
    token: str


class PreferencesSet(PreferencesOut):
    """A person's choices after the change, and each act that was recorded for it."""

    records: list[RecordOut]


class PreferenceIn(Struct, forbid_unknown_fields=True):
    """One choice. Without a channel: all channels of the purpose."""

    purpose: Code
    allowed: bool
    channel: Code | None = None


class PreferencesIn(Struct, forbid_unknown_fields=True):
    """Choices to set, each recorded as an act: `give` or `withdraw`."""

    preferences: Annotated[list[PreferenceIn], Meta(min_length=1, max_length=100)]
    wording: CitedIn | None = None
    notice: CitedIn | None = None
    occurred_at: When | None = None
    source: SourceIn = field(default_factory=SourceIn)
    evidence: EvidenceIn = field(default_factory=EvidenceIn)


class ContactEventIn(Struct, forbid_unknown_fields=True):
    """What happened to a contact."""

    contact: Annotated[dict[str, Text], Meta(min_length=1, max_length=1, examples=[{"email": "anna@example.com"}])]
    event: ContactEvent
    occurred_at: When | None = None
    #: For `stop`: the channel; by default the usual one of the contact.
    channel: Code | None = None
    source: Name | None = None


class ContactEventOut(Struct):
    """What it led to."""

    event: ContactEvent
    suppressed: bool
    known: bool


class LiftIn(Struct, forbid_unknown_fields=True):
    """A contact to take off the suppression list."""

    contact: Annotated[dict[str, Text], Meta(min_length=1, max_length=1, examples=[{"email": "anna@example.com"}])]
    reason: Reason


class LiftOut(Struct):
    """How many entries were lifted."""

    lifted: int


class FilterIn(Struct, forbid_unknown_fields=True):
    """Which acts are meant; at least one field."""

    id: Annotated[str, Meta(max_length=36)] | None = None
    purpose: Code | None = None
    channel: Code | None = None
    source_system: Name | None = None
    source_point: Name | None = None
    wording_code: Code | None = None
    wording_version: Annotated[str, Meta(max_length=32)] | None = None
    acts: Annotated[list[ActKind], Meta(min_length=1, max_length=10)] | None = None
    received_from: When | None = None
    received_before: When | None = None


class AnnulIn(Struct, forbid_unknown_fields=True):
    """Annul acts: one person asks, another sends the same with the approval's id."""

    filter: FilterIn
    reason: Reason
    approval: Annotated[str, Meta(max_length=36)] | None = None


class AnnulOut(Struct):
    """Asked: the approval that a second person gives. Done: how many acts lost their effect."""

    approval: str
    acts: int
    annulled: bool


class MergeIn(Struct, forbid_unknown_fields=True):
    """Two subjects that are one person, or that turned out not to be."""

    subject: Subject
    other: Subject
    reason: Reason


class MergedOut(Struct):
    """Both, by the client's own references."""

    subject_ref: str
    other_ref: str
    token: str
