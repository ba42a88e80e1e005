"""What a row says, by the rules of its profile. Pure: the programme plays no part here."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy import clock
from privacy.consent.importing.meaning import NO_VERSION, Meaning, Reading, Statement, age_on, in_order
from privacy.consent.importing.profiles import read as profile_from
from privacy.consent.importing.rejects import Why

WARSAW = ZoneInfo("Europe/Warsaw")
PROFILE = """\
profile: mine
title: Mine
format: csv
times: [TIMES]
"yes": [TAK, "1"]
"no": [NIE]
empty: [brak, "-"]
options: { purpose: null, wording: klauzula }
identifiers: { email: mail }
born: born
point: { from: place, words: { www: www } }
proof: { from: place, words: { www: own_act, Papier: recorded }, otherwise: staff_claim }
wording: { code: $wording, version: { from: version }, locale: { from: locale } }
rules:
  - each:
      mailing: { purpose: $purpose, channel: email }
      profiling: { purpose: profiling, channel: none }
    acts:
      - { when: { value: yes, gone: empty }, act: give, at: [agreed, changed] }
      - { when: { value: no, changed: filled }, act: withdraw, at: changed }
      - { when: { value: no }, act: refuse, at: agreed }
  - acts:
      - { when: { gone: NEVER }, act: object, purpose: every_marketing, channel: { from: channel }, at: changed }
      - when: { gone: [moved, yes] }
        act: { from: gone, words: { Moved: withdraw, tak: bounce } }
        purpose: $purpose
        channel: { from: channel }
        at: changed
"""
EMPTY = dict.fromkeys(("mail", "born", "place", "version", "locale", "mailing", "profiling", "gone", "changed"), "")
EMPTY |= {"agreed": "", "channel": ""}
ROW = EMPTY | {"mailing": "TAK", "agreed": "2024-01-01T10:00:00", "version": "3.0", "place": "www"}


def meaning(times: str = "iso", **values: str) -> Meaning:
    profile = profile_from(PROFILE.replace("TIMES", times))
    options = {"purpose": "offers", "wording": "klauzula", "version": None}
    return Reading(profile, profile.kinds[0], options, WARSAW).meaning(ROW | values)


def one(**values: str) -> Statement:
    found = meaning(**values)
    (statement,) = found.statements
    assert found.complaints == []
    return statement


def told(**values: str) -> list[tuple[str, Why]]:
    return [(complaint.column, complaint.why) for complaint in meaning(**values).complaints]


def test_a_consent_with_all_that_is_read_of_it() -> None:
    found = one(locale="pl", born="1990-12-31")
    assert found == Statement(
        "give",
        "offers",
        "email",
        found.at,
        ("klauzula", "3.0", "pl"),
        "own_act",
        "www",
        None,
        "1990-12-31",
    )
    assert found.at is not None
    assert (clock.isoformat(found.at[0]), found.at[1]) == ("2024-01-01T09:00:00Z", clock.SECOND)


@pytest.mark.parametrize("word", ["TAK", "tak", " Tak ", "1"])
def test_the_words_for_yes_in_any_case_and_padded(word: str) -> None:
    assert one(mailing=word).said == "give"


@pytest.mark.parametrize("word", ["", "  ", "brak", "BRAK", "-"])
def test_an_empty_field_says_nothing(word: str) -> None:
    found = meaning(mailing=word)
    assert (found.statements, found.complaints) == ([], [])


@pytest.mark.parametrize("word", ["może", "TAKK", "0", "yes", "true", "T\u200bAK"])
def test_a_word_that_is_neither_yes_nor_no_is_reported_and_says_nothing(word: str) -> None:
    found = meaning(mailing=word, profiling="NIE")
    assert [(c.column, c.why) for c in found.complaints] == [("mailing", Why.UNCLEAR)]
    assert [(s.said, s.purpose) for s in found.statements] == [("refuse", "profiling")]


def test_the_first_act_whose_conditions_hold_counts_for_each_column() -> None:
    found = meaning(mailing="NIE", profiling="TAK", changed="2024-02-01T10:00:00")
    assert [(s.said, s.purpose, s.channel) for s in found.statements] == [
        ("withdraw", "offers", "email"),
        ("give", "profiling", None),
    ]
    assert one(mailing="NIE").said == "refuse"


def test_the_first_time_that_is_filled_counts() -> None:
    assert one(agreed="", changed="2024-05-05").at == one(agreed="2024-05-05").at
    assert one(agreed="").at is None


def test_a_time_of_a_consent_that_cannot_be_read_drops_it_and_one_of_a_no_does_not() -> None:
    found = meaning(agreed="2024-02-30", profiling="NIE")
    assert [(s.said, why) for s, why in found.dropped] == [("give", Why.BAD_TIME)]
    assert [(s.said, s.at) for s in found.statements] == [("refuse", None)]
    assert [c.why for c in found.complaints] == [Why.BAD_TIME, Why.BAD_TIME_OF_NO]


def test_a_no_for_all_marketing_names_no_purpose() -> None:
    found = one(mailing="", gone="Never", changed="2024-01-01", channel="email")
    assert (found.said, found.purpose, found.channel, found.wording) == ("object", None, "email", None)
    assert one(mailing="", gone="moved").said == "withdraw"
    assert one(mailing="", gone="TAK").is_event


@pytest.mark.parametrize(
    ("place", "proof", "point"),
    [
        ("www", "own_act", "www"),
        ("PAPIER", "recorded", None),
        ("stoisko", "staff_claim", None),
        ("", "staff_claim", None),
    ],
)
def test_proof_and_point_by_the_words_of_a_column(place: str, proof: str, point: str | None) -> None:
    found = one(place=place)
    assert (found.proof, found.point) == (proof, point)


@pytest.mark.parametrize(
    ("column", "text", "wording"),
    [
        ("version", "?", ("klauzula", "?", None)),
        ("version", "", ("klauzula", NO_VERSION, None)),
        ("version", "ewa@example.com", ("klauzula", NO_VERSION, None)),
        ("version", "3 0", ("klauzula", NO_VERSION, None)),
        ("locale", "pl-PL", ("klauzula", "3.0", "pl-PL")),
        ("locale", "Polski!", ("klauzula", "3.0", None)),
    ],
)
def test_only_the_form_of_a_code_gets_from_a_column_into_a_wording(
    column: str, text: str, wording: tuple[str | None, ...]
) -> None:
    found = meaning(**{column: text})
    assert found.statements[0].wording == wording
    bad = text in {"ewa@example.com", "3 0", "Polski!"}
    assert [(c.column, c.why) for c in found.complaints] == ([(column, Why.BAD_CODE)] if bad else [])


def test_a_birth_date_that_cannot_be_read_is_reported_and_the_consent_kept() -> None:
    found = meaning(born="31.02.1990")
    assert [(c.column, c.why) for c in found.complaints] == [("born", Why.BAD_DAY)]
    assert found.statements[0].born is None


@pytest.mark.parametrize(
    ("times", "text", "at", "width"),
    [
        ("iso", "2024-07-01T10:00:00+02:00", "2024-07-01T08:00:00Z", 1),
        ("iso", "2024-07-01 10:00", "2024-07-01T08:00:00Z", 60),
        ("iso", "2024-07-01", "2024-06-30T22:00:00Z", 86_400),
        ("iso", "2024-10-27T02:30:00", "2024-10-27T00:30:00Z", 3_601),
        ('"%d.%m.%Y %H:%M"', "27.10.2024 02:30", "2024-10-27T00:30:00Z", 3_660),
        ('"%d.%m.%Y"', "31.03.2024", "2024-03-30T23:00:00Z", 82_800),
        ("unix", "1719820800", "2024-07-01T08:00:00Z", 1),
        ('iso, "%d.%m.%Y"', "01.07.2024", "2024-06-30T22:00:00Z", 86_400),
    ],
)
def test_how_times_are_read_and_how_exact_they_are(times: str, text: str, at: str, width: int) -> None:
    (found,) = meaning(times, agreed=text).statements
    assert found.at is not None
    assert (clock.isoformat(found.at[0]), found.at[1]) == (at, width * clock.SECOND)


@pytest.mark.parametrize(
    ("times", "text"),
    [
        ("iso", "yesterday"),
        ("iso", "2024-13-01"),
        ("iso", "1899-12-31"),
        ("iso", "2200-01-02"),
        ('"%d.%m.%Y"', "31.02.2024"),
        ('"%d.%m.%Y"', "01.01.0001"),
        ("unix", "1_719_820_800"),
        ("unix", "9" * 5_000),
        ("unix", "9" * 30),
        ("unix", "1719820800.5"),
        ("unix_ms", "+1719820800000"),
        ("unix_ms", "\u0661\u0667"),
    ],
)
def test_what_is_no_time(times: str, text: str) -> None:
    found = meaning(times, agreed=text)
    assert [why for _, why in found.dropped] == [Why.BAD_TIME]


_TIMES = st.sampled_from(["iso", "unix", "unix_ms", '"%d.%m.%Y %H:%M"', '"%y%m%d"', '"%Y-%m-%dT%H:%M:%S%z"', '"%c"'])
_ODD = st.text() | st.lists(st.sampled_from([*"0123456789.:-+TZ ", "tajne", "2024", "²", "\0"])).map("".join)


@given(times=_TIMES, values=st.dictionaries(st.sampled_from(sorted(EMPTY)), _ODD))
def test_no_text_breaks_the_reading_or_is_shown_by_a_complaint(times: str, values: dict[str, str]) -> None:
    found = meaning(times, **values)
    assert all(complaint.column in {*EMPTY} for complaint in found.complaints)
    assert "tajne" not in repr(found.complaints)
    for statement in found.statements:
        assert "tajne" not in (statement.purpose or "") + (statement.point or "") + statement.proof


@given(st.permutations([Statement("give", "offers"), Statement("refuse"), Statement("give", "offers", "email")] * 2))
def test_statements_come_once_and_in_one_order(given_in: list[Statement]) -> None:
    found = in_order(given_in)
    assert len(found) == 3
    assert found == in_order(reversed(given_in))


@pytest.mark.parametrize(
    ("born", "day", "years"),
    [
        ("2008-11-21", date(2024, 11, 20), 15),
        ("2008-11-21", date(2024, 11, 21), 16),
        ("2008-02-29", date(2024, 2, 28), 15),
        ("2008-02-29", date(2026, 2, 28), 17),
        ("2030-01-01", date(2024, 1, 1), None),
    ],
)
def test_completed_years(born: str, day: date, years: int | None) -> None:
    assert age_on(born, day) == years
