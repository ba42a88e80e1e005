"""The course of a disposal run as one table: which event takes it from where to where (docs/disposal-runs.md).

Pure: it decides and changes nothing. Nothing runs that was not counted before, and agreed to by as many people as its
rules want, for exactly the counts that they saw.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from uuid import UUID

from privacy.errors import Conflict
from privacy.retention.runs.vocabulary import Event, RunState


class RunStepNotPossible(Conflict):
    """The step is not possible where the disposal run stands."""

    code = "disposal-run-step-not-possible"


class SamePersonAgain(Conflict):
    """Two people must agree to this run: another one than the first."""

    code = "disposal-run-same-person"


@dataclass(frozen=True)
class Agreed:
    """Who agreed to a run."""

    #: How many people must.
    wanted: int
    first_by: UUID | None
    second_by: UUID | None

    @property
    def enough(self) -> bool:
        """Whether as many different people agreed as must."""
        people = {one for one in (self.first_by, self.second_by) if one is not None}
        return len(people) >= self.wanted


_BEFORE = frozenset({RunState.PREVIEWED, RunState.APPROVED, RunState.STOPPED, RunState.EXCEEDED})
#: Event -> the states in which it may come, and the state that it leads to.
TRANSITIONS: Mapping[Event, tuple[frozenset[RunState], RunState]] = MappingProxyType(
    {
        Event.PREVIEW: (_BEFORE, RunState.PREVIEWING),
        Event.COUNT: (frozenset({RunState.PREVIEWING}), RunState.PREVIEWED),
        Event.APPROVE: (frozenset({RunState.PREVIEWED}), RunState.PREVIEWED),
        Event.AGREE: (frozenset({RunState.PREVIEWED}), RunState.APPROVED),
        Event.START: (frozenset({RunState.APPROVED, RunState.STOPPED}), RunState.RUNNING),
        Event.STOP: (frozenset({RunState.RUNNING}), RunState.STOPPED),
        Event.EXCEED: (frozenset({RunState.RUNNING}), RunState.EXCEEDED),
        Event.FINISH: (frozenset({RunState.RUNNING}), RunState.DONE),
        Event.CANCEL: (_BEFORE | {RunState.PREVIEWING}, RunState.CANCELLED),
    }
)


def next_state(state: RunState, event: Event, agreed: Agreed) -> RunState:
    """The state to which the event takes a run; raises `RunStepNotPossible`."""
    sources, target = TRANSITIONS[event]
    if state not in sources:
        there = ", ".join(one for one, (some, _) in TRANSITIONS.items() if state in some)
        text = f"A run that is {state} cannot be moved by {event}." + (f" There is: {there}." if there else "")
        raise RunStepNotPossible(text, state=state.value)
    if event in {Event.AGREE, Event.START} and not agreed.enough:
        raise RunStepNotPossible("Not as many people have agreed to it as its rules want.", state=state.value)
    return target


def agree(agreed: Agreed, person: UUID) -> Agreed:
    """Who agreed, once this person does too. Raises `SamePersonAgain`, `RunStepNotPossible`."""
    if agreed.enough:
        raise RunStepNotPossible("Nobody else needs to agree to it.")
    if agreed.first_by is None:
        return Agreed(agreed.wanted, person, None)
    if agreed.first_by == person:
        raise SamePersonAgain
    return Agreed(agreed.wanted, agreed.first_by, person)
