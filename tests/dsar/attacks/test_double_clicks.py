"""The same click from many hands at one moment: what is meant once has its effect once."""

from __future__ import annotations

import contextlib
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from privacy.app import READERS
from privacy.dsar import cases
from privacy.dsar.identity import codes
from privacy.dsar.package import packages
from privacy.dsar.vocabulary import Event
from tests.callers import Caller, Service
from tests.dsar.attacks.scene import ANNA, Scene, a_scene
from tests.dsar.attacks.test_honest import stop_code
from tests.dsar.attacks.test_sessions import answered_access, in_session
from tests.dsar.attacks.test_steps import TWO_AGREE

HANDS = 6
#: How long whoever is inside waits for the others to come in too, where no lock keeps them out, in seconds.
_MEET = 0.15


def at_once(scene: Scene, click: Callable[[], int], hands: int = HANDS) -> Counter[int]:
    """The statuses of so many clicks that begin together."""
    barrier, answers = threading.Barrier(hands), []

    def one() -> None:
        barrier.wait()
        answers.append(click())
        scene.service.app.extensions[READERS].drop()  # A thread of a server keeps its connection; this one ends.

    threads = [threading.Thread(target=one) for _ in range(hands)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == hands
    return Counter(answers)


def meeting(call: Callable[..., Any]) -> Callable[..., Any]:
    """The same call, before which whoever comes waits a moment for another: the widest gap that there can be."""
    barrier = threading.Barrier(2)

    def met(*args: Any, **kwargs: Any) -> Any:
        with contextlib.suppress(threading.BrokenBarrierError):
            barrier.wait(_MEET)
        return call(*args, **kwargs)

    return met


def events_of(scene: Scene, request_id: str) -> Counter[str]:
    return Counter(one["event"] for one in scene.staff.get(f"/requests/{request_id}/steps").get_json()["steps"])


def test_a_package_is_not_fetched_more_often_than_it_may_be(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    request_id = answered_access(scene)
    anna = in_session(scene, request_id, ANNA["email"])
    most = anna.send("GET", f"/requests/{request_id}/own").get_json()["package"]["most_downloads"]
    monkeypatch.setattr(packages, "_is_of_now", meeting(packages._is_of_now))
    found = at_once(scene, lambda: anna.fetch(request_id).status_code, most + 3)
    assert found == {200: most, 409: 3}
    scene.heard.clear()
    scene.judge()


def test_a_code_opens_one_session(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    request_id = answered_access(scene)
    scene.stranger().ask_code(request_id)
    code = scene.code_in(ANNA["email"], request_id)
    monkeypatch.setattr(codes, "_digest", meeting(codes._digest))
    path = f"/requests/{request_id}/session"
    found = at_once(scene, lambda: scene.stranger().send("POST", path, {"code": code}).status_code)
    assert found == {201: 1, 401: HANDS - 1}
    scene.judge()


def test_guesses_at_once_are_counted_each(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    request_id = answered_access(scene)
    scene.stranger().ask_code(request_id)
    code = scene.code_in(ANNA["email"], request_id) or ""
    monkeypatch.setattr(codes, "_digest", meeting(codes._digest))
    path, wrong = f"/requests/{request_id}/session", f"{(int(code) + 1) % 10**8:08}"
    assert at_once(scene, lambda: scene.stranger().send("POST", path, {"code": wrong}).status_code) == {401: HANDS}
    assert not scene.stranger().enter(request_id, code)
    scene.judge()


def test_an_erasure_is_approved_once(service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = a_scene(service, tmp_path, **TWO_AGREE)
    request_id = scene.open("erasure", ANNA)
    scene.identify(request_id)
    version = scene.step(request_id, "grant")["version"]
    monkeypatch.setattr(cases, "advance", meeting(cases.advance))
    path, body = f"/requests/{request_id}/approve", {"version": version}

    def click() -> int:
        return Caller(service.app.test_client(), scene.second.key).post(path, body).status_code

    assert at_once(scene, click) == {200: 1, 409: HANDS - 1}
    scene.jobs()
    assert events_of(scene, request_id)[Event.APPROVE] == 1
    told = [one.template for one in scene.mails(ANNA["email"], request_id)]
    assert told.count("letter_before_erasure") == 1
    scene.judge()


def test_an_erasure_is_stopped_once_and_begins_no_more(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    request_id = scene.open("erasure", ANNA)
    scene.identify(request_id)
    scene.step(request_id, "grant")
    scene.jobs()
    body = stop_code(scene, request_id, ANNA["email"])
    monkeypatch.setattr(cases, "advance", meeting(cases.advance))
    found = at_once(scene, lambda: scene.stranger().send("POST", "/requests/stop", body).status_code)
    assert found == {200: 1, 401: HANDS - 1}
    assert events_of(scene, request_id)[Event.WITHDRAW] == 1
    scene.later(hours=73)
    assert scene.now(request_id)["state"] == "withdrawn"
    scene.judge()


# On the database with locks of rows; SQLite lets in one writer at a time, and nothing could be taken away from that.
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    "attack",
    [
        test_a_package_is_not_fetched_more_often_than_it_may_be,
        test_a_code_opens_one_session,
        test_guesses_at_once_are_counted_each,
        test_an_erasure_is_stopped_once_and_begins_no_more,
    ],
)
def test_without_the_lock_there_are_two_effects(
    scene: Scene, attack: Callable[[Scene, pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sa.Select, "with_for_update", lambda query, **_: query)
    with pytest.raises(AssertionError):
        attack(scene, monkeypatch)
