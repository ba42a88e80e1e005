"""Attacks on the course of a request: steps that are skipped, forced, borrowed from another request or taken alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

from privacy import clock
from tests.callers import Service
from tests.dsar.attacks.scene import ANNA, EVE, Scene, a_scene

#: What a client would set if it could.
FORCED: dict[str, Any] = {
    "state": "executing",
    "proof_level": "account",
    "identified_at": 1,
    "subject_id": str(uuid4()),
    "granted_by": str(uuid4()),
    "approved_by": str(uuid4()),
    "cooling_until": 1,
    "case_type": "erasure",
    "due_on": "2026-01-01",
    "outcome": "granted",
    "joined_to": str(uuid4()),
    "process_now": 1,
    "confirmed_by_email": True,
    "skip_verification": True,
    "realm": "live",
    "number": "2026/000001",
    "id": str(uuid4()),
}
#: Erasures that two people must agree to.
TWO_AGREE = {
    "request_rules": [
        {"code": "erasure", "valid_from": "2018-05-25", "proof": "control", "approvals": 2, "cooling_off_hours": 72}
        | {"most_rows": 5000, "file_kept": "P5Y"}
    ]
}
EVERY_STEP = ("grant", "approve", "answer", "execute-again", "finish-review", "disapprove", "clarify")


def stays(scene: Scene, request_id: str, state: str = "received", proof: str = "none") -> None:
    """The request is where it was, also after the worker came by."""
    scene.work()
    now = scene.now(request_id)
    assert (now["state"], now["proof"]) == (state, proof)
    scene.judge()


def test_no_step_is_set_by_a_client(scene: Scene) -> None:
    body = {"type": "erasure", "intake": "portal", "subject": ANNA}
    for name, value in FORCED.items():
        assert scene.portal.post("/requests", body | {name: value}).status_code == 422, name
    request_id = scene.open("erasure", ANNA)
    for name, value in FORCED.items():
        for step in ("withdraw", "note", "identify"):
            more = {"proof": "control"} if step == "identify" else {}
            answer = scene.try_step(request_id, step, reason="x", **(more | {name: value}))
            assert answer.status_code == 422, (step, name)
    stays(scene, request_id)


def test_a_flag_does_not_skip_the_confirmation(scene: Scene) -> None:
    # As CVE-2026-4283: a field of the request made an erasure irreversible at once.
    body = {"type": "erasure", "intake": "portal", "subject": ANNA}
    query = "?process_now=1&state=executing&_method=PUT&proof=account"
    answer = scene.portal.send("POST", f"/requests{query}", body, X_HTTP_Method_Override="PUT", X_Process_Now="1")
    request_id = answer.get_json()["id"]
    for method in ("PUT", "PATCH", "DELETE"):
        assert scene.portal.send(method, f"/requests/{request_id}", FORCED).status_code == 405
    for step in EVERY_STEP:
        assert scene.try_step(request_id, step, by=scene.portal, reason="x").status_code == 403
        assert scene.stranger().send("POST", f"/requests/{request_id}/{step}", {"version": 1}).status_code == 401
    stays(scene, request_id)


def test_a_proven_access_never_becomes_an_erasure(scene: Scene) -> None:
    access = scene.open("access", ANNA)
    scene.identify(access)
    for name in ("type", "case_type"):
        assert scene.try_step(access, "grant", **{name: "erasure"}).status_code == 422
    # The proof of one is not that of another, and cannot be borrowed.
    erasure = scene.open("erasure", ANNA)
    for one, other in ((erasure, access), (access, erasure)):
        assert scene.try_step(one, "join", earlier=other).status_code == 409
    assert scene.answered(access)["state"] == "answered"
    assert scene.now(access)["type"] == "access"
    stays(scene, erasure)


def test_a_duplicate_does_not_inherit_a_proof(scene: Scene) -> None:
    # As CVE-2026-42303: an unverified request was approved by way of the status "duplicate".
    first = scene.open("erasure", ANNA)
    scene.identify(first)
    copy = scene.open("erasure", ANNA)
    assert scene.try_step(copy, "join", earlier=first).status_code == 409
    for step in EVERY_STEP:
        assert scene.try_step(copy, step, reason="x").status_code in {403, 409}, step
    # Nor does Eve's, identified as herself, end or carry Anna's.
    eves = scene.open("erasure", EVE)
    scene.identify(eves)
    assert scene.try_step(eves, "join", earlier=first).status_code == 409
    scene.step(eves, "withdraw", reason="by telephone")
    stays(scene, copy)
    assert scene.now(first)["state"] == "assessing"


def test_a_joined_request_opens_nothing_of_the_earlier(scene: Scene) -> None:
    first, copy = scene.open("access", ANNA), scene.open("access", {"customer_id": ANNA["customer_id"]})
    for request_id in (first, copy):
        scene.identify(request_id)
    scene.step(copy, "join", earlier=first)
    scene.answered(first)
    thief = scene.stranger()
    thief.ask_code(copy)
    assert scene.code_in(ANNA["email"], copy) is None
    assert not thief.enter(copy, "00000000")
    assert thief.fetch(copy).status_code == 401
    answer = scene.portal.post(f"/requests/{copy}/sign-on", {"subject": {"customer_id": ANNA["customer_id"]}})
    thief.token = answer.get_json()["token"]
    assert thief.fetch(copy).status_code == 404
    assert thief.fetch(first).status_code == 401
    scene.judge()


def test_a_request_that_is_overdue_skips_nothing(scene: Scene) -> None:
    at = clock.isoformat(clock.micros() - 100 * clock.DAY)
    request_id = scene.open("erasure", ANNA, received_at=at, words="Your month is over! I will complain tomorrow.")
    assert scene.now(request_id)["days_left"] < 0
    for step in EVERY_STEP:
        assert scene.try_step(request_id, step, reason="it is overdue").status_code in {403, 409}, step
    stays(scene, request_id)


def test_staff_alone_do_not_grant_and_agree(service: Service, tmp_path: Path) -> None:
    scene = a_scene(service, tmp_path, **TWO_AGREE)
    request_id = scene.open("erasure", ANNA)
    scene.identify(request_id)
    assert scene.step(request_id, "grant")["state"] == "approving"
    for _ in range(2):
        assert scene.try_step(request_id, "approve", reason="I agree with myself").status_code == 409
        scene.step(request_id, "disapprove", reason="once more")
        assert scene.step(request_id, "grant")["state"] == "approving"
    assert scene.try_step(request_id, "execute-again", reason="x").status_code == 409
    stays(scene, request_id, "approving", "decided")
    # A second person agrees, and even then the person has three days to stop it.
    assert scene.step(request_id, "approve", by=scene.second)["state"] == "cooling_off"
    stays(scene, request_id, "cooling_off", "decided")


def test_a_request_that_is_opened_again_has_to_be_proven_again(scene: Scene) -> None:
    request_id = scene.open("access", ANNA)
    scene.identify(request_id)
    scene.answered(request_id)
    anna = scene.stranger()
    anna.ask_code(request_id)
    assert anna.enter(request_id, scene.code_in(ANNA["email"], request_id) or "")
    assert scene.try_step(request_id, "reopen").status_code == 409
    assert scene.step(request_id, "reopen", reason="it was somebody else")["state"] == "received"
    assert anna.send("GET", f"/requests/{request_id}/own").status_code == 401
    assert anna.fetch(request_id).status_code == 401
    assert scene.try_step(request_id, "grant").status_code == 409
    stays(scene, request_id)


def test_an_identifier_that_would_match_more_than_one_person_matches_nobody(scene: Scene) -> None:
    opened = []
    for name in ("%", "*", "_", "C-%", "C-_", "' OR '1'='1", "null", "C-1\u200b", "c-1", "\u0421-1"):
        body = {"type": "erasure", "intake": "portal", "subject": {"customer_id": name}}
        answer = scene.portal.post("/requests", body)
        assert answer.status_code in {201, 422}, name
        opened += [answer.get_json()["id"]] if answer.status_code == 201 else []
    assert len(opened) > 5
    for request_id in opened:
        # Staff believe it, and let it run to its end.
        scene.identify(request_id, confirmed=["customer_id"])
        assert scene.step(request_id, "grant")["state"] == "cooling_off"
    scene.later(hours=73)
    for request_id in opened:
        tasks = scene.staff.get(f"/requests/{request_id}/tasks").get_json()["tasks"]
        assert tasks
        assert all(task["found"] == 0 for task in tasks)
    scene.judge()


def test_nobody_is_named_by_nothing(scene: Scene) -> None:
    for subject in ({}, {"customer_id": ""}, {"customer_id": " "}, {"email": ""}, {"email": "@"}):
        answer = scene.portal.post("/requests", {"type": "erasure", "intake": "portal", "subject": subject})
        assert answer.status_code == 422, subject
    scene.work()
    scene.judge()
