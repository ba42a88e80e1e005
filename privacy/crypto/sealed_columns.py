"""Which columns are sealed, with whose key, and why: said beside each column, so that nobody keeps a list by hand.

What rotates keys, proves that a value can't be moved, and documents the columns reads it from the models.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from privacy.db import Base

_INFO = "sealed"
#: In the place of a column that names the owner: the service itself.
SERVICE = ""


@dataclass(frozen=True)
class Sealed:
    """How a column is sealed."""

    #: What it holds and why it is kept, in one phrase each.
    holds: str
    why: str
    #: The column of the same table that names the owner of the key; `SERVICE` where it is the service's.
    owner: str
    #: The column whose value the seal is bound to.
    row: str
    #: The column with the version of the owner's key.
    version: str
    #: Whether the row refuses changes (a trigger), so that the value stays under its version of the key.
    fixed: bool = False
    #: A column with an index that names the owner too, wherever that is not the service.
    found_by: str | None = None


@dataclass(frozen=True)
class SealedColumn:
    """One of them, found."""

    table: sa.Table
    name: str
    sealed: Sealed


def sealed(
    holds: str,
    *,
    why: str,
    owner: str,
    row: str = "id",
    version: str = "key_version",
    fixed: bool = False,
    found_by: str | None = None,
) -> dict[str, Any]:
    """For a column's `info`."""
    return {_INFO: Sealed(holds, why, owner, row, version, fixed, found_by)}


def sealed_columns() -> Iterator[SealedColumn]:
    """Every sealed column of the loaded models, in order of table and column."""
    for table in sorted(Base.metadata.tables.values(), key=lambda table: table.name):
        for column in sorted(table.columns, key=lambda column: column.name):
            if _INFO in column.info:
                yield SealedColumn(table, column.name, column.info[_INFO])
