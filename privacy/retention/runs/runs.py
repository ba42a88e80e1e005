"""Disposal runs: prepared, counted, agreed to, started, stopped, ended. The only writer of their rows.

Everybody locks the run before its parts, and a part before its batches.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from privacy import clock
from privacy.authz.actors import SERVICE, Actor
from privacy.crypto import canonical, keyring
from privacy.crypto.owner_keys import OwnerKey, create_owner_key, destroy_owner_key, load_owner_key
from privacy.db import new_id, session
from privacy.errors import InvalidInput
from privacy.legal_time import days
from privacy.programme import service as programmes
from privacy.programme.types import ConnectorKind, Programme, System
from privacy.retention import policy
from privacy.retention.holds.failures import UnderLegalHold
from privacy.retention.runs import audited_runs, held_by_hand, own_people, workflow
from privacy.retention.runs.counting import Counts
from privacy.retention.runs.failures import (
    BatchOnItsWay,
    NotByHand,
    NothingToReview,
    OtherPreview,
    PartNotFound,
    RunChanged,
    RunNotFound,
)
from privacy.retention.runs.models import DisposalBatch, DisposalPart, DisposalRun
from privacy.retention.runs.reviews import Review, ReviewChoice
from privacy.retention.runs.vocabulary import BatchState, Event, PartState, RunState, Stays, Way
from privacy.retention.runs.workflow import Agreed
from privacy.systems import service as systems

#: Whoever gives a number waits for whoever gave the one before.
_NUMBERING = 0x6469737073
_DIGITS = 4
_TABLE = "disposal_part"
_LONGEST_STATEMENT = 4_000


class Chosen(msgspec.Struct, frozen=True):
    """What a run is about; an empty list is everything."""

    rules: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Statement:
    """What somebody says that they did by hand."""

    deleted: int
    changed: int
    said: str = field(repr=False)


@dataclass(frozen=True)
class _Place:
    """Where a part works."""

    way: Way
    system: str
    place: str


def prepare(chosen: Chosen, *, actor: Actor, as_of: date | None = None) -> DisposalRun:
    """Begin a run in the open unit of work; what is due is counted by a worker. Raises `InvalidInput`."""
    programme, now, run_id = programmes.current(), clock.micros(), new_id()
    today = days.day_of(now, programme.zone)
    if as_of is not None and as_of > today:
        raise InvalidInput.of("as_of", "Nothing is disposed of before its day: name today or a day before.")
    _ensure_known("rules", chosen.rules, programme.retention_rules)
    _ensure_known("systems", chosen.systems, {*programme.systems, own_people.SYSTEM})
    create_owner_key(session(), keyring.installed(), run_id)
    row = DisposalRun(
        id=run_id,
        number=_next_number(now, programme),
        state=RunState.PREVIEWING.value,
        as_of=days.numbered(as_of or today),
        chosen=canonical.encode(msgspec.to_builtins(chosen)).decode(),
        programme=programme.number,
        preview=None,
        approvals=0,
        prepared_by=actor.id,
        first_by=None,
        second_by=None,
        prepared_at=now,
        started_at=None,
        ended_at=None,
        account=None,
        version=1,
    )
    session().add(row)
    session().flush()  # Its parts refer to it.
    _lay_parts(row, programme)
    audited_runs.record_run("disposal_run.prepared", row, actor=actor)
    _count_if_all(row)
    return row


def preview(run_id: UUID, *, actor: Actor, version: int | None = None) -> DisposalRun:
    """Count anew what is due by the programme of today, in the open unit of work: who agreed to the old counts agreed
    to nothing else. What was done stays done.
    """
    row = lock(run_id, version=version)
    _count_anew(row, actor)
    for part in parts_of(row.id):
        if part.review == ReviewChoice.ERASE:  # It was about the rows that were counted before.
            part.review = part.reviewed_by = part.review_enc = None
            audited_runs.record_part("disposal_part.review_lapsed", part, actor=actor)
    return row


def review(run_id: UUID, part_id: UUID, decided: Review, *, actor: Actor, version: int | None = None) -> DisposalRun:
    """Decide about the rows of a part that a rule wants reviewed, before the run is started, in the open unit of work:
    they go with it, or stay until a day. It is counted anew, so that people agree to what becomes of it.

    Raises `PartNotFound`, `NothingToReview` and `InvalidInput`.
    """
    row = lock(run_id, version=version)
    part = lock_part(run_id, part_id)
    waits = Counts.of_stored(part.counted).of(Stays.REVIEW) > 0
    if row.state not in {RunState.PREVIEWED, RunState.APPROVED} or not waits:
        raise NothingToReview
    reason = decided.reason.strip()
    if not 1 <= len(reason) <= _LONGEST_STATEMENT:
        raise InvalidInput.of("reason", f"Say why, in up to {_LONGEST_STATEMENT} characters.")
    part.review_until = _until(decided)
    key = key_of(row.id)
    part.review, part.reviewed_by = decided.choice.value, actor.id
    part.review_enc, part.key_version = key.seal(_TABLE, "review_enc", part.id, reason.encode()), key.version
    part.cursor_enc = None  # The key is the newest from here on, and it is gone through from its beginning.
    audited_runs.record_part("disposal_part.reviewed", part, actor=actor, choice=decided.choice.value)
    _count_anew(row, actor)
    return row


def approve(run_id: UUID, *, preview: str, actor: Actor, version: int | None = None) -> DisposalRun:
    """Agree to a run with exactly the counts of that preview, in the open unit of work.

    Raises `OtherPreview`, `SamePersonAgain`, `RunStepNotPossible`.
    """
    row = lock(run_id, version=version)
    workflow.next_state(RunState(row.state), Event.APPROVE, agreed_of(row))
    if preview != row.preview:
        raise OtherPreview
    agreed = workflow.agree(agreed_of(row), actor.id)
    row.first_by, row.second_by = agreed.first_by, agreed.second_by
    _advance(row, Event.AGREE if agreed.enough else Event.APPROVE, "disposal_run.approved", actor=actor)
    return row


def start(run_id: UUID, *, actor: Actor, version: int | None = None) -> DisposalRun:
    """Have it carried out, or go on after a stop, in the open unit of work; workers do it."""
    row = lock(run_id, version=version)
    before = RunState(row.state)
    row.started_at = row.started_at or clock.micros()
    _advance(row, Event.START, "disposal_run.started", actor=actor)
    if before is RunState.APPROVED:
        for part in parts_of(row.id):
            if part.state == PartState.COUNTED:
                part.state = (PartState.FOR_A_PERSON if part.way == Way.BY_HAND else PartState.RUNNING).value
                begin_pass(part)
                if part.way == Way.BY_HAND:
                    part.failure = held_by_hand.told(part)
    finish_if_all(row)
    return row


def stop(run_id: UUID, *, actor: Actor, version: int | None = None) -> DisposalRun:
    """Let no further batch begin, in the open unit of work; one that is not final in its system is taken back."""
    row = lock(run_id, version=version)
    _advance(row, Event.STOP, "disposal_run.stopped", actor=actor)
    return row


def exceed(row: DisposalRun, part: DisposalPart, why: str) -> None:
    """More is due than people agreed to, or the programme is another: a locked run waits to be counted anew."""
    part.failure, part.worker, part.lease_until = why, None, None
    _advance(row, Event.EXCEED, "disposal_run.exceeded", actor=SERVICE, why=why, part=str(part.id))


def cancel(run_id: UUID, *, actor: Actor, version: int | None = None) -> DisposalRun:
    """Give it up, in the open unit of work; what was done until now is in its account.

    Raises `BatchOnItsWay` while nobody knows what became of a batch.
    """
    row = lock(run_id, version=version)
    batches = sa.select(DisposalBatch.id).where(DisposalBatch.run_id == row.id)
    if session().scalar(batches.where(DisposalBatch.state == BatchState.CONFIRMED.value).limit(1)) is not None:
        raise BatchOnItsWay
    _end(row, Event.CANCEL, "disposal_run.cancelled", actor=actor)
    return row


def state_by_hand(
    run_id: UUID, part_id: UUID, statement: Statement, *, actor: Actor, version: int | None = None
) -> DisposalPart:
    """Say what was done in a system that only a person looks after, in the open unit of work.

    Raises `PartNotFound`, `NotByHand` and `InvalidInput`.
    """
    row = lock(run_id, version=version)
    part = lock_part(run_id, part_id)
    if row.state != RunState.RUNNING or part.state != PartState.FOR_A_PERSON:
        raise NotByHand
    text = statement.said.strip()
    if not 1 <= len(text) <= _LONGEST_STATEMENT:
        raise InvalidInput.of("statement", f"Say what was done, in up to {_LONGEST_STATEMENT} characters.")
    if min(statement.deleted, statement.changed) < 0:
        raise InvalidInput.of("deleted", "How many rows: a whole number from 0.")
    if (statement.deleted or statement.changed) and (held := held_by_hand.hold_on(part)) is not None:
        raise UnderLegalHold(f"{part.place} is under legal hold {held.number}: state that nothing went.")
    key = key_of(row.id)
    stated = Counts(
        deleted={part.place: statement.deleted} if statement.deleted else {},
        changed={part.place: statement.changed} if statement.changed else {},
    )
    part.done = (Counts.of_stored(part.done) + stated).stored()
    part.statement_enc = key.seal(_TABLE, "statement_enc", part.id, text.encode())
    part.key_version, part.stated_by, part.stated_at = key.version, actor.id, clock.micros()
    part.state, part.failure = PartState.DONE.value, None
    audited_runs.record_part("disposal_part.stated", part, actor=actor)
    row.version += 1
    audited_runs.record_run("disposal_run.part_stated", row, actor=actor)
    finish_if_all(row)
    return part


def again(run_id: UUID, part_id: UUID, *, actor: Actor, version: int | None = None) -> DisposalPart:
    """Try a part again that waits for a person because its system failed, in the open unit of work.

    Raises `PartNotFound`, `NotByHand`.
    """
    row = lock(run_id, version=version)
    part = lock_part(run_id, part_id)
    if part.state != PartState.FOR_A_PERSON or part.way == Way.BY_HAND:
        raise NotByHand
    part.state = (PartState.COUNTING if row.state == RunState.PREVIEWING else PartState.RUNNING).value
    part.attempts, part.next_at, part.failure = 0, 0, None
    row.version += 1
    audited_runs.record_run("disposal_run.part_tried_again", row, actor=actor, part=str(part.id))
    return part


def counted(row: DisposalRun, part: DisposalPart, counts: Counts) -> None:
    """A part of a locked run was counted: what an earlier start of the run did counts too."""
    done = Counts.of_stored(part.done).settled()
    part.counted, part.state = (done + counts).stored(), PartState.COUNTED.value
    part.failure, part.attempts, part.worker, part.lease_until = None, 0, None, None
    audited_runs.record_part("disposal_part.counted", part, actor=SERVICE)
    _count_if_all(row)


def begin_pass(part: DisposalPart) -> None:
    """Go through a part from its beginning: what was done stays counted, what stays is counted anew."""
    part.done, part.left, part.cursor_enc = Counts.of_stored(part.done).settled().stored(), None, None
    part.attempts, part.next_at, part.failure = 0, 0, None
    part.passes += 1
    audited_runs.record_part("disposal_part.begun", part, actor=SERVICE)


def for_a_person(row: DisposalRun, part: DisposalPart, why: str) -> None:
    """A part of a locked run cannot go on by itself."""
    part.state, part.failure, part.worker, part.lease_until = PartState.FOR_A_PERSON.value, why, None, None
    _count_if_all(row)


def finish_if_all(row: DisposalRun) -> None:
    """End a locked run of which nothing is left to do."""
    if row.state == RunState.RUNNING and all(part.state == PartState.DONE for part in parts_of(row.id)):
        _end(row, Event.FINISH, "disposal_run.done", actor=SERVICE)


def lock(run_id: UUID, *, version: int | None = None) -> DisposalRun:
    """The run, locked in the open unit of work, as it is now. Raises `RunNotFound`, `RunChanged`."""
    query = sa.select(DisposalRun).where(DisposalRun.id == run_id).with_for_update()
    row = session().scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise RunNotFound
    if version is not None and row.version != version:
        raise RunChanged(f"It is at version {row.version} by now.", version=row.version)
    return row


def lock_part(run_id: UUID, part_id: UUID) -> DisposalPart:
    """A part of a run that is locked; raises `PartNotFound`."""
    query = sa.select(DisposalPart).where(DisposalPart.id == part_id, DisposalPart.run_id == run_id).with_for_update()
    part = session().scalar(query.execution_options(populate_existing=True))
    if part is None:
        raise PartNotFound
    return part


def parts_of(run_id: UUID) -> Sequence[DisposalPart]:
    """Its parts in their order."""
    query = sa.select(DisposalPart).where(DisposalPart.run_id == run_id).order_by(DisposalPart.position)
    return list(session().scalars(query.execution_options(populate_existing=True)))


def key_of(run_id: UUID, version: int | None = None) -> OwnerKey:
    """The key under which plans and statements of a run are sealed; of that version, to read."""
    return load_owner_key(session(), keyring.installed(), run_id, version)


def chosen_of(row: DisposalRun) -> Chosen:
    """What a run is about."""
    return msgspec.json.decode(row.chosen, type=Chosen)


def agreed_of(row: DisposalRun) -> Agreed:
    """Who agreed to it."""
    return Agreed(row.approvals, row.first_by, row.second_by)


def _count_anew(row: DisposalRun, actor: Actor) -> None:
    programme = programmes.current()
    row.programme, row.preview, row.first_by, row.second_by, row.approvals = programme.number, None, None, None, 0
    _advance(row, Event.PREVIEW, "disposal_run.recounted", actor=actor)
    _lay_parts(row, programme)
    _count_if_all(row)


def _until(decided: Review) -> int | None:
    """The last day for which rows are kept, of those that are; raises `InvalidInput`."""
    if decided.choice is ReviewChoice.ERASE:
        if decided.until is not None:
            raise InvalidInput.of("until", "What goes has no such day.")
        return None
    if decided.until is None or decided.until < days.day_of(clock.micros(), programmes.current().zone):
        raise InvalidInput.of("until", "Name the last day for which the data are kept: one that is not over.")
    return days.numbered(decided.until)


def _lay_parts(row: DisposalRun, programme: Programme) -> None:
    """The parts of a run by the programme; what was there is counted anew, and what was done stays told."""
    chosen = chosen_of(row)
    known = {(part.system, part.place): part for part in parts_of(row.id)}
    position = len(known)
    for one in _places(programme, chosen):
        part = known.get((one.system, one.place))
        if part is None:
            position += 1
            part = DisposalPart(
                id=new_id(),
                run_id=row.id,
                position=position,
                way=one.way.value,
                system=one.system,
                place=one.place,
                state=PartState.COUNTING.value,
                counted=Counts().stored(),
                done=Counts().stored(),
                passes=0,
                attempts=0,
                next_at=0,
                key_version=1,
            )
            session().add(part)
            audited_runs.record_part("disposal_part.laid", part, actor=SERVICE)
        stated = part.stated_at is not None
        begun = PartState.COUNTED if one.way is Way.BY_HAND else PartState.COUNTING
        part.state = (PartState.DONE if stated else begun).value
        part.attempts, part.next_at, part.failure, part.passes = 0, 0, None, 0
        part.worker, part.lease_until = None, None
    session().flush()


def _places(programme: Programme, chosen: Chosen) -> Iterator[_Place]:
    for system in programme.systems.values():
        if chosen.systems and system.code not in chosen.systems:
            continue
        for data_set, name in systems.children_first(systems.data_sets_of(system, programme)):
            if (way := _way(programme, system, data_set, name, chosen.rules)) is not None:
                yield _Place(way, system.code, f"{data_set}.{name}")
    if not chosen.systems or own_people.SYSTEM in chosen.systems:
        for rule in own_people.rules(programme):
            if not chosen.rules or rule.code in chosen.rules:
                yield _Place(Way.OWN, own_people.SYSTEM, rule.code)


def _way(programme: Programme, system: System, data_set: str, name: str, rules: Collection[str]) -> Way | None:
    """How rows of a table are disposed of; None where no chosen rule is about them."""
    of = programme.data_sets[data_set]
    applied = policy.applied(programme, system, of, of.tables[name])
    if not any(one.disposes and (not rules or one.rule.code in rules) for one in applied):
        return None
    today = days.day_of(clock.micros(), programme.zone)
    listed = system.connector is ConnectorKind.SQL and policy.before(applied, today, programme.zone)
    return Way.BATCHES if listed else Way.BY_HAND


def _count_if_all(row: DisposalRun) -> None:
    """What is due is known, once every part of a locked run was counted or waits for a person."""
    parts = parts_of(row.id)
    if row.state != RunState.PREVIEWING or any(part.state == PartState.COUNTING for part in parts):
        return
    counted = [Counts.of_stored(part.counted) for part in parts]
    rules = {code for counts in counted for code in (*counts.rules, *counts.also)} | _by_hand(row, parts)
    programme = programmes.by_number(row.programme or programmes.current_number())
    row.approvals = max((programme.retention_rules[code].approvals for code in rules), default=0)
    row.preview = canonical.sha256(
        {"run": str(row.id), "as_of": row.as_of, "programme": row.programme, "parts": [_told(part) for part in parts]}
    )
    _advance(row, Event.COUNT, "disposal_run.counted", actor=SERVICE)
    if row.approvals == 0:
        _advance(row, Event.AGREE, "disposal_run.needs_no_approval", actor=SERVICE)


def _by_hand(row: DisposalRun, parts: Sequence[DisposalPart]) -> set[str]:
    """The rules of the parts that a person carries out: of how many rows nobody knows before."""
    programme, chosen = programmes.by_number(row.programme or programmes.current_number()), chosen_of(row)
    found = set()
    for part in parts:
        if part.way == Way.BY_HAND and part.system in programme.systems:
            data_set, _, name = part.place.partition(".")
            of = programme.data_sets[data_set]
            applied = policy.applied(programme, programme.systems[part.system], of, of.tables[name])
            found |= {one.rule.code for one in applied if one.disposes}
    return {code for code in found if not chosen.rules or code in chosen.rules}


def _told(part: DisposalPart) -> dict[str, Any]:
    return {"system": part.system, "place": part.place, "way": part.way, "counted": part.counted}


def _end(row: DisposalRun, event: Event, action: str, *, actor: Actor) -> None:
    row.ended_at = clock.micros()
    _forget_the_way(row)
    row.account = canonical.encode([_accounted(part) for part in parts_of(row.id)]).decode()
    _advance(row, event, action, actor=actor)


def _forget_the_way(row: DisposalRun) -> None:
    """Nobody goes on with a run that ends: keys of rows go, and its own key where nothing else is sealed by it."""
    ended = sa.update(DisposalBatch).where(DisposalBatch.run_id == row.id, DisposalBatch.plan_enc.is_not(None))
    session().execute(ended.values(state=BatchState.TAKEN_BACK.value, plan_enc=None, done_at=row.ended_at))
    parts = parts_of(row.id)
    for part in parts:
        part.cursor_enc, part.worker, part.lease_until = None, None, None
    if all(part.statement_enc is None and part.review_enc is None for part in parts):
        destroy_owner_key(session(), row.id)


def _accounted(part: DisposalPart) -> dict[str, Any]:
    told = {
        "system": part.system,
        "place": part.place,
        "way": part.way,
        "state": part.state,
        "counted": Counts.of_stored(part.counted).told(),
        "done": Counts.of_stored(part.done).told(),
        "left": part.left,
        "stated_at": part.stated_at,
        "review": part.review,
        "review_until": None if part.review_until is None else days.named(part.review_until).isoformat(),
    }
    return {name: value for name, value in told.items() if value is not None}


def _advance(row: DisposalRun, event: Event, action: str, *, actor: Actor, **details: Any) -> None:
    row.state = workflow.next_state(RunState(row.state), event, agreed_of(row)).value
    row.version += 1
    audited_runs.record_run(action, row, actor=actor, **details)


def _ensure_known(name: str, codes: Collection[str], known: Collection[str]) -> None:
    if not set(codes) <= set(known):
        # What was written is not repeated: it may be anything.
        raise InvalidInput.of(name, f"The programme has no such. It has: {', '.join(sorted(known))}.")


def _next_number(now: int, programme: Programme) -> str:
    """The next number of the year. SQLite has one writer at a time; on PostgreSQL a lock until the commit does it."""
    if session().get_bind().dialect.name == "postgresql":
        session().execute(sa.text(f"SELECT pg_advisory_xact_lock({_NUMBERING})"))
    prefix = f"D-{days.day_of(now, programme.zone).year}-"
    mine = sa.select(DisposalRun.number).where(DisposalRun.number.startswith(prefix, autoescape=True))
    longest_first = sa.func.length(DisposalRun.number).desc()
    last = session().scalar(mine.order_by(longest_first, DisposalRun.number.desc()).limit(1))
    return f"{prefix}{int((last or '-0').rpartition('-')[2]) + 1:0{_DIGITS}}"
