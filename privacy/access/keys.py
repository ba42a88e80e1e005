"""Keys of clients and staff: made, hashed, looked up. A key is shown once; only its SHA-256 is kept.

256 random bits need neither salt nor a slow hash, and looking a hash up by index tells a guesser nothing about how
near a guess was. Nothing is cached: a revoked key fails in every process with its next request.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy.access.models import ApiClient, ApiKey, Staff
from privacy.access.rights import grants_column, rights_of
from privacy.authz.actors import Actor, ActorKind, Realm
from privacy.authz.permissions import Permission
from privacy.db import Statement, as_uuid, session

#: `prv_`, the kind, and 256 bits in base64url. The fixed start lets secret scanners find a leaked key.
_KEY = re.compile(r"prv_(live|test|staff)_[A-Za-z0-9_-]{43}")
_RANDOM_BYTES = 32
#: Characters of the random part that stay readable, to tell keys apart: 24 of its 256 bits.
_HINT_CHARACTERS = 4

#: All that authentication needs, in one indexed lookup. Parameter: `key_sha256`, from `digest`.
AUTHENTICATE = Statement(
    sa.select(
        ApiKey.id,
        ApiKey.expires_at,
        ApiKey.revoked_at,
        ApiClient.id,
        ApiClient.name,
        ApiClient.scopes,
        ApiClient.realm,
        ApiClient.partner,
        ApiClient.disabled_at,
        Staff.id,
        Staff.name,
        Staff.disabled_at,
        grants_column(),
    )
    .select_from(ApiKey)
    .outerjoin(ApiClient, ApiClient.id == ApiKey.client_id)
    .outerjoin(Staff, Staff.id == ApiKey.staff_id)
    .where(ApiKey.key_sha256 == sa.bindparam("key_sha256"))
)


def new_key(kind: str) -> str:
    """A fresh key of the kind `live`, `test` or `staff`."""
    return f"prv_{kind}_{secrets.token_urlsafe(_RANDOM_BYTES)}"


def hint(key: str) -> str:
    """The start of a key, by which people recognise it."""
    head, _, rest = key.partition("_")[2].partition("_")
    return f"prv_{head}_{rest[:_HINT_CHARACTERS]}"


def digest(key: str) -> bytes | None:
    """The SHA-256 under which a key is stored; None where no key of ours looks like that."""
    return hashlib.sha256(key.encode()).digest() if _KEY.fullmatch(key) else None


def actor_from_row(row: Sequence[Any], now: int) -> Actor | None:
    """The actor of a row of `AUTHENTICATE`; None where the key or its holder is expired or revoked.

    `now` is in microseconds since the epoch.
    """
    key_id, expires_at, revoked_at, client_id, client_name, scopes, realm, partner, client_off, *staff = row
    if revoked_at is not None or now >= expires_at:
        return None
    if client_id is not None:
        if client_off is not None:
            return None
        return Actor(
            ActorKind.CLIENT,
            as_uuid(client_id),
            client_name,
            scopes_of(scopes),
            Realm(realm),
            bool(partner),
            as_uuid(key_id),
        )
    staff_id, staff_name, staff_off, grants = staff
    if staff_off is not None:
        return None
    return staff_actor(as_uuid(staff_id), staff_name, grants, now, key_id=as_uuid(key_id))


def staff_actor(staff_id: UUID, name: str, grants: str | None, now: int, *, key_id: UUID | None = None) -> Actor:
    """A member of staff with what their grants (`grants_column`) allow at a moment."""
    rights = rights_of(grants, now)
    return Actor(
        ActorKind.STAFF,
        staff_id,
        name,
        rights.permissions,
        key_id=key_id,
        for_controller=rights.for_controller,
    )


def is_revoked(actor: Actor) -> bool:
    """Whether the actor, or the key by which it was known, was revoked since. A key that has merely expired was not."""
    key = (
        sa.select(ApiKey.id)
        .outerjoin(ApiClient, ApiClient.id == ApiKey.client_id)
        .outerjoin(Staff, Staff.id == ApiKey.staff_id)
        .where(ApiKey.id == actor.key_id)
        .where(sa.func.coalesce(ApiKey.revoked_at, ApiClient.disabled_at, Staff.disabled_at).is_not(None))
    )
    client = sa.select(ApiClient.id).where(ApiClient.id == actor.id, ApiClient.disabled_at.is_not(None))
    staff = sa.select(Staff.id).where(Staff.id == actor.id, Staff.disabled_at.is_not(None))
    return session().scalar(sa.union_all(key, client, staff).limit(1)) is not None


@lru_cache(maxsize=1024)
def scopes_of(stored: str) -> frozenset[Permission]:
    """The permissions of a stored list of scopes. One that this version does not know permits nothing."""
    names = set(stored.split())
    return frozenset(permission for permission in Permission if permission.value in names)
