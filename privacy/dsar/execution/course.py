"""The execution of a request over every system: which tasks follow on which, and when it is done.

Every system is searched; then each is changed, in one transaction there; recipients are told (Art. 19); an erasure
looks once more for what arrived meanwhile, and only then this service's own data and the person's key go. A task that
somebody must decide about brings the request to a review; it is done only when every task is done or excepted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from privacy.authz.actors import SERVICE, Actor
from privacy.crypto.owner_keys import OwnerKey
from privacy.dsar import cases
from privacy.dsar.execution import changing, finding, own_changes, recipients, tasks
from privacy.dsar.execution.finding import Picture, Wanted
from privacy.dsar.execution.tasks import FOR_SOMEBODY, OWN_SYSTEM, Fate
from privacy.dsar.models import DataSubjectRequest, RequestTask
from privacy.dsar.vocabulary import CaseType, Event, Role, State, TaskKind, TaskState
from privacy.dsar.workflow import HANDED_OUT
from privacy.programme.data_map import Strategy

#: What arrives while an erasure runs is looked for as often; then a person asks why it does not end.
MOST_LOOKS = 5
#: The code of a task that found rows which may be somebody else's.
DOUBTFUL = "doubtful-match"
#: The code of a task whose erasure finds new data again and again.
NO_END = "data-keep-arriving"


@dataclass(frozen=True)
class SystemOutcome:
    """What came of a request in one system, as the person is told it."""

    system: str
    #: `vocabulary.TaskState`: of its tasks the one that is farthest from the end.
    state: str
    #: Rows.
    found: int
    deleted: int
    changed: int
    #: Since when, in microseconds; None until it is done.
    done_at: int | None
    #: What became of fields that were not simply deleted.
    fates: tuple[Fate, ...] = ()
    #: Tables that have no way to do what was asked.
    unable: tuple[str, ...] = ()
    #: What a person or another service said that it did.
    said: str | None = field(default=None, repr=False)
    #: Why a person decided that it is not done.
    reason: str | None = field(default=None, repr=False)
    #: The code of the last failure.
    failure: str | None = None

    @property
    def keeps(self) -> bool:
        """Whether anything that was to be erased is kept there for a time."""
        return any(fate.strategy == Strategy.KEEP for fate in self.fates)


@dataclass(frozen=True)
class _Phase:
    """A request under execution with all that a decision about its next tasks needs."""

    row: DataSubjectRequest
    key: OwnerKey
    person: Wanted
    every: Sequence[RequestTask]

    def of(self, *kinds: TaskKind, look: int | None = None) -> list[RequestTask]:
        """The tasks of these kinds."""
        return [t for t in self.every if TaskKind(t.kind) in kinds and (look is None or t.look == look)]

    @property
    def own(self) -> list[RequestTask]:
        """The tasks of this service's own data."""
        return [task for task in self.of(TaskKind.OWN) if not _was_lost(task)]

    @property
    def look(self) -> int:
        """The look that is under way."""
        return max((task.look for task in self.every if task.look >= 0), default=0)

    @property
    def case_type(self) -> CaseType:
        """What is asked."""
        return CaseType(self.row.case_type)


def begin(row: DataSubjectRequest, *, actor: Actor) -> None:
    """Begin the execution of a locked request that has come to it, in the open unit of work of that step.

    After a review it goes on where it was; a request that was reopened begins anew.
    """
    if cases.steps_of(row.id)[-1].event != Event.EXECUTE_AGAIN:
        tasks.forget(row.id)
        key, person = cases.key_of(row), finding.wanted(row)
        finding.begin(row, key, person)
    go_on(row, actor=actor)


def go_on(row: DataSubjectRequest, *, actor: Actor = SERVICE, person: Wanted | None = None) -> None:
    """Add what follows on the tasks that are done, in the open unit of work; end the execution where nothing does.

    `person`: whom it is about, where that was looked up in this unit of work.
    """
    if State(row.state) not in {State.EXECUTING, State.REVIEWING}:
        return
    key, person = cases.key_of(row), person or finding.wanted(row)
    phase = _Phase(row, key, person, tasks.of_request(row.id))
    if _is_lost(phase):
        tasks.hand_over(_add_own(phase), own_changes.NOBODY)
    while _added(_Phase(row, key, person, tasks.of_request(row.id))):
        pass
    every = tasks.of_request(row.id)
    if any(TaskState(task.state) in FOR_SOMEBODY for task in every):
        if row.state == State.EXECUTING:
            cases.advance(row, Event.NEED_REVIEW, Role.SERVICE, actor=actor)
    elif row.state == State.EXECUTING and not tasks.unfinished(every):
        cases.advance(row, Event.FINISH_EXECUTION, Role.SERVICE, actor=actor, finished=True, **_counts(every))


def look_again(row: DataSubjectRequest, lost: RequestTask) -> None:
    """Search after all for a person behind whom nobody was known, of a locked request, in the open unit of work.

    Where still nobody is known another such task waits for somebody.
    """
    tasks.end(lost, TaskState.DONE, failure=own_changes.NOBODY)
    key, person = cases.key_of(row), finding.wanted(row)
    if not tasks.of_request(row.id, TaskKind.FIND):
        finding.begin(row, key, person)


def _is_lost(phase: _Phase) -> bool:
    """Whether systems would be called searched without anybody to look for: none is known, or they were erased.

    Somebody says what is true then. "Nothing found" would not be.
    """
    if not phase.person.systems or phase.case_type not in finding.SEARCHING or phase.own:
        return False
    return not phase.person.identifiers or cases.lost_its_person(phase.row)


def _was_lost(task: RequestTask) -> bool:
    """Whether nobody was known to look for then, and it was looked again since."""
    return task.state == TaskState.DONE and task.failure == own_changes.NOBODY


def _add_own(phase: _Phase) -> RequestTask:
    return tasks.add(phase.row, phase.key, TaskKind.OWN, OWN_SYSTEM, round_=len(phase.of(TaskKind.OWN)))


def _added(phase: _Phase) -> bool:
    """Whether tasks were added that are ended already, so that others may follow at once."""
    if phase.own or phase.case_type not in finding.SEARCHING:
        return False
    seen = finding.picture(phase.person, phase.every, phase.key)
    if finding.ask_on(phase.row, phase.key, seen, look=phase.look):
        return False
    if tasks.unfinished(phase.of(TaskKind.FIND)) or _doubted(phase, seen):
        return False
    if phase.case_type in HANDED_OUT:
        return False
    return _changes_follow(phase, seen)


def _doubted(phase: _Phase, seen: Picture) -> bool:
    """Hand tasks over that found what may be somebody else's."""
    doubtful = {
        (node, id_) for node, rows in seen.searched.doubtful.items() for id_ in finding.ids_of(phase.person, node, rows)
    }
    if not doubtful:
        return False
    for task in phase.of(TaskKind.FIND):
        node = finding.node_of(task)
        if task.state == TaskState.DONE and node in phase.person.graph.tables:
            rows = tasks.result_of(task, phase.key).rows
            if any((node, id_) in doubtful for id_ in finding.ids_of(phase.person, node, rows)):
                tasks.hand_over(task, DOUBTFUL)
    return True


def _changes_follow(phase: _Phase, seen: Picture) -> bool:
    """The tasks after everything of this look was found."""
    look = phase.look
    changes = phase.of(TaskKind.CHANGE)
    if not any(task.look == look for task in changes):
        done = frozenset(id_ for task in changes for id_ in tasks.work_of(task, phase.key).rows)
        if changing.add(phase.row, phase.key, phase.person, seen, done=done, look=look):
            return False
    if tasks.unfinished(changes):
        return False
    told = phase.of(TaskKind.TELL)
    if not told and recipients.add(phase.row, phase.key, phase.person):
        return False
    if tasks.unfinished(told):
        return False
    if phase.case_type is CaseType.ERASURE and _looks_again(phase, look):
        return False
    if own_changes.are_wanted(phase.row):
        _add_own(phase)
    return False


def _looks_again(phase: _Phase, look: int) -> bool:
    """Look once more before the person's own data go, until nothing new is there."""
    if not phase.of(TaskKind.FIND, look=look) or (look and not phase.of(TaskKind.CHANGE, look=look)):
        return False
    if look + 1 >= MOST_LOOKS:
        # What somebody excepted stays so: the answer names it, and the rest goes on.
        endless = [task for task in phase.of(TaskKind.CHANGE, look=look) if task.state == TaskState.DONE]
        for task in endless:
            tasks.hand_over(task, NO_END)
        return bool(endless)
    seen = finding.picture(phase.person, phase.every, phase.key)
    return bool(finding.ask_on(phase.row, phase.key, seen, look=look + 1))


def _counts(every: Sequence[RequestTask]) -> Mapping[str, Any]:
    """How much was done, for the log."""
    every = [task for task in every if task.look >= 0]
    return {
        "systems": len({task.system for task in every if task.kind in {TaskKind.FIND, TaskKind.CHANGE}}),
        "found": sum(task.found for task in every if task.look == 0),
        "deleted": sum(task.deleted for task in every),
        "changed": sum(task.changed for task in every),
        "excepted": sum(task.state == TaskState.EXCEPTED for task in every),
    }


_FARTHEST = (
    *(TaskState.FAILED, TaskState.FOR_A_PERSON, TaskState.RUNNING, TaskState.WAITING, TaskState.PENDING),
    *(TaskState.EXCEPTED, TaskState.DONE),
)


def outcomes(request_id: UUID) -> list[SystemOutcome]:
    """What came of a request in each system so far, this service last; raises `RequestNotFound`."""
    row = cases.read(request_id)
    key = cases.key_of(row)
    by_system: dict[str, list[RequestTask]] = {}
    for task in tasks.of_request(request_id):
        counts = task.look >= 0 and not _was_lost(task)
        if counts and task.kind not in {TaskKind.TELL, TaskKind.LIFT, TaskKind.ANSWER}:
            by_system.setdefault(task.system, []).append(task)
    codes = sorted(by_system, key=lambda code: (code == OWN_SYSTEM, code))
    return [_outcome(code, by_system[code], key) for code in codes]


def _outcome(system: str, of_system: Sequence[RequestTask], key: OwnerKey) -> SystemOutcome:
    farthest = min(of_system, key=lambda task: _FARTHEST.index(TaskState(task.state)))
    results = [tasks.result_of(task, key) for task in of_system]
    ended = not tasks.unfinished(of_system)
    texts = [result.said for result in results if result.said]
    reasons = [result.reason for result in results if result.reason]
    return SystemOutcome(
        system=system,
        state=farthest.state,
        found=sum(task.found for task in of_system if task.kind == TaskKind.FIND and task.look == 0),
        deleted=sum(task.deleted for task in of_system),
        changed=sum(task.changed for task in of_system),
        done_at=max((task.done_at or 0 for task in of_system), default=0) if ended else None,
        fates=tuple(dict.fromkeys(fate for result in results for fate in result.fates)),
        unable=tuple(sorted({table for result in results for table in result.unable})),
        said=" ".join(texts) or None,
        reason=" ".join(reasons) or None,
        failure=farthest.failure,
    )
