"""`restore`: a backup of the data loaded into an empty place, beside the database's own tool doing the same.

What follows the loading (the log, the replay, the verification) grows with the log and is measured as `audit_verify`.
"""

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

from bench.backups import bytes_of, fill
from bench.places import Place, Site
from bench.report import Figure, figure
from bench.sizes import Size
from privacy.audit import service as audit
from privacy.cli.backup import source_of
from privacy.cli.opening import opened
from privacy.crypto.keyring import Keyring
from privacy.crypto.providers.service import provider_of
from privacy.recovery import service as recovery
from privacy.recovery.service import BackupKind


def measure(site: Site, size: Size) -> Iterator[Figure]:
    """On every database at hand; and that memory does not grow with it."""
    few, many = size.backup_rows
    for kind in site.kinds:
        with contextlib.ExitStack() as stack:
            small, large, target = (stack.enter_context(site.place(kind)) for _ in range(3))
            held = []
            for place, rows in ((small, few), (large, many)):
                _back_up(place, rows)
                tracemalloc.start()
                _restore(place, target)
                held.append(tracemalloc.get_traced_memory()[1] / 1e6)
                tracemalloc.stop()
            megabytes = bytes_of(large) / 1e6
            plain = megabytes / _plainly(large, target)
            rate = megabytes / _restore(large, target)
            tool = "sqlite3 backup" if kind == "sqlite" else "pg_restore"
            yield figure(f"restore of {megabytes:,.0f} MB", kind, rate, "MB/s", (f"{tool} from a file", plain))
            yield figure(f"restore memory of {many:,}", kind, held[1], "MB", (f"of {few:,}", held[0]))


def _back_up(place: Place, rows: int) -> None:
    with opened(place.config):
        fill(rows)
        audit.settle(audit.Anchor(place.config.anchor_path), seconds=60)
    recovery.write_backups(tuple(BackupKind), source_of(place.config))


def _restore(place: Place, target: Place) -> float:
    """Seconds of loading the newest backup of one place into the emptied database of another."""
    _empty(target)
    config = place.config
    ring = Keyring.load(config.keyring_path, provider_of(config.keys))
    where = recovery.Place(target.config.database_url, config.backups_path, config.keyring_path, ring.provider)
    chosen = recovery.choose(where, data=None, keys=None)
    started = time.perf_counter()
    recovery.load(where, chosen, ring, replace=False, loaded=lambda _done: None)
    return time.perf_counter() - started


def _plainly(place: Place, target: Place) -> float:
    """Seconds of the database's own tool, durable at the end, from a file that its own tool has written."""
    copy = Path(place.config.data_dir) / "plain-copy"
    _empty(target)
    if place.kind == "sqlite":
        _copy(place.url, str(copy))
        started = time.perf_counter()
        _copy(str(copy), target.url)
        with Path(target.url).open("rb") as file:
            os.fsync(file.fileno())
    else:
        dump = ["pg_dump", "--format=custom", "--compress=1", f"--file={copy}", f"--dbname={place.url}"]
        subprocess.run(dump, check=True)
        started = time.perf_counter()
        load = ["pg_restore", "--no-owner", "--no-privileges", "--single-transaction", f"--dbname={target.url}"]
        subprocess.run([*load, str(copy)], check=True)
    took = time.perf_counter() - started
    copy.unlink()
    return took


def _copy(source: str, target: str) -> None:
    with contextlib.closing(sqlite3.connect(source)) as one, contextlib.closing(sqlite3.connect(target)) as other:
        one.backup(other)


def _empty(target: Place) -> None:
    """Take away everything that is in a database."""
    if target.kind == "sqlite":
        for beside in ("", "-wal", "-shm"):
            Path(target.url + beside).unlink(missing_ok=True)
        return
    with psycopg.connect(target.url) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
