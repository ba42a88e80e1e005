"""The log: events are sequenced into leaves and published under signed checkpoints."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003_log"
down_revision = "0002_imports"

ID = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")
POSITION = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

#: Primary key of each insert-only table.
INSERT_ONLY = {"audit_leaf": "sequence_number", "audit_checkpoint": "size", "audit_key": "number"}


def upgrade() -> None:
    op.create_table(
        "audit_pending",
        sa.Column("position", POSITION, nullable=False),
        sa.Column("event_id", ID, nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_audit_pending")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "audit_leaf",
        sa.Column("sequence_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", ID, nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.Column("sequenced_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["audit_event.id"], name=op.f("fk_audit_leaf_event_id_audit_event")),
        sa.PrimaryKeyConstraint("sequence_number", name=op.f("pk_audit_leaf")),
        sa.UniqueConstraint("event_id", name=op.f("uq_audit_leaf_event_id")),
    )
    op.create_table(
        "audit_tile",
        sa.Column("level", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "number", name=op.f("pk_audit_tile")),
    )
    op.create_table(
        "audit_checkpoint",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_audit_checkpoint")),
    )
    op.create_table(
        "audit_cosignature",
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("witness", sa.String(length=256), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("cosigned_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["size"], ["audit_checkpoint.size"], name=op.f("fk_audit_cosignature_size_audit_checkpoint")
        ),
        sa.PrimaryKeyConstraint("size", "witness", name=op.f("pk_audit_cosignature")),
    )
    op.create_table(
        "audit_key",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("vkey", sa.Text(), nullable=False),
        sa.Column("event_id", ID, nullable=False),
        sa.Column("endorsement", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["audit_event.id"], name=op.f("fk_audit_key_event_id_audit_event")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_key")),
    )
    op.create_table(
        "audit_log",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("origin", sa.String(length=256), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("holder", ID, nullable=True),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
    )
    # Whose events an object has: a receipt is proven by that of its act.
    op.create_index(op.f("ix_audit_body_object_type_object_id"), "audit_body", ["object_type", "object_id"])
    # What was recorded before there was a sequencer waits for it, in the order of its ids.
    op.execute(
        "INSERT INTO audit_pending (event_id, recorded_at)"
        " SELECT e.id, COALESCE(b.occurred_at, 0) FROM audit_event e"
        " LEFT JOIN audit_body b ON b.event_id = e.id ORDER BY e.id"
    )
    for table, primary_key in INSERT_ONLY.items():
        protect(table, primary_key)


def downgrade() -> None:
    op.drop_index(op.f("ix_audit_body_object_type_object_id"), table_name="audit_body")
    for table in (
        "audit_log",
        "audit_key",
        "audit_cosignature",
        "audit_checkpoint",
        "audit_tile",
        "audit_leaf",
        "audit_pending",
    ):
        op.drop_table(table)


def protect(table: str, primary_key: str) -> None:
    """Triggers that refuse every change of a row. PostgreSQL's upsert runs the UPDATE trigger; SQLite replaces."""
    if op.get_bind().dialect.name == "sqlite":
        replaced = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {primary_key} = NEW.{primary_key})"
        for verb, event in {"UPDATE": "UPDATE", "DELETE": "DELETE", "REPLACE": "INSERT"}.items():
            when = replaced if verb == "REPLACE" else ""
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {event} ON {table} {when}"
                f" BEGIN SELECT RAISE(ABORT, '{table} is insert-only: {verb} refused'); END"
            )
    else:
        for verb, rows in {"UPDATE": "ROW", "DELETE": "ROW", "TRUNCATE": "STATEMENT"}.items():
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}"
                f" FOR EACH {rows} EXECUTE FUNCTION refuse_change()"
            )
