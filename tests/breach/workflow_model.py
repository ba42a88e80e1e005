"""An explicit-state model checker of the real workflow table of breaches.

`anywhere` looks at single steps from every situation that differs in at most two facts from one in which all is as it
should be. `histories` begins with a detected breach and takes every event in every role with every input, until nothing
new is found; what really happened is kept beside the row, apart from it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, product
from typing import Any
from uuid import UUID

from privacy.breach.vocabulary import Event, Risk, Role, State
from privacy.breach.workflow import RESETS, TRANSITIONS, BreachStepNotPossible, Situation, Transition, decide

OFFICER, BOSS = UUID(int=11), UUID(int=12)
RUNNING = {State.AWARE, State.ASSESSMENT, State.RESPONSE, State.REVIEW}
_BEGUN = Situation(state=State.DETECTED)
#: In which nothing keeps any step back.
_GOOD = Situation(
    state=State.DETECTED,
    reasoned=True,
    aware=True,
    risk=Risk.RISK,
    written=True,
    opined_by=OFFICER,
    decided_by=BOSS,
    notify=True,
    tell=True,
    notified=True,
    completed=True,
    contained=True,
    communicated=True,
    tasks_done=True,
)
_SILENT = replace(_GOOD, risk=Risk.UNLIKELY, notify=False, tell=False, notified=False, completed=False)
_OTHERWISE: Mapping[str, tuple[Any, ...]] = {
    "reasoned": (False,),
    "aware": (False,),
    "risk": (None, *Risk),
    "written": (False,),
    "has_officer": (False,),
    "opined_by": (None, BOSS),
    "decided_by": (None, OFFICER),
    "notify": (None, True, False),
    "tell": (None, True, False),
    "excepted": (True,),
    "publicly": (True,),
    "notified": (True, False),
    "completed": (True, False),
    "late": (True,),
    "late_reasoned": (True,),
    "contained": (False,),
    "communicated": (False,),
    "tasks_done": (False,),
}


@dataclass(frozen=True)
class Step:
    """One step that the table let happen."""

    before: Situation
    event: Event
    role: Role
    to: State
    matching: int


@dataclass(frozen=True)
class Violation:
    rule: str
    step: Step


def _decision_holds(now: Situation) -> bool:
    """What any decision must be, by the law and not by the table."""
    by_another = now.decided_by is not None and now.decided_by != now.opined_by
    heard = now.opined_by is not None or not now.has_officer
    silence = now.risk is Risk.UNLIKELY and not now.notified
    hidden = now.risk is not Risk.HIGH or now.excepted
    known = now.risk is not None and now.notify is not None and now.tell is not None
    return known and by_another and heard and bool(now.notify or silence) and bool(now.tell or hidden)


def _settled(now: Situation) -> bool:
    """Whether what was decided is done."""
    told = (not now.notify or now.notified) and (not (now.tell or now.publicly) or now.communicated)
    return now.decided_by is not None and told and now.contained


_INITIAL, _COMPLETE = Event.NOTIFY_INITIAL, Event.NOTIFY_COMPLETE
_OF_THE_AWARE = {Event.CORRECT_AWARENESS, Event.ASSESS, _INITIAL, _COMPLETE, Event.COMMUNICATE}
_ENDS = {Event.CLOSE, Event.DISMISS}
_WORDLESS = {Event.START_TRIAGE, Event.ASSESS, _INITIAL, Event.NOTIFY_SUPPLEMENTARY, _COMPLETE}
_WORDLESS |= {Event.COMMUNICATE, Event.START_REVIEW}

#: What must hold of every step; each says so where it does not concern it.
RULES: Mapping[str, Callable[[Step], bool]] = {
    "one row of the table takes it": lambda s: s.matching == 1,
    "reasons are recorded": lambda s: s.event in _WORDLESS or s.before.reasoned,
    "the officer assesses and advises, no more": lambda s: (
        s.role is not Role.OFFICER or s.event in {Event.ASSESS, Event.OPINE}
    ),
    "only the officer gives the opinion": lambda s: s.event is not Event.OPINE or s.role is Role.OFFICER,
    "only the controller decides and closes": lambda s: (
        s.event not in {Event.DECIDE, Event.CLOSE} or s.role is Role.CONTROLLER
    ),
    "a decision is lawful": lambda s: s.event is not Event.DECIDE or _decision_holds(s.before),
    "an assessment is written": lambda s: (
        s.event is not Event.ASSESS or (s.before.written and s.before.risk is not None)
    ),
    "an opinion is about an assessment": lambda s: s.event is not Event.OPINE or s.before.risk is not None,
    "nothing runs before the controller is aware": lambda s: (
        s.before.aware or (s.event not in _OF_THE_AWARE and (s.to not in RUNNING or s.before.state in RUNNING))
    ),
    "what runs is dismissed by the controller, once nothing is notified": lambda s: (
        s.event is not Event.DISMISS
        or (s.before.state not in RUNNING and not s.before.aware)
        or (s.before.state in RUNNING and s.role is Role.CONTROLLER and not s.before.notified)
    ),
    "who is aware does not go back to a first look": lambda s: (
        s.event is not Event.REOPEN or (s.to is State.AWARE) == s.before.aware
    ),
    "the first notification is the first": lambda s: s.event is not _INITIAL or not s.before.notified,
    "what follows a notification has one before it": lambda s: (
        s.event not in {Event.NOTIFY_SUPPLEMENTARY, Event.WITHDRAW_NOTIFICATION} or s.before.notified
    ),
    "a late notification says why": lambda s: (
        s.event not in {_INITIAL, _COMPLETE} or not s.before.late or s.before.late_reasoned
    ),
    "a review comes after what was decided": lambda s: s.event is not Event.START_REVIEW or _settled(s.before),
    "an end comes after all of it": lambda s: (
        s.event is not Event.CLOSE
        or (_settled(s.before) and s.before.tasks_done and (not s.before.notified or s.before.completed))
    ),
    "nothing ends but by closing or dismissing": lambda s: not s.to.ended or s.event in _ENDS,
    "what has ended is only reopened": lambda s: not s.before.state.ended or s.event is Event.REOPEN,
}


@dataclass(frozen=True)
class Model:
    """The table and what its steps take back; the real ones, or broken ones."""

    table: Sequence[Transition] = TRANSITIONS
    resets: Mapping[Event, Mapping[str, None]] = field(default_factory=lambda: RESETS)

    def step(self, before: Situation, event: Event, role: Role) -> Step | None:
        """The step, where the table lets it happen."""
        try:
            to = decide(self.table, before, event, role)
        except BreachStepNotPossible:
            return None
        rows = [row for row in self.table if row.event is event and before.state in row.sources and role in row.roles]
        return Step(before, event, role, to, sum(not row.unmet(before) for row in rows))


def anywhere(model: Model) -> Violation | None:
    """The first single step that breaks a rule."""
    for before in _situations():
        for event, role in product(Event, Role):
            if any(row.event is event and before.state in row.sources and role in row.roles for row in model.table):
                step = model.step(before, event, role)
                if step is not None and (broken := _broken(step)):
                    return Violation(broken, step)
    return None


def _broken(step: Step) -> str | None:
    return next((name for name, holds in RULES.items() if not holds(step)), None)


def _situations() -> Iterator[Situation]:
    changes = [(name, value) for name, values in _OTHERWISE.items() for value in values]
    for state, good in product(State, (_GOOD, _SILENT)):
        base = replace(good, state=state)
        yield base
        for one, other in combinations(changes, 2):
            yield replace(base, **dict((one, other)))


@dataclass(frozen=True)
class World:
    """What stands; whether judgements are about the newest assessment, and it was contained, since it was opened."""

    now: Situation
    fresh_opinion: bool = False
    fresh_decision: bool = False
    fresh_containment: bool = False


_COLUMNS: Mapping[str, Mapping[str, Any]] = {
    "assessment_id": {"risk": None, "written": False},
    "opinion_id": {"opined_by": None},
    "decision_id": {"decided_by": None, "notify": None, "tell": None, "excepted": False, "publicly": False},
    "contained_at": {"contained": False},
    "ended_at": {},
}
_FACTS = ("reasoned", "late", "late_reasoned", "tasks_done")
_BRINGS: Mapping[Event, Sequence[Mapping[str, Any]]] = {
    Event.BECOME_AWARE: [{"aware": True}],
    Event.ASSESS: [{"risk": risk, "written": True} for risk in Risk],
    Event.OPINE: [{"opined_by": OFFICER}],
    Event.DECIDE: [
        {"decided_by": by, "notify": notify, "tell": tell}
        for by, notify, tell in product((BOSS, OFFICER), (True, False), (True, False))
    ]
    + [{"decided_by": BOSS, "notify": True, "tell": False, "excepted": True, "publicly": True}],
    Event.CONTAIN: [{"contained": True}],
    Event.NOTIFY_INITIAL: [{}],
    Event.COMMUNICATE: [{"communicated": True}],
}
_AFTER: Mapping[Event, Mapping[str, Any]] = {
    Event.NOTIFY_INITIAL: {"notified": True},
    Event.NOTIFY_COMPLETE: {"notified": True, "completed": True},
    Event.WITHDRAW_NOTIFICATION: {"notified": False, "completed": False},
}


@dataclass
class Explored:
    """Every world that a detected breach can come to."""

    worlds: set[World]
    taken: set[tuple[Event, Role, State, State]]
    stale: list[Step]
    #: Worlds from which no end can be reached.
    stuck: set[World]


def histories(model: Model) -> Explored:
    """Every step from a detected breach on, until nothing new is found."""
    first = World(_BEGUN)
    found, taken, stale = {first}, set(), []
    back: dict[World, set[World]] = {}
    queue = deque([first])
    while queue:
        world = queue.popleft()
        for step, after in _steps(model, world):
            taken.add((step.event, step.role, step.before.state, step.to))
            if step.event is Event.CLOSE and not (
                after.fresh_decision and after.fresh_opinion and after.fresh_containment
            ):
                stale.append(step)
            back.setdefault(after, set()).add(world)
            if after not in found:
                found.add(after)
                queue.append(after)
    return Explored(found, taken, stale, found - _leading_to_an_end(found, back))


def _steps(model: Model, world: World) -> Iterator[tuple[Step, World]]:
    for event, role in product(Event, Role):
        for brings in _BRINGS.get(event, [{}]):
            taken_back: dict[str, Any] = {}
            for column in model.resets.get(event, {}):
                taken_back |= _COLUMNS[column]
            judged = replace(world.now, **{"reasoned": True, "tasks_done": True, **taken_back, **brings})
            step = model.step(judged, event, role)
            if step is None:
                continue
            after = replace(judged, **{"state": step.to, **_AFTER.get(event, {}), **dict.fromkeys(_FACTS, False)})
            anew = event in {Event.ASSESS, Event.REOPEN}
            yield (
                step,
                World(
                    after,
                    not anew and (world.fresh_opinion or event is Event.OPINE),
                    not anew and (world.fresh_decision or event is Event.DECIDE),
                    event is not Event.REOPEN and (world.fresh_containment or event is Event.CONTAIN),
                ),
            )


def _leading_to_an_end(found: set[World], back: Mapping[World, set[World]]) -> set[World]:
    ended = {world for world in found if world.now.state.ended}
    queue = deque(ended)
    while queue:
        for before in back.get(queue.popleft(), set()) - ended:
            ended.add(before)
            queue.append(before)
    return ended
