"""Check a backup: read and open every byte of it, and see that its tool would load it."""

from __future__ import annotations

import contextlib
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from privacy.crypto.envelope import SealBroken
from privacy.crypto.keyring import Keyring
from privacy.crypto.providers.service import Provider
from privacy.recovery.backup import WORK, alone, clear_away
from privacy.recovery.backup_body import measured, open_body
from privacy.recovery.failures import BackupBroken
from privacy.recovery.key_set import read_keys
from privacy.recovery.manifest import BackupKind, Manifest, body_path
from privacy.recovery.postgresql_snapshot import tool
from privacy.recovery.snapshot import KEYS_TABLE
from privacy.recovery.sqlite_snapshot import opened_copy

_BLOCK = 1 << 20


@dataclass(frozen=True)
class Checked:
    """What was found in a backup that is whole."""

    manifest: Manifest
    #: How many owners' keys, or tables, it holds.
    holds: int


def check_backup(folder: Path, manifest: Manifest, *, ring: Keyring, provider: Provider) -> Checked:
    """Read all of a backup. Raises `BackupBroken`, `KeyringUnusable`, `BackupImpossible`."""
    try:
        size, sha256 = measured(body_path(folder, manifest.kind, manifest.id))
    except FileNotFoundError:
        raise BackupBroken(f"The body of {manifest.id} is missing.") from None
    if (size, sha256) != (manifest.size, manifest.sha256):
        raise BackupBroken(f"The body of {manifest.id} is not the one that its manifest names.")
    with open_body(folder, manifest, ring=ring, provider=provider) as body:
        try:
            if manifest.kind is BackupKind.KEYS:
                return Checked(manifest, sum(1 for _ in read_keys(body).owner_keys()))
            if manifest.database == "sqlite":
                return Checked(manifest, _tables_of_file(body, folder, manifest))
            return Checked(manifest, _tables_of_archive(body, manifest))
        except SealBroken:
            raise BackupBroken(f"{manifest.id} does not open to its end.") from None


def _tables_of_file(body: BinaryIO, folder: Path, manifest: Manifest) -> int:
    with alone(folder):
        try:
            clear_away(folder)
            path = folder / WORK / "checked.sqlite3"
            with path.open("xb") as file:
                while block := body.read(_BLOCK):
                    file.write(block)
            with opened_copy(path) as connection:
                found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
                keys = connection.execute(f"SELECT count(*) FROM {KEYS_TABLE}").fetchone()[0]  # noqa: S608  # ours
                tables: int = connection.execute("SELECT count(*) FROM sqlite_master WHERE type = 'table'").fetchone()[
                    0
                ]
        finally:
            clear_away(folder)
    if found != "ok" or keys:
        raise BackupBroken(f"{manifest.id} opens, and the database in it is damaged.")
    return tables


def _tables_of_archive(body: BinaryIO, manifest: Manifest) -> int:
    """pg_restore reads the whole archive and writes it as SQL to nowhere; its list of contents is read first."""
    program = tool("pg_restore", 0)
    listed = subprocess.Popen(  # noqa: S603  # PostgreSQL's own program
        [program, "--list"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    with listed:
        assert listed.stdin is not None and listed.stdout is not None  # noqa: PT018
        with contextlib.suppress(BrokenPipeError):  # It stops at the end of the list.
            listed.stdin.write(body.read(_BLOCK))
            listed.stdin.close()
        while body.read(_BLOCK):
            pass  # Every frame is opened, whatever the list needs.
        tables = sum(b" TABLE DATA " in line for line in listed.stdout)
    if listed.returncode or not tables:
        raise BackupBroken(f"{manifest.id} opens, and pg_restore cannot read the archive in it.")
    return tables
