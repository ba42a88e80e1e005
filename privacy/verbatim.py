"""Rows as a file has them, by column: ids as text, bytes as base64; read back as the database takes them."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy.db import Base, Id


def values_of(model: type[Base], row: Mapping[str, Any]) -> dict[str, Any]:
    """Values for every column of a table; what the row lacks is NULL. Raises ValueError for what no column holds."""
    return {column.key: _value(column.type, row.get(column.key)) for column in model.__table__.columns}


def _value(kind: sa.types.TypeEngine[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, Id):
        return UUID(value)
    if isinstance(kind, sa.LargeBinary):
        return base64.b64decode(value, validate=True)
    return value
