"""The table of imports over the API."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from privacy.crypto.sealed_columns import SERVICE, sealed
from privacy.db import Base, Id


class ConsentImport(Base):
    """One import: what is to be imported as what, and how far it is. What it records are acts like any others."""

    __tablename__ = "consent_import"
    __table_args__ = (sa.Index(None, "state", "created_at"),)

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    #: `live` or `test`.
    realm: Mapped[str] = mapped_column(sa.String(8))
    #: Who asked for it. The worker records the acts in this actor's name.
    actor_kind: Mapped[str] = mapped_column(sa.String(16))
    actor_id: Mapped[UUID] = mapped_column(Id)
    actor_name: Mapped[str] = mapped_column(sa.String(100))
    #: The key that asked for it, then the one that sent the file: once it is revoked the import goes no further.
    api_key_id: Mapped[UUID | None] = mapped_column(Id)
    #: A profile that comes with the service; NULL where the import brought its own.
    profile: Mapped[str | None] = mapped_column(sa.String(64))
    #: The profile that it brought, sealed with the service owner's key.
    profile_enc: Mapped[bytes | None] = mapped_column(
        sa.LargeBinary,
        info=sealed("the profile an import brought", why="to read its file", owner=SERVICE),
    )
    #: Historical wordings to try on a dry run, sealed with the service owner's key: they name who attests them.
    wordings_enc: Mapped[bytes | None] = mapped_column(
        sa.LargeBinary,
        info=sealed("historical wordings tried on a dry run", why="they name who attests them", owner=SERVICE),
    )
    purpose: Mapped[str | None] = mapped_column(sa.String(64))
    wording_code: Mapped[str | None] = mapped_column(sa.String(64))
    wording_version: Mapped[str | None] = mapped_column(sa.String(32))
    #: Whether it is to write nothing and count only.
    dry_run: Mapped[bool] = mapped_column(sa.Boolean(create_constraint=False))
    #: The file's name, sealed with the service owner's key: people name files after people. NULL once it is forgotten.
    name_enc: Mapped[bytes | None] = mapped_column(
        sa.LargeBinary,
        info=sealed("the name of an import's file", why="people name files after people", owner=SERVICE),
    )
    #: `ImportState`.
    state: Mapped[str] = mapped_column(sa.String(16))
    #: What the worker is doing, how much of how much of it is done, and since when; NULL before it began.
    stage: Mapped[str | None] = mapped_column(sa.String(32))
    done: Mapped[int] = mapped_column(sa.BigInteger)
    total: Mapped[int] = mapped_column(sa.BigInteger)
    stage_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    #: The counts of the end, a JSON object of whole numbers.
    counts: Mapped[str | None] = mapped_column(sa.Text)
    #: The waterfall of the end, a JSON object without personal data. Read only when it is asked for: it may be long.
    waterfall: Mapped[str | None] = mapped_column(sa.Text, deferred=True)
    #: Why it failed or was cancelled, sealed with the service owner's key: it may name a file.
    problem_enc: Mapped[bytes | None] = mapped_column(
        sa.LargeBinary,
        info=sealed("why an import failed", why="it may name a file", owner=SERVICE),
    )
    #: Version of the service owner's key.
    key_version: Mapped[int] = mapped_column(sa.Integer)
    #: File of the upload, and owner of the key that opens it; NULL before it came and after it was read.
    upload_id: Mapped[UUID | None] = mapped_column(Id)
    #: Length of the upload.
    upload_bytes: Mapped[int | None] = mapped_column(sa.BigInteger)
    #: File of the rejects, and owner of the key that opens it; NULL where there are none, or none any more.
    rejects_id: Mapped[UUID | None] = mapped_column(Id)
    #: When the rejects go.
    delete_rejects_at: Mapped[int | None] = mapped_column(sa.BigInteger, index=True)
    created_at: Mapped[int] = mapped_column(sa.BigInteger)
    uploaded_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    started_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    finished_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    #: Who works on it now, a new id for each taking: a worker whose id is not here any more has lost it.
    lease: Mapped[UUID | None] = mapped_column(Id)
    #: After this another worker may take it.
    lease_until: Mapped[int | None] = mapped_column(sa.BigInteger)
    #: How often a worker took it and did not come back.
    attempts: Mapped[int] = mapped_column(sa.Integer)
