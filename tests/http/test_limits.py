"""Rate limits are exact over processes, say what is left, and forget after their minute."""

from __future__ import annotations

import multiprocessing
import stat
from pathlib import Path
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from privacy.db import new_id
from privacy.http.limits import RateLimiter
from privacy.http.setup import LIMITER
from tests.http.conftest import bearer


def _take_many(path: Path, actor: UUID, count: int, results: multiprocessing.Queue[int]) -> None:
    limiter = RateLimiter(path, quota=1000)
    results.put(sum(limiter.take(actor).allowed for _ in range(count)))


def test_the_limit_is_exact_over_four_processes(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    results: multiprocessing.Queue[int] = context.Queue()
    actor = new_id()
    arguments = (tmp_path / "limits", actor, 500, results)
    processes = [context.Process(target=_take_many, args=arguments) for _ in range(4)]
    for process in processes:
        process.start()
    allowed = sum(results.get(timeout=60) for _ in processes)
    for process in processes:
        process.join()
    assert allowed == 1000


def test_actors_do_not_share_a_limit(tmp_path: Path) -> None:
    limiter = RateLimiter(tmp_path / "limits", quota=2)
    first, second = new_id(), new_id()
    assert [limiter.take(first).allowed for _ in range(3)] == [True, True, False]
    assert limiter.take(second).allowed
    assert limiter.take(first, quota=10).allowed


def test_a_full_bucket_forgets_whoever_began_longest_ago(tmp_path: Path) -> None:
    limiter = RateLimiter(tmp_path / "limits", quota=1)
    same_bucket = [UUID(int=(number << 64) | 7) for number in range(1, 10)]
    for actor in same_bucket:
        assert limiter.take(actor).allowed
    assert not limiter.take(same_bucket[-1]).allowed
    assert limiter.take(same_bucket[0]).allowed


def test_the_window_ends_after_a_minute(tmp_path: Path, frozen: time_machine.Traveller) -> None:
    limiter = RateLimiter(tmp_path / "limits", quota=2)
    actor = new_id()
    assert limiter.take(actor).headers() == [
        ("RateLimit-Policy", '"default";q=2;w=60'),
        ("RateLimit", '"default";r=1;t=60'),
    ]
    frozen.shift(20.5)
    assert limiter.take(actor).reset_seconds == 40
    refused = limiter.take(actor)
    assert (refused.allowed, refused.remaining) == (False, 0)
    frozen.shift(39.5)
    assert limiter.take(actor).allowed


def test_a_clock_set_back_does_not_lock_anybody_out(tmp_path: Path, frozen: time_machine.Traveller) -> None:
    limiter = RateLimiter(tmp_path / "limits", quota=1)
    actor = new_id()
    limiter.take(actor)
    frozen.shift(-3600)
    assert limiter.take(actor).allowed


def test_the_file_is_private_and_outlives_its_process(tmp_path: Path) -> None:
    path = tmp_path / "limits"
    actor = new_id()
    first = RateLimiter(path, quota=1)
    first.take(actor)
    first.close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not RateLimiter(path, quota=1).take(actor).allowed


@pytest.fixture
def narrow(service: Flask, tmp_path: Path) -> FlaskClient:
    service.extensions[LIMITER] = RateLimiter(tmp_path / "narrow", quota=2)
    return service.test_client()


def test_past_the_limit_a_request_is_a_429_that_says_when_to_come_back(narrow: FlaskClient) -> None:
    for left in (1, 0):
        answer = narrow.post("/api/v1/notes", headers=bearer(), json={"text": "a"})
        assert answer.status_code == 201
        assert answer.headers["RateLimit"].startswith(f'"default";r={left};t=')
    answer = narrow.post("/api/v1/notes", headers=bearer(), json={"text": "a"})
    assert (answer.status_code, answer.get_json()["type"]) == (429, "/problems/quota-exceeded")
    assert answer.get_json()["violated-policies"] == ["default"]
    assert answer.headers["RateLimit-Policy"] == '"default";q=2;w=60'
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert narrow.post("/api/v1/notes", headers=bearer("other-writer"), json={"text": "a"}).status_code == 201


def test_a_request_without_a_valid_key_spends_nothing(narrow: FlaskClient) -> None:
    for _ in range(5):
        assert narrow.post("/api/v1/notes", headers=bearer("nobody")).status_code == 401
    assert narrow.post("/api/v1/notes", headers=bearer(), json={"text": "a"}).status_code == 201
