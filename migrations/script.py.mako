<%
    # The tables that history depends on: primary key, and what may not be done to a row once it is there. A migration
    # that creates one of them gets its triggers from here; tests/migrations/ lists them after each migration.
    # REPLACE is SQLite's INSERT OR REPLACE, an edit that runs no UPDATE trigger.
    rules = {
        "audit_event": ("id", ("UPDATE", "DELETE", "TRUNCATE", "REPLACE")),
        "audit_body": ("event_id", ("UPDATE", "REPLACE")),
        "programme_version": ("number", ("UPDATE", "DELETE", "TRUNCATE", "REPLACE")),
        "consent_act": ("id", ("UPDATE", "REPLACE")),
    }
    body = {name: "\n".join(line for line in (text or "").splitlines() if not line.strip().startswith("# ###"))
            for name, text in (("up", upgrades), ("down", downgrades))}
    guarded = {table: rule for table, rule in rules.items() if f"create_table('{table}'," in body["up"]}
%>\
"""${message[:1].upper()}${message[1:]}."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}

ID = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")
% if guarded:

#: Primary key of each table that history depends on, and what triggers refuse to do to its rows on both databases.
INSERT_ONLY: dict[str, tuple[str, tuple[str, ...]]] = {
% for table, rule in guarded.items():
    "${table}": ${repr(rule)},
% endfor
}

POSTGRESQL_FUNCTION = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is insert-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'integrity_constraint_violation';
END
$$
"""
% endif


def upgrade() -> None:
    ${body["up"].strip() or "pass"}
% if guarded:
    protect()
% endif


def downgrade() -> None:
    ${body["down"].strip() or "pass"}
% if guarded:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change()")


def protect() -> None:
    """Create the triggers. Dropping a table drops its own.

    Alembic's batch mode copies a table on SQLite without its triggers: create them again after it.
    """
    sqlite = op.get_bind().dialect.name == "sqlite"
    if not sqlite:
        op.execute(POSTGRESQL_FUNCTION)
    for table, (primary_key, verbs) in INSERT_ONLY.items():
        for verb in verbs:
            statement = sqlite_trigger(table, verb, primary_key) if sqlite else postgresql_trigger(table, verb)
            if statement:
                op.execute(statement)


def sqlite_trigger(table: str, verb: str, primary_key: str) -> str | None:
    """SQLite has no TRUNCATE. A replaced row is seen before it is deleted, whatever recursive_triggers says."""
    if verb == "TRUNCATE":
        return None
    event = f"BEFORE {verb} ON {table}"
    if verb == "REPLACE":
        event = (
            f"BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE {primary_key} = NEW.{primary_key})"
        )
    refusal = f"SELECT RAISE(ABORT, '{table} is insert-only: {verb} refused')"
    return f"CREATE TRIGGER {table}_no_{verb.lower()} {event} BEGIN {refusal}; END"


def postgresql_trigger(table: str, verb: str) -> str | None:
    """PostgreSQL's upsert runs the UPDATE trigger, so it has nothing to replace."""
    if verb == "REPLACE":
        return None
    rows = "STATEMENT" if verb == "TRUNCATE" else "ROW"
    name = f"{table}_no_{verb.lower()}"
    return f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH {rows} EXECUTE FUNCTION refuse_change()"
% endif
