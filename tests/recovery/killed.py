"""Backups and journals that are killed before a line of their program, each time a new run after it.

Run as: python -m tests.recovery.killed backup|journal DATABASE_URL DATA_DIR PLACES. Counts the lines of a whole run,
then kills others at so many places spread over it, and prints how many were killed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from config import Config
from privacy.audit import service as audit
from privacy.authz.actors import OPERATOR
from privacy.crypto import sealed_file
from privacy.db import db, unit_of_work
from privacy.recovery import (
    backup,
    backup_body,
    journal_writer,
    journaling,
    keeping,
    key_set,
    manifest,
    postgresql_snapshot,
    sqlite_snapshot,
)
from privacy.recovery import service as recovery
from privacy.recovery.models import JournalState
from privacy.recovery.service import BackupKind
from tests.build import an_actor
from tests.databases import Database, bare_app
from tests.killed_lines import on_lines, was_killed
from tests.recovery.desk import own_ring, source

_BACKUP = {
    module.__file__
    for module in (backup, backup_body, keeping, key_set, manifest, postgresql_snapshot, sealed_file, sqlite_snapshot)
}
_JOURNAL = {journal_writer.__file__, journaling.__file__}


def main() -> None:
    what, url, folder, places = sys.argv[1:]
    config = Config.for_tests(data_dir=Path(folder), database_url=url)
    app = bare_app(Database("", url))
    own_ring(config.keyring_path)
    work, traced = {"backup": (_back_up, _BACKUP), "journal": (_journal, _JOURNAL)}[what]
    lines = _lines(app, config, work, traced)
    print(sum(_killed_at(lines * one // int(places), app, config, work, traced) for one in range(int(places))))


def _back_up(config: Config) -> None:
    recovery.write_backups(tuple(BackupKind), source(config))
    keeper = recovery.Keeper(config.backups_path, actor=OPERATOR)
    keeper.record_made()
    for one in recovery.list_backups(config.backups_path)[:-2]:
        # Their time is over, as far as this run is concerned.
        keeper.delete_expired(one.ends_at)


def _journal(config: Config) -> None:
    recovery.Journaling(config.journal_path).turn()


def _lines(app: Flask, config: Config, work: Callable[[Config], None], traced: set[str | None]) -> int:
    """How many lines a run has that nobody kills; not the first one, which has more to catch up with."""
    _prepare(app, config)
    with app.app_context():
        work(config)
        db.session.remove()
    _prepare(app, config)
    count = 0

    def one_more() -> None:
        nonlocal count
        count += 1

    with app.app_context():
        with on_lines(traced, one_more):
            work(config)
        db.session.remove()
        db.engine.dispose()
    return count


def _killed_at(
    number: int, app: Flask, config: Config, work: Callable[[Config], None], traced: set[str | None]
) -> bool:
    """Whether the run was killed: there was an n-th line."""
    _prepare(app, config)
    with app.app_context():
        return was_killed(traced, number, lambda: work(config))


def _prepare(app: Flask, config: Config) -> None:
    """One event more, and nobody at work."""
    with app.app_context():
        with unit_of_work() as current:
            audit.record("thing.done", actor=an_actor(), object_type="thing", object_id="t", content={})
            current.execute(sa.update(JournalState).values(lease_until=0))  # As after ten seconds.
        audit.settle(audit.Anchor(config.anchor_path), seconds=20)
        db.session.remove()
        db.engine.dispose()


if __name__ == "__main__":
    main()
