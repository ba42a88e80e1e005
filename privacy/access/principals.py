"""Who acted: names and realms of clients and staff by their ids, for whoever reads the log."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa

from privacy.access.models import ApiClient, Staff
from privacy.audit import service as audit
from privacy.authz.actors import OPERATOR, SERVICE, Realm
from privacy.db import in_parts, session


def principals(ids: Collection[UUID]) -> dict[UUID, audit.Principal]:
    """The clients, members of staff and built-in actors that have these ids; others are missing."""
    found = {one.id: audit.Principal(one.name, one.realm) for one in (OPERATOR, SERVICE) if one.id in ids}
    for part in in_parts(list(ids)):
        clients = sa.select(ApiClient.id, ApiClient.name, ApiClient.realm).where(ApiClient.id.in_(part))
        for client_id, name, realm in session().execute(clients):
            found[client_id] = audit.Principal(name, Realm(realm))
        staff = sa.select(Staff.id, Staff.name).where(Staff.id.in_(part))
        for staff_id, name in session().execute(staff):
            found[staff_id] = audit.Principal(name, Realm.LIVE)
    return found


def principal_named(name: str) -> UUID | None:
    """The id of the client, member of staff or built-in actor of that name; None where there is none."""
    built_in = {one.name: one.id for one in (OPERATOR, SERVICE)}
    if name in built_in:
        return built_in[name]
    for model in (ApiClient, Staff):
        found: UUID | None = session().scalar(sa.select(model.id).where(model.name == name))
        if found is not None:
            return found
    return None
