"""How staff sign in: passwords, factors, grants, sessions. What staff were taken on as becomes their first grants."""

from __future__ import annotations

import os
import uuid

import sqlalchemy as sa
from alembic import op

revision = "0019_staff_sign_in"
down_revision = "0018_schedule"

ID = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")
#: The service itself.
_SERVICE = uuid.UUID(int=2)
#: What each did so far: the officer advised, and everybody else did all the rest.
_ROLES = {"staff": ("privacy_office", "controller"), "dpo": ("dpo",)}


def upgrade() -> None:
    grant = op.create_table(
        "staff_grant",
        sa.Column("id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("scope", sa.String(length=64), nullable=False),
        sa.Column("valid_from", sa.BigInteger(), nullable=False),
        sa.Column("valid_until", sa.BigInteger(), nullable=True),
        sa.Column("granted_by", ID, nullable=False),
        sa.Column("granted_at", sa.BigInteger(), nullable=False),
        sa.Column("reason_enc", sa.LargeBinary(), nullable=True),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("approval_id", ID, nullable=True),
        sa.Column("agreed_at", sa.BigInteger(), nullable=True),
        sa.Column("agreed_by", ID, nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", ID, nullable=True),
        sa.CheckConstraint("valid_until IS NULL OR valid_until > valid_from", name=op.f("ck_staff_grant_period")),
        sa.CheckConstraint(
            "role <> 'inspector' OR valid_until IS NOT NULL", name=op.f("ck_staff_grant_inspector_leaves")
        ),
        sa.CheckConstraint("granted_by <> staff_id", name=op.f("ck_staff_grant_not_by_oneself")),
        sa.CheckConstraint(
            "agreed_by IS NULL OR agreed_by <> staff_id", name=op.f("ck_staff_grant_not_agreed_by_oneself")
        ),
        sa.CheckConstraint("(ended_by IS NULL) = (ended_at IS NULL)", name=op.f("ck_staff_grant_ended_whole")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_grant_staff_id_staff")),
        sa.ForeignKeyConstraint(["approval_id"], ["approval.id"], name=op.f("fk_staff_grant_approval_id_approval")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_grant")),
        sa.UniqueConstraint("number", name=op.f("uq_staff_grant_number")),
    )
    op.create_index(op.f("ix_staff_grant_staff_id"), "staff_grant", ["staff_id"])
    _grant_what_they_did(grant)
    op.create_table(
        "staff_password",
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("hash_enc", sa.LargeBinary(), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("set_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_password_staff_id_staff")),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_staff_password")),
    )
    op.create_table(
        "staff_factor",
        sa.Column("id", ID, nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("secret_enc", sa.LargeBinary(), nullable=False),
        sa.Column("label_enc", sa.LargeBinary(), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("credential_sha256", sa.LargeBinary(length=32), nullable=True),
        sa.Column("last_counter", sa.BigInteger(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("kind IN ('totp', 'passkey')", name=op.f("ck_staff_factor_kind")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_factor_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_factor")),
        sa.UniqueConstraint("credential_sha256", name=op.f("uq_staff_factor_credential_sha256")),
    )
    op.create_index(op.f("ix_staff_factor_staff_id"), "staff_factor", ["staff_id"])
    op.create_table(
        "staff_recovery_code",
        sa.Column("id", ID, nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=17), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_recovery_code_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_recovery_code")),
        sa.UniqueConstraint("digest", name=op.f("uq_staff_recovery_code_digest")),
    )
    op.create_index(op.f("ix_staff_recovery_code_staff_id"), "staff_recovery_code", ["staff_id"])
    op.create_table(
        "staff_invitation",
        sa.Column("id", ID, nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("code_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("made_by", ID, nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_invitation_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_invitation")),
        sa.UniqueConstraint("code_sha256", name=op.f("uq_staff_invitation_code_sha256")),
    )
    op.create_index(op.f("ix_staff_invitation_staff_id"), "staff_invitation", ["staff_id"])
    op.create_table(
        "staff_session",
        sa.Column("id", ID, nullable=False),
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("token_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("way", sa.String(length=16), nullable=False),
        sa.Column("browser", sa.String(length=32), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("fresh_until", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_why", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_session_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_session")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_staff_session_token_sha256")),
    )
    op.create_index(op.f("ix_staff_session_staff_id"), "staff_session", ["staff_id"])
    op.create_table(
        "sign_in_step",
        sa.Column("token_sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("staff_id", ID, nullable=True),
        sa.Column("id", ID, nullable=False),
        sa.Column("kept_enc", sa.LargeBinary(), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_sign_in_step_staff_id_staff")),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_sign_in_step")),
        sa.UniqueConstraint("id", name=op.f("uq_sign_in_step_id")),
    )
    op.create_index(op.f("ix_sign_in_step_staff_id"), "sign_in_step", ["staff_id"])
    op.create_index(op.f("ix_sign_in_step_expires_at"), "sign_in_step", ["expires_at"])
    op.create_table(
        "sign_in_attempts",
        sa.Column("digest", sa.LargeBinary(length=17), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.BigInteger(), nullable=False),
        sa.Column("wait_until", sa.BigInteger(), nullable=False),
        sa.Column("forget_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_sign_in_attempts")),
    )
    op.create_index(op.f("ix_sign_in_attempts_forget_at"), "sign_in_attempts", ["forget_at"])


def _grant_what_they_did(grant: sa.Table) -> None:
    connection = op.get_bind()
    staff = sa.table("staff", sa.column("id", ID), sa.column("role", sa.String), sa.column("created_at", sa.BigInteger))
    number, sqlite = 0, connection.dialect.name == "sqlite"
    for staff_id, role, created_at in connection.execute(sa.select(staff).order_by(staff.c.id)).all():
        for one in _ROLES.get(role, ()):
            number += 1
            row_id = uuid.UUID(bytes=os.urandom(16), version=4)
            connection.execute(
                grant.insert().values(
                    id=row_id.bytes if sqlite else row_id,
                    number=number,
                    staff_id=staff_id,
                    role=one,
                    scope="all",
                    valid_from=created_at,
                    granted_by=_SERVICE.bytes if sqlite else _SERVICE,
                    granted_at=created_at,
                    key_version=1,
                    agreed_at=created_at,
                )
            )


def downgrade() -> None:
    op.drop_table("sign_in_attempts")
    op.drop_table("sign_in_step")
    op.drop_table("staff_session")
    op.drop_table("staff_invitation")
    op.drop_table("staff_recovery_code")
    op.drop_table("staff_factor")
    op.drop_table("staff_password")
    op.drop_table("staff_grant")
