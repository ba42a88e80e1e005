"""Rows that disagree about who is who: queued for review, never guessed, and never widening anything."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path

import hypothesis
import pytest
from hypothesis import strategies as st

from privacy import clock
from privacy.subjects import service as subjects
from privacy.subjects.service import Page
from tests.consent.desk import Desk
from tests.consent.importing import made_crm
from tests.consent.importing.made_people import Person
from tests.consent.importing.moving import allowed, answers, bring_in, findings, rules
from tests.consent.importing.naive import Key, World, readers
from tests.sizes import size

EWA = Person(1, "ewa@example.com", "+48600100201", "977000000001", "19.08.1945")
JAN = Person(2, "jan@example.com", "+48600100202", "977000000002", "19.08.1945")
DAYS = ("17.03.2026 07:08", "17.03.2026 07:09", "04.07.2026 02:54", "20.11.2026 10:00")

pytestmark = pytest.mark.usefixtures("frozen")


def move_in(folder: Path, *rows: dict[str, str]) -> None:
    bring_in("crm", made_crm.write(folder / "klienci.csv", rows))


def review(desk: Desk) -> Page:
    return subjects.disagreements("live", programme=desk.programme)


def offers(who: str, value: str, channel: str = "email") -> Key:
    return (who, value), "offers", channel


def is_allowed(*keys: Key) -> list[bool]:
    return list(allowed(keys).values())


def test_the_address_of_a_household_is_listed_and_one_refusal_stops_it(desk: Desk, tmp_path: Path) -> None:
    home = {"E-mail": "dom@example.com"}
    move_in(tmp_path, made_crm.a_row(EWA, **home), made_crm.a_row(JAN, **home))
    (shared,) = review(desk).shared
    assert (shared.kind, shared.people, shared.sources) == ("email", 2, ("crm",))
    assert "dom@" not in shared.masked
    own = offers("customer_id", EWA.customer), offers("customer_id", JAN.customer)
    assert is_allowed(*own, offers("email", "dom@example.com")) == [True, True, True]
    refused = {"Zgoda e-mail": "NIE", "Data zgody": "20.11.2026 10:00"}
    move_in(tmp_path, made_crm.a_row(JAN, **home, **refused))
    assert is_allowed(*own, offers("email", "dom@example.com")) == [False, False, False]
    assert is_allowed(offers("phone", EWA.phone, "sms"), offers("phone", JAN.phone, "sms")) == [True, True]


def test_a_card_of_two_customers_is_in_dispute_and_counts_for_neither(desk: Desk, tmp_path: Path) -> None:
    card = {"Nr karty": EWA.card}
    move_in(tmp_path, made_crm.a_row(EWA, **card), made_crm.a_row(JAN, **card))
    (dispute,) = review(desk).disputes
    assert sorted(member.identifier for member in dispute.members) == ["customer_id", "customer_id", "loyalty_card"]
    assert [member.identifier for member in dispute.members if member.contested] == ["customer_id", "customer_id"]
    own = offers("customer_id", EWA.customer), offers("customer_id", JAN.customer)
    assert is_allowed(*own, offers("loyalty_card", EWA.card), (("loyalty_card", EWA.card), "profiling", None)) == (
        [False] * 4
    )
    # What each agreed to without the card counts; what one refuses counts for both until somebody looks at it.
    move_in(tmp_path, made_crm.a_row(EWA), made_crm.a_row(JAN))
    by_address = offers("email", EWA.email), offers("email", JAN.email)
    assert is_allowed(*by_address) == [True, True]
    assert answers(own) == dict.fromkeys(own, "contact_unknown")  # Whose address is whose is just what is in doubt.
    no_calls = {"Zgoda telefon": "NIE", "Telefon": "", "Data zgody": "20.11.2026 10:00"}
    move_in(tmp_path, made_crm.a_row(JAN, **no_calls))
    voice = [offers("phone", one.phone, "voice") for one in (EWA, JAN)]
    assert is_allowed(*by_address, *voice) == [True, True, False, False]


def test_two_cards_of_a_customer_are_hers_both(desk: Desk, tmp_path: Path) -> None:
    move_in(tmp_path, made_crm.a_row(EWA, **{"Nr karty": EWA.card}), made_crm.a_row(EWA, **{"Nr karty": JAN.card}))
    assert review(desk) == Page((), (), None)
    assert is_allowed(offers("loyalty_card", EWA.card), offers("loyalty_card", JAN.card)) == [True, True]


def test_an_address_that_went_to_somebody_else_is_listed_and_gives_them_nothing(desk: Desk, tmp_path: Path) -> None:
    silent = dict.fromkeys(made_crm.COLUMNS[7:11], "")
    now_jans = {"E-mail": EWA.email} | silent | {"Zgoda SMS": "TAK"}
    move_in(tmp_path, made_crm.a_row(EWA), made_crm.a_row(JAN, **now_jans))
    assert [shared.people for shared in review(desk).shared] == [2]
    jan = offers("customer_id", JAN.customer)
    assert is_allowed(jan, offers("customer_id", EWA.customer)) == [False, True]


# Whatever the rows say of a few people, nobody gains by what is said of another (F5).

Row = tuple[int, int, int, int, tuple[str, ...], int, str]
_rows = st.lists(
    st.tuples(
        st.integers(0, 2),  # customer
        st.integers(0, 3),  # card; 3: none
        st.integers(0, 3),  # address; 3: none
        st.integers(0, 3),  # number; 3: none
        st.tuples(*[st.sampled_from(("TAK", "TAK", "NIE", ""))] * 4),
        st.integers(0, len(DAYS) - 1),
        st.sampled_from(("3.0", "3.0", "?")),
    ),
    min_size=2,
    max_size=7,
)
_numbers = itertools.count(1_000, 10)


@hypothesis.given(rows=_rows)
@hypothesis.settings(
    max_examples=size("examples_database"),
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture, hypothesis.HealthCheck.too_slow],
)
def test_nobody_may_be_contacted_by_the_rows_of_another(desk: Desk, rows: list[Row]) -> None:
    first = next(_numbers)
    with tempfile.TemporaryDirectory() as folder:
        path = made_crm.write(Path(folder) / "klienci.csv", [_row(first, row) for row in rows])
        bring_in("crm", path)
        told = list(readers.crm(path))
    at = clock.now()
    for customer in sorted({name for one in told for name in one.accounts if name[0] == "customer_id"}):
        alone = World([one for one in told if customer in one.accounts], rules(), at)
        keys = [key for key in alone.every_key() if key[0] == customer]
        assert [key for key, yes in allowed(keys).items() if yes and not alone.allowed(key)] == []
    world = World(told, rules(), at)
    keys = list(world.every_key())
    assert allowed(keys) == {key: world.allowed(key) for key in keys}
    assert not findings()


def _row(first: int, row: Row) -> dict[str, str]:
    customer, card, email, phone, words, day, version = row
    return {
        "ID klienta": f"C-{first + customer}",
        "Nr karty": "" if card == 3 else f"9772{first + card:08}",
        "E-mail": "" if email == 3 else f"osoba.{first + email}@example.org",
        "Telefon": "" if phone == 3 else f"+4860{first + phone:07}",
        **dict(zip(made_crm.COLUMNS[7:11], words, strict=True)),
        "Data zgody": DAYS[day],
        "Wersja klauzuli": version,
        "Źródło": "aplikacja",
    }
