"""The canary sings through the real services and leaves no row; a broken link silences it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from privacy import clock
from privacy.consent import service as consent
from privacy.consent import translation
from privacy.consent.answering import CheckEndpoint
from privacy.db import Base, end_read, savepoint, session
from privacy.errors import Unavailable
from privacy.jobs import canary
from privacy.jobs.canary import EVERY, Canary, sing
from privacy.subjects import service as subjects

pytestmark = pytest.mark.usefixtures("context", "in_force")


def rows() -> dict[str, int]:
    found = {
        table.name: session().scalar(sa.select(sa.func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
    }
    end_read()
    return found


def test_it_sings_and_the_database_does_not_grow() -> None:
    before = rows()
    for _ in range(3):
        assert not sing()
    assert rows() == before


def test_it_really_goes_from_yes_to_no(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = []
    original = consent.check

    def listening(*arguments: Any, **named: Any) -> consent.CheckOut:
        answer = original(*arguments, **named)
        answers.append(answer.decision.reason.value)
        return answer

    monkeypatch.setattr(consent, "check", listening)
    assert not sing()
    assert answers == ["given", "withdrawn"]


@pytest.mark.parametrize(
    ("room", "door", "link"),
    [
        (consent, "record", "grant"),
        (consent, "check", "check-yes"),
        (subjects, "name_of", "grant"),
        # What stands between a caller's bytes and the services.
        (CheckEndpoint, "answer", "check-yes"),
        (translation, "act_in", "grant"),
        (translation, "check_in", "check-yes"),
        (translation, "recorded_out", "grant"),
        (consent, "answer", "check-yes"),
    ],
)
def test_a_broken_link_has_its_name(monkeypatch: pytest.MonkeyPatch, room: Any, door: str, link: str) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise KeyError(door)

    monkeypatch.setattr(room, door, broken)
    assert list(sing()) == [link]


def deaf_to(act: consent.ActKind) -> Callable[..., consent.Recorded]:
    """Answers as if all were well, and of such acts nothing stays."""
    record = consent.record

    def deaf(given: consent.ActIn, **named: Any) -> consent.Recorded:
        if given.act is not act:
            return record(given, **named)
        with contextlib.suppress(KeyError), savepoint():
            answer = record(given, **named)
            raise KeyError
        return answer

    return deaf


def test_a_withdrawal_that_does_not_bind_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consent, "record", deaf_to(consent.ActKind.WITHDRAW))
    assert list(sing()) == ["check-no"]


def test_a_consent_that_does_not_arrive_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consent, "record", deaf_to(consent.ActKind.GIVE))
    assert list(sing()) == ["check-yes"]


def test_a_database_that_is_away_is_no_broken_link(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise Unavailable

    monkeypatch.setattr(consent, "record", away)
    with pytest.raises(Unavailable):
        sing()


def test_it_sings_every_five_minutes_and_again_at_once_while_a_link_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    songs: list[list[str]] = [[], ["grant"], ["grant"], []]
    monkeypatch.setattr(canary, "sing", lambda: songs.pop(0))
    bird, now = Canary(), clock.micros()
    assert not bird.broken(now)
    assert not bird.broken(now + EVERY - 1)
    assert list(bird.broken(now + EVERY)) == ["grant"]
    assert list(bird.broken(now + EVERY + 1)) == ["grant"]
    assert not bird.broken(now + EVERY + 2)
    assert not songs
