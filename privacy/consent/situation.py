"""What a decision is made of: the question, the people and contacts it concerns, and the answer. Pure values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from privacy.consent.policy import Facts, Give, No
from privacy.consent.reasons import Reason
from privacy.programme.types import Purpose
from privacy.subjects.types import NO_STANDING, AgeClass, Standing


@dataclass(frozen=True)
class Node:
    """A data subject and where it belongs (see `subjects.models.DataSubject`)."""

    id: UUID
    person: UUID
    cluster: UUID
    group: UUID
    merged: UUID | None = None
    standing: Standing = NO_STANDING
    age_class: AgeClass | None = None
    alone: bool = False


@dataclass(frozen=True)
class Holding:
    """A contact as one subject holds or held it. Equal `index`, equal contact."""

    id: UUID
    subject: UUID
    index: bytes
    held_from: int
    held_until: int | None = None
    reassigned: bool = False
    own_act_at: int | None = None


@dataclass(frozen=True)
class Suppressed:
    """An entry on the suppression list for the contact asked about."""

    at: int
    everything: bool  # False: marketing only


@dataclass(frozen=True)
class Situation:
    """What is known about the people whom a question may concern."""

    nodes: Mapping[UUID, Node]
    #: Facts by subject: those of the pair asked about and of `*`.
    facts: Mapping[UUID, Sequence[Facts]]
    holdings: Sequence[Holding] = ()
    #: By the index of the contact.
    suppressed: Mapping[bytes, Sequence[Suppressed]] = field(default_factory=dict)


@dataclass(frozen=True)
class Question:
    """Who is asked about, for what, by which channel, when."""

    purpose: Purpose
    channel: str | None
    at: int
    #: Subjects named by account identifiers or references.
    accounts: frozenset[UUID] = frozenset()
    #: Index of the contact named.
    contact: bytes | None = None
    #: Whether anybody was named by an account, known or not.
    account_named: bool = False


@dataclass(frozen=True)
class Decision:
    """The answer for one contact, or for a person where the purpose contacts nobody."""

    reason: Reason
    give: Give | None = None
    no: No | None = None
    valid_until: int | None = None
    may_ask: bool = False
    #: For a question without a contact: the answer for each that the person holds.
    contacts: tuple[tuple[Holding, Decision], ...] = ()

    @property
    def allowed(self) -> bool:
        """The answer in one word."""
        return self.reason.allows
