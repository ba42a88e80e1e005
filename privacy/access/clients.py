"""Clients: systems that use the API, each with scopes and with keys that expire and are rotated by overlap."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.access.audited import record_holder
from privacy.access.failures import ClientNotFound, ClientRevoked, KeyNotFound, ScopeExceedsOwn
from privacy.access.keys import scopes_of
from privacy.access.minting import KeyFacts, MintedKey, add_named, checked_name, ensure_may_mint, facts_of, mint
from privacy.access.models import ApiClient, ApiKey, Staff
from privacy.authz.actors import Actor, Realm
from privacy.authz.permissions import CLIENT_SCOPES, Permission
from privacy.db import new_id, session
from privacy.errors import InvalidInput

_HOUR = 3600 * clock.SECOND
#: Long enough to reach every machine of a large company, short enough that a leaked key dies.
_MOST_OVERLAP_HOURS = 720


@dataclass(frozen=True)
class ClientFacts:
    """What may be shown of a client."""

    id: UUID
    name: str
    scopes: tuple[str, ...]
    realm: Realm
    partner: bool
    controller: str | None
    created_at: int
    revoked_at: int | None
    keys: tuple[KeyFacts, ...]


@dataclass(frozen=True)
class IssuedKey:
    """A client with its new key, which nobody can see again."""

    client: ClientFacts
    key_id: UUID
    key: str = field(repr=False)
    expires_at: int


def create_client(
    name: str,
    scopes: Iterable[str],
    *,
    actor: Actor,
    realm: Realm = Realm.LIVE,
    partner: bool = False,
    controller: str | None = None,
    expires_in_days: int = 365,
) -> IssuedKey:
    """Create a client and its first key.

    Raises `NameTaken`, `InvalidInput` for an unknown scope, `ScopeExceedsOwn` where the actor lacks one of them, and
    `MachineMayNotMint`.
    """
    ensure_may_mint(actor)
    client = ApiClient(
        id=new_id(),
        name=checked_name(name),
        scopes=" ".join(sorted(_checked_scopes(scopes, actor))),
        realm=realm.value,
        partner=partner,
        controller=controller,
        created_at=clock.micros(),
        disabled_at=None,
    )
    add_named(client)
    minted = mint(realm.value, client, days=expires_in_days)
    _record("client.created", client, actor=actor, key=minted)
    return _issued(client, minted)


def list_clients() -> Sequence[ClientFacts]:
    """All clients with their keys, oldest first."""
    keys: dict[UUID | None, list[KeyFacts]] = {}
    for row in session().scalars(sa.select(ApiKey).where(ApiKey.client_id.is_not(None)).order_by(ApiKey.id)):
        keys.setdefault(row.client_id, []).append(facts_of(row))
    clients = session().scalars(sa.select(ApiClient).order_by(ApiClient.id))
    return [_facts(client, keys.get(client.id, [])) for client in clients]


def rotate_key(client: UUID | str, *, actor: Actor, overlap_hours: int = 24, expires_in_days: int = 365) -> IssuedKey:
    """Give a client (by id or name) a new key; its present keys end after `overlap_hours`.

    Raises `ClientNotFound`, `ClientRevoked`, `ScopeExceedsOwn` where the client may do more than the actor.
    """
    ensure_may_mint(actor)
    if not 0 <= overlap_hours <= _MOST_OVERLAP_HOURS:
        raise InvalidInput.of("overlap_hours", f"Old keys go on for 0 to {_MOST_OVERLAP_HOURS} hours.")
    found = _locked(client)
    if found.disabled_at is not None:
        raise ClientRevoked
    _ensure_within_own(scopes_of(found.scopes), actor)
    end = clock.micros() + overlap_hours * _HOUR
    for row in _working_keys(found.id):
        row.expires_at = min(row.expires_at, end)
    minted = mint(found.realm, found, days=expires_in_days)
    _record("client.key_rotated", found, actor=actor, key=minted)
    return _issued(found, minted)


def revoke_client(client: UUID | str, *, actor: Actor) -> ClientFacts:
    """End a client (by id or name) and all its keys at once. Again is the same answer and no second event."""
    ensure_may_mint(actor)
    found = _locked(client)
    if found.disabled_at is None:
        found.disabled_at = clock.micros()
        for row in _working_keys(found.id):
            row.revoked_at = found.disabled_at
        _record("client.revoked", found, actor=actor)
    return _facts(found, _keys(found.id))


def revoke_key(key_id: UUID, *, actor: Actor) -> KeyFacts:
    """End one key, of a client or of staff, at once. Again is the same answer and no second event."""
    ensure_may_mint(actor)
    known = session().get(ApiKey, key_id)
    if known is None:
        raise KeyNotFound
    # The holder is locked before the key, as everywhere: the event tells all keys of the holder.
    holder: ApiClient | Staff
    if known.client_id is not None:
        holder = session().get_one(ApiClient, known.client_id, with_for_update=True)
    else:
        holder = session().get_one(Staff, known.staff_id, with_for_update=True)
    row = session().get_one(ApiKey, key_id, with_for_update=True, populate_existing=True)
    if row.revoked_at is None:
        row.revoked_at = clock.micros()
        record_holder("key.revoked", holder, actor=actor, details={"key_id": str(row.id)})
    return facts_of(row)


def _checked_scopes(scopes: Iterable[str], actor: Actor) -> frozenset[Permission]:
    names = set(scopes)
    known = {permission.value for permission in CLIENT_SCOPES}
    if not names or not names <= known:
        raise InvalidInput.of("scopes", f"Name at least one of: {', '.join(sorted(known))}.")
    wanted = frozenset(Permission(name) for name in names)
    _ensure_within_own(wanted, actor)
    return wanted


def _ensure_within_own(wanted: frozenset[Permission], actor: Actor) -> None:
    if not wanted <= actor.permissions:
        raise ScopeExceedsOwn


def _locked(client: UUID | str) -> ApiClient:
    column = ApiClient.id if isinstance(client, UUID) else ApiClient.name
    found = session().scalar(sa.select(ApiClient).where(column == client).with_for_update())
    if found is None:
        raise ClientNotFound
    return found


def _working_keys(client_id: UUID) -> Sequence[ApiKey]:
    query = sa.select(ApiKey).where(ApiKey.client_id == client_id, ApiKey.revoked_at.is_(None))
    return session().scalars(query.where(ApiKey.expires_at > clock.micros())).all()


def _keys(client_id: UUID) -> list[KeyFacts]:
    query = sa.select(ApiKey).where(ApiKey.client_id == client_id).order_by(ApiKey.id)
    return [facts_of(row) for row in session().scalars(query)]


def _issued(client: ApiClient, minted: MintedKey) -> IssuedKey:
    return IssuedKey(_facts(client, _keys(client.id)), minted.id, minted.key, minted.expires_at)


def _facts(client: ApiClient, keys: Sequence[KeyFacts]) -> ClientFacts:
    return ClientFacts(
        client.id,
        client.name,
        tuple(client.scopes.split()),
        Realm(client.realm),
        client.partner,
        client.controller,
        client.created_at,
        client.disabled_at,
        tuple(keys),
    )


def _record(action: str, client: ApiClient, *, actor: Actor, key: MintedKey | None = None) -> None:
    details = {"key_id": str(key.id), "expires_at": clock.isoformat(key.expires_at)} if key else {}
    record_holder(action, client, actor=actor, details=details)
