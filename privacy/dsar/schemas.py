"""What the HTTP API takes and gives for requests. What people say comes in and goes out to their handlers alone."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct

from privacy.claims import read_claim
from privacy.dsar.intake import Received
from privacy.dsar.matter import Agent, Correction, Decision, Matter, Named, Refused
from privacy.dsar.vocabulary import (
    CaseType,
    Ground,
    Intake,
    Outcome,
    ProofLevel,
    Role,
    State,
    TaskKind,
    TaskState,
)
from privacy.errors import InvalidInput
from privacy.legal_time.periods import Period, Unit

_PERIOD = re.compile(r"P([0-9]{1,3})([DWM])", re.ASCII)
_UNITS = {"D": Unit.DAYS, "W": Unit.WEEKS, "M": Unit.MONTHS}

Text = Annotated[str, Meta(max_length=512)]
Code = Annotated[str, Meta(min_length=1, max_length=64)]
Words = Annotated[str, Meta(max_length=20_000)]
Reason = Annotated[str, Meta(max_length=4_000, description="Why; sealed, and shown to those who handle requests.")]
When = Annotated[str, Meta(min_length=10, max_length=40, description="ISO 8601 with offset.")]
Day = Annotated[str, Meta(min_length=10, max_length=10, description="A day, like 2026-12-23.")]
Version = Annotated[int, Meta(ge=1, le=1_000_000, description="The version that was looked at.")]
Subject = Annotated[
    dict[str, Text],
    Meta(max_length=12, description="A person by identifiers: email, phone, customer_id, loyalty_card, device_id, ..."),
]
Codes = Annotated[list[Code], Meta(max_length=50)]


class AgentIn(Struct, forbid_unknown_fields=True):
    """Who acts for the person, and by which mandate (EDPB 01/2022, 80)."""

    name: Text
    #: An e-mail address or a postal address; the person's data never go there.
    contact: Text
    #: Where the mandate lies.
    mandate: Text
    mandate_sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")] | None = None


class CorrectionIn(Struct, forbid_unknown_fields=True):
    """One of the person's data that is wrong."""

    #: Which, as the data map calls it: `name`, `email`, ...
    what: Code
    right: Text
    wrong: Text | None = None


class RequestIn(Struct, forbid_unknown_fields=True):
    """A request as it came, in the words of whoever asks."""

    type: CaseType
    intake: Intake = Intake.API
    #: The identifiers that it names; claims until the person is identified.
    subject: Subject = {}
    name: Text | None = None
    address: Annotated[list[Text], Meta(max_length=8)] = []
    words: Words | None = None
    agent: AgentIn | None = None
    corrections: Annotated[list[CorrectionIn], Meta(max_length=50)] = []
    #: Purposes that an objection or a restriction names.
    purposes: Codes = []
    #: Whether the person wants no entry that keeps marketing away after an erasure.
    no_suppression: bool = False
    authority: Text | None = None
    reference: Text | None = None
    legal_basis: Text | None = None
    #: For a letter of an authority: the last day that it sets, or a period from receipt, like P14D.
    term: Annotated[str, Meta(min_length=3, max_length=12)] | None = None
    #: BCP 47: the language of the answer.
    locale: Annotated[str, Meta(min_length=2, max_length=16)] | None = None
    #: The controller's code in the programme.
    controller: Code | None = None
    #: When it reached the controller by an official way; without it, now.
    received_at: When | None = None
    #: With the scope `requests:identify`: how whoever asks was known, signed in or by a contact on file.
    proof: ProofLevel = ProofLevel.NONE

    def received(self, zone: ZoneInfo) -> Received:
        """As it is recorded; a time without offset is of that zone. Raises `InvalidInput` naming the field."""
        at = read_claim(self.received_at, zone, "received_at").start if self.received_at is not None else None
        return Received(
            self.type,
            self.intake,
            self._matter(),
            locale=self.locale,
            controller=self.controller,
            received_at=at,
            proof=self.proof,
            set_term=_term(self.term),
        )

    def _matter(self) -> Matter:
        return Matter(
            named=tuple(Named(kind, value) for kind, value in self.subject.items()),
            name=self.name,
            address=tuple(self.address),
            words=self.words,
            agent=_agent(self.agent),
            corrections=_corrections(self.corrections),
            purposes=tuple(self.purposes),
            no_suppression=self.no_suppression,
            authority=self.authority,
            reference=self.reference,
            legal_basis=self.legal_basis,
        )


class ActionIn(Struct, forbid_unknown_fields=True):
    """A step that somebody takes."""

    version: Version
    reason: Reason | None = None


class IdentifyIn(Struct, forbid_unknown_fields=True):
    """Who is meant, and by which proof."""

    version: Version
    proof: ProofLevel
    #: Who it is; without it, whom the request's own identifiers name.
    subject: Subject | None = None
    #: Kinds of the request's identifiers that the proof covers although our records do not have them.
    confirmed: Codes | None = None
    reason: Reason | None = None


class RefusedIn(Struct, forbid_unknown_fields=True):
    """One thing that is refused."""

    #: The provision.
    ground: Ground
    facts: Words
    #: A system, a table (`data set.table`), a field or a purpose; without it, all that was asked.
    what: Text | None = None


class DecisionIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """What is decided about a request."""

    refused: Annotated[list[RefusedIn], Meta(max_length=100)] = []
    corrections: Annotated[list[CorrectionIn], Meta(max_length=50)] = []
    purposes: Codes = []
    #: What the letter says, for a case that is answered in words.
    answer: Words | None = None

    def decision(self) -> Decision:
        """As it is kept."""
        refused = tuple(Refused(one.ground, one.what, one.facts) for one in self.refused)
        return Decision(
            refused=refused,
            corrections=_corrections(self.corrections),
            purposes=tuple(self.purposes),
            answer=self.answer,
        )


class GrantIn(DecisionIn, forbid_unknown_fields=True, kw_only=True):
    """A request is granted, but for what is refused."""

    version: Version
    reason: Reason | None = None


class RefuseIn(Struct, forbid_unknown_fields=True):
    """A request is refused as a whole."""

    version: Version
    refused: Annotated[list[RefusedIn], Meta(min_length=1, max_length=100)]
    answer: Words | None = None

    def grounds(self) -> tuple[Refused, ...]:
        """As they are kept."""
        return DecisionIn(refused=self.refused).decision().refused


class JoinIn(Struct, forbid_unknown_fields=True):
    """The same person asked the same before."""

    version: Version
    #: The number or id of the earlier request, which goes on.
    earlier: Annotated[str, Meta(min_length=1, max_length=36)]
    reason: Reason | None = None


class RequestSearchIn(Struct, forbid_unknown_fields=True):
    """Whose requests."""

    subject: Annotated[dict[str, Text], Meta(min_length=1, max_length=12)]


class RequestOut(Struct):
    """One request, without personal data."""

    id: str
    number: str
    type: CaseType
    intake: Intake
    controller: str
    locale: str
    state: State
    outcome: Outcome | None
    received_at: str
    #: The day of receipt where the controller is, from which the time is counted.
    received_on: str
    recorded_at: str
    #: What is worked to.
    due_on: str
    #: The end of the first month by the calendar alone: an extension is told before it.
    nominal_on: str
    #: Negative once overdue; null once it has ended.
    days_left: int | None
    extended_at: str | None
    identified_at: str | None
    proof: ProofLevel
    ended_at: str | None
    #: The id of the earlier request that goes on.
    joined_to: str | None
    version: int


class RequestDetailOut(RequestOut):
    """One request with every day that matters, both where the law is open."""

    #: The last day to tell of an extension; null where there is none.
    tell_by_on: str | None
    #: The extended time counted from receipt, and from the nominal day.
    extended_a_on: str | None
    extended_b_on: str | None
    #: What is due if the recorded suspensions count.
    suspended_due_on: str | None
    suspended: bool
    basis: str
    clock_version: str
    cooling_until: str | None


class RequestsOut(Struct):
    """Requests by the day on which they are due."""

    requests: list[RequestOut]
    #: Give it as `after` for the next page; null where there is no more.
    next: str | None


class StepOut(Struct):
    """One step."""

    number: int
    #: An event of the workflow, or a word for what changes no state.
    event: str
    from_state: State | None
    to_state: State
    role: Role
    actor: str
    at: str
    #: For those who handle requests.
    reason: str | None


class StepsOut(Struct):
    """The course of a request."""

    steps: list[StepOut]


class TaskOut(Struct):
    """What is asked of one system, and how far that is."""

    id: str
    kind: TaskKind
    system: str
    place: str
    round: int
    state: TaskState
    attempts: int
    found: int
    deleted: int
    changed: int
    failure: str | None
    started_at: str | None
    done_at: str | None


class TasksOut(Struct):
    """The execution of a request, system by system."""

    tasks: list[TaskOut]


class LetterOut(Struct):
    """A letter, without what it says."""

    id: str
    kind: str
    locale: str
    created_at: str
    #: The messages by which it went; none where there was nowhere to send it, and somebody hands it over.
    messages: list[str]


class LettersOut(Struct):
    """The letters of a request, the oldest first."""

    letters: list[LetterOut]


class LetterTextOut(LetterOut):
    """A letter as it was written: personal data."""

    subject: str
    body: str
    to: list[str]


class RequestOpenedOut(Struct):
    """What a request holds: personal data."""

    matter: Matter
    refused: list[Refused]
    answer: str | None


def _corrections(given: list[CorrectionIn]) -> tuple[Correction, ...]:
    return tuple(Correction(one.what, one.right, one.wrong) for one in given)


def _term(text: str | None) -> date | Period | None:
    """What an authority's letter sets: a day, or an ISO 8601 period of one unit. Raises `InvalidInput`."""
    if text is None:
        return None
    try:
        period = _PERIOD.fullmatch(text)
        return Period(int(period[1]), _UNITS[period[2]]) if period else date.fromisoformat(text)
    except ValueError:
        raise InvalidInput.of("term", "Give a day, like 2026-12-23, or a period, like P14D or P1M.") from None


def _agent(given: AgentIn | None) -> Agent | None:
    return None if given is None else Agent(given.name, given.contact, given.mandate, given.mandate_sha256)
