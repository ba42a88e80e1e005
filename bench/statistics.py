"""`consent_statistics`: statistics over many acts, beside counting the acts, and beside counting them anew."""

from __future__ import annotations

import contextlib
import itertools
import sqlite3
import time
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

import psycopg
import sqlalchemy as sa

from bench.places import Place, Site
from bench.report import Figure, figure, median
from bench.sizes import Size
from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import Realm
from privacy.cli.opening import opened
from privacy.consent import service as consent
from privacy.consent.models import ConsentAct
from privacy.consent.statistics.counting import month_of
from privacy.consent.statistics.following import EVERYBODY
from privacy.consent.statistics.models import ConsentStatistic, ConsentStatisticPlace
from privacy.db import end_read, session, unit_of_work
from privacy.programme import service as programmes
from privacy.subjects.models import DataSubject

_FIRST, _LAST = date(2016, 1, 1), date(2025, 12, 31)
_DAYS = (_LAST - _FIRST).days
_ROUNDS = 5
_AT_ONCE = 20_000
#: Acts of each person, and their kinds in turn.
_EACH = 4
_KINDS = ("give", "give", "refuse", "withdraw")
_PURPOSES = ("offers", "newsletter", "profiling")
_CHANNELS = ("email", "sms", "phone")
_SOURCES = ("shop", "app", "till", "call-centre")
_NOON = (date(2016, 1, 1).toordinal() - date(1970, 1, 1).toordinal()) * clock.DAY + clock.DAY // 2


def measure(site: Site, size: Size) -> Iterator[Figure]:
    """Ten years of acts, asked for whole, by month, with every rate."""
    for kind in site.kinds:
        with site.place(kind) as place:
            _fill(place, size.acts)
            with opened(place.config):
                yield from _measure(kind, size.acts)


def _measure(kind: str, acts: int) -> Iterator[Figure]:
    began = time.perf_counter()
    counts = consent.recount_statistics()
    recounting = time.perf_counter() - began
    _store(counts)
    wanted = consent.StatisticsWanted(Realm.LIVE, _FIRST, _LAST)
    asked = []
    floors = []
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        found = consent.statistics(wanted)
        found.total.as_json(), found.over_time(), found.by_purpose(), found.by_source()
        asked.append(time.perf_counter() - began)
        began = time.perf_counter()
        assert session().scalar(sa.select(sa.func.count()).select_from(ConsentAct)) == acts
        end_read()
        floors.append(time.perf_counter() - began)
    seconds = median(asked)
    name = f"consent_statistics of {acts:,}"
    yield figure(name, kind, seconds * 1_000, "ms", ("SELECT count(*) of the acts", median(floors) * 1_000))
    yield figure(f"{name}, recounted", kind, seconds * 1_000, "ms", ("counting every act anew", recounting * 1_000))


def _store(counts: Mapping[Any, int]) -> None:
    """The summary as the follower leaves it."""
    rows = [{**cell._asdict(), "month": month_of(cell.day), "acts": number} for cell, number in counts.items()]
    zone = programmes.current().zone.key
    row = {"id": 1, "origin": audit.origin(), "zone": zone, "place": audit.sizes()[0], "moved_at": 0}
    with unit_of_work() as current:
        for start in range(0, len(rows), _AT_ONCE):
            current.execute(sa.insert(ConsentStatistic), rows[start : start + _AT_ONCE])
        current.execute(sa.insert(ConsentStatisticPlace), {**row, "walked": EVERYBODY})


def _fill(place: Place, acts: int) -> None:
    """People and acts as rows of no log: only their number and their spread matter."""
    people = range(-(-acts // _EACH))
    with _writer(place) as write:
        write(DataSubject.__table__, (_person(number) for number in people))
        write(ConsentAct.__table__, (_act(number) for number in range(acts)))


def _id(number: int) -> UUID:
    return UUID(int=(number + 1) << 64)


def _person(number: int) -> dict[str, Any]:
    every = {"realm": "live", "kind": "account", "members": 1, "version": 1, "standing": 0, "created_at": 0}
    ids = dict.fromkeys(("id", "person_id", "cluster_id", "group_id", "merged_id"), _id(number))
    return every | ids


def _act(number: int) -> dict[str, Any]:
    at = _NOON + number * 7_919 % _DAYS * clock.DAY + number % _EACH * clock.SECOND
    person = number // _EACH
    return {
        "id": UUID(int=(number + 1) << 32),
        "subject_id": _id(person),
        "act": _KINDS[number % _EACH],
        "purpose": _PURPOSES[person % 3],
        "channel": _CHANNELS[person // 3 % 3],
        "earliest": at,
        "latest": at,
        "received_at": at,
        "source_system": _SOURCES[person % 4],
        "proof": "own_act",
        "setting": "online",
        "explicit": False,
        "repeat_index": number.to_bytes(8, "big"),
        "recorded_by": _id(0),
        "key_version": 1,
    }


@contextlib.contextmanager
def _writer(place: Place) -> Iterator[Any]:
    if place.kind == "sqlite":
        with contextlib.closing(sqlite3.connect(place.url, isolation_level=None)) as connection:
            for pragma in ("journal_mode=MEMORY", "synchronous=OFF"):
                connection.execute(f"PRAGMA {pragma}")
            connection.execute("BEGIN")
            yield lambda table, rows: _into_sqlite(connection, table, rows)
            connection.execute("COMMIT")
    else:
        with psycopg.connect(place.url) as connection:
            yield lambda table, rows: _into_postgresql(connection, table, rows)
        with psycopg.connect(place.url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")


def _columns(table: sa.Table, row: Mapping[str, Any]) -> list[sa.Column[Any]]:
    missing = [column.name for column in table.columns if not column.nullable and column.name not in row]
    assert not missing, missing
    return [column for column in table.columns if column.name in row]


def _into_sqlite(connection: sqlite3.Connection, table: sa.Table, rows: Iterator[dict[str, Any]]) -> None:
    first = next(rows)
    columns = _columns(table, first)
    places = ", ".join("?" * len(columns))
    connection.executemany(
        f"INSERT INTO {table.name} ({', '.join(one.name for one in columns)}) VALUES ({places})",
        ([row[one.name] for one in columns] for row in itertools.chain([first], rows)),
    )


def _into_postgresql(connection: psycopg.Connection[Any], table: sa.Table, rows: Iterator[dict[str, Any]]) -> None:
    first = next(rows)
    columns = _columns(table, first)
    names = ", ".join(one.name for one in columns)
    with connection.cursor() as cursor, cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
        for row in itertools.chain([first], rows):
            copy.write_row([row[one.name] for one in columns])
