"""Make backups: the data without the owners' keys, and the keys by themselves, of one moment.

Each step leaves either a whole backup or something that the next run takes away: a body without a manifest is nothing,
and the manifest is written last. One run at a time in a folder of backups.
"""

from __future__ import annotations

import contextlib
import fcntl
import io
import os
import secrets
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

from privacy import __version__, clock
from privacy.crypto.envelope import KEY_BYTES
from privacy.crypto.keyring import Keyring, KeyUse
from privacy.crypto.providers.service import Provider
from privacy.crypto.sealed_file import SealedWriter
from privacy.db import engine_url
from privacy.recovery import backup_body, key_set
from privacy.recovery.failures import BackupImpossible
from privacy.recovery.manifest import BODY, MANIFEST, BackupKind, Manifest, SealedBy, manifest_path
from privacy.recovery.postgresql_snapshot import postgresql_snapshot
from privacy.recovery.snapshot import Snapshot
from privacy.recovery.sqlite_snapshot import file_of, sqlite_snapshot

#: What is being done, how much of it is done, and of how much.
Shown = Callable[[str, int, int], None]
#: The folder for what lies in the clear for a moment, inside the folder of backups.
WORK = "work"
_TRIES = 3


@dataclass(frozen=True)
class Source:
    """What is backed up, and where to."""

    database_url: str = field(repr=False)
    folder: Path
    ring_path: Path
    provider: Provider
    backup_days: int
    key_backup_days: int


def quietly(_what: str, _done: int, _every: int) -> None:
    """Show nothing."""


def write_backups(kinds: Collection[BackupKind], source: Source, *, show: Shown = quietly) -> list[Manifest]:
    """Make a backup of each kind, all of one moment. Raises `BackupImpossible`, `KeyringUnusable`."""
    with alone(source.folder):
        try:
            clear_away(source.folder)
            for _ in range(_TRIES):
                made = _attempt(kinds, source, show)
                if made is not None:
                    return made
        except OSError as error:
            raise BackupImpossible(
                f"{source.folder} cannot be written: {error.strerror or 'input or output failed'}."
            ) from error
        finally:
            with contextlib.suppress(OSError):
                clear_away(source.folder)
    raise BackupImpossible("Keys are being destroyed right now; run it again when that is done.")


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the folder of backups. Raises `BackupImpossible` where another run does, or it cannot be had."""
    try:
        for path in (folder, folder / WORK, *(folder / kind.value for kind in BackupKind)):
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise BackupImpossible(f"{folder} cannot be used: {error.strerror}. Set PRIVACY_BACKUP_DIR.") from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupImpossible(f"Another run is at work in {folder}.") from None
        yield
    finally:
        os.close(descriptor)


def clear_away(folder: Path) -> None:
    """Remove what runs that were killed left: copies in the clear, bodies without a manifest, unfinished files."""
    for path in (folder / WORK).iterdir():
        path.unlink()
    for kind in BackupKind:
        inside = folder / kind.value
        for path in inside.iterdir():
            finished = path.suffix in {MANIFEST, BODY} and manifest_path(folder, kind, path.stem).exists()
            if not finished and path.suffix in {BODY, ".new"}:
                path.unlink()


def _attempt(kinds: Collection[BackupKind], source: Source, show: Shown) -> list[Manifest] | None:
    """All backups of one moment; None where the ring had lost a key by the time that it was read."""
    with _snapshot(source, show) as snapshot:
        # A key is in the ring before anything is under it, so the ring of a moment later lacks none of the copy's.
        ring_file = source.ring_path.read_bytes()
        ring = Keyring.load(source.ring_path, source.provider)
        if ring_file != source.ring_path.read_bytes():
            return None
        if not {row["number"] for row in snapshot.held.wrapping_keys} <= set(ring.numbers(KeyUse.WRAP)):
            return None
        made = []
        # The keys first: writing the data takes their rows out of the copy.
        if BackupKind.KEYS in kinds:
            made.append(_write(BackupKind.KEYS, source, ring, ring_file, snapshot, show))
        if BackupKind.DATA in kinds:
            made.append(_write(BackupKind.DATA, source, ring, ring_file, snapshot, show))
        return made


@contextlib.contextmanager
def _snapshot(source: Source, show: Shown) -> Iterator[Snapshot]:
    url = engine_url(source.database_url)
    if url.get_backend_name() == "sqlite":
        work = source.folder / WORK
        with sqlite_snapshot(file_of(url), work, lambda done, every: show("Copying", done, every)) as snapshot:
            yield snapshot
        clear_away(source.folder)
    else:
        with postgresql_snapshot(url) as held:
            yield held


def _write(
    kind: BackupKind, source: Source, ring: Keyring, ring_file: bytes, snapshot: Snapshot, show: Shown
) -> Manifest:
    folder, held = source.folder, snapshot.held
    moment = clock.from_micros(held.taken_at)
    backup_id = f"{kind}-{moment:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
    key = secrets.token_bytes(KEY_BYTES)
    with backup_body.new_body(folder, kind, backup_id, key) as body:
        into = cast(BinaryIO, _Counted(body, lambda done: show(f"Sealing {kind}", done, 0)))
        if kind is BackupKind.KEYS:
            key_set.write_keys(into, ring_file, held.wrapping_keys, snapshot.owner_keys())
        else:
            snapshot.write_data(into)
    size, sha256 = backup_body.measured(folder / kind.value / f"{backup_id}{BODY}")
    days = source.key_backup_days if kind is BackupKind.KEYS else source.backup_days
    manifest = Manifest(
        id=backup_id,
        kind=kind,
        made_at=held.taken_at,
        ends_at=held.taken_at + days * clock.DAY,
        database=snapshot.database,
        schema=held.schema,
        origin=held.log.origin,
        log_size=held.log.size,
        log_root=held.log.root,
        journal_position=held.log.size - 1,
        ring=str(ring.ring_id),
        numbers={use.value: tuple(sorted(ring.numbers(use))) for use in KeyUse},
        version=__version__,
        size=size,
        sha256=sha256,
        sealed_by=SealedBy(None, None, b""),
    )
    manifest = manifest.sealed(backup_body.wrapped(manifest, key, ring=ring, provider=source.provider))
    backup_body.save_manifest(folder, manifest)
    return manifest


class _Counted(io.RawIOBase):
    """Passes on what is written, and says how much it was."""

    def __init__(self, into: SealedWriter, show: Callable[[int], None]) -> None:
        super().__init__()
        self._into, self._show = into, show

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: object) -> int:
        """Pass it on."""
        written = self._into.write(data)
        self._show(self._into.size)
        return written
