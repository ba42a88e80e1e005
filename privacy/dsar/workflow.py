"""The workflow of requests as one table, for every type: which event takes a request from where to where (Art. 12).

Pure: it decides and changes nothing. `cases.advance` is the one who asks and writes. A request never comes to
execution unless the person is known well enough, it was granted, by two people where the rules want two, and its
cooling-off is over; tests explore every state, event, role and fact of this table (docs/workflow.md).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from privacy.dsar.vocabulary import CaseType, Event, ProofLevel, Role, State
from privacy.errors import Conflict
from privacy.workflow import possible_row


class NotPossible(Conflict):
    """The step is not possible where the request stands."""

    code = "request-step-not-possible"


@dataclass(frozen=True)
class Facts:
    """What a step depends on: the request as the step would leave it, but for its state.

    So an identification comes with the proof just given, a grant with who grants, an approval with who approves.
    What is wanted is that of the rule in force when the request was received: a later one strands nothing on its way.
    """

    case_type: CaseType
    state: State
    proof: ProofLevel
    needed_proof: ProofLevel
    #: 1 or 2 people.
    approvals_needed: int
    granted_by: UUID | None
    approved_by: UUID | None
    #: Both in microseconds; no cooling-off is None.
    cooling_until: int | None
    now: int
    #: Whether reasons are recorded with the step: in words, or as grounds of a refusal.
    reasoned: bool = False
    #: Whether every task of the execution is done, or excepted by a person.
    finished: bool = False
    #: For a duplicate: whether the earlier request is open, of the same type, and its person identified as the same.
    same_person: bool = False


class Guard(StrEnum):
    """What must hold for a step; its value is the code that the problem names."""

    OF_A_PERSON = "of_a_person"
    IDENTITY_WANTED = "identity_wanted"
    PROVEN = "proven"
    GRANTED = "granted"
    TWO_WANTED = "two_wanted"
    ONE_WANTED = "one_wanted"
    OTHER_APPROVED = "other_approved"
    AGREED = "agreed"
    COOLING = "cooling"
    COOLED = "cooled"
    EXECUTED = "executed"
    IN_WORDS = "in_words"
    HANDED_OUT = "handed_out"
    NOT_WEIGHED = "not_weighed"
    FINISHED = "finished"
    REASONED = "reasoned"
    SAME_PERSON = "same_person"


#: Answered by what a person writes; the systems are never asked.
IN_WORDS = frozenset(
    {CaseType.AUTOMATED_DECISION_REVIEW, CaseType.COMPLAINT, CaseType.AUTHORITY_LETTER, CaseType.DISCLOSURE}
)
#: The execution only finds; until the answer nothing has happened that could not be taken back.
HANDED_OUT = frozenset({CaseType.ACCESS, CaseType.PORTABILITY})


def _other_approved(facts: Facts) -> bool:
    return facts.approved_by is not None and facts.approved_by != facts.granted_by


def _cooled(facts: Facts) -> bool:
    return facts.cooling_until is None or facts.cooling_until <= facts.now


_HOLDS: Mapping[Guard, Callable[[Facts], bool]] = {
    Guard.OF_A_PERSON: lambda facts: facts.case_type.of_a_person,
    Guard.IDENTITY_WANTED: lambda facts: facts.needed_proof is not ProofLevel.NONE,
    Guard.PROVEN: lambda facts: facts.proof.rank >= facts.needed_proof.rank,
    Guard.GRANTED: lambda facts: facts.granted_by is not None,
    Guard.TWO_WANTED: lambda facts: facts.approvals_needed >= 2,
    Guard.ONE_WANTED: lambda facts: facts.approvals_needed < 2,
    Guard.OTHER_APPROVED: _other_approved,
    Guard.AGREED: lambda facts: facts.approvals_needed < 2 or _other_approved(facts),
    Guard.COOLING: lambda facts: not _cooled(facts),
    Guard.COOLED: _cooled,
    Guard.EXECUTED: lambda facts: facts.case_type not in IN_WORDS,
    Guard.IN_WORDS: lambda facts: facts.case_type in IN_WORDS,
    Guard.HANDED_OUT: lambda facts: facts.case_type in HANDED_OUT,
    # Art. 21(3), and reliability M14: nobody weighs an objection for which no identification is wanted.
    Guard.NOT_WEIGHED: lambda facts: facts.case_type is CaseType.OBJECTION and facts.needed_proof is ProofLevel.NONE,
    Guard.FINISHED: lambda facts: facts.finished,
    Guard.REASONED: lambda facts: facts.reasoned,
    Guard.SAME_PERSON: lambda facts: facts.same_person,
}

#: What is said where a guard does not hold.
WANTED: Mapping[Guard, str] = {
    Guard.OF_A_PERSON: "It is not a person's own request.",
    Guard.IDENTITY_WANTED: "No identification is wanted for it beyond the contact itself.",
    Guard.PROVEN: "The person is not identified as surely as the rules want.",
    Guard.GRANTED: "Nobody has granted it.",
    Guard.TWO_WANTED: "One person is enough for it.",
    Guard.ONE_WANTED: "Two people must agree to it.",
    Guard.OTHER_APPROVED: "Another person than the one who granted it must agree.",
    Guard.AGREED: "A second person must agree to it.",
    Guard.COOLING: "Its cooling-off is over.",
    Guard.COOLED: "Its cooling-off is not over.",
    Guard.EXECUTED: "It is answered in words; no system is asked.",
    Guard.IN_WORDS: "The systems are asked before it is answered.",
    Guard.HANDED_OUT: "Only of data that are handed out.",
    Guard.NOT_WEIGHED: "A person must decide about it.",
    Guard.FINISHED: "A system has not answered yet, and nobody has excepted it.",
    Guard.REASONED: "Reasons must be recorded with it.",
    Guard.SAME_PERSON: "The earlier request must be open, of the same type, and of the same identified person.",
}


@dataclass(frozen=True)
class Transition:
    """One row of the table. Rows of one event and state exclude each other by their guards or roles."""

    event: Event
    sources: frozenset[State]
    target: State
    roles: frozenset[Role]
    guards: tuple[Guard, ...] = ()

    def unmet(self, facts: Facts) -> tuple[Guard, ...]:
        """The guards that do not hold."""
        return tuple(guard for guard in self.guards if not _HOLDS[guard](facts))


def _row(event: Event, sources: set[State], target: State, roles: set[Role], *guards: Guard) -> Transition:
    return Transition(event, frozenset(sources), target, frozenset(roles), guards)


#: Until then the person may take it back.
BEFORE_EXECUTION = {
    State.RECEIVED,
    State.IDENTIFYING,
    State.CLARIFYING,
    State.ASSESSING,
    State.APPROVING,
    State.COOLING_OFF,
}
_UNDER_DECISION = {State.CLARIFYING, State.ASSESSING, State.APPROVING, State.COOLING_OFF}
_ENDED = {state for state in State if state.ended}

_PERSON, _STAFF, _SECOND, _SERVICE = Role.PERSON, Role.STAFF, Role.SECOND, Role.SERVICE

#: Demanded by every row that leads to execution, although earlier rows have demanded most of it: a fact may have
#: changed meanwhile, and no single mistake elsewhere may be enough.
_TO_EXECUTION = (Guard.EXECUTED, Guard.PROVEN, Guard.GRANTED, Guard.AGREED, Guard.COOLED)
_TO_COOLING = (Guard.EXECUTED, Guard.PROVEN, Guard.GRANTED, Guard.AGREED, Guard.COOLING)
_TO_WORDS = (Guard.IN_WORDS, Guard.PROVEN, Guard.GRANTED, Guard.AGREED)

TRANSITIONS: tuple[Transition, ...] = (
    _row(
        Event.ASK_IDENTITY,
        {State.RECEIVED, State.IDENTIFYING},
        State.IDENTIFYING,
        {_STAFF, _SERVICE},
        Guard.IDENTITY_WANTED,
    ),
    _row(
        Event.IDENTIFY,
        {State.RECEIVED, State.IDENTIFYING},
        State.ASSESSING,
        {_PERSON, _STAFF, _SERVICE},
        Guard.PROVEN,
    ),
    _row(Event.DOUBT_IDENTITY, _UNDER_DECISION, State.IDENTIFYING, {_PERSON}, Guard.IDENTITY_WANTED),
    _row(
        Event.DOUBT_IDENTITY,
        _UNDER_DECISION,
        State.IDENTIFYING,
        {_STAFF, _SECOND},
        Guard.IDENTITY_WANTED,
        Guard.REASONED,
    ),
    _row(Event.GIVE_UP_IDENTITY, {State.IDENTIFYING}, State.UNIDENTIFIED, {_STAFF}, Guard.REASONED),
    _row(Event.ASK_CLARIFICATION, {State.ASSESSING}, State.CLARIFYING, {_STAFF}),
    _row(Event.CLARIFY, {State.CLARIFYING}, State.ASSESSING, {_PERSON, _STAFF}),
    _row(Event.GRANT, {State.ASSESSING}, State.APPROVING, {_STAFF}, Guard.TWO_WANTED, Guard.PROVEN, Guard.GRANTED),
    _row(Event.GRANT, {State.ASSESSING}, State.COOLING_OFF, {_STAFF}, Guard.ONE_WANTED, *_TO_COOLING),
    _row(Event.GRANT, {State.ASSESSING}, State.EXECUTING, {_STAFF}, Guard.ONE_WANTED, *_TO_EXECUTION),
    _row(
        Event.GRANT,
        {State.ASSESSING},
        State.EXECUTING,
        {_SERVICE},
        Guard.ONE_WANTED,
        Guard.NOT_WEIGHED,
        *_TO_EXECUTION,
    ),
    _row(Event.GRANT, {State.ASSESSING}, State.ANSWERING, {_STAFF}, Guard.ONE_WANTED, *_TO_WORDS),
    _row(Event.APPROVE, {State.APPROVING}, State.COOLING_OFF, {_SECOND}, Guard.OTHER_APPROVED, *_TO_COOLING),
    _row(Event.APPROVE, {State.APPROVING}, State.EXECUTING, {_SECOND}, Guard.OTHER_APPROVED, *_TO_EXECUTION),
    _row(Event.APPROVE, {State.APPROVING}, State.ANSWERING, {_SECOND}, Guard.OTHER_APPROVED, *_TO_WORDS),
    _row(
        Event.DISAPPROVE,
        {State.APPROVING, State.COOLING_OFF},
        State.ASSESSING,
        {_STAFF, _SECOND},
        Guard.REASONED,
    ),
    _row(Event.REFUSE, {State.ASSESSING}, State.ANSWERING, {_STAFF}, Guard.PROVEN, Guard.REASONED),
    _row(
        Event.REFUSE,
        {State.REVIEWING},
        State.ANSWERING,
        {_STAFF},
        Guard.HANDED_OUT,
        Guard.PROVEN,
        Guard.REASONED,
    ),
    _row(Event.END_COOLING_OFF, {State.COOLING_OFF}, State.EXECUTING, {_SERVICE}, *_TO_EXECUTION),
    _row(Event.FINISH_EXECUTION, {State.EXECUTING}, State.ANSWERING, {_SERVICE}, Guard.FINISHED),
    _row(Event.NEED_REVIEW, {State.EXECUTING}, State.REVIEWING, {_SERVICE}),
    _row(
        Event.NEED_REVIEW,
        {State.ANSWERING},
        State.REVIEWING,
        {_STAFF, _SERVICE},
        Guard.HANDED_OUT,
        Guard.GRANTED,
    ),
    _row(Event.EXECUTE_AGAIN, {State.REVIEWING}, State.EXECUTING, {_STAFF, _SECOND}, *_TO_EXECUTION),
    # Not of what changes data: after a review its execution goes on, or it would be "done" with nothing changed.
    _row(
        Event.FINISH_REVIEW,
        {State.REVIEWING},
        State.ANSWERING,
        {_STAFF},
        Guard.HANDED_OUT,
        Guard.PROVEN,
        Guard.GRANTED,
        Guard.AGREED,
        Guard.FINISHED,
    ),
    _row(Event.ANSWER, {State.ANSWERING}, State.ANSWERED, {_STAFF, _SERVICE}),
    _row(Event.WITHDRAW, BEFORE_EXECUTION, State.WITHDRAWN, {_PERSON}, Guard.OF_A_PERSON),
    _row(Event.WITHDRAW, BEFORE_EXECUTION, State.WITHDRAWN, {_STAFF}, Guard.REASONED),
    # Only once both are identified: else a stranger's request could end the person's, or ride on its proof.
    _row(Event.JOIN, {State.ASSESSING}, State.JOINED, {_STAFF, _SERVICE}, Guard.PROVEN, Guard.SAME_PERSON),
    _row(Event.REOPEN, _ENDED, State.RECEIVED, {_STAFF}, Guard.REASONED),
)

_NO_GRANT: Mapping[str, str | None] = {"granted_by": None, "approved_by": None, "cooling_until": None}
_NO_PROOF: Mapping[str, str | None] = {
    "proof_level": ProofLevel.NONE.value,
    "identified_at": None,
    "subject_id": None,
}

#: What a step takes back, as columns of the request and what they then hold. `cases.advance` sets them.
#: An answer without `granted_by` is a refusal: nothing is handed out with it.
RESETS: Mapping[Event, Mapping[str, str | None]] = MappingProxyType(
    {
        Event.DOUBT_IDENTITY: {**_NO_PROOF, **_NO_GRANT},
        Event.DISAPPROVE: _NO_GRANT,
        Event.REFUSE: _NO_GRANT,
        Event.REOPEN: {
            **_NO_PROOF,
            **_NO_GRANT,
            "decision_enc": None,
            "outcome": None,
            "joined_to": None,
            "ended_at": None,
            "deleted_at": None,
        },
    }
)


def next_state(facts: Facts, event: Event, role: Role) -> State:
    """The state to which the event takes the request; raises `NotPossible`, which says what is missing.

    The caller locks the request, sets what `RESETS` takes back, and writes the step in the same unit of work.
    """
    return decide(TRANSITIONS, facts, event, role)


def decide(table: Sequence[Transition], facts: Facts, event: Event, role: Role) -> State:
    """As `next_state`, by the table given."""
    return possible_row(table, facts, event, role, what="A request", failure=NotPossible, wanted=WANTED).target
