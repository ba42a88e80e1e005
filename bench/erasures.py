"""`erase_subject`: people with a short history erased one by one, beside deleting the same rows plainly."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg
import sqlalchemy as sa

from bench import bulk
from bench.people import subject
from bench.places import Place, Site
from bench.report import Figure, figure, median
from bench.sizes import Size
from privacy.audit.models import AuditBody
from privacy.authz.actors import OPERATOR
from privacy.cli.opening import opened
from privacy.consent import service as consent
from privacy.consent.models import ConsentAct, ConsentFact
from privacy.consent.service import ActIn, ActKind, Cited, Source
from privacy.crypto.owner_keys import OwnerKeyRow
from privacy.db import end_read, prepare_sqlite, session, unit_of_work, wal_is_safe
from privacy.erasure import service as erasure
from privacy.programme import service as programmes
from privacy.subjects import service as subjects
from privacy.subjects.models import AccountIdentifier, DataSubject, SubjectContact, SubjectContactPast

#: Where the rows of a person stand, what refers to something before it.
_TABLES = (
    (ConsentFact, ConsentFact.subject_id),
    (ConsentAct, ConsentAct.subject_id),
    (AuditBody, AuditBody.subject_id),
    (SubjectContact, SubjectContact.subject_id),
    (AccountIdentifier, AccountIdentifier.subject_id),
    (DataSubject, DataSubject.id),
    (OwnerKeyRow, OwnerKeyRow.owner_id),
)
_SOURCE = Source("shop", "checkout", "web_form")


def measure(site: Site, size: Size) -> Iterator[Figure]:
    """On every database at hand, among other people."""
    for kind in site.kinds:
        with site.place(kind) as place:
            with opened(place.config):
                programme = programmes.current()
            bulk.fill([(place, size.few)], programme)
            with opened(place.config):
                ids = [_live(size.few + 1 + 2 * number) for number in range(2 * size.erased)]
                erased = [_erase(one) for one in ids[: size.erased]]
                rows = [_rows_of(one) for one in ids[size.erased :]]
                end_read()
            plain = list(_delete(place, rows))
            floor = ("deleting the same rows", 1e3 * median(plain))
            yield figure(f"erase_subject p50 of {size.erased:,}", kind, 1e3 * median(erased), "ms", floor)


def _live(number: int) -> UUID:
    """An account that has agreed, withdrawn and agreed once more; the subject's id."""
    programme = programmes.current()
    naming = subjects.name_of(programme, OPERATOR, subject(number | 1))
    for act in (ActKind.GIVE, ActKind.WITHDRAW, ActKind.GIVE):
        wording = Cited("klauzula") if act is ActKind.GIVE else None
        given = ActIn(naming=naming, act=act, purpose="offers", channels=["email"], source=_SOURCE, wording=wording)
        with unit_of_work():
            consent.record(given, actor=OPERATOR, programme=programme)
    found = subjects.find(naming)[0]
    end_read()
    return found


def _erase(subject_id: UUID) -> float:
    began = time.perf_counter()
    with unit_of_work():
        erasure.erase_subject(subject_id, cause="bench", actor=OPERATOR)
    return time.perf_counter() - began


def _rows_of(subject_id: UUID) -> list[tuple[str, list[str], list[tuple[Any, ...]]]]:
    """The keys of the rows that an erasure deletes, by table."""
    found = []
    held = sa.select(SubjectContact.id).where(SubjectContact.subject_id == subject_id)
    for table, where in (
        (SubjectContactPast, SubjectContactPast.contact_id.in_(held)),
        *((table, column == subject_id) for table, column in _TABLES),
    ):
        keys = list(sa.inspect(table).primary_key)
        rows = [tuple(row) for row in session().execute(sa.select(*keys).where(where))]
        found.append((table.__tablename__, [key.name for key in keys], rows))
    return found


def _delete(place: Place, people: list[list[tuple[str, list[str], list[tuple[Any, ...]]]]]) -> Iterator[float]:
    """Seconds for each person: one DELETE for each row, in one transaction."""
    connection: sqlite3.Connection | psycopg.Connection[tuple[object, ...]]
    if place.kind == "sqlite":
        connection, mark = sqlite3.connect(place.url, isolation_level=None), "?"
        prepare_sqlite(connection, wal=wal_is_safe(sqlite3.sqlite_version_info))
    else:
        connection, mark = psycopg.connect(place.url, autocommit=True), "%s"
    with contextlib.closing(connection):
        cursor = connection.cursor()
        for person in people:
            began = time.perf_counter()
            cursor.execute("BEGIN IMMEDIATE" if place.kind == "sqlite" else "BEGIN")
            for table, keys, rows in person:
                statement = f"DELETE FROM {table} WHERE {' AND '.join(f'{key} = {mark}' for key in keys)}"
                for row in rows:
                    cursor.execute(statement, [_plain(value, place.kind) for value in row])  # type: ignore[arg-type]
            cursor.execute("COMMIT")
            yield time.perf_counter() - began


def _plain(value: Any, kind: str) -> Any:
    return value.bytes if isinstance(value, UUID) and kind == "sqlite" else value
