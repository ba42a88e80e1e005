"""Tables of signing in: passwords, factors, accounts elsewhere, codes, sessions, and how often somebody tried."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from privacy.crypto.sealed_columns import SERVICE, sealed
from privacy.db import Base, Id


class StaffPassword(Base):
    """The password of a member of staff, as Argon2id left it."""

    __tablename__ = "staff_password"

    staff_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("staff.id"), primary_key=True)
    #: The PHC string, sealed with the owner's key: a copied database alone gives nothing to guess at.
    hash_enc: Mapped[bytes] = mapped_column(
        sa.LargeBinary,
        info=sealed("the Argon2id hash of a password", why="to know it again", owner="staff_id", row="staff_id"),
    )
    key_version: Mapped[int] = mapped_column(sa.Integer)
    set_at: Mapped[int] = mapped_column(sa.BigInteger)


class StaffFactor(Base):
    """What a member of staff has: an app that shows codes, or a passkey."""

    __tablename__ = "staff_factor"
    __table_args__ = (sa.CheckConstraint("kind IN ('totp', 'passkey')", name="kind"),)

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("staff.id"), index=True)
    #: `totp` or `passkey`.
    kind: Mapped[str] = mapped_column(sa.String(16))
    #: The secret of the codes, or the public key of the passkey with its id.
    secret_enc: Mapped[bytes] = mapped_column(
        sa.LargeBinary,
        info=sealed("the secret of a second factor", why="to know it again", owner="staff_id"),
    )
    #: What its owner calls it.
    label_enc: Mapped[bytes] = mapped_column(
        sa.LargeBinary,
        info=sealed("what somebody calls a second factor", why="to tell two of them apart", owner="staff_id"),
    )
    key_version: Mapped[int] = mapped_column(sa.Integer)
    #: SHA-256 of a passkey's id, by which it is found; NULL for codes.
    credential_sha256: Mapped[bytes | None] = mapped_column(sa.LargeBinary(32), unique=True)
    #: The last time step whose code was taken, or a passkey's counter: nothing at or below it is taken again.
    last_counter: Mapped[int] = mapped_column(sa.BigInteger)
    added_at: Mapped[int] = mapped_column(sa.BigInteger)
    used_at: Mapped[int | None] = mapped_column(sa.BigInteger)


class StaffAccount(Base):
    """An account at the provider of OpenID Connect by which a member of staff signs in."""

    __tablename__ = "staff_account"

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("staff.id"), index=True)
    #: Keyed digest of the provider and its number of the account, by which it is found.
    account_digest: Mapped[bytes] = mapped_column(sa.LargeBinary(17), unique=True)
    #: The provider's number of the account, which its owner sees.
    subject_enc: Mapped[bytes] = mapped_column(
        sa.LargeBinary,
        info=sealed("the number of a colleague's account at a provider", why="to tell two apart", owner="staff_id"),
    )
    key_version: Mapped[int] = mapped_column(sa.Integer)
    #: The member of staff, or whoever linked it for them.
    linked_by: Mapped[UUID] = mapped_column(Id)
    linked_at: Mapped[int] = mapped_column(sa.BigInteger)
    used_at: Mapped[int | None] = mapped_column(sa.BigInteger)


class StaffRecoveryAsked(Base):
    """That a member of staff, or somebody with their account name, asked to begin anew: the last time."""

    __tablename__ = "staff_recovery_asked"

    staff_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("staff.id"), primary_key=True)
    asked_at: Mapped[int] = mapped_column(sa.BigInteger)


class StaffRecoveryCode(Base):
    """A code that stands in for a lost factor, once."""

    __tablename__ = "staff_recovery_code"

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("staff.id"), index=True)
    #: Keyed digest of the code and its owner.
    digest: Mapped[bytes] = mapped_column(sa.LargeBinary(17), unique=True)
    made_at: Mapped[int] = mapped_column(sa.BigInteger)
    used_at: Mapped[int | None] = mapped_column(sa.BigInteger)


class StaffInvitation(Base):
    """A code with which somebody sets a password and a first factor, once."""

    __tablename__ = "staff_invitation"

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("staff.id"), index=True)
    #: SHA-256 of the code, which has 120 random bits.
    code_sha256: Mapped[bytes] = mapped_column(sa.LargeBinary(32), unique=True)
    made_by: Mapped[UUID] = mapped_column(Id)
    made_at: Mapped[int] = mapped_column(sa.BigInteger)
    expires_at: Mapped[int] = mapped_column(sa.BigInteger)
    #: When it was used, or taken back by a newer one.
    used_at: Mapped[int | None] = mapped_column(sa.BigInteger)


class StaffSession(Base):
    """A member of staff who has signed in, in one browser."""

    __tablename__ = "staff_session"

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(Id, sa.ForeignKey("staff.id"), index=True)
    #: SHA-256 of the token in the browser's cookie, which has 256 random bits.
    token_sha256: Mapped[bytes] = mapped_column(sa.LargeBinary(32), unique=True)
    #: `password`, `passkey` or `oidc`: how they proved who they are.
    way: Mapped[str] = mapped_column(sa.String(16))
    #: Kind of browser and system, of closed lists: what tells sessions apart, and no address.
    browser: Mapped[str] = mapped_column(sa.String(32))
    opened_at: Mapped[int] = mapped_column(sa.BigInteger)
    seen_at: Mapped[int] = mapped_column(sa.BigInteger)
    #: Until when they count as having just proven who they are.
    fresh_until: Mapped[int] = mapped_column(sa.BigInteger)
    ended_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    #: Why it ended, of a closed list.
    ended_why: Mapped[str | None] = mapped_column(sa.String(32))


class SignInStep(Base):
    """A sign-in on its way, in one browser: what is proven already, and what is yet to be given."""

    __tablename__ = "sign_in_step"

    #: SHA-256 of the token in the browser's cookie, which has 256 random bits.
    token_sha256: Mapped[bytes] = mapped_column(sa.LargeBinary(32), primary_key=True)
    #: What comes next, of a closed list.
    kind: Mapped[str] = mapped_column(sa.String(16))
    #: Whose; NULL where that is not known yet.
    staff_id: Mapped[UUID | None] = mapped_column(Id, sa.ForeignKey("staff.id"), index=True)
    #: Row that the seal is bound to.
    id: Mapped[UUID] = mapped_column(Id, unique=True)
    #: What the next step is compared with.
    kept_enc: Mapped[bytes] = mapped_column(
        sa.LargeBinary,
        info=sealed("what the next step of a sign-in needs", why="it is good for ten minutes", owner=SERVICE),
    )
    key_version: Mapped[int] = mapped_column(sa.Integer)
    expires_at: Mapped[int] = mapped_column(sa.BigInteger, index=True)


class SignInAttempts(Base):
    """How often somebody tried to sign in, by keyed digests of names and networks."""

    __tablename__ = "sign_in_attempts"

    #: Keyed digest of a name with a network, of a network, or of a name.
    digest: Mapped[bytes] = mapped_column(sa.LargeBinary(17), primary_key=True)
    #: Attempts since the count began that did not end in a sign-in.
    failures: Mapped[int] = mapped_column(sa.Integer)
    began_at: Mapped[int] = mapped_column(sa.BigInteger)
    #: Nothing is tried before.
    wait_until: Mapped[int] = mapped_column(sa.BigInteger)
    #: When it is worth nothing any more.
    forget_at: Mapped[int] = mapped_column(sa.BigInteger, index=True)
