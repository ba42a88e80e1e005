"""The actor: whoever asks, frozen at authentication and handed down to every service."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from privacy.authz.permissions import Permission
from privacy.errors import NotPermitted


class ActorKind(StrEnum):
    """What kind of principal an actor is."""

    CLIENT = "client"  # a machine with a key
    STAFF = "staff"  # a person who works for the controller
    OPERATOR = "operator"  # whoever runs the command line on the server
    SERVICE = "service"  # the service's own jobs


class Realm(StrEnum):
    """Real people, or the made-up ones that test keys see. Nothing of one is found in the other."""

    LIVE = "live"
    TEST = "test"


@dataclass(frozen=True)
class Actor:
    """An authenticated principal and what it may do."""

    kind: ActorKind
    id: UUID
    name: str
    permissions: frozenset[Permission]
    realm: Realm = Realm.LIVE
    #: A partner learns yes or no and nothing else.
    partner: bool = False
    #: The key by which it was known; None where there was none. Who it is does not depend on it.
    key_id: UUID | None = field(default=None, compare=False)

    def require(self, permission: Permission) -> None:
        """Raise `NotPermitted` unless the actor holds the permission."""
        if permission not in self.permissions:
            raise NotPermitted(f"This needs the scope {permission}.", scope=permission.value)


OPERATOR_ID = UUID(int=1)
SERVICE_ID = UUID(int=2)

OPERATOR = Actor(ActorKind.OPERATOR, OPERATOR_ID, "command line", frozenset(Permission))
SERVICE = Actor(ActorKind.SERVICE, SERVICE_ID, "service", frozenset(Permission))
