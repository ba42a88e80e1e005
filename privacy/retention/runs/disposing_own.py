"""One part of a run with people of this service itself: each is erased in a unit of work of their own.

Whoever was heard of meanwhile, or came under a legal hold, stays: both are looked at once the person is locked.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

import msgspec

from privacy.authz.actors import SERVICE
from privacy.db import end_read, unit_of_work
from privacy.erasure import service as erasure
from privacy.errors import Conflict, NotFound
from privacy.legal_time import days
from privacy.programme import service as programmes
from privacy.programme.types import Programme, RetentionAction, RetentionRule
from privacy.retention.holds import holds
from privacy.retention.holds.failures import UnderLegalHold
from privacy.retention.runs import audited_runs, executing, own_people, part_leases, reviews, runs, warned_people
from privacy.retention.runs.counting import Counts, staying
from privacy.retention.runs.models import DisposalPart
from privacy.retention.runs.part_leases import Held
from privacy.retention.runs.reviews import Reviewed
from privacy.retention.runs.vocabulary import PartState, Stays
from privacy.subjects.service import ListedPerson


class HeardOf(Conflict):
    """The person was heard of meanwhile."""

    code = "person-heard-of"


@dataclass(frozen=True)
class _Own:
    """What the part needs."""

    rule: RetentionRule
    programme: Programme
    as_of: date
    after: UUID | None
    reviewed: Reviewed

    def under_review(self, end: date) -> Stays | None:
        """Why somebody stays whom the rule kept until that day, where it wants a person to look."""
        return self.reviewed.stays(end) if self.rule.action is RetentionAction.REVIEW else None


def work(held: Held, stop: threading.Event) -> int:
    """Work on the part until it is over, or stopped; returns how many lots that were."""
    if held.state is PartState.COUNTING:
        _count(held)
    elif held.state is PartState.WAITING:
        executing.go_on_waiting(held)
    elif held.state is PartState.CHECKING:
        executing.checked(held, _left(held))
    else:
        return _carry_on(held, stop)
    return 1


def _count(held: Held) -> None:
    counts, own = Counts(), _prepared(held)
    for person, end in _due(held, own):
        why = own.under_review(end)
        counts += staying(why) if why else _held_back(person) or _gone(own.rule)
    with unit_of_work():
        row, part = part_leases.mine(held)
        runs.counted(row, part, counts)


def _left(held: Held) -> int:
    own = _prepared(held)
    stays = warned_people.of_people(held.run_id, own.rule)
    return sum(
        own.under_review(end) is None and _held_back(person) is None and stays(person.members) is None
        for person, end in _due(held, own)
    )


def _carry_on(held: Held, stop: threading.Event) -> int:
    lots, own = 1, _prepared(held)
    stays = warned_people.of_people(held.run_id, own.rule)
    while not stop.is_set():
        looked = _look(own)
        for person, end in looked.due.items():
            if stop.is_set():
                break
            if why := own.under_review(end):
                _note(held, staying(why), person.id)
            elif back := _held_back(person):  # Before anybody is told that their data go.
                _note(held, back, person.id)
            elif why := stays(person.members):
                _note(held, staying(why), person.id)
            else:
                _erase(held, own, person)
        else:
            lots += 1
            if looked.last is None:
                executing.end_pass(held, Counts())
                return lots
            own = replace(own, after=looked.last)
            _note(held, Counts(), looked.last)
    with unit_of_work():
        _, part = part_leases.mine(held)
        part_leases.let_go(part)
    return lots


def _erase(held: Held, own: _Own, person: ListedPerson) -> None:
    def ensure(subject_ids: Collection[UUID]) -> None:
        holds.ensure_not_held(subject_ids)
        if not own_people.is_due(own.rule, own.programme, own.as_of, person.id):
            raise HeardOf

    try:
        with unit_of_work():
            row, part = part_leases.mine(held)
            if row.programme != programmes.current_number():
                runs.exceed(row, part, executing.OTHER_PROGRAMME)
                return
            if Counts.of_stored(part.done).total >= Counts.of_stored(part.counted).total:
                runs.exceed(row, part, executing.EXCEEDED)
                return
            cause = f"{row.number}, {own.rule.code}: {own.rule.statute}"
            erased = erasure.erase_subject(person.id, cause=cause[:500], actor=SERVICE, ensure=ensure)
            _put(part, _gone(own.rule), person.id, erasure=str(erased.id))
    except UnderLegalHold as under:
        _note(held, staying(Stays.HELD, hold=under.extensions.get("hold")), person.id)
    except (HeardOf, NotFound):
        _note(held, staying(Stays.CHANGED), person.id)


def _note(held: Held, counts: Counts, last: UUID) -> None:
    with unit_of_work():
        _, part = part_leases.mine(held)
        _put(part, counts, last)


def _put(part: DisposalPart, counts: Counts, last: UUID, **details: str) -> None:
    part.done = (Counts.of_stored(part.done) + counts).stored()
    executing.put_cursor(part, {"id": str(last)})
    if counts.told():
        audited_runs.record_part("disposal_part.batch_done", part, actor=SERVICE, **details)


def _gone(rule: RetentionRule) -> Counts:
    return Counts(deleted={own_people.PLACE: 1}, rules={rule.code: 1}, actions={RetentionAction.ERASE.value: 1})


def _held_back(person: ListedPerson) -> Counts | None:
    try:
        found = holds.on_own_people(person.members)
    finally:
        end_read()
    return None if found is None else staying(Stays.HELD, hold=found.number)


def _due(held: Held, own: _Own) -> Iterator[tuple[ListedPerson, date]]:
    """Everybody who is due, from the beginning; holds on to the part meanwhile."""
    after: UUID | None = None
    while True:
        looked = _look(replace(own, after=after))
        yield from looked.due.items()
        executing.renew(held)
        if (after := looked.last) is None:
            return


def _look(own: _Own) -> own_people.Looked:
    try:
        return own_people.look(own.rule, own.programme, own.as_of, own.after)
    finally:
        end_read()


def _prepared(held: Held) -> _Own:
    try:
        row, part = executing.rows(held)
        programme = programmes.by_number(row.programme or programmes.current_number())
        cursor = executing.cursor(part)
        after = None if cursor is None else msgspec.convert(cursor["id"], UUID)
        reviewed = reviews.of_run(row, held.system).get(held.place, reviews.NOTHING)
        return _Own(programme.retention_rules[held.place], programme, days.named(row.as_of), after, reviewed)
    finally:
        end_read()
