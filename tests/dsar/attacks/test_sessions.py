"""Attacks on codes, sessions and packages: guessed, used again, stale, somebody else's (OWASP ASVS 2.4, 6.3, 8.2)."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import time_machine

from privacy import clock
from privacy.dsar.identity import sessions
from privacy.http import sources
from tests.callers import Service
from tests.dsar.attacks.scene import ANNA, EVE, Scene, Stranger, a_scene, canaries_in

#: As documented.
TRIES, CODES_A_DAY = 5, 5


def answered_access(scene: Scene, subject: dict[str, str] = ANNA) -> str:
    """An access request whose package is there."""
    request_id = scene.open("access", subject)
    scene.identify(request_id)
    assert scene.answered(request_id)["state"] == "answered"
    return request_id


def in_session(scene: Scene, request_id: str, mailbox: str) -> Stranger:
    """Whoever reads the mailbox, in the session of the request."""
    found = scene.stranger()
    found.ask_code(request_id)
    assert found.enter(request_id, scene.code_in(mailbox, request_id) or "")
    return found


def after(seconds: float) -> time_machine.travel:
    return time_machine.travel(clock.from_micros(clock.micros() + int(seconds * clock.SECOND)), tick=True)


def test_guessing_a_code_ends_it(scene: Scene) -> None:
    request_id = answered_access(scene)
    thief = scene.stranger()
    thief.ask_code(request_id)
    code = scene.code_in(ANNA["email"], request_id)
    assert code
    guesses = [f"{(int(code) + step) % 10**8:08}" for step in range(1, TRIES + 1)]
    assert not any(thief.enter(request_id, guess) for guess in guesses)
    assert not thief.enter(request_id, code)
    # A request has few codes a day, so a day's guesses are few.
    for _ in range(CODES_A_DAY + 3):
        thief.ask_code(request_id)
    sent = [one for one in scene.mails(ANNA["email"], request_id) if one.template.startswith("letter_code")]
    assert len(sent) == CODES_A_DAY
    scene.judge()


def test_a_network_guesses_a_few_times_a_minute_over_all_requests(scene: Scene) -> None:
    requests = [answered_access(scene), *(str(uuid4()) for _ in range(2))]
    seen = []
    for number in range(sources.A_MINUTE + 10):
        # Many addresses of one network, each claiming to be another.
        thief = scene.stranger(f"198.51.100.{number}")
        path = f"/requests/{requests[number % 3]}/session"
        answer = thief.send("POST", path, {"code": f"{number:08}"}, X_Forwarded_For=f"203.0.113.{number}")
        seen.append(answer.status_code)
    assert seen == [401] * sources.A_MINUTE + [429] * 10
    # Another network is not shut out by it.
    other = scene.stranger("203.0.113.9").send("POST", f"/requests/{requests[0]}/session", {"code": "00000000"})
    assert other.status_code == 401
    scene.judge()


def test_a_code_is_used_once_and_for_its_own_request(scene: Scene) -> None:
    mine, eves = answered_access(scene), scene.open("access", EVE)
    anna, thief = scene.stranger(), scene.stranger()
    anna.ask_code(mine)
    code = scene.code_in(ANNA["email"], mine) or ""
    assert not thief.enter(eves, code)
    assert anna.enter(mine, code)
    assert not thief.enter(mine, code)
    scene.judge()


def test_a_code_that_came_late_opens_nothing(scene: Scene) -> None:
    request_id = answered_access(scene)
    thief = scene.stranger()
    thief.ask_code(request_id)
    code = scene.code_in(ANNA["email"], request_id) or ""
    with after(601):
        assert not thief.enter(request_id, code)
    scene.judge()


def test_the_session_of_another_request_opens_nothing(scene: Scene) -> None:
    mine, eves = answered_access(scene), answered_access(scene, EVE)
    eve = in_session(scene, eves, EVE["email"])
    for method, path in (
        *(("GET", f"/requests/{mine}/{what}") for what in ("own", "package", "", "steps", "tasks", "letters")),
        ("GET", f"/requests/{mine}/package?request_id={eves}"),
        ("GET", f"/requests/{eves}/../{mine}/package"),
        ("POST", f"/requests/{mine}/open"),
        ("POST", f"/requests/{mine}/review/open"),
        ("POST", f"/requests/{mine}/withdraw"),
    ):
        answer = eve.send(method, path.rstrip("/"), {} if method == "POST" else None)
        assert answer.status_code in {401, 404}, path
    own = eve.fetch(eves).get_data()
    assert own.startswith(b"PK")
    scene.heard.remove(own)
    assert not canaries_in(own)
    scene.judge()


def test_a_stale_session_opens_nothing(scene: Scene) -> None:
    request_id = answered_access(scene)
    thief = in_session(scene, request_id, ANNA["email"])  # Anna's browser, left open.
    scene.heard.clear()
    with after(sessions.LASTS / clock.SECOND):
        assert thief.send("GET", f"/requests/{request_id}/own").status_code == 401
        assert thief.fetch(request_id).status_code == 401
    scene.judge()


def test_a_mailbox_that_was_doubted_identifies_nobody_again(scene: Scene) -> None:
    request_id = scene.open("erasure", ANNA)
    thief = in_session(scene, request_id, ANNA["email"])  # Somebody else reads Anna's mail.
    assert scene.now(request_id)["state"] == "assessing"
    scene.step(request_id, "doubt-identity", reason="Anna called: it was not she")
    assert thief.send("GET", f"/requests/{request_id}/own").status_code == 401
    thief.ask_code(request_id)
    thief.enter(request_id, scene.code_in(ANNA["email"], request_id) or "")
    now = scene.now(request_id)
    assert (now["state"], now["proof"]) == ("identifying", "none")
    assert scene.try_step(request_id, "grant").status_code == 409
    scene.judge()


def test_a_package_is_fetched_a_few_times_and_not_past_its_time(scene: Scene) -> None:
    request_id = answered_access(scene)
    anna = in_session(scene, request_id, ANNA["email"])
    most = anna.send("GET", f"/requests/{request_id}/own").get_json()["package"]["most_downloads"]
    assert [anna.fetch(request_id).status_code for _ in range(most)] == [200] * most
    scene.heard.clear()
    assert anna.fetch(request_id).status_code == 409
    other = answered_access(scene)
    with after(40 * 86_400):
        late = in_session(scene, other, ANNA["email"])
        assert late.fetch(other).status_code == 404
    scene.judge()


def test_ids_of_others_open_nothing(scene: Scene) -> None:
    mine, eves = answered_access(scene), answered_access(scene, EVE)
    [letter, *_] = scene.staff.get(f"/requests/{mine}/letters").get_json()["letters"]
    [task, *_] = scene.staff.get(f"/requests/{mine}/tasks").get_json()["tasks"]
    machine, test = scene.service.caller(), scene.stranger()
    for path in ("", "/steps", "/tasks", "/letters", "/own", "/package"):
        assert machine.get(f"/requests/{mine}{path}").status_code in {401, 403, 404}, path
        assert test.send("GET", f"/requests/{mine}{path}").status_code == 401, path
    # Staff's own view is by request: an object of one is not found under another.
    assert scene.staff.post(f"/requests/{eves}/letters/{letter['id']}/open", {}).status_code == 404
    assert scene.staff.post(f"/requests/{eves}/tasks/{task['id']}/open", {}).status_code == 404
    assert scene.staff.get(f"/requests/{mine}/package").status_code == 401
    for method, path in (("POST", "withdraw"), ("POST", "identify"), ("POST", "grant"), ("POST", "note")):
        answer = machine.send(method, f"/requests/{mine}/{path}", {"version": 1, "proof": "account"})
        assert answer.status_code in {403, 404, 422}
    scene.judge()


def test_where_an_account_is_wanted_a_mailbox_is_not_enough(service: Service, tmp_path: Path) -> None:
    wanted = {"code": "access", "valid_from": "2018-05-25", "proof": "account", "package_days": 30}
    scene = a_scene(service, tmp_path, request_rules=[wanted | {"package_downloads": 5, "file_kept": "P5Y"}])
    request_id = scene.open("access", ANNA)
    thief = in_session(scene, request_id, ANNA["email"])
    assert scene.now(request_id)["state"] == "received"
    assert scene.try_step(request_id, "grant").status_code == 409
    # The owner signs in, and the request is answered: whoever reads the mail alone gets no package.
    account = {"subject": {"customer_id": ANNA["customer_id"]}}
    assert scene.portal.post(f"/requests/{request_id}/sign-on", account).status_code == 201
    scene.answered(request_id)
    assert thief.fetch(request_id).status_code == 401
    thief = in_session(scene, request_id, ANNA["email"])
    assert thief.fetch(request_id).status_code == 403
    scene.judge()
