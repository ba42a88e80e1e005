"""End a key: first in the database, which refuses while anything is under it, then in the ring.

Killed between the two, the key is in the ring and the database takes nothing under it any more; the next run takes it
out of the ring. A key that is in use, or the newest of its use, is refused.
"""

from __future__ import annotations

import sqlalchemy as sa

from privacy.audit import service as audit
from privacy.authz.actors import Actor
from privacy.crypto.keyring import Keyring, KeyUse
from privacy.crypto.owner_keys import OwnerKeyRow, WrappingKeyRow
from privacy.db import INTEGRITY_ERRORS, session
from privacy.errors import InvalidInput
from privacy.keys.failures import KeyInUse
from privacy.subjects import service as subjects

#: The uses whose older keys are destroyed here. An index key goes when its rotation ends, the others stay.
DESTROYED = (KeyUse.WRAP, KeyUse.BACKUP)


def ensure_destroyable(ring: Keyring, use: KeyUse, number: int) -> None:
    """Raise `KeyInUse` for the newest key of its use, `InvalidInput` for one that is not there or never destroyed."""
    if use not in DESTROYED:
        raise InvalidInput.of("use", f"Keys that can be destroyed: {', '.join(one.value for one in DESTROYED)}.")
    if number not in ring.numbers(use):
        raise InvalidInput.of("number", f"The ring has no {use} key number {number}.")
    if number == ring.current(use).number:
        raise KeyInUse(f"The {use} key number {number} is the one in use. First: privacy keys rotate {use}")


def close_key(use: KeyUse, number: int, *, actor: Actor) -> bool:
    """End a key in the database, in the open unit of work; says whether it had not ended before.

    Raises `KeyInUse` or `IndexKeyInUse` while anything is under it.
    """
    if use is KeyUse.WRAP and not _close_wrapping_key(number):
        return False
    if use is KeyUse.INDEX:
        subjects.ensure_index_key_ended(number)
    what = {"use": use.value, "number": number}
    audit.record(
        "keys.destroyed", actor=actor, object_type="key", object_id=f"{use}-{number}", content=what, details=what
    )
    return True


def _close_wrapping_key(number: int) -> bool:
    under = sa.select(sa.func.count()).select_from(OwnerKeyRow).where(OwnerKeyRow.wrapped_by == number)
    try:
        with session().begin_nested():
            # The database waits for whoever is just writing under it, and refuses if they did.
            gone = session().execute(
                sa.delete(WrappingKeyRow).where(WrappingKeyRow.number == number).returning(WrappingKeyRow.number)
            )
            return gone.first() is not None
    except INTEGRITY_ERRORS:
        left = session().scalar(under)
        raise KeyInUse(
            f"{left} owners' keys are under key encryption key {number}. Run again: privacy keys rotate wrap"
        ) from None
