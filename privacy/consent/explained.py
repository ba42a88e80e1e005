"""A person explained: who they are, what was said, what became of it, what is answered. Never in plaintext."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from privacy.consent.acts import Act
from privacy.consent.decision import Decision
from privacy.consent.reading import ActView
from privacy.consent.verdicts import Verdict
from privacy.programme.types import Purpose
from privacy.subjects.service import Claimed, SubjectView


@dataclass(frozen=True)
class Shown:
    """A contact as it may be shown."""

    kind: str
    masked: str


@dataclass(frozen=True)
class Answer:
    """What a check answers for one purpose and channel, about one contact or about the person as such."""

    purpose: Purpose
    channel: str | None
    #: None where no contact plays a part, or where the answer is about the person without saying which contact.
    contact: Shown | None
    decision: Decision
    #: The contact's index, to tell two apart that look alike.
    index: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Asked:
    """The answers to a check that names somebody in one way."""

    #: The subject named; None for the contact alone.
    subject_id: UUID | None
    #: The contact named alone.
    contact: Shown | None
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class ExplainedAct:
    """An act, what it covers and what became of it."""

    view: ActView
    #: As the fold sees it; None where it is in nobody's fold any more.
    act: Act | None
    #: The contact that it named.
    named: Shown | None
    verdicts: tuple[tuple[Shown | None, Verdict], ...]
    #: For a "no": the answers that it decides, and those where a surely later consent outweighs it (with its act).
    decides: tuple[Answer, ...]
    outlived: tuple[tuple[Answer, UUID], ...]


@dataclass(frozen=True)
class Entry:
    """An entry of the suppression list on one of the person's contacts."""

    contact: Shown
    cause: str
    #: Whether it is against everything, or marketing only.
    everything: bool
    since: int
    recorded_at: int
    source: str
    lifted_at: int | None
    #: When the person's own later act took place that outweighs it; None where none does.
    outweighed_at: int | None

    @property
    def stands(self) -> bool:
        """Whether it stops anything."""
        return self.lifted_at is None and self.outweighed_at is None


@dataclass(frozen=True)
class ExplainedPerson:
    """Everybody who is one person with a subject, with all that is known."""

    view: SubjectView
    claims: tuple[Claimed, ...]
    acts: tuple[ExplainedAct, ...]
    suppressed: tuple[Entry, ...]
    #: What is answered for each of the person's accounts that are surely one, and for a contact that is alone.
    asked: tuple[Asked, ...]


@dataclass(frozen=True)
class Explanation:
    """Everybody behind a name."""

    people: tuple[ExplainedPerson, ...]
    #: The answers to a check that names the person just so.
    asked: Asked
    at: int | None
