"""What is counted of one person: each act once, and from when to when a consent stood."""

from __future__ import annotations

import random
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from privacy.consent.statistics.counting import BEGUN, ENDED, CountedAct, counts_of, day_number, day_of, month_of
from tests.consent.desk import micros

WARSAW = ZoneInfo("Europe/Warsaw")
MAIL, PHONE = UUID(int=1), UUID(int=2)


def act(number: int, kind: str, at: str, **fields: Any) -> CountedAct:
    moment = micros(at)
    given = {
        "id": UUID(int=100 + number),
        "act": kind,
        "purpose": "offers",
        "channel": "email",
        "contact_id": MAIL,
        "earliest": moment,
        "latest": moment + fields.pop("width", 0),
        "source_system": "shop",
        "no_effect": None,
        "refers_to": None,
    }
    return CountedAct(**{**given, **fields})


def turns(*acts: CountedAct) -> list[tuple[str, str]]:
    """When consents began and ended: day and which."""
    found = counts_of(acts, realm="live", zone=WARSAW)
    rows = [
        (day_of(cell.day).isoformat(), cell.counted, n) for cell, n in found.items() if cell.counted in (BEGUN, ENDED)
    ]
    return sorted((day, what) for day, what, n in rows for _ in range(n))


GIVE = act(1, "give", "2026-03-01T12:00Z")
WITHDRAW = act(2, "withdraw", "2026-03-05T12:00Z")


def test_the_day_is_that_of_the_jurisdiction_s_clock() -> None:
    [cell] = counts_of([act(1, "inform", "2026-03-01T23:30Z")], realm="live", zone=WARSAW)
    assert day_of(cell.day) == date(2026, 3, 2)
    assert month_of(day_number(date(2026, 12, 31))) == 202612


@pytest.mark.parametrize(
    ("acts", "expected"),
    [
        ((GIVE,), [("2026-03-01", BEGUN)]),
        ((GIVE, WITHDRAW), [("2026-03-01", BEGUN), ("2026-03-05", ENDED)]),
        # Said again it is no second consent, and taken back it ends once.
        ((GIVE, act(3, "give", "2026-03-02T12:00Z"), WITHDRAW), [("2026-03-01", BEGUN), ("2026-03-05", ENDED)]),
        ((GIVE, act(3, "give", "2026-03-02T12:00Z", contact_id=PHONE)), [("2026-03-01", BEGUN)]),
        # Two addresses, one taken back: the consent stands on the other.
        (
            (GIVE, act(3, "give", "2026-03-02T12:00Z", contact_id=PHONE), WITHDRAW),
            [("2026-03-01", BEGUN)],
        ),
        (
            (GIVE, WITHDRAW, act(4, "give", "2026-03-07T12:00Z")),
            [("2026-03-01", BEGUN), ("2026-03-05", ENDED), ("2026-03-07", BEGUN)],
        ),
        # A tie goes to "no": it never stood.
        ((GIVE, act(2, "refuse", "2026-03-01T12:00Z")), []),
        ((act(1, "give", "2026-03-01T12:00Z", width=10**9), act(2, "refuse", "2026-03-01T12:00Z", width=1)), []),
        ((act(2, "refuse", "2026-02-01T12:00Z"), GIVE), [("2026-03-01", BEGUN)]),
        # A "no" to everything ends each.
        (
            (GIVE, act(2, "object", "2026-03-05T12:00Z", purpose="*", channel="*", contact_id=None)),
            [("2026-03-01", BEGUN), ("2026-03-05", ENDED)],
        ),
        ((GIVE, act(2, "withdraw", "2026-03-05T12:00Z", channel="sms")), [("2026-03-01", BEGUN)]),
        # A request stands from its confirmation on, and without one never.
        ((act(1, "request", "2026-03-01T12:00Z"),), []),
        (
            (act(1, "request", "2026-03-01T12:00Z"), act(2, "confirm", "2026-03-03T12:00Z")),
            [("2026-03-03", BEGUN)],
        ),
        ((act(1, "give", "2026-03-01T12:00Z", no_effect="no_date"),), []),
        ((GIVE, act(2, "annul", "2026-03-09T12:00Z", refers_to=GIVE.id)), []),
        ((GIVE, WITHDRAW, act(3, "annul", "2026-03-09T12:00Z", refers_to=WITHDRAW.id)), [("2026-03-01", BEGUN)]),
    ],
)
def test_from_when_to_when_a_consent_stood(acts: tuple[CountedAct, ...], expected: list[tuple[str, str]]) -> None:
    assert turns(*acts) == expected
    shuffled = list(acts)
    random.Random(7).shuffle(shuffled)
    assert turns(*shuffled) == expected


def test_an_annulled_act_stays_counted_as_annulled() -> None:
    found = counts_of([GIVE, act(2, "annul", "2026-03-09T12:00Z", refers_to=GIVE.id)], realm="live", zone=WARSAW)
    assert sorted((cell.counted, cell.standing, n) for cell, n in found.items()) == [
        ("annul", "effective", 1),
        ("give", "annulled", 1),
    ]
