"""The interval of an act by its kind, claim, receipt and source (design: "Time"). Microseconds after an epoch."""

from __future__ import annotations

import pytest

from privacy.claims import Claim
from privacy.clock import DAY, SECOND
from privacy.consent.acts import DEVICE, FUTURE_TOLERANCE, NOES, ActKind, Clock, Interval, NoEffect, Timing, interval

MINUTE = 60 * SECOND
NOW = 1_000 * DAY
SKEW = 5 * MINUTE
SERVER = Timing()
LOOSE = Timing(skew=SKEW)

GIVES = [
    ("no claim: the receipt", None, SERVER, (NOW, NOW)),
    ("to the microsecond", Claim(NOW - DAY), SERVER, (NOW - DAY, NOW - DAY)),
    ("to the second", Claim(NOW - DAY, SECOND), SERVER, (NOW - DAY, NOW - DAY + SECOND - 1)),
    ("to the minute", Claim(NOW - DAY, MINUTE), SERVER, (NOW - DAY, NOW - DAY + MINUTE - 1)),
    ("a skewed clock widens both ways", Claim(NOW - DAY), LOOSE, (NOW - DAY - SKEW, NOW - DAY + SKEW)),
    ("a device's clock", Claim(NOW - DAY), DEVICE, (NOW - DAY - SKEW, NOW - DAY + SKEW)),
    ("just ahead of us", Claim(NOW + FUTURE_TOLERANCE), SERVER, (NOW + FUTURE_TOLERANCE, NOW + FUTURE_TOLERANCE)),
    ("ten years late", Claim(NOW - 3_650 * DAY), DEVICE, (NOW - 3_650 * DAY - SKEW, NOW - 3_650 * DAY + SKEW)),
]
NO_ACTS = [
    ("no claim: the receipt", None, SERVER, (NOW, NOW)),
    ("a trusted date is believed", Claim(NOW - DAY), SERVER, (NOW - DAY, NOW - DAY)),
    ("to the minute", Claim(NOW - DAY, MINUTE), SERVER, (NOW - DAY, NOW - DAY + MINUTE - 1)),
    ("a minute that has not ended ends now", Claim(NOW - SECOND, MINUTE), SERVER, (NOW - SECOND, NOW)),
    ("with skew, up to the receipt", Claim(NOW - MINUTE), LOOSE, (NOW - MINUTE - SKEW, NOW)),
    ("the future is the receipt", Claim(NOW + DAY), SERVER, (NOW, NOW)),
    ("a device may have been offline", Claim(NOW - DAY), DEVICE, (NOW - DAY - SKEW, NOW)),
    ("but not for longer than its window", Claim(NOW - 30 * DAY), DEVICE, (NOW - 3 * DAY, NOW)),
    ("a device from the future", Claim(NOW + DAY), DEVICE, (NOW, NOW)),
]


@pytest.mark.parametrize("kind", [ActKind.GIVE, ActKind.REQUEST, ActKind.CONFIRM, ActKind.LIFT_OBJECTION])
@pytest.mark.parametrize(("_why", "claim", "timing", "expected"), GIVES, ids=[row[0] for row in GIVES])
def test_a_yes(kind: ActKind, _why: str, claim: Claim | None, timing: Timing, expected: tuple[int, int]) -> None:
    assert interval(kind, claim, NOW, timing) == Interval(*expected)


@pytest.mark.parametrize("kind", sorted(NOES))
@pytest.mark.parametrize(("_why", "claim", "timing", "expected"), NO_ACTS, ids=[row[0] for row in NO_ACTS])
def test_a_no(kind: ActKind, _why: str, claim: Claim | None, timing: Timing, expected: tuple[int, int]) -> None:
    assert interval(kind, claim, NOW, timing) == Interval(*expected)


def test_a_yes_from_the_future_has_no_effect() -> None:
    found = interval(ActKind.GIVE, Claim(NOW + FUTURE_TOLERANCE + 1), NOW, SERVER)
    assert found.no_effect is NoEffect.FUTURE_CLAIM


def test_a_row_of_a_history_without_its_date_counts_as_a_no_only() -> None:
    assert interval(ActKind.GIVE, None, NOW, SERVER, dated=False) == Interval(NOW, NOW, NoEffect.NO_DATE)
    assert interval(ActKind.WITHDRAW, None, NOW, SERVER, dated=False) == Interval(NOW, NOW)


@pytest.mark.parametrize("believed", list(Clock))
@pytest.mark.parametrize("kind", list(ActKind))
@pytest.mark.parametrize("start", [NOW - 10 * DAY, NOW - MINUTE, NOW, NOW + MINUTE, NOW + 10 * DAY])
def test_an_interval_never_ends_before_it_begins(kind: ActKind, believed: Clock, start: int) -> None:
    found = interval(kind, Claim(start, MINUTE), NOW, Timing(believed, SKEW))
    assert found.earliest <= found.latest
