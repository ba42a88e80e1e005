"""Normalisation for comparison: two spellings of one address are equal, two people's are not, values stay unseen."""

from __future__ import annotations

import unicodedata

import pytest

from privacy.programme.types import ContactKind
from privacy.subjects import identifiers
from privacy.subjects.identifiers import BadIdentifier


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ("Jan.Kowalski@Example.PL ", "jan.kowalski@example.pl"),
        ("a+news@x.pl", "a+news@x.pl"),
        ("jan@łódź.pl", "jan@xn--d-uga0v4h.pl"),
        ("jan@ŁÓDŹ.PL", "jan@xn--d-uga0v4h.pl"),
        ("jan@xn--d-uga0v4h.pl", "jan@xn--d-uga0v4h.pl"),
        ("jan@faß.de", "jan@xn--fa-hia.de"),
        ("zoe\u0308@x.pl", "zoë@x.pl"),
        ("ŻANETA@x.pl", "żaneta@x.pl"),
    ],
)
def test_an_email_is_compared_in_lower_case_with_its_domain_as_a_label(given: str, key: str) -> None:
    normal = identifiers.email(given)
    assert normal.key == unicodedata.normalize("NFC", key)
    assert normal.given == unicodedata.normalize("NFC", given.strip())


def test_dots_and_tags_are_left_alone_since_a_wrong_guess_joins_two_people() -> None:
    assert len({identifiers.email(e).key for e in ("a.b@gmail.com", "ab@gmail.com", "ab+x@gmail.com")}) == 3


@pytest.mark.parametrize(
    "given",
    [
        *("", "jan", "jan@", "@x.pl", "jan@x", "jan kowalski@x.pl", "jan@x..pl", ".jan@x.pl", "ja\u0000n@x.pl"),
        *("jan@x.pl\nBcc: a@x.pl", f"{'a' * 65}@x.pl", f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.pl"),
    ],
)
def test_what_is_no_email_is_refused_and_not_repeated(given: str) -> None:
    with pytest.raises(BadIdentifier) as refused:
        identifiers.email(given)
    assert given == "" or given not in str(refused.value)


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ("501 234 567", "+48501234567"),
        ("0048 501-234-567", "+48501234567"),
        ("48501234567", "+48501234567"),
        ("(48) 501 234 567", "+48501234567"),
        ("+48 (22) 345 67 89", "+48223456789"),
        ("+44 20 7946 0958", "+442079460958"),
    ],
)
def test_a_phone_is_compared_as_e164(given: str, key: str) -> None:
    assert identifiers.phone(given, "PL").key == key


@pytest.mark.parametrize("given", ["12345", "112", "+48 12 345 67 8", "", "jan", "+4850123456７"])
def test_what_is_no_phone_is_refused(given: str) -> None:
    with pytest.raises(BadIdentifier):
        identifiers.phone(given, "PL")


def test_a_postal_address_is_compared_without_case_commas_and_white_space() -> None:
    one = identifiers.postal_address("ul. Lipowa 3/5,\n61-001  Poznań")
    assert one.key == identifiers.postal_address("UL. LIPOWA 3/5 61-001 POZNAŃ").key
    with pytest.raises(BadIdentifier):
        identifiers.postal_address(" , ")


def test_account_identifiers_are_compared_byte_for_byte() -> None:
    assert len({identifiers.account("customer_id", value).key for value in ("C-1", "c-1", "C-01", "C–1")}) == 4
    for bad in ("", " C-1", "C-1 ", "C\n1", "x" * 129, "C\u200b1"):
        with pytest.raises(BadIdentifier):
            identifiers.account("customer_id", bad)


def test_a_mask_lets_the_holder_recognise_it_and_nobody_else_use_it() -> None:
    assert identifiers.mask(ContactKind.EMAIL, "anna.nowak@example.com") == "a***@example.com"
    assert identifiers.mask(ContactKind.PHONE, "+48600100200") == "+48*****200"
    assert identifiers.mask(ContactKind.POSTAL_ADDRESS, "ul. Lipowa 3, Poznań") == "***"


def test_a_normal_form_never_prints_its_value() -> None:
    assert "anna" not in repr(identifiers.email("anna@example.com"))
