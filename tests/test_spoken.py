"""How texts for people are put together: days, times, and one full stop at the end of a sentence."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from privacy import spoken


@pytest.mark.parametrize(
    ("phrase", "value", "told"),
    [
        ("Kontakt: {a}.", "Sklep sp. z o.o.", "Kontakt: Sklep sp. z o.o."),
        ("do {a}. Potem", "21 listopada 2026 r.", "do 21 listopada 2026 r. Potem"),
        ("{a}, {a}.", "S.A.", "S.A., S.A."),
        ("{a}.", "Anna", "Anna."),
        ("{a} ", "S.A.", "S.A. "),
        ("{a}.", "{a}__A__", "{a}__A__."),
    ],
)
def test_a_name_that_ends_with_a_full_stop_ends_the_sentence_with_it(phrase: str, value: str, told: str) -> None:
    assert spoken.filled(phrase, a=value) == told


@pytest.mark.parametrize(("text", "told"), [("z o.o.", "z o.o."), ("Why?", "Why?"), ("Anna", "Anna."), ("", ".")])
def test_a_sentence_is_ended_once(text: str, told: str) -> None:
    assert spoken.ended(text) == told


@pytest.mark.parametrize(
    ("locale", "day", "moment"),
    [
        ("pl", "1 marca 2026 r.", "1 marca 2026 r., godz. 09:05"),
        ("en-GB", "1 March 2026", "1 March 2026, 09:05"),
        ("hr", "1. ožujka 2026.", "1. ožujka 2026. u 09:05"),
        ("de", "1 March 2026", "1 March 2026, 09:05"),
    ],
)
def test_days_and_times_are_written_as_the_language_does(locale: str, day: str, moment: str) -> None:
    assert spoken.day(date(2026, 3, 1), locale) == day
    assert spoken.moment(datetime(2026, 3, 1, 9, 5, tzinfo=UTC), locale) == moment
    assert spoken.moment(datetime(2026, 3, 1, 9, 5, 7, tzinfo=UTC), locale) == f"{moment}:07"
