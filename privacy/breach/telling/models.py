"""Tables of the communication to the persons: who is affected, what they are told, what became of each letter.

What is sealed is so with the breach's own key. People are named by their subject ids, which go when they are erased.
"""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from privacy.crypto.sealed_columns import sealed
from privacy.db import Base, Id


class BreachAffectedSource(Base):
    """One selection of affected persons: a list, or a question to our own store or to the systems."""

    __tablename__ = "breach_affected_source"
    __table_args__ = (sa.Index(None, "breach_id"), sa.Index(None, "state"))

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    breach_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("personal_data_breach.id"))
    #: `SourceKind`.
    kind: Mapped[str] = mapped_column(sa.String(16))
    #: What was asked, as JSON: codes of the programme, no person.
    asked: Mapped[str] = mapped_column(sa.Text)
    #: `SourceState`.
    state: Mapped[str] = mapped_column(sa.String(16))
    #: How far it was read: the place and the key of the last row, which may be a person's number.
    cursor_enc: Mapped[bytes | None] = mapped_column(
        sa.LargeBinary, info=sealed("how far a search for affected persons is", why="Art. 34", owner="breach_id")
    )
    key_version: Mapped[int] = mapped_column(sa.Integer)
    #: Lines or rows that were read; of them who was new, who was in already, and which named nobody.
    rows_read: Mapped[int] = mapped_column(sa.Integer)
    added: Mapped[int] = mapped_column(sa.Integer)
    repeated: Mapped[int] = mapped_column(sa.Integer)
    rejected: Mapped[int] = mapped_column(sa.Integer)
    #: The code of what stopped it.
    failure: Mapped[str | None] = mapped_column(sa.String(64))
    #: Not before this is it tried again.
    next_at: Mapped[int] = mapped_column(sa.BigInteger)
    asked_by: Mapped[UUID] = mapped_column(Id)
    created_at: Mapped[int] = mapped_column(sa.BigInteger)
    ended_at: Mapped[int | None] = mapped_column(sa.BigInteger)


class BreachAffected(Base):
    """One affected person of a breach, each once: of our records, or by a contact that our records do not have."""

    __tablename__ = "breach_affected"
    __table_args__ = (
        sa.UniqueConstraint("breach_id", "number"),
        sa.UniqueConstraint("breach_id", "subject_id"),
        sa.UniqueConstraint("breach_id", "contact_bidx"),
        sa.Index(None, "subject_id"),
        sa.Index(None, "source_id"),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    breach_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("personal_data_breach.id"))
    #: Counts the affected of a breach from 1.
    number: Mapped[int] = mapped_column(sa.Integer)
    source_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("breach_affected_source.id"))
    #: NULL for somebody whom our records do not know, and once they are erased.
    subject_id: Mapped[UUID | None] = mapped_column(Id)
    #: Where somebody unknown to our records is reached: kind and contact, as JSON.
    contact_enc: Mapped[bytes | None] = mapped_column(
        sa.LargeBinary, info=sealed("a contact of an affected person", why="Art. 34", owner="breach_id")
    )
    key_version: Mapped[int] = mapped_column(sa.Integer)
    #: Keyed index of that contact under the key that is never rotated, so that it is in once.
    contact_bidx: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    added_at: Mapped[int] = mapped_column(sa.BigInteger)
    forgotten_at: Mapped[int | None] = mapped_column(sa.BigInteger)


class BreachCommunication(Base):
    """What the affected are told at one time: words by locale, who agreed to it, up to whom it goes."""

    __tablename__ = "breach_communication"
    __table_args__ = (sa.UniqueConstraint("breach_id", "number"), sa.Index(None, "state"))

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    breach_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("personal_data_breach.id"))
    #: Counts the communications of a breach from 1.
    number: Mapped[int] = mapped_column(sa.Integer)
    #: `TellingState`.
    state: Mapped[str] = mapped_column(sa.String(16))
    #: Whether it goes only to those whom no earlier one went to.
    only_new: Mapped[bool] = mapped_column(sa.Boolean(create_constraint=False))
    #: The officer's words by locale, as JSON.
    words_enc: Mapped[bytes] = mapped_column(
        sa.LargeBinary, info=sealed("what affected persons are told", why="Art. 34(2)", owner="breach_id")
    )
    key_version: Mapped[int] = mapped_column(sa.Integer)
    #: A page that says the same, for whoever can only be reached by a text message.
    page_url: Mapped[str | None] = mapped_column(sa.String(512))
    #: Whom it goes to is frozen when it is approved: the affected up to this number.
    up_to: Mapped[int | None] = mapped_column(sa.Integer)
    #: Up to whom letters are written.
    written_to: Mapped[int] = mapped_column(sa.Integer)
    prepared_by: Mapped[UUID] = mapped_column(Id)
    approved_by: Mapped[UUID | None] = mapped_column(Id)
    created_at: Mapped[int] = mapped_column(sa.BigInteger)
    approved_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    ended_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    version: Mapped[int] = mapped_column(sa.Integer)


class BreachLetter(Base):
    """What became of one communication to one affected person."""

    __tablename__ = "breach_letter"
    __table_args__ = (
        sa.UniqueConstraint("communication_id", "affected_id"),
        sa.Index(None, "communication_id", "state"),
        sa.Index(None, "message_id"),
        sa.Index(None, "affected_id"),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    communication_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("breach_communication.id"))
    affected_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("breach_affected.id"))
    #: `LetterState`.
    state: Mapped[str] = mapped_column(sa.String(16))
    #: By which way it went last: a `MessageKind`; NULL where it went by none.
    way: Mapped[str | None] = mapped_column(sa.String(16))
    #: How many ways were tried.
    attempts: Mapped[int] = mapped_column(sa.Integer)
    #: The message of the outbox, as long as it has it.
    message_id: Mapped[UUID | None] = mapped_column(Id)
    #: `Why` a person has to see to it.
    why: Mapped[str | None] = mapped_column(sa.String(16))
    created_at: Mapped[int] = mapped_column(sa.BigInteger)
    ended_at: Mapped[int | None] = mapped_column(sa.BigInteger)
