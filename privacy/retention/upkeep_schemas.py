"""What the HTTP API takes and gives of the upkeep of data, and of warnings before data go."""

from __future__ import annotations

import datetime
from typing import Annotated

import marshmallow
from msgspec import Meta, Struct

from privacy.retention.quality.findings import MOST_ON_A_PAGE
from privacy.retention.quality.vocabulary import Decision, FindingKind, FindingState, QualityMatter
from privacy.retention.warnings.warning_sending import WarningState
from privacy.retention.warnings.warnings import Choice

Subject = Annotated[
    dict[str, Annotated[str, Meta(max_length=512)]],
    Meta(
        min_length=1,
        max_length=12,
        description="A person by any identifiers: email, phone, customer_id, ref, ...",
        examples=[{"customer_id": "C-1001"}],
    ),
]
Reason = Annotated[str, Meta(min_length=3, max_length=200, description="Why; for the log. No personal data.")]


class ToConfirmIn(Struct, forbid_unknown_fields=True):
    """Whose visit it is."""

    subject: Subject


class MatterOut(Struct):
    """One matter that a person may be asked about."""

    matter: QualityMatter
    #: Whether to ask at this visit.
    due: bool
    #: When the person last confirmed it or chose anew; null where they never did.
    confirmed_at: str | None


class HeldOut(Struct):
    """A contact of the person, masked."""

    contact: dict[str, str]
    since: str


class ToConfirmOut(Struct):
    """What the portal shows at this visit."""

    subject_ref: str
    matters: list[MatterOut]
    contacts: list[HeldOut]


class ConfirmIn(Struct, forbid_unknown_fields=True):
    """That the person says that these are right."""

    subject: Subject
    matters: Annotated[list[QualityMatter], Meta(min_length=1, max_length=2)]


class FindingsAsked(marshmallow.Schema):
    """Which findings."""

    kind = marshmallow.fields.Enum(FindingKind, by_value=True)
    state = marshmallow.fields.Enum(FindingState, by_value=True, load_default=FindingState.OPEN)
    after = marshmallow.fields.UUID(metadata={"description": "What the page before gave as `next`."})
    limit = marshmallow.fields.Integer(load_default=50, validate=marshmallow.validate.Range(1, MOST_ON_A_PAGE))


class QualityFindingOut(Struct):
    """A contact that may be wrong, or two people who may be one."""

    id: str
    kind: FindingKind
    state: FindingState
    subject_ref: str
    #: The other person of a pair.
    other_ref: str | None
    #: The contact by which it was found, masked; null where it is gone.
    contact: dict[str, str] | None
    found_at: str


class QualityFindingsOut(Struct):
    """Findings in the order in which they were made."""

    findings: list[QualityFindingOut]
    #: What to ask for as `after` next; null where there is nothing more.
    next: str | None


class DecisionIn(Struct, forbid_unknown_fields=True):
    """What somebody decided about a finding."""

    decision: Decision
    reason: Reason


class WarningsAsked(marshmallow.Schema):
    """Which warnings."""

    run = marshmallow.fields.UUID(metadata={"description": "Of this disposal run."})
    state = marshmallow.fields.Enum(WarningState, by_value=True)
    before = marshmallow.fields.UUID(metadata={"description": "What the page before gave as `next`."})
    limit = marshmallow.fields.Integer(load_default=50, validate=marshmallow.validate.Range(1, MOST_ON_A_PAGE))


class WarningOut(Struct):
    """A warning of somebody before their data go. Whom it is about is not told."""

    id: str
    #: What the person names when they answer.
    number: str
    rule: str
    run: str
    state: WarningState
    #: By which way it is tried now, and how often it was by every way.
    way: str | None
    attempts: int
    created_at: str
    delivered_at: str | None
    #: The first day on which the data may go.
    goes_on: datetime.date | None
    version: int


class WarningsOut(Struct):
    """Warnings, the newest first."""

    warnings: list[WarningOut]
    #: What to ask for as `before` next; null where there is nothing more.
    next: str | None


class WarningDecisionIn(Struct, forbid_unknown_fields=True):
    """What somebody decided about a warning."""

    decision: Choice
    reason: Reason
    #: As the warning was when it was looked at.
    version: int
    #: The day on which the person was told; of `keep` the last day for which it holds.
    on: datetime.date | None = None
