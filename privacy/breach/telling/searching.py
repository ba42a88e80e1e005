"""Who is affected, found by a question: to our own store by people's acts, or to the systems over the data map.

Some at a time, from where the last portion stopped. A system is asked outside any unit of work; what it answered
counts only where nobody else went on meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from privacy import clock
from privacy.authz.actors import SERVICE, Actor, Realm
from privacy.breach import register
from privacy.breach.telling import affected, telling_audited
from privacy.breach.telling.affected import Adding, SourceView
from privacy.breach.telling.models import BreachAffectedSource
from privacy.breach.telling.vocabulary import SourceKind, SourceState
from privacy.consent import service as consent
from privacy.consent.service import ActedFilter, ActKind
from privacy.crypto import keyring
from privacy.crypto.owner_keys import load_owner_key
from privacy.db import end_read, new_id, session, unit_of_work
from privacy.errors import InvalidInput
from privacy.programme import service as programmes
from privacy.programme.data_map import DataSet, System, Table
from privacy.programme.types import Programme
from privacy.systems import service as systems
from privacy.systems.connector import Connector, Key, Row, SystemFailure, SystemRefused, SystemUnreachable, Task
from privacy.systems.service import Identifier, Where

#: Opens a connection to a system.
Connect = Callable[[System, Programme], Connector]

#: People or rows of one portion, and rows that these may refer to in one table.
AT_ONCE, MOST_REFERRED = 50, 5_000
#: How long a system that cannot be reached is left alone.
_REST = 60 * clock.SECOND
_TABLE = "breach_affected_source"


class Cursor(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far a question is answered."""

    #: Which of the tables.
    table: int = 0
    #: After this subject, or after the row with this key.
    subject: UUID | None = None
    row: dict[str, Any] | None = None


class ActsQuestion(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Everybody with an act of that kind; what is not named allows all."""

    source_system: str | None = None
    purpose: str | None = None
    act: ActKind | None = None


class DataMapQuestion(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Everybody whom a row of these tables is about; an empty list allows all."""

    system: str
    data_sets: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    #: Codes of data categories: tables with a field of one of them.
    data_categories: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Answer:
    """One portion of rows: whom each is about, and where to go on; None at the end."""

    owners: Sequence[frozenset[Identifier]] = field(repr=False)
    following: Cursor | None = field(repr=False)


def ask_acts(breach_id: UUID, question: ActsQuestion, *, actor: Actor) -> SourceView:
    """Have a worker find everybody with such an act, in the open unit of work; raises `InvalidInput`."""
    _ensure_acts(question)
    asked = msgspec.to_builtins(question)
    row = affected.open_source(breach_id, SourceKind.ACTS, actor=actor, asked=asked)
    return affected.source(breach_id, row.id)


def ask_rows(breach_id: UUID, question: DataMapQuestion, *, actor: Actor) -> SourceView:
    """Have a worker find everybody whom such rows are about, in the open unit of work; raises `InvalidInput`."""
    _ensure_rows(question)
    asked = msgspec.to_builtins(question)
    row = affected.open_source(breach_id, SourceKind.DATA_MAP, actor=actor, asked=asked)
    return affected.source(breach_id, row.id)


def _ensure_acts(question: ActsQuestion) -> None:
    """Raise `InvalidInput` for a question that names nothing, or what the programme does not have."""
    if question == ActsQuestion():
        raise InvalidInput.of("acts", "Name a source system, a purpose or a kind of act.")
    if question.purpose is not None and question.purpose not in programmes.current().purposes:
        raise InvalidInput.of("acts.purpose", "The programme has no such purpose.")


def _ensure_rows(question: DataMapQuestion) -> None:
    """Raise `InvalidInput` for a question to no table of the data map."""
    programme = programmes.current()
    if question.system not in programme.systems:
        raise InvalidInput.of("data_map.system", "The programme has no such system.")
    if not list(_places(question, programme)):
        raise InvalidInput.of("data_map", "No table of the system is like this.")


def portion(connect: Connect | None = None, *, only: UUID | None = None) -> bool:
    """Answer the next portion of a question that waits; says whether there was any."""
    query = sa.select(BreachAffectedSource).where(
        BreachAffectedSource.state == SourceState.WAITING.value, BreachAffectedSource.next_at <= clock.micros()
    )
    if only is not None:
        query = query.where(BreachAffectedSource.breach_id == only)
    row = session().scalar(query.order_by(BreachAffectedSource.next_at, BreachAffectedSource.id).limit(1))
    if row is None:
        end_read()
        return False
    if row.kind == SourceKind.ACTS:
        end_read()
        with unit_of_work():
            _by_acts(row.id)
    else:
        _by_rows(row, connect or systems.connect)
    return True


def _by_acts(source_id: UUID) -> None:
    adding = Adding.to(source_id)
    source = adding.source
    if source.state != SourceState.WAITING:
        return
    question = msgspec.json.decode(source.asked, type=ActsQuestion)
    wanted = ActedFilter(question.source_system, question.purpose, question.act)
    after = _cursor(source).subject
    found = consent.people_who_acted(wanted, realm=Realm(adding.breach.realm), after=after, limit=AT_ONCE)
    adding.people(found)
    _go_on(adding, Cursor(subject=found[-1]) if len(found) == AT_ONCE else None, len(found), 0)


def _by_rows(source: BreachAffectedSource, connect: Connect) -> None:
    question, cursor = msgspec.json.decode(source.asked, type=DataMapQuestion), _cursor(source)
    programme = programmes.current()
    end_read()
    try:
        answer = _asked(question, cursor, programme, connect)
    except SystemFailure as failure:
        with unit_of_work():
            _stopped(source.id, failure)
        return
    with unit_of_work():
        adding = Adding.to(source.id)
        if adding.source.state == SourceState.WAITING and _cursor(adding.source) == cursor:
            rejected = sum(not adding.owned(identifiers) for identifiers in answer.owners)
            _go_on(adding, answer.following, len(answer.owners), rejected)


def _asked(question: DataMapQuestion, cursor: Cursor, programme: Programme, connect: Connect) -> _Answer:
    system = programme.systems.get(question.system)
    if system is None:
        raise SystemRefused(f"The programme has no system {question.system} any more.")
    places = list(_places(question, programme))
    if cursor.table >= len(places):
        return _Answer((), None)
    data_set, table = places[cursor.table]
    connector = connect(system, programme)
    end_read()  # Where the system is reached was read.
    try:
        page = systems.every_row(connector, table, after=cursor.row, limit=AT_ONCE)
        data_sets = systems.data_sets_of(system, programme)
        find = _finder(connector, data_sets)
        owners = systems.owners_of(data_sets, (data_set.code, table.name), page.rows, find) if page.rows else ()
    finally:
        connector.close()
    if page.last is not None:
        return _Answer(owners, Cursor(cursor.table, row=dict(page.last)))
    return _Answer(owners, Cursor(cursor.table + 1) if cursor.table + 1 < len(places) else None)


def _finder(connector: Connector, data_sets: Sequence[DataSet]) -> Callable[[Where, Sequence[Key]], Sequence[Row]]:
    tables = {(one.code, name): table for one in data_sets for name, table in one.tables.items()}
    task = Task(new_id(), new_id())

    def find(where: Where, keys: Sequence[Key]) -> Sequence[Row]:
        return connector.find(task, tables[where], keys, limit=MOST_REFERRED).rows

    return find


def _places(question: DataMapQuestion, programme: Programme) -> Iterator[tuple[DataSet, Table]]:
    """The tables that are asked, in the order of the map."""
    for data_set in systems.data_sets_of(programme.systems[question.system], programme):
        for table in data_set.tables.values():
            categories = {code for _, one in table.walk() for code in one.categories}
            if (
                (not question.data_sets or data_set.code in question.data_sets)
                and (not question.tables or table.name in question.tables)
                and (not question.data_categories or categories & set(question.data_categories))
            ):
                yield data_set, table


def _go_on(adding: Adding, following: Cursor | None, rows_read: int, rejected: int) -> None:
    """Keep where to go on, with what was found; without it the question is answered."""
    source = adding.source
    source.failure = None
    if following is not None:
        keep_cursor(adding, following)
    adding.end(rows_read=rows_read, rejected=rejected, actor=SERVICE)
    if following is None:
        affected.end_source(source.id, actor=SERVICE)


def keep_cursor(adding: Adding, cursor: Cursor) -> None:
    """Keep how far a question is answered, in the open unit of work."""
    source, key = adding.source, register.key_of(adding.breach)
    source.cursor_enc = key.seal(_TABLE, "cursor_enc", source.id, msgspec.json.encode(cursor))
    source.key_version = key.version


def _stopped(source_id: UUID, failure: SystemFailure) -> None:
    """One that cannot be reached is asked again later; of any other failure somebody has to know."""
    source = Adding.to(source_id).source
    if source.state != SourceState.WAITING:
        return
    if not isinstance(failure, SystemUnreachable):
        affected.end_source(source_id, actor=SERVICE, failure=failure.code)
        return
    source.failure, source.next_at = failure.code, clock.micros() + _REST
    telling_audited.record_source("breach.affected_put_off", source, SERVICE)


def _cursor(source: BreachAffectedSource) -> Cursor:
    if source.cursor_enc is None:
        return Cursor()
    key = load_owner_key(session(), keyring.installed(), source.breach_id, source.key_version)
    return msgspec.json.decode(key.open(_TABLE, "cursor_enc", source.id, source.cursor_enc), type=Cursor)
