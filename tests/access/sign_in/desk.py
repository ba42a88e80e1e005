"""Somebody who works here, with everything by which they sign in."""

from __future__ import annotations

from base64 import b32decode
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from privacy import clock
from privacy.access import service as access
from privacy.access.sign_in import service as sign_in
from privacy.access.sign_in.service import OpenedSession
from privacy.authz.actors import OPERATOR
from privacy.db import unit_of_work

PASSWORD = "seven quiet herons over Wisła"
NETWORK = "192.0.2.0/24"
BROWSER = "Firefox / Linux"
BASE_URL = "https://privacy.example"


def code_of(secret: bytes, *, later: int = 0) -> str:
    """What the app shows now, or so many steps later."""
    at = clock.micros() // clock.SECOND + 30 * later
    return TOTP(secret, 6, SHA1(), 30).generate(at).decode()


def secret_of(address: str) -> bytes:
    """The secret in what an app reads."""
    return b32decode(parse_qs(urlsplit(address).query)["secret"][0])


def password_given(name: str, password: str, network: str | None = NETWORK) -> str | None:
    """As the page of the sign-in does: counted, compared outside any transaction, gone on with."""
    with unit_of_work():
        tried = sign_in.begin_password(name, network)
    fits = tried.fits(password)
    with unit_of_work():
        return sign_in.give_password(tried, fits=fits)


def invitation_given(name: str, code: str, password: str = PASSWORD) -> str | None:
    """As the page for those who were invited does."""
    with unit_of_work():
        attempt = sign_in.begin_invitation(name, password, NETWORK)
    phc = sign_in.hash_password(password)
    with unit_of_work():
        return sign_in.give_invitation(attempt, name, code, phc)


@dataclass
class Colleague:
    """A member of staff with a password and an app."""

    id: UUID
    name: str
    key: str = field(repr=False)
    secret: bytes = field(repr=False)
    recovery_codes: list[str] = field(repr=False)
    first: OpenedSession

    def code(self, *, later: int = 0) -> str:
        return code_of(self.secret, later=later)

    def password_given(self, password: str = PASSWORD, network: str | None = NETWORK) -> str | None:
        return password_given(self.name, password, network)

    def signed_in(self, code: str, network: str | None = NETWORK) -> OpenedSession | None:
        token = self.password_given(network=network)
        assert token is not None
        with unit_of_work():
            return sign_in.give_factor(token, code, BROWSER, network)


def taken_on(name: str, role: str = "staff") -> access.IssuedStaffKey:
    with unit_of_work():
        return access.create_staff(name, f"{name}@example.com", actor=OPERATOR, role=role)


def invited(staff_id: UUID) -> sign_in.Invitation:
    with unit_of_work():
        return sign_in.invite(staff_id, actor=OPERATOR, base_url=BASE_URL)


def a_colleague(name: str = "ewa", role: str = "staff") -> Colleague:
    """Taken on, invited and signed in for the first time."""
    made = taken_on(name, role)
    code = invited(made.id).code
    token = invitation_given(name, code)
    assert token is not None
    enrolling = sign_in.enrolling(token)
    assert enrolling is not None
    with unit_of_work():
        enrolled = sign_in.enrol(token, code_of(enrolling.secret), "phone", BROWSER)
    assert enrolled is not None
    return Colleague(made.id, name, made.key, enrolling.secret, enrolled.recovery_codes, enrolled.opened)
