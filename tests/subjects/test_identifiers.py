"""How identifiers are compared: the vectors of the standards, and what is refused without being repeated."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.programme.types import ContactKind
from privacy.subjects import identifiers
from privacy.subjects.identifiers import BadIdentifier


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("501 234 567", "+48501234567"),
        ("0048 501-234-567", "+48501234567"),
        ("48501234567", "+48501234567"),
        ("+48 (22) 345 67 89", "+48223456789"),
        ("(48) 512000970", "+48512000970"),
        ("797-175-264", "+48797175264"),
        ("+385 91 234 5678", "+385912345678"),
        (" +48600100200 ", "+48600100200"),
    ],
)
def test_every_way_of_writing_a_number_is_one_number(written: str, compared: str) -> None:
    assert identifiers.phone(written, "PL").key == compared


@pytest.mark.parametrize("written", ["12345", "112", "+48 12 345 67 8", "", "５０１２３４５６７", "abc"])
def test_what_is_no_number_is_refused_and_not_repeated(written: str) -> None:
    with pytest.raises(BadIdentifier) as refused:
        identifiers.phone(written, "PL")
    assert not written or written not in refused.value.detail


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("Jan.Kowalski@Example.PL ", "jan.kowalski@example.pl"),
        ("a+news@x.pl", "a+news@x.pl"),
        ("a@łódź.pl", "a@xn--d-uga0v4h.pl"),
        ("a@ŁÓDŹ.PL", "a@xn--d-uga0v4h.pl"),
        ("a@faß.de", "a@xn--fa-hia.de"),
        ("zo\u0308@x.pl", "zö@x.pl"),
        ("ZÖ@x.pl", "zö@x.pl"),
        ("x@poczta.example", "x@poczta.example"),
    ],
)
def test_addresses_are_compared_in_one_form(written: str, compared: str) -> None:
    assert identifiers.email(written).key == compared


def test_an_address_is_kept_as_it_was_written_for_sending() -> None:
    assert identifiers.email(" Jan.Kowalski@Example.PL").given == "Jan.Kowalski@Example.PL"


@pytest.mark.parametrize(
    "written",
    [
        *("", "bad", "a@b", "a..b@x.pl", "a@x..pl", "@x.pl", "a@", "a b@x.pl", "a@x.pl\r\nBcc: b@x.pl", "a\x00@x.pl"),
        f"{'a' * 65}@x.pl",
        f"a@{'x.' * 130}pl",
    ],
)
def test_what_is_no_address_is_refused_and_not_repeated(written: str) -> None:
    with pytest.raises(BadIdentifier) as refused:
        identifiers.email(written)
    assert not written or written not in refused.value.detail


@pytest.mark.parametrize("value", ["C-1001", "c-1001", "ą", "0012"])
def test_account_identifiers_are_compared_byte_for_byte(value: str) -> None:
    assert identifiers.account("customer_id", value).key == value


@pytest.mark.parametrize("value", ["", " C-1", "C-1\n", "C\u202e1", "C\x001", "x" * 129])
def test_account_identifiers_hold_nothing_invisible(value: str) -> None:
    with pytest.raises(BadIdentifier):
        identifiers.account("customer_id", value)


def test_a_postal_address_is_compared_without_regard_to_case_commas_and_spaces() -> None:
    one = identifiers.postal_address("ul. Długa 5/7,  00-238 Warszawa")
    assert one.key == identifiers.postal_address("UL. DŁUGA 5/7\n00-238 WARSZAWA").key


@given(st.text(max_size=80), st.sampled_from(list(ContactKind)))
def test_any_text_gives_a_contact_or_a_refusal_that_does_not_repeat_it(text: str, kind: ContactKind) -> None:
    refusal = ""
    try:
        normal = identifiers.contact(kind, text, "PL")
        assert identifiers.contact(kind, normal.key, "PL").key == normal.key
    except BadIdentifier as refused:
        refusal = refused.detail
    assert len(text) < 12 or text not in refusal


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        (ContactKind.EMAIL, "anna.nowak@example.com", "a***@example.com"),
        (ContactKind.POSTAL_ADDRESS, "ul. Długa 5", "***"),
    ],
)
def test_a_mask_shows_its_holder_enough_and_others_nothing(kind: ContactKind, value: str, shown: str) -> None:
    assert identifiers.mask(kind, value) == shown


def test_a_masked_number_is_no_number() -> None:
    masked = identifiers.mask(ContactKind.PHONE, "+48600100200")
    assert sum(character.isdigit() for character in masked) <= 5
