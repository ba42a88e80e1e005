"""The actor: whoever asks, frozen at authentication and handed down to every service."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from privacy.authz.permissions import PERSON_PERMISSIONS, Permission
from privacy.errors import NotPermitted


class ActorKind(StrEnum):
    """What kind of principal an actor is."""

    CLIENT = "client"  # a machine with a key
    STAFF = "staff"  # a person who works for the controller
    PERSON = "person"  # a data subject who acts for themselves, in a session of their own
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
    #: What it may do for one controller alone, by the controller's code; `permissions` are for all of them.
    for_controller: frozenset[tuple[str, Permission]] = frozenset()

    def require(self, permission: Permission, *, controller: str | None = None) -> None:
        """Raise `NotPermitted` unless the actor holds the permission, for all controllers or for the one named."""
        if permission not in self.permissions and (controller, permission) not in self.for_controller:
            raise NotPermitted(f"This needs the scope {permission}.", scope=permission.value)


def a_person(session_id: UUID, realm: Realm = Realm.LIVE) -> Actor:
    """A person who acts for themselves.

    The id is that of their session: it leads to nobody once that is gone, and tells what was done in one sitting.
    Whoever calls a service with it names nothing but what is that person's own.
    """
    return Actor(ActorKind.PERSON, session_id, "the person", PERSON_PERMISSIONS, realm)


OPERATOR_ID = UUID(int=1)
SERVICE_ID = UUID(int=2)

OPERATOR = Actor(ActorKind.OPERATOR, OPERATOR_ID, "command line", frozenset(Permission))
SERVICE = Actor(ActorKind.SERVICE, SERVICE_ID, "service", frozenset(Permission))
