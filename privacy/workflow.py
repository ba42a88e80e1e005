"""How a table of transitions decides which step is possible: of requests, of breaches. Pure; the tables are theirs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from privacy.errors import Conflict


class Standing(Protocol):
    """What a step depends on; each room has its own facts."""

    @property
    def state(self) -> StrEnum:
        """Where the matter stands."""


FactsT = TypeVar("FactsT", bound=Standing)
Facts_contra = TypeVar("Facts_contra", bound=Standing, contravariant=True)


class Row(Protocol[Facts_contra]):
    """One row of a table: who may do what from where, and what must hold."""

    @property
    def event(self) -> StrEnum:
        """What is done."""

    @property
    def sources(self) -> Collection[StrEnum]:
        """From where."""

    @property
    def roles(self) -> Collection[StrEnum]:
        """By whom."""

    def unmet(self, facts: Facts_contra, /) -> Sequence[StrEnum]:
        """The guards that do not hold."""


RowT = TypeVar("RowT", bound=Row)  # type: ignore[type-arg]  # of whatever facts its table has


def possible_row(
    table: Sequence[RowT],
    facts: FactsT,
    event: StrEnum,
    role: StrEnum,
    *,
    what: str,
    failure: type[Conflict],
    wanted: Mapping[Any, str],
) -> RowT:
    """The row by which the event is possible now; raises `failure`, which says what is missing.

    `what`: what moves, "A request". `wanted`: what is said where a guard of the table does not hold.
    """
    rows = [row for row in table if row.event is event and facts.state in row.sources]
    if not rows:
        possible = dict.fromkeys(row.event for row in table if facts.state in row.sources and role in row.roles)
        there = f" There is: {', '.join(possible)}." if possible else ""
        raise failure(f"{what} that is {facts.state} cannot be moved by {event}.{there}", state=facts.state.value)
    allowed = [row for row in rows if role in row.roles]
    if not allowed:
        raise failure(f"The step {event} is not for the role {role}.", state=facts.state.value)
    nearest = min(allowed, key=lambda row: len(row.unmet(facts)))
    if unmet := nearest.unmet(facts):
        missing = [guard.value for guard in unmet]
        raise failure(wanted[unmet[0]], state=facts.state.value, wanted=missing)
    return nearest
