"""The value of a stored contact, opened with its holder's key: for sending and for keyed indexes, never for a log."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from privacy.crypto import keyring
from privacy.crypto.owner_keys import OwnerKeyRow, unwrap
from privacy.db import Driver, Id, Statement, as_uuid
from privacy.errors import NotFound
from privacy.subjects.models import SubjectContact

_CONTACT_VALUE = Statement(
    sa.select(
        SubjectContact.subject_id,
        SubjectContact.kind,
        SubjectContact.value_enc,
        SubjectContact.key_version,
        OwnerKeyRow.wrapped_by,
        OwnerKeyRow.wrapped_enc,
    )
    .join(
        OwnerKeyRow,
        sa.and_(OwnerKeyRow.owner_id == SubjectContact.subject_id, OwnerKeyRow.version == SubjectContact.key_version),
    )
    .where(SubjectContact.id == sa.bindparam("contact_id", type_=Id))
)


def open_contact(driver: Driver, contact_id: UUID) -> tuple[str, str]:
    """Kind and plaintext of a stored contact; raises `NotFound`. For sending and keyed indexes, never for a log."""
    rows = driver.rows(_CONTACT_VALUE, {"contact_id": contact_id})
    if not rows:
        raise NotFound("There is no such contact.")
    subject_id, kind, value, version, wrapped_by, wrapped = rows[0]
    key = unwrap(keyring.installed(), as_uuid(subject_id), version, wrapped_by, bytes(wrapped))
    return kind, key.open("subject_contact", "value_enc", contact_id, bytes(value)).decode()
