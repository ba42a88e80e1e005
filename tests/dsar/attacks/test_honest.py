"""Honest people get what they ask for: no guard against the others stands in their way (reliability 1.5)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from privacy import clock
from privacy.http import sources
from tests.dsar.attacks.scene import ANNA, CANARIES, EVE, Scene, Stranger, canaries_in

ACCOUNT = {"subject": {"customer_id": ANNA["customer_id"]}}


def by_code(scene: Scene, request_id: str) -> Stranger:
    """Anna reads her mail and types the code."""
    anna = scene.stranger()
    anna.ask_code(request_id)
    assert anna.enter(request_id, scene.code_in(ANNA["email"], request_id) or "")
    return anna


def answered(scene: Scene, request_id: str) -> None:
    now = scene.answered(request_id)
    assert (now["state"], now["outcome"]) == ("answered", "granted")


def her_package(anna: Stranger, request_id: str) -> list[str]:
    """What of hers is in the package that she fetches."""
    answer = anna.fetch(request_id)
    assert answer.status_code == 200
    return canaries_in(answer.get_data())


def stop_code(scene: Scene, request_id: str, to: str) -> Mapping[str, str]:
    """What the letter to one of her contacts says about how the erasure is stopped."""
    [letter] = [one for one in scene.mails(to, request_id) if one.template.startswith("letter_before_erasure")]
    match = re.search(r"\b[0-9]{10}\b", letter.text)
    assert match
    return {"number": scene.now(request_id)["number"], "code": match[0]}


def test_access_by_the_account(scene: Scene) -> None:
    request_id = scene.open("access", {"customer_id": ANNA["customer_id"]}, proof="account")
    answered(scene, request_id)
    anna = scene.stranger()
    signed_on = scene.portal.post(f"/requests/{request_id}/sign-on", ACCOUNT)
    anna.token = signed_on.get_json()["token"]
    assert her_package(anna, request_id) == list(CANARIES)


def test_access_by_a_code_to_the_address_on_file(scene: Scene) -> None:
    request_id = scene.open("access", {"email": ANNA["email"]})
    by_code(scene, request_id)
    assert scene.now(request_id)["proof"] == "control"
    answered(scene, request_id)
    assert her_package(by_code(scene, request_id), request_id)
    assert scene.shops.everything() == scene.before


def test_an_erasure_that_its_person_stops(scene: Scene) -> None:
    request_id = scene.open("erasure", ANNA)
    by_code(scene, request_id)
    scene.step(request_id, "grant")
    scene.work()
    code = stop_code(scene, request_id, ANNA["phone"])
    assert code == stop_code(scene, request_id, ANNA["email"])
    for wrong in ({"number": code["number"], "code": "0000000000"}, code | {"number": "2026/999999"}):
        assert scene.stranger().send("POST", "/requests/stop", wrong).status_code == 401
    stopped = scene.stranger().send("POST", "/requests/stop", code)
    assert (stopped.status_code, stopped.get_json()) == (200, {"state": "withdrawn"})
    assert scene.stranger().send("POST", "/requests/stop", code).status_code == 401
    scene.later(hours=73)
    scene.judge()


def test_an_erasure_that_is_done(scene: Scene) -> None:
    request_id = scene.open("erasure", ANNA)
    by_code(scene, request_id)
    assert scene.step(request_id, "grant")["state"] == "cooling_off"
    scene.later(hours=71)
    assert scene.shops.everything() == scene.before
    scene.later(hours=73)
    assert scene.now(request_id)["state"] == "answered"
    after = scene.shops.everything()
    # Hers are gone but for what a statute keeps; every other row is as it was.
    assert 7 not in {row[0] for row in after["crm.member"]}
    assert not any("ANNA-CANARY" in map(str, row) for row in after["shop.customer"])
    for table, rows in scene.before.items():
        assert [row for row in rows if row[0] in {2, 11, 101, 8, 80}] == [
            row for row in after[table] if row[0] in {2, 11, 101, 8, 80}
        ]
    assert not scene.is_on_file(scene.anna)
    assert scene.is_on_file(scene.eve)
    # The last letter finds her all the same.
    assert scene.mails(ANNA["email"], request_id)[-1].template == "letter_answer_erasure"


def test_a_correction(scene: Scene) -> None:
    corrections = [{"what": "name", "wrong": "ANNA-CANARY", "right": "Anna Maria"}]
    request_id = scene.open("rectification", ANNA, corrections=corrections)
    by_code(scene, request_id)
    answered(scene, request_id)
    names = [row[3] for row in scene.shops.rows("shop", "customer")]
    assert names == ["Anna Maria", "Eve"]


def test_a_restriction_and_its_end_after_notice(scene: Scene) -> None:
    request_id = scene.open("restriction", ANNA, words="I contest that the data are right.")
    by_code(scene, request_id)
    # In part: some tables have no means to mark a row, and the answer says so.
    assert scene.answered(request_id)["state"] == "answered"
    assert [row[-1] for row in scene.shops.rows("shop", "customer")] == [1, 0]
    assert scene.try_step(request_id, "lift-restriction", reason="checked").status_code == 409
    scene.step(request_id, "tell-of-lifting", reason="The data were checked.")
    assert scene.try_step(request_id, "lift-restriction", reason="checked").status_code == 409
    assert scene.mails(ANNA["email"], request_id)[-1].template == "letter_before_lifting"
    with scene.at(clock.micros() + 9 * clock.DAY):
        scene.step(request_id, "lift-restriction", reason="checked")


def test_portability(scene: Scene) -> None:
    request_id = scene.open("portability", ANNA)
    by_code(scene, request_id)
    answered(scene, request_id)
    assert by_code(scene, request_id).fetch(request_id).get_data().startswith(b"PK")


def test_an_objection_to_direct_marketing_needs_no_proof(scene: Scene) -> None:
    request_id = scene.open("objection", {"email": ANNA["email"]})
    asked: dict[str, Any] = {"subject": {"email": ANNA["email"]}, "purpose": "offers", "channel": "email"}
    assert scene.portal.post("/consents/check", asked).get_json()["reason"] == "objected"
    scene.work()
    now = scene.now(request_id)
    assert (now["state"], now["outcome"]) == ("answered", "granted")


def test_a_letter_answered_by_post(scene: Scene) -> None:
    jan = {"customer_id": "C-3", "postal_address": "ul. Polna 3/4, 60-001 Poznań"}
    scene.put(jan)
    request_id = scene.open("access", {"customer_id": "C-3"}, by=scene.staff, intake="letter", name="Jan Nowak")
    scene.identify(request_id)
    answered(scene, request_id)
    last = scene.mails(request_id=request_id)[-1]
    assert (last.template, last.to) == ("letter_answer_access", "Jan Nowak\nul. Polna 3/4\n60-001 Poznań")


def test_by_an_agent_with_a_mandate_and_the_persons_own_step(scene: Scene) -> None:
    mandate = {"name": "Agencja", "contact": "agent@agency.example", "mandate": "folder 7"}
    agent = scene.service.caller()
    request_id = scene.open("access", {"email": ANNA["email"]}, by=agent, intake="agent", agent=mandate)
    by_code(scene, request_id)
    answered(scene, request_id)
    assert her_package(by_code(scene, request_id), request_id)
    assert not scene.mails(mandate["contact"])


def test_a_question_in_between(scene: Scene) -> None:
    request_id = scene.open("access", EVE)
    scene.identify(request_id)
    assert scene.step(request_id, "ask-clarification", reason="Which shop?")["state"] == "clarifying"
    assert "Which shop?" in scene.mails(EVE["email"], request_id)[-1].text
    scene.step(request_id, "clarify", reason="All of them.")
    answered(scene, request_id)


def test_an_extension_that_is_told_in_time(scene: Scene) -> None:
    request_id = scene.open("access", ANNA)
    by_code(scene, request_id)
    due = scene.now(request_id)["due_on"]
    assert scene.step(request_id, "extend", reason="Eleven systems hold the data.")["due_on"] > due
    assert "Eleven systems" in scene.mails(ANNA["email"], request_id)[-1].text
    answered(scene, request_id)


def test_whoever_shares_a_network_is_not_shut_out_at_once(scene: Scene) -> None:
    request_id = scene.open("access", ANNA)
    family = [scene.stranger(f"198.51.100.{number}") for number in range(5)]
    assert 5 * len(family) < sources.A_MINUTE
    for one in family:
        answer = one.send("POST", f"/requests/{request_id}/code")
        assert answer.status_code == 202
