"""Tables of consent. Acts are appended and never edited (a trigger refuses it); facts are a cache of their fold."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from privacy.crypto.sealed_columns import sealed
from privacy.db import Base, Id


class ConsentAct(Base):
    """One act on one purpose and channel (recital 32: "a clear affirmative act", and every "no")."""

    __tablename__ = "consent_act"
    __table_args__ = (
        sa.UniqueConstraint("repeat_index"),
        sa.Index(None, "subject_id", "purpose", "channel"),
        sa.Index(
            "ix_consent_act_no_effect",
            "no_effect",
            sqlite_where=sa.text("no_effect IS NOT NULL"),
            postgresql_where=sa.text("no_effect IS NOT NULL"),
        ),
        # The way along which those that expire are looked at (`ConsentExpiryWalk`).
        sa.Index(
            "ix_consent_act_purpose_earliest",
            "purpose",
            "earliest",
            "id",
            sqlite_where=sa.text("act IN ('give', 'request')"),
            postgresql_where=sa.text("act IN ('give', 'request')"),
        ),
        # Whether an act is annulled is asked of every act that is shown.
        sa.Index(
            "ix_consent_act_refers_to",
            "refers_to",
            sqlite_where=sa.text("refers_to IS NOT NULL"),
            postgresql_where=sa.text("refers_to IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("data_subject.id"))
    #: `give`, `withdraw`, ... (`ActKind`).
    act: Mapped[str] = mapped_column(sa.String(16))
    #: A purpose's code, or `*` for all that the act may mean.
    purpose: Mapped[str] = mapped_column(sa.String(64))
    #: A channel's code, `*` for every channel, `-` for a purpose that has none.
    channel: Mapped[str] = mapped_column(sa.String(32))
    #: The contact it named, as this subject holds it; NULL where it named none.
    contact_id: Mapped[UUID | None] = mapped_column(Id, sa.ForeignKey("subject_contact.id"))
    #: What the source claims; NULL where it gave no date.
    claimed_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    #: When it happened, at the earliest and at the latest. Fixed at receipt and never recomputed.
    earliest: Mapped[int] = mapped_column(sa.BigInteger)
    latest: Mapped[int] = mapped_column(sa.BigInteger)
    received_at: Mapped[int] = mapped_column(sa.BigInteger)
    wording_code: Mapped[str | None] = mapped_column(sa.String(64))
    wording_version: Mapped[str | None] = mapped_column(sa.String(32))
    #: Language of the text shown (BCP 47).
    locale: Mapped[str | None] = mapped_column(sa.String(16))
    #: SHA-256 of the exact text shown, in hexadecimal.
    text_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    notice_code: Mapped[str | None] = mapped_column(sa.String(64))
    notice_version: Mapped[str | None] = mapped_column(sa.String(32))
    source_system: Mapped[str] = mapped_column(sa.String(64))
    source_point: Mapped[str | None] = mapped_column(sa.String(64))
    source_method: Mapped[str | None] = mapped_column(sa.String(64))
    #: `own_act`, `recorded` or `staff_claim`.
    proof: Mapped[str] = mapped_column(sa.String(16))
    #: `online` (an information society service, Art. 8) or `offline` (till, paper, telephone).
    setting: Mapped[str] = mapped_column(sa.String(8))
    #: Whether the statement was express (Art. 9, 22, 49).
    explicit: Mapped[bool] = mapped_column(sa.Boolean(create_constraint=False))
    #: The parent or representative who acted, and by what mandate.
    by_subject_id: Mapped[UUID | None] = mapped_column(Id)
    mandate: Mapped[str | None] = mapped_column(sa.String(32))
    #: The subject's age class when the act was recorded; NULL where nobody said.
    age_class: Mapped[str | None] = mapped_column(sa.String(8))
    #: The act that an `annul` takes out of the fold.
    refers_to: Mapped[UUID | None] = mapped_column(Id)
    #: Why it has no effect (`NoEffect`), found at receipt; NULL where it has.
    no_effect: Mapped[str | None] = mapped_column(sa.String(32))
    #: Keyed digest of the act's content: a repeat finds the first and keeps its receipt.
    repeat_index: Mapped[bytes] = mapped_column(sa.LargeBinary)
    #: The actor who recorded it.
    recorded_by: Mapped[UUID] = mapped_column(Id)
    #: Further evidence (campaign, form, reference), sealed with the subject's key; NULL where there is none.
    evidence_enc: Mapped[bytes | None] = mapped_column(
        sa.LargeBinary,
        info=sealed(
            "further evidence of an act", why="Art. 7(1): to demonstrate consent", owner="subject_id", fixed=True
        ),
    )
    key_version: Mapped[int] = mapped_column(sa.Integer)


class ConsentActAlso(Base):
    """Further subjects into whose fold an act enters: it named them too, or they were merged with the one it named."""

    __tablename__ = "consent_act_also"
    __table_args__ = (sa.Index(None, "act_id"),)

    subject_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("data_subject.id"), primary_key=True)
    act_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("consent_act.id"), primary_key=True)
    #: `named` or `merged`.
    via: Mapped[str] = mapped_column(sa.String(8))


class ConsentFact(Base):
    """The fold of a subject's acts on one purpose and channel (or `*`): a cache; `privacy consent verify` checks it."""

    __tablename__ = "consent_fact"

    subject_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("data_subject.id"), primary_key=True)
    purpose: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    channel: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    #: `policy.Facts` as MessagePack: ids, times and codes, no personal data in plaintext.
    facts: Mapped[bytes] = mapped_column(sa.LargeBinary)


class Suppression(Base):
    """A contact that must not be used, known or unknown: bounced, complained, reassigned, or on somebody's list."""

    __tablename__ = "suppression"
    __table_args__ = (
        sa.Index(None, "contact_index"),
        sa.UniqueConstraint("contact_index", "scope", "cause", "suppressed_at"),
        sa.Index(
            "ix_suppression_ends_at",
            "ends_at",
            sqlite_where=sa.text("ends_at IS NOT NULL"),
            postgresql_where=sa.text("ends_at IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    #: Keyed index under the suppression key, which is never rotated. No plaintext is kept.
    contact_index: Mapped[bytes] = mapped_column(sa.LargeBinary)
    kind: Mapped[str] = mapped_column(sa.String(16))
    #: `marketing`, or `contact`: not for anything.
    scope: Mapped[str] = mapped_column(sa.String(16))
    #: `hard_bounce`, `complaint`, `reassigned`, `company`, `list`, or `erased`: its holder was erased.
    cause: Mapped[str] = mapped_column(sa.String(16))
    suppressed_at: Mapped[int] = mapped_column(sa.BigInteger)
    source: Mapped[str] = mapped_column(sa.String(128))
    recorded_at: Mapped[int] = mapped_column(sa.BigInteger)
    #: When staff lifted it, who, and why. The person's own later act on the contact outweighs an entry without this.
    lifted_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    lifted_by: Mapped[UUID | None] = mapped_column(Id)
    lift_reason: Mapped[str | None] = mapped_column(sa.String(256))
    #: When it ceases to count and is deleted; NULL where it does not end by itself.
    ends_at: Mapped[int | None] = mapped_column(sa.BigInteger)


class Confirmation(Base):
    """A double opt-in message that waits for its one-time code."""

    __tablename__ = "confirmation"
    __table_args__ = (sa.Index(None, "subject_id"), sa.Index(None, "expires_at"))

    #: The `request` act.
    act_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("consent_act.id"), primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("data_subject.id"))
    #: Keyed digest of the code; the code itself is only in the message.
    code_digest: Mapped[bytes] = mapped_column(sa.LargeBinary)
    #: Wrong codes so far; at `MAX_ATTEMPTS` the code is void.
    attempts: Mapped[int] = mapped_column(sa.Integer)
    expires_at: Mapped[int] = mapped_column(sa.BigInteger)
    used_at: Mapped[int | None] = mapped_column(sa.BigInteger)


class NetworkEvidence(Base):
    """IP address and user agent of an act: optional, sealed with the subject's key, deleted after a short time."""

    __tablename__ = "network_evidence"
    __table_args__ = (sa.Index(None, "delete_after"),)

    act_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("consent_act.id"), primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("data_subject.id"))
    body_enc: Mapped[bytes] = mapped_column(
        sa.LargeBinary,
        info=sealed(
            "IP address and user agent of an act",
            why="Art. 7(1), for a short term",
            owner="subject_id",
            row="act_id",
        ),
    )
    key_version: Mapped[int] = mapped_column(sa.Integer)
    delete_after: Mapped[int] = mapped_column(sa.BigInteger)


class ConsentExpired(Base):
    """That the expiry of a consent was seen, so that it is in the log once. Goes after its act, and so names it freely.

    A foreign key would lock the act while its person is erased, in the wrong order.
    """

    __tablename__ = "consent_expired"

    act_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(Id, index=True)
    noted_at: Mapped[int] = mapped_column(sa.BigInteger)


class ConsentExpiryWalk(Base):
    """How far the acts of a purpose were looked at for those that expired, so that none is gone through twice."""

    __tablename__ = "consent_expiry_walk"

    purpose: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    #: The last one: acts go by the time at which they happened, and by their id.
    earliest: Mapped[int] = mapped_column(sa.BigInteger)
    act_id: Mapped[UUID] = mapped_column(Id)
