"""The stored tasks of an execution: added, read, and ended by whoever holds them (`leases`).

What a task looks for and what it found is sealed under the request's key.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

import msgspec
import sqlalchemy as sa

from privacy import clock
from privacy.crypto import keyring
from privacy.crypto.owner_keys import OwnerKey, load_owner_key
from privacy.db import new_id, session
from privacy.dsar.failures import TaskNotFound
from privacy.dsar.models import DataSubjectRequest, RequestTask
from privacy.dsar.vocabulary import TaskKind, TaskState
from privacy.errors import PrivacyError

#: After so many attempts in vain a person decides.
MOST_ATTEMPTS = 12
#: The system that this service itself is called in tasks and results.
OWN_SYSTEM = "privacy"
_FIRST_WAIT, _LONGEST_WAIT = 60, 12 * 3_600
_TABLE = "request_task"

#: Nothing is left to do with these.
FINAL = frozenset({TaskState.DONE, TaskState.EXCEPTED})
#: Somebody must decide before the request can go on.
FOR_SOMEBODY = frozenset({TaskState.FOR_A_PERSON, TaskState.FAILED})

_Part = TypeVar("_Part")


class SealedKey(msgspec.Struct, frozen=True, omit_defaults=True):
    """Values of one field by which a table is searched."""

    name: str
    values: tuple[str | int, ...]


class Mark(msgspec.Struct, frozen=True, omit_defaults=True):
    """A row that was marked as restricted."""

    #: `data set.table`.
    place: str
    #: The values of the primary key, by field name.
    key: Mapping[str, Any]
    #: What stood where the mark stands.
    before: Any = None
    #: What in the row said whose it is (`RowChange.known_by`).
    known_by: Mapping[str, Any] = {}


class Form(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a person filed about a system that nothing but a person reaches; see `systems.service.ManualAnswer`."""

    by: UUID
    at: int
    statement: str
    could: bool = True
    rows: tuple[Mapping[str, Any], ...] = ()
    files: tuple[tuple[str, bytes], ...] = ()
    deleted: Mapping[str, int] = {}
    changed: Mapping[str, int] = {}


class Work(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a task is to do."""

    keys: tuple[SealedKey, ...] = ()
    #: More rows than the programme expects, which two people allowed.
    limit: int | None = None
    #: What is proposed, and by whom: somebody else must agree.
    proposed_limit: int | None = None
    proposed_by: UUID | None = None
    #: The rows to change (`graph.row_id`), where not every one that was found.
    rows: tuple[str, ...] = ()
    #: The day of an erasure, ISO 8601, and what its hashes are made with: the same when it is tried again.
    day: str | None = None
    secret: bytes | None = None
    form: Form | None = None
    #: The rows whose restriction ends.
    marks: tuple[Mark, ...] = ()


class Fate(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of one field of a table, as it is told to the person."""

    table: str
    field: str
    strategy: str
    #: The last day on which it is kept, ISO 8601, and the statute that asks for it.
    until: str | None = None
    statute: str | None = None
    #: `vocabulary.Ground`, where it is kept because rows that were refused refer to it.
    ground: str | None = None


class Result(msgspec.Struct, frozen=True, omit_defaults=True):
    """What came of a task."""

    rows: tuple[Mapping[str, Any], ...] = ()
    files: tuple[tuple[str, bytes], ...] = ()
    #: Rows (`graph.row_id`) of which somebody decided whether they are the person's.
    decided: Mapping[str, bool] = {}
    #: Rows that were changed.
    changed: tuple[str, ...] = ()
    fates: tuple[Fate, ...] = ()
    #: Rows that were marked, until the restriction ends.
    marks: tuple[Mark, ...] = ()
    #: What a person or another service said that it did.
    said: str | None = None
    #: Tables that have no way to do what was asked, such as a mark of restriction.
    unable: tuple[str, ...] = ()
    #: Why a person decided that it is not done.
    reason: str | None = None


def add(
    request: DataSubjectRequest,
    key: OwnerKey,
    kind: TaskKind,
    system: str,
    *,
    place: str = "",
    look: int = 0,
    round_: int = 0,
    work: Work | None = None,
) -> RequestTask:
    """A task that is due at once, in the open unit of work."""
    id_ = new_id()
    row = RequestTask(
        id=id_,
        request_id=request.id,
        kind=kind.value,
        system=system,
        place=place,
        look=look,
        round=round_,
        state=TaskState.WAITING.value,
        attempts=0,
        next_at=clock.micros(),
        worker=None,
        lease_until=None,
        reference=None,
        found=0,
        deleted=0,
        changed=0,
        failure=None,
        started_at=None,
        done_at=None,
        keys_enc=None,
        result_enc=None,
        key_version=key.version,
    )
    if work is not None:
        put_work(row, work, key)
    session().add(row)
    return row


def of_request(request_id: UUID, *kinds: TaskKind) -> list[RequestTask]:
    """The tasks of a request as they are now, in the order in which they were made."""
    query = sa.select(RequestTask).where(RequestTask.request_id == request_id)
    if kinds:
        query = query.where(RequestTask.kind.in_([kind.value for kind in kinds]))
    return list(session().scalars(query.order_by(RequestTask.id).execution_options(populate_existing=True)))


def read(task_id: UUID) -> RequestTask:
    """One task as it is now; raises `TaskNotFound`."""
    row = session().scalar(
        sa.select(RequestTask).where(RequestTask.id == task_id).execution_options(populate_existing=True)
    )
    if row is None:
        raise TaskNotFound
    return row


def lock(task_id: UUID) -> RequestTask:
    """One task, locked; raises `TaskNotFound`. The request is locked first, by whoever calls."""
    query = sa.select(RequestTask).where(RequestTask.id == task_id).with_for_update()
    row = session().scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise TaskNotFound
    return row


def strip(request_id: UUID) -> None:
    """Forget what the tasks looked for and found, in the open unit of work: counts and what was done stay.

    The person has it by then, or asked for it to be erased. Of a restriction the keys of what was marked stay until it
    ends, and what says whose that is.
    """
    every = of_request(request_id)
    key = load_owner_key(session(), keyring.installed(), request_id) if every else None
    for row in every:
        result = result_of(row, key)
        row.keys_enc = None
        kept = msgspec.structs.replace(result, rows=(), files=(), decided={}, changed=())
        put_result(row, kept, key)


def forget_marks(lift: RequestTask) -> None:
    """Forget what a lift that is done has ended, in the open unit of work."""
    lift.keys_enc = None
    for row in of_request(lift.request_id, TaskKind.CHANGE):
        if (row.system, row.look) == (lift.system, lift.look):
            put_result(row, msgspec.structs.replace(result_of(row), marks=()))


def forget(request_id: UUID) -> None:
    """Delete the tasks of a request with what they found, in the open unit of work: it is executed anew.

    The rows that it marked as restricted are marked yet, and anew nobody could tell what stood there before: such
    changes stay until they are lifted, with nothing but their marks, at a look of their own below 0.
    """
    every = of_request(request_id)
    earlier, kept = min((row.look for row in every), default=0) - 1, []
    for row in every:
        if row.kind == TaskKind.CHANGE and (marks := result_of(row).marks):
            row.look = row.look if row.look < 0 else earlier
            row.keys_enc = None
            put_result(row, Result(marks=marks))
            kept.append(row.id)
    others = sa.delete(RequestTask).where(RequestTask.request_id == request_id, RequestTask.id.not_in(kept))
    session().execute(others)


# What is sealed.


def work_of(row: RequestTask, key: OwnerKey | None = None) -> Work:
    """What the task is to do, opened."""
    if row.keys_enc is None:
        return Work()
    return _opened(row, "keys_enc", row.keys_enc, Work, key, lambda raw: raw)


def put_work(row: RequestTask, work: Work, key: OwnerKey | None = None) -> None:
    """Seal what the task is to do."""
    row.keys_enc = _key(row, key).seal(_TABLE, "keys_enc", row.id, msgspec.json.encode(work))


def result_of(row: RequestTask, key: OwnerKey | None = None) -> Result:
    """What came of the task, opened."""
    if row.result_enc is None:
        return Result()
    return _opened(row, "result_enc", row.result_enc, Result, key, zlib.decompress)


def put_result(row: RequestTask, result: Result, key: OwnerKey | None = None) -> None:
    """Seal what came of the task."""
    packed = zlib.compress(msgspec.json.encode(result), 1)
    row.result_enc = _key(row, key).seal(_TABLE, "result_enc", row.id, packed)


def _key(row: RequestTask, key: OwnerKey | None) -> OwnerKey:
    if key is not None and key.version == row.key_version:
        return key
    return load_owner_key(session(), keyring.installed(), row.request_id, row.key_version)


def _opened(
    row: RequestTask,
    column: str,
    sealed: bytes,
    kind: type[_Part],
    key: OwnerKey | None,
    unpack: Callable[[bytes], bytes],
) -> _Part:
    return msgspec.json.decode(unpack(_key(row, key).open(_TABLE, column, row.id, bytes(sealed))), type=kind)


# Ending. Each is told a task that this worker holds.


def end(row: RequestTask, state: TaskState, *, failure: str | None = None) -> None:
    """Let go of it in that state."""
    row.state, row.worker, row.lease_until, row.failure = state.value, None, None, failure
    row.done_at = clock.micros() if state in FINAL else None


def finish(
    row: RequestTask,
    result: Result,
    key: OwnerKey | None = None,
    *,
    found: int | None = None,
    deleted: int = 0,
    changed: int = 0,
) -> None:
    """It is done. `found`: rows that no other task has found; by default all of them."""
    put_result(row, result, key)
    row.found, row.deleted, row.changed = len(result.rows) if found is None else found, deleted, changed
    end(row, TaskState.DONE)


def wait(row: RequestTask, reference: str, seconds: float) -> None:
    """The system has begun; it is asked again then, and asking is no attempt in vain."""
    end(row, TaskState.PENDING)
    row.reference, row.attempts = reference, 0
    row.next_at = clock.micros() + int(seconds * clock.SECOND)


def put_off(row: RequestTask, failure: str, *, retry_after: float | None = None) -> None:
    """It may work later; a person decides once it was tried long enough."""
    if row.attempts >= MOST_ATTEMPTS:
        end(row, TaskState.FAILED, failure=failure)
        return
    seconds = max(min(_FIRST_WAIT << (row.attempts - 1), _LONGEST_WAIT), retry_after or 0)
    end(row, TaskState.WAITING if row.reference is None else TaskState.PENDING, failure=failure)
    row.next_at = clock.micros() + int(min(seconds, _LONGEST_WAIT) * clock.SECOND)


def hand_over(row: RequestTask, failure: PrivacyError | str) -> None:
    """A person must act."""
    end(row, TaskState.FOR_A_PERSON, failure=failure if isinstance(failure, str) else failure.code)


def make_due(row: RequestTask) -> None:
    """Try it again at once, from the first attempt."""
    end(row, TaskState.WAITING if row.reference is None else TaskState.PENDING)
    row.attempts, row.next_at = 0, clock.micros()


def unfinished(rows: Sequence[RequestTask]) -> list[RequestTask]:
    """Those that are neither done nor excepted."""
    return [row for row in rows if TaskState(row.state) not in FINAL]
