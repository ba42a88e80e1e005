"""An explicit-state model checker of the real workflow table.

`anywhere` looks at single steps from whatever may stand in a request's row. `histories` begins with a received request
and takes every event in every role with every input, until nothing new is found. What happened on the way is kept
beside the row, apart from it, so that a predicate over one step speaks about the whole history before it.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from typing import Any
from uuid import UUID

from privacy.authz.actors import SERVICE_ID
from privacy.dsar.vocabulary import CaseType, Event, ProofLevel, Role, State
from privacy.dsar.workflow import (
    BEFORE_EXECUTION,
    HANDED_OUT,
    IN_WORDS,
    RESETS,
    TRANSITIONS,
    Facts,
    NotPossible,
    Transition,
    decide,
)

ALICE, BORIS = UUID(int=11), UUID(int=12)
NOW, LATER = 1_000, 2_000
Resets = Mapping[Event, Mapping[str, str | None]]


@dataclass(frozen=True)
class Kind:
    """What does not change while a request lives."""

    case_type: CaseType
    needed: ProofLevel
    approvals: int
    cools: bool


KINDS = [
    Kind(*chosen)
    for chosen in product(CaseType, (ProofLevel.NONE, ProofLevel.CONTROL, ProofLevel.DECIDED), (1, 2), (False, True))
]


#: One type for each way that the table tells types apart: enough where a broken table is looked for.
_TOLD_APART = {CaseType.ACCESS, CaseType.ERASURE, CaseType.OBJECTION, CaseType.COMPLAINT, CaseType.AUTHORITY_LETTER}
FEW_KINDS = [kind for kind in KINDS if kind.case_type in _TOLD_APART and kind.needed is not ProofLevel.DECIDED]


@dataclass(frozen=True)
class Row:
    """What is stored of a request."""

    state: State = State.RECEIVED
    case_type: str = ""
    proof_level: str = "none"
    granted_by: UUID | None = None
    approved_by: UUID | None = None
    cooling_until: int | None = None

    def facts(self, kind: Kind, given: Input) -> Facts:
        return Facts(
            case_type=CaseType(self.case_type),
            state=self.state,
            proof=ProofLevel(self.proof_level),
            needed_proof=kind.needed,
            approvals_needed=kind.approvals,
            granted_by=self.granted_by,
            approved_by=self.approved_by,
            cooling_until=self.cooling_until,
            now=NOW,
            reasoned=given.reasoned,
            finished=given.finished,
            same_person=given.same_person,
        )


@dataclass(frozen=True)
class Past:
    """What really happened, whatever the row says; each since it last became void."""

    shown: ProofLevel | None = None
    granted: UUID | None = None
    seconded: UUID | None = None
    cooled: bool = False
    executed: bool = False
    executing_ended: bool = False
    refused: bool = False


@dataclass(frozen=True)
class Input:
    """What comes with an event."""

    role: Role
    actor: UUID = ALICE
    shows: ProofLevel = ProofLevel.NONE
    reasoned: bool = True
    finished: bool = True
    same_person: bool = True


@dataclass(frozen=True)
class World:
    row: Row
    past: Past


@dataclass(frozen=True)
class Step:
    """One step that the table let happen."""

    kind: Kind
    before: World
    event: Event
    given: Input
    after: World
    #: The row as it was judged, and how many rows of the table led somewhere.
    judged: Row
    matching: int


@dataclass(frozen=True)
class Violation:
    rule: str
    history: tuple[str, ...]


@dataclass(frozen=True)
class Model:
    """The table and what its steps take back; the real ones, or broken ones."""

    table: Sequence[Transition] = TRANSITIONS
    resets: Resets = field(default_factory=lambda: RESETS)

    @cached_property
    def _rows(self) -> Mapping[tuple[Event, State], Sequence[Transition]]:
        found: defaultdict[tuple[Event, State], list[Transition]] = defaultdict(list)
        for row in self.table:
            for state in row.sources:
                found[row.event, state].append(row)
        return found

    def step(self, kind: Kind, world: World, event: Event, given: Input) -> Step | None:
        """What `cases.advance` does: the row with what the event brings is judged, then changed."""
        brought: dict[str, Any] = {}
        if event is Event.IDENTIFY:
            brought["proof_level"] = given.shows.value
        if event is Event.GRANT:
            brought["granted_by"] = given.actor
        if event is Event.APPROVE:
            brought["approved_by"] = given.actor
        last_to_agree = Event.GRANT if kind.approvals == 1 else Event.APPROVE
        if kind.cools and event is last_to_agree:
            brought["cooling_until"] = LATER
        judged = replace(world.row, **brought)
        facts = judged.facts(kind, given)
        try:
            state = decide(self._rows.get((event, facts.state), ()), facts, event, given.role)
        except NotPossible:
            return None
        row = replace(judged, state=state, **self._taken_back(event))
        after = World(row, _past(world.past, event, given))
        if state is State.EXECUTING:
            after = replace(after, past=replace(after.past, executed=True, executing_ended=False))
        return Step(kind, world, event, given, after, judged, self._matching(facts, event, given.role))

    def _taken_back(self, event: Event) -> dict[str, Any]:
        columns = self.resets.get(event, {})
        return {name: value for name, value in columns.items() if name in Row.__dataclass_fields__}

    def _matching(self, facts: Facts, event: Event, role: Role) -> int:
        return sum(role in row.roles and not row.unmet(facts) for row in self._rows[event, facts.state])

    def steps(self, kind: Kind, world: World) -> Iterator[Step]:
        """Every step from here, in every role and with every input."""
        for event in Event:
            if (event, world.row.state) not in self._rows:
                assert self.step(kind, world, event, Input(Role.STAFF)) is None
                continue
            for given in _inputs(event):
                if step := self.step(kind, world, event, given):
                    yield step


def _inputs(event: Event) -> Iterator[Input]:
    people = {Role.SERVICE: (SERVICE_ID,)} if event is Event.GRANT else {}
    for role in Role:
        for actor in people.get(role, (ALICE, BORIS) if event in {Event.GRANT, Event.APPROVE} else (ALICE,)):
            given = Input(role, actor)
            if event is Event.IDENTIFY:
                yield from (replace(given, shows=shown) for shown in ProofLevel)
            elif event in {Event.FINISH_EXECUTION, Event.FINISH_REVIEW}:
                yield from (replace(given, finished=finished) for finished in (True, False))
            elif event is Event.JOIN:
                yield from (replace(given, same_person=same) for same in (True, False))
            else:
                yield from (replace(given, reasoned=reasoned) for reasoned in (True, False))


def _past(past: Past, event: Event, given: Input) -> Past:
    changes: dict[Event, Callable[[], Past]] = {
        Event.IDENTIFY: lambda: replace(past, shown=given.shows),
        Event.DOUBT_IDENTITY: Past,
        Event.GRANT: lambda: replace(past, granted=given.actor, seconded=None, cooled=False, refused=False),
        Event.APPROVE: lambda: replace(past, seconded=given.actor, cooled=False),
        Event.DISAPPROVE: lambda: replace(past, granted=None, seconded=None, cooled=False),
        Event.REFUSE: lambda: replace(past, granted=None, seconded=None, cooled=False, refused=given.reasoned),
        Event.FINISH_EXECUTION: lambda: replace(past, executing_ended=given.finished),
        Event.FINISH_REVIEW: lambda: replace(past, executing_ended=given.finished),
        Event.REOPEN: Past,
    }
    return changes.get(event, lambda: past)()


def _time_passes(world: World) -> World:
    if world.row.cooling_until != LATER:
        return world
    return World(replace(world.row, cooling_until=NOW), replace(world.past, cooled=True))


#: Each rule of the workflow as a predicate over a step and, by `past`, over all before it.
Rule = Callable[[Step], bool]


def _begins(step: Step) -> bool:
    return step.after.row.state is State.EXECUTING


def _proven(step: Step) -> bool:
    shown = step.after.past.shown
    return shown is not None and shown.rank >= step.kind.needed.rank


def _two_people(step: Step) -> bool:
    past = step.after.past
    return step.kind.approvals < 2 or (past.seconded is not None and past.seconded != past.granted)


def _answer_is_due(step: Step) -> bool:
    past = step.after.past
    if past.refused:
        return step.after.row.granted_by is None
    if step.kind.case_type in IN_WORDS:
        return past.granted is not None and _two_people(step) and _proven(step)
    return past.executed and past.executing_ended and step.after.row.granted_by is not None


RULES: dict[str, Rule] = {
    "execution begins with the person known well enough": lambda s: not _begins(s) or _proven(s),
    "execution begins with somebody's grant": lambda s: not _begins(s) or s.after.past.granted is not None,
    "execution begins with two people's word where two are wanted": lambda s: not _begins(s) or _two_people(s),
    "execution begins after the cooling-off": lambda s: not _begins(s) or not s.kind.cools or s.after.past.cooled,
    "the type never changes": lambda s: s.after.row.case_type == s.kind.case_type.value,
    "what is answered in words asks no system": lambda s: not _begins(s) or s.kind.case_type not in IN_WORDS,
    "one row at most leads on": lambda s: s.matching == 1,
    "a decision is about a known person": lambda s: (
        s.after.row.state not in {State.ASSESSING, State.APPROVING, State.COOLING_OFF, State.JOINED} or _proven(s)
    ),
    "no identification beyond the contact where none is wanted": lambda s: (
        s.after.row.state is not State.IDENTIFYING or s.kind.needed is not ProofLevel.NONE
    ),
    "nothing is granted while the person is unknown": lambda s: (
        s.after.row.state not in {State.RECEIVED, State.IDENTIFYING}
        or (s.after.row.granted_by, s.after.row.approved_by, s.after.row.cooling_until) == (None, None, None)
    ),
    "a request begins and begins again without proof": lambda s: (
        s.after.row.state is not State.RECEIVED or s.after.row.proof_level == "none"
    ),
    "who doubts keeps no proof": lambda s: s.event is not Event.DOUBT_IDENTITY or s.after.row.proof_level == "none",
    "only the person's own and those of the staff take back": lambda s: (
        s.event is not Event.WITHDRAW
        or (s.given.role is Role.PERSON and s.kind.case_type.of_a_person)
        or (s.given.role is Role.STAFF and s.given.reasoned)
    ),
    "nothing is taken back once execution has begun": lambda s: (
        s.event is not Event.WITHDRAW or not s.after.past.executed
    ),
    "a refusal and its like have reasons": lambda s: (
        s.event not in {Event.REFUSE, Event.GIVE_UP_IDENTITY, Event.DISAPPROVE, Event.REOPEN} or s.given.reasoned
    ),
    "staff doubt with reasons": lambda s: (
        s.event is not Event.DOUBT_IDENTITY or s.given.role is Role.PERSON or s.given.reasoned
    ),
    "an answer follows a reasoned refusal, or an execution that is whole": lambda s: (
        s.after.row.state not in {State.ANSWERING, State.ANSWERED} or _answer_is_due(s)
    ),
    "only what is handed out is refused or finished in a review": lambda s: (
        s.before.row.state is not State.REVIEWING or s.event is Event.EXECUTE_AGAIN or s.kind.case_type in HANDED_OUT
    ),
    "an answer goes back to a review only for what is handed out": lambda s: (
        s.before.row.state is not State.ANSWERING
        or s.event is not Event.NEED_REVIEW
        or (s.kind.case_type in HANDED_OUT and not s.after.past.refused)
    ),
    "a duplicate is joined to its own person's": lambda s: s.event is not Event.JOIN or s.given.same_person,
    "an ended request stays ended unless staff reopen it": lambda s: (
        not s.before.row.state.ended
        or (s.event is Event.REOPEN and s.given.role is Role.STAFF and s.after.row.state is State.RECEIVED)
    ),
    "the person grants, approves and ends nothing": lambda s: (
        s.given.role is not Role.PERSON
        or s.event in {Event.IDENTIFY, Event.CLARIFY, Event.DOUBT_IDENTITY, Event.WITHDRAW}
    ),
    "the second person's word is the second person's": lambda s: (
        s.event is not Event.APPROVE or (s.given.role is Role.SECOND and s.given.actor != s.judged.granted_by)
    ),
    "the service decides nothing that a person must weigh": lambda s: (
        s.event is not Event.GRANT
        or s.given.role is Role.STAFF
        or (s.given.role is Role.SERVICE and s.kind.case_type is CaseType.OBJECTION and s.kind.needed.rank == 0)
    ),
}

#: Single steps: whatever else the row says, what it says itself must allow them.
STORED: dict[str, Rule] = {
    "execution begins by a row that allows it": lambda s: (
        not _begins(s)
        or (
            ProofLevel(s.judged.proof_level).rank >= s.kind.needed.rank
            and s.judged.granted_by is not None
            and (s.kind.approvals < 2 or s.judged.approved_by not in {None, s.judged.granted_by})
            and (s.judged.cooling_until or 0) <= NOW
            and s.kind.case_type not in IN_WORDS
        )
    ),
    "an answer in words is somebody's": lambda s: (
        s.event not in {Event.GRANT, Event.APPROVE}
        or s.after.row.state is not State.ANSWERING
        or (s.kind.case_type in IN_WORDS and s.judged.granted_by is not None)
    ),
    **{name: RULES[name] for name in ("one row at most leads on", "the second person's word is the second person's")},
}


_PEOPLE = [(None, None), (ALICE, None), (None, BORIS), (ALICE, ALICE), (ALICE, BORIS)]


def anywhere(model: Model) -> Violation | None:
    """The first single step that breaks a rule, from any state with anything in the row."""
    kinds = [kind for kind in FEW_KINDS if not kind.cools]
    proofs, untils = (ProofLevel.NONE, ProofLevel.CONTROL), (None, LATER)
    for kind, state, proof, people, until in product(kinds, State, proofs, _PEOPLE, untils):
        row = Row(state, kind.case_type.value, proof.value, *people, until)
        for step in model.steps(kind, World(row, Past())):
            if broken := _broken(STORED, step):
                return Violation(broken, (_line(step),))
    return None


@dataclass
class Explored:
    """What an exploration saw."""

    violation: Violation | None = None
    steps: int = 0
    #: Event, role, from, to.
    taken: set[tuple[Event, Role, State, State]] = field(default_factory=set)


def histories(model: Model, kinds: Sequence[Kind] = KINDS) -> Explored:
    """Every history from a received request; stops at the first that breaks a rule."""
    explored = Explored()
    for kind in kinds:
        explored.violation = _explore(model, kind, explored)
        if explored.violation:
            break
    return explored


def _explore(model: Model, kind: Kind, explored: Explored) -> Violation | None:
    first = World(Row(case_type=kind.case_type.value), Past())
    came: dict[World, tuple[World, str] | None] = {first: None}
    back: defaultdict[World, set[World]] = defaultdict(set)
    queue = deque([first])
    while queue:
        world = queue.popleft()
        ways: list[tuple[World, str]] = [(_time_passes(world), "time passes")]
        stoppable = False
        for step in model.steps(kind, world):
            explored.steps += 1
            explored.taken.add((step.event, step.given.role, step.before.row.state, step.after.row.state))
            if broken := _broken(RULES, step):
                return Violation(broken, (*_history(came, world), _line(step)))
            stoppable |= step.event is Event.WITHDRAW and step.given.role is Role.PERSON
            ways.append((step.after, _line(step)))
        if world.row.state in BEFORE_EXECUTION and kind.case_type.of_a_person and not stoppable:
            return Violation("the person may take it back until execution begins", _history(came, world))
        for after, line in ways:
            back[after].add(world)
            if after not in came:
                came[after] = (world, line)
                queue.append(after)
    return _stranded(came, back)


def _stranded(came: Mapping[World, tuple[World, str] | None], back: Mapping[World, set[World]]) -> Violation | None:
    """A world from which no way leads to an end."""
    ends = [world for world in came if world.row.state.ended]
    ending = set(ends)
    while ends:
        for world in back.get(ends.pop(), set()) - ending:
            ending.add(world)
            ends.append(world)
    stranded = next((world for world in came if world not in ending), None)
    return None if stranded is None else Violation("every request can come to an end", _history(came, stranded))


def _broken(rules: Mapping[str, Rule], step: Step) -> str | None:
    return next((name for name, holds in rules.items() if not holds(step)), None)


def _history(came: Mapping[World, tuple[World, str] | None], world: World) -> tuple[str, ...]:
    lines: list[str] = []
    while before := came[world]:
        world, line = before
        lines.append(line)
    return tuple(reversed(lines))


def _line(step: Step) -> str:
    return f"{step.event} by {step.given.role}: {step.before.row.state} -> {step.after.row.state}"
