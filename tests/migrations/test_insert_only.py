"""What triggers refuse, tried on both databases: history can't be edited, not even by a statement of our own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from privacy import schema
from privacy.audit.models import AuditBody, AuditCheckpoint, AuditEvent, AuditKey, AuditLeaf
from privacy.db import Base, new_id
from tests.databases import Database

#: Every table that history depends on, and what may not be done to its rows.
REFUSED = {
    "audit_event": {"UPDATE", "DELETE", "TRUNCATE", "REPLACE"},
    "audit_body": {"UPDATE", "REPLACE"},
    "programme_version": {"UPDATE", "DELETE", "TRUNCATE", "REPLACE"},
    "consent_act": {"UPDATE", "REPLACE"},
    "breach_step": {"UPDATE", "REPLACE"},
    "breach_clock": {"UPDATE", "REPLACE"},
    "breach_judgement": {"UPDATE", "REPLACE"},
    "breach_notification": {"UPDATE", "REPLACE"},
    "breach_document": {"UPDATE", "REPLACE"},
    "audit_leaf": {"UPDATE", "DELETE", "TRUNCATE", "REPLACE"},
    "audit_checkpoint": {"UPDATE", "DELETE", "TRUNCATE", "REPLACE"},
    "audit_key": {"UPDATE", "DELETE", "TRUNCATE", "REPLACE"},
}
ONLY_ON = {"TRUNCATE": "postgresql", "REPLACE": "sqlite"}
LIST_TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
}


@pytest.fixture
def engine(database: Database) -> Iterator[sa.Engine]:
    schema.load_models()
    made = database.engine()
    yield made
    made.dispose()


def test_every_trigger_is_there_after_the_last_migration(engine: sa.Engine) -> None:
    kind = engine.dialect.name
    expected = {
        f"{table}_no_{verb.lower()}"
        for table, verbs in REFUSED.items()
        for verb in verbs
        if ONLY_ON.get(verb, kind) == kind
    }
    with engine.connect() as connection:
        assert set(connection.scalars(sa.text(LIST_TRIGGERS[kind]))) == expected


@pytest.mark.parametrize("table", REFUSED)
@pytest.mark.parametrize("verb", ["UPDATE", "DELETE", "TRUNCATE", "REPLACE"])
def test_history_refuses_to_change(engine: sa.Engine, table: str, verb: str) -> None:
    statement = _statement(engine, table, verb)
    if statement is None:
        return
    others = _rows(engine, table)
    row = _insert(engine, table)
    refused = verb in REFUSED[table]
    if refused:
        with pytest.raises(sa.exc.IntegrityError, match="insert-only"), engine.begin() as connection:
            _run(connection, statement, row)
    else:
        with engine.begin() as connection:
            _run(connection, statement, row)
    if refused:
        assert _without(_rows(engine, table), others) == [row]
    else:
        assert row not in _rows(engine, table)


def test_a_connection_without_recursive_triggers_cannot_replace_either(engine: sa.Engine) -> None:
    if engine.dialect.name != "sqlite":
        return
    row = _insert(engine, "audit_event")
    statement = _statement(engine, "audit_event", "REPLACE")
    assert statement is not None
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA recursive_triggers=OFF")
        with pytest.raises(sa.exc.IntegrityError, match="insert-only"):
            _run(connection, statement, row)


def _statement(engine: sa.Engine, name: str, verb: str) -> sa.Executable | None:
    table = Base.metadata.tables[name]
    if ONLY_ON.get(verb, engine.dialect.name) != engine.dialect.name:
        return None
    first = next(iter(table.primary_key))
    return {
        "UPDATE": sa.update(table).values({first: first}),
        "DELETE": sa.delete(table),
        "TRUNCATE": sa.text(f"TRUNCATE {name} CASCADE"),
        "REPLACE": sa.insert(table).prefix_with("OR REPLACE"),
    }[verb]


def _run(connection: sa.Connection, statement: sa.Executable, row: dict[str, Any]) -> None:
    connection.execute(statement, row if isinstance(statement, sa.Insert) else {})


def _insert(engine: sa.Engine, name: str) -> dict[str, Any]:
    """One row, with the rows that it refers to, and what is stored of it."""
    others = _rows(engine, name)
    with engine.begin() as connection:
        _fill(connection, Base.metadata.tables[name], {})
    (row,) = _without(_rows(engine, name), others)
    return row


def _rows(engine: sa.Engine, name: str) -> list[dict[str, Any]]:
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(sa.select(Base.metadata.tables[name])).mappings()]


def _without(rows: list[dict[str, Any]], others: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A new installation has rows of its own, such as the event of its log's opening."""
    return [row for row in rows if row not in others]


def _fill(connection: sa.Connection, table: sa.Table, filled: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """One row, and once each of the rows that it refers to."""
    if table.name in filled:
        return filled[table.name]
    row: dict[str, Any] = {}
    for column in table.columns:
        if column.nullable:
            continue
        reference = next(iter(column.foreign_keys), None)
        if reference is not None:
            row[column.name] = _fill(connection, reference.column.table, filled)[reference.column.name]
        else:
            row[column.name] = _value(column)
    connection.execute(sa.insert(table), row)
    filled[table.name] = row
    return row


def _value(column: sa.Column[Any]) -> Any:
    kind = column.type.python_type if not hasattr(column.type, "impl_instance") else None
    return {int: 7, str: "x", bytes: b"x", bool: False}[kind] if kind else new_id()


def test_the_tables_of_the_log_are_insert_only() -> None:
    kept = (AuditEvent, AuditBody, AuditLeaf, AuditCheckpoint, AuditKey)
    assert {model.__tablename__ for model in kept} <= REFUSED.keys()
