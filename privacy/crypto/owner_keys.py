"""One 256-bit key for each owner (a person, the service itself), wrapped under a key encryption key.

Destroying the row makes every value of that owner unreadable, also in copies that nobody can reach. Nothing caches an
unwrapped key: unwrapping costs microseconds, and a cached key would outlive its destruction.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from privacy import clock
from privacy.crypto import envelope
from privacy.crypto.keyring import Keyring, KeyUse
from privacy.db import Base, Driver, Id, Statement
from privacy.errors import VerificationError

#: The owner of what belongs to no person: audit bodies of the programme, stored answers.
SERVICE_OWNER = UUID(int=0)


class KeyDestroyed(VerificationError):
    """The key of this owner is gone; what it sealed can't be read any more."""

    code = "key-destroyed"


class WrappingKeyRow(Base):
    """Key encryption keys that may wrap an owner's key.

    A key encryption key is destroyed by deleting its row first, which the foreign key refuses while anything is under
    it, and which refuses from then on what a process that has not heard of it would still put under it.
    """

    __tablename__ = "wrapping_key"

    #: Its number in the keyring.
    number: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    opened_at: Mapped[int] = mapped_column(sa.BigInteger)


class OwnerKeyRow(Base):
    """Wrapped owner keys."""

    __tablename__ = "owner_key"

    #: Whose values the key seals.
    owner_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    #: Counts up when the owner's key is renewed; part of every value's associated data.
    version: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    #: Number of the key encryption key that wraps it.
    wrapped_by: Mapped[int] = mapped_column(sa.Integer, sa.ForeignKey("wrapping_key.number"), index=True)
    #: The key, sealed under that key encryption key.
    wrapped_enc: Mapped[bytes] = mapped_column(sa.LargeBinary)
    created_at: Mapped[int] = mapped_column(sa.BigInteger)


INSERT_OWNER_KEY = Statement(sa.insert(OwnerKeyRow))


@dataclass(frozen=True)
class OwnerKey:
    """An owner's unwrapped key: seals and opens the owner's values."""

    owner_id: UUID
    version: int
    secret: bytes = field(repr=False)

    def seal(self, table: str, column: str, row: UUID | str, plaintext: bytes) -> bytes:
        """Seal one value of this owner, bound to its place."""
        place = envelope.binding(table, column, row, self.version)
        # The service's key seals stored answers and what events of no person say, as long as the service runs.
        return envelope.seal(self._cipher, plaintext, place, endless=self.owner_id == SERVICE_OWNER)

    def open(self, table: str, column: str, row: UUID | str, sealed: bytes) -> bytes:
        """Open one value; raises `SealBroken`."""
        return envelope.open_sealed(self._cipher, sealed, envelope.binding(table, column, row, self.version))

    @cached_property
    def _cipher(self) -> envelope.Cipher:
        return envelope.cipher_of(self.secret)


def open_wrapping_key(session: Session, number: int) -> bool:
    """Let owners' keys be wrapped under this key encryption key, in the open unit of work; says whether it is new."""
    if session.get(WrappingKeyRow, number) is not None:
        return False
    session.add(WrappingKeyRow(number=number, opened_at=clock.micros()))
    session.flush()  # Keys that are wrapped under it may be written below SQLAlchemy.
    return True


def new_owner_key(ring: Keyring, owner_id: UUID, version: int = 1) -> tuple[OwnerKey, Mapping[str, Any]]:
    """A fresh key for an owner and the row to insert for it with `INSERT_OWNER_KEY`."""
    key = OwnerKey(owner_id, version, secrets.token_bytes(envelope.KEY_BYTES))
    number, wrapped = wrap(ring, key)
    row = {
        "owner_id": owner_id,
        "version": key.version,
        "wrapped_by": number,
        "wrapped_enc": wrapped,
        "created_at": clock.micros(),
    }
    return key, row


def wrap(ring: Keyring, key: OwnerKey) -> tuple[int, bytes]:
    """The number of the key encryption key in use, and the owner's key wrapped under it."""
    current = ring.current(KeyUse.WRAP)
    return current.number, envelope.seal(current.secret, key.secret, _wrap_binding(key.owner_id, key.version))


def unwrap(ring: Keyring, owner_id: UUID, version: int, wrapped_by: int, wrapped: bytes) -> OwnerKey:
    """The key of a stored row; raises `SealBroken` where it is not this owner's."""
    secret = envelope.open_sealed(ring.get(KeyUse.WRAP, wrapped_by).secret, wrapped, _wrap_binding(owner_id, version))
    return OwnerKey(owner_id, version, secret)


_COLUMNS = (OwnerKeyRow.version, OwnerKeyRow.wrapped_by, OwnerKeyRow.wrapped_enc)
_OF_OWNER = sa.select(*_COLUMNS).where(OwnerKeyRow.owner_id == sa.bindparam("owner_id", type_=Id))
_NEWEST = Statement(_OF_OWNER.order_by(OwnerKeyRow.version.desc()))
_OF_VERSION = Statement(_OF_OWNER.where(OwnerKeyRow.version == sa.bindparam("version", type_=sa.Integer)))


def load_owner_key(session: Session, ring: Keyring, owner_id: UUID, version: int | None = None) -> OwnerKey:
    """The owner's key of that version, for a value that stands under it; the newest, to seal a new one.

    Raises `KeyDestroyed` where there is none.
    """
    session.flush()  # The driver sees what is written.
    driver = Driver.of(session)
    if version is None:
        rows = driver.rows(_NEWEST, {"owner_id": owner_id})
    else:
        rows = driver.rows(_OF_VERSION, {"owner_id": owner_id, "version": version})
    if not rows:
        raise KeyDestroyed
    number, wrapped_by, wrapped = rows[0]
    return unwrap(ring, owner_id, number, wrapped_by, bytes(wrapped))


def create_owner_key(session: Session, ring: Keyring, owner_id: UUID) -> OwnerKey:
    """A fresh key for an owner, added to the session."""
    key, row = new_owner_key(ring, owner_id)
    session.add(OwnerKeyRow(**row))
    return key


def destroy_owner_key(session: Session, owner_id: UUID) -> None:
    """Delete every version of an owner's key: nothing that it sealed can be read any more."""
    session.execute(sa.delete(OwnerKeyRow).where(OwnerKeyRow.owner_id == owner_id))


def _wrap_binding(owner_id: UUID, version: int) -> bytes:
    return envelope.binding("owner_key", "wrapped_enc", owner_id, version)
