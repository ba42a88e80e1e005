"""Wrap the owners' keys under a new key encryption key while everybody goes on reading and writing.

The values themselves stay as they are: only the keys that seal them are wrapped anew, a portion in each short unit of
work. A process that has not heard of the new key still wraps under the old one; the next portion takes that too, and
the foreign key of `wrapping_key` sees to it that the old one is not destroyed before. Killed anywhere, or run twice at
once, it goes on with what is left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy.audit import service as audit
from privacy.authz.actors import Actor
from privacy.crypto import owner_keys
from privacy.crypto.envelope import SealBroken
from privacy.crypto.keyring import Keyring, KeyringUnusable, KeyUse
from privacy.crypto.owner_keys import OwnerKeyRow
from privacy.db import Driver, Id, Statement, Written, session

#: Keys of one portion: some tens of milliseconds on a quiet machine, so that no writer waits long.
PORTION = 200
#: Where a portion ended: an owner, and the version of its key.
Place = tuple[UUID, int]
_PLACE = (OwnerKeyRow.owner_id, OwnerKeyRow.version)
_COLUMNS = (*_PLACE, OwnerKeyRow.wrapped_by, OwnerKeyRow.wrapped_enc)
_REWRAP = Statement(
    sa.update(OwnerKeyRow)
    .where(
        OwnerKeyRow.owner_id == sa.bindparam("owner", type_=Id),
        OwnerKeyRow.version == sa.bindparam("of_version", type_=sa.Integer),
        # Another run may have been here.
        OwnerKeyRow.wrapped_by == sa.bindparam("old", type_=sa.Integer),
    )
    .values(wrapped_by=sa.bindparam("new", type_=sa.Integer), wrapped_enc=sa.bindparam("wrapped", type_=sa.LargeBinary))
)


@dataclass(frozen=True)
class Rewrapped:
    """What a portion did."""

    #: How many keys it looked at, and how many of them it wrapped anew.
    looked: int
    rewrapped: int
    #: Owners whose stored key does not open, and stays as it is.
    broken: tuple[UUID, ...]
    #: Where the next portion goes on; None at the end.
    last: Place | None


def under() -> dict[int, int]:
    """How many owners' keys are under each key encryption key."""
    query = sa.select(OwnerKeyRow.wrapped_by, sa.func.count()).group_by(OwnerKeyRow.wrapped_by)
    return {row[0]: row[1] for row in session().execute(query)}


def open_key(number: int, *, actor: Actor) -> bool:
    """Let owners' keys be wrapped under a new key encryption key; says whether it was not yet so.

    Comes before the key stands in the ring: whoever finds it there may use it at once.
    """
    if not owner_keys.open_wrapping_key(session(), number):
        return False
    record_added(KeyUse.WRAP, number, actor=actor)
    return True


def record_added(use: KeyUse, number: int, *, actor: Actor) -> None:
    """The event of a key that comes into the ring, in the open unit of work."""
    what = {"use": use.value, "number": number}
    audit.record("keys.added", actor=actor, object_type="key", object_id=f"{use}-{number}", content=what, details=what)


def rewrap(ring: Keyring, after: Place | None, *, actor: Actor) -> Rewrapped:
    """Wrap the next portion of owners' keys anew, in the open unit of work, with one event that counts them.

    `after`: where the portion before ended. Keys that another run is just wrapping are left to it.
    """
    rows = _next(after)
    if not rows:
        return Rewrapped(0, 0, (), None)
    number = ring.current(KeyUse.WRAP).number
    stale = [row for row in rows if row.wrapped_by != number]
    work: list[Written] = []
    broken = []
    for row in stale:
        try:
            key = owner_keys.unwrap(ring, row.owner_id, row.version, row.wrapped_by, row.wrapped_enc)
        except (SealBroken, KeyringUnusable):
            broken.append(row.owner_id)
            continue
        new, wrapped = owner_keys.wrap(ring, key)
        at = {"owner": row.owner_id, "of_version": row.version, "old": row.wrapped_by}
        work.append((_REWRAP, {**at, "new": new, "wrapped": wrapped}))
    if work:
        Driver.of(session()).run_all(work)
        what = {"to": number, "from": Counter(str(values["old"]) for _, values in work)}
        audit.record(
            "keys.rewrapped", actor=actor, object_type="key", object_id=f"wrap-{number}", content=what, details=what
        )
    return Rewrapped(len(rows), len(work), tuple(broken), (rows[-1].owner_id, rows[-1].version))


def _next(after: Place | None) -> Sequence[Any]:
    """The next owners' keys in the order of the primary key, whatever they are under: no read grows with the table."""
    query = sa.select(*_COLUMNS).order_by(*_PLACE).limit(PORTION)
    if after is not None:
        query = query.where(sa.tuple_(*_PLACE) > sa.tuple_(sa.literal(after[0], Id), sa.literal(after[1])))
    return session().execute(query.with_for_update(skip_locked=True)).all()
