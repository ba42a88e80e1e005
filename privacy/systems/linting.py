"""What a database has grown since its data map was written: columns that look personal and are not mapped, and gaps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from privacy.programme.types import DataSet
from privacy.systems.connector import Column
from privacy.systems.personal import personal_columns


class Gap(StrEnum):
    """How the map and the database differ."""

    NOT_MAPPED = "not_mapped"
    #: The field is mapped, and nobody said whether it is personal.
    NOT_JUDGED = "not_judged"
    TABLE_GONE = "table_gone"
    COLUMN_GONE = "column_gone"


@dataclass(frozen=True)
class Difference:
    """One difference, without a value."""

    gap: Gap
    #: `table` or `table.column`.
    where: str
    #: What was seen and how to mend it.
    detail: str


def differences(data_sets: Sequence[DataSet], columns: Sequence[Column]) -> list[Difference]:
    """How the data sets of one system differ from what its catalogue has, in the order of the catalogue."""
    return [*_unmapped(data_sets, columns), *_gone(data_sets, columns)]


def _unmapped(data_sets: Sequence[DataSet], columns: Sequence[Column]) -> Iterator[Difference]:
    mapped = {
        (table.name, one.name): one for held in data_sets for table in held.tables.values() for one in table.fields
    }
    skipped = {name for held in data_sets for name in held.skipped}
    for one in personal_columns(columns):
        place = (one.column.table, one.column.name)
        known = mapped.get(place)
        if one.column.table in skipped or (known is not None and _judged(known.categories, known.identity)):
            continue
        if known is not None and known.fields:
            continue  # an object, whose own fields say what they are
        seen = f"It looks like {one.category} {one.why}"
        mend = "Give it data_categories; [system.operations] if it is no personal data."
        if known is None:
            yield Difference(Gap.NOT_MAPPED, ".".join(place), f"{seen}, and the data map lacks it. Add it. {mend}")
        else:
            yield Difference(Gap.NOT_JUDGED, ".".join(place), f"{seen}, and the data map does not say. {mend}")


def _judged(categories: Sequence[str], identity: str | None) -> bool:
    return bool(categories) or identity is not None


def _gone(data_sets: Sequence[DataSet], columns: Sequence[Column]) -> Iterator[Difference]:
    held: dict[str, set[str]] = {}
    for one in columns:
        held.setdefault(one.table, set()).add(one.name)
    for table in (table for data_set in data_sets for table in data_set.tables.values()):
        if table.name not in held:
            yield Difference(
                Gap.TABLE_GONE, table.name, "The system has no such table. Correct its name, or remove it."
            )
            continue
        for mapped in table.fields:
            if mapped.name not in held[table.name]:
                where = f"{table.name}.{mapped.name}"
                yield Difference(
                    Gap.COLUMN_GONE, where, "The table has no such column. Correct its name, or remove it."
                )
