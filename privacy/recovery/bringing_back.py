"""Bring a backup of the data back into the place of the database: which one, with which keys, and whether it may.

Nothing is changed before everything that could be wrong was looked at. What is loaded is in quarantine.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa

from privacy import clock
from privacy.crypto.envelope import SealBroken
from privacy.crypto.keyring import Keyring
from privacy.crypto.providers.service import Provider
from privacy.db import engine_url
from privacy.recovery.backup_body import open_body
from privacy.recovery.failures import BackupBroken, BackupNotFound, RestoreImpossible
from privacy.recovery.key_set import KeySet, read_keys
from privacy.recovery.loading import load_postgresql, load_sqlite
from privacy.recovery.manifest import BackupKind, Manifest, find_backup, list_backups
from privacy.recovery.owner_key_filling import as_wrapped_now, ensure_usable
from privacy.recovery.quarantine import values_of

NEWEST = "newest"
_SET_ASIDE = ".replaced-"
_TABLES = "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
_OTHERS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND backend_type = 'client backend'"
)


@dataclass(frozen=True)
class Place:
    """Where to restore to, and from where."""

    database_url: str = field(repr=False)
    backups: Path
    ring_path: Path
    provider: Provider

    @property
    def url(self) -> sa.URL:
        """The database."""
        return engine_url(self.database_url)

    @property
    def file(self) -> Path | None:
        """The file of a SQLite database."""
        return Path(self.url.database or "") if self.url.get_backend_name() == "sqlite" else None


@dataclass(frozen=True)
class Chosen:
    """A backup of the data and one of the keys that belong together."""

    data: Manifest
    keys: Manifest


def choose(place: Place, *, data: str | None, keys: str | None) -> Chosen:
    """The backups named; by default the newest data, and the keys that were made with them or soonest after.

    Raises `BackupNotFound`, `BackupBroken`, and `RestoreImpossible` for two that are of different installations.
    """
    found = list_backups(place.backups)
    wanted = find_backup(place.backups, data, BackupKind.DATA) if data else _newest(found, BackupKind.DATA, place)
    if keys and keys != NEWEST:
        with_it = find_backup(place.backups, keys, BackupKind.KEYS)
    else:
        alike = [one for one in found if one.kind is BackupKind.KEYS and one.ring == wanted.ring]
        later = [] if keys == NEWEST else [one for one in alike if one.made_at >= wanted.made_at]
        if not alike:
            raise BackupNotFound(f"There is no backup of the keys of {wanted.id} in {place.backups}.")
        with_it = later[0] if later else alike[-1]
    if with_it.ring != wanted.ring:
        raise RestoreImpossible(f"{with_it.id} holds the keys of another installation than {wanted.id}.")
    kind = "sqlite" if place.file else "postgresql"
    if wanted.database != kind:
        raise RestoreImpossible(f"{wanted.id} is of {wanted.database}, and PRIVACY_DATABASE_URL names {kind}.")
    return Chosen(wanted, with_it)


def _newest(found: list[Manifest], kind: BackupKind, place: Place) -> Manifest:
    one = next((one for one in reversed(found) if one.kind is kind), None)
    if one is None:
        raise BackupNotFound(f"There is no backup of the data in {place.backups}. See: privacy backup list")
    return one


def ring_for(place: Place, chosen: Chosen) -> Keyring:
    """The keyring of this machine, or, where it has none, the one in the backup of the keys, which is then put here.

    Raises `RestoreImpossible` for a keyring of another installation, `KeyringUnusable`, `BackupBroken`.
    """
    if not place.ring_path.exists():
        with opened_keys(place, chosen.keys) as keys:
            _put(place.ring_path, keys.ring_file)
    ring = Keyring.load(place.ring_path, place.provider)
    if str(ring.ring_id) != chosen.data.ring:
        raise RestoreImpossible(
            f"{place.ring_path} is of another installation than {chosen.data.id}. Move it away first."
        )
    return ring


@contextlib.contextmanager
def opened_keys(place: Place, manifest: Manifest) -> Iterator[KeySet]:
    """What a backup of the keys holds. Raises `BackupBroken`."""
    with open_body(place.backups, manifest, provider=place.provider) as body:
        yield read_keys(body)


@contextlib.contextmanager
def owner_keys(place: Place, manifest: Manifest, ring: Keyring) -> Iterator[Iterator[Mapping[str, Any]]]:
    """The owners' keys of a backup, once, each as the ring can open it. Raises `BackupBroken`, `KeyringUnusable`."""
    with opened_keys(place, manifest) as found:
        yield as_wrapped_now(found.owner_keys(), ring, Keyring.read(found.ring_file, place.provider))


def is_empty(place: Place) -> bool:
    """Whether there is no database yet, or one without tables. Raises `RestoreImpossible` where it can't be reached."""
    if place.file is not None:
        return not place.file.exists() or place.file.stat().st_size == 0
    with _connected(place.url) as connection:
        return _number(connection, _TABLES) == 0


def ensure_unused(place: Place) -> None:
    """Raise `RestoreImpossible` while anybody has the database open."""
    if place.file is None:
        with _connected(place.url) as connection:
            users = _number(connection, _OTHERS)
    else:
        users = sum(1 for _ in _openers(place.file))
    if users:
        raise RestoreImpossible(f"The database is in use by {users} others. Stop the service and its workers first.")


def load(place: Place, chosen: Chosen, ring: Keyring, *, replace: bool, loaded: Callable[[int], None]) -> Path | None:
    """Load the data; returns where the database that it replaces lies now, if there was one.

    Raises `RestoreImpossible`, `BackupBroken`; then the database is as it was.
    """
    with owner_keys(place, chosen.keys, ring) as keys:
        ensure_usable(keys, ring)
    row = values_of(chosen.data.log_size, data_backup=chosen.data.id, key_backup=chosen.keys.id)
    aside: Path | None = None
    with open_body(place.backups, chosen.data, ring=ring) as body, _whole(chosen.data):
        if place.file is None:
            load_postgresql(body, place.url, row, loaded=loaded)
        else:
            suffix = None
            if replace and place.file.exists():
                suffix = f"{_SET_ASIDE}{clock.now():%Y%m%dT%H%M%SZ}"
                aside = place.file.with_name(place.file.name + suffix)
            load_sqlite(body, place.file, row, loaded=loaded, suffix=suffix)
    return aside


def upgrade(engine: sa.Engine) -> None:
    """Bring the schema of an older backup up to what this version needs. Raises `RestoreImpossible` for a newer one."""
    from alembic.util.exc import CommandError  # noqa: PLC0415  # Alembic is slow to import, and only this needs it

    from privacy import schema  # noqa: PLC0415  # the same

    if schema.current(engine) != schema.head():
        try:
            schema.upgrade(engine)
        except CommandError:  # Alembic does not know the revision.
            raise RestoreImpossible("The backup is of a newer version of the service. Install that one.") from None


@contextlib.contextmanager
def _whole(manifest: Manifest) -> Iterator[None]:
    try:
        yield
    except SealBroken:
        raise BackupBroken(f"{manifest.id} does not open to its end: it was changed or is damaged.") from None


def _openers(file: Path) -> Iterator[int]:
    """Other processes of this user, as far as the system tells, that have the file open."""
    wanted = file.resolve()
    for process in Path("/proc").glob("[0-9]*"):
        if process.name == str(os.getpid()):
            continue
        with contextlib.suppress(OSError):
            if any(_points_at(link, wanted) for link in (process / "fd").iterdir()):
                yield int(process.name)


def _points_at(link: Path, wanted: Path) -> bool:
    with contextlib.suppress(OSError):
        return link.readlink() == wanted
    return False


@contextlib.contextmanager
def _connected(url: sa.URL) -> Iterator[psycopg.Connection[Any]]:
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        connection = psycopg.connect(plain, connect_timeout=5)
    except psycopg.OperationalError:
        raise RestoreImpossible("The database cannot be reached. It must be there, and empty.") from None
    with contextlib.closing(connection):
        yield connection


def _number(connection: psycopg.Connection[Any], query: str) -> int:
    row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return int(row[0])


def _put(path: Path, content: bytes) -> None:
    """A private file, whole or not at all."""
    pending = path.with_name(path.name + ".new")
    descriptor = os.open(pending, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    pending.rename(path)
