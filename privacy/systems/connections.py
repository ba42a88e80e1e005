"""Connections of systems: sealed under the service's key, replaced or removed, never shown again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.authz.actors import Actor
from privacy.crypto import keyring
from privacy.crypto.owner_keys import SERVICE_OWNER, load_owner_key
from privacy.db import new_id, session
from privacy.programme import service as programmes
from privacy.programme.types import ConnectorKind, Programme, System
from privacy.systems.audited import DISCONNECTED, record
from privacy.systems.failures import ConnectionInvalid, NotConnected, UnknownSystem
from privacy.systems.models import SystemConnection
from privacy.systems.sql_address import address_of

_TABLE, _COLUMN = "system_connection", "secret_enc"
_LONGEST = 16_384
#: Where a secret is bound to the address that it is for; also the name of that setting.
_ADDRESS, _SECRET = "base_url", "secret"


@dataclass(frozen=True)
class ConnectionFacts:
    """What may be told of a connection."""

    code: str
    created_at: int
    created_by: UUID
    changed_at: int | None
    changed_by: UUID | None


def put_connection(code: str, secret: Mapping[str, Any], *, actor: Actor) -> None:
    """Store, or replace, how a system of the programme is reached.

    `secret`: of a database its `url`, or its parts (`sql_address`); of an API what its `auth` needs. Raises
    `UnknownSystem`, and `ConnectionInvalid` without a part of what was given.
    """
    system = system_of(code, programmes.current())
    ensure_usable(system, secret)
    sealed = json.dumps(_bound(system, secret), ensure_ascii=False).encode()
    if len(sealed) > _LONGEST:
        raise ConnectionInvalid(f"A connection has at most {_LONGEST} bytes.")
    owner = load_owner_key(session(), keyring.installed(), SERVICE_OWNER)
    row, now = _row(code, lock=True), clock.micros()
    is_new = row is None
    if row is None:
        row = SystemConnection(id=new_id(), code=code, created_at=now, created_by=actor.id)
        row.changed_at = row.changed_by = None
        session().add(row)
    else:
        row.changed_at, row.changed_by = now, actor.id
    row.secret_enc, row.key_version = owner.seal(_TABLE, _COLUMN, row.id, sealed), owner.version
    record("system.connected" if is_new else "system.connection_replaced", row, actor=actor)


def disconnect(code: str, *, actor: Actor) -> None:
    """Remove the connection of a system, also of one that the programme does not have any more.

    Raises `NotConnected`.
    """
    row = _row(code, lock=True)
    if row is None:
        raise NotConnected
    record(DISCONNECTED, row, actor=actor)
    session().delete(row)


def connections() -> Sequence[ConnectionFacts]:
    """Every connection, by code, without a word of its secret."""
    rows = session().scalars(sa.select(SystemConnection).order_by(SystemConnection.code))
    return [ConnectionFacts(row.code, row.created_at, row.created_by, row.changed_at, row.changed_by) for row in rows]


def secret_of(system: System) -> Mapping[str, Any]:
    """What a system's connection holds.

    Raises `NotConnected`, also where the programme has given the system another address since: a token goes nowhere but
    to the address that it was stored for.
    """
    row = _row(system.code, lock=False)
    if row is None:
        raise NotConnected(
            f"The service has no connection to {system.code}. Run: privacy systems connect {system.code}"
        )
    owner = load_owner_key(session(), keyring.installed(), SERVICE_OWNER, row.key_version)
    found: Mapping[str, Any] = json.loads(owner.open(_TABLE, _COLUMN, row.id, row.secret_enc))
    if not isinstance(found.get(_SECRET), dict):
        return found  # Of a database, or stored before addresses were bound.
    if found[_ADDRESS] != system.settings.get(_ADDRESS):
        raise NotConnected(
            f"{system.code} has another address than when it was connected. Run: privacy systems connect {system.code}"
        )
    secret: Mapping[str, Any] = found[_SECRET]
    return secret


def _bound(system: System, secret: Mapping[str, Any]) -> Mapping[str, Any]:
    """The secret with the address that it is for; that of a database holds its own."""
    if system.connector is ConnectorKind.SQL:
        return secret
    return {_ADDRESS: system.settings.get(_ADDRESS), _SECRET: dict(secret)}


def system_of(code: str, programme: Programme) -> System:
    """The system of that code. Raises `UnknownSystem`."""
    if (found := programme.systems.get(code)) is None:
        raise UnknownSystem.among(programme.systems)
    return found


def ensure_usable(system: System, secret: Mapping[str, Any]) -> None:
    """Raise `ConnectionInvalid` for a connection that a system of this kind cannot have."""
    if system.connector is ConnectorKind.MANUAL:
        raise ConnectionInvalid("A system that a person looks after is not connected to.")
    if system.connector is ConnectorKind.SQL:
        address_of(secret)
    elif not secret or not all(isinstance(value, str) and value for value in secret.values()):
        raise ConnectionInvalid('A connection is a JSON object of texts, such as {"token": "..."}.')


def _row(code: str, *, lock: bool) -> SystemConnection | None:
    query = sa.select(SystemConnection).where(SystemConnection.code == code)
    return session().scalar(query.with_for_update() if lock else query)
