"""A log that was restored from a backup: bring back the leaves that came after it, or begin anew under another name.

What was published once stays so: a restored log either goes on exactly as it was, or goes on under a new origin whose
first leaf says which checkpoint of which log it follows. Anything else would be two logs with one name.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.audit import keys, recording
from privacy.audit.appending import NewLeaf, append
from privacy.audit.checkpoint import Checkpoint, verify_checkpoint
from privacy.audit.deletion import LOG_RESTORED
from privacy.audit.failures import LogBroken
from privacy.audit.models import (
    AuditCheckpoint,
    AuditCosignature,
    AuditEvent,
    AuditKey,
    AuditLeaf,
    AuditLog,
    AuditPending,
    AuditTile,
)
from privacy.audit.note import Note, NoteInvalid
from privacy.audit.tree import StoredTree, edge_of
from privacy.authz.actors import Actor
from privacy.crypto import keyring
from privacy.crypto.keyring import KeyUse
from privacy.db import Driver, in_parts, session

#: Tables that only ever grow, and are emptied where a log begins anew; children first.
_EMPTIED = (AuditCosignature, AuditCheckpoint, AuditTile, AuditKey, AuditLeaf)
_GUARDED = ("audit_key", "audit_leaf", "audit_checkpoint")
_AT_ONCE = 1_000


@dataclass(frozen=True)
class Followed:
    """The last that is known of a log which this one goes on from."""

    origin: str
    size: int
    #: Of its last known checkpoint, in hexadecimal; None where none is known.
    root: str | None


def log_size() -> int | None:
    """How many leaves the log of the session's database has; None where there is no log, or no table for one."""
    if not sa.inspect(session().connection()).has_table("audit_log"):
        return None
    return session().scalar(sa.select(AuditLog.size))


def hold() -> int:
    """Lock the log against every sequencer, in the open unit of work, and return how many leaves it has."""
    size = session().scalar(
        sa.update(AuditLog)
        .values(fence=AuditLog.fence + 1, holder=None, lease_until=0)
        .returning(AuditLog.size)
        .execution_options(synchronize_session=False)
    )
    assert size is not None  # Whoever restores has opened a log.
    return size


def reappend(first: int, leaves: Sequence[NewLeaf]) -> None:
    """Bring back leaves from position `first` on, in the open unit of work; those that are there are passed over.

    Their events come without bodies, which nobody has; one that waited in the backup gets the place that it had. Raises
    `LogBroken` where they don't follow the log, or one is in it already.
    """
    size = hold()
    if first > size:
        raise LogBroken(f"The log has {size} leaves, and the next known one is number {first}.")
    fresh = list(leaves[size - first :])
    known = _known(fresh)
    new = [leaf for leaf in fresh if leaf.event_id not in known]
    if new:
        rows = [{"id": leaf.event_id, "v": leaf.v, "commitment": leaf.commitment} for leaf in new]
        session().execute(sa.insert(AuditEvent), rows)
    for leaf in fresh:
        if known.get(leaf.event_id, (leaf.v, leaf.commitment)) != (leaf.v, leaf.commitment):
            raise LogBroken(f"The event {leaf.event_id} is another one here than in the log that was published.")
    tree = StoredTree(Driver.of(session()))
    edge = edge_of(size, tree)
    append(edge.frontier, edge.tiles, fresh)
    for part in in_parts([leaf.event_id for leaf in fresh]):
        session().execute(sa.delete(AuditPending).where(AuditPending.event_id.in_(part)))


def _known(leaves: Sequence[NewLeaf]) -> dict[UUID, tuple[int, bytes]]:
    found: dict[UUID, tuple[int, bytes]] = {}
    for part in in_parts([leaf.event_id for leaf in leaves]):
        query = sa.select(AuditEvent.id, AuditEvent.v, AuditEvent.commitment).where(AuditEvent.id.in_(part))
        found |= {row.id: (row.v, bytes(row.commitment)) for row in session().execute(query)}
    return found


def readopt_keys(endorsements: Sequence[Mapping[str, Any]]) -> None:
    """Bring back the keys that took over after the backup, by their endorsements, in the open unit of work.

    Raises `LogBroken` where the keyring has no such key: the log can't go on without it.
    """
    origin, known = keys.origin(), {key.endorsement for key in keys.log_keys()}
    ring = {str(keys.verifier_of(origin, number)): number for number in keyring.installed().numbers(KeyUse.SIGN)}
    for one in endorsements:
        if one["statement"] in known:
            continue
        vkey = next((key for key in ring if f'"key":"{key}"' in one["statement"]), None)
        if vkey is None:
            raise LogBroken("The keyring lacks a key that signed the log.")
        event_id = UUID(one["event"]["leaf"]["event_id"])
        session().add(AuditKey(number=ring[vkey], vkey=vkey, event_id=event_id, endorsement=one["statement"]))
        session().flush()


def readopt_checkpoint(unverified: str, at: int) -> Checkpoint:
    """Bring back a published state, in the open unit of work. Raises `LogBroken` where the log is not of that state."""
    try:
        note = Note.parse(unverified)
        size = Checkpoint.parse(note.text).size
        key = keys.key_for(size, keys.log_keys()).verifier
        checkpoint, _ = verify_checkpoint(unverified, keys.origin(), [key])
    except NoteInvalid as error:
        raise LogBroken(f"A checkpoint of the log does not verify: {error.detail}") from error
    ensure_root(checkpoint)
    if session().get(AuditCheckpoint, size) is None:
        # Cosignatures stand in rows of their own; witnesses are asked again.
        own = Note(note.text, tuple(line for line in note.signatures if line.is_by(key)))
        session().add(AuditCheckpoint(size=size, root=checkpoint.root, note=str(own), published_at=at))
        session().flush()
    return checkpoint


def ensure_root(checkpoint: Checkpoint) -> None:
    """Raise `LogBroken` unless the log begins with the leaves that a checkpoint of it states."""
    name, size = keys.origin(), log_size() or 0
    if checkpoint.origin != name:
        raise LogBroken(f"It is of the log {checkpoint.origin}, and this is {name}.")
    if checkpoint.size > size:
        raise LogBroken(f"The log has {size} leaves, and {checkpoint.size} were published.")
    if edge_of(checkpoint.size, StoredTree(Driver.of(session()))).frontier.root() != checkpoint.root:
        raise LogBroken(f"The first {checkpoint.size} leaves are not those that were published.")


def newest_stored() -> Checkpoint | None:
    """The newest checkpoint that the database has, whoever cosigned it; None where it has none."""
    row = session().scalars(sa.select(AuditCheckpoint).order_by(AuditCheckpoint.size.desc()).limit(1)).first()
    return Checkpoint(keys.origin(), row.size, bytes(row.root)) if row else None


def declare_lost_bodies(first: int, end: int, *, actor: Actor, why: str) -> None:
    """Say in the log that the bodies of these leaves are gone with the database, in the open unit of work."""
    details = {"origin": keys.origin(), "first": first, "end": end, "why": why}
    recording.record(LOG_RESTORED, actor=actor, object_type="log", object_id="log", content=details, details=details)


def begin_anew(origin: str, follows: Followed, *, actor: Actor) -> None:
    """Go on under another name, in the open unit of work: the first leaf names what it follows, all events come after.

    Tiles, checkpoints and keys of the old log go; whoever needs them keeps them before (`old_log`).
    """
    hold()
    waiting = list(
        session().execute(sa.select(AuditPending.event_id, AuditPending.recorded_at).order_by(AuditPending.position))
    )
    session().execute(sa.delete(AuditPending))
    number = keyring.installed().current(KeyUse.SIGN).number
    vkey = str(keys.verifier_of(origin, number))
    content = {
        "origin": origin,
        "key": vkey,
        "follows": {"origin": follows.origin, "size": follows.size, "root": follows.root},
    }
    event_id = recording.record(
        "log.opened", actor=actor, object_type="log", object_id="log", content=content, details=content
    )
    order = sa.select(AuditLeaf.event_id, AuditLeaf.sequenced_at).order_by(AuditLeaf.sequence_number)
    session().execute(sa.insert(AuditPending).from_select(["event_id", "recorded_at"], order))
    if waiting:
        session().execute(sa.insert(AuditPending), [{"event_id": one, "recorded_at": at} for one, at in waiting])
    with _unguarded():
        for model in _EMPTIED:
            session().execute(sa.delete(model))
        session().execute(sa.update(AuditLog).values(origin=origin, opened_at=clock.micros(), size=0))
    session().execute(sa.insert(AuditKey).values(number=number, vkey=vkey, event_id=event_id, endorsement=None))
    session().expire_all()


def old_log() -> Iterator[dict[str, Any]]:
    """What is kept of a log before it begins anew: leaves in order, then keys and checkpoints."""
    after = -1
    while rows := (
        session()
        .execute(
            sa.select(AuditLeaf.sequence_number, AuditEvent.id, AuditEvent.v, AuditEvent.commitment)
            .join(AuditEvent, AuditEvent.id == AuditLeaf.event_id)
            .where(AuditLeaf.sequence_number > after)
            .order_by(AuditLeaf.sequence_number)
            .limit(_AT_ONCE)
        )
        .all()
    ):
        for number, event_id, version, commitment in rows:
            yield {"n": number, "event_id": str(event_id), "v": version, "commitment": bytes(commitment).hex()}
        after = rows[-1][0]
    for key in session().scalars(sa.select(AuditKey).order_by(AuditKey.number)):
        yield {"key": key.vkey, "endorsement": key.endorsement}
    for checkpoint in session().scalars(sa.select(AuditCheckpoint).order_by(AuditCheckpoint.size)):
        yield {"size": checkpoint.size, "checkpoint": checkpoint.note, "published_at": checkpoint.published_at}


@contextlib.contextmanager
def _unguarded() -> Iterator[None]:
    """Without the triggers that let these tables only grow; they stand again before the unit of work is committed."""
    connection = session().connection()
    if connection.dialect.name == "postgresql":
        for table in _GUARDED:
            connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        for table in _GUARDED:
            connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        return
    query = sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN (:a, :b, :c)")
    triggers = connection.execute(query, dict(zip("abc", _GUARDED, strict=True))).all()
    for name, _ in triggers:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    yield
    for _, sql in triggers:
        connection.exec_driver_sql(sql)
