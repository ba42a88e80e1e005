"""What the log keeps of a new root key: who made it, when, with how many shares; never the key or a share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from privacy.audit import service as audit
from privacy.authz.actors import Actor

CEREMONY_HELD, MOVED = "keys.ceremony_held", "keys.moved"
_OBJECT = "root_key_change"


@dataclass(frozen=True)
class RootChange:
    """One change of the root key, from before it is made until it is in the log."""

    id: UUID
    #: Who kept the root key before; None where there was none.
    before: str | None
    provider: str
    #: Number of the account on the machine that ran the command.
    account: int
    #: Of a ceremony: its number, `shares`, `threshold` and the root key's check value.
    ceremony: Mapping[str, int | str] | None = None

    def told(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "before": self.before,
            "provider": self.provider,
            "account": self.account,
            "ceremony": dict(self.ceremony) if self.ceremony else None,
        }


def record_root_change(change: RootChange, ring_id: UUID, *, actor: Actor) -> bool:
    """Record a change that was made, in the open unit of work; False where the log has it already."""
    if audit.events_about(_OBJECT, change.id):
        return False
    audit.record(
        CEREMONY_HELD if change.ceremony else MOVED,
        actor=actor,
        object_type=_OBJECT,
        object_id=change.id,
        content={"ring": str(ring_id), **change.told()},
    )
    return True
