"""The account identifiers of a person, opened with the person's key: to find and hand out the person's own data."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa

from privacy.crypto import keyring
from privacy.crypto.owner_keys import KeyDestroyed, OwnerKeyRow, unwrap
from privacy.db import in_parts, session
from privacy.subjects.models import AccountIdentifier

_KEY = sa.and_(
    OwnerKeyRow.owner_id == AccountIdentifier.subject_id, OwnerKeyRow.version == AccountIdentifier.key_version
)
_WITH_KEYS = sa.select(AccountIdentifier, OwnerKeyRow.wrapped_by, OwnerKeyRow.wrapped_enc).outerjoin(OwnerKeyRow, _KEY)


@dataclass(frozen=True)
class OwnIdentifier:
    """An account identifier of a person, opened."""

    #: The identifier type's code in the programme.
    type: str
    value: str = field(repr=False)
    #: Where it came from (Art. 14(2)(f)) and since when, in microseconds.
    source: str
    held_from: int
    #: When it was taken away or replaced.
    retired_at: int | None


def own_identifiers(subject_ids: Collection[UUID]) -> list[OwnIdentifier]:
    """Every account identifier of these subjects, in order of their ids; never for a log."""
    found: list[OwnIdentifier] = []
    for ids in in_parts(sorted(subject_ids)):
        of_them = _WITH_KEYS.where(AccountIdentifier.subject_id.in_(ids))
        for row, wrapped_by, wrapped in session().execute(of_them.order_by(AccountIdentifier.id)):
            if wrapped is None:
                raise KeyDestroyed
            key = unwrap(keyring.installed(), row.subject_id, row.key_version, wrapped_by, bytes(wrapped))
            value = key.open("account_identifier", "value_enc", row.id, bytes(row.value_enc)).decode()
            found.append(OwnIdentifier(row.type, value, row.source, row.held_from, row.retired_at))
    return found
