"""The stories of erasure: what stands before, and the change whose events are counted."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.authz.actors import OPERATOR, Realm
from privacy.consent import service as consent
from privacy.db import session
from privacy.erasure import service as erasure
from privacy.erasure.models import EvidenceRecord
from privacy.programme import service as programme
from privacy.subjects import service as subjects
from privacy.subjects.service import ContactName
from tests.rules.changes import CHANGES, Change, a_programme, a_staff_member, before, story

__all__ = ["CHANGES"]

ANNA = {"customer_id": "C-1001", "email": "anna.nowak@example.com"}
#: Long after every term.
LATER = 40 * 366 * clock.DAY


@story("erasure.erase_subject", "contact.suppressed", "audit_body.deleted", "subject.erased")
def _() -> Change:
    anna = _anna()
    return lambda: _erase(anna)


@story("erasure.erase_returned", "audit_body.deleted", "subject.erased")
def _() -> Change:
    anna = _anna()
    return lambda: erasure.erase_returned([anna], actor=OPERATOR)


@story("erasure.search_records", "evidence_records.searched")
def _() -> Change:
    _record()
    ewa = a_staff_member("ewa")
    return lambda: erasure.search_records(_contact(), case="I C 7/27", actor=ewa)


@story("erasure.request_opening", "approval.requested")
def _() -> Change:
    record, ewa = _record(), a_staff_member("ewa")
    return lambda: erasure.request_opening(record, case="I C 7/27", actor=ewa, reason="a claim")


@story("erasure.open_record", "approval.approved", "evidence_record.opened")
def _() -> Change:
    record, ewa, jan = _record(), a_staff_member("ewa"), a_staff_member("jan")
    asked = before(lambda: erasure.request_opening(record, case="I C 7/27", actor=ewa, reason="a claim"))
    return lambda: erasure.open_record(record, asked, case="I C 7/27", actor=jan)


@story("erasure.delete_ended_tombstones", "tombstones.deleted")
def _() -> Change:
    _record()
    return lambda: erasure.delete_ended_tombstones(clock.micros() + LATER, actor=OPERATOR)


@story("erasure.delete_ended_cases", "erasure_cases.deleted")
def _() -> Change:
    _record()
    return lambda: erasure.delete_ended_cases(clock.micros() + LATER, actor=OPERATOR)


@story("erasure.destroy_expired_evidence", "evidence_key.destroyed")
def _() -> Change:
    _record()
    return lambda: erasure.destroy_expired_evidence(clock.micros() + LATER, actor=OPERATOR)


@story("consent.suppress_erased", "contact.suppressed")
def _() -> Change:
    a_programme()
    now = clock.micros()
    return lambda: consent.suppress_erased(_contact(), realm=Realm.LIVE, at=now, ends_at=now + 1, actor=OPERATOR)


@story("consent.delete_ended_suppressions", "suppression.ended")
def _() -> Change:
    a_programme()
    now = clock.micros()
    before(lambda: consent.suppress_erased(_contact(), realm=Realm.LIVE, at=now, ends_at=now + 1, actor=OPERATOR))
    return lambda: consent.delete_ended_suppressions(now + 1, actor=OPERATOR)


def _anna() -> UUID:
    a_programme()
    naming = subjects.name_of(programme.current(), OPERATOR, ANNA)
    return before(lambda: subjects.put_subject(naming, actor=OPERATOR, programme=programme.current(), source="crm")[0])


def _contact() -> ContactName:
    email = {"email": ANNA["email"]}
    return next(iter(subjects.name_of(programme.current(), OPERATOR, email).contacts.values()))


def _erase(subject_id: UUID) -> erasure.Erased:
    return erasure.erase_subject(subject_id, cause="request 7", actor=OPERATOR)


def _record() -> UUID:
    anna = _anna()
    before(lambda: _erase(anna))
    return before(lambda: session().scalars(sa.select(EvidenceRecord.id)).one())
