"""What the HTTP API takes and gives of disposal runs."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import marshmallow
import msgspec
from msgspec import Meta, Struct

from privacy import clock
from privacy.legal_time import days
from privacy.retention.runs.counting import Counts
from privacy.retention.runs.models import DisposalPart, DisposalRun
from privacy.retention.runs.reviews import Review, ReviewChoice
from privacy.retention.runs.runs import Chosen, Statement, chosen_of
from privacy.retention.runs.views import MOST_ON_A_PAGE, RunView

_Code = Annotated[str, Meta(min_length=1, max_length=64)]
_Version = Annotated[int, Meta(ge=1)] | None


class RunIn(Struct, forbid_unknown_fields=True):
    """A run that is to be prepared."""

    rules: Annotated[list[_Code], Meta(max_length=200)] = []
    systems: Annotated[list[_Code], Meta(max_length=200)] = []
    #: The day on which the time must be up; by default today.
    as_of: date | None = None

    def chosen(self) -> Chosen:
        """What it is about."""
        return Chosen(tuple(self.rules), tuple(self.systems))


class RunStepIn(Struct, forbid_unknown_fields=True):
    """A step; `version`: what was looked at, so that nobody decides about something else."""

    version: _Version = None


class RunApproveIn(Struct, forbid_unknown_fields=True):
    """An agreement to exactly the counts that were seen."""

    preview: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    version: _Version = None


class PartStatementIn(Struct, forbid_unknown_fields=True):
    """What somebody did by hand."""

    statement: Annotated[str, Meta(min_length=1, max_length=4_000)]
    deleted: Annotated[int, Meta(ge=0, le=1_000_000_000)] = 0
    changed: Annotated[int, Meta(ge=0, le=1_000_000_000)] = 0
    version: _Version = None

    def stated(self) -> Statement:
        """For the service."""
        return Statement(self.deleted, self.changed, self.statement)


class PartReviewIn(Struct, forbid_unknown_fields=True):
    """What a person decided about rows that a rule wants reviewed."""

    choice: ReviewChoice
    reason: Annotated[str, Meta(min_length=1, max_length=4_000)]
    #: Of what is kept, the last day for which that holds.
    until: date | None = None
    version: _Version = None

    def decided(self) -> Review:
        """For the service."""
        return Review(self.choice, self.reason, self.until)


class CountsOut(Struct):
    """How many rows."""

    deleted: dict[str, int]
    changed: dict[str, int]
    rules: dict[str, int]
    actions: dict[str, int]
    stays: dict[str, int]
    holds: dict[str, int]


class PartOut(Struct):
    """One part of a run."""

    id: str
    system: str
    place: str
    way: str
    state: str
    counted: CountsOut
    done: CountsOut
    #: From 0 to 1, by rows; null where nobody knows how many there are.
    progress: float | None
    left: int | None
    failure: str | None
    stated_at: str | None
    #: What a person decided about rows to be reviewed: `erase` or `keep`; and until when they are kept.
    review: str | None
    review_until: str | None


class RunSummaryOut(Struct):
    """A run in a list."""

    id: str
    number: str
    state: str
    as_of: str
    prepared_at: str
    ended_at: str | None
    version: int


class RunOut(RunSummaryOut):
    """One run, with how far it is."""

    rules: list[str]
    systems: list[str]
    preview: str | None
    approvals: int
    agreed: int
    started_at: str | None
    counted: CountsOut
    done: CountsOut
    parts: list[PartOut]


class RunsOut(Struct):
    """A page of runs, the newest first."""

    runs: list[RunSummaryOut]


class DisposalCertificateOut(Struct):
    """The certificate of a run: docs/disposal-runs.md."""

    format: str
    title: str
    language: str
    run: dict[str, Any]
    told: dict[str, Any]
    proof: dict[str, Any]


class RunsAsked(marshmallow.Schema):
    """Which runs a list is of."""

    before = marshmallow.fields.UUID(metadata={"description": "Those before this run."})
    limit = marshmallow.fields.Integer(
        load_default=50, validate=marshmallow.validate.Range(1, MOST_ON_A_PAGE), metadata={"description": "How many."}
    )


def run_summary(row: DisposalRun) -> RunSummaryOut:
    """A run in a list."""
    return RunSummaryOut(
        str(row.id),
        row.number,
        row.state,
        days.named(row.as_of).isoformat(),
        clock.isoformat(row.prepared_at),
        _at(row.ended_at),
        row.version,
    )


def run_out(seen: RunView) -> RunOut:
    """One run."""
    row, chosen = seen.row, chosen_of(seen.row)
    summary = msgspec.structs.asdict(run_summary(row))
    return RunOut(
        **summary,
        rules=list(chosen.rules),
        systems=list(chosen.systems),
        preview=row.preview,
        approvals=row.approvals,
        agreed=sum(one is not None for one in (row.first_by, row.second_by)),
        started_at=_at(row.started_at),
        counted=_counts(sum((Counts.of_stored(part.counted) for part in seen.parts), Counts())),
        done=_counts(sum((Counts.of_stored(part.done) for part in seen.parts), Counts())),
        parts=[part_out(part) for part in seen.parts],
    )


def part_out(part: DisposalPart) -> PartOut:
    """One part."""
    counted, done = Counts.of_stored(part.counted), Counts.of_stored(part.done)
    return PartOut(
        id=str(part.id),
        system=part.system,
        place=part.place,
        way=part.way,
        state=part.state,
        counted=_counts(counted),
        done=_counts(done),
        progress=min(done.total / counted.total, 1.0) if counted.total else None,
        left=part.left,
        failure=part.failure,
        stated_at=_at(part.stated_at),
        review=part.review,
        review_until=None if part.review_until is None else days.named(part.review_until).isoformat(),
    )


def _counts(counts: Counts) -> CountsOut:
    return CountsOut(counts.deleted, counts.changed, counts.rules, counts.actions, counts.stays, counts.holds)


def _at(micros: int | None) -> str | None:
    return None if micros is None else clock.isoformat(micros)
