"""One moment of a database, held still for a backup: what the log is then, the keys' rows, and everything else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol

from privacy import clock
from privacy.audit import service as audit
from privacy.audit.service import LogState
from privacy.crypto.owner_keys import OwnerKeyRow
from privacy.db import Driver
from privacy.recovery.failures import BackupImpossible

#: The table whose rows are in backups of the keys only, so that destroying a key reaches backups of the data, too.
KEYS_TABLE = OwnerKeyRow.__tablename__
#: How far a copy is: done, and of how many.
Progress = Callable[[int, int], None]
_SCHEMA = "SELECT version_num FROM alembic_version"
_WRAPPING_KEYS = "SELECT number, opened_at FROM wrapping_key ORDER BY number"
OWNER_KEYS = "SELECT owner_id, version, wrapped_by, wrapped_enc, created_at FROM owner_key ORDER BY owner_id, version"
OWNER_KEY_COLUMNS = ("owner_id", "version", "wrapped_by", "wrapped_enc", "created_at")


@dataclass(frozen=True)
class Held:
    """What a backup says of the moment."""

    schema: str
    log: LogState
    #: The rows of `wrapping_key`.
    wrapping_keys: tuple[Mapping[str, Any], ...]
    taken_at: int


class Snapshot(Protocol):
    """A moment of a database. Ask for the keys' rows first: writing the data may take them out."""

    #: `sqlite` or `postgresql`.
    database: str
    held: Held

    def owner_keys(self) -> Iterator[Mapping[str, Any]]:
        """The rows of `owner_key`, one after another."""

    def write_data(self, into: BinaryIO) -> None:
        """Everything else, as the database's own tool loads it."""


def held_by(driver: Driver, run: Callable[[str], list[tuple[Any, ...]]]) -> Held:
    """What a connection that sees one moment says of it. Raises `BackupImpossible`."""
    log = audit.log_state(driver)
    if log is None:
        raise BackupImpossible("There is nothing to back up yet: the log is not opened. Run: privacy init")
    [(schema,)] = run(_SCHEMA)
    wrapping = tuple({"number": number, "opened_at": opened_at} for number, opened_at in run(_WRAPPING_KEYS))
    return Held(schema, log, wrapping, clock.micros())
