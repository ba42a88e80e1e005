"""Tables of people. Values are sealed with the person's own key; only keyed indexes stand beside them."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from privacy.crypto.sealed_columns import sealed
from privacy.db import Base, Id


class DataSubject(Base):
    """A data subject as one account identifier, or one contact alone, names them (GDPR Art. 4(1)).

    Each account identifier makes a subject of its own and identifiers claimed together are linked, so that who is who
    follows from the set of claims and not from their order. Three nested sets say who belongs together:
    `group_id` (claims that agree: a consent counts for all of it), `cluster_id` (every claim ever made: a "no" counts
    for all of it) and `person_id` (merged by staff as well). Groups of one cluster, whose claims disagree, may be
    merged too: `merged_id` is the set of groups that merges join, each of which answers with the strictest of all.
    """

    __tablename__ = "data_subject"
    __table_args__ = (
        sa.Index(None, "person_id"),
        # Those who are not surely one with the rest of their cluster: the few among whom the review list looks.
        sa.Index(
            "ix_data_subject_apart",
            "cluster_id",
            sqlite_where=sa.text("group_id <> cluster_id"),
            postgresql_where=sa.text("group_id <> cluster_id"),
        ),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    #: `live` or `test`: what test keys make is never found by live ones.
    realm: Mapped[str] = mapped_column(sa.String(8))
    #: `account` or `contact`: made by an account identifier, or by a contact alone.
    kind: Mapped[str] = mapped_column(sa.String(8))
    #: The smallest id of each set. The row whose id is `person_id` is the person's head: it is what writers lock.
    person_id: Mapped[UUID] = mapped_column(Id)
    cluster_id: Mapped[UUID] = mapped_column(Id)
    group_id: Mapped[UUID] = mapped_column(Id)
    #: The smallest id of the groups that staff merged with this one, and it; NULL where there is no merge.
    merged_id: Mapped[UUID | None] = mapped_column(Id)
    #: On the head: how many subjects the person has, so that a writer sees that the set changed while it waited.
    members: Mapped[int] = mapped_column(sa.Integer)
    #: On the head: counts the person's writes; consistency tokens carry it.
    version: Mapped[int] = mapped_column(sa.BigInteger)
    #: Bits of `Standing` that hold now; their history is in `subject_standing`.
    standing: Mapped[int] = mapped_column(sa.Integer)
    #: `under_13`, `13_15`, `16_17`, `adult` or NULL where nobody said; no birth date is kept.
    age_class: Mapped[str | None] = mapped_column(sa.String(8))
    created_at: Mapped[int] = mapped_column(sa.BigInteger)


class AccountIdentifier(Base):
    """A customer number, a loyalty card, a device: belongs to one subject within its issuer."""

    __tablename__ = "account_identifier"
    __table_args__ = (
        sa.UniqueConstraint("value_bidx"),
        sa.Index(None, "sha256_bidx"),
        sa.Index(None, "subject_id"),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("data_subject.id"))
    type: Mapped[str] = mapped_column(sa.String(64))
    #: The identifier, byte for byte, sealed with the subject's key.
    value_enc: Mapped[bytes] = mapped_column(
        sa.LargeBinary,
        info=sealed("a customer number, loyalty card or device", why="who is meant", owner="subject_id"),
    )
    key_version: Mapped[int] = mapped_column(sa.Integer)
    #: Keyed index of the identifier within realm, type and issuer.
    value_bidx: Mapped[bytes] = mapped_column(sa.LargeBinary)
    #: Keyed index of its SHA-256, for lists of hashes.
    sha256_bidx: Mapped[bytes] = mapped_column(sa.LargeBinary)
    #: Where it came from (Art. 14(2)(f)) and since when, as that source says.
    source: Mapped[str] = mapped_column(sa.String(128))
    held_from: Mapped[int] = mapped_column(sa.BigInteger)
    recorded_at: Mapped[int] = mapped_column(sa.BigInteger)
    #: Set when the identifier was taken away or replaced; it is found for a "no" all the same.
    retired_at: Mapped[int | None] = mapped_column(sa.BigInteger)


class SubjectContact(Base):
    """An e-mail address, phone number or postal address that a subject holds. Several may hold the same one."""

    __tablename__ = "subject_contact"
    __table_args__ = (
        sa.UniqueConstraint("subject_id", "value_bidx"),
        sa.Index(None, "value_bidx"),
        sa.Index(None, "sha256_bidx"),
        # One contact-only person for a contact, also when two processes meet it at once.
        sa.Index(
            "uq_subject_contact_alone",
            "value_bidx",
            unique=True,
            sqlite_where=sa.text("alone"),
            postgresql_where=sa.text("alone"),
        ),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("data_subject.id"))
    #: `email`, `phone` or `postal_address`.
    kind: Mapped[str] = mapped_column(sa.String(16))
    #: Whether the subject is this contact and nothing else.
    alone: Mapped[bool] = mapped_column(sa.Boolean(create_constraint=False))
    #: The contact as it was given, for sending; sealed with the holder's key, so once for each holder.
    value_enc: Mapped[bytes] = mapped_column(
        sa.LargeBinary,
        info=sealed("an e-mail address, phone number or postal address", why="to reach the holder", owner="subject_id"),
    )
    key_version: Mapped[int] = mapped_column(sa.Integer)
    value_bidx: Mapped[bytes] = mapped_column(sa.LargeBinary)
    sha256_bidx: Mapped[bytes] = mapped_column(sa.LargeBinary)
    source: Mapped[str] = mapped_column(sa.String(128))
    held_from: Mapped[int] = mapped_column(sa.BigInteger)
    recorded_at: Mapped[int] = mapped_column(sa.BigInteger)
    #: When the holder last surely consented on it by an own act; that outweighs older suppressions.
    own_act_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    #: When the holder ceased to hold it, and why: `retired` (the "no" stays) or `reassigned` (now somebody else's).
    held_until: Mapped[int | None] = mapped_column(sa.BigInteger)
    ended: Mapped[str | None] = mapped_column(sa.String(16))


class SubjectContactPast(Base):
    """How a holding was known before it was dated anew or ended: "was it allowed on 3 March?" is answered by it."""

    __tablename__ = "subject_contact_past"
    __table_args__ = (sa.Index(None, "contact_id"),)

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    contact_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("subject_contact.id"))
    held_from: Mapped[int] = mapped_column(sa.BigInteger)
    held_until: Mapped[int | None] = mapped_column(sa.BigInteger)
    ended: Mapped[str | None] = mapped_column(sa.String(16))
    #: Until when it was known so.
    known_until: Mapped[int] = mapped_column(sa.BigInteger)


class IdentityClaim(Base):
    """A source named two account identifiers as one person's."""

    __tablename__ = "identity_claim"
    __table_args__ = (sa.UniqueConstraint("a_subject_id", "b_subject_id"), sa.Index(None, "b_subject_id"))

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    #: The smaller id first.
    a_subject_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("data_subject.id"))
    b_subject_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("data_subject.id"))
    source: Mapped[str] = mapped_column(sa.String(128))
    claimed_at: Mapped[int] = mapped_column(sa.BigInteger)
    recorded_at: Mapped[int] = mapped_column(sa.BigInteger)
    #: Set by a review that found the claim wrong: it no longer widens a consent; a "no" stays shared.
    retired_at: Mapped[int | None] = mapped_column(sa.BigInteger)


class SubjectMerge(Base):
    """Staff found two subjects to be one person. A link: no row, key or act moves."""

    __tablename__ = "subject_merge"
    __table_args__ = (sa.Index(None, "a_subject_id"), sa.Index(None, "b_subject_id"))

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    a_subject_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("data_subject.id"))
    b_subject_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("data_subject.id"))
    reason: Mapped[str] = mapped_column(sa.String(256))
    merged_at: Mapped[int] = mapped_column(sa.BigInteger)
    unmerged_at: Mapped[int | None] = mapped_column(sa.BigInteger)


class ContactPreference(Base):
    """How a person likes to be written to, beside consent: it allows nothing and forbids nothing."""

    __tablename__ = "contact_preference"

    subject_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("data_subject.id"), primary_key=True)
    #: Channel, topics and frequency as JSON, sealed with the person's key.
    wishes_enc: Mapped[bytes] = mapped_column(
        sa.LargeBinary,
        info=sealed(
            "by which channel, about what and how often somebody likes to hear",
            why="to heed it",
            owner="subject_id",
            row="subject_id",
        ),
    )
    key_version: Mapped[int] = mapped_column(sa.Integer)
    #: The system that said it, and when it came.
    source: Mapped[str] = mapped_column(sa.String(128))
    set_at: Mapped[int] = mapped_column(sa.BigInteger)


class SubjectStanding(Base):
    """When a standing or an age class held, so that "was it allowed on 3 March?" can be answered."""

    __tablename__ = "subject_standing"
    __table_args__ = (sa.Index(None, "subject_id"),)

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("data_subject.id"))
    #: `deceased`, `restricted`, `erasure_pending`, or `age:` and the class.
    standing: Mapped[str] = mapped_column(sa.String(24))
    since: Mapped[int] = mapped_column(sa.BigInteger)
    until: Mapped[int | None] = mapped_column(sa.BigInteger)
