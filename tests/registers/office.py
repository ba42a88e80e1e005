"""An office that keeps registers: who works there, and entries as tests begin them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from privacy.access import service as access
from privacy.authz.actors import OPERATOR, Actor, ActorKind
from privacy.authz.permissions import Permission
from privacy.db import unit_of_work
from privacy.registers import service as registers
from privacy.registers.service import Draft, EntryKind, EntryView

T = TypeVar("T")

DPIA = {"description": "profiles", "necessity": "n", "risks": "r", "measures": "m", "residual_risk": "low"}
LIA = {name: name for name in ("purpose", "necessity", "nature", "expectations", "impact", "balance")}
ANSWERS: dict[EntryKind, dict[str, str]] = {
    EntryKind.DPIA: DPIA,
    EntryKind.LIA: LIA,
    EntryKind.TRAINING: {"programme": "consents"},
}


def colleague(name: str, role: str = "staff") -> Actor:
    """A new member of staff."""
    with unit_of_work():
        made = access.create_staff(name, f"{name}@example.com", actor=OPERATOR, role=role)
    return Actor(ActorKind.STAFF, made.id, name, frozenset(Permission))


def draft(kind: EntryKind, **fields: Any) -> Draft:
    """A draft of a kind that may be decided, owned by jan."""
    given: dict[str, Any] = {
        "title": "Consents at the till",
        "owner": "jan",
        "answers": ANSWERS.get(kind, {}),
        "held_on": date(2026, 11, 20),
        "participants": ("Anna Kowalska",) if kind is EntryKind.TRAINING else (),
    }
    return Draft(**given | fields)


def done(change: Callable[[], T]) -> T:
    """A change in a unit of work of its own."""
    with unit_of_work():
        return change()


def begun(kind: EntryKind, *, actor: Actor = OPERATOR, **fields: Any) -> EntryView:
    """An entry that is begun."""
    return done(lambda: registers.begin(kind, draft(kind, **fields), actor=actor))
