"""A disposal run as its page shows it: what goes where, what stays and why, how far it is, who agreed. No database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from privacy.console.retention import words
from privacy.legal_time import days
from privacy.pages.languages import number_text
from privacy.programme.types import Programme
from privacy.retention.service import PartState, ReviewChoice, RunCounts, RunState, RunView, RunWay, Stays

#: Where nothing has changed yet, and what is counted may be agreed to or thrown away.
_BEFORE_THE_START = {RunState.PREVIEWED, RunState.APPROVED}
#: While these last, a page asks how far it is.
_MOVES = {RunState.PREVIEWING, RunState.RUNNING}


@dataclass(frozen=True)
class PartLine:
    """One part."""

    id: UUID
    system: str
    place: str
    way: RunWay
    state: PartState
    counted: RunCounts
    done: RunCounts
    #: Rows that were due yet when it was read again; None before.
    left: int | None
    failure: str | None
    review: ReviewChoice | None
    review_until: date | None
    run_state: RunState

    @property
    def state_text(self) -> Any:
        """Where it stands."""
        return words.PART_STATES[self.state]

    @property
    def sign(self) -> str:
        """The sign of that."""
        return words.PART_SIGNS.get(self.state, "wait")

    @property
    def now(self) -> RunCounts:
        """What is known best: of a part that has begun what it did, else what was counted."""
        begun = self.done.total or self.done.stays or self.state in {PartState.DONE, PartState.CHECKING}
        return self.done if begun else self.counted

    @property
    def deleted(self) -> int | None:
        """Rows that go; None where a person does it, since nobody knows how many before."""
        return None if self.way is RunWay.BY_HAND else sum(self.counted.deleted.values())

    @property
    def changed(self) -> int | None:
        """Rows that are changed and stay; None likewise."""
        return None if self.way is RunWay.BY_HAND else sum(self.counted.changed.values())

    @property
    def stays(self) -> int:
        """Rows that stay though their time is up."""
        return sum(self.now.stays.values())

    @property
    def why(self) -> str:
        """How many stay for which reason; of those that are held by which holds."""
        told = []
        for why, rows in sorted(self.now.stays.items()):
            held = f" ({', '.join(sorted(self.now.holds))})" if why == Stays.HELD.value and self.now.holds else ""
            told.append(f"{words.STAYS[why]}{held}: {number_text(rows)}")
        return "; ".join(told)

    @property
    def ready(self) -> bool:
        """Whether it is counted or, of a run that was started, done."""
        if self.run_state is RunState.PREVIEWING:
            return self.state is not PartState.COUNTING
        return self.state is PartState.DONE

    @property
    def to_review(self) -> bool:
        """Whether a person may decide now about rows that a rule wants reviewed."""
        return self.run_state in _BEFORE_THE_START and self.counted.of(Stays.REVIEW) > 0

    @property
    def to_state(self) -> bool:
        """Whether somebody must say what they did by hand."""
        waits = self.run_state is RunState.RUNNING and self.state is PartState.FOR_A_PERSON
        return waits and self.way is RunWay.BY_HAND

    @property
    def to_try_again(self) -> bool:
        """Whether its system failed, and may be tried once more."""
        return self.state is PartState.FOR_A_PERSON and self.way is not RunWay.BY_HAND

    @property
    def for_a_person(self) -> bool:
        """Whether anything of it is to be decided or done by a person."""
        return self.to_review or self.to_state or self.to_try_again


@dataclass(frozen=True)
class RunLine:
    """One run."""

    id: UUID
    number: str
    state: RunState
    as_of: date
    prepared_at: int
    started_at: int | None
    ended_at: int | None
    preview: str | None
    approvals: int
    agreed_by: tuple[UUID, ...]
    prepared_by: UUID
    version: int
    parts: Sequence[PartLine] = ()

    @property
    def state_text(self) -> Any:
        """Where it stands."""
        return words.RUN_STATES[self.state]

    @property
    def sign(self) -> str:
        """The sign of that."""
        return words.RUN_SIGNS[self.state]

    @property
    def moves(self) -> bool:
        """Whether something happens by itself."""
        return self.state in _MOVES

    @property
    def deleted(self) -> int:
        """Rows that go, by what was counted."""
        return sum(part.deleted or 0 for part in self.parts)

    @property
    def changed(self) -> int:
        """Rows that are changed and stay."""
        return sum(part.changed or 0 for part in self.parts)

    @property
    def stays(self) -> int:
        """Rows that stay though their time is up."""
        return sum(part.stays for part in self.parts)

    @property
    def done(self) -> int:
        """Rows of which something is done already."""
        return sum(part.done.total for part in self.parts)

    @property
    def percent(self) -> int:
        """How far it is: of what is counted by parts, of what is carried out by rows."""
        if self.state is RunState.PREVIEWING:
            done, of = sum(part.ready for part in self.parts), len(self.parts)
        else:
            done, of = self.done, sum(part.counted.total for part in self.parts)
        return min(100 * done // of, 100) if of else 0

    @property
    def by_hand(self) -> int:
        """Parts of which nobody knows how many rows they have."""
        return sum(part.way is RunWay.BY_HAND for part in self.parts)


def line_of(row: Any, parts: Sequence[PartLine] = ()) -> RunLine:
    """A run of a list or, with its parts, of its page."""
    return RunLine(
        id=row.id,
        number=row.number,
        state=RunState(row.state),
        as_of=days.named(row.as_of),
        prepared_at=row.prepared_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
        preview=row.preview,
        approvals=row.approvals,
        agreed_by=tuple(one for one in (row.first_by, row.second_by) if one is not None),
        prepared_by=row.prepared_by,
        version=row.version,
        parts=parts,
    )


def of_view(seen: RunView, programme: Programme) -> RunLine:
    """One run with its parts."""
    state = RunState(seen.row.state)
    parts = [
        PartLine(
            id=part.id,
            system=words.system_name(programme, part.system),
            place=part.place,
            way=RunWay(part.way),
            state=PartState(part.state),
            counted=RunCounts.of_stored(part.counted),
            done=RunCounts.of_stored(part.done),
            left=part.left,
            failure=part.failure,
            review=ReviewChoice(part.review) if part.review else None,
            review_until=None if part.review_until is None else days.named(part.review_until),
            run_state=state,
        )
        for part in seen.parts
    ]
    return line_of(seen.row, parts)
