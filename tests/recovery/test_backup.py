"""Backups: of one moment, opened by nobody without the keys, refused when a byte of them was changed."""

from __future__ import annotations

import itertools
import json
import os
import sqlite3
import stat
import subprocess
import threading
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from sqlalchemy.engine import make_url

from config import Config
from privacy import clock
from privacy.app import READERS
from privacy.audit import service as audit
from privacy.authz.actors import OPERATOR
from privacy.crypto.keyring import Keyring, KeyUse
from privacy.db import Base, engine_url
from privacy.recovery import postgresql_snapshot, sqlite_snapshot
from privacy.recovery import service as recovery
from privacy.recovery.postgresql_snapshot import connecting
from privacy.recovery.service import BackupBroken, BackupImpossible, BackupKind, BackupNotFound, Manifest
from tests.callers import ANNA, Service, a_give
from tests.databases import Database, engine_of
from tests.recovery.desk import (
    BOB,
    a_no,
    backed_up,
    body_of,
    inside,
    journalled,
    many_acts,
    own_ring,
    settled,
    source,
)


@pytest.fixture
def installed(service: Service, config: Config) -> Service:
    """A service with some people in it and the ring of its own file."""
    own_ring(config.keyring_path)
    caller = service.caller()
    caller.record(a_give(evidence={"campaign": "Marker-5501"}))
    caller.record(a_give(BOB))
    a_no(caller, subject=BOB)
    settled(service.app, config.data_dir)
    return service


def _tables(engine: sa.Engine) -> dict[str, list[tuple[object, ...]]]:
    with engine.connect() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(sa.select(table))), key=repr)
            for table in Base.metadata.sorted_tables
        }


def _loaded(manifest: Manifest, config: Config, database: Database, folder: Path) -> sa.Engine:
    """The data of a backup in an empty database."""
    body = folder / "opened"
    body.write_bytes(body_of(manifest, config))
    if database.kind == "sqlite":
        return engine_of(f"sqlite:///{body}")
    url = engine_url(database.url)
    name = f"{url.database}_loaded"
    admin = sa.create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    admin.dispose()
    with connecting(url.set(database=name)) as (conninfo, options):
        subprocess.run(["pg_restore", f"--dbname={conninfo}", "--no-owner", str(body)], check=True, **options)
    return engine_of(url.set(database=name).render_as_string(hide_password=False))


def test_a_backup_of_the_data_loads_as_it_was_but_for_the_keys(
    installed: Service, config: Config, database: Database, tmp_path: Path
) -> None:
    engine = database.engine()
    before = _tables(engine)
    engine.dispose()
    [manifest] = backed_up(installed.app, config, BackupKind.DATA)
    loaded = _loaded(manifest, config, database, tmp_path)
    after = _tables(loaded)
    loaded.dispose()
    assert after.pop("owner_key") == []
    assert before.pop("owner_key")
    assert after == before
    assert len(after["consent_act"]) > 2


def test_the_manifest_says_what_the_log_was_at_that_moment(installed: Service, config: Config) -> None:
    with inside(installed.app):
        published = audit.newest_checkpoint()
        origin = audit.origin()
    entries = journalled(installed.app, config.data_dir)
    made = backed_up(installed.app, config)
    ring = Keyring.load(config.keyring_path)
    for manifest in made:
        assert (manifest.origin, manifest.log_size, manifest.log_root) == (origin, published.size, published.root)
        assert manifest.journal_position == entries[-1].n
        assert manifest.ring == str(ring.ring_id)
        assert manifest.numbers["wrap"] == tuple(ring.numbers(KeyUse.WRAP))
        assert manifest.made_at < manifest.ends_at
    keys, data = made
    assert (data.ends_at - data.made_at) // clock.DAY == config.backup_days
    assert (keys.ends_at - keys.made_at) // clock.DAY == config.key_backup_days
    assert recovery.list_backups(config.backups_path) == sorted(made, key=lambda m: (m.made_at, m.id))
    assert recovery.oldest_data_backup(config.backups_path) == data
    assert recovery.find_backup(config.backups_path, keys.id) == keys
    with pytest.raises(BackupNotFound, match="privacy backup list"):
        recovery.find_backup(config.backups_path, "data-1")


def test_a_backup_of_the_keys_holds_the_ring_and_every_key_as_they_are(
    installed: Service, config: Config, database: Database
) -> None:
    [manifest] = backed_up(installed.app, config, BackupKind.KEYS)
    ring = Keyring.load(config.keyring_path)
    with recovery.open_body(config.backups_path, manifest, provider=ring.provider) as body:
        keys = recovery.read_keys(body)
        rows = list(keys.owner_keys())
    assert keys.ring_file == config.keyring_path.read_bytes()
    engine = database.engine()
    with engine.connect() as connection:
        stored = [dict(row) for row in connection.execute(sa.select(Base.metadata.tables["owner_key"])).mappings()]
        wrapping = connection.execute(sa.select(Base.metadata.tables["wrapping_key"])).mappings().all()
    engine.dispose()
    assert sorted(rows, key=repr) == sorted(stored, key=repr)
    assert [dict(row) for row in wrapping] == list(keys.wrapping_keys)


def test_no_wrapped_key_and_no_plaintext_is_in_a_backup_of_the_data(
    installed: Service, config: Config, database: Database
) -> None:
    [manifest] = backed_up(installed.app, config, BackupKind.DATA)
    body = body_of(manifest, config)
    engine = database.engine()
    with engine.connect() as connection:
        wrapped = list(connection.scalars(sa.text("SELECT wrapped_enc FROM owner_key")))
    engine.dispose()
    assert len(wrapped) >= 3
    for secret in wrapped:
        assert bytes(secret) not in body
        assert bytes(secret)[13:29] not in body
        assert bytes(secret).hex().encode() not in body
    sealed = (config.backups_path / "data" / f"{manifest.id}.backup").read_bytes()
    clear = (config.backups_path / "data" / f"{manifest.id}.json").read_bytes()
    for marker in (*ANNA.values(), "Marker-5501", "600100200"):
        assert marker.encode() not in body
        assert marker.encode() not in sealed + clear


def test_nothing_lies_there_in_the_clear_and_nobody_else_may_look(installed: Service, config: Config) -> None:
    backed_up(installed.app, config)
    found = {path.relative_to(config.backups_path): path for path in config.backups_path.rglob("*")}
    files = {str(name) for name, path in found.items() if path.is_file()}
    assert all(name.endswith((".json", ".backup")) for name in files)
    assert len(files) == 4
    for path in found.values():
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


def test_each_backup_has_one_event_also_when_its_run_was_killed_before_that(installed: Service, config: Config) -> None:
    with inside(installed.app):
        made = recovery.write_backups(tuple(BackupKind), source(config))
        keeper = recovery.Keeper(config.backups_path, actor=OPERATOR)
        assert keeper.record_made() == 2
        assert keeper.record_made() == 0
        assert [audit.actions_about("backup", one.id) for one in made] == [["backup.made"]] * 2


def test_a_backup_is_deleted_when_its_time_is_over_and_keys_go_first(
    installed: Service, config: Config, frozen: time_machine.Traveller
) -> None:
    keys, data = backed_up(installed.app, config)
    frozen.shift((config.key_backup_days - 1) * 86_400)
    with inside(installed.app):
        keeper = recovery.Keeper(config.backups_path, actor=OPERATOR)
        assert keeper.delete_expired(clock.micros()) == []
    frozen.shift(86_400)
    assert recovery.expired_key_backups(config.backups_path, clock.micros()) == [keys]
    with inside(installed.app):
        assert keeper.delete_expired(clock.micros()) == [keys]
        assert audit.actions_about("backup", keys.id) == ["backup.made", "backup.deleted"]
        assert keeper.delete_expired(clock.micros()) == []
    assert list((config.backups_path / "keys").iterdir()) == []
    assert recovery.list_backups(config.backups_path) == [data]


def test_the_worker_deletes_what_is_expired_and_shortens_the_journal(
    installed: Service, config: Config, frozen: time_machine.Traveller
) -> None:
    keeping = recovery.Keeping(config.backups_path, config.data_dir / "journal", config.backup_days)
    journalled(installed.app, config.data_dir)
    frozen.shift(86_400)
    a_no(installed.caller())
    journalled(installed.app, config.data_dir)
    frozen.shift((config.backup_days + 1) * 86_400)
    with inside(installed.app):
        recovery.Journaling(config.data_dir / "journal").turn()
    assert keeping.run(installed.app.app_context) == 0  # Nothing goes while there is no backup.
    journal = recovery.Journal(config.data_dir / "journal")
    assert len(journal.segments) >= 2
    a_no(installed.caller(), subject=BOB)
    entries = journalled(installed.app, config.data_dir)
    backed_up(installed.app, config)
    assert keeping.run(installed.app.app_context) >= 1
    left = list(journal.entries())
    assert left == entries[-len(left) :]
    assert len(left) < len(entries)
    frozen.shift((config.backup_days + 1) * 86_400)
    assert keeping.run(installed.app.app_context) == 2
    assert recovery.list_backups(config.backups_path) == []


def test_a_changed_byte_anywhere_is_refused(installed: Service, config: Config) -> None:
    many_acts(installed, 3)
    made = backed_up(installed.app, config)
    ring = Keyring.load(config.keyring_path)
    assert ring.provider is not None
    for manifest in made:
        path = config.backups_path / manifest.kind.value / f"{manifest.id}.backup"
        whole = path.read_bytes()
        places = sorted({*range(0, 40), *range(0, len(whole), max(len(whole) // 40, 1)), len(whole) - 1})
        for place in places:
            changed = bytearray(whole)
            changed[place] ^= 1
            path.write_bytes(bytes(changed))
            with pytest.raises(BackupBroken):
                recovery.check_backup(config.backups_path, manifest, ring=ring, provider=ring.provider)
        path.write_bytes(whole[:-1])
        with pytest.raises(BackupBroken):
            recovery.check_backup(config.backups_path, manifest, ring=ring, provider=ring.provider)
        path.write_bytes(whole)
        assert recovery.check_backup(config.backups_path, manifest, ring=ring, provider=ring.provider).holds > 0


def test_a_changed_manifest_does_not_open_its_body(installed: Service, config: Config) -> None:
    made = backed_up(installed.app, config)
    ring = Keyring.load(config.keyring_path)
    for manifest in made:
        path = config.backups_path / manifest.kind.value / f"{manifest.id}.json"
        document = json.loads(path.read_bytes())
        for name, value in document.items():
            if name == "sealed_by":
                continue
            other = value + 1 if isinstance(value, int) else f"{value}x" if isinstance(value, str) else {"wrap": [9]}
            try:
                changed = Manifest.parse(json.dumps(document | {name: other}).encode())
            except BackupBroken:
                continue
            with (
                pytest.raises(BackupBroken),
                recovery.open_body(config.backups_path, changed, ring=ring, provider=ring.provider) as body,
            ):
                body.read()
        path.write_text("{}")
        with pytest.raises(BackupBroken, match="no manifest"):
            recovery.list_backups(config.backups_path)
        path.write_text(json.dumps(document))


def test_another_installation_does_not_open_it(installed: Service, config: Config, tmp_path: Path) -> None:
    keys, data = backed_up(installed.app, config)
    other = tmp_path / "other" / "keyring.json"
    other.parent.mkdir(mode=0o700)
    Keyring.generate().save(other)
    stranger = Keyring.load(other)
    for manifest in (keys, data):
        with pytest.raises(BackupBroken, match="does not open"):
            recovery.open_body(config.backups_path, manifest, ring=stranger, provider=stranger.provider)


def test_writers_go_on_while_a_backup_is_made_and_none_is_refused(installed: Service, config: Config) -> None:
    stop, failures, done = threading.Event(), list[BaseException](), itertools.count()
    caller = installed.caller()

    def write() -> None:
        try:
            for one in itertools.count():
                if stop.is_set():
                    return
                caller.record(a_give({"customer_id": f"C-7{one:05}", "email": f"w{one}@example.net"}))
                next(done)
        except BaseException as error:
            failures.append(error)
        finally:
            installed.app.extensions[READERS].drop()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(3):
            [manifest] = backed_up(installed.app, config, BackupKind.DATA)
            ring = Keyring.load(config.keyring_path)
            assert ring.provider is not None
            recovery.check_backup(config.backups_path, manifest, ring=ring, provider=ring.provider)
    finally:
        stop.set()
        writer.join()
    assert failures == []
    assert next(done) > 3
    settled(installed.app, config.data_dir)
    with inside(installed.app):
        assert audit.stored_edge(manifest.log_size).frontier.root() == manifest.log_root


def test_a_second_run_in_the_same_folder_is_told_so(installed: Service, config: Config) -> None:
    from privacy.recovery.backup import alone

    with alone(config.backups_path), pytest.raises(BackupImpossible, match="Another run"):
        backed_up(installed.app, config)


def test_a_folder_that_cannot_be_written_is_said(installed: Service, config: Config) -> None:
    config.backups_path.write_text("a file")
    with pytest.raises(BackupImpossible, match="PRIVACY_BACKUP_DIR"):
        backed_up(installed.app, config)


def test_the_copy_ends_though_somebody_writes_between_any_two_steps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, copy = tmp_path / "busy.sqlite3", tmp_path / "copy.sqlite3"
    with sqlite3.connect(file, isolation_level=None) as busy:
        busy.execute("CREATE TABLE t (x BLOB)")
        busy.executemany("INSERT INTO t VALUES (randomblob(4000))", [()] * 400)
        monkeypatch.setattr(sqlite_snapshot, "_PAGES", 8)
        stages: list[int] = []

        def write(done: int, _every: int) -> None:
            stages.append(done)
            busy.execute("INSERT INTO t VALUES (randomblob(10))")

        sqlite_snapshot._copied(file, copy, write)
        assert len(stages) > 4
    busy.close()
    loaded = sqlite3.connect(copy)
    assert loaded.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert loaded.execute("SELECT count(*) FROM t").fetchone()[0] >= 400
    loaded.close()


def test_no_password_is_shown_to_other_processes(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    if database.kind != "postgresql":
        with connecting(make_url("postgresql://u@h/d")) as (conninfo, options):
            assert "pass" not in conninfo
            assert "pass_fds" not in options
        return
    monkeypatch.setenv("PRIVACY_DATABASE_URL", "postgresql://u:S3cret-of-all@h/d")
    url = engine_url(database.url).set(password="S3cret:of\\all")
    with connecting(url) as (conninfo, options):
        shown = subprocess.Popen(["sleep", "60"], **options)
        try:
            place = Path(f"/proc/{shown.pid}")
            deadline = time.monotonic() + 10
            while b"sleep" not in (place / "cmdline").read_bytes() and time.monotonic() < deadline:
                os.sched_yield()
            assert b"S3cret" not in (place / "environ").read_bytes()
            [descriptor] = options["pass_fds"]
            assert (place / "fd" / str(descriptor)).read_text() == "*:*:*:*:S3cret\\:of\\\\all\n"
            assert stat.S_IMODE(os.fstat(descriptor).st_mode) == 0o600
        finally:
            shown.kill()
            shown.wait()
        assert "S3cret" not in conninfo
        listed = subprocess.run(
            ["psql", f"--dbname={conninfo}", "-Atc", "SELECT 1"], capture_output=True, text=True, check=True, **options
        )
    assert listed.stdout == "1\n"


def test_a_missing_or_older_tool_is_said_with_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BackupImpossible, match=r"pg_dump is not here\. Install the client programs of PostgreSQL 15"):
        postgresql_snapshot.tool("pg_dump", 150_004)
    program = tmp_path / "pg_dump"
    program.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 14.11'\n")
    program.chmod(0o755)
    with pytest.raises(BackupImpossible, match=r"14\.11 and the server is PostgreSQL 15"):
        postgresql_snapshot.tool("pg_dump", 150_004)
    assert postgresql_snapshot.tool("pg_dump", 140_000) == str(program)
