"""Builders: the nouns of a test, with every detail that the test does not care about."""

from __future__ import annotations

from privacy.authz.actors import Actor, ActorKind, Realm
from privacy.authz.permissions import CLIENT_SCOPES, Permission
from privacy.db import new_id


def an_actor(*permissions: Permission, realm: Realm = Realm.LIVE, partner: bool = False) -> Actor:
    """A machine client with these permissions, or with every scope where none is named."""
    return Actor(
        ActorKind.CLIENT,
        new_id(),
        "test client",
        frozenset(permissions) or CLIENT_SCOPES,
        realm=realm,
        partner=partner,
    )
