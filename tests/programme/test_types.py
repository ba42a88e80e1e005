"""What other rooms ask of a programme: ages, channels, wordings in force, supersession."""

from __future__ import annotations

import hashlib
from datetime import date, datetime

import pytest

from privacy import clock
from privacy.errors import InvalidInput
from privacy.programme.build import build
from privacy.programme.reader import read
from privacy.programme.types import ContactKind, LegalBasis, Programme, ProofGrade, PurposeClass
from tests.programme.documents import EXAMPLE, small

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def example() -> Programme:
    return _built(EXAMPLE.read_text("utf-8"))


def _built(text: str) -> Programme:
    document = read(text)
    return build(document.content, number=1, applied_at=0, sha256=document.sha256)


def test_the_example_says_what_the_requirements_say(example: Programme) -> None:
    offers, newsletter = example.purpose("offers"), example.purpose("newsletter")
    assert (offers.purpose_class, offers.legal_basis) == (PurposeClass.MARKETING, LegalBasis.CONSENT)
    assert offers.channels == {"email", "sms", "voice", "push", "chat"}
    assert (offers.validity, newsletter.validity) == ("P36M", None)
    assert (newsletter.double_opt_in, newsletter.least_proof) == (True, ProofGrade.OWN_ACT)
    assert example.channel("voice_automated").contact_kind is ContactKind.PHONE
    assert example.channel("push").contact_kind is None
    assert example.identifier_type("device_id").links is False
    assert example.message_type("abandoned_cart_reminder").purpose == "offers"
    assert {p.code for p in example.marketing_purposes} == {
        "newsletter",
        "offers",
        "birthday_coupon",
        "satisfaction_survey",
        "profiling",
        "partner_sharing",
    }
    assert example.purpose("loyalty").controllers == ("klub", "sklepy")
    assert any(not activity.purposes for activity in example.processing_activities.values())


def test_an_expiry_follows_the_validity(example: Programme) -> None:
    given = clock.to_micros(datetime(2026, 11, 21, 10, tzinfo=example.zone))
    expires = example.purpose("offers").expires_at(given, example.zone)
    assert expires == clock.to_micros(datetime(2029, 11, 21, 10, tzinfo=example.zone))
    assert example.purpose("newsletter").expires_at(given, example.zone) is None
    again = example.purpose("newsletter").ask_again_at(given, example.zone)
    assert again == clock.to_micros(datetime(2027, 5, 21, 10, tzinfo=example.zone))
    assert example.purpose("order_service").ask_again_at(given, example.zone) is None


@pytest.mark.parametrize(
    ("setting", "on", "country", "age"),
    [
        ("online", TODAY, None, 16),
        ("offline", TODAY, None, 18),
        ("online", TODAY, "CZ", 15),
        ("online", TODAY, "FI", 13),
        ("online", date(2023, 12, 31), "DK", 13),
        ("online", date(2024, 1, 1), "DK", 15),
        ("online", date(2018, 5, 24), "FI", 16),  # before any rule: the age of Art. 8 itself
        ("offline", TODAY, "FI", 18),
    ],
)
def test_the_age_follows_country_setting_and_day(
    example: Programme, setting: str, on: date, country: str | None, age: int
) -> None:
    assert example.minimum_age(setting, on, country=country) == age
    assert example.minimum_age(setting, on, country=country, rule="child_consent") == age


@pytest.mark.parametrize(
    ("purpose", "channel", "on", "needed"),
    [
        ("offers", "email", date(2024, 11, 10), True),
        ("offers", "email", date(2024, 11, 9), True),  # the statute before
        ("offers", "sms", date(2010, 1, 1), True),
        ("offers", "voice", TODAY, True),
        ("offers", "chat", TODAY, True),
        ("offers", "email", date(2001, 1, 1), False),  # before any statute
        ("offers", "post", TODAY, False),
        ("offers", "in_store", TODAY, False),
        ("order_service", "email", TODAY, False),
        ("product_safety", "sms", TODAY, False),
    ],
)
def test_marketing_needs_consent_to_the_electronic_channel(
    example: Programme, purpose: str, channel: str, on: date, needed: bool
) -> None:
    assert example.needs_channel_consent(example.purpose(purpose), channel, on) is needed


@pytest.mark.parametrize(
    ("code", "on", "version"),
    [
        ("newsletter", date(2020, 12, 31), None),
        ("newsletter", date(2021, 1, 1), "1"),
        ("newsletter", date(2023, 5, 31), "1"),
        ("newsletter", date(2023, 6, 1), "2"),
        ("newsletter", date(2025, 3, 1), "3"),
        ("klauzula", date(2021, 12, 31), "2.0"),
        ("klauzula", date(2022, 1, 1), "2.1"),  # both are in force; the newest is meant
        ("klauzula", date(2025, 7, 1), "3.0"),
        ("loyalty", date(2025, 12, 31), "1"),
        ("loyalty", date(2026, 1, 1), "2"),
        ("nothing", TODAY, None),
    ],
)
def test_the_newest_wording_in_force_is_found(example: Programme, code: str, on: date, version: str | None) -> None:
    found = example.wording_in_force(code, on)
    assert (found.version if found else None) == version


def test_an_older_wording_may_still_be_in_force(example: Programme) -> None:
    wording = example.wording("klauzula", "2.1")
    assert wording is not None
    assert wording.in_force(date(2025, 6, 30))
    assert not wording.in_force(date(2025, 7, 1))
    assert example.wording("klauzula", "9") is None


@pytest.mark.parametrize(
    ("code", "version", "on", "superseded"),
    [
        ("loyalty", "1", date(2026, 6, 1), False),
        ("loyalty", "1", date(2027, 1, 1), False),  # the last day
        ("loyalty", "1", date(2027, 1, 2), True),
        ("loyalty", "2", date(2027, 1, 2), False),
        ("newsletter", "1", date(2027, 1, 2), False),  # followed by others, which demand nothing
        ("klauzula", "1", date(2027, 1, 2), False),
    ],
)
def test_a_wording_is_superseded_when_fresh_consent_is_due(
    example: Programme, code: str, version: str, on: date, superseded: bool
) -> None:
    assert example.superseded(code, version, on) is superseded


def test_a_text_is_known_by_the_digest_of_its_exact_words(example: Programme) -> None:
    wording = example.wording("newsletter", "1")
    assert wording is not None
    assert wording.sha256("pl") == hashlib.sha256(wording.texts["pl"].encode()).hexdigest()
    assert wording.sha256("pl") != wording.sha256("en")
    notice = example.notice_in_force("klauzula", TODAY)
    assert notice is not None
    assert notice == example.notice("klauzula", "3.0")
    assert set(notice.texts) == {"pl", "en", "hr"}


@pytest.mark.parametrize(
    "ask", [Programme.purpose, Programme.channel, Programme.message_type, Programme.identifier_type]
)
def test_an_unknown_code_is_answered_with_the_known_ones(ask: object) -> None:
    programme = _built(small())
    with pytest.raises(InvalidInput, match=r"the programme has: \w+") as raised:
        ask(programme, "jan@example.com")  # type: ignore[operator]
    assert "jan" not in raised.value.detail


def test_proof_grades_are_ordered_by_strength() -> None:
    assert sorted(ProofGrade, key=lambda grade: grade.rank) == ["staff_claim", "recorded", "own_act"]
    assert [grade.rank for grade in ProofGrade] == [0, 1, 2]
