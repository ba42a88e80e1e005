"""Tables whose rows the log vouches for: a room says how a row's content is told, the verification compares.

The content is what the room hands to `record` whenever it changes a row, made by the same function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy.db import Base, Id, end_read, in_parts, session

#: Rows of one read: some milliseconds.
_AT_ONCE = 500
#: What `AuditedRows.contents` tells of each row: the object's id, and its content as it now is.
Content = tuple[str, Mapping[str, Any]]


@dataclass(frozen=True)
class AuditedRows:
    """One table, by the type of object under which events speak of its rows."""

    object_type: str
    model: type[Base]
    #: The content of each of these rows, in their order. They have the columns of the table, by name.
    contents: Callable[[Sequence[Any]], Sequence[Mapping[str, Any]]]
    #: Actions after which the row is gone.
    deletions: frozenset[str] = frozenset()

    def all(self) -> Iterator[list[Content]]:
        """Every row in order of its key, in short reads."""
        key = self._key
        query = sa.select(*self.model.__table__.columns).order_by(key).limit(_AT_ONCE)
        rows = session().execute(query).all()
        while rows:
            yield self._told(rows)
            rows = session().execute(query.where(key > getattr(rows[-1], key.key))).all()
        end_read()

    def of(self, object_ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        """The content of those of the objects whose row is there."""
        found: dict[str, Mapping[str, Any]] = {}
        keys = [key for one in object_ids if (key := self._parsed(one)) is not None]
        for part in in_parts(keys):
            query = sa.select(*self.model.__table__.columns).where(self._key.in_(part))
            found.update(self._told(session().execute(query).all()))
        return found

    def _told(self, rows: Sequence[Any]) -> list[Content]:
        key = self._key.key
        told = [(str(getattr(row, key)), content) for row, content in zip(rows, self.contents(rows), strict=True)]
        end_read()
        return told

    def _parsed(self, object_id: str) -> Any:
        try:
            return UUID(object_id) if isinstance(self._key.type, Id) else int(object_id)
        except ValueError:
            return None  # An object of that name has no row.

    @property
    def _key(self) -> Any:
        [key] = self.model.__table__.primary_key
        return key


def each(content: Callable[[Any], Mapping[str, Any]]) -> Callable[[Sequence[Any]], Sequence[Mapping[str, Any]]]:
    """For `AuditedRows.contents`: every row by itself."""
    return lambda rows: [content(row) for row in rows]
