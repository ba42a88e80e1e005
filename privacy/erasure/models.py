"""Tables of erasure: what is left when a person is gone. Nothing here names anybody without a key."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from privacy.crypto.sealed_columns import sealed
from privacy.db import Base, Id


class Erasure(Base):
    """One erasure (GDPR Art. 17): when, what went and what remains, without personal data."""

    __tablename__ = "erasure"

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    #: `live` or `test`.
    realm: Mapped[str] = mapped_column(sa.String(8))
    erased_at: Mapped[int] = mapped_column(sa.BigInteger)
    #: After this no copy of the person's keys exists anywhere: the last backup of the keys that held them is gone.
    shred_by: Mapped[int] = mapped_column(sa.BigInteger)
    #: What was deleted, what remains, why and until when: JSON of codes, counts and dates.
    account: Mapped[str] = mapped_column(sa.Text)


class Tombstone(Base):
    """A keyed hash of the id of a subject that was erased, so that no restored backup brings the person back.

    No plaintext and no key to it in a backup of the data. Personal data all the same: it ends with the oldest backup
    that could bring the person back.
    """

    __tablename__ = "tombstone"
    __table_args__ = (sa.Index(None, "ends_at"), sa.Index(None, "erasure_id"))

    index_bidx: Mapped[bytes] = mapped_column(sa.LargeBinary, primary_key=True)
    #: No foreign key: a restore writes tombstones before there is the erasure's own row.
    erasure_id: Mapped[UUID] = mapped_column(Id)
    erased_at: Mapped[int] = mapped_column(sa.BigInteger)
    ends_at: Mapped[int] = mapped_column(sa.BigInteger)


class ErasureCase(Base):
    """Why somebody was erased and what they were told, sealed under a key of its own: it outlives the person's."""

    __tablename__ = "erasure_case"
    __table_args__ = (sa.Index(None, "ends_at"),)

    erasure_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("erasure.id"), primary_key=True)
    #: The request's number or the reason, as it was given.
    cause_enc: Mapped[bytes] = mapped_column(
        sa.LargeBinary,
        info=sealed("why a person was erased", why="Art. 5(2)", owner="erasure_id", row="erasure_id"),
    )
    #: The letter to the person as JSON; NULL where none was written.
    letter_enc: Mapped[bytes | None] = mapped_column(
        sa.LargeBinary,
        info=sealed("the letter about an erasure", why="Art. 12(3)", owner="erasure_id", row="erasure_id"),
    )
    key_version: Mapped[int] = mapped_column(sa.Integer)
    #: When the row and its key go.
    ends_at: Mapped[int] = mapped_column(sa.BigInteger)


class EvidenceRecord(Base):
    """The least that must outlive a person's key: for claims and complaints (Art. 17(3)(e)), for a stated time.

    Sealed under the key of the month in which it expires, so that destroying that key makes the expiry final in
    backups too. Read only for a named case, by two people.
    """

    __tablename__ = "evidence_record"
    __table_args__ = (sa.Index(None, "erasure_id"), sa.Index(None, "expires_on"))

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    erasure_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("erasure.id"))
    realm: Mapped[str] = mapped_column(sa.String(8))
    #: The month's owner: follows from the month alone.
    owner_id: Mapped[UUID] = mapped_column(Id)
    key_version: Mapped[int] = mapped_column(sa.Integer)
    #: Contacts, acts, wordings and cause, as JSON.
    body_enc: Mapped[bytes] = mapped_column(
        sa.LargeBinary,
        info=sealed("contacts, acts and wordings of an erased person", why="Art. 17(3)(e)", owner="owner_id"),
    )
    #: The last day on which it may be read: a month's last, in days since 1970-01-01.
    expires_on: Mapped[int] = mapped_column(sa.Integer)


class EvidenceContact(Base):
    """By which contacts an evidence record is found: keyed indexes under the key that is never rotated."""

    __tablename__ = "evidence_contact"
    __table_args__ = (sa.Index(None, "contact_bidx"),)

    record_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("evidence_record.id"), primary_key=True)
    contact_bidx: Mapped[bytes] = mapped_column(sa.LargeBinary, primary_key=True)
