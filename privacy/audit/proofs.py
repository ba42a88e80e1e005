"""Read the published log: checkpoints, proofs, and the evidence of single events."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from privacy import clock
from privacy.audit import keys, merkle, policy
from privacy.audit.failures import CheckpointNotFound, EventNotFound, NotPublishedYet
from privacy.audit.leaf import leaf_of
from privacy.audit.merkle import Subtrees
from privacy.audit.models import AuditBody, AuditCheckpoint, AuditCosignature, AuditEvent, AuditLeaf
from privacy.audit.note import Note, Signature, VerifierKey
from privacy.audit.policy import Policy
from privacy.audit.tree import StoredTree
from privacy.crypto import canonical, keyring
from privacy.crypto.envelope import SealBroken
from privacy.crypto.owner_keys import KeyDestroyed, OwnerKey, load_owner_key
from privacy.db import Driver, end_read, in_parts, session

SALT_BYTES = 32
#: Seconds between two looks for an event that is not published yet.
_PAUSE = 0.03


@dataclass(frozen=True)
class Published:
    """A published checkpoint."""

    size: int
    root: bytes
    #: The signed note with the cosignatures of the witnesses that are asked.
    note: str
    published_at: int
    #: Their names.
    witnesses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Opened:
    """The body of an event and the salt of its commitment."""

    body: bytes
    salt: bytes


def newest_checkpoint(asked: Policy | None = None) -> Published:
    """The newest checkpoint with as many cosignatures as are required, by the installation's policy or by `asked`.

    Raises `LogNotOpened`, `CheckpointNotFound`.
    """
    asked = asked or policy.installed()
    query = sa.select(AuditCheckpoint).order_by(AuditCheckpoint.size.desc()).limit(1)
    if asked.required:
        query = query.where(AuditCheckpoint.size == _newest_cosigned(asked))
    row = session().scalars(query).first()
    if row is None:
        keys.origin()
        raise CheckpointNotFound(
            f"No checkpoint has the cosignatures of {asked.required} witnesses yet; try again in a moment."
            if asked.required
            else "Nothing is published yet; try again in a moment."
        )
    return _published(row, asked)


def checkpoint_of(size: int, asked: Policy | None = None) -> Published:
    """The checkpoint of exactly that size, with what cosignatures it has; raises `CheckpointNotFound`."""
    row = session().get(AuditCheckpoint, size)
    if row is None:
        raise CheckpointNotFound
    return _published(row, asked or policy.installed())


def published_size(most: int) -> int:
    """The size of the newest checkpoint that covers at most so many leaves; 0 where there is none."""
    query = sa.select(sa.func.max(AuditCheckpoint.size)).where(AuditCheckpoint.size <= most)
    return session().scalar(query) or 0


def wait_until_published(event_id: UUID, *, seconds: float, asked: Policy | None = None) -> tuple[int, Published]:
    """The index of an event and a checkpoint over it; waits for a fresh one instead of failing.

    `asked`: as for `newest_checkpoint`. Raises `EventNotFound`, and `NotPublishedYet` after that many seconds.
    """
    until, waiter = clock.micros() + int(seconds * clock.SECOND), threading.Event()
    while True:
        index = index_of(event_id)
        if index is not None:
            try:
                published = newest_checkpoint(asked)
            except CheckpointNotFound:
                published = None
            if published is not None and published.size > index:
                return index, published
        elif session().get(AuditEvent, event_id) is None:
            raise EventNotFound
        if clock.micros() > until:
            raise NotPublishedYet
        end_read()  # A read that stays open would see the same again.
        waiter.wait(_PAUSE)


def index_of(event_id: UUID) -> int | None:
    """The event's place in the log; None while it has none."""
    return session().scalar(sa.select(AuditLeaf.sequence_number).where(AuditLeaf.event_id == event_id))


def stored_tree() -> StoredTree:
    """The tree as it is stored, for one or a few proofs."""
    return StoredTree(Driver.of(session()))


def consistency(old: int, new: int) -> list[bytes]:
    """The proof that the log of `new` leaves begins with that of `old`; raises `CheckpointNotFound`."""
    last = session().scalar(sa.select(sa.func.max(AuditCheckpoint.size))) or 0
    if not 0 < old <= new <= last:
        raise CheckpointNotFound("There is a proof only for 0 < old <= new, up to what is published.")
    return merkle.prove_consistency(old, new, stored_tree())


def event_evidence(event_ids: Iterable[UUID], size: int, *, disclosed: bool = True) -> list[dict[str, Any]]:
    """The evidence of events in the tree of `size` leaves (docs/evidence.md), in the order of the log.

    With body and salt where they are disclosed and not erased. Events beyond that size are left out.
    """
    tree, found = stored_tree(), []
    for part in in_parts(sorted(set(event_ids))):
        query = (
            sa.select(AuditLeaf.sequence_number, AuditEvent.id, AuditEvent.v, AuditEvent.commitment)
            .join(AuditEvent, AuditEvent.id == AuditLeaf.event_id)
            .where(AuditLeaf.event_id.in_(part), AuditLeaf.sequence_number < size)
        )
        bodies = opened_bodies(part) if disclosed else {}
        for index, event_id, version, commitment in session().execute(query):
            leaf = leaf_of(event_id, version, commitment)
            found.append(_evidence(index, size, leaf, bodies.get(event_id), tree))
    return sorted(found, key=lambda one: int(one["index"]))


def opened_bodies(event_ids: Sequence[UUID]) -> dict[UUID, Opened]:
    """The bodies that are there and whose key is; those that were erased are missing."""
    opened: dict[UUID, Opened] = {}
    known: dict[tuple[UUID, int], OwnerKey | None] = {}
    for row in session().scalars(sa.select(AuditBody).where(AuditBody.event_id.in_(event_ids))):
        place = (row.owner_id, row.key_version)
        if place not in known:
            try:
                known[place] = load_owner_key(session(), keyring.installed(), *place)
            except (KeyDestroyed, SealBroken):
                known[place] = None
        key = known[place]
        if key is None:
            continue  # One person's key that is lost hides nobody else's events.
        try:
            whole = key.open("audit_body", "body_enc", row.event_id, row.body_enc)
        except SealBroken:
            continue  # `audit verify` says so; here it is a body that can't be shown.
        opened[row.event_id] = Opened(whole[SALT_BYTES:], whole[:SALT_BYTES])
    return opened


def endorsements(size: int) -> list[dict[str, Any]]:
    """How each key of the log follows from the one before, for a checkpoint of that size (docs/evidence.md)."""
    followers = [key for key in keys.log_keys()[1:] if key.index is not None and key.index < size]
    return [{"statement": key.endorsement, "event": event_evidence([key.event_id], size)[0]} for key in followers]


def _evidence(index: int, size: int, leaf: Mapping[str, Any], opened: Opened | None, tree: Subtrees) -> dict[str, Any]:
    proof = [_base64(node) for node in merkle.prove_inclusion(index, size, tree)]
    evidence: dict[str, Any] = {"index": index, "leaf": dict(leaf), "proof": proof}
    if opened is not None:
        evidence |= {"body": canonical.decode(opened.body), "salt": _base64(opened.salt)}
    return evidence


def cosigned_by(witnesses: Iterable[VerifierKey], row: Any = AuditCosignature) -> sa.ColumnElement[bool]:
    """Whether a row of `audit_cosignature` is by one of the keys; a witness's name may have had another key."""
    # Five characters of base64 are of the four bytes of the key's id alone.
    beginnings = {witness.name: f"— {witness.name} {_base64(witness.id)[:5]}" for witness in witnesses}
    return sa.or_(
        sa.false(),
        *(
            sa.and_(row.witness == name, sa.func.substr(row.line, 1, len(beginning)) == beginning)
            for name, beginning in beginnings.items()
        ),
    )


def _newest_cosigned(asked: Policy) -> sa.ScalarSelect[int]:
    """The size of the newest checkpoint with enough cosignatures. Looks from the end of the log, and no further."""
    witnesses = [witness.key for witness in asked.witnesses]
    one, other = aliased(AuditCosignature), aliased(AuditCosignature)
    together = sa.select(sa.func.count()).where(other.size == one.size, cosigned_by(witnesses, other))
    return (
        sa.select(one.size)
        .where(cosigned_by(witnesses, one), together.correlate(one).scalar_subquery() >= asked.required)
        .order_by(one.size.desc())
        .limit(1)
        .scalar_subquery()
    )


def _published(row: AuditCheckpoint, asked: Policy) -> Published:
    note, names = row.note, []
    if asked.witnesses:
        found = session().execute(
            sa.select(AuditCosignature.witness, AuditCosignature.line)
            .where(AuditCosignature.size == row.size, cosigned_by(one.key for one in asked.witnesses))
            .order_by(AuditCosignature.witness)
        )
        lines = [(name, Signature.parse(line.removesuffix("\n"))) for name, line in found]
        note = str(Note.parse(note).signed(*(line for _, line in lines)))
        names = [name for name, _ in lines]
    return Published(row.size, bytes(row.root), note, row.published_at, tuple(names))


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
