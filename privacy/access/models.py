"""Tables of access: clients, staff, keys, approvals."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from privacy.crypto.sealed_columns import SERVICE, sealed
from privacy.db import Base, Id


class ApiClient(Base):
    """A system that may use the API."""

    __tablename__ = "api_client"
    __table_args__ = (sa.CheckConstraint("realm IN ('live', 'test')", name="realm"),)

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    #: What people call the system.
    name: Mapped[str] = mapped_column(sa.String(100), unique=True)
    #: Permissions, sorted and separated by spaces.
    scopes: Mapped[str] = mapped_column(sa.Text)
    #: `live`, or `test` for keys that touch nothing real.
    realm: Mapped[str] = mapped_column(sa.String(8))
    #: A partner learns yes or no and nothing else.
    partner: Mapped[bool] = mapped_column(sa.Boolean)
    #: Code of the controller in the programme whose system it is; NULL for a system of the whole group.
    controller: Mapped[str | None] = mapped_column(sa.String(64))
    created_at: Mapped[int] = mapped_column(sa.BigInteger)
    #: Since when none of its keys works any more.
    disabled_at: Mapped[int | None] = mapped_column(sa.BigInteger)


class Staff(Base):
    """A person who works for the controller."""

    __tablename__ = "staff"

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    #: The account name that colleagues see in the log; a work name, not the address.
    name: Mapped[str] = mapped_column(sa.String(100), unique=True)
    #: Work e-mail address, sealed with the staff member's own key. Personal data.
    email_enc: Mapped[bytes] = mapped_column(
        sa.LargeBinary,
        info=sealed("a colleague's work e-mail address", why="to reach them", owner="id"),
    )
    key_version: Mapped[int] = mapped_column(sa.Integer)
    #: As what they were taken on. What they may do stands in their grants, the first of which follow from it.
    role: Mapped[str] = mapped_column(sa.String(32))
    created_at: Mapped[int] = mapped_column(sa.BigInteger)
    disabled_at: Mapped[int | None] = mapped_column(sa.BigInteger)


class StaffGrant(Base):
    """That a member of staff may act in a role: an authorisation under Art. 29 and 32(4).

    In force from its first to its last moment, once agreed to, and until it is ended.
    """

    __tablename__ = "staff_grant"
    __table_args__ = (
        sa.CheckConstraint("valid_until IS NULL OR valid_until > valid_from", name="period"),
        # An authority's inspector leaves again.
        sa.CheckConstraint("role <> 'inspector' OR valid_until IS NOT NULL", name="inspector_leaves"),
        # Nobody gives themselves a right, and nobody agrees to their own.
        sa.CheckConstraint("granted_by <> staff_id", name="not_by_oneself"),
        sa.CheckConstraint("agreed_by IS NULL OR agreed_by <> staff_id", name="not_agreed_by_oneself"),
        sa.CheckConstraint("(ended_by IS NULL) = (ended_at IS NULL)", name="ended_whole"),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    #: The number of the authorisation, counted from 1.
    number: Mapped[int] = mapped_column(sa.Integer, unique=True)
    staff_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("staff.id"), index=True)
    #: One of `privacy.authz.roles.StaffRole`.
    role: Mapped[str] = mapped_column(sa.String(32))
    #: Code of a controller, or `all`.
    scope: Mapped[str] = mapped_column(sa.String(64))
    valid_from: Mapped[int] = mapped_column(sa.BigInteger)
    #: The first moment at which it is over; NULL where it has no end.
    valid_until: Mapped[int | None] = mapped_column(sa.BigInteger)
    #: A member of staff, the operator, or the service where it follows from what somebody was taken on as.
    granted_by: Mapped[UUID] = mapped_column(Id)
    granted_at: Mapped[int] = mapped_column(sa.BigInteger)
    #: Why, in the giver's words; NULL where it follows from what they were taken on as.
    reason_enc: Mapped[bytes | None] = mapped_column(
        sa.LargeBinary,
        info=sealed("why a member of staff was authorised", why="Art. 5(2), 32(4)", owner=SERVICE),
    )
    key_version: Mapped[int] = mapped_column(sa.Integer)
    #: What a second person agreed to, or has yet to; NULL where it needed none.
    approval_id: Mapped[UUID | None] = mapped_column(Id, sa.ForeignKey("approval.id"))
    #: Since when it counts at all; NULL while a second person has not agreed.
    agreed_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    agreed_by: Mapped[UUID | None] = mapped_column(Id)
    ended_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    ended_by: Mapped[UUID | None] = mapped_column(Id)


class ApiKey(Base):
    """One key of a client or of a staff member. Only its hash is kept."""

    __tablename__ = "api_key"
    __table_args__ = (
        # A key has exactly one holder.
        sa.CheckConstraint("(client_id IS NULL) <> (staff_id IS NULL)", name="one_holder"),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    client_id: Mapped[UUID | None] = mapped_column(Id, sa.ForeignKey("api_client.id"), index=True)
    staff_id: Mapped[UUID | None] = mapped_column(Id, sa.ForeignKey("staff.id"), index=True)
    #: SHA-256 of the whole key. The key has 256 random bits, so no salt and no slow hash is needed.
    key_sha256: Mapped[bytes] = mapped_column(sa.LargeBinary(32), unique=True)
    #: The first characters, by which people tell keys apart.
    prefix: Mapped[str] = mapped_column(sa.String(24))
    created_at: Mapped[int] = mapped_column(sa.BigInteger)
    expires_at: Mapped[int] = mapped_column(sa.BigInteger)
    revoked_at: Mapped[int | None] = mapped_column(sa.BigInteger)


class Approval(Base):
    """One action that needs two people: asked for by one, decided by another, used once."""

    __tablename__ = "approval"
    __table_args__ = (
        sa.CheckConstraint("decided_by <> requested_by", name="two_people"),
        sa.CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name="decided_whole"),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    action: Mapped[str] = mapped_column(sa.String(64))
    #: Keyed digest of this row's id, the action and its canonical payload: a bare hash of a payload could be guessed.
    digest: Mapped[bytes] = mapped_column(sa.LargeBinary(17))
    requested_by: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("staff.id"))
    requested_at: Mapped[int] = mapped_column(sa.BigInteger)
    #: Why, in the requester's words, sealed with the service owner's key: free text may name people.
    reason_enc: Mapped[bytes] = mapped_column(
        sa.LargeBinary,
        info=sealed("why a second signature was asked for", why="the one who approves reads it", owner=SERVICE),
    )
    key_version: Mapped[int] = mapped_column(sa.Integer)
    decided_by: Mapped[UUID | None] = mapped_column(Id, sa.ForeignKey("staff.id"))
    decided_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    #: `approved` or `refused`; NULL while it is open.
    outcome: Mapped[str | None] = mapped_column(sa.String(16))
    expires_at: Mapped[int] = mapped_column(sa.BigInteger)
