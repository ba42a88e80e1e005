"""The log's name and its signing keys: opened once, then each new key is endorsed in the log by the one before it.

A key signs the checkpoints of the trees that hold its event, so which key must have signed a checkpoint follows from
its size. Private keys stay in the keyring; the table says only which of them counts from where.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.audit import recording, statements
from privacy.audit.failures import LogNotOpened
from privacy.audit.models import AuditKey, AuditLeaf, AuditLog
from privacy.audit.note import KeyType, SigningKey, VerifierKey
from privacy.authz.actors import Actor
from privacy.crypto import keyring
from privacy.crypto.keyring import KeyUse
from privacy.db import session

_ONLY = 1
_OBJECT = "log_key"


@dataclass(frozen=True)
class LogKey:
    """One key of the log."""

    number: int
    verifier: VerifierKey
    event_id: UUID
    #: Index of its event; None while that is not sequenced.
    index: int | None
    #: The statement of the key before it; None for the first.
    endorsement: str | None


def open_log(origin: str, *, actor: Actor) -> bool:
    """Give the log its name and first key; False where it has them. Raises `KeyringUnusable` without a signing key."""
    if session().get(AuditLog, _ONLY) is not None:
        return False
    number = keyring.installed().current(KeyUse.SIGN).number
    verifier = _signing_key(origin, number).verifier
    now = clock.micros()
    content = {"origin": origin, "key": str(verifier)}
    event_id = recording.record(
        "log.opened", actor=actor, object_type="log", object_id="log", content=content, details=content
    )
    session().add(AuditLog(id=_ONLY, origin=origin, opened_at=now, size=0, holder=None, fence=0, lease_until=0))
    session().add(AuditKey(number=number, vkey=str(verifier), event_id=event_id, endorsement=None))
    session().flush()
    return True


def endorse_newest(*, actor: Actor) -> LogKey | None:
    """Let the newest signing key of the ring take over; None where it has already.

    Checkpoints of trees that hold the event of this are signed by it alone. The keyring must be saved before: a key
    that the log names and nobody has would end the log.
    """
    known = log_keys()
    newest = keyring.installed().current(KeyUse.SIGN).number
    if known[-1].number == newest:
        return None
    name, last = origin(), known[-1]
    verifier = _signing_key(name, newest).verifier
    endorsement = statements.signed_with(
        _signing_key(name, last.number), {"type": "key-endorsement/v1", "origin": name, "key": str(verifier)}
    )
    details = {"key": str(verifier), "endorsed_by": str(last.verifier)}
    event_id = recording.record(
        "log_key.endorsed", actor=actor, object_type=_OBJECT, object_id=str(newest), content=details, details=details
    )
    session().add(AuditKey(number=newest, vkey=str(verifier), event_id=event_id, endorsement=endorsement))
    session().flush()
    return log_keys()[-1]


def next_key() -> VerifierKey | None:
    """The key that `endorse_newest` would let take over; None where the newest of the ring has already."""
    newest = keyring.installed().current(KeyUse.SIGN).number
    return None if log_keys()[-1].number == newest else verifier_of(origin(), newest)


def origin() -> str:
    """The name of this log; raises `LogNotOpened`."""
    found: str | None = session().scalar(sa.select(AuditLog.origin))
    if found is None:
        raise LogNotOpened
    return found


def log_keys() -> list[LogKey]:
    """Every key of the log, the first one first; raises `LogNotOpened`."""
    query = (
        sa.select(AuditKey.number, AuditKey.vkey, AuditKey.event_id, AuditLeaf.sequence_number, AuditKey.endorsement)
        .outerjoin(AuditLeaf, AuditLeaf.event_id == AuditKey.event_id)
        .order_by(AuditKey.number)
    )
    found = [
        LogKey(number, VerifierKey.parse(vkey), event_id, index, endorsement)
        for number, vkey, event_id, index, endorsement in session().execute(query)
    ]
    if not found:
        raise LogNotOpened
    return found


def key_for(size: int, keys: Sequence[LogKey]) -> LogKey:
    """The key that signs the checkpoint of that size."""
    return max((key for key in keys[1:] if key.index is not None and key.index < size), key=_number, default=keys[0])


def signing_key(key: LogKey) -> SigningKey:
    """The private half, from the keyring; raises `KeyringUnusable` where the ring has no such key."""
    return _signing_key(key.verifier.name, key.number)


def verifier_of(name: str, number: int) -> VerifierKey:
    """The public half of a key of the ring, under that log's name; raises `KeyringUnusable`."""
    return _signing_key(name, number).verifier


def _number(key: LogKey) -> int:
    return key.number


def _signing_key(name: str, number: int) -> SigningKey:
    return SigningKey(name, KeyType.ED25519, keyring.key(KeyUse.SIGN, number).secret)
