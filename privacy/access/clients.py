"""Clients: systems that use the API, each with scopes and with keys that expire and are rotated by overlap."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.access import approvals
from privacy.access.approvals import OpenApproval
from privacy.access.audited import record_holder
from privacy.access.failures import (
    ApprovalNotFound,
    ClientNotFound,
    ClientRevoked,
    KeyNotFound,
    ScopeExceedsOwn,
)
from privacy.access.keys import scopes_of
from privacy.access.minting import KeyFacts, MintedKey, add_named, checked_name, ensure_may_mint, facts_of, mint
from privacy.access.models import ApiClient, ApiKey, Staff
from privacy.authz.actors import Actor, ActorKind, Realm
from privacy.authz.permissions import CLIENT_SCOPES, Permission
from privacy.db import new_id, session
from privacy.errors import InvalidInput

_HOUR = 3600 * clock.SECOND
#: Long enough to reach every machine of a large company, short enough that a leaked key dies.
_MOST_OVERLAP_HOURS = 720
#: That somebody may hold keys of a client that may do more than they may themselves.
_ISSUE = "api_client.issue"


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
    wanted = _checked_scopes(scopes)
    if not wanted <= actor.permissions:
        raise ScopeExceedsOwn
    client = _new_client(name, wanted, realm=realm, partner=partner, controller=controller)
    minted = mint(realm.value, client, days=expires_in_days)
    _record("client.created", client, actor=actor, key=minted)
    return _issued(client, minted)


def ask_for_client(
    name: str,
    scopes: Iterable[str],
    *,
    actor: Actor,
    reason: str,
    realm: Realm = Realm.LIVE,
    partner: bool = False,
    controller: str | None = None,
) -> ClientFacts:
    """Create a client that may do more than the actor, without a key: it gets one once another person has agreed.

    Raises `NotPermitted`, `StaffOnly`, `NameTaken`, and `InvalidInput` for an unknown scope or a missing reason.
    """
    actor.require(Permission.CLIENTS_WRITE)
    client = _new_client(name, _checked_scopes(scopes), realm=realm, partner=partner, controller=controller)
    _record("client.created", client, actor=actor)
    approvals.request_approval(_ISSUE, _issue(client), actor=actor, reason=reason)
    return _facts(client, [])


def ask_to_issue(client_id: UUID, *, actor: Actor, reason: str) -> UUID:
    """Ask another person to agree that this client, which may do more than the actor, gets keys; the approval's id.

    Raises `NotPermitted`, `StaffOnly`, `ClientNotFound`, `ClientRevoked`.
    """
    actor.require(Permission.CLIENTS_WRITE)
    return approvals.request_approval(_ISSUE, _issue(_working(client_id)), actor=actor, reason=reason)


def agree_to_issue(client_id: UUID, *, actor: Actor) -> None:
    """The second person agrees: whoever handles clients may give this one keys from now on.

    Raises `ClientNotFound`, `ClientRevoked`, `ApprovalNotFound` where nobody asked, and as `approve` does.
    """
    actor.require(Permission.APPROVALS_GIVE)
    client = _working(client_id)
    waiting = approvals.open_approval_of(_ISSUE, _issue(client))
    if waiting is None:
        raise ApprovalNotFound
    approvals.approve(waiting.id, _ISSUE, _issue(client), actor=actor)


def waiting_issue(client: ClientFacts) -> OpenApproval | None:
    """Who asked that a client gets keys, and why; None where nobody waits for an answer."""
    return approvals.open_approval_of(_ISSUE, _payload(client.id, client.scopes))


def may_issue(client: ClientFacts, *, actor: Actor) -> bool:
    """Whether the actor may give a client a key: it may do no more than they, or another person has agreed."""
    return _may_issue(client.id, client.scopes, actor)


def list_clients() -> Sequence[ClientFacts]:
    """All clients with their keys, oldest first."""
    keys: dict[UUID | None, list[KeyFacts]] = {}
    for row in session().scalars(sa.select(ApiKey).where(ApiKey.client_id.is_not(None)).order_by(ApiKey.id)):
        keys.setdefault(row.client_id, []).append(facts_of(row))
    clients = session().scalars(sa.select(ApiClient).order_by(ApiClient.id))
    return [_facts(client, keys.get(client.id, [])) for client in clients]


def rotate_key(client: UUID | str, *, actor: Actor, overlap_hours: int = 24, expires_in_days: int = 365) -> IssuedKey:
    """Give a client (by id or name) a new key; its present keys end after `overlap_hours`.

    Raises `ClientNotFound`, `ClientRevoked`, `ScopeExceedsOwn` where the client may do more than the actor and nobody
    has agreed to it (`agree_to_issue`).
    """
    ensure_may_mint(actor)
    if not 0 <= overlap_hours <= _MOST_OVERLAP_HOURS:
        raise InvalidInput.of("overlap_hours", f"Old keys go on for 0 to {_MOST_OVERLAP_HOURS} hours.")
    found = _working(client)
    if not _may_issue(found.id, found.scopes.split(), actor):
        raise ScopeExceedsOwn
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


def _new_client(
    name: str, scopes: frozenset[Permission], *, realm: Realm, partner: bool, controller: str | None
) -> ApiClient:
    client = ApiClient(
        id=new_id(),
        name=checked_name(name),
        scopes=" ".join(sorted(scopes)),
        realm=realm.value,
        partner=partner,
        controller=controller,
        created_at=clock.micros(),
        disabled_at=None,
    )
    add_named(client)
    return client


def _may_issue(client_id: UUID, scopes: Sequence[str], actor: Actor) -> bool:
    if scopes_of(" ".join(scopes)) <= actor.permissions:
        return True
    handles = actor.kind is ActorKind.STAFF and Permission.CLIENTS_WRITE in actor.permissions
    return handles and approvals.is_approved(_ISSUE, _payload(client_id, scopes))


def _issue(client: ApiClient) -> Mapping[str, Any]:
    return _payload(client.id, client.scopes.split())


def _payload(client_id: UUID, scopes: Sequence[str]) -> Mapping[str, Any]:
    return {"client": str(client_id), "scopes": list(scopes)}


def _working(client: UUID | str) -> ApiClient:
    """A client, locked, that was not revoked."""
    found = _locked(client)
    if found.disabled_at is not None:
        raise ClientRevoked
    return found


def _checked_scopes(scopes: Iterable[str]) -> frozenset[Permission]:
    names = set(scopes)
    known = {permission.value for permission in CLIENT_SCOPES}
    if not names or not names <= known:
        raise InvalidInput.of("scopes", f"Name at least one of: {', '.join(sorted(known))}.")
    return frozenset(Permission(name) for name in names)


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
