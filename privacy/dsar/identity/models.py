"""Tables of how a person proves, without an account, that a request is theirs: one-time codes, short sessions,
and how often something was sent before anybody was known.
"""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from privacy.db import Base, Id


class RequestCode(Base):
    """One code that was asked for, sent or not: the answer to asking is the same."""

    __tablename__ = "request_code"
    __table_args__ = (sa.Index(None, "request_id", "asked_at"), sa.Index(None, "decided_at", "asked_at"))

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    request_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("data_subject_request.id"))
    asked_at: Mapped[int] = mapped_column(sa.BigInteger)
    #: When it was sent, or was found not to be; NULL while it waits for that.
    decided_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    #: Whose contact it went to; NULL where none was sent, and where the person was erased.
    subject_id: Mapped[UUID | None] = mapped_column(Id, index=True)
    #: Keyed hash of request and code; NULL where none was sent.
    code_digest: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    #: The code opens nothing from then on; NULL where none was sent.
    expires_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    #: Wrong codes that were tried against it.
    tries: Mapped[int] = mapped_column(sa.Integer)
    #: When it was used, or a newer one took its place.
    ended_at: Mapped[int | None] = mapped_column(sa.BigInteger)


class RequestSession(Base):
    """A person's own access to one request for a quarter of an hour."""

    __tablename__ = "request_session"
    __table_args__ = (sa.UniqueConstraint("token_sha256"), sa.Index(None, "expires_at"), sa.Index(None, "request_id"))

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    request_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("data_subject_request.id"))
    #: `vocabulary.ProofLevel`: by what it was opened.
    proof: Mapped[str] = mapped_column(sa.String(16))
    #: Of 256 random bits.
    token_sha256: Mapped[bytes] = mapped_column(sa.LargeBinary)
    opened_at: Mapped[int] = mapped_column(sa.BigInteger)
    expires_at: Mapped[int] = mapped_column(sa.BigInteger)


class RequestQuota(Base):
    """How often something was sent to one identity, or to all together, in a stretch of time."""

    __tablename__ = "request_quota"
    __table_args__ = (sa.Index(None, "ends_at"),)

    #: Keyed hash of what is counted and of whose it is.
    digest: Mapped[bytes] = mapped_column(sa.LargeBinary, primary_key=True)
    #: When counting begins anew, in microseconds.
    ends_at: Mapped[int] = mapped_column(sa.BigInteger)
    taken: Mapped[int] = mapped_column(sa.Integer)
