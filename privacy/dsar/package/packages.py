"""Packages: made from what the execution found, sealed, fetched by the person and by nobody else, deleted in time.

The archive stands in the database in sealed parts: any host may make it and any other hand it out, a backup holds it
like every other row, and destroying the case key makes it unreadable everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import takewhile
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import SERVICE, Actor
from privacy.crypto import keyring
from privacy.crypto.owner_keys import load_owner_key
from privacy.db import end_read, in_unit_of_work, new_id, session, unit_of_work
from privacy.dsar import cases
from privacy.dsar.execution import results
from privacy.dsar.execution.results import FoundFile, FoundTable
from privacy.dsar.execution.tasks import OWN_SYSTEM
from privacy.dsar.failures import NoPackage, TooManyDownloads
from privacy.dsar.models import DataSubjectRequest, RequestTask
from privacy.dsar.one_by_one import OneByOne
from privacy.dsar.package import archive, redaction
from privacy.dsar.package.account import Account
from privacy.dsar.package.archive import Packed
from privacy.dsar.package.models import RequestPackage, RequestPackagePart
from privacy.dsar.package.redaction import Item, Verdict
from privacy.dsar.package.tables import HeldTable, files_without_refused, portable, tables_of, without_refused
from privacy.dsar.package.words import words
from privacy.dsar.vocabulary import CaseType, Event, Outcome, Role, State, TaskKind, TaskState
from privacy.programme import service as programmes
from privacy.subjects import service as subjects

MEDIA_TYPE = "application/zip"
_TABLE = "request_package_part"
_PART = 1 << 20
_AT_ONCE = 20
_EXPIRED = OneByOne("delete_expired_packages")


@dataclass(frozen=True)
class PackageView:
    """A package, without what is in it."""

    id: UUID
    made_at: int
    expires_at: int
    #: Of the archive, in bytes.
    size: int
    files: int
    rows: int
    downloads: int
    most_downloads: int
    #: Whether it was deleted.
    gone: bool


@dataclass(frozen=True)
class Review:
    """What a person must look at before a package is made."""

    items: tuple[Item, ...] = field(repr=False)
    undecided: int
    #: The files among them, by the ref of their item.
    files: Mapping[str, FoundFile] = field(repr=False)


def make(request_id: UUID) -> UUID | None:
    """Make the package of a request that is to be answered, in units of work of its own; returns its id.

    None where something in it is still to be looked at by a person (the request then goes to its review), or where
    the request went on meanwhile. Making it again replaces the one before.
    """
    assert not in_unit_of_work()  # It is long: nobody waits for it.
    row = cases.read(request_id)
    version = row.version
    tables, items = _gathered(row)
    files = _files(row)
    items += redaction.items_of_files(row, files)
    if any(item.verdict is None for item in items):
        end_read()
        _ask_for_review(request_id, sum(item.verdict is None for item in items))
        return None
    tables = redaction.redacted(tables, items, redaction.ground_of(row))
    account = _account(row, tables, files, redaction.kept_files(files, items))
    end_read()
    packed = archive.packed(account, request_id)
    end_read()  # It asked for the key of the log.
    with unit_of_work():
        row = cases.lock(request_id)
        if row.state != State.ANSWERING or row.version != version:
            return None
        return _store(row, packed, account)


def review(request_id: UUID, *, actor: Actor) -> Review:
    """What is to be looked at, with the values; in the open unit of work, since whoever reads it is recorded."""
    row = cases.lock(request_id)
    files = _files(row)
    of_files = redaction.items_of_files(row, files)
    items = [*_to_look_at(row), *of_files]
    undecided = sum(item.verdict is None for item in items)
    audit.record(
        "request_redaction.read",
        actor=actor,
        object_type="request_redaction",
        object_id=row.id,
        content={"request": str(row.id), "items": len(items)},
        details={"number": row.number, "items": len(items), "undecided": undecided},
    )
    return Review(tuple(items), undecided, {item.ref: one for item, one in zip(of_files, files, strict=True)})


def decide(
    request_id: UUID, refs: list[str], verdict: Verdict, *, reason: str, actor: Actor, version: int | None = None
) -> int:
    """Decide about items of the review, in the open unit of work; returns how many. See `redaction.decide`."""
    row = cases.lock(request_id, version=version)
    known = [*_to_look_at(row), *redaction.items_of_files(row, _files(row))]
    return redaction.decide(row, refs, verdict, known=known, reason=reason, actor=actor)


def newest(request_id: UUID) -> PackageView | None:
    """The package of a request, if one was made for the answer that it came to last."""
    row = session().scalar(_newest(request_id))
    return _view(row, cases.read(request_id)) if row is not None and _is_of_now(row) else None


def begin_fetch(request_id: UUID, *, actor: Actor) -> PackageView:
    """Count one download and record it, in the open unit of work, before anything is handed out.

    The caller has checked that it is the person. Raises `NoPackage`, `TooManyDownloads`, `RequestNotFound`.
    """
    request = cases.lock(request_id)
    row = session().scalar(_newest(request_id).with_for_update().execution_options(populate_existing=True))
    answered = request.state == State.ANSWERED and request.outcome != Outcome.REFUSED
    if row is None or not answered or not _is_of_now(row):
        raise NoPackage
    if row.deleted_at is not None or row.expires_at <= clock.micros():
        raise NoPackage
    if row.downloads >= cases.rule_of(request).package_downloads:
        raise TooManyDownloads
    row.downloads += 1
    _event("request_package.fetched", row, request, actor, downloads=row.downloads)
    return _view(row, request)


def parts(package_id: UUID) -> Iterator[bytes]:
    """The archive, part by part, each read by itself: a slow reader holds no transaction open."""
    number = 1
    while True:
        query = sa.select(RequestPackagePart).where(
            RequestPackagePart.package_id == package_id, RequestPackagePart.number == number
        )
        part = session().scalar(query)
        if part is None:
            end_read()
            return
        key = load_owner_key(session(), keyring.installed(), part.request_id, part.key_version)
        opened = key.open(_TABLE, "content_enc", part.id, bytes(part.content_enc))
        session().expunge(part)
        end_read()
        yield opened
        number += 1


def delete_expired(now: int, *, actor: Actor) -> int:
    """Delete what is in packages past their time, some at a time; returns how many. That they were there stays."""
    query = sa.select(RequestPackage).where(
        RequestPackage.deleted_at.is_(None),
        RequestPackage.expires_at <= now,
        RequestPackage.id.not_in(_EXPIRED.put_off()),
    )
    locked = query.order_by(RequestPackage.id).limit(_AT_ONCE).with_for_update(skip_locked=True)
    rows = session().scalars(locked.execution_options(populate_existing=True)).all()
    return sum(_EXPIRED.do(row.id, partial(_expire, row, now, actor)) for row in rows)


def _expire(row: RequestPackage, now: int, actor: Actor) -> None:
    _delete(row, now)
    _event("request_package.deleted", row, cases.read(row.request_id), actor, why="its term ended")


def _gathered(row: DataSubjectRequest) -> tuple[list[HeldTable], list[Item]]:
    tables = _tables(row, results.found_tables(row.id))
    return tables, redaction.items(row, tables)


def _to_look_at(row: DataSubjectRequest) -> list[Item]:
    """The same without this service's own data, which come last and are about nobody else."""
    found = takewhile(lambda one: one.system != OWN_SYSTEM, results.found_tables(row.id))
    return redaction.items(row, _tables(row, found))


def _tables(row: DataSubjectRequest, found: Iterable[FoundTable]) -> list[HeldTable]:
    programme = programmes.current()
    tables = without_refused(tables_of(found, programme), cases.decision_of(row))
    return portable(tables, programme) if row.case_type == CaseType.PORTABILITY else tables


def _files(row: DataSubjectRequest) -> list[FoundFile]:
    """What came as files and was not refused. A file has no fields that could be told to be provided (Art. 20)."""
    if row.case_type != CaseType.ACCESS:
        return []
    return files_without_refused(results.found_files(row.id), cases.decision_of(row))


def _account(
    row: DataSubjectRequest, tables: list[HeldTable], files: list[FoundFile], kept: list[FoundFile]
) -> Account:
    return Account(
        case_type=CaseType(row.case_type),
        number=row.number,
        received_at=row.received_at,
        made_at=clock.micros(),
        controller=row.controller,
        programme=programmes.current(),
        words=words(row.locale),
        tables=tables,
        files=kept,
        files_left_out=len(files) - len(kept),
        told=_told_before(row),
    )


def _told_before(row: DataSubjectRequest) -> tuple[str, ...]:
    """Who was told of earlier corrections, erasures and restrictions of this person's data (Art. 19)."""
    if row.subject_id is None:
        return ()
    query = (
        sa.select(RequestTask.system)
        .join(DataSubjectRequest, DataSubjectRequest.id == RequestTask.request_id)
        .where(DataSubjectRequest.subject_id.in_(subjects.natural_person(row.subject_id)))
        .where(RequestTask.kind == TaskKind.TELL.value, RequestTask.state == TaskState.DONE.value)
    )
    return tuple(sorted(set(session().scalars(query))))


def _ask_for_review(request_id: UUID, undecided: int) -> None:
    with unit_of_work():
        row = cases.lock(request_id)
        if row.state == State.ANSWERING:
            cases.advance(row, Event.NEED_REVIEW, Role.SERVICE, actor=SERVICE, undecided=undecided)


def _store(row: DataSubjectRequest, packed: Packed, account: Account) -> UUID:
    key, package_id = cases.key_of(row), new_id()
    earlier = sa.select(RequestPackage).where(RequestPackage.request_id == row.id, RequestPackage.deleted_at.is_(None))
    for one in session().scalars(earlier.with_for_update()).all():
        _delete(one, account.made_at)
        _event("request_package.deleted", one, row, SERVICE, why="another took its place")
    made = RequestPackage(
        id=package_id,
        request_id=row.id,
        made_at=account.made_at,
        size=len(packed.content),
        files=packed.files,
        rows=packed.rows,
        expires_at=account.made_at + cases.rule_of(row).package_days * clock.DAY,
        downloads=0,
        deleted_at=None,
    )
    session().add(made)
    session().flush()  # Its parts refer to it.
    for number, start in enumerate(range(0, len(packed.content), _PART), 1):
        part_id = new_id()
        session().add(
            RequestPackagePart(
                id=part_id,
                package_id=package_id,
                request_id=row.id,
                number=number,
                content_enc=key.seal(_TABLE, "content_enc", part_id, packed.content[start : start + _PART]),
                key_version=key.version,
            )
        )
    _event("request_package.made", made, row, SERVICE, sha256=packed.sha256, rows=packed.rows, files=packed.files)
    return package_id


def _delete(row: RequestPackage, now: int) -> None:
    gone = sa.delete(RequestPackagePart).where(RequestPackagePart.package_id == row.id)
    session().execute(gone.execution_options(synchronize_session=False))
    row.deleted_at = now


def _newest(request_id: UUID) -> sa.Select[RequestPackage]:
    mine = sa.select(RequestPackage).where(RequestPackage.request_id == request_id)
    return mine.order_by(RequestPackage.id.desc()).limit(1)


def _is_of_now(row: RequestPackage) -> bool:
    """Whether it was made since the request last came to its answer.

    One of before holds what was decided otherwise since, or is of somebody for whom the request was taken.
    """
    steps = cases.steps_of(row.request_id)
    came = [step.at for step in steps if step.to_state == State.ANSWERING and step.from_state != State.ANSWERING]
    return bool(came) and row.made_at >= came[-1]


def _view(row: RequestPackage, request: DataSubjectRequest) -> PackageView:
    return PackageView(
        row.id,
        row.made_at,
        row.expires_at,
        row.size,
        row.files,
        row.rows,
        row.downloads,
        cases.rule_of(request).package_downloads,
        row.deleted_at is not None,
    )


def _event(action: str, row: RequestPackage, request: DataSubjectRequest, actor: Actor, **details: Any) -> None:
    content = {
        "id": str(row.id),
        "request": str(row.request_id),
        "made_at": row.made_at,
        "expires_at": row.expires_at,
        "bytes": row.size,
        "downloads": row.downloads,
        "deleted_at": row.deleted_at,
        **details,
    }
    audit.record(
        action,
        actor=actor,
        object_type="request_package",
        object_id=row.id,
        content=content,
        details={"number": request.number, **details},
    )
