"""Read evidence records: for a named case only, by two people, and every reading is in the log (Art. 17(3)(e))."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from privacy import clock
from privacy.access import service as access
from privacy.audit import service as audit
from privacy.authz.actors import Actor
from privacy.authz.permissions import Permission
from privacy.db import new_id, session
from privacy.erasure import days, evidence_records
from privacy.erasure.failures import EvidenceRecordNotFound
from privacy.erasure.models import EvidenceRecord
from privacy.errors import InvalidInput
from privacy.programme import service as programmes
from privacy.subjects import service as subjects
from privacy.subjects.service import ContactName

_ACTION = "evidence_records.open"
_LONGEST_CASE = 200


@dataclass(frozen=True)
class Found:
    """An evidence record that names a contact: that it is there, and nothing of what it says."""

    id: UUID
    erasure_id: UUID
    #: The last day on which it may be read.
    expires_on: date


def search_records(contact: ContactName, *, case: str, actor: Actor) -> Sequence[Found]:
    """The records that name a contact, in the open unit of work: that somebody looked is in the log."""
    actor.require(Permission.EVIDENCE_RECORDS_OPEN)
    named = _named(case)
    index = subjects.suppression_index(actor.realm, contact)
    today = days.day_of(clock.micros(), programmes.current())
    found = [
        Found(row.id, row.erasure_id, days.named(row.expires_on))
        for row in evidence_records.records_of(index, actor.realm, today)
    ]
    details = {"case": named, "found": [str(one.id) for one in found]}
    audit.record(
        "evidence_records.searched",
        actor=actor,
        object_type="evidence_search",
        object_id=new_id(),
        content=details,
        details=details,
    )
    return found


def request_opening(record_id: UUID, *, case: str, actor: Actor, reason: str) -> UUID:
    """The first person asks to read a record for a case; returns the approval's id.

    Raises `StaffOnly`, `NotPermitted`, `EvidenceRecordNotFound`, `InvalidInput`.
    """
    actor.require(Permission.EVIDENCE_RECORDS_OPEN)
    _row(record_id, actor)
    return access.request_approval(_ACTION, _payload(record_id, case), actor=actor, reason=reason)


def open_record(record_id: UUID, approval_id: UUID, *, case: str, actor: Actor) -> Mapping[str, Any]:
    """The second person approves, and the record is opened once; the reading is in the log.

    Raises the approval's errors, `NotPermitted` and `EvidenceRecordNotFound`.
    """
    actor.require(Permission.EVIDENCE_RECORDS_OPEN)
    row = _row(record_id, actor)
    access.approve(approval_id, _ACTION, _payload(record_id, case), actor=actor)
    content = evidence_records.opened(row)
    details = {"case": _named(case), "approval": str(approval_id)}
    audit.record(
        "evidence_record.opened",
        actor=actor,
        object_type="evidence_record",
        object_id=record_id,
        content={"id": str(record_id), **details},
        details=details,
    )
    return content


def _row(record_id: UUID, actor: Actor) -> EvidenceRecord:
    row = session().get(EvidenceRecord, record_id)
    today = days.numbered(days.day_of(clock.micros(), programmes.current()))
    if row is None or row.realm != actor.realm.value or row.expires_on < today:
        raise EvidenceRecordNotFound
    return row


def _payload(record_id: UUID, case: str) -> Mapping[str, Any]:
    return {"record": str(record_id), "case": _named(case)}


def _named(case: str) -> str:
    text = case.strip()
    if not 1 <= len(text) <= _LONGEST_CASE:
        raise InvalidInput.of("case", f"Name the case, in up to {_LONGEST_CASE} characters and without personal data.")
    return text
