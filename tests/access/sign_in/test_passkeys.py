"""Passkeys: one that is right opens a session, and nothing else does."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from cryptography.hazmat.primitives.asymmetric import rsa
from fido2.cose import PS256
from fido2.webauthn import AuthenticatorData

from privacy import clock
from privacy.access import service as access
from privacy.access.failures import LastFactor, PasskeyTaken
from privacy.access.sign_in import service as sign_in
from privacy.access.sign_in.models import SignInStep, StaffFactor
from privacy.access.sign_in.service import Challenge, OpenedSession, Site, Way
from privacy.audit import service as audit
from privacy.authz.actors import OPERATOR
from privacy.db import session, unit_of_work
from tests.access.sign_in.authenticator import Authenticator
from tests.access.sign_in.desk import BROWSER, NETWORK, Colleague, a_colleague

pytestmark = pytest.mark.usefixtures("context", "frozen")
ORIGIN = "https://privacy.example"
FOUND = Site.of(ORIGIN, "Shop")
assert FOUND
SITE = FOUND
_FLAG = AuthenticatorData.FLAG
one_database = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def inside(ewa: Colleague) -> sign_in.StaffSessionFacts:
    found = sign_in.session_of(ewa.first.token)
    assert found is not None
    return found


def added(ewa: Colleague, device: Authenticator, **lies: Any) -> bool:
    with unit_of_work():
        asked = sign_in.begin_new_passkey(inside(ewa), SITE)
    with unit_of_work():
        return sign_in.add_passkey(inside(ewa), SITE, asked.token, device.create(asked.options, **lies), "key ring")


def with_passkey(name: str = "ewa") -> tuple[Colleague, Authenticator]:
    ewa, device = a_colleague(name), Authenticator(ORIGIN)
    assert added(ewa, device)
    return ewa, device


def asked() -> Challenge:
    with unit_of_work():
        return sign_in.begin_passkey(SITE)


def signed_in(token: str | None, answer: str, site: Site = SITE) -> OpenedSession | None:
    with unit_of_work():
        return sign_in.sign_in_by_passkey(site, token, answer, BROWSER, NETWORK)


def test_a_passkey_alone_signs_in_is_listed_and_removed() -> None:
    ewa, device = with_passkey()
    wanted = asked()
    assert wanted.options["publicKey"]["userVerification"] == "required"
    opened = signed_in(wanted.token, device.get(wanted.options))
    assert opened is not None
    found = sign_in.session_of(opened.token)
    assert found is not None
    assert found.staff_id == ewa.id
    assert {one.way for one in sign_in.sessions_of(ewa.id)} == {Way.PASSWORD, Way.PASSKEY}
    passkey, app = sorted(sign_in.factors_of(ewa.id), key=lambda one: one.kind)
    assert (passkey.label, passkey.used_at is not None) == ("key ring", True)
    for row in session().scalars(sa.select(StaffFactor)):
        assert device.id not in row.secret_enc
    with unit_of_work():
        sign_in.remove_factor(found, app.id)
    with pytest.raises(LastFactor), unit_of_work():
        sign_in.remove_factor(found, passkey.id)
    with unit_of_work():
        access.disable_staff(ewa.id, actor=OPERATOR)
    wanted = asked()
    assert signed_in(wanted.token, device.get(wanted.options)) is None


#: What is wrong with an answer, and how it is made wrong.
LIES: dict[str, dict[str, Any]] = {
    "another origin": {"origin": "https://privacy.example.evil.example"},
    "a name below ours": {"origin": "https://a.privacy.example"},
    "another port": {"origin": "https://privacy.example:8443"},
    "not over TLS": {"origin": "http://privacy.example"},
    "another host": {"host": "example"},
    "in a frame of another site": {"framed": True},
    "another challenge": {"challenge": "A" * 43},
    "no user verification": {"flags": _FLAG.UP},
    "nobody there": {"flags": _FLAG.UV},
}
OF_A_SIGN_IN: dict[str, dict[str, Any]] = LIES | {
    "an answer to something else": {"kind": "webauthn.create"},
    "another signature": {"signature": b"\x30\x06\x02\x01\x01\x02\x01\x01"},
    "no signature": {"signature": b""},
    "another's name": {"owner": b"x" * 16},
    "nobody's name": {"owner": b""},
}


@one_database
@pytest.mark.parametrize("lie", OF_A_SIGN_IN)
def test_an_answer_that_does_not_hold_signs_nobody_in(lie: str) -> None:
    _, device = with_passkey()
    wanted = asked()
    assert signed_in(wanted.token, device.get(wanted.options, **OF_A_SIGN_IN[lie])) is None
    assert "sign_in.failed" in audit.actions_since(session(), None)
    # The challenge is used up by it.
    assert signed_in(wanted.token, device.get(wanted.options)) is None


@one_database
@pytest.mark.parametrize("lie", LIES | {"an answer to something else": {"kind": "webauthn.get"}})
def test_a_passkey_that_does_not_hold_is_not_added(lie: str) -> None:
    ewa = a_colleague()
    lies = LIES.get(lie) or {"kind": "webauthn.get"}
    assert added(ewa, Authenticator(ORIGIN), **lies) is False
    assert len(sign_in.factors_of(ewa.id)) == 1


@one_database
def test_a_key_of_a_kind_that_was_not_asked_for_is_not_added() -> None:
    key = PS256.from_cryptography_key(  # type: ignore[no-untyped-call]  # the library says no types there
        rsa.generate_private_key(65_537, 2_048).public_key()
    )
    assert added(a_colleague(), Authenticator(ORIGIN), key=key) is False


@pytest.mark.parametrize(
    "answer", ["", "{}", "[]", "null", '{"id":"AA","rawId":"AA"}', '{"rawId":1}', "[" * 9_000, "x" * 20_000, "\x00"]
)
@one_database
def test_what_is_no_answer_signs_nobody_in(answer: str) -> None:
    assert signed_in(asked().token, answer) is None


def test_an_answer_counts_once_in_ten_minutes_and_in_its_browser(frozen: time_machine.Traveller) -> None:
    _, device = with_passkey()
    wanted, other = asked(), asked()
    answer = device.get(wanted.options)
    assert signed_in(None, answer) is None
    assert signed_in(other.token, answer) is None  # Of another browser.
    assert signed_in(wanted.token, answer)
    assert signed_in(wanted.token, answer) is None
    late = asked()
    frozen.shift(600)
    assert signed_in(late.token, device.get(late.options)) is None
    asked()
    assert session().scalar(sa.select(sa.func.count()).select_from(SignInStep)) == 1  # Old ones are gone.


@one_database
@pytest.mark.parametrize("counter", [5, 4, 0])
def test_a_counter_that_does_not_go_up_is_a_copy_and_is_told(counter: int) -> None:
    _, device = with_passkey()
    for counted, opens in ((5, True), (counter, False), (6, True)):
        wanted = asked()
        opened = signed_in(wanted.token, device.get(wanted.options, counter=counted))
        assert (opened is not None) is opens
    assert list(audit.actions_since(session(), None)).count("staff_passkey.copied") == 1


@one_database
def test_a_passkey_that_counts_nothing_works_each_time() -> None:
    ewa, device = a_colleague(), Authenticator(ORIGIN, counter=None)
    assert added(ewa, device)
    for _ in range(3):
        wanted = asked()
        assert signed_in(wanted.token, device.get(wanted.options))


@one_database
def test_a_passkey_belongs_to_one_colleague() -> None:
    _, device = with_passkey()
    jan = a_colleague("jan")
    with pytest.raises(PasskeyTaken):
        added(jan, device)


@one_database
def test_a_passkey_stands_for_a_code_of_its_owner_alone() -> None:
    (ewa, hers), (_, his) = with_passkey(), with_passkey("jan")
    step = ewa.password_given()
    assert step is not None
    with unit_of_work():
        wanted = sign_in.begin_passkey_factor(SITE, step)
    assert len(wanted.options["publicKey"]["allowCredentials"]) == 1
    # It was not asked for a sign-in without a password.
    assert signed_in(wanted.token, hers.get(wanted.options)) is None

    def given(device: Authenticator) -> OpenedSession | None:
        with unit_of_work():
            wanted = sign_in.begin_passkey_factor(SITE, step)
            return sign_in.give_passkey(step, SITE, wanted.token, device.get(wanted.options), BROWSER, NETWORK)

    assert given(his) is None
    assert given(hers) is not None
    assert given(hers) is None  # The step is over.


@one_database
def test_a_passkey_proves_its_owner_once_more_and_nobody_else(frozen: time_machine.Traveller) -> None:
    (ewa, hers), (_, his) = with_passkey(), with_passkey("jan")
    frozen.shift(301)

    def proven(device: Authenticator) -> OpenedSession | None:
        with unit_of_work():
            wanted = sign_in.begin_passkey(SITE, ewa.id)
            return sign_in.prove_by_passkey(inside(ewa), SITE, wanted.token, device.get(wanted.options), NETWORK)

    assert proven(his) is None
    opened = proven(hers)
    assert opened is not None
    found = sign_in.session_of(opened.token)
    assert found is not None
    assert found.is_fresh(clock.micros())
    assert sign_in.session_of(ewa.first.token) is None


@one_database
def test_what_one_began_to_add_another_does_not_finish() -> None:
    (ewa, _), (jan, _) = with_passkey(), with_passkey("jan")
    with unit_of_work():
        hers = sign_in.begin_new_passkey(inside(ewa), SITE)
    device = Authenticator(ORIGIN)
    with unit_of_work():
        assert not sign_in.add_passkey(inside(jan), SITE, hers.token, device.create(hers.options), "")
    assert len(hers.options["publicKey"]["excludeCredentials"]) == 1


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://privacy.example.com", "privacy.example.com"),
        ("http://localhost:8000", "localhost"),
        ("http://shop.localhost", "shop.localhost"),
        ("http://127.0.0.1:8000", None),
        ("https://192.0.2.1", None),
        ("https://[2001:db8::1]", None),
        ("http://privacy.example.com", None),
        ("http://localhost.example.com", None),
    ],
)
def test_passkeys_are_good_at_a_name_over_tls_and_on_this_machine(address: str, host: str | None) -> None:
    found = Site.of(address, "Shop")
    assert (found.host if found else None) == host
    assert found is None or found.origin == address
