"""How long what outlives a person is kept by this installation, and the erasers of rooms above this one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

#: Deletes what a room keeps of these subjects, in the open unit of work; says how many rows of which table.
Erase = Callable[[Sequence[UUID]], Mapping[str, int]]
#: The ids of a room's rows about these subjects, in the order in which the room locks them.
Before = Callable[[Collection[UUID]], sa.Select[UUID]]


@dataclass(frozen=True)
class Terms:
    """What the settings say, in days."""

    #: The life of a backup of the data, and of one of the keys: the shred horizon.
    backup_days: int = 180
    key_backup_days: int = 30
    #: How long answers to repeated requests are kept.
    idempotency_days: int = 7


@dataclass(frozen=True)
class Eraser:
    """One room's part in an erasure."""

    room: str
    erase: Erase
    #: What an erasure locks before the people, since the room's own writers do; None where it locks nothing.
    before: Before | None = None


@dataclass
class _Process:
    terms: Terms
    upper: tuple[Eraser, ...] = ()


_process = _Process(Terms())


def install(terms: Terms, upper: Sequence[Eraser] = ()) -> None:
    """Make these the terms of the process. `upper`: what rooms above this one delete, in their order, before all."""
    _process.terms, _process.upper = terms, tuple(upper)


def installed() -> Terms:
    """The terms of the process."""
    return _process.terms


def upper_erasers() -> tuple[Eraser, ...]:
    """What rooms above this one delete."""
    return _process.upper
