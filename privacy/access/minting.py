"""How a key comes into being, for clients and staff alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.access.failures import MachineMayNotMint, NameTaken
from privacy.access.keys import digest, hint, new_key
from privacy.access.models import ApiClient, ApiKey, Staff
from privacy.authz.actors import Actor, ActorKind
from privacy.db import new_id, session
from privacy.errors import InvalidInput

#: A key that never expires is one that nobody misses when it leaks.
MOST_DAYS = 730
_LONGEST_NAME = 100


@dataclass(frozen=True)
class KeyFacts:
    """What may be shown of a key: never the key."""

    id: UUID
    #: Its first characters.
    prefix: str
    created_at: int
    expires_at: int
    revoked_at: int | None


@dataclass(frozen=True)
class MintedKey:
    """A key at the one moment when it is known."""

    id: UUID
    key: str = field(repr=False)
    expires_at: int


def mint(kind: str, holder: ApiClient | Staff, *, days: int) -> MintedKey:
    """Add a key for a client or staff member to the session. `kind` is `live`, `test` or `staff`."""
    if not 1 <= days <= MOST_DAYS:
        raise InvalidInput.of("expires_in_days", f"A key lives from 1 to {MOST_DAYS} days.")
    key = new_key(kind)
    hashed = digest(key)
    assert hashed is not None  # of our own making
    now = clock.micros()
    row = ApiKey(
        id=new_id(),
        client_id=holder.id if isinstance(holder, ApiClient) else None,
        staff_id=holder.id if isinstance(holder, Staff) else None,
        key_sha256=hashed,
        prefix=hint(key),
        created_at=now,
        expires_at=now + days * clock.DAY,
        revoked_at=None,
    )
    session().add(row)
    return MintedKey(row.id, key, row.expires_at)


def facts_of(row: ApiKey) -> KeyFacts:
    """The part of a key's row that may be shown."""
    return KeyFacts(row.id, row.prefix, row.created_at, row.expires_at, row.revoked_at)


def ensure_may_mint(actor: Actor) -> None:
    """Raise `MachineMayNotMint` for a machine: a stolen key must not be able to outlive itself."""
    if actor.kind is ActorKind.CLIENT:
        raise MachineMayNotMint


def checked_name(name: str) -> str:
    """The name without outer spaces; raises `InvalidInput` for one that can't be shown in a line of a list."""
    stripped = name.strip()
    if not 1 <= len(stripped) <= _LONGEST_NAME or not stripped.isprintable():
        raise InvalidInput.of("name", f"A name has 1 to {_LONGEST_NAME} printable characters.")
    return stripped


def add_named(row: ApiClient | Staff) -> None:
    """Add a client or staff member; raises `NameTaken`. Needs the insert at once, so it flushes."""
    current = session()
    kind = type(row)
    if current.scalar(sa.select(kind.id).where(kind.name == row.name)) is not None:
        raise NameTaken
    try:
        with current.begin_nested():
            current.add(row)
            current.flush()
    except sa.exc.IntegrityError:
        # Another one took the name between our look and our insert.
        raise NameTaken from None
