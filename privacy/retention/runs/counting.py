"""Counts of a part of a disposal run: what would go or went, what stays and why. Codes and figures alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from privacy.crypto import canonical
from privacy.retention.runs.vocabulary import Stays


class Counts(msgspec.Struct, frozen=True, omit_defaults=True):
    """How many rows."""

    #: Rows that go and rows that are changed, by `data set.table`: of the part's own table, and of those that go along.
    deleted: dict[str, int] = {}
    changed: dict[str, int] = {}
    #: Rows of the part's own table with something to do, by the rule that decides and by its action.
    rules: dict[str, int] = {}
    actions: dict[str, int] = {}
    #: Rows that are due and stay, by `vocabulary.Stays`.
    stays: dict[str, int] = {}
    #: Of those that are held, by the number of the hold.
    holds: dict[str, int] = {}
    #: Of the rows that something is done with, those of which something goes by a further rule too, by that rule.
    also: dict[str, int] = {}

    @property
    def total(self) -> int:
        """Rows that go or are changed."""
        return sum(self.deleted.values()) + sum(self.changed.values())

    def of(self, why: Stays) -> int:
        """Rows that stay for one reason."""
        return self.stays.get(why.value, 0)

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(_sum(getattr(self, name), getattr(other, name)) for name in self.__struct_fields__))

    def settled(self) -> Counts:
        """Only what was done: what stays is counted anew each time that a part is gone through."""
        return Counts(self.deleted, self.changed, self.rules, self.actions)

    def told(self) -> Mapping[str, Any]:
        """As accounts and events have it: in order, without what is nothing."""
        every = {name: getattr(self, name) for name in self.__struct_fields__}
        return {name: dict(sorted(some.items())) for name, some in every.items() if some}

    def stored(self) -> str:
        """As the database has it."""
        return canonical.encode(self.told()).decode()

    @classmethod
    def of_stored(cls, text: str) -> Counts:
        """What `stored` made."""
        return msgspec.json.decode(text, type=cls)


def staying(why: Stays, rows: int = 1, *, hold: str | None = None) -> Counts:
    """Rows that stay."""
    return Counts(stays={why.value: rows}, holds={hold: rows} if hold else {})


def _sum(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    made = {name: one.get(name, 0) + other.get(name, 0) for name in {*one, *other}}
    return {name: rows for name, rows in made.items() if rows}
