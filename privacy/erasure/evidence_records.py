"""Evidence records: the least that must outlive a person's key, sealed under the key of the month of its expiry.

One owner key for each month, with an id that follows from the month: destroying it makes the expiry of every record
of that month final, in backups too. They are found by keyed hashes of the contacts alone.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

import sqlalchemy as sa

from privacy import clock
from privacy.authz.actors import Realm
from privacy.consent import service as consent
from privacy.consent.service import ActView
from privacy.crypto import keyring
from privacy.crypto.owner_keys import KeyDestroyed, OwnerKey, create_owner_key, load_owner_key
from privacy.db import Driver, new_id, session
from privacy.erasure import days
from privacy.erasure.models import EvidenceContact, EvidenceRecord
from privacy.programme.types import ErasureKeeps, Programme
from privacy.subjects import service as subjects
from privacy.subjects.service import OwnContact

_TABLE, _COLUMN = "evidence_record", "body_enc"
_FORMAT = "evidence-record/v1"


@dataclass(frozen=True)
class Draft:
    """A record, gathered while the person's key is there and sealed once the person is gone."""

    content: Mapping[str, Any] = field(repr=False)
    contacts: Sequence[OwnContact] = field(repr=False)
    #: The last day on which it may be read.
    until: date

    @classmethod
    def of(
        cls, subject_ids: Collection[UUID], contacts: Sequence[OwnContact], *, cause: str, at: int, programme: Programme
    ) -> Draft:
        """What is recorded of these subjects, as little of it as a claim needs."""
        acts = [view for view in consent.acts_of(sorted(subject_ids)) if view.subject_id in subject_ids]
        content = {
            "format": _FORMAT,
            "erased_at": clock.isoformat(at),
            "cause": cause,
            "contacts": [
                {
                    "kind": one.name.kind.value,
                    "value": one.name.normal.given,
                    "held_from": clock.isoformat(one.held_from),
                }
                for one in contacts
            ],
            "acts": [_told(view, contacts) for view in reversed(acts)],
        }
        until = days.last_day(ErasureKeeps.EVIDENCE, at, programme)
        return cls(content, contacts, days.month_end(until))

    def seal(self, erasure_id: UUID, realm: Realm) -> UUID:
        """Write the record down, in the open unit of work of the erasure; returns its id."""
        key, record_id = month_key(self.until), new_id()
        body = json.dumps(self.content, ensure_ascii=False, separators=(",", ":")).encode()
        session().add(
            EvidenceRecord(
                id=record_id,
                erasure_id=erasure_id,
                realm=realm.value,
                owner_id=key.owner_id,
                key_version=key.version,
                body_enc=key.seal(_TABLE, _COLUMN, record_id, body),
                expires_on=days.numbered(self.until),
            )
        )
        session().flush()  # Its contacts refer to it.
        for index in sorted({subjects.suppression_index(realm, one.name) for one in self.contacts}):
            session().add(EvidenceContact(record_id=record_id, contact_bidx=index))
        return record_id


def _told(view: ActView, contacts: Sequence[OwnContact]) -> dict[str, Any]:
    """An act as it is kept. `contact`: which of the record's contacts it named."""
    held = next((n for n, one in enumerate(contacts) if view.contact_id in one.ids), None)
    told = {
        "id": str(view.id),
        "act": view.act.value,
        "purpose": view.purpose,
        "channel": view.channel,
        "contact": held,
        "claimed_at": clock.isoformat(view.claimed_at) if view.claimed_at is not None else None,
        "received_at": clock.isoformat(view.received_at),
        "wording": list(view.wording) if view.wording else None,
        "locale": view.locale,
        "text_sha256": view.text_sha256,
        "notice": list(view.notice) if view.notice else None,
        "source": list(view.source),
        "proof": view.proof,
        "explicit": view.explicit,
        "mandate": view.mandate,
        "no_effect": view.no_effect,
        "annulled": view.annulled,
    }
    return {name: value for name, value in told.items() if value is not None}


def month_owner(until: date) -> UUID:
    """The owner of the key of a month."""
    return uuid5(NAMESPACE_OID, f"evidence records that expire in {until:%Y-%m}")


def month_key(until: date) -> OwnerKey:
    """The key of the month in which a record expires, made by the first that needs it."""
    owner = month_owner(until)
    subjects.lock_names(Driver.of(session()), [owner.bytes])  # Two erasures at once: the second finds the first's.
    try:
        return load_owner_key(session(), keyring.installed(), owner)
    except KeyDestroyed:
        return create_owner_key(session(), keyring.installed(), owner)


def opened(row: EvidenceRecord) -> Mapping[str, Any]:
    """What a record says; raises `KeyDestroyed`. Whoever calls it has seen to it that it may be read."""
    key = load_owner_key(session(), keyring.installed(), row.owner_id, row.key_version)
    content: Mapping[str, Any] = json.loads(key.open(_TABLE, _COLUMN, row.id, row.body_enc))
    return content


def records_of(index: bytes, realm: Realm, today: date) -> list[EvidenceRecord]:
    """The records that name a contact and have not expired."""
    query = (
        sa.select(EvidenceRecord)
        .join(EvidenceContact, EvidenceContact.record_id == EvidenceRecord.id)
        .where(EvidenceContact.contact_bidx == index, EvidenceRecord.realm == realm.value)
        .where(EvidenceRecord.expires_on >= days.numbered(today))
        .order_by(EvidenceRecord.id)
    )
    return list(session().scalars(query))
