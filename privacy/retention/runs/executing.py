"""One part of a run in a connected system: counted, carried out batch by batch, and read again.

The system is never asked inside a unit of work of ours. Of a batch, first the plan is written down; then the system
makes the change, and before it is final there, it is asked here once more whether the run goes on, the part is this
worker's yet and no legal hold came; then it is written down that it is done. What a killed worker left is looked at in
the system: it is done as a whole or not at all.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec

from privacy import clock
from privacy.authz.actors import SERVICE
from privacy.db import end_read, session, unit_of_work
from privacy.legal_time import days
from privacy.programme import service as programmes
from privacy.retention import policy
from privacy.retention.holds import gate, holds
from privacy.retention.holds.failures import HoldPlaced
from privacy.retention.runs import audited_runs, batches, part_leases, reviews, runs
from privacy.retention.runs.batches import Plan
from privacy.retention.runs.counting import Counts
from privacy.retention.runs.models import DisposalBatch, DisposalPart, DisposalRun
from privacy.retention.runs.part_leases import Held, PartLost
from privacy.retention.runs.planning import Ground, Planned, Planning, Warned
from privacy.retention.runs.vocabulary import BatchState, PartState, Stays
from privacy.systems.connector import CONFIRM_SECONDS, Connector, Page, RowMoved, Task, Verb

#: Rows of the first batch, of one at most, and at least; in between as many as take so long, in seconds: that is all
#: that a kill or a hold takes back, and as long as the system's rows are locked at most.
_FIRST, BATCH, _FEWEST, _BATCH_SECONDS = 500, 4_000, 50, 1.0
#: Rows of a page where they are only counted.
_COUNTED_AT_ONCE = 2_000
#: How long a hold waits for a batch at most: the system gives up before that.
_GATE_SECONDS = CONFIRM_SECONDS + 10.0
#: How often a part is gone through before a person looks why rows are left.
_MOST_PASSES = 6
#: How long a part whose people were warned waits until it is gone through again.
_WARNING_WAIT = 6 * 3_600 * clock.SECOND

EXCEEDED, OTHER_PROGRAMME, ROWS_LEFT = "more-than-agreed", "programme-changed", "rows-left"


class Pace:
    """How many rows the next batch has, by how long the last one took."""

    def __init__(self) -> None:
        self.rows = min(_FIRST, BATCH)

    def took(self, seconds: float) -> None:
        """A batch of so many rows is done."""
        change = min(max(_BATCH_SECONDS / max(seconds, 0.001), 0.25), 2.0)
        self.rows = min(max(int(self.rows * change), _FEWEST), BATCH)


@dataclass(frozen=True)
class Work:
    """A part that is worked on, with all that it needs."""

    held: Held
    ground: Ground
    #: After which row it goes on.
    cursor: Mapping[str, Any] | None = field(repr=False)
    warned: Warned = field(repr=False)
    pace: Pace

    @property
    def task(self) -> Task:
        """What the system is told who asks."""
        return Task(self.held.id, self.held.run_id)

    def planning(self, connector: Connector, facts: holds.Holds, *, ahead: bool = False) -> Planning:
        """How rows are planned."""
        return Planning(self.ground, connector, self.task, facts, self.warned, ahead)


def prepared(held: Held, warned: Warned, pace: Pace | None = None) -> Work:
    """What a part needs, read before its system is asked. `pace`: that of the batch before."""
    try:
        row, part = rows(held)
        programme = programmes.by_number(row.programme or programmes.current_number())
        data_set, _, name = held.place.partition(".")
        ground = Ground(
            programme,
            programme.systems[held.system],
            (data_set, name),
            days.named(row.as_of),
            frozenset(runs.chosen_of(row).rules),
            secrets.token_bytes(32),
            reviews.of_run(row, held.system),
        )
        return Work(held, ground, cursor(part), warned, pace or Pace())
    finally:
        end_read()


def count(work: Work, connector: Connector) -> None:
    """Count what a part would do, without doing it."""
    facts, counts = _in_force(), Counts()
    for page in _pages(work, connector, _COUNTED_AT_ONCE):
        counts += work.planning(connector, facts, ahead=True).plan(page.rows).counts
        renew(work.held)
    with unit_of_work():
        row, part = part_leases.mine(work.held)
        runs.counted(row, part, counts)


def carry_on(work: Work, connector: Connector) -> bool:
    """Do the next batch of a part; says whether there is more to do in it now."""
    settled = _settle(work, connector)
    if settled is not None:
        return settled
    facts, after = _in_force(), work.cursor
    stays = Counts()
    while True:
        began = time.monotonic()
        page = _page(work, connector, after, work.pace.rows)
        planned = work.planning(connector, facts).plan(page.rows)
        if planned.rows or page.last is None:
            break
        stays += planned.stays
        after = page.last
        renew(work.held)
    planned += Planned(stays=stays)
    if not planned.rows:
        end_pass(work.held, planned.stays)
        return False
    plan = Plan.of(planned, page.last)
    batch_id = _write_down(work.held, plan, facts.epoch)
    if batch_id is None:
        return False
    _make(work, connector, batch_id, plan, facts.epoch)
    work.pace.took(time.monotonic() - began)
    return True


def check(work: Work, connector: Connector) -> None:
    """Read a part again once it is done: what is due yet is done in another pass."""
    facts, left = _in_force(), 0
    for page in _pages(work, connector, _COUNTED_AT_ONCE):
        left += work.planning(connector, facts).plan(page.rows).rows
        renew(work.held)
    checked(work.held, left)


def checked(held: Held, left: int) -> None:
    """A part was read again, and so many rows of it are due yet."""
    with unit_of_work():
        row, part = part_leases.mine(held)
        part.left = left
        part_leases.let_go(part)
        if not left:
            part.state = PartState.DONE.value
        elif part.passes < _MOST_PASSES:
            part.state = PartState.RUNNING.value
            runs.begin_pass(part)
        audited_runs.record_part("disposal_part.checked", part, actor=SERVICE, left=left)
        if left and part.state == PartState.CHECKING:
            runs.for_a_person(row, part, ROWS_LEFT)
        runs.finish_if_all(row)


def _make(work: Work, connector: Connector, batch_id: UUID, plan: Plan, epoch: int) -> None:
    tables = tuple(work.ground.elsewhere(one.where).table for one in plan.tables)
    try:
        done = connector.change(
            work.task, Verb.ERASE, tables, plan.changes, confirm=lambda: _confirm(work.held, batch_id, epoch)
        )
    except (HoldPlaced, RowMoved):
        # Nothing is final: with the hold, or the row as it is now, it is planned anew.
        _take_back(work.held, batch_id)
        return
    made = sum(done.deleted.values()) + sum(done.changed.values())
    passed = batches.not_as_planned(plan, work.ground, connector, work.task) if made < plan.rows else frozenset()
    _write_done(work.held, batch_id, plan, plan.counts(passed))


def _settle(work: Work, connector: Connector) -> bool | None:
    """What became of a batch that another worker left; None where there is none."""
    try:
        batch = batches.open_of(work.held.id)
        plan = None if batch is None else batches.plan_of(batch)
    finally:
        end_read()
    if batch is None or plan is None:
        return None
    if batch.state == BatchState.CONFIRMED:
        others = batches.not_as_planned(plan, work.ground, connector, work.task)
        if len(others) < plan.rows:
            _write_done(work.held, batch.id, plan, plan.counts(others))
            return True
    _take_back(work.held, batch.id)
    return True


def _write_down(held: Held, plan: Plan, epoch: int) -> UUID | None:
    """The stored plan; None where more would be done than was agreed to."""
    with unit_of_work():
        row, part = part_leases.mine(held)
        if row.programme != programmes.current_number():
            runs.exceed(row, part, OTHER_PROGRAMME)
            return None
        if Counts.of_stored(part.done).total + plan.rows > Counts.of_stored(part.counted).total:
            runs.exceed(row, part, EXCEEDED)
            return None
        return batches.add(part, plan, epoch).id


def _confirm(held: Held, batch_id: UUID, epoch: int) -> None:
    """Whether a batch may become final in its system: the last thing that is asked before it is."""
    with unit_of_work() as current:
        row, _ = part_leases.mine(held)
        if row.programme != programmes.current_number():
            raise PartLost
        batch = current.get(DisposalBatch, batch_id, populate_existing=True)
        if batch is None or batch.state not in batches.OPEN:
            raise PartLost
        gate.enter(batch_id, epoch=epoch, seconds=_GATE_SECONDS)
        batch.state = BatchState.CONFIRMED.value


def _write_done(held: Held, batch_id: UUID, plan: Plan, counts: Counts) -> None:
    with unit_of_work():
        _, part = part_leases.mine(held, settling=True)
        batches.settle(batch_id, BatchState.DONE)
        part.done = (Counts.of_stored(part.done) + counts).stored()
        part.attempts, part.failure = 0, None
        put_cursor(part, plan.last)
        if plan.last is None:
            _passed_through(part)
        audited_runs.record_part("disposal_part.batch_done", part, actor=SERVICE, batch=counts.told())


def _take_back(held: Held, batch_id: UUID) -> None:
    with unit_of_work():
        part_leases.mine(held, settling=True)
        batches.settle(batch_id, BatchState.TAKEN_BACK)


def end_pass(held: Held, stays: Counts) -> None:
    """A part was gone through to its end without a further change."""
    with unit_of_work():
        _, part = part_leases.mine(held)
        part.done = (Counts.of_stored(part.done) + stays).stored()
        _passed_through(part)
        audited_runs.record_part("disposal_part.passed_through", part, actor=SERVICE)


def _passed_through(part: DisposalPart) -> None:
    """A part came to the end of its table."""
    waiting = Counts.of_stored(part.done).of(Stays.WARNING) > 0
    part.state = (PartState.WAITING if waiting else PartState.CHECKING).value
    part.next_at = clock.micros() + _WARNING_WAIT if waiting else 0
    part_leases.let_go(part)


def go_on_waiting(held: Held) -> None:
    """A part that waited for warnings is gone through again."""
    with unit_of_work():
        _, part = part_leases.mine(held)
        part.state = PartState.RUNNING.value
        part.passes -= 1  # Waiting is no failure to get it done.
        runs.begin_pass(part)
        part_leases.let_go(part)


def _pages(work: Work, connector: Connector, limit: int) -> Iterator[Page]:
    after: Mapping[str, Any] | None = None
    while True:
        page = _page(work, connector, after, limit)
        yield page
        if (after := page.last) is None:
            return


def _page(work: Work, connector: Connector, after: Mapping[str, Any] | None, limit: int) -> Page:
    ground = work.ground
    before = policy.before(ground.applied, ground.as_of, ground.programme.zone)
    return connector.due(ground.table, before, after=after, limit=limit)


def _in_force() -> holds.Holds:
    try:
        return holds.in_force()
    finally:
        end_read()


def renew(held: Held) -> None:
    """Hold the part longer; raises `PartLost` where it is not to go on."""
    with unit_of_work():
        part_leases.mine(held)


def rows(held: Held) -> tuple[DisposalRun, DisposalPart]:
    """The run and the part, to be read."""
    row, part = session().get(DisposalRun, held.run_id), session().get(DisposalPart, held.id)
    assert row is not None
    assert part is not None
    return row, part


def cursor(part: DisposalPart) -> Mapping[str, Any] | None:
    """After which row a part goes on."""
    if part.cursor_enc is None:
        return None
    opened = runs.key_of(part.run_id, part.key_version).open("disposal_part", "cursor_enc", part.id, part.cursor_enc)
    cursor: Mapping[str, Any] = msgspec.json.decode(opened)
    return cursor


def put_cursor(part: DisposalPart, last: Mapping[str, Any] | None) -> None:
    """Write down after which row a locked part goes on."""
    key = runs.key_of(part.run_id)
    sealed = None if last is None else key.seal("disposal_part", "cursor_enc", part.id, msgspec.json.encode(last))
    part.cursor_enc, part.key_version = sealed, key.version
