"""One breach as documents tell of it: what the register knows, beside its facts. Frozen values, no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from privacy.breach.facts import Facts
from privacy.breach.options import Phase, Risk
from privacy.breach.vocabulary import Exception34, State, Way


@dataclass(frozen=True)
class Notified:
    """A notification that was sent to the authority."""

    #: Among all that was recorded of the breach's notifications.
    number: int
    phase: Phase
    sent_at: int
    way: Way | None
    #: Given by the authority; it may come later.
    reference: str | None = field(default=None, repr=False)
    #: Why it was late, or is withdrawn.
    reasons: str | None = field(default=None, repr=False)
    #: SHA-256 of each document as it was sent, in hexadecimal, by name.
    documents: Mapping[str, str] = field(default_factory=dict)
    #: Whether the authority was told for the first time after the hours were over.
    late: bool = False


@dataclass(frozen=True)
class Account:
    """One breach, as far as it is known. Times in microseconds since the epoch."""

    id: UUID
    #: `N-2026-0001`; of a rehearsal with its own prefix.
    number: str
    #: Whether a test key opened it.
    test: bool
    rehearsal: bool
    #: Code of the programme.
    controller: str
    state: State
    opened_at: int
    detected_at: int
    facts: Facts = field(repr=False)
    #: Code of the processor with whom it happened, and when that told the controller.
    processor: str | None = None
    processor_told_at: int | None = None
    aware_at: int | None = None
    aware_reason: str | None = field(default=None, repr=False)
    #: When the authority is to be told by: strictly, and the outer limit of Regulation 1182/71.
    due_at: int | None = None
    outer_at: int | None = None
    risk: Risk | None = None
    #: The questions of the assessment, answered.
    assessment: Mapping[str, str] = field(default_factory=dict, repr=False)
    #: What the data protection officer thinks.
    opinion: str | None = field(default=None, repr=False)
    #: Whether the controller decided to notify, and why; None while it is not decided.
    notify: bool | None = None
    notify_reasons: str | None = field(default=None, repr=False)
    #: Whether the controller decided to tell the persons; and the exception, where not at a high risk.
    tell: bool | None = None
    excepted: Exception34 | None = None
    notified: tuple[Notified, ...] = ()
    #: When the persons were told, and how many.
    communicated_at: int | None = None
    communicated_count: int | None = None
    closed_at: int | None = None
    #: Why it was closed, or no breach.
    closing: str | None = field(default=None, repr=False)

    @property
    def standing(self) -> tuple[Notified, ...]:
        """The notifications that count: those since the last was withdrawn."""
        withdrawn = [place for place, sent in enumerate(self.notified, 1) if sent.phase is Phase.WITHDRAWAL]
        return self.notified[max(withdrawn, default=0) :]
