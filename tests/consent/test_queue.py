"""Acts without effect form a queue by source and reason, so that nobody loses consents unnoticed."""

from __future__ import annotations

from privacy.clock import DAY, SECOND, micros
from privacy.consent import service as consent
from privacy.consent.service import Cited, Claim, Queued, Source
from tests.consent.desk import Desk

ANNA = {"customer_id": "C-1", "email": "anna@example.com"}


def _queue(desk: Desk) -> dict[tuple[str, str], int]:
    found: list[Queued] = consent.without_effect(realm="live", programme=desk.programme)
    return {(q.reason.value, q.source_system): q.acts for q in found}


def test_reasons_found_at_receipt(desk: Desk) -> None:
    till, form = Source("till", "1", "till"), Source("shop", "checkout", "web_form")
    desk.record(ANNA, "give", wording=None, source=form)
    desk.record(ANNA, "give", wording=Cited("klauzula", "9"), source=form)
    desk.record(ANNA, "give", wording=Cited("newsletter", "3"), source=form)
    desk.record(ANNA, "give", wording=Cited("klauzula", "2.0"), source=form)
    desk.record(ANNA, "give", text_sha256="0" * 64, source=form)
    desk.record(ANNA, "give", dated=False, source=till)
    desk.record(ANNA, "give", claim=Claim(micros() + DAY, SECOND), source=till)
    desk.record(ANNA, "give", purpose="newsletter", channels=["sms"], source=till)
    assert _queue(desk) == {
        ("wording_missing", "shop"): 1,
        ("wording_unknown", "shop"): 1,
        ("wording_other_purpose", "shop"): 1,
        ("wording_not_in_force", "shop"): 1,
        ("text_mismatch", "shop"): 1,
        ("no_date", "till"): 1,
        ("future_claim", "till"): 1,
        ("pair_unknown", "till"): 1,
    }


def test_a_no_is_never_without_effect(desk: Desk) -> None:
    desk.record(ANNA, "withdraw", wording=Cited("klauzula", "9"), claim=Claim(micros() + DAY))
    desk.record(ANNA, "withdraw", purpose="newsletter", channels=["sms"])
    assert _queue(desk) == {}


def test_disputed_identifiers_enter_and_a_review_takes_them_out(desk: Desk) -> None:
    desk.record(ANNA | {"loyalty_card": "K-1"}, "give")
    assert _queue(desk) == {}
    other = desk.put({"customer_id": "C-2", "loyalty_card": "K-1"})
    assert _queue(desk) == {("identifiers_disagree", "shop"): 1}
    desk.record({"loyalty_card": "K-1"}, "withdraw")  # What else somebody said about the card settles nothing.
    assert _queue(desk) == {("identifiers_disagree", "shop"): 1}
    desk.retire(other)
    assert _queue(desk) == {}


def test_an_account_that_held_no_contact_then(desk: Desk) -> None:
    desk.record({"customer_id": "C-1"}, "give")
    assert _queue(desk) == {("contact_unknown", "shop"): 1}
    desk.put(ANNA)  # It holds one now, which the act does not cover.
    assert _queue(desk) == {("contact_unknown", "shop"): 1}
    desk.put(ANNA, held_from=micros() - DAY)
    assert _queue(desk) == {}


def test_less_proof_than_the_purpose_asks_for(desk: Desk) -> None:
    desk.record(ANNA, "give", purpose="partner_sharing", channels=None, method="call_centre")
    desk.record(ANNA, "give", purpose="profiling", channels=None, method="signature")
    assert _queue(desk) == {("insufficient_proof", "shop"): 1}


def test_what_the_person_confirmed_has_its_proof(desk: Desk) -> None:
    desk.record(ANNA, "give", purpose="newsletter", method="call_centre")
    assert _queue(desk) == {("insufficient_proof", "shop"): 1}
    desk.record(ANNA, "confirm", purpose="newsletter", method="confirmed_code")
    assert _queue(desk) == {}


def test_an_annulled_act_waits_for_nobody(desk: Desk) -> None:
    desk.record(ANNA, "give", wording=None)
    desk.annul(purpose="offers")
    assert _queue(desk) == {}
