"""What looks personal: the published vectors of each number, names in three languages, and no false alarms."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.systems import personal_formats as formats
from privacy.systems.connector import Column
from privacy.systems.personal import Sureness, people_tables, personal_columns
from privacy.systems.personal_names import of_name, parts

PESELS = (
    *("44051401359", "02070803628", "02270812350", "02211307589"),
    *("02122401358", "90010100016", "05210100016", "12323100121"),
)
NIPS = ("PL8567346215", "5260250274", "1234563218", "525-23-44-078", "856-734-62-15")
CARDS = ("4111 1111 1111 1111", "5555555555554444", "378282246310005", "6011111111111117", "4012-8888-8888-1881")


@pytest.mark.parametrize("text", [*PESELS, "22222222222"])
def test_pesels(text: str) -> None:
    assert formats.pesel(text)


@pytest.mark.parametrize(
    "text",
    [
        *("44051401358", "02381307589", "02222900010", "00000000000", "11111111111"),
        *("４４０５１４０１３５９", "4405140135", "440514013590", ""),
    ],
)
def test_what_is_no_pesel(text: str) -> None:
    assert not formats.pesel(text)


@pytest.mark.parametrize("text", NIPS)
def test_nips(text: str) -> None:
    assert formats.nip(text)


@pytest.mark.parametrize("text", ["8567346216", "1234567890", "0000000000", "1000000160", "526025027", "x"])
def test_what_is_no_nip(text: str) -> None:
    assert not formats.nip(text)


@pytest.mark.parametrize(
    ("fits", "good", "bad"),
    [
        (formats.regon, ["192598184", "123456785", "12345678512347"], ["123456786", "000000000", "12345678512348"]),
        (formats.oib, ["69435151530", "94577403194"], ["69435151531", "00000000000", "6943515153"]),
        (
            formats.iban,
            ["PL61 1090 1014 0000 0712 1981 2874", "HR1210010051863000160", "GB82WEST12345698765432"],
            ["PL61109010140000071219812875", "PL61", "XX"],
        ),
        (formats.card, CARDS, ["4111111111111112", "0000000000000000", "4111"]),
        (formats.email, ["jan.kowalski@example.pl", "a+b@x.y.pl", "ż@łódź.pl"], ["jan@", "@x.pl", "a b@x.pl", "x@y"]),
        (
            formats.phone,
            ["501 234 567", "0048 501-234-567", "+48 (22) 345 67 89", "+385 91 234 5678"],
            ["501234567", "112", "+48 12 345 67 8", "2026-01-02", "10.0.0.1", "12.50"],
        ),
        (formats.postcode, ["61-001"], ["61001", "61-0011", "061-001"]),
        (formats.ip_address, ["192.0.2.7", "2001:db8::1"], ["1.2.3", "256.1.1.1"]),
    ],
)
def test_other_forms(fits: Any, good: list[str], bad: list[str]) -> None:
    assert [text for text in good if not fits(text)] == []
    assert [text for text in bad if fits(text)] == []


@pytest.mark.parametrize(
    ("values", "name"),
    [
        (PESELS, "pesel"),
        ([int(text) for text in PESELS], "pesel"),  # stored as numbers, without leading zeros
        (NIPS, "nip"),
        (CARDS, "card"),
        (["a@x.pl", "", "b@x.pl"], "email"),
        (["61-001", "00-950", "31-042"], "postcode"),
    ],
)
def test_a_column_of_them_is_known(values: list[Any], name: str) -> None:
    found = formats.of_values(values)
    assert found is not None
    assert found[0] == name


@pytest.mark.parametrize(
    "values",
    [
        [],
        [None, True, 1.5],
        PESELS[:4],  # too few to be none by chance
        ["12.50", "1 200.00", "7"],
        ["2026-01-02", "2026-01-03", "2026-01-04"],
        ["2026-01-02 10:11:12", "2026-01-03 10:11:12", "2026-01-04 10:11:12"],
        [f"5901234{number:06d}" for number in range(50)],  # EAN
        [1_790_000_000 + number * 7 for number in range(50)],  # Unix times
        ["a@x.pl", "see below", "none", "call him"],
        ["3.12.1", "3.12.2", "3.13.0"],
    ],
)
def test_other_values_are_no_alarm(values: list[Any]) -> None:
    assert formats.of_values(values) is None


@given(start=st.integers(1, 10**18), step=st.integers(1, 1000), as_text=st.booleans())
def test_numbers_that_are_counted_up_are_no_alarm(start: int, step: int, as_text: bool) -> None:
    numbers = [start + number * step for number in range(100)]
    assert formats.of_values([str(n) for n in numbers] if as_text else numbers) is None


@pytest.mark.parametrize(
    ("name", "category"),
    [
        ("Nazwisko", "user.name.last"),
        ("imię", "user.name.first"),
        ("imie_i_nazwisko", "user.name"),
        ("prezime", "user.name.last"),
        ("ulica", "user.contact.address.street"),
        ("KodPocztowy", "user.contact.address.postal_code"),
        ("poštanski_broj", "user.contact.address.postal_code"),
        ("PESEL", "user.government_id.national_identification_number"),
        ("oib_kupca", "user.government_id.national_identification_number"),
        ("numer_telefonu", "user.contact.phone_number"),
        ("brojTelefona", "user.contact.phone_number"),
        ("AdresEmail", "user.contact.email"),
        ("adresa_e_poste", "user.contact.email"),
        ("DataUrodzenia", "user.demographic.date_of_birth"),
        ("datum_rođenja", "user.demographic.date_of_birth"),
        ("płeć", "user.demographic.gender"),
        ("billingAddress2", "user.contact.address.street"),
        ("contact_email_1", "user.contact.email"),
        ("last_login_ip", "user.device.ip_address"),
        ("nr_konta", "user.financial.bank_account"),
        ("nr_dowodu", "user.government_id.national_identification_number"),
    ],
)
def test_names_in_three_languages(name: str, category: str) -> None:
    said = of_name(name)
    assert said is not None
    assert said.category == category


@pytest.mark.parametrize(
    "name",
    [
        *("id", "amount", "kwota", "total", "created_at", "email_verified", "email_count", "address_id", "phone_type"),
        *("mail_template_id", "product_name", "file_name", "has_phone", "zgoda_email", "card_type", "sku"),
        *("opis", "mailing"),
    ],
)
def test_names_that_say_nothing_of_a_person(name: str) -> None:
    assert of_name(name) is None


def test_names_come_apart_at_every_border() -> None:
    assert parts("KodPocztowy2_miejscowość") == ["kod", "pocztowy", "miejscowosc"]
    assert parts("URLAddress") == ["url", "address"]


def column(place: str, data_type: str = "VARCHAR(60)", *sample: Any, **more: Any) -> Column:
    table, name = place.split(".")
    facts = {"nullable": True, "primary_key": False, "references": None, "indexed": False, **more}
    return Column(table, name, data_type, **facts, sample=sample)


def test_name_and_values_make_it_sure() -> None:
    [found] = personal_columns([column("t.mail", "TEXT", "a@x.pl", "b@x.pl")])
    assert (found.sureness, found.identity) == (Sureness.SURE, "email")
    assert found.why == "by its name and 2 of 2 values that look like email"


def test_values_alone_make_it_likely_whatever_the_name_says() -> None:
    [found] = personal_columns([column("t.c17", "TEXT", *PESELS)])
    assert (found.sureness, found.category) == (Sureness.LIKELY, "user.government_id.national_identification_number")


def test_a_name_and_a_city_count_where_a_table_is_about_people() -> None:
    assert personal_columns([column("genre.name"), column("store.city")]) == []
    assert len(personal_columns([column("klienci.name"), column("klienci.miasto")])) == 2
    assert len(personal_columns([column("b2.nazwisko"), column("b2.miasto")])) == 2
    assert len(personal_columns([column("invoice.billing_address"), column("invoice.billing_city")])) == 2


@pytest.mark.parametrize(
    "one",
    [
        column("customer.email", "BOOLEAN"),
        column("customer.email", "INTEGER", references="email.id"),
        column("customer.address", "INTEGER"),
        column("customer.phone", "CHAR(1)", "Y", "N"),
        column("customer.name", "NUMERIC(10, 2)"),
        column("customer.number", "INTEGER", *[int(text) for text in PESELS], primary_key=True),
    ],
)
def test_a_column_that_cannot_hold_what_its_name_says_is_no_alarm(one: Column) -> None:
    assert personal_columns([one]) == []


def test_tables_about_people_are_those_that_say_so_or_hold_what_tells_somebody() -> None:
    found = personal_columns([column("a.email"), column("invoice.address"), column("users.avatar")])
    assert people_tables(found) == {"a", "users"}
