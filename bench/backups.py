"""`backup`: both backups of one moment, beside the database's own tool writing the same data to a file."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import psycopg
import sqlalchemy as sa

from bench.places import Place, Site
from bench.report import Figure, figure
from bench.sizes import Size
from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import OPERATOR
from privacy.cli.backup import source_of
from privacy.cli.opening import opened
from privacy.consent.models import Suppression
from privacy.db import new_id, unit_of_work
from privacy.recovery import service as recovery
from privacy.recovery.service import BackupKind

#: Rows of one transaction while the database is filled.
_AT_ONCE = 5_000


def measure(site: Site, size: Size) -> Iterator[Figure]:
    """On every database at hand; and that memory does not grow with it."""
    few, many = size.backup_rows
    for kind in site.kinds:
        with contextlib.ExitStack() as stack:
            small, large = (stack.enter_context(site.place(kind)) for _ in range(2))
            held = []
            for place, rows in ((small, few), (large, many)):
                with opened(place.config):
                    fill(rows)
                    audit.settle(audit.Anchor(place.config.anchor_path), seconds=60)
                tracemalloc.start()
                _back_up(place)
                held.append(tracemalloc.get_traced_memory()[1] / 1e6)
                tracemalloc.stop()
            megabytes = bytes_of(large) / 1e6
            plain = megabytes / _plainly(large)
            rate = megabytes / _back_up(large)
            tool = "sqlite3 backup" if kind == "sqlite" else "pg_dump"
            yield figure(f"backup of {megabytes:,.0f} MB", kind, rate, "MB/s", (f"{tool} to a file", plain))
            yield figure(f"backup memory of {many:,}", kind, held[1], "MB", (f"of {few:,}", held[0]))


def fill(rows: int) -> None:
    """Rows for an open installation, of some 250 bytes each."""
    now = clock.micros()
    for start in range(0, rows, _AT_ONCE):
        values = [
            {
                "id": new_id(),
                "contact_index": os.urandom(17),
                "kind": "email",
                "scope": "marketing",
                "cause": "list",
                "suppressed_at": now,
                "source": os.urandom(60).hex(),
                "recorded_at": now,
            }
            for _ in range(min(_AT_ONCE, rows - start))
        ]
        with unit_of_work() as current:
            current.execute(sa.insert(Suppression), values)
            audit.record("bench.filled", actor=OPERATOR, object_type="bench", object_id="fill", content={})


def _back_up(place: Place) -> float:
    """Seconds of a backup of the data."""
    started = time.perf_counter()
    recovery.write_backups({BackupKind.DATA}, source_of(place.config))
    return time.perf_counter() - started


def _plainly(place: Place) -> float:
    """Seconds of the database's own tool, durable at the end."""
    target = Path(place.config.data_dir) / "plain-copy"
    started = time.perf_counter()
    if place.kind == "sqlite":
        with (
            contextlib.closing(sqlite3.connect(place.url)) as source,
            contextlib.closing(sqlite3.connect(target)) as into,
        ):
            source.backup(into)
    else:
        command = ["pg_dump", "--format=custom", "--compress=1", f"--file={target}", f"--dbname={place.url}"]
        subprocess.run(command, check=True)
    with target.open("rb") as file:
        os.fsync(file.fileno())
    took = time.perf_counter() - started
    target.unlink()
    return took


def bytes_of(place: Place) -> int:
    """How large the database is."""
    if place.kind == "sqlite":
        return Path(place.url).stat().st_size
    with psycopg.connect(place.url) as connection:
        row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
        assert row is not None
        return int(row[0])
