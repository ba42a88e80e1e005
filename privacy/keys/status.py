"""What is under which key: for the operator, and to see what a destruction would take away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from privacy.crypto.keyring import Keyring, KeyUse
from privacy.crypto.owner_keys import OwnerKeyRow, WrappingKeyRow
from privacy.db import Base, end_read, session
from privacy.keys import rewrapping
from privacy.keys.backups import Backup

#: A key that wraps or seals with random nonces is changed long before 2^32 values (standards: at 2^30).
MOST_UNDER = 2**30
#: Where indexes of the key that never changes stand.
_SUPPRESSING = ("suppression", "tombstone")


@dataclass(frozen=True)
class KeyStatus:
    """One key of the ring."""

    use: KeyUse
    number: int
    created_at: str
    #: Whether new work takes it.
    current: bool
    #: How many things are under it; None where that is not counted.
    under: int | None
    #: The ids of the backups that need it.
    backups: tuple[str, ...]
    #: Whether the database takes nothing under it any more, and only the ring still has it.
    ended: bool = False

    @property
    def is_left_over(self) -> bool:
        """Whether it is an older one that something is under still: a rotation that is not finished."""
        return not self.current and bool(self.under)

    def as_json(self) -> dict[str, Any]:
        """As the command prints it."""
        return {
            "use": self.use.value,
            "number": self.number,
            "created_at": self.created_at,
            "current": self.current,
            "under": self.under,
            "backups": list(self.backups),
            "ended": self.ended,
        }


@dataclass(frozen=True)
class Status:
    """Every key, and what goes with them."""

    ring: str
    provider: str
    #: After so many days no backup has a copy of a destroyed key.
    shred_days: int
    keys: tuple[KeyStatus, ...]
    #: Versions of owners' keys that have a newer one.
    superseded: int
    #: What is to be done, each with its mend.
    warnings: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """As the command prints it."""
        return {
            "ring": self.ring,
            "provider": self.provider,
            "shred_days": self.shred_days,
            "keys": [key.as_json() for key in self.keys],
            "superseded_owner_keys": self.superseded,
            "warnings": list(self.warnings),
        }


def status(ring: Keyring, backups: Sequence[Backup], *, indexed: Mapping[int, int], shred_days: int) -> Status:
    """The ring against the database. `indexed`: how many rows are indexed under each index key."""
    counts = {KeyUse.WRAP: rewrapping.under(), KeyUse.INDEX: dict(indexed)}
    open_ = set(session().scalars(sa.select(WrappingKeyRow.number)))
    suppressing = _suppressing()
    superseded = _superseded()
    end_read()
    keys = []
    for use in KeyUse:
        for number in ring.numbers(use):
            key = ring.get(use, number)
            under = counts[use].get(number, 0) if use in counts else None
            if use is KeyUse.SUPPRESSION:
                under = suppressing.get(number, 0)
            needing = [backup for backup in backups if backup.needs(use, number)]
            if use is KeyUse.BACKUP:
                under = len(needing)
            keys.append(
                KeyStatus(
                    use,
                    number,
                    key.created_at,
                    current=key == ring.current(use),
                    under=under,
                    backups=tuple(backup.id for backup in needing),
                    ended=use is KeyUse.WRAP and number not in open_,
                )
            )
    provider = ring.provider.name if ring.provider is not None else "none"
    return Status(
        str(ring.ring_id), provider, shred_days, tuple(keys), superseded, tuple(_warnings(ring, keys, counts))
    )


def _warnings(ring: Keyring, keys: Sequence[KeyStatus], counts: Mapping[KeyUse, Mapping[int, int]]) -> list[str]:
    found = []
    for key in keys:
        name = f"{key.use} key number {key.number}"
        if key.is_left_over and key.use in counts:
            found.append(f"{key.under} are still under the older {name}. Run: privacy keys rotate {key.use}")
        if key.ended and key.current:
            found.append(f"The database takes nothing under the {name}. Run: privacy init")
        elif key.ended:
            found.append(f"The {name} is half destroyed. Run again: privacy keys destroy {key.use} {key.number}")
        if key.use is KeyUse.WRAP and (key.under or 0) > MOST_UNDER:
            found.append(f"More than 2^30 keys are under the {name}. Run: privacy keys rotate wrap")
    for use, numbers in counts.items():
        missing = sorted(set(numbers) - set(ring.numbers(use)))
        for number in missing:
            found.append(
                f"{numbers[number]} are under {use} key number {number}, which the ring does not have: "
                "restore the keyring from its backup."
            )
    return found


def _superseded() -> int:
    """Versions of owners' keys that have a newer one."""
    newer = sa.orm.aliased(OwnerKeyRow)
    query = (
        sa.select(sa.func.count())
        .select_from(newer)
        .where(
            newer.version > 1,
            sa.exists().where(OwnerKeyRow.owner_id == newer.owner_id, OwnerKeyRow.version < newer.version),
        )
    )
    return session().scalar(query) or 0


def _suppressing() -> dict[int, int]:
    """Rows of each suppression key, by the first byte of their index."""
    found: dict[int, int] = {}
    for name in _SUPPRESSING:
        table = Base.metadata.tables.get(name)
        if table is None:
            continue
        [index] = [column for column in table.columns if column.name in {"contact_index", "index_bidx"}]
        first = sa.func.substr(index, 1, 1)
        for raw, count in session().execute(sa.select(first, sa.func.count()).group_by(first)):
            number = bytes(raw)[0]
            found[number] = found.get(number, 0) + count
    return found
