"""Tables of packages: the archive in sealed parts, and what is left out of it because it is about somebody else."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from privacy.crypto.sealed_columns import sealed
from privacy.db import Base, Id


class RequestPackage(Base):
    """One archive that answers a request; the newest of a request is the one that is fetched."""

    __tablename__ = "request_package"
    __table_args__ = (sa.Index(None, "request_id"), sa.Index(None, "deleted_at", "expires_at"))

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    request_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("data_subject_request.id"))
    made_at: Mapped[int] = mapped_column(sa.BigInteger)
    #: Of the archive in bytes, before it is sealed.
    size: Mapped[int] = mapped_column(sa.BigInteger)
    files: Mapped[int] = mapped_column(sa.Integer)
    #: Rows of all systems that are in it.
    rows: Mapped[int] = mapped_column(sa.Integer)
    #: From then on nobody fetches it, and its parts go.
    expires_at: Mapped[int] = mapped_column(sa.BigInteger)
    downloads: Mapped[int] = mapped_column(sa.Integer)
    #: When its parts went; NULL while they are there.
    deleted_at: Mapped[int | None] = mapped_column(sa.BigInteger)


class RequestPackagePart(Base):
    """A part of an archive. In the database and not in a file: any host may make it and any other hand it out."""

    __tablename__ = "request_package_part"
    __table_args__ = (sa.UniqueConstraint("package_id", "number"),)

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    package_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("request_package.id"))
    request_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("data_subject_request.id"), index=True)
    #: From 1, without gaps.
    number: Mapped[int] = mapped_column(sa.Integer)
    content_enc: Mapped[bytes] = mapped_column(
        sa.LargeBinary,
        info=sealed("a part of the package that answers a request", why="Art. 15(3), 20(1)", owner="request_id"),
    )
    key_version: Mapped[int] = mapped_column(sa.Integer)


class RequestRedaction(Base):
    """What a person decided about one value that is about somebody else too (Art. 15(4), 20(4))."""

    __tablename__ = "request_redaction"
    __table_args__ = (sa.UniqueConstraint("request_id", "item"),)

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    request_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("data_subject_request.id"))
    #: Keyed hash of the person, the place, the field and the whole row: a row that changed is looked at again.
    item: Mapped[bytes] = mapped_column(sa.LargeBinary)
    #: `redaction.Verdict`.
    verdict: Mapped[str] = mapped_column(sa.String(16))
    actor_id: Mapped[UUID] = mapped_column(Id)
    decided_at: Mapped[int] = mapped_column(sa.BigInteger)
    #: Why, in words.
    reason_enc: Mapped[bytes] = mapped_column(
        sa.LargeBinary,
        info=sealed("why a value about somebody else is kept or left out", why="Art. 5(2), 15(4)", owner="request_id"),
    )
    key_version: Mapped[int] = mapped_column(sa.Integer)
