"""The rows of a table as they leave the service: sealed values opened, keyed indexes and secrets left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy.audit.service import AuditedRows
from privacy.crypto import keyring
from privacy.crypto.envelope import SealBroken
from privacy.crypto.keyring import KeyringUnusable
from privacy.crypto.owner_keys import SERVICE_OWNER, OwnerKey, OwnerKeyRow, unwrap
from privacy.crypto.sealed_columns import SERVICE, SealedColumn, sealed_columns
from privacy.db import Base, end_read, session
from privacy.evidence.exported_tables import ExportedTable

#: Rows of one read: some milliseconds.
_AT_ONCE = 500
_INDEX, _SEALED = "_bidx", "_enc"

Line = dict[str, Any]


class ExportedRows:
    """One table, read in portions: what is held in memory does not grow with it."""

    def __init__(self, exported: ExportedTable, vouched: AuditedRows | None) -> None:
        """`vouched`: how the log tells of its rows, where it does."""
        self.exported = exported
        self.table = Base.metadata.tables[exported.table]
        self.vouched = vouched
        self._sealed = {one.name: one for one in sealed_columns() if one.table is self.table}

    @property
    def columns(self) -> list[str]:
        """The names under which a line tells its columns."""
        return [_told_as(name) for name in self._told()]

    def count(self) -> int:
        """How many rows there are now."""
        found = session().scalar(sa.select(sa.func.count()).select_from(self.table))
        end_read()
        return int(found or 0)

    def lines(self) -> Iterator[Line]:
        """Every row in order of its key."""
        for rows in self._portions():
            keys = self._keys(rows)
            contents = self.vouched.contents(rows) if self.vouched else [None] * len(rows)
            end_read()
            for row, content in zip(rows, contents, strict=True):
                yield self._line(row, content, keys)

    def _line(self, row: Any, content: Mapping[str, Any] | None, keys: Mapping[tuple[UUID, int], OwnerKey]) -> Line:
        told = {_told_as(name): self._value(row, name, keys) for name in self._told()}
        if self.vouched is None or content is None:
            return {"row": told}
        [key] = self.table.primary_key
        about = {"type": self.vouched.object_type, "id": str(getattr(row, key.key))}
        # What the log commits to stands as it was hashed; of the row only what that does not say already.
        rest = {name: value for name, value in told.items() if name not in content or content[name] != value}
        return {"object": about, "content": dict(content), "row": rest}

    def _told(self) -> list[str]:
        left_out = self.exported.left_out
        return [
            column.name
            for column in self.table.columns
            if column.name not in left_out and not column.name.endswith(_INDEX)
        ]

    def _value(self, row: Any, name: str, keys: Mapping[tuple[UUID, int], OwnerKey]) -> Any:
        value = getattr(row, name)
        if value is None or isinstance(value, bool | int | str):
            return value
        if isinstance(value, UUID):
            return str(value)
        if name in self._sealed:
            return _opened(row, self._sealed[name], keys)
        readable = (self.exported.readable or {}).get(name)
        return readable(bytes(value)) if readable else bytes(value).hex()

    def _keys(self, rows: Sequence[Any]) -> dict[tuple[UUID, int], OwnerKey]:
        """The keys of these rows' owners, for this portion and no longer."""
        owners = {_owner(row, column) for row in rows for column in self._sealed.values()} - {None}
        if not owners:
            return {}
        ring = keyring.installed()
        found = {}
        table = OwnerKeyRow.__table__
        for key in session().execute(sa.select(*table.columns).where(table.c.owner_id.in_(owners))):
            try:
                opened = unwrap(ring, key.owner_id, key.version, key.wrapped_by, key.wrapped_enc)
            except (SealBroken, KeyringUnusable):
                continue
            found[key.owner_id, key.version] = opened
        return found

    def _portions(self) -> Iterator[Sequence[Any]]:
        keys = list(self.table.primary_key)
        query = sa.select(*self.table.columns).order_by(*keys).limit(_AT_ONCE)
        rows = session().execute(query).all()
        while rows:
            yield rows
            last = sa.tuple_(*(sa.literal(getattr(rows[-1], key.key), key.type) for key in keys))
            rows = session().execute(query.where(sa.tuple_(*keys) > last)).all()
        end_read()


def _told_as(name: str) -> str:
    return name.removesuffix(_SEALED)


def _owner(row: Any, column: SealedColumn) -> UUID | None:
    owner: UUID | None = SERVICE_OWNER if column.sealed.owner == SERVICE else getattr(row, column.sealed.owner)
    return owner


def _opened(row: Any, column: SealedColumn, keys: Mapping[tuple[UUID, int], OwnerKey]) -> str | None:
    """The value in the clear; None where its key is gone or it does not open."""
    told = column.sealed
    owner = _owner(row, column)
    key = keys.get((owner, getattr(row, told.version))) if owner is not None else None
    if key is None:
        return None
    try:
        raw = key.open(column.table.name, column.name, getattr(row, told.row), bytes(getattr(row, column.name)))
    except SealBroken:
        return None
    return raw.decode(errors="replace")
