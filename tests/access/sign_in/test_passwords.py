"""Passwords: long, uncommon, the same from every keyboard; and no more is said of a wrong one than of no account."""

from __future__ import annotations

import unicodedata

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from privacy.access.sign_in import passwords
from privacy.access.sign_in.models import StaffPassword
from privacy.db import session
from privacy.errors import InvalidInput
from tests.access.sign_in.desk import PASSWORD, a_colleague

pytestmark = pytest.mark.usefixtures("context")


@pytest.mark.parametrize(
    "password",
    [
        "",
        "a",
        "elevenchars",
        "x" * 257,
        "password1234",
        "Password!!!!2026",
        "123456789012",
        "qwertyuiop123",
        "zaq12wsx....",
        "aaaaaaaaaaaaaaaa",
        "abababababababab",
        "ewa-kowalska",
        "EWA-KOWALSKA2026",
        "privacyprivacy",
    ],
)
def test_a_password_that_is_guessed_first_is_refused(password: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        passwords.ensure_good(password, "ewa-kowalska")
    assert len(password) < 2 or password not in str(caught.value)


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD,
        "correct horse battery staple",
        "zażółć gęślą jaźń",
        "x9" + "é" * 250 + "ab",
        "twelve chars",
        "password of my grandmother",
    ],
)
def test_no_rule_of_composition_stands_against_a_long_password(password: str) -> None:
    passwords.ensure_good(password, "ewa-kowalska")


def test_the_list_of_common_passwords_is_as_long_as_it_should_be() -> None:
    common = passwords._common()
    assert len(common) >= 3000
    assert all(len(one) >= 8 for one in common)
    assert {"password", "12345678", "iloveyou", "qwertyuiop"} <= common


def test_a_password_is_kept_as_argon2id_under_the_owners_key() -> None:
    ewa = a_colleague()
    row = session().scalars(sa.select(StaffPassword)).one()
    assert b"argon2" not in row.hash_enc
    assert passwords.hashed(PASSWORD).startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.fits(PASSWORD, passwords.hash_of(ewa.id))
    assert not passwords.fits(PASSWORD + " ", passwords.hash_of(ewa.id))


def test_a_password_is_the_same_however_a_keyboard_composes_it() -> None:
    ewa = a_colleague()
    assert passwords.fits(unicodedata.normalize("NFD", PASSWORD), passwords.hash_of(ewa.id))


def test_a_name_that_nobody_has_costs_one_hash_as_every_other(monkeypatch: pytest.MonkeyPatch) -> None:
    ewa = a_colleague()
    asked: list[bytes] = []
    real = Argon2id.verify_phc_encoded

    class Counting:
        @staticmethod
        def verify_phc_encoded(given: bytes, phc: str) -> None:
            asked.append(given)
            assert phc.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
            real(given, phc)

    monkeypatch.setattr(passwords, "_nobodys", lambda: _HASH)
    monkeypatch.setattr(passwords, "Argon2id", Counting)
    for staff_id in (ewa.id, None):
        assert not passwords.fits("wrong and long enough", passwords.hash_of(staff_id))
    assert asked == [b"wrong and long enough"] * 2


_HASH = passwords.hashed("of nobody at all")
