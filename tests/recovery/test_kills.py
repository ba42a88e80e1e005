"""kill -9 at the steps of a backup and of the journal: nothing half is taken for whole, and the next run goes on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import sqlalchemy as sa

from config import Config
from privacy.audit import service as audit
from privacy.crypto.keyring import Keyring
from privacy.db import unit_of_work
from privacy.recovery import service as recovery
from privacy.recovery.backup import WORK
from privacy.recovery.models import JournalState
from privacy.recovery.service import BackupKind, Journal
from tests.callers import Service
from tests.databases import Database
from tests.recovery.desk import backed_up, inside, journalled, many_acts, own_ring, settled
from tests.rules.source import ROOT
from tests.sizes import size


def _killed(what: str, database: Database, config: Config) -> int:
    places = str(size("kill_places"))
    command = [sys.executable, "-m", "tests.recovery.killed", what, database.url, str(config.data_dir), places]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def _unfinished(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file() and path.suffix not in {".json", ".backup"}]


def test_a_backup_that_is_killed_anywhere_is_whole_or_none(
    service: Service, config: Config, database: Database
) -> None:
    own_ring(config.keyring_path)
    many_acts(service, 3)
    settled(service.app, config.data_dir)
    assert _killed("backup", database, config) > size("kill_places") // 2
    # What is there opens to its last byte, each with one event; what the killed runs left goes with the next run.
    backed_up(service.app, config)
    folder, ring = config.backups_path, Keyring.load(config.keyring_path)
    assert ring.provider is not None
    assert _unfinished(folder) == []
    assert list((folder / WORK).iterdir()) == []
    found = recovery.list_backups(folder)
    assert {one.kind for one in found} == set(BackupKind)
    for manifest in found:
        assert recovery.check_backup(folder, manifest, ring=ring, provider=ring.provider).holds
        with inside(service.app):
            assert audit.actions_about("backup", manifest.id) == ["backup.made"]
    assert len(list(folder.rglob("*.backup"))) == len(found)


def test_a_journal_whose_writer_is_killed_anywhere_has_every_leaf_once(
    service: Service, config: Config, database: Database
) -> None:
    own_ring(config.keyring_path)
    many_acts(service, 2)
    settled(service.app, config.data_dir)
    assert _killed("journal", database, config) > size("kill_places") // 2
    with inside(service.app), unit_of_work() as current:
        current.execute(sa.update(JournalState).values(lease_until=0))  # As ten seconds after the last kill.
    journalled(service.app, config.data_dir)
    journal = Journal(config.journal_path)
    with inside(service.app):
        leaves = audit.sequenced_leaves(0, 10_000)
        published = audit.newest_checkpoint()
    assert [(one.n, one.event_id) for one in journal.entries()] == [(leaf.n, leaf.event_id) for leaf in leaves]
    newest = journal.newest_checkpoint()
    assert newest is not None
    assert newest.size == published.size
    assert journal.gaps(-1, len(leaves)) == []
