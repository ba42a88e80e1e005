"""How long what outlives a person is kept by this installation, and the erasers of rooms above this one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

#: Deletes what a room keeps of these subjects, in the open unit of work; says how many rows of which table.
Erase = Callable[[Sequence[UUID]], Mapping[str, int]]
#: Raises a `PrivacyError` where one of these subjects, who are locked, must not be erased.
Ensure = Callable[[Collection[UUID]], None]
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
    #: Which of these people the room needs yet, so that they are not erased unasked; None where it needs nobody.
    needs: Callable[[Collection[UUID]], Collection[UUID]] | None = None


@dataclass
class _Process:
    terms: Terms
    upper: tuple[Eraser, ...] = ()
    ensure: tuple[Ensure, ...] = ()


_process = _Process(Terms())


def install(terms: Terms, upper: Sequence[Eraser] = (), ensure: Sequence[Ensure] = ()) -> None:
    """Make these the terms of the process.

    `upper`: what rooms above this one delete, in their order, before all. `ensure`: what may keep people from being
    erased at all.
    """
    _process.terms, _process.upper, _process.ensure = terms, tuple(upper), tuple(ensure)


def installed() -> Terms:
    """The terms of the process."""
    return _process.terms


def upper_erasers() -> tuple[Eraser, ...]:
    """What rooms above this one delete."""
    return _process.upper


def ensure_may_go(subject_ids: Collection[UUID]) -> None:
    """Raise what rooms above this one raise where one of these, who are locked, must not be erased."""
    for ensure in _process.ensure:
        ensure(subject_ids)


def needed_above(subject_ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of these subjects with whom rooms above this one have begun something: they are not erased unasked."""
    asked = [one.needs for one in _process.upper if one.needs is not None]
    return frozenset(found for needs in asked for found in needs(subject_ids))
