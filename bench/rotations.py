"""`rotate_kek`: owners' keys wrapped under a new key encryption key, beside rewriting the same rows plainly."""

from __future__ import annotations

import contextlib
import sqlite3
import time
import tracemalloc
from collections.abc import Iterator

import psycopg

from bench.places import Place, Site
from bench.report import Figure, figure
from bench.sizes import Size
from privacy.authz.actors import OPERATOR
from privacy.cli.opening import opened
from privacy.crypto import keyring
from privacy.crypto.keyring import KeyUse
from privacy.crypto.owner_keys import INSERT_OWNER_KEY, new_owner_key
from privacy.db import Driver, new_id, prepare_sqlite, unit_of_work, wal_is_safe
from privacy.keys import service as keys
from privacy.keys.rewrapping import PORTION

#: Owners of one transaction while the table is filled.
_AT_ONCE = 2_000
_BYTES = 61
_READ = {
    "sqlite": "SELECT owner_id, version, wrapped_by, wrapped_enc FROM owner_key"
    " WHERE (owner_id, version) > (?, ?) ORDER BY owner_id, version LIMIT ?",
    "postgresql": "SELECT owner_id, version, wrapped_by, wrapped_enc FROM owner_key"
    " WHERE (owner_id, version) > (%s, %s) ORDER BY owner_id, version LIMIT %s FOR UPDATE",
}
_WRITE = {
    "sqlite": "UPDATE owner_key SET wrapped_by = ?, wrapped_enc = ? WHERE owner_id = ? AND version = ?",
    "postgresql": "UPDATE owner_key SET wrapped_by = %s, wrapped_enc = %s WHERE owner_id = %s AND version = %s",
}


def measure(site: Site, size: Size) -> Iterator[Figure]:
    """On every database at hand; and that memory does not grow with the number of owners."""
    few, many = size.owners
    for kind in site.kinds:
        with contextlib.ExitStack() as stack:
            small, large = (stack.enter_context(site.place(kind)) for _ in range(2))
            held = []
            for place, owners in ((small, few), (large, many)):
                with opened(place.config):
                    _fill(owners)
                    tracemalloc.start()
                    _rotate()
                    held.append(tracemalloc.get_traced_memory()[1] / 1e6)
                    tracemalloc.stop()
                    # Once more without counting, which slows it down.
                    rate, longest = _rotate()
            plain = _rewrite(large)
            yield figure(f"rotate_kek of {many:,}", kind, rate, "owners/s", ("rewriting the same rows", plain))
            yield figure("rotate_kek longest unit", kind, longest, "s", ("what one may take", 0.2))
            yield figure(f"rotate_kek memory of {many:,}", kind, held[1], "MB", (f"of {few:,}", held[0]))


def _fill(owners: int) -> None:
    ring = keyring.installed()
    for start in range(0, owners, _AT_ONCE):
        rows = [new_owner_key(ring, new_id())[1] for _ in range(min(_AT_ONCE, owners - start))]
        with unit_of_work() as current:
            Driver.of(current).run_all([(INSERT_OWNER_KEY, row) for row in rows])


def _rotate() -> tuple[float, float]:
    """Owners a second, and the seconds of the longest unit."""
    ring = keyring.installed().with_new(KeyUse.WRAP)
    keyring.install(ring)
    with unit_of_work():
        keys.open_key(ring.current(KeyUse.WRAP).number, actor=OPERATOR)
    done, longest, last, started = 0, 0.0, None, time.perf_counter()
    while True:
        began = time.perf_counter()
        with unit_of_work():
            portion = keys.rewrap(ring, last, actor=OPERATOR)
        longest = max(longest, time.perf_counter() - began)
        done, last = done + portion.rewrapped, portion.last
        if last is None:
            return done / (time.perf_counter() - started), longest


def _rewrite(place: Place) -> float:
    """Rows a second: read by range and updated one by one, in transactions of as many."""
    connection: sqlite3.Connection | psycopg.Connection[tuple[object, ...]]
    if place.kind == "sqlite":
        connection = sqlite3.connect(place.url, isolation_level=None)
        prepare_sqlite(connection, wal=wal_is_safe(sqlite3.sqlite_version_info))
        last: tuple[object, object] = (bytes(16), 0)
    else:
        connection = psycopg.connect(place.url, autocommit=True)
        last = ("00000000-0000-0000-0000-000000000000", -1)
    with contextlib.closing(connection):
        cursor, done, started = connection.cursor(), 0, time.perf_counter()
        while True:
            connection.execute("BEGIN IMMEDIATE" if place.kind == "sqlite" else "BEGIN")
            rows = cursor.execute(_READ[place.kind], (*last, PORTION)).fetchall()  # type: ignore[arg-type]
            values = [(by, bytes(_BYTES), owner, version) for owner, version, by, _ in rows]
            if values:
                cursor.executemany(_WRITE[place.kind], values)  # type: ignore[arg-type]
            connection.execute("COMMIT")
            if not rows:
                return done / (time.perf_counter() - started)
            last, done = (rows[-1][0], rows[-1][1]), done + len(rows)
