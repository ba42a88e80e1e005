"""The supervisor gives up on a child that keeps dying, and ends the others."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from privacy.cli import supervisor
from privacy.cli.supervisor import Child, Supervisor


@pytest.fixture(autouse=True)
def _signals_restored() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def _no_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "BACKOFF", (0.0, 0.0))


@pytest.mark.usefixtures("_no_backoff")
def test_gives_up_on_a_child_that_keeps_dying() -> None:
    child = Child("broken", ("no-such-command",))
    assert not Supervisor([child], os.environ).run(lambda: False, lambda: None)
    assert child.deaths == 2


def test_waits_longer_with_each_death_in_a_row() -> None:
    assert list(supervisor.BACKOFF) == sorted(supervisor.BACKOFF)


@pytest.mark.usefixtures("_no_backoff")
def test_a_child_that_lived_long_enough_begins_a_new_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "HEALTHY_AFTER", 0.0)
    child = Child("short-lived", ("--version",))
    made = Supervisor([child], os.environ)
    looks = 0

    def ready() -> bool:
        nonlocal looks
        looks += child.deaths
        if looks > 5:
            made.stop()
        return False

    assert made.run(ready, lambda: None)
    assert child.deaths == 1


def test_says_once_that_it_is_ready() -> None:
    told = []
    made = Supervisor([], os.environ)

    def tell() -> None:
        told.append("ready")
        made.stop()

    assert made.run(lambda: True, tell)
    assert told == ["ready"]
