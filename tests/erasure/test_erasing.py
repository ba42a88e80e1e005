"""Erasure: the person is gone, whoever else is there is as before, and the log and the facts stay whole."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
import time_machine

from privacy import clock
from privacy.audit.models import AuditBody
from privacy.authz.actors import OPERATOR
from privacy.consent import service as consent
from privacy.crypto import keyring
from privacy.crypto.owner_keys import KeyDestroyed, load_owner_key
from privacy.db import Base, Id, session, unit_of_work
from privacy.erasure import service as erasure
from privacy.erasure.erasers import COVERED
from privacy.erasure.models import EvidenceRecord, Tombstone
from privacy.erasure.service import Erased
from privacy.errors import InvalidInput, NotFound
from privacy.evidence import service as evidence
from privacy.programme.types import ErasureKeeps
from privacy.subjects import service as subjects
from tests.consent.desk import Desk, clock_at, micros

ANNA = {"customer_id": "C-1001", "email": "anna.nowak@example.com", "phone": "+48600100200"}
ANNAS_MAIL = {"email": "anna.nowak@example.com"}
ANNAS_CARD = {"loyalty_card": "2900000000001"}
JAN = {"customer_id": "C-2002", "email": "jan.nowak@example.com"}

#: Tables that name a subject or the owner of a key, and are emptied by nobody, each with the reason.
NOT_ERASED = {
    "retention_warning": "`retention.forget_people`, an eraser that the application hands in",
    "change_by_other": "the same",
    "person_entry": "`selfservice.forget_people`, an eraser that the application hands in",
    "person_session": "the same",
    "quality_confirmation": "`retention.forget_people` again",
    "quality_finding": "the same",
    "quality_likeness": "the same",
    "erasure_case": "sealed under the case key, for its own term",
    "evidence_record": "sealed under the key of a month, for claims",
    "data_subject_request.subject_id": "taken out by the eraser of requests, which stay: the account of what was done",
    "request_code.subject_id": "the same",
    "breach_affected.subject_id": "taken out by the eraser of breaches, whose figures stay",
    "legal_hold_person.subject_id": "whom a hold in force holds is not erased; their rows go as it is released",
    "legal_hold.owner_id": "a member of staff",
    "breach_task.owner_id": "a member of staff",
    "register_entry.owner_id": "a member of staff",
    "consent_act.by_subject_id": "the number of whoever acted for another person, who stays; it names nobody any more",
}


def erase(subject_id: UUID, **fields: object) -> Erased:
    with unit_of_work():
        return erasure.erase_subject(subject_id, cause="request 7", actor=OPERATOR, **fields)  # type: ignore[arg-type]


def mentions(subject_ids: frozenset[UUID]) -> dict[str, int]:
    """How often the ids stand in any column of any table."""
    found: dict[str, int] = {}
    texts = [str(one) for one in subject_ids]
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, Id | sa.String):
                wanted = list(subject_ids) if isinstance(column.type, Id) else texts
                count = session().scalar(sa.select(sa.func.count()).select_from(table).where(column.in_(wanted)))
                found |= {str(column): count} if count else {}
    return found


def lived_in(desk: Desk) -> None:
    """Anna has consented, refused, was asked about, and has an act on her address alone."""
    desk.record(ANNA, "give", evidence={"campaign": "autumn"})
    desk.record(ANNA, "withdraw", channels=["sms"])
    desk.record(ANNAS_MAIL, "give", purpose="newsletter")
    desk.record(JAN, "give")


def verified(tmp_path: Path) -> tuple[str, ...]:
    """What `privacy audit verify --full` finds."""
    report = evidence.verify_installation(
        anchor=tmp_path / "anchor", verified=tmp_path / "verified", full=True, progress=lambda _done, _all: None
    )
    return tuple(str(finding) for finding in report.findings)


def test_nothing_of_an_erased_person_is_left_but_what_is_said_to_be(desk: Desk, tmp_path: Path) -> None:
    lived_in(desk)
    anna, mail = desk.subject(ANNA), desk.subject(ANNAS_MAIL)
    erased = erase(anna)
    assert erased.subject_ids == {anna, mail}
    assert mentions(erased.subject_ids) == {}
    assert erased.deleted["consent_act"] == 3
    assert erased.deleted["data_subject"] == erased.deleted["owner_key"] == 2
    for subject_id in erased.subject_ids:
        with pytest.raises(KeyDestroyed):
            load_owner_key(session(), keyring.installed(), subject_id)
    assert desk.findings() == []
    assert verified(tmp_path) == ()
    with pytest.raises(NotFound):
        erase(anna)


def test_every_table_that_names_a_person_is_covered_or_has_a_reason() -> None:
    covered = {table for tables in COVERED.values() for table in tables}
    naming = ("subject_id", "owner_id", "a_subject_id", "b_subject_id", "person_id", "by_subject_id")
    found = {
        (table.name, column.name)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name in naming
    }
    missing = {
        f"{table}.{column}"
        for table, column in found
        if table not in covered and table not in NOT_ERASED and f"{table}.{column}" not in NOT_ERASED
    }
    assert missing == set(), "register an eraser in privacy/erasure/erasers.py, or say why not"


def test_an_erased_person_answers_like_an_unknown_one_now_and_about_the_past(desk: Desk) -> None:
    lived_in(desk)
    before = clock.micros()
    assert desk.reason(ANNA) == "given"
    erase(desk.subject(ANNA), suppress=False)
    assert desk.reason(ANNA) == desk.reason(ANNAS_MAIL) == "no_record"
    assert desk.reason(ANNA, at=before) == "no_record"
    assert desk.reason(JAN) == "given"


def test_marketing_stays_away_from_the_contacts_until_the_entry_ends_or_the_person_comes_back(desk: Desk) -> None:
    with clock_at(micros("2026-11-20T10:00:00+01:00")):
        lived_in(desk)
    with clock_at(micros("2026-11-21T10:00:00+01:00")):
        erase(desk.subject(ANNA))
        assert desk.reason(ANNAS_MAIL) == "suppressed"
        # An old export arrives: a new person, and the old consent does not outweigh the entry.
        old = consent.Claim(micros("2026-11-01T10:00:00+01:00"), 1)
        desk.record(ANNA, "give", claim=old)
        assert desk.reason(ANNA) == "suppressed"
    with clock_at(micros("2026-12-01T10:00:00+01:00")):
        desk.record(ANNA, "give")
        assert desk.reason(ANNA) == "given"
    with clock_at(micros("2036-11-22T10:00:00+01:00")):
        assert desk.reason(ANNAS_MAIL) != "suppressed"
        with unit_of_work():
            assert consent.delete_ended_suppressions(clock.micros(), actor=OPERATOR) == 2
        assert desk.findings() == []


def test_what_comes_later_makes_a_new_person(desk: Desk) -> None:
    lived_in(desk)
    anna = desk.subject(ANNA)
    erased = erase(anna)
    desk.record(ANNA, "withdraw")
    assert desk.subject(ANNA) not in erased.subject_ids
    assert erasure.is_erased([anna, desk.subject(ANNA), desk.subject(JAN)]) == {anna}


def test_a_contact_that_others_hold_stays_theirs(desk: Desk) -> None:
    shared = {"customer_id": "C-3003", "email": "anna.nowak@example.com"}
    lived_in(desk)
    desk.record(shared, "give")
    mail = desk.subject(ANNAS_MAIL)
    erased = erase(desk.subject(ANNA))
    assert mail not in erased.subject_ids
    assert desk.subject(ANNAS_MAIL) == mail
    assert desk.reason(shared) == "given"
    assert {entry["what"]: entry.get("count") for entry in erased.remains}["shared_contacts"] == 1
    assert desk.findings() == []


def test_everybody_merged_goes_and_whoever_was_parted_stays_with_every_no(desk: Desk, tmp_path: Path) -> None:
    kasia = {"customer_id": "C-4004", "email": "kasia@example.com"}
    lived_in(desk)
    desk.record(kasia, "give")
    desk.merge(ANNA, JAN)
    desk.merge(ANNA, kasia)
    desk.record(ANNA, "withdraw", channels=None)
    assert desk.reason(kasia) == "withdrawn"
    desk.unmerge(ANNA, kasia)
    erased = erase(desk.subject(ANNA))
    assert desk.reason(JAN) in {"no_record", "suppressed"}
    assert mentions(erased.subject_ids) == {}
    assert desk.reason(kasia) == "withdrawn"
    assert desk.findings() == []
    assert verified(tmp_path) == ()


def test_whom_only_a_dispute_connects_is_not_erased(desk: Desk) -> None:
    """Two customer numbers with one loyalty card between them: whose card it is nobody knows."""
    desk.record({**ANNA, **ANNAS_CARD}, "give")
    desk.record({**JAN, **ANNAS_CARD}, "give")
    card, jan = desk.subject(ANNAS_CARD), desk.subject({"customer_id": JAN["customer_id"]})
    erased = erase(desk.subject({"customer_id": ANNA["customer_id"]}))
    assert not erased.subject_ids & {card, jan}
    assert desk.subject(ANNAS_CARD) == card
    assert desk.findings() == []
    # With Anna the dispute is gone: card and account are one person again.
    assert subjects.natural_person(jan) == {card, jan} | subjects.natural_person(jan)
    assert card in subjects.natural_person(jan)


def test_tombstones_end_with_the_oldest_backup(desk: Desk, frozen: time_machine.Traveller) -> None:
    lived_in(desk)
    anna = desk.subject(ANNA)
    erased = erase(anna)
    rows = erasure.tombstones_of(erased.id)
    assert [bytes(row["index_bidx"]) for row in rows] == sorted(map(erasure.tombstone_index, erased.subject_ids))
    assert {row["ends_at"] for row in rows} == {erased.erased_at + 180 * clock.DAY}
    assert anna.bytes not in b"".join(bytes(row["index_bidx"]) for row in rows)
    with unit_of_work():
        assert erasure.delete_ended_tombstones(clock.micros(), actor=OPERATOR) == 0
    frozen.shift(180 * 86_400)
    with unit_of_work():
        assert erasure.delete_ended_tombstones(clock.micros(), actor=OPERATOR) == 2
    assert session().scalar(sa.select(sa.func.count()).select_from(Tombstone)) == 0


def test_the_end_of_a_month_is_final_for_its_evidence_records(desk: Desk, frozen: time_machine.Traveller) -> None:
    lived_in(desk)
    erase(desk.subject(ANNA))
    erase(desk.subject(JAN))
    owners = set(session().scalars(sa.select(EvidenceRecord.owner_id)))
    assert len(owners) == 1, "one key for a month"
    session().rollback()
    frozen.move_to("2032-12-31T22:59:00+00:00")
    with unit_of_work():
        assert erasure.destroy_expired_evidence(clock.micros(), actor=OPERATOR) == 0
    frozen.move_to("2032-12-31T23:00:00+00:00")  # midnight in Warsaw
    with unit_of_work():
        assert erasure.destroy_expired_evidence(clock.micros(), actor=OPERATOR) == 2
        assert erasure.delete_ended_cases(clock.micros(), actor=OPERATOR) == 2
    with pytest.raises(KeyDestroyed):
        load_owner_key(session(), keyring.installed(), owners.pop())
    told = session().scalars(sa.select(AuditBody.action).where(AuditBody.action.like("evidence_key%"))).all()
    assert told == ["evidence_key.destroyed"]


@pytest.mark.parametrize(
    ("erased_on", "until"), [("2026-11-21", "2032-12-31"), ("2026-12-31", "2032-12-31"), ("2027-01-01", "2033-12-31")]
)
def test_claims_are_counted_to_the_end_of_the_year(desk: Desk, erased_on: str, until: str) -> None:
    day = date.fromisoformat(erased_on)
    rule = desk.programme.kept_after_erasure(ErasureKeeps.EVIDENCE, day)
    assert rule.last_day(day).isoformat() == until


def test_a_restored_person_goes_again_without_a_second_record(desk: Desk) -> None:
    lived_in(desk)
    anna, mail = desk.subject(ANNA), desk.subject(ANNAS_MAIL)
    with unit_of_work():
        again = erasure.erase_returned([anna, mail], actor=OPERATOR)
    assert again.subject_ids == {anna, mail}
    assert mentions(again.subject_ids) == {}
    assert session().scalar(sa.select(sa.func.count()).select_from(EvidenceRecord)) == 0
    assert desk.reason(ANNA) == "no_record"


def test_an_erasure_needs_a_cause_and_a_rehearsal_changes_nothing(desk: Desk) -> None:
    lived_in(desk)
    anna = desk.subject(ANNA)
    with pytest.raises(InvalidInput), unit_of_work():
        erasure.erase_subject(anna, cause=" ", actor=OPERATOR)
    with pytest.raises(ZeroDivisionError), unit_of_work():
        planned = erasure.plan_erasure(anna)
        raise ZeroDivisionError
    assert desk.reason(ANNA) == "given"
    assert erase(anna).deleted == planned.deleted
