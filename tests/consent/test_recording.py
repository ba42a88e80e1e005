"""What recording answers: repeats, what is kept without effect, many channels, tokens, and what it refuses."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from privacy import clock
from privacy.consent import service as consent
from privacy.consent.models import ConsentAct, ConsentFact, NetworkEvidence
from privacy.consent.service import Cited, Claim, Source
from privacy.db import session, unit_of_work
from privacy.errors import InvalidInput, Unavailable
from privacy.retention import service as retention
from privacy.subjects.service import AgeClass
from tests.consent.desk import Desk

ANNA = {"customer_id": "C-1", "email": "anna@example.com", "phone": "+48600100200"}


def _acts() -> int:
    return session().scalar(sa.select(sa.func.count()).select_from(ConsentAct)) or 0


def test_one_act_over_several_channels_names_each_channels_contact(desk: Desk) -> None:
    recorded = desk.record(ANNA, "give", channels=["email", "sms", "push"])
    kinds = [(r.channel, r.contact.kind if r.contact else None) for r in recorded.records]
    assert kinds == [("email", "email"), ("sms", "phone"), ("push", None)]
    assert {r.decision.reason.value for r in recorded.records} == {"given"}


def test_a_repeat_changes_nothing_and_answers_with_the_first(desk: Desk) -> None:
    when = Claim(clock.micros() - clock.DAY)
    first = desk.record(ANNA, "give", claim=when)
    again = desk.record(ANNA, "give", claim=when)
    assert (again.records[0].id, again.records[0].known, again.version) == (first.records[0].id, True, first.version)
    assert _acts() == 1


def test_a_repeat_of_an_act_without_effect_says_so_again(desk: Desk) -> None:
    when = Claim(clock.micros() - clock.DAY)
    first = desk.record(ANNA, "give", claim=when, wording=None).records[0]
    again = desk.record(ANNA, "give", claim=when, wording=None).records[0]
    assert (first.effective, first.no_effect) == (again.effective, again.no_effect) == (False, "wording_missing")


def test_the_same_act_with_its_mistake_mended_is_another_act(desk: Desk) -> None:
    when = Claim(clock.micros() - clock.DAY)
    assert desk.record(ANNA, "give", claim=when, text_sha256="0" * 64).records[0].no_effect == "text_mismatch"
    assert desk.record(ANNA, "give", claim=when).records[0].effective


def test_without_a_claimed_time_each_receipt_is_an_act(desk: Desk) -> None:
    desk.record(ANNA, "give")
    desk.record(ANNA, "give")
    assert _acts() == 2


def test_an_account_with_two_addresses_consents_for_both_when_it_names_none(desk: Desk) -> None:
    for address in ("a@example.com", "b@example.com"):
        desk.put({"customer_id": "C-1", "email": address})
    record = desk.record({"customer_id": "C-1"}, "give").records[0]
    assert record.effective
    assert [d.reason.value for _, d in record.decision.contacts] == ["given", "given"]


def test_the_answer_sees_the_acts_of_the_whole_person(desk: Desk) -> None:
    desk.put({"customer_id": "C-1", "loyalty_card": "K-1"})
    desk.record({"loyalty_card": "K-1"}, "withdraw")
    late = desk.record(ANNA, "give", claim=Claim(clock.micros() - clock.DAY)).records[0]
    assert (late.decision.reason.value, late.effective) == ("withdrawn", False)


def test_a_text_without_version_is_the_one_in_force_on_the_acts_day(desk: Desk) -> None:
    in_2023 = Claim(clock.to_micros(clock.now().replace(year=2023, month=7, day=1)))
    desk.record(ANNA, "give", claim=in_2023, wording=Cited("klauzula"), notice=Cited("klauzula"))
    [view] = consent.history(desk.subject(ANNA), actor=desk.actor)
    assert view.wording == ("klauzula", "2.1")
    assert view.notice is not None
    notice = desk.programme.notice_in_force("klauzula", clock.from_micros(in_2023.start).date())
    assert view.notice[1] == (notice.version if notice else None)
    assert view.text_sha256 == desk.programme.wordings["klauzula", "2.1"].sha256("pl")


def test_network_evidence_is_sealed_and_short_lived(desk: Desk) -> None:
    desk.record(ANNA, "give", network={"ip": "192.0.2.77"})
    [row] = session().scalars(sa.select(NetworkEvidence))
    assert b"192.0.2.77" not in row.body_enc
    with unit_of_work():
        assert consent.delete_network_evidence(row.delete_after - 1, actor=desk.actor, held=retention.held_among) == 0
        assert consent.delete_network_evidence(row.delete_after, actor=desk.actor, held=retention.held_among) == 1
    assert desk.reason(ANNA) == "given"


def test_a_check_with_a_token_answers_from_data_at_least_that_new(desk: Desk) -> None:
    recorded = desk.record(ANNA, "give")
    token = consent.token_for(desk.actor, recorded.subject_id, recorded.version, recorded.committed_at)
    assert desk.reason(ANNA, token=token) == "given"
    newer = consent.token_for(desk.actor, recorded.subject_id, recorded.version + 1, recorded.committed_at)
    with pytest.raises(Unavailable):
        desk.reason(ANNA, token=newer)
    other = Desk(desk.programme, replace(desk.actor, id=recorded.subject_id))
    with pytest.raises(InvalidInput):
        other.reason(ANNA, token=token)


def test_a_token_holds_through_merge_and_unmerge(desk: Desk) -> None:
    recorded = desk.record(ANNA, "give")
    token = consent.token_for(desk.actor, recorded.subject_id, recorded.version, recorded.committed_at)
    desk.put({"customer_id": "C-2"})
    desk.merge(ANNA, {"customer_id": "C-2"})
    assert desk.reason(ANNA, token=token) == "given"
    desk.unmerge(ANNA, {"customer_id": "C-2"})
    assert desk.reason(ANNA, token=token) == "given"


def test_a_fold_survives_a_clock_that_was_set_back(desk: Desk) -> None:
    """A withdrawal received "later" than now must not be forgotten when a confirmation folds anew."""
    now = clock.micros()
    desk.record(ANNA, "give", purpose="newsletter", now=now)
    desk.record(ANNA, "withdraw", purpose="newsletter", now=now + clock.DAY)
    desk.record(ANNA, "confirm", purpose="newsletter", now=now)
    assert desk.reason(ANNA, "newsletter") == "withdrawn"
    assert desk.findings() == []


def test_verification_finds_a_fact_that_was_tampered_with(desk: Desk) -> None:
    desk.record(ANNA, "give")
    desk.record(ANNA, "withdraw")
    with unit_of_work() as current:
        current.execute(sa.delete(ConsentFact))
    assert [finding.problem for finding in desk.findings()] == ["facts are missing"]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"purpose": None}, "Name the purpose"),
        ({"channels": None}, "Name one or more"),
        ({"channels": []}, "Name each channel once"),
        ({"channels": ["email", "email"]}, "Name each channel once"),
        ({"channels": ["pigeon"]}, "pigeon|channel"),
        ({"purpose": "world_peace"}, "purpose"),
    ],
)
def test_what_names_too_little_or_something_unknown_is_refused(desk: Desk, fields: dict[str, object], why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        desk.record(ANNA, "give", **fields)
    assert _acts() == 0


def test_a_parent_is_recorded_beside_the_child(desk: Desk) -> None:
    parent = desk.name({"customer_id": "C-9", "email": "mama@example.com"})
    desk.record(ANNA, "give", by=parent, mandate="parent", age_class=AgeClass.UNDER_13, source=Source("shop"))
    [row] = session().scalars(sa.select(ConsentAct))
    assert (row.by_subject_id, row.mandate) == (desk.subject({"customer_id": "C-9"}), "parent")
    assert desk.reason(ANNA) == "given"
