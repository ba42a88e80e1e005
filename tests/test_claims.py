"""Claimed times: the span that a text may mean."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy import clock
from privacy.claims import Claim, read_claim
from privacy.errors import InvalidInput

WARSAW = ZoneInfo("Europe/Warsaw")
SECOND, MINUTE, HOUR = clock.SECOND, 60 * clock.SECOND, 3600 * clock.SECOND


def at(*parts: int) -> int:
    return clock.to_micros(datetime(*parts, tzinfo=UTC))  # type: ignore[misc,arg-type]  # the parts are a date's


@pytest.mark.parametrize(
    ("text", "start", "width"),
    [
        ("2026-11-21T10:00:00+01:00", at(2026, 11, 21, 9), SECOND),
        ("2026-11-21T10:00:00Z", at(2026, 11, 21, 10), SECOND),
        ("2026-11-21 10:00:00Z", at(2026, 11, 21, 10), SECOND),
        ("2026-11-21T10:00:00.5Z", at(2026, 11, 21, 10) + 500_000, 100_000),
        ("2026-11-21T10:00:00.123456Z", at(2026, 11, 21, 10) + 123_456, 1),
        ("2026-11-21T10:00:00.123456789Z", at(2026, 11, 21, 10) + 123_456, 1),
        ("2026-11-21T10:00Z", at(2026, 11, 21, 10), MINUTE),
        ("2026-11-21T10:00:00", at(2026, 11, 21, 9), SECOND),
        ("2026-11-21T10:00:00-0530", at(2026, 11, 21, 15, 30), SECOND),
        ("2026-11-21", at(2026, 11, 20, 23), 24 * HOUR),
        # The day on which the clocks go back has 25 hours, the one on which they go forward 23.
        ("2026-10-25", at(2026, 10, 24, 22), 25 * HOUR),
        ("2026-03-29", at(2026, 3, 28, 23), 23 * HOUR),
        # 02:30 is there twice: both are meant.
        ("2026-10-25T02:30:00", at(2026, 10, 25, 0, 30), HOUR + SECOND),
        # 02:30 is not there at all: either reading.
        ("2026-03-29T02:30:00", at(2026, 3, 29, 0, 30), HOUR + SECOND),
    ],
)
def test_the_precision_of_a_claim_widens_it(text: str, start: int, width: int) -> None:
    assert read_claim(text, WARSAW) == Claim(start, width)


@pytest.mark.parametrize(
    "text",
    [
        *("", "now", "2026", "2026-13-01", "2026-02-30", "2026-11-21T25:00Z", "2026-11-21T10:60Z", "21.11.2026"),
        *("2026-11-21T10:00:00+25:00", "2026-11-21T10:00.5Z", "０２０26-11-21", "0001-01-01", "9999-12-31T23:59:59Z"),
        "2026-11-21T10:00:00Z; DROP TABLE",
    ],
)
def test_what_is_no_time_is_refused_by_the_name_of_its_field(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_claim(text, WARSAW, "held_from")
    assert set(refused.value.extensions["errors"]) == {"held_from"}


@given(st.text(max_size=40))
def test_any_text_is_a_claim_or_a_refusal(text: str) -> None:
    try:
        claim = read_claim(text, WARSAW)
    except InvalidInput:
        return
    assert claim.width >= 1


@given(st.datetimes(min_value=datetime(1900, 1, 2), max_value=datetime(2199, 12, 30)))  # noqa: DTZ001  # local times
def test_a_local_time_holds_every_instant_that_reads_so(naive: datetime) -> None:
    claim = read_claim(naive.isoformat(timespec="seconds"), WARSAW)
    for fold in (0, 1):
        instant = clock.to_micros(naive.replace(microsecond=0, tzinfo=WARSAW, fold=fold))
        assert claim.start <= instant < claim.start + claim.width
