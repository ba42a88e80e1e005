"""Tables of how people come in to their own pages: what was asked for, their sessions, and what they have proven."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from privacy.crypto.sealed_columns import SERVICE, sealed
from privacy.db import Base, Id


class PersonEntry(Base):
    """Somebody asked to come in by a contact, known to us or not: what they see is the same."""

    __tablename__ = "person_entry"
    __table_args__ = (sa.Index(None, "decided_at", "crowded", "asked_at"), sa.Index(None, "browser_sha256"))

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    asked_at: Mapped[int] = mapped_column(sa.BigInteger)
    #: Of the secret that the browser which asked has in a cookie: code and link are worth something there alone.
    browser_sha256: Mapped[bytes] = mapped_column(sa.LargeBinary)
    #: The session that is to be proven further; NULL where somebody comes in.
    session_id: Mapped[UUID | None] = mapped_column(Id, sa.ForeignKey("person_session.id"), index=True)
    #: `email` or `phone`.
    kind: Mapped[str] = mapped_column(sa.String(16))
    #: The contact as it was typed, until it is decided whether something goes there; then NULL.
    contact_enc: Mapped[bytes | None] = mapped_column(
        sa.LargeBinary,
        info=sealed("a contact by which somebody asks to come in", why="to send the code there", owner=SERVICE),
    )
    key_version: Mapped[int | None] = mapped_column(sa.Integer)
    #: Whether many had asked from the same network lately: such ones come after the others.
    crowded: Mapped[bool] = mapped_column(sa.Boolean(create_constraint=False))
    #: BCP 47: the language of the page on which it was asked.
    locale: Mapped[str] = mapped_column(sa.String(16))
    #: When something was sent, or was found not to be; NULL while it waits for that.
    decided_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    #: The contact on file to which it went, and whose that is; NULL where nothing was sent.
    contact_id: Mapped[UUID | None] = mapped_column(Id)
    holder_id: Mapped[UUID | None] = mapped_column(Id, index=True)
    #: The person whose contact it is alone; NULL where it is shared, or not surely theirs.
    subject_id: Mapped[UUID | None] = mapped_column(Id, index=True)
    #: Keyed hash of asking and code, and hash of the ticket in the link; NULL where nothing was sent.
    code_digest: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    ticket_sha256: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    #: Both open nothing from then on.
    expires_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    #: Wrong codes that were tried against it.
    tries: Mapped[int] = mapped_column(sa.Integer)
    #: When it was used, or a newer one took its place.
    ended_at: Mapped[int | None] = mapped_column(sa.BigInteger)


class PersonSession(Base):
    """A person's own session, or that of whoever reads a mailbox which is nobody's alone."""

    __tablename__ = "person_session"
    __table_args__ = (sa.UniqueConstraint("token_sha256"), sa.Index(None, "used_at"))

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    #: Whose it is; NULL where what was proven is not one person's alone.
    subject_id: Mapped[UUID | None] = mapped_column(Id, index=True)
    #: Digest of everybody who was one with that person as it was opened: another set ends it.
    members_digest: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    #: `dsar.ProofLevel`: by what it was opened.
    proof: Mapped[str] = mapped_column(sa.String(16))
    #: Of 256 random bits.
    token_sha256: Mapped[bytes] = mapped_column(sa.LargeBinary)
    opened_at: Mapped[int] = mapped_column(sa.BigInteger)
    #: When it was last used, to the minute.
    used_at: Mapped[int] = mapped_column(sa.BigInteger)
    #: It ends then however much it is used.
    ends_at: Mapped[int] = mapped_column(sa.BigInteger)
    #: When the person last proved more than one contact: by a second one, or by a sign-on.
    stepped_up_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    #: When somebody ended it.
    ended_at: Mapped[int | None] = mapped_column(sa.BigInteger)


class PersonProof(Base):
    """A contact that was proven in a session, by a code that went there."""

    __tablename__ = "person_proof"
    __table_args__ = (sa.UniqueConstraint("session_id", "contact_id"),)

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    session_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("person_session.id"))
    #: The stored contact, and who holds it: where several do, the one to whose address the code went.
    contact_id: Mapped[UUID] = mapped_column(Id)
    holder_id: Mapped[UUID] = mapped_column(Id, index=True)
    proven_at: Mapped[int] = mapped_column(sa.BigInteger)


class SignOnUsed(Base):
    """A token of the controller's own sign-on that was used: none counts twice."""

    __tablename__ = "sign_on_used"
    __table_args__ = (sa.Index(None, "expires_at"),)

    #: Keyed hash of issuer and token number.
    digest: Mapped[bytes] = mapped_column(sa.LargeBinary, primary_key=True)
    #: The token is worth nothing from then on anyhow.
    expires_at: Mapped[int] = mapped_column(sa.BigInteger)


class ChangeByOther(Base):
    """Somebody else changed a person's choices: noted until the person has been told and has seen it."""

    __tablename__ = "change_by_other"
    __table_args__ = (sa.UniqueConstraint("subject_id", "act_id"), sa.Index(None, "received_at"))

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(Id)
    #: The act. It may be another person's, who has the same mailbox.
    act_id: Mapped[UUID] = mapped_column(Id)
    #: `Who` it was, as far as it is known.
    whose: Mapped[str] = mapped_column(sa.String(16))
    received_at: Mapped[int] = mapped_column(sa.BigInteger)
    #: When a letter about it was written, or found not to be due; NULL while it waits for that.
    told_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    #: When the person said that they have read of it on their own page.
    seen_at: Mapped[int | None] = mapped_column(sa.BigInteger)


class ChangePlace(Base):
    """How far the log has been read for changes by others. One row."""

    __tablename__ = "change_place"

    id: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True, autoincrement=False)
    #: The log that is followed: of another one the reading begins at its end.
    origin: Mapped[str] = mapped_column(sa.String(256))
    #: Sequence number of the first event that was not looked at yet.
    place: Mapped[int] = mapped_column(sa.BigInteger)
