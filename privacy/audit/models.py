"""Tables of the log: what is recorded, what is sequenced, what is published.

`audit_event`, `audit_leaf`, `audit_checkpoint` and `audit_key` are insert-only by trigger; a body may be deleted,
never edited. Tiles are a cache of what the leaves say.
"""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from privacy.crypto.sealed_columns import sealed
from privacy.db import Base, Id


class AuditEvent(Base):
    """What the log will commit to: an id and a commitment that say nothing by themselves."""

    __tablename__ = "audit_event"

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    #: Version of the body's format.
    v: Mapped[int] = mapped_column(sa.SmallInteger)
    #: HMAC-SHA256 of the canonical body under its 32-byte salt. Without the salt the body can't be guessed.
    commitment: Mapped[bytes] = mapped_column(sa.LargeBinary)


class AuditBody(Base):
    """The body of an event: who did what to which object. Pseudonymous columns to search by, the rest sealed."""

    __tablename__ = "audit_body"
    __table_args__ = (
        sa.Index(None, "subject_id", "event_id"),
        sa.Index(None, "action", "event_id"),
        sa.Index(None, "actor_id", "event_id"),
        sa.Index(None, "object_type", "object_id"),
    )

    event_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("audit_event.id"), primary_key=True)
    occurred_at: Mapped[int] = mapped_column(sa.BigInteger)
    #: `noun.verb` in the past tense.
    action: Mapped[str] = mapped_column(sa.String(64))
    actor_kind: Mapped[str] = mapped_column(sa.String(16))
    actor_id: Mapped[UUID] = mapped_column(Id)
    #: The data subject whom the event is about; NULL where it is about none.
    subject_id: Mapped[UUID | None] = mapped_column(Id)
    object_type: Mapped[str] = mapped_column(sa.String(32))
    object_id: Mapped[str] = mapped_column(sa.String(64))
    #: Whose key seals the body.
    owner_id: Mapped[UUID] = mapped_column(Id)
    key_version: Mapped[int] = mapped_column(sa.Integer)
    #: Salt (32 bytes) and canonical body, sealed with the owner's key.
    body_enc: Mapped[bytes] = mapped_column(
        sa.LargeBinary,
        info=sealed(
            "salt and body of an event of the log",
            why="the leaf proves it without saying it",
            owner="owner_id",
            row="event_id",
            fixed=True,
            found_by="subject_id",
        ),
    )


class AuditPending(Base):
    """Recorded and not yet sequenced. The position is drawn inside the change's transaction.

    So an event whose transaction was committed before another one's began has the lower position.
    """

    __tablename__ = "audit_pending"
    __table_args__ = ({"sqlite_autoincrement": True},)

    position: Mapped[int] = mapped_column(sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True)
    event_id: Mapped[UUID] = mapped_column(Id)
    recorded_at: Mapped[int] = mapped_column(sa.BigInteger)


class AuditLeaf(Base):
    """A sequenced event: its place in the log, for good."""

    __tablename__ = "audit_leaf"
    __table_args__ = (sa.UniqueConstraint("event_id"),)

    #: The leaf's index, from 0 without a gap.
    sequence_number: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    event_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("audit_event.id"))
    #: SHA-256(0x00 and the leaf), as RFC 6962 has it.
    leaf_hash: Mapped[bytes] = mapped_column(sa.LargeBinary)
    sequenced_at: Mapped[int] = mapped_column(sa.BigInteger)


class AuditTile(Base):
    """Up to 256 hashes of the tree's level 8, 16, ... (C2SP tlog-tiles, level 1 and up); level 0 is `audit_leaf`."""

    __tablename__ = "audit_tile"

    level: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    #: The hashes one after another; grows until there are 256.
    hashes: Mapped[bytes] = mapped_column(sa.LargeBinary)


class AuditCheckpoint(Base):
    """A published state of the log."""

    __tablename__ = "audit_checkpoint"

    size: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    root: Mapped[bytes] = mapped_column(sa.LargeBinary)
    #: The signed note, without cosignatures.
    note: Mapped[str] = mapped_column(sa.Text)
    published_at: Mapped[int] = mapped_column(sa.BigInteger)


class AuditCosignature(Base):
    """A witness's signature under a checkpoint."""

    __tablename__ = "audit_cosignature"

    size: Mapped[int] = mapped_column(sa.BigInteger, sa.ForeignKey("audit_checkpoint.size"), primary_key=True)
    witness: Mapped[str] = mapped_column(sa.String(256), primary_key=True)
    #: The signature line, with its end.
    line: Mapped[str] = mapped_column(sa.Text)
    cosigned_at: Mapped[int] = mapped_column(sa.BigInteger)


class AuditKey(Base):
    """A key that signs checkpoints of trees which hold its event; the first one also those before it."""

    __tablename__ = "audit_key"

    #: Its number in the keyring.
    number: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    #: `name+hash+base64` (C2SP signed-note).
    vkey: Mapped[str] = mapped_column(sa.Text)
    #: The event that names it: `log.opened` or `log_key.endorsed`.
    event_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("audit_event.id"))
    #: The statement of the key before it; NULL for the first one.
    endorsement: Mapped[str | None] = mapped_column(sa.Text)


class AuditLog(Base):
    """The one row about this log: its name, its size, and who sequences it now."""

    __tablename__ = "audit_log"

    id: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True, autoincrement=False)
    #: Name of the log in checkpoints and of its keys; never changes.
    origin: Mapped[str] = mapped_column(sa.String(256))
    opened_at: Mapped[int] = mapped_column(sa.BigInteger)
    #: How many leaves are sequenced.
    size: Mapped[int] = mapped_column(sa.BigInteger)
    #: The sequencer's name for itself; NULL where none is at work.
    holder: Mapped[UUID | None] = mapped_column(Id)
    #: Counts the sequencers: what one wrote after it lost the lease would name an older one.
    fence: Mapped[int] = mapped_column(sa.BigInteger)
    lease_until: Mapped[int] = mapped_column(sa.BigInteger)


class AuditSink(Base):
    """How far a sink is that events are streamed to, and which worker streams."""

    __tablename__ = "audit_sink"

    #: SHA-256 of the setting, in hexadecimal.
    sink: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    #: The sequence number of the first event that the sink lacks.
    place: Mapped[int] = mapped_column(sa.BigInteger)
    #: When that was written.
    moved_at: Mapped[int] = mapped_column(sa.BigInteger)
    #: The worker that streams; NULL where none does.
    holder: Mapped[UUID | None] = mapped_column(Id)
    lease_until: Mapped[int] = mapped_column(sa.BigInteger)
