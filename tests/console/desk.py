"""A console whose gate lets somebody in, as the sign-in would: pages are asked for as they are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from unittest.mock import patch

from flask import g

from privacy.authz.actors import Actor, ActorKind
from privacy.authz.permissions import Permission
from privacy.console.blueprint import console
from privacy.db import new_id
from privacy.pages.blueprint import Guard

ALL = frozenset(Permission)


def a_colleague(permissions: frozenset[Permission] = ALL) -> Actor:
    """A member of staff with these permissions."""
    return Actor(ActorKind.STAFF, new_id(), "ewa", permissions)


@contextmanager
def signed_in(actor: Actor) -> Iterator[None]:
    """Inside, every page of the console is asked for by that member of staff."""

    def gate(guard: Guard) -> None:
        if guard.signed_in:
            g.privacy_actor = replace(actor)
            for permission in guard.permissions:
                actor.require(permission)

    with patch.object(console, "_gate", gate):
        yield
