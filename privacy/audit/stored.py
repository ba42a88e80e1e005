"""The stored log as `verify` reads it: in ranges of keys, each a short read of its own.

A value that is not of its column's type (SQLite takes any) reads as none, and is then a finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa

from privacy.audit.keys import verifier_of
from privacy.audit.models import (
    AuditBody,
    AuditCheckpoint,
    AuditCosignature,
    AuditEvent,
    AuditKey,
    AuditLeaf,
    AuditLog,
    AuditPending,
    AuditTile,
)
from privacy.audit.note import VerifierKey
from privacy.audit.verify import Body, Leaf, StoredCheckpoint, StoredCosignature, StoredKey
from privacy.crypto import keyring
from privacy.crypto.envelope import SealBroken
from privacy.crypto.keyring import KeyringUnusable, KeyUse
from privacy.crypto.owner_keys import OwnerKey, OwnerKeyRow, unwrap
from privacy.db import Driver, Id, Statement, as_uuid, end_read, session

#: Rows of one read: some milliseconds.
_AT_ONCE = 1_000
_AFTER = sa.bindparam("after", type_=sa.BigInteger)
# A limit of SQLAlchemy's would be a parameter, on SQLite with another one for the offset.
_LIMIT = sa.text(f"LIMIT {_AT_ONCE}")
_BODY_COLUMNS = (
    AuditBody.event_id,
    AuditBody.occurred_at,
    AuditBody.action,
    AuditBody.actor_kind,
    AuditBody.actor_id,
    AuditBody.subject_id,
    AuditBody.object_type,
    AuditBody.object_id,
    AuditBody.owner_id,
    AuditBody.key_version,
    AuditBody.body_enc,
    OwnerKeyRow.wrapped_by,
    OwnerKeyRow.wrapped_enc,
)
_LEAVES = Statement(
    sa.select(
        AuditLeaf.sequence_number,
        AuditLeaf.event_id,
        AuditLeaf.leaf_hash,
        AuditLeaf.sequenced_at,
        AuditEvent.v,
        AuditEvent.commitment,
        *_BODY_COLUMNS,
    )
    .outerjoin(AuditEvent, AuditEvent.id == AuditLeaf.event_id)
    .outerjoin(AuditBody, AuditBody.event_id == AuditLeaf.event_id)
    .outerjoin(
        OwnerKeyRow, sa.and_(OwnerKeyRow.owner_id == AuditBody.owner_id, OwnerKeyRow.version == AuditBody.key_version)
    )
    .where(AuditLeaf.sequence_number > _AFTER)
    .order_by(AuditLeaf.sequence_number)
    .suffix_with(_LIMIT)
)
_CHECKPOINTS = Statement(
    sa.select(AuditCheckpoint.size, AuditCheckpoint.root, AuditCheckpoint.note, AuditCheckpoint.published_at)
    .where(AuditCheckpoint.size > _AFTER)
    .order_by(AuditCheckpoint.size)
    .suffix_with(_LIMIT)
)
_COSIGNATURES = Statement(
    sa.select(
        AuditCosignature.size,
        AuditCosignature.witness,
        AuditCosignature.line,
        AuditCosignature.cosigned_at,
        AuditCheckpoint.note,
    )
    .outerjoin(AuditCheckpoint, AuditCheckpoint.size == AuditCosignature.size)
    .where(
        sa.or_(
            AuditCosignature.size > _AFTER,
            sa.and_(AuditCosignature.size == _AFTER, AuditCosignature.witness > sa.bindparam("name", type_=sa.String)),
        )
    )
    .order_by(AuditCosignature.size, AuditCosignature.witness)
    .suffix_with(_LIMIT)
)
_TILE = Statement(
    sa.select(AuditTile.hashes).where(
        AuditTile.level == sa.bindparam("level"), AuditTile.number == sa.bindparam("number")
    )
)
_TILE_PLACES = Statement(
    sa.select(AuditTile.level, AuditTile.number)
    .where(
        sa.or_(
            AuditTile.level > sa.bindparam("level"),
            sa.and_(AuditTile.level == sa.bindparam("level"), AuditTile.number > _AFTER),
        )
    )
    .order_by(AuditTile.level, AuditTile.number)
    .suffix_with(_LIMIT)
)
_EVENT_PLACES = Statement(
    sa.select(AuditEvent.id, AuditLeaf.sequence_number, AuditPending.position)
    .outerjoin(AuditLeaf, AuditLeaf.event_id == AuditEvent.id)
    .outerjoin(AuditPending, AuditPending.event_id == AuditEvent.id)
    .where(AuditEvent.id > sa.bindparam("after", type_=Id))
    .order_by(AuditEvent.id)
    .suffix_with(_LIMIT)
)
_BODIES_ALONE = Statement(
    sa.select(AuditBody.event_id, AuditEvent.id)
    .outerjoin(AuditEvent, AuditEvent.id == AuditBody.event_id)
    .where(AuditBody.event_id > sa.bindparam("after", type_=Id))
    .order_by(AuditBody.event_id)
    .suffix_with(_LIMIT)
)


@dataclass(frozen=True)
class LogRow:
    """The row about the log, with how many leaves there are at that very moment."""

    id: int
    origin: str
    opened_at: int
    size: int
    lease_until: int
    leaves: int


class Waiting(NamedTuple):
    """An event that waits to be sequenced, and whether there is such an event, and whether it has a leaf already."""

    position: int
    event_id: UUID | None
    is_event: bool
    number: int | None


class EventPlace(NamedTuple):
    """Where an event stands: its leaf, its place among those that wait, or neither."""

    event_id: UUID
    number: int | None
    position: int | None


class StoredLog:
    """Reads the log of the session's database (`verify.Source`)."""

    def row(self) -> LogRow | None:
        """The row about the log; None where there is none."""
        leaves = sa.select(sa.func.max(AuditLeaf.sequence_number)).scalar_subquery()
        columns = (AuditLog.id, AuditLog.origin, AuditLog.opened_at, AuditLog.size, AuditLog.lease_until, leaves)
        found = session().execute(sa.select(*columns).order_by(AuditLog.id)).first()
        end_read()
        if found is None:
            return None
        number, origin, opened_at, size, lease_until, last = found
        return LogRow(number, origin, opened_at, size, lease_until, 0 if last is None else last + 1)

    def leaves(self, first: int, end: int) -> Iterator[tuple[Leaf, Body | None]]:
        """The leaves from `first` on and below `end`, each with its event and the opened body where there is one."""
        after = first - 1
        while rows := self._rows(_LEAVES, after=after):
            keys: dict[tuple[UUID, int], OwnerKey | None] = {}  # for this portion, and no longer
            for row in rows:
                if row[0] >= end:
                    return
                leaf = _leaf(row)
                yield leaf, _body(row[6:], leaf.event_id, keys)
            after = rows[-1][0]

    def checkpoints(self, above: int) -> Iterator[StoredCheckpoint]:
        """As `verify.Source` says."""
        while rows := self._rows(_CHECKPOINTS, after=above):
            for size, root, note, published_at in rows:
                yield StoredCheckpoint(size, _bytes(root), str(note), _int(published_at))
            above = rows[-1][0]

    def cosignatures(self, above: int) -> Iterator[StoredCosignature]:
        """As `verify.Source` says."""
        after, name = above + 1, ""
        while rows := self._rows(_COSIGNATURES, after=after, name=name):
            for size, witness, line, at, note in rows:
                yield StoredCosignature(size, witness, str(line), _int(at), note)
            after, name = rows[-1][0], rows[-1][1]

    def tile(self, level: int, number: int) -> bytes:
        """As `verify.Source` says."""
        rows = Driver.of(session()).rows(_TILE, {"level": level, "number": number})
        end_read()
        return _bytes(rows[0][0]) if rows else b""

    def tile_places(self) -> Iterator[tuple[int, int]]:
        """As `verify.Source` says."""
        level, number = -(2**15), 0
        while rows := self._rows(_TILE_PLACES, level=level, after=number):
            yield from ((row[0], row[1]) for row in rows)
            level, number = rows[-1]

    def leaves_now(self) -> int:
        """As `verify.Source` says."""
        last = session().scalar(sa.select(sa.func.max(AuditLeaf.sequence_number)))
        end_read()
        return 0 if last is None else last + 1

    def key_rows(self) -> list[StoredKey]:
        """The keys of the log, in order."""
        rows = session().execute(
            sa.select(AuditKey.number, AuditKey.vkey, AuditKey.endorsement, AuditLeaf.sequence_number)
            .outerjoin(AuditLeaf, AuditLeaf.event_id == AuditKey.event_id)
            .order_by(AuditKey.number)
        )
        found = [StoredKey(*row) for row in rows]
        end_read()
        return found

    def waiting(self) -> list[Waiting]:
        """The first thousand of what waits to be sequenced."""
        rows = session().execute(
            sa.select(AuditPending.position, AuditPending.event_id, AuditEvent.id, AuditLeaf.sequence_number)
            .outerjoin(AuditEvent, AuditEvent.id == AuditPending.event_id)
            .outerjoin(AuditLeaf, AuditLeaf.event_id == AuditPending.event_id)
            .order_by(AuditPending.position)
            .limit(_AT_ONCE)
        )
        found = [Waiting(position, event, is_there is not None, leaf) for position, event, is_there, leaf in rows]
        end_read()
        return found

    def events(self, after: UUID) -> Iterator[EventPlace]:
        """Every event of a higher id, and where it stands; twice where it stands twice."""
        while rows := self._rows(_EVENT_PLACES, after=after):
            for event_id, number, position in rows:
                yield EventPlace(as_uuid(event_id), number, position)
            after = as_uuid(rows[-1][0])

    def bodies_without_event(self) -> Iterator[UUID]:
        """Bodies of no event."""
        after = UUID(int=0)
        while rows := self._rows(_BODIES_ALONE, after=after):
            yield from (as_uuid(row[0]) for row in rows if row[1] is None)
            after = as_uuid(rows[-1][0])

    def _rows(self, statement: Statement, **values: Any) -> list[tuple[Any, ...]]:
        found = Driver.of(session()).rows(statement, values)
        end_read()
        return list(found)


def public_keys(origin: str) -> Mapping[int, VerifierKey]:
    """The public key of every signing key in the keyring, under the log's name."""
    ring = keyring.installed()
    return {number: verifier_of(origin, number) for number in ring.numbers(KeyUse.SIGN)}


def _leaf(row: tuple[Any, ...]) -> Leaf:
    number, event_id, leaf_hash, sequenced_at, version, commitment = row[:6]
    return Leaf(
        number,
        _id(event_id),
        _bytes(leaf_hash),
        _int(sequenced_at),
        version if isinstance(version, int) else None,
        None if commitment is None else _bytes(commitment),
    )


def _body(row: tuple[Any, ...], event: UUID | None, keys: dict[tuple[UUID, int], OwnerKey | None]) -> Body | None:
    event_id, occurred_at, action, kind, actor_id, subject_id, type_, object_id, owner_id, version, sealed = row[:11]
    if event_id is None or event is None:
        return None
    owner = _often(owner_id)
    opened = None
    if owner is not None and row[12] is not None:
        if (owner, version) not in keys:
            keys[owner, version] = _unwrapped(owner, version, row[11], _bytes(row[12]))
        key = keys[owner, version]
        if key is not None:
            opened = _opened(key, event, _bytes(sealed))
    return Body(
        event,
        occurred_at,
        action,
        kind,
        _often(actor_id),
        _often(subject_id),
        type_,
        object_id,
        owner,
        opened,
        has_key=row[12] is not None,
    )


def _unwrapped(owner_id: UUID, version: int, wrapped_by: int, wrapped: bytes) -> OwnerKey | None:
    try:
        return unwrap(keyring.installed(), owner_id, version, wrapped_by, wrapped)
    except (SealBroken, KeyringUnusable):
        return None


def _opened(key: OwnerKey, event_id: UUID, sealed: bytes) -> bytes | None:
    try:
        return key.open("audit_body", "body_enc", event_id, sealed)
    except SealBroken:
        return None


def _id(value: Any) -> UUID | None:
    try:
        return None if value is None else as_uuid(value)
    except (TypeError, ValueError):
        return None


#: Ids that many events name.
_often = lru_cache(maxsize=4_096)(_id)


def _bytes(value: Any) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else b""


def _int(value: Any) -> int:
    return value if isinstance(value, int) else -1
