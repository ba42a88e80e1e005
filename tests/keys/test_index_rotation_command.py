"""`privacy keys rotate index` beside a service that goes on, killed at every step, and run twice."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from privacy.crypto.keyring import KeyUse
from privacy.subjects import service as subjects
from tests.callers import a_give
from tests.cli.running import PROGRAM
from tests.keys.conftest import PEOPLE, Installation, a_person
from tests.keys.index_moves import accounts_twice, values_apart
from tests.keys.test_killed_rotations import kill_at_each_step
from tests.keys.test_rotation_under_load import busy

_PATIENCE = 180


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody else runs here, so nobody's notice is waited for; the test under load does wait."""
    monkeypatch.setattr("privacy.subjects.index_moving.SAFE_AFTER", 0)
    monkeypatch.setattr("privacy.keys.reindexing.SAFE_AFTER", 0)


@pytest.mark.usefixtures("at_once")
def test_the_command_leaves_one_key_and_everything_under_it(installation: Installation) -> None:
    told = installation.cli.json("keys", "rotate", "index")
    assert told == {"old": 1, "new": 2, "rows": 2 * PEOPLE, "unread": 0, "ended": True}
    assert _whole(installation) == ({2: 2 * PEOPLE}, [2])
    assert installation.actions() == ["keys.index_rotation_began", "keys.index_rotated", "keys.destroyed"]
    installation.assert_verifies()


@pytest.mark.usefixtures("at_once")
def test_every_door_opens_in_the_middle(installation: Installation) -> None:
    installation.cli("keys", "rotate", "index", "--begin")
    assert installation.ring().numbers(KeyUse.INDEX) == [2, 1]
    installation.asked(lambda: _move_some(5))
    caller = installation.caller
    assert [installation.allowed(number) for number in range(PEOPLE)] == [True] * PEOPLE
    answers = caller.post(
        "/consents/check/batch",
        {"subjects": [a_person(n) for n in range(PEOPLE)], "purpose": "offers", "channel": "email"},
    ).get_json()["results"]
    assert [one["allowed"] for one in answers] == [True] * PEOPLE
    for number in range(PEOPLE):
        ref = caller.post("/subjects/lookup", {"subject": a_person(number)}).get_json()["subject_ref"]
        assert caller.get(f"/subjects/{ref}/preferences").status_code == 200
        email = a_person(number)["email"]
        put = caller.put(f"/subjects/{ref}/contacts", {"retire": {"email": email}, "add": {"email": f"new.{email}"}})
        assert put.status_code == 200, put.text
    assert (
        caller.post("/contacts/events", {"contact": {"email": a_person(1)["email"]}, "event": "reassigned"}).status_code
        == 200
    )
    caller.record(a_give({"customer_id": "C-99", "email": "late@example.com"}, channels=["email"]))
    told = installation.cli.json("keys", "rotate", "index")
    assert (told["new"], told["unread"]) == (2, 0)
    assert set(_whole(installation)[0]) == {2}


def test_it_is_killed_at_each_step(installation: Installation) -> None:
    kill_at_each_step(installation, "rotate", "index")
    installation.cli("keys", "rotate", "index")
    assert _whole(installation) == ({2: 2 * PEOPLE}, [2])
    assert [one for one in installation.actions() if "index" in one] == [
        "keys.index_rotation_began",
        "keys.index_rotated",
    ]
    assert all(installation.allowed(number) for number in range(PEOPLE))
    installation.assert_verifies()


def _move_some(most: int) -> None:
    from privacy.db import unit_of_work

    with unit_of_work():
        assert subjects.move_portion(most).values


def _whole(installation: Installation) -> tuple[dict[int, int], list[int]]:
    return installation.asked(subjects.indexed_under), installation.ring().numbers(KeyUse.INDEX)


def test_nobody_notices_two_runs_at_once(installation: Installation, tmp_path: Path) -> None:
    environ = os.environ | {"PRIVACY_DATA_DIR": str(installation.config.data_dir), "PRIVACY_RATE_LIMIT": "1000000000"}
    stop = tmp_path / "stop"
    with busy(environ, installation.caller.key or "", stop) as services:
        runs = [
            subprocess.Popen(
                [PROGRAM, "keys", "rotate", "index", "--json"], env=environ, stdout=subprocess.PIPE, text=True
            )
            for _ in range(2)
        ]
        told = [json.loads(run.communicate(timeout=_PATIENCE)[0]) for run in runs]
        stop.touch()
        outcomes = [json.loads(service.communicate(timeout=_PATIENCE)[0]) for service in services]
    assert [(one["failed"], one["stale"]) for one in outcomes] == [([], [])] * len(services)
    assert [(one["new"], one["unread"]) for one in told] == [(2, 0)] * 2
    under, numbers = _whole(installation)
    assert (set(under), numbers) == ({2}, [2])
    assert installation.asked(lambda: (accounts_twice(), values_apart())) == ([], [])
    assert all(installation.allowed(number) for number in range(PEOPLE))
    installation.assert_verifies()
