"""Tables of the registers of accountability: entries, and files in sealed portions. Private to this room."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from privacy.crypto.sealed_columns import sealed
from privacy.db import Base, Id


class RegisterEntry(Base):
    """A training, an audit, an assessment: what shows that the Regulation is kept (Art. 5(2), 24)."""

    __tablename__ = "register_entry"
    __table_args__ = (sa.Index(None, "realm", "kind", "state"), sa.Index(None, "state", "review_on"))

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    #: `DPIA-2026-0001`; of the test realm `test-DPIA-2026-0001`.
    number: Mapped[str] = mapped_column(sa.String(32), unique=True)
    realm: Mapped[str] = mapped_column(sa.String(8))
    #: `vocabulary.EntryKind`, `vocabulary.EntryState`, `vocabulary.EntryOutcome`.
    kind: Mapped[str] = mapped_column(sa.String(24))
    state: Mapped[str] = mapped_column(sa.String(16))
    outcome: Mapped[str | None] = mapped_column(sa.String(32))
    #: What it is about, as JSON: codes of processing activities, purposes and processors.
    about: Mapped[str] = mapped_column(sa.Text)
    #: The member of staff who answers for it.
    owner_id: Mapped[UUID] = mapped_column(Id)
    #: Days since 1970-01-01: when it took place, when it is looked at again, the review day of which the owner knows.
    held_on: Mapped[int | None] = mapped_column(sa.Integer)
    review_on: Mapped[int | None] = mapped_column(sa.Integer)
    reminded_on: Mapped[int | None] = mapped_column(sa.Integer)
    created_at: Mapped[int] = mapped_column(sa.BigInteger)
    created_by: Mapped[UUID] = mapped_column(Id)
    #: The officer's advice (Art. 35(2)) on the entry as it is; NULL again when that changes.
    advised_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    advised_by: Mapped[UUID | None] = mapped_column(Id)
    #: The day of the authority's answer (Art. 36(2)).
    consulted_on: Mapped[int | None] = mapped_column(sa.Integer)
    decided_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    decided_by: Mapped[UUID | None] = mapped_column(Id)
    #: The decided entry of which this is a new version.
    supersedes_id: Mapped[UUID | None] = mapped_column(Id, sa.ForeignKey("register_entry.id"), index=True)
    #: Counts changes up.
    version: Mapped[int] = mapped_column(sa.Integer)
    #: `entries.Content` as JSON: title, answers, names of participants, advice, reasons.
    content_enc: Mapped[bytes] = mapped_column(
        sa.LargeBinary, info=sealed("what an entry of the registers says", why="Art. 5(2), 24, 32(4), 35", owner="id")
    )
    key_version: Mapped[int] = mapped_column(sa.Integer)


class RegisterFile(Base):
    """A file of an entry: a certificate, a report, a list with signatures."""

    __tablename__ = "register_file"

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    entry_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("register_entry.id"), index=True)
    #: By its own first bytes, whatever its name.
    media_type: Mapped[str] = mapped_column(sa.String(80))
    #: Of the file, in bytes, and its SHA-256 in hexadecimal.
    size: Mapped[int] = mapped_column(sa.BigInteger)
    sha256: Mapped[str] = mapped_column(sa.String(64))
    added_at: Mapped[int] = mapped_column(sa.BigInteger)
    added_by: Mapped[UUID] = mapped_column(Id)
    #: When its portions went; NULL while they are there.
    removed_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    name_enc: Mapped[bytes] = mapped_column(
        sa.LargeBinary, info=sealed("what a file of the registers is called", why="Art. 5(2)", owner="entry_id")
    )
    key_version: Mapped[int] = mapped_column(sa.Integer)


class RegisterFilePart(Base):
    """A portion of a file. In the database and not in a folder: any host may take it and any other hand it out."""

    __tablename__ = "register_file_part"
    __table_args__ = (sa.UniqueConstraint("file_id", "number"),)

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    file_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("register_file.id"))
    entry_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("register_entry.id"), index=True)
    #: From 1, without gaps.
    number: Mapped[int] = mapped_column(sa.Integer)
    content_enc: Mapped[bytes] = mapped_column(
        sa.LargeBinary,
        info=sealed("a portion of a file of the registers", why="Art. 5(2)", owner="entry_id"),
    )
    key_version: Mapped[int] = mapped_column(sa.Integer)
