"""Give a restored database the owners' keys of a backup of the keys; those who were erased get none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import sqlalchemy as sa

from privacy import clock
from privacy.crypto import keyring
from privacy.crypto.envelope import SealBroken
from privacy.crypto.keyring import Keyring, KeyUse
from privacy.crypto.owner_keys import SERVICE_OWNER, OwnerKeyRow, WrappingKeyRow, unwrap, wrap
from privacy.db import in_parts, session, unit_of_work
from privacy.recovery.failures import BackupBroken, RestoreImpossible
from privacy.recovery.replay import Tombstones

_AT_ONCE = 1_000
_NO_SERVICE_KEY = (
    "The backup of the keys does not hold the service's own key under a key of this keyring. Take another."
)


@dataclass(frozen=True)
class Filled:
    """What became of the keys in the backup."""

    filled: int
    #: Of people who were erased since; they stay unreadable.
    of_erased: int
    #: Wrapped under a key that neither the keyring nor the backup has.
    destroyed: int


def fill_owner_keys(rows: Iterable[Mapping[str, Any]], tombstones: Tombstones) -> Filled:
    """Write the keys; those that are there stay. Raises `RestoreImpossible` where the service's own is missing."""
    held = set(keyring.installed().numbers(KeyUse.WRAP))
    with unit_of_work():
        _open_wrapping_keys(held)
    counts = {"filled": 0, "of_erased": 0, "destroyed": 0}
    waiting = iter(rows)
    while portion := list(islice(waiting, _AT_ONCE)):
        kept = []
        for row in portion:
            if tombstones.of_subject(row["owner_id"]) is not None:
                counts["of_erased"] += 1
            elif row["wrapped_by"] not in held:
                counts["destroyed"] += 1
            else:
                kept.append(row)
        with unit_of_work():
            counts["filled"] += _insert(kept)
    with unit_of_work():
        # What was destroyed since the backup was made stays so.
        session().execute(sa.delete(WrappingKeyRow).where(WrappingKeyRow.number.not_in(held)))
        known = sa.select(OwnerKeyRow.owner_id).where(OwnerKeyRow.owner_id == SERVICE_OWNER).limit(1)
        if session().scalar(known) is None:
            raise RestoreImpossible(_NO_SERVICE_KEY)
    return Filled(**counts)


def as_wrapped_now(rows: Iterable[Mapping[str, Any]], ring: Keyring, former: Keyring) -> Iterator[Mapping[str, Any]]:
    """The rows of a backup of the keys, those under a key encryption key that was destroyed since wrapped anew.

    `former`: the ring in that backup, which holds the destroyed key as long as the backup is kept. Raises
    `BackupBroken`.
    """
    held, once = set(ring.numbers(KeyUse.WRAP)), set(former.numbers(KeyUse.WRAP))
    for row in rows:
        if row["wrapped_by"] in held or row["wrapped_by"] not in once:
            yield row
            continue
        try:
            key = unwrap(former, row["owner_id"], row["version"], row["wrapped_by"], row["wrapped_enc"])
        except SealBroken:
            raise BackupBroken("A key in the backup does not open.") from None
        number, wrapped = wrap(ring, key)
        yield {**row, "wrapped_by": number, "wrapped_enc": wrapped}


def ensure_usable(rows: Iterable[Mapping[str, Any]], ring: Keyring) -> None:
    """Raise `RestoreImpossible` where the service's own key is not among them under a key of the ring."""
    held = set(ring.numbers(KeyUse.WRAP))
    if not any(row["owner_id"] == SERVICE_OWNER and row["wrapped_by"] in held for row in rows):
        raise RestoreImpossible(_NO_SERVICE_KEY)


def _open_wrapping_keys(numbers: Iterable[int]) -> None:
    known = set(session().scalars(sa.select(WrappingKeyRow.number)))
    for number in sorted(set(numbers) - known):
        session().add(WrappingKeyRow(number=number, opened_at=clock.micros()))


def _insert(rows: Sequence[Mapping[str, Any]]) -> int:
    known: set[tuple[Any, int]] = set()
    for part in in_parts([row["owner_id"] for row in rows]):
        query = sa.select(OwnerKeyRow.owner_id, OwnerKeyRow.version).where(OwnerKeyRow.owner_id.in_(part))
        known |= {(row.owner_id, row.version) for row in session().execute(query)}
    fresh = [dict(row) for row in rows if (row["owner_id"], row["version"]) not in known]
    if fresh:
        session().execute(sa.insert(OwnerKeyRow), fresh)
    return len(fresh)
