"""The value of a stored contact, opened with its holder's key: for sending and for keyed indexes, never for a log."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy.crypto import keyring
from privacy.crypto.owner_keys import OwnerKeyRow, unwrap
from privacy.db import Driver, Id, Statement, as_uuid, in_parts, session
from privacy.errors import NotFound
from privacy.subjects.models import SubjectContact

_VALUES = sa.select(
    SubjectContact.subject_id,
    SubjectContact.kind,
    SubjectContact.value_enc,
    SubjectContact.key_version,
    OwnerKeyRow.wrapped_by,
    OwnerKeyRow.wrapped_enc,
).join(
    OwnerKeyRow,
    sa.and_(OwnerKeyRow.owner_id == SubjectContact.subject_id, OwnerKeyRow.version == SubjectContact.key_version),
)
_CONTACT_VALUE = Statement(_VALUES.where(SubjectContact.id == sa.bindparam("contact_id", type_=Id)))


def open_contact(driver: Driver, contact_id: UUID) -> tuple[str, str]:
    """Kind and plaintext of a stored contact; raises `NotFound`. For sending and keyed indexes, never for a log."""
    rows = driver.rows(_CONTACT_VALUE, {"contact_id": contact_id})
    if not rows:
        raise NotFound("There is no such contact.")
    return _opened(contact_id, *rows[0])


def open_contacts(contact_ids: Collection[UUID]) -> dict[UUID, tuple[str, str]]:
    """The same for many at once; raises `NotFound` where one of them is not there."""
    found: dict[UUID, tuple[str, str]] = {}
    for ids in in_parts(sorted(contact_ids)):
        query = _VALUES.add_columns(SubjectContact.id).where(SubjectContact.id.in_(ids))
        for *stored, contact_id in session().execute(query):
            found[contact_id] = _opened(contact_id, *stored)
    if len(found) != len(set(contact_ids)):
        raise NotFound("There is no such contact.")
    return found


def _opened(
    contact_id: UUID, subject_id: Any, kind: str, value: bytes, version: int, wrapped_by: int, wrapped: bytes
) -> tuple[str, str]:
    key = unwrap(keyring.installed(), as_uuid(subject_id), version, wrapped_by, bytes(wrapped))
    return kind, key.open("subject_contact", "value_enc", contact_id, bytes(value)).decode()
