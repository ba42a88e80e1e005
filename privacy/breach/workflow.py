"""The workflow of breaches as one table: which event takes a breach from where to where (Art. 33, 34).

Pure: it decides and changes nothing. `register.advance` is the one who asks and writes. A notification never waits for
an assessment or a decision, since its hours run; not notifying always does. Tests explore every state, event, role and
fact of this table (docs/breaches.md).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from privacy.breach.vocabulary import Event, Risk, Role, State
from privacy.errors import Conflict
from privacy.workflow import possible_row


class BreachStepNotPossible(Conflict):
    """The step is not possible where the breach stands."""

    code = "breach-step-not-possible"


@dataclass(frozen=True)
class Situation:
    """What a step depends on: the breach as the step would leave it, but for its state.

    So an assessment comes with its own risk, a decision with what it decides and by whom.
    """

    state: State
    #: Whether reasons are recorded with the step.
    reasoned: bool = False
    #: Whether the moment of awareness is recorded, and lies where it may.
    aware: bool = False
    #: The newest assessment since the breach was opened or reopened; whether each of its questions is answered.
    risk: Risk | None = None
    written: bool = False
    #: Whether the controller has a data protection officer, and who of them spoke about the newest assessment.
    has_officer: bool = True
    opined_by: UUID | None = None
    #: The decision about the newest assessment: by whom, and whether the authority and the persons are told.
    decided_by: UUID | None = None
    notify: bool | None = None
    tell: bool | None = None
    #: Whether a ground of Art. 34(3) is named.
    excepted: bool = False
    #: Whether it is that of (c): then the public is told in their place.
    publicly: bool = False
    #: Whether a notification stands (was sent and not withdrawn), and whether a complete one was sent.
    notified: bool = False
    completed: bool = False
    #: Whether the hours of the authority's clock are over, and whether it is said why.
    late: bool = False
    late_reasoned: bool = False
    contained: bool = False
    communicated: bool = False
    tasks_done: bool = False


class Guard(StrEnum):
    """What must hold for a step; its value is the code that the problem names."""

    REASONED = "reasoned"
    AWARE = "aware"
    NOT_AWARE = "not_aware"
    WRITTEN = "written"
    ASSESSED = "assessed"
    OPINED = "opined"
    OTHER_DECIDES = "other_decides"
    NOTIFYING_LAWFUL = "notifying_lawful"
    TELLING_LAWFUL = "telling_lawful"
    NOT_NOTIFIED = "not_notified"
    NOTIFIED = "notified"
    IN_TIME = "in_time"
    DECIDED = "decided"
    AUTHORITY_TOLD = "authority_told"
    PERSONS_TOLD = "persons_told"
    CONTAINED = "contained"
    COMPLETED = "completed"
    TASKS_DONE = "tasks_done"


def _notifying_lawful(now: Situation) -> bool:
    """Art. 33(1): only where a risk is unlikely is nobody notified. What was notified is not decided away."""
    return now.notify is not None and (now.notify or (now.risk is Risk.UNLIKELY and not now.notified))


def _telling_lawful(now: Situation) -> bool:
    """Art. 34(1) and (3): at a high risk the persons are told, but for the three exceptions."""
    return now.tell is not None and (now.tell or now.risk is not Risk.HIGH or now.excepted)


_HOLDS: Mapping[Guard, Callable[[Situation], bool]] = {
    Guard.REASONED: lambda now: now.reasoned,
    Guard.AWARE: lambda now: now.aware,
    Guard.NOT_AWARE: lambda now: not now.aware,
    Guard.WRITTEN: lambda now: now.written,
    Guard.ASSESSED: lambda now: now.risk is not None,
    Guard.OPINED: lambda now: not now.has_officer or now.opined_by is not None,
    Guard.OTHER_DECIDES: lambda now: now.decided_by is not None and now.decided_by != now.opined_by,
    Guard.NOTIFYING_LAWFUL: _notifying_lawful,
    Guard.TELLING_LAWFUL: _telling_lawful,
    Guard.NOT_NOTIFIED: lambda now: not now.notified,
    Guard.NOTIFIED: lambda now: now.notified,
    Guard.IN_TIME: lambda now: not now.late or now.late_reasoned,
    Guard.DECIDED: lambda now: now.decided_by is not None,
    Guard.AUTHORITY_TOLD: lambda now: not now.notify or now.notified,
    # Of Art. 34(3) only (a) and (b) want no word to anybody.
    Guard.PERSONS_TOLD: lambda now: now.communicated or not (now.tell or now.publicly),
    Guard.CONTAINED: lambda now: now.contained,
    Guard.COMPLETED: lambda now: not now.notified or now.completed,
    Guard.TASKS_DONE: lambda now: now.tasks_done,
}

#: What is said where a guard does not hold.
WANTED: Mapping[Guard, str] = {
    Guard.REASONED: "Reasons must be recorded with it.",
    Guard.AWARE: "It is not recorded since when the controller is aware of it.",
    Guard.NOT_AWARE: "The controller is aware of it: it goes on from there.",
    Guard.WRITTEN: "Every question of the assessment must be answered in words.",
    Guard.ASSESSED: "What may follow for the persons is not assessed.",
    Guard.OPINED: "The data protection officer has not spoken about the newest assessment.",
    Guard.OTHER_DECIDES: "Another person than the one who gave the opinion must decide.",
    Guard.NOTIFYING_LAWFUL: "Only a breach that is unlikely to result in a risk need not be notified (Art. 33(1)).",
    Guard.TELLING_LAWFUL: "At a high risk the persons are told, unless a ground of Art. 34(3) is named.",
    Guard.NOT_NOTIFIED: "The authority has been notified: supplement the notification, complete it or withdraw it.",
    Guard.NOTIFIED: "The authority has not been notified yet.",
    Guard.IN_TIME: "The hours are over: say why the notification is late (Art. 33(1)).",
    Guard.DECIDED: "The controller has not decided whom to tell.",
    Guard.AUTHORITY_TOLD: "The authority is to be notified first, as was decided.",
    Guard.PERSONS_TOLD: "The persons are to be told first, or the public in their place, as was decided.",
    Guard.CONTAINED: "It is not recorded that the breach is contained.",
    Guard.COMPLETED: "The notification is not complete yet.",
    Guard.TASKS_DONE: "A task is open: do it, or drop it with a reason.",
}


@dataclass(frozen=True)
class Transition:
    """One row of the table. Rows of one event and state exclude each other by their guards."""

    event: Event
    sources: frozenset[State]
    #: None where the breach stays where it is.
    target: State | None
    roles: frozenset[Role]
    guards: tuple[Guard, ...] = ()

    def unmet(self, now: Situation) -> tuple[Guard, ...]:
        """The guards that do not hold."""
        return tuple(guard for guard in self.guards if not _HOLDS[guard](now))


def _row(event: Event, sources: set[State], target: State | None, roles: set[Role], *guards: Guard) -> Transition:
    return Transition(event, frozenset(sources), target, frozenset(roles), guards)


_HANDLER, _OFFICER, _CONTROLLER, _SERVICE = Role.HANDLER, Role.OFFICER, Role.CONTROLLER, Role.SERVICE
_BEFORE = {State.DETECTED, State.TRIAGE}
#: Since the controller is aware, until it ends.
RUNNING = {State.AWARE, State.ASSESSMENT, State.RESPONSE, State.REVIEW}
_ENDED = {state for state in State if state.ended}

TRANSITIONS: tuple[Transition, ...] = (
    _row(Event.START_TRIAGE, {State.DETECTED}, State.TRIAGE, {_HANDLER}),
    _row(Event.DISMISS, _BEFORE, State.NOT_A_BREACH, {_HANDLER}, Guard.REASONED, Guard.NOT_AWARE),
    # Once the clocks run, only who decides may say that there was nothing, and no notification may stand.
    _row(Event.DISMISS, RUNNING, State.NOT_A_BREACH, {_CONTROLLER}, Guard.REASONED, Guard.NOT_NOTIFIED),
    _row(Event.BECOME_AWARE, _BEFORE, State.AWARE, {_HANDLER}, Guard.REASONED, Guard.AWARE),
    _row(Event.CORRECT_AWARENESS, RUNNING, None, {_HANDLER}, Guard.REASONED, Guard.AWARE),
    _row(Event.ASSESS, RUNNING, State.ASSESSMENT, {_HANDLER, _OFFICER}, Guard.AWARE, Guard.WRITTEN, Guard.ASSESSED),
    _row(Event.OPINE, {State.ASSESSMENT}, None, {_OFFICER}, Guard.REASONED, Guard.ASSESSED),
    _row(
        Event.DECIDE,
        {State.ASSESSMENT},
        State.RESPONSE,
        {_CONTROLLER},
        Guard.REASONED,
        Guard.ASSESSED,
        Guard.OPINED,
        Guard.OTHER_DECIDES,
        Guard.NOTIFYING_LAWFUL,
        Guard.TELLING_LAWFUL,
    ),
    _row(Event.CONTAIN, _BEFORE | RUNNING, None, {_HANDLER}, Guard.REASONED),
    _row(Event.NOTIFY_INITIAL, RUNNING, None, {_HANDLER}, Guard.AWARE, Guard.NOT_NOTIFIED, Guard.IN_TIME),
    _row(Event.NOTIFY_SUPPLEMENTARY, RUNNING, None, {_HANDLER}, Guard.NOTIFIED),
    # The first and only one, or what ends a notification in phases: its lateness was told with the first.
    _row(Event.NOTIFY_COMPLETE, RUNNING, None, {_HANDLER}, Guard.AWARE, Guard.IN_TIME),
    _row(Event.WITHDRAW_NOTIFICATION, RUNNING, None, {_CONTROLLER}, Guard.REASONED, Guard.NOTIFIED),
    _row(Event.COMMUNICATE, RUNNING, None, {_HANDLER, _CONTROLLER, _SERVICE}, Guard.AWARE),
    _row(
        Event.START_REVIEW,
        {State.RESPONSE},
        State.REVIEW,
        {_HANDLER},
        Guard.DECIDED,
        Guard.CONTAINED,
        Guard.AUTHORITY_TOLD,
        Guard.PERSONS_TOLD,
    ),
    _row(
        Event.CLOSE,
        {State.REVIEW},
        State.CLOSED,
        {_CONTROLLER},
        Guard.REASONED,
        Guard.DECIDED,
        Guard.CONTAINED,
        Guard.AUTHORITY_TOLD,
        Guard.PERSONS_TOLD,
        Guard.COMPLETED,
        Guard.TASKS_DONE,
    ),
    _row(Event.REOPEN, _ENDED, State.AWARE, {_HANDLER, _CONTROLLER}, Guard.REASONED, Guard.AWARE),
    _row(
        Event.REOPEN,
        {State.NOT_A_BREACH},
        State.TRIAGE,
        {_HANDLER, _CONTROLLER},
        Guard.REASONED,
        Guard.NOT_AWARE,
    ),
)

#: What a step takes back, as columns of the breach and what they then hold. `register.advance` sets them. An
#: assessment and a decision taken back stay as records; they are no longer the ones that count.
RESETS: Mapping[Event, Mapping[str, None]] = MappingProxyType(
    {
        Event.ASSESS: {"opinion_id": None, "decision_id": None},
        Event.REOPEN: {
            "assessment_id": None,
            "opinion_id": None,
            "decision_id": None,
            "contained_at": None,
            "ended_at": None,
        },
    }
)


def next_state(now: Situation, event: Event, role: Role) -> State:
    """The state to which the event takes the breach; raises `BreachStepNotPossible`, which says what is missing.

    The caller locks the breach, sets what `RESETS` takes back, and writes the step in the same unit of work.
    """
    return decide(TRANSITIONS, now, event, role)


def decide(table: Sequence[Transition], now: Situation, event: Event, role: Role) -> State:
    """As `next_state`, by the table given."""
    row = possible_row(table, now, event, role, what="A breach", failure=BreachStepNotPossible, wanted=WANTED)
    return row.target or now.state
