"""People over HTTP: made, found, changed, joined and parted."""

from __future__ import annotations

from typing import Any

import pytest

from tests.callers import ANNA, Caller, Service, a_give

BARE = {"customer_id": "C-2002"}


def reference(caller: Caller, subject: dict[str, str]) -> str:
    answer = caller.put("/subjects", {"subject": subject})
    assert answer.status_code == 200, answer.text
    return str(answer.get_json()["subject_ref"])


def view(caller: Caller, subject: dict[str, str]) -> dict[str, Any]:
    answer = caller.post("/subjects/lookup", {"subject": subject})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def test_a_person_is_made_without_an_act_and_made_once(service: Service) -> None:
    caller = service.caller()
    body = {"subject": ANNA, "source": "crm", "held_from": "2020-01-01T00:00:00Z", "age_class": "adult"}
    first, again = (caller.put("/subjects", body).get_json() for _ in range(2))
    assert first["subject_ref"] == again["subject_ref"]
    found = view(caller, ANNA)
    assert (found["kind"], found["age_class"], found["standing"]) == ("account", "adult", [])
    (identifier,) = found["identifiers"]
    assert (identifier["type"], identifier["source"]) == ("customer_id", "crm")
    assert sorted(next(iter(c["contact"].values())) for c in found["contacts"]) == ["+48*****200", "a***@example.com"]
    assert caller.get(f"/subjects/{first['subject_ref']}/history").get_json()["acts"] == []


@pytest.mark.parametrize("standing", ["restricted", "deceased", "erasure_pending"])
def test_a_standing_stops_marketing_until_it_is_lifted(service: Service, standing: str) -> None:
    caller = service.caller()
    caller.record(a_give())
    caller.put("/subjects", {"subject": ANNA, standing: True})
    assert view(caller, ANNA)["standing"] == [standing]
    assert caller.check()["reason"] == standing
    caller.put("/subjects", {"subject": ANNA, standing: False})
    assert caller.check()["reason"] == "given"


def test_any_identifier_finds_the_person_and_nobody_is_made_by_looking(service: Service) -> None:
    caller = service.caller()
    own = reference(caller, ANNA)
    for subject in ({"email": "ANNA.NOWAK@example.com "}, {"phone": "600 100 200"}, {"customer_id": "C-1001"}):
        assert view(caller, subject)["subject_ref"] == own
    for stranger in ({"email": "nobody@example.com"}, {"customer_id": "c-1001"}):
        for _ in range(2):
            assert caller.post("/subjects/lookup", {"subject": stranger}).status_code == 404


def test_identifiers_are_added_replaced_and_retired(service: Service) -> None:
    caller = service.caller()
    path = f"/subjects/{reference(caller, BARE)}/identifiers"
    assert caller.put(path, {"add": {"loyalty_card": "L1"}}).status_code == 200
    assert caller.check({"loyalty_card": "L1"})["allowed"] is False
    change = {"add": {"loyalty_card": "L2"}, "retire": {"loyalty_card": "L1"}, "reason": "a lost card"}
    assert caller.post(path, change).status_code == 200
    kept = {i["type"]: i["retired_at"] for i in view(caller, BARE)["identifiers"] if i["retired_at"] is None}
    assert set(kept) == {"customer_id", "loyalty_card"}
    assert view(caller, {"loyalty_card": "L2"})["subject_ref"]


def test_what_is_not_the_persons_is_not_retired_and_nobody_learns_whose_it_is(service: Service) -> None:
    caller = service.caller()
    caller.put("/subjects", {"subject": {"loyalty_card": "OTHERS"}})
    path = f"/subjects/{reference(caller, BARE)}/identifiers"
    answers = [
        caller.put(path, {"retire": {"loyalty_card": card}, "reason": "a mistake"}) for card in ("OTHERS", "NOBODYS")
    ]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert answers[0].get_json()["errors"] == answers[1].get_json()["errors"]
    assert list(caller.put(path, {"retire": {"loyalty_card": "OTHERS"}}).get_json()["errors"]) == ["reason"]


def test_each_address_takes_its_own_sort_only(service: Service) -> None:
    caller = service.caller()
    own = reference(caller, BARE)
    for sort, wrong in (("identifiers", {"email": "a@example.com"}), ("contacts", {"customer_id": "C-1"})):
        for place in ("add", "retire"):
            answer = caller.put(f"/subjects/{own}/{sort}", {place: wrong, "reason": "a mistake"})
            assert (answer.status_code, list(answer.get_json()["errors"])) == (422, [place])
        assert caller.put(f"/subjects/{own}/{sort}", {}).status_code == 422


def test_a_refusal_outlives_the_contact(service: Service) -> None:
    caller = service.caller()
    own = caller.record(a_give(act="withdraw", wording=None))["subject_ref"]
    gone = {"retire": {"email": ANNA["email"]}}
    assert caller.put(f"/subjects/{own}/contacts", gone).status_code == 200
    assert caller.put(f"/subjects/{own}/contacts", gone).status_code == 200
    assert caller.check({"email": ANNA["email"]})["reason"] == "withdrawn"
    nobodys = {"retire": {"email": "nobody@example.com"}}
    assert caller.put(f"/subjects/{own}/contacts", nobodys).status_code == 404


def test_nobody_is_merged_with_himself_and_two_not_merged_are_not_parted(service: Service) -> None:
    caller = service.caller()
    reference(caller, ANNA)
    reference(caller, BARE)
    alone = caller.post("/subjects/merge", {"subject": ANNA, "other": ANNA, "reason": "the same"})
    assert (alone.status_code, list(alone.get_json()["errors"])) == (422, ["other"])
    parted = caller.post("/subjects/unmerge", {"subject": ANNA, "other": BARE, "reason": "not the same"})
    assert (parted.status_code, parted.get_json()["type"]) == (409, "/problems/not-merged")
    both = {"subject": ANNA, "other": BARE, "reason": "the same person"}
    first, again = (caller.post("/subjects/merge", both).get_json() for _ in range(2))
    assert (first["subject_ref"], first["other_ref"]) == (again["subject_ref"], again["other_ref"])
