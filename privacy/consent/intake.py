"""An act as it comes in and as it is answered, and what it must look like. No database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from privacy.claims import Claim
from privacy.consent import proof
from privacy.consent.acts import NOES, ActKind, Timing
from privacy.consent.reasons import Reason
from privacy.consent.situation import Decision
from privacy.errors import InvalidInput
from privacy.programme.types import Programme, ProofGrade, Setting
from privacy.subjects.service import AgeClass, ContactName, ContactRow, Naming


@dataclass(frozen=True)
class Source:
    """The system, place and manner in which an act was collected."""

    system: str
    point: str | None = None
    method: str | None = None
    timing: Timing = field(default_factory=Timing)
    proof: ProofGrade | None = None
    setting: Setting | None = None


@dataclass(frozen=True)
class Cited:
    """A text that an act cites, and what of it was shown."""

    code: str
    version: str | None = None
    locale: str | None = None


@dataclass(frozen=True)
class ActIn:
    """An act as it comes in, for one person and one purpose over one or more channels."""

    naming: Naming
    act: ActKind
    source: Source
    #: None: all that the act may mean (only for a "no").
    purpose: str | None = None
    #: None: every channel (only for a "no"), or a purpose that has none.
    channels: Sequence[str] | None = None
    claim: Claim | None = None
    #: False for a row of a history file that should have a date and has none.
    dated: bool = True
    #: Whether a `request` sends its double opt-in message. A row of a history asks nobody: it was asked long ago.
    asks: bool = True
    wording: Cited | None = None
    notice: Cited | None = None
    text_sha256: str | None = None
    explicit: bool = False
    age_class: AgeClass | None = None
    #: The parent or representative who acted, and by what mandate.
    by: Naming | None = None
    mandate: str | None = None
    #: One-time code of a double opt-in message.
    code: str | None = None
    #: The source's own name for this act: the same name again from the same actor is the same act again.
    once: str | None = None
    evidence: Mapping[str, str] = field(default_factory=dict)
    #: IP address and user agent, kept for a short time.
    network: Mapping[str, str] = field(default_factory=dict)

    @property
    def proof(self) -> ProofGrade:
        """The grade of proof: what the source says, or what its method earns."""
        return self.source.proof or proof.grade(self.source.method)

    @property
    def setting(self) -> Setting:
        """Online service or till, paper, telephone: what the source says, or what its method is."""
        return self.source.setting or proof.setting(self.source.method)


@dataclass(frozen=True)
class Record:
    """One act on one channel as it was recorded, and what the person's consent there is now.

    The answer is worked out when somebody asks for it, from what all acts of the call left.
    """

    id: UUID
    act: ActKind
    purpose: str
    channel: str
    contact: ContactRow | None
    #: Why it was kept without effect when it was recorded.
    kept_without_effect: str | None
    #: Whether it had been recorded before; then nothing was written.
    known: bool
    #: The contact as the request named it; None where it follows from what is stored.
    named: ContactName | None
    _decide: Callable[[], Decision] = field(repr=False, compare=False)

    @cached_property
    def decision(self) -> Decision:
        """What the person's consent is now, apart from others who share the contact."""
        return self._decide()

    @cached_property
    def effective(self) -> bool:
        """Whether the act counts: a consent that allows nothing does not."""
        some = self.decision.allowed or any(answer.allowed for _, answer in self.decision.contacts)
        says_yes = self.act in {ActKind.GIVE, ActKind.CONFIRM}
        waits = self.decision.reason is Reason.REQUESTED
        return self.kept_without_effect is None and (not says_yes or some or waits)

    @property
    def no_effect(self) -> str | None:
        """Why a consent has no effect."""
        return self.kept_without_effect or (None if self.effective else self.decision.reason.value)


@dataclass(frozen=True)
class Recorded:
    """The outcome of one request."""

    subject_id: UUID
    records: list[Record]
    version: int
    committed_at: int


def check_shape(given: ActIn, programme: Programme) -> None:
    """Raise `InvalidInput` where purpose, channels and act do not go together."""
    says_no = given.act in NOES
    if given.act is ActKind.ANNUL:
        raise InvalidInput.of("act", "An act is annulled by two people: see /api/v1/consents/annul.")
    for channel in given.channels or ():
        try:
            programme.channel(channel)
        except InvalidInput as error:
            raise type(error)(errors={"channels": error.extensions["errors"]["channel"]}) from None
    if given.channels is not None and (not given.channels or len(set(given.channels)) < len(given.channels)):
        raise InvalidInput.of("channels", "Name each channel once, or leave the field out.")
    if given.purpose is None:
        if not says_no:
            raise InvalidInput.of("purpose", "Name the purpose; only a withdrawal, refusal or objection may name none.")
        return
    purpose = programme.purpose(given.purpose)
    if purpose.channels and given.channels is None and not says_no and given.act is not ActKind.LIFT_OBJECTION:
        raise InvalidInput.of("channels", f"Name one or more of: {', '.join(sorted(purpose.channels))}.")
