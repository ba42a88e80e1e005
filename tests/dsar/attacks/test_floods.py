"""Attacks by number, and by what an answer tells: floods, mail bombs, and who is a customer (reliability M8, M9)."""

from __future__ import annotations

import time
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
import time_machine

from privacy.db import db
from privacy.dsar.correspondence import receipts
from privacy.dsar.identity import codes, quotas
from tests.dsar.attacks.scene import ANNA, Scene
from tests.sizes import size

UNKNOWN = {"email": "nobody.at.all@example.com", "phone": "+48600999888"}
KNOWN = {"email": ANNA["email"], "phone": ANNA["phone"]}
_OWN = {"id", "number", "received_at", "recorded_at"}


def test_a_flood_does_not_hold_up_whoever_is_proven(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    crowd = [{"email": f"p{number}@example.net"} for number in range(size("made_up_requests"))]
    for one in crowd[:8]:
        scene.put({"customer_id": f"M-{one['email']}", **one})
    mine = scene.open("access", ANNA)
    scene.identify(mine)
    flood = []
    for one in crowd:
        answer = scene.portal.post("/requests", {"type": "erasure", "intake": "portal", "subject": one})
        flood.append(answer.get_json()["id"])
        scene.stranger().send("POST", f"/requests/{flood[-1]}/code")
    anna = scene.stranger()
    assert anna.send("POST", f"/requests/{mine}/code").status_code == 202
    monkeypatch.setattr(codes, "MOST_AN_HOUR", 5)
    monkeypatch.setattr(receipts, "MOST_AN_HOUR", 5)
    # One round of the worker, behind the whole flood.
    scene.answered(mine)
    assert scene.now(mine)["state"] == "answered"
    assert scene.code_in(ANNA["email"], mine)
    bombs = [one for one in scene.mails() if str(one.request_id) != mine and "example.net" in one.to]
    assert len([one for one in bombs if one.template.startswith("letter_code")]) <= 5
    assert len([one for one in bombs if one.template == "letter_receipt"]) <= 5
    assert {scene.now(one)["state"] for one in flood[:5]} == {"received"}
    scene.judge(also="example.net")


def test_nobody_fills_a_mailbox_in_annas_name(scene: Scene) -> None:
    for _ in range(quotas.MOST_FOR_ONE + 4):
        request_id = scene.open("erasure", KNOWN)
        scene.stranger().ask_code(request_id)
    got = [one.template for one in scene.mails(ANNA["email"])]
    assert got.count("letter_receipt") == quotas.MOST_FOR_ONE
    assert got.count("letter_code") == quotas.MOST_FOR_ONE
    assert len(scene.mails(ANNA["phone"])) <= quotas.MOST_FOR_ONE
    # She herself, once she is known by her account, does not wait behind that.
    mine = scene.open("access", {"customer_id": ANNA["customer_id"]}, proof="account")
    scene.stranger().ask_code(mine)
    assert scene.code_in(ANNA["email"], mine)
    scene.judge()


def test_an_answer_does_not_tell_who_is_a_customer(scene: Scene) -> None:
    answers: dict[str, list[Any]] = {"known": [], "unknown": []}
    for case_type in ("access", "erasure", "rectification", "restriction", "portability"):
        more = {"corrections": [{"what": "name", "right": "Ann"}]} if case_type == "rectification" else {}
        for name, subject in (("known", KNOWN), ("unknown", UNKNOWN)):
            body = {"type": case_type, "intake": "portal", "subject": subject, **more}
            answer = scene.portal.post("/requests", body)
            shown = answer.get_json()
            request_id = shown["id"]
            kept = {key: value for key, value in shown.items() if key not in _OWN}
            stranger = scene.stranger()
            asked = stranger.send("POST", f"/requests/{request_id}/code")
            scene.jobs()
            wrong = stranger.send("POST", f"/requests/{request_id}/session", {"code": "00000000"})
            later = scene.portal.get(f"/requests/{request_id}").get_json()
            steps = scene.portal.get(f"/requests/{request_id}/steps").get_json()["steps"]
            answers[name].append(
                (
                    *(answer.status_code, kept, asked.status_code, asked.get_data(), wrong.status_code),
                    *(wrong.get_json()["type"], wrong.get_json()["detail"], later["state"], later["version"]),
                    [one["event"] for one in steps],
                )
            )
    assert answers["known"] == answers["unknown"]
    # Nor does a request that was never made.
    nothing = scene.stranger().send("POST", f"/requests/{uuid4()}/code")
    assert (nothing.status_code, nothing.get_data()) == answers["known"][0][2:4]
    scene.judge()


def test_the_same_is_done_for_whoever_is_named_before_the_answer_goes(scene: Scene) -> None:
    # Time on a busy machine says little: what takes it is compared instead, statement by statement.
    done: list[list[str]] = []
    before = len(scene.mails())
    with scene.service.app.app_context():
        engine = db.engine
    for subject in (KNOWN, UNKNOWN):
        said: list[str] = []

        def hear(_connection: Any, _cursor: Any, statement: str, *_: Any, into: list[str] = said) -> None:
            into.append(statement)

        sa.event.listen(engine, "before_cursor_execute", hear)
        answer = scene.portal.post("/requests", {"type": "access", "intake": "portal", "subject": subject})
        sa.event.remove(engine, "before_cursor_execute", hear)
        assert answer.status_code == 201
        done.append(said)
    assert done[0] == done[1]
    assert len(done[0]) > 5
    assert len(scene.mails()) == before


def test_an_objection_needs_no_proof_and_tells_nothing(scene: Scene) -> None:
    answers = []
    for subject in (KNOWN, UNKNOWN):
        body = {"type": "objection", "intake": "portal", "subject": subject}
        answers.append(scene.portal.post("/requests", body).get_json())
    assert [one["state"] for one in answers] == [answers[0]["state"]] * 2
    assert [one["version"] for one in answers] == [answers[0]["version"]] * 2
    scene.judge()


def test_quotas_begin_anew_after_a_day(scene: Scene) -> None:
    for _ in range(quotas.MOST_FOR_ONE + 1):
        scene.open("access", KNOWN)
    with time_machine.travel(time.time() + 86_401, tick=True):
        scene.open("access", KNOWN)
    got = [one.template for one in scene.mails(ANNA["email"])]
    assert got.count("letter_receipt") == quotas.MOST_FOR_ONE + 1
