"""What audit events commit to of the registers: an entry with its files, each by its own digest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy.audit import service as audit
from privacy.audit.service import AuditedRows
from privacy.authz.actors import Actor
from privacy.db import in_parts, session
from privacy.registers.models import RegisterEntry, RegisterFile

OBJECT = "register_entry"


def audited_rows() -> tuple[AuditedRows, ...]:
    """The tables of this room that the log vouches for."""
    return (AuditedRows(OBJECT, RegisterEntry, _contents),)


def record(action: str, row: RegisterEntry, *, actor: Actor, details: Mapping[str, Any]) -> None:
    """The event of a change of an entry, in the open unit of work. Its details name no person."""
    session().flush()  # A file of this unit counts.
    [content] = _contents([row])
    told = {"number": row.number, "kind": row.kind, "version": row.version, **details}
    audit.record(action, actor=actor, object_type=OBJECT, object_id=row.id, content=content, details=told)


def entry_content(row: Any, files: Sequence[Any]) -> Mapping[str, Any]:
    """An entry as it stands, what is sealed by a digest, with every file that it has or had."""
    plain = {
        column.key: _plain(getattr(row, column.key))
        for column in RegisterEntry.__table__.columns
        if not isinstance(column.type, sa.LargeBinary)
    }
    sealed = hashlib.sha256(bytes(row.content_enc)).hexdigest()
    return plain | {"content_enc": sealed, "files": [_file(one) for one in files]}


def _file(one: Any) -> Mapping[str, Any]:
    columns = ("id", "media_type", "size", "sha256", "added_at", "added_by", "removed_at")
    return {name: _plain(getattr(one, name)) for name in columns}


def _contents(rows: Sequence[Any]) -> Sequence[Mapping[str, Any]]:
    files: dict[UUID, list[Any]] = {row.id: [] for row in rows}
    table = RegisterFile.__table__
    for part in in_parts(list(files)):
        query = sa.select(*table.columns).where(table.c.entry_id.in_(part)).order_by(table.c.entry_id, table.c.id)
        for one in session().execute(query):
            files[one.entry_id].append(one)
    return [entry_content(row, files[row.id]) for row in rows]


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value
