"""Where each job stands, as its row says, and what a worker writes there beside the effects themselves."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import Actor
from privacy.db import session
from privacy.errors import NotFound, PrivacyError
from privacy.jobs.models import JobState

#: A job that no worker has known for so long is no job any more.
_FORGOTTEN = 30 * clock.DAY


class JobNotFound(NotFound):
    """There is no job of that name, or no worker has run yet."""

    code = "job-not-found"


def failure_code(error: BaseException) -> str:
    """What is kept of an error: its code, or the name of its kind, and never what it says."""
    return error.code if isinstance(error, PrivacyError) else type(error).__name__[:64]


@dataclass(frozen=True)
class State:
    """Where a job stands, as its row says."""

    name: str
    holder: UUID | None
    created_at: int
    lease_until: int
    fence: int
    period: int | None
    beat_at: int
    ended_at: int | None
    rows: int
    failures: int
    failure: str | None
    failed_at: int | None
    asked_at: int | None


_COLUMNS = [getattr(JobState, column.name) for column in fields(State)]


def state_of(name: str) -> State | None:
    """Where a job stands, as it is committed now."""
    row = session().execute(sa.select(*_COLUMNS).where(JobState.name == name)).one_or_none()
    return None if row is None else State(*row)


def ensure_known(names: Iterable[str]) -> None:
    """Enter jobs that have no row yet, and drop those that nobody has known for long, in the open unit of work."""
    current, now = session(), clock.micros()
    insert = postgresql.insert if current.get_bind().dialect.name == "postgresql" else sqlite.insert
    entered = {"created_at": now, "beat_at": now, "lease_until": 0, "fence": 0, "rows": 0, "failures": 0}
    for name in sorted(names):
        current.execute(insert(JobState).values(name=name, **entered).on_conflict_do_nothing())
    current.execute(
        sa.delete(JobState).where(JobState.beat_at < now - _FORGOTTEN).execution_options(synchronize_session=False)
    )


def note(name: str, **changes: object) -> None:
    """Write on a job's row, in the open unit of work."""
    session().execute(
        sa.update(JobState).where(JobState.name == name).values(**changes).execution_options(synchronize_session=False)
    )


def ended_well(rows: int) -> dict[str, object]:
    """What a job's row says after it ended well."""
    return {
        "ended_at": clock.micros(),
        "rows": rows,
        "failures": 0,
        "failure": None,
        "asked_at": None,
        "asked_by": None,
    }


def failed(error: BaseException) -> dict[str, object]:
    """What a job's row says after it failed once more. Whoever asked for it is answered by that."""
    return {
        "failures": JobState.failures + 1,
        "failure": failure_code(error),
        "failed_at": clock.micros(),
        "asked_at": None,
        "asked_by": None,
    }


def listed() -> Sequence[State]:
    """Every job by name."""
    return [State(*row) for row in session().execute(sa.select(*_COLUMNS).order_by(JobState.name))]


def view(name: str) -> State:
    """One job; raises `JobNotFound`."""
    state = state_of(name)
    if state is None:
        raise JobNotFound
    return state


def ask(name: str, *, actor: Actor) -> State:
    """Have a job done now, by the next worker that looks, in the open unit of work; raises `JobNotFound`."""
    view(name)
    now = clock.micros()
    note(name, asked_at=now, asked_by=actor.id)
    content = {"name": name, "asked_at": now, "asked_by": str(actor.id)}
    audit.record("job.asked", actor=actor, object_type="job", object_id=name, content=content, details={"job": name})
    return view(name)


def asked(names: Collection[str]) -> Mapping[str, int]:
    """Which of these jobs somebody wants done now, and since when."""
    query = sa.select(JobState.name, JobState.asked_at).where(JobState.asked_at.is_not(None))
    return {name: at for name, at in session().execute(query) if name in names and at is not None}


def answer(name: str, asked_at: int) -> bool:
    """Take a wish for this worker, in the open unit of work; False where another one has it."""
    taken = session().execute(
        sa.update(JobState)
        .where(JobState.name == name, JobState.asked_at == asked_at)
        .values(asked_at=None, asked_by=None)
        .returning(JobState.name)
        .execution_options(synchronize_session=False)
    )
    return taken.one_or_none() is not None
