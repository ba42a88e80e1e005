"""Signing in: an invitation, a password, a factor that works once, waits that grow, sessions that end at once."""

from __future__ import annotations

import contextlib
import threading

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from privacy import clock
from privacy.access import service as access
from privacy.access.failures import (
    ApprovalUsed,
    FactorNotFound,
    LastFactor,
    OperatorOnly,
    RecoveryNeedsTwo,
    SelfApproval,
    SelfGrant,
    SessionNotFound,
    TooManyAttempts,
    WrongFactor,
)
from privacy.access.sign_in import factors
from privacy.access.sign_in import service as sign_in
from privacy.access.sign_in.models import SignInAttempts, StaffFactor, StaffSession
from privacy.audit import service as audit
from privacy.authz.actors import OPERATOR
from privacy.authz.roles import ROLES, StaffRole
from privacy.db import new_id, session, unit_of_work
from privacy.errors import InvalidInput
from privacy.outbox.models import OutboxMessage
from tests.access.sign_in.desk import (
    BASE_URL,
    BROWSER,
    NETWORK,
    PASSWORD,
    Colleague,
    a_colleague,
    code_of,
    invitation_given,
    invited,
    password_given,
    taken_on,
)

pytestmark = pytest.mark.usefixtures("context", "frozen")


def inside(token: str | None) -> sign_in.StaffSessionFacts:
    found = sign_in.session_of(token)
    assert found is not None
    return found


def test_an_invitation_leads_to_a_password_a_factor_codes_and_a_session() -> None:
    ewa = a_colleague()
    found = inside(ewa.first.token)
    assert (found.staff_id, found.name) == (ewa.id, "ewa")
    assert found.actor.permissions == ROLES[StaffRole.PRIVACY_OFFICE] | ROLES[StaffRole.CONTROLLER]
    assert len(set(ewa.recovery_codes)) == 10
    assert sign_in.recovery_codes_left(ewa.id) == 10


def test_an_invitation_goes_by_mail_and_works_once_for_three_days(frozen: time_machine.Traveller) -> None:
    made = taken_on("ewa")
    first, second = invited(made.id).code, invited(made.id).code
    assert session().scalar(sa.select(sa.func.count()).select_from(OutboxMessage)) == 2

    def given(code: str) -> str | None:
        return invitation_given("ewa", code)

    assert given(first) is None  # A newer one was made.
    assert given("ABCD-ABCD-ABCD-ABCD-ABCD-ABCD") is None
    token = given(second.lower().replace("-", " "))
    assert token is not None
    enrolling = sign_in.enrolling(token)
    assert enrolling is not None
    again = given(second)  # Nothing is used up before the app has shown a code.
    assert again is not None
    with unit_of_work():
        assert sign_in.enrol(token, "000000", "", BROWSER) is None
        assert sign_in.enrol(token, code_of(enrolling.secret), "", BROWSER)
    other = sign_in.enrolling(again)
    assert other is not None
    with unit_of_work():
        assert sign_in.enrol(again, code_of(other.secret), "", BROWSER) is None
    third = invited(made.id).code
    frozen.shift(3 * 86_400)
    assert given(third) is None


def test_a_weak_password_is_refused_before_the_code_is_looked_at() -> None:
    with pytest.raises(InvalidInput):
        invitation_given("nobody", "x", "password1234")


def test_password_and_code_open_a_session_of_its_own_token() -> None:
    ewa = a_colleague()
    opened = ewa.signed_in(ewa.code(later=1))
    assert opened is not None
    assert opened.token != ewa.first.token
    assert len(opened.token) == 43
    assert opened.token not in repr(opened)
    for row in session().execute(sa.select(StaffSession.__table__)):
        assert opened.token not in str(tuple(row))


def test_a_code_works_once_and_one_step_around_now(frozen: time_machine.Traveller) -> None:
    ewa = a_colleague()
    assert ewa.signed_in(ewa.code()) is None  # The code that the app was added with.
    code = ewa.code(later=1)
    assert ewa.signed_in(code)
    assert ewa.signed_in(code) is None
    assert ewa.signed_in(ewa.code(later=2)) is None
    frozen.shift(90)
    assert ewa.signed_in(ewa.code(later=-1))
    assert ewa.signed_in(ewa.code(later=-2)) is None


def test_a_step_is_over_after_ten_minutes(frozen: time_machine.Traveller) -> None:
    ewa = a_colleague()
    token = ewa.password_given()
    assert token is not None
    frozen.shift(600)
    with unit_of_work():
        assert sign_in.give_factor(token, ewa.code(), BROWSER, NETWORK) is None


def test_a_recovery_code_stands_in_for_the_app_once() -> None:
    ewa, jan = a_colleague(), a_colleague("jan")
    code = ewa.recovery_codes[3].lower().replace("-", "")
    assert jan.signed_in(code) is None
    assert ewa.signed_in(code)
    assert ewa.signed_in(code) is None
    assert sign_in.recovery_codes_left(ewa.id) == 9
    with unit_of_work():
        sign_in.make_recovery_codes(ewa.id, actor=inside(ewa.first.token).actor)
    assert ewa.signed_in(ewa.recovery_codes[4]) is None


def test_fifty_at_once_use_a_recovery_code_once(context: Flask) -> None:
    ewa = a_colleague()
    actor = inside(ewa.first.token).actor
    session().close()
    barrier, taken = threading.Barrier(50), []

    def use() -> None:
        with context.app_context():
            barrier.wait()
            with unit_of_work():
                taken.append(factors.take_recovery_code(ewa.id, ewa.recovery_codes[0], actor=actor))

    _at_once(use, 50)
    assert sorted(taken) == [False] * 49 + [True]


def test_twenty_at_once_use_a_code_of_the_app_once(context: Flask) -> None:
    ewa = a_colleague()
    code = ewa.code(later=1)
    session().close()
    barrier, taken = threading.Barrier(20), []

    def use() -> None:
        with context.app_context():
            barrier.wait()
            with unit_of_work():
                taken.append(factors.take_code(ewa.id, code))

    _at_once(use, 20)
    assert sorted(taken) == [False] * 19 + [True]


def test_a_factor_counts_up_and_never_stays_where_it_is() -> None:
    """What stands between two requests that both read the counter before either has written it."""
    ewa = a_colleague()
    [phone] = sign_in.factors_of(ewa.id)
    step = clock.micros() // clock.SECOND // 30
    with unit_of_work():
        assert [factors.count_up(phone.id, step + by) for by in (1, 1, 0, 2)] == [True, False, False, True]


def _at_once(use: object, many: int) -> None:
    threads = [threading.Thread(target=use) for _ in range(many)]  # type: ignore[arg-type]  # a function
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_whoever_fails_waits_longer_each_time_and_not_for_ever(frozen: time_machine.Traveller) -> None:
    ewa = a_colleague()
    for _ in range(5):
        assert ewa.password_given("wrong and long enough") is None
    waits = []
    for _ in range(6):
        with pytest.raises(TooManyAttempts) as caught:
            ewa.password_given()
        waits.append(caught.value.extensions["retry_after"])
        frozen.shift(waits[-1])
        assert ewa.password_given("wrong and long enough") is None
    assert waits == [1, 2, 4, 8, 16, 32]
    frozen.shift(900)
    assert ewa.password_given() is not None


def test_the_victim_of_guessing_elsewhere_signs_in_from_their_own_network(frozen: time_machine.Traveller) -> None:
    ewa = a_colleague()
    assert ewa.signed_in(ewa.code(later=1))
    frozen.shift(60)
    for number in range(30):
        with contextlib.suppress(TooManyAttempts):
            ewa.password_given("wrong and long enough", f"198.51.{number}.0/24")
    with pytest.raises(TooManyAttempts):
        ewa.password_given(network="203.0.113.0/24")
    assert ewa.signed_in(ewa.code())


def test_one_network_tries_so_many_names() -> None:
    tried = 0
    with pytest.raises(TooManyAttempts):
        for number in range(100):
            password_given(f"name{number}", "wrong and long enough")
            tried += 1
    assert tried == 60


def test_attempts_are_counted_without_names_or_networks() -> None:
    ewa = a_colleague()
    ewa.password_given("wrong and long enough")
    for row in session().scalars(sa.select(SignInAttempts)):
        assert b"ewa" not in row.digest


def test_many_at_once_are_as_many_as_one_after_another(context: Flask) -> None:
    ewa = a_colleague()
    session().close()
    barrier, outcomes = threading.Barrier(8), []

    def guess() -> None:
        with context.app_context():
            barrier.wait()
            try:
                outcomes.append(ewa.password_given("wrong and long enough"))
            except TooManyAttempts:
                outcomes.append("wait")

    _at_once(guess, 8)
    assert outcomes.count(None) == 5
    assert outcomes.count("wait") == 3


def test_a_session_ends_by_itself(frozen: time_machine.Traveller) -> None:
    ewa = a_colleague()
    for _ in range(24):
        frozen.shift(1799)
        found = inside(ewa.first.token)
        assert sign_in.is_to_be_noted(found)
        with unit_of_work():
            sign_in.note_use(found.id)
    frozen.shift(43_200 - 24 * 1799)
    assert sign_in.session_of(ewa.first.token) is None
    frozen.shift(60)
    other = ewa.signed_in(ewa.code())
    assert other is not None
    frozen.shift(1800)
    assert sign_in.session_of(other.token) is None


def test_proving_oneself_again_gives_a_new_token_and_five_minutes(frozen: time_machine.Traveller) -> None:
    ewa = a_colleague()
    assert inside(ewa.first.token).is_fresh(clock.micros())
    frozen.shift(300)
    found = inside(ewa.first.token)
    assert not found.is_fresh(clock.micros())
    with unit_of_work():
        assert sign_in.prove_again(found, "000000", NETWORK) is None
        opened = sign_in.prove_again(found, ewa.code(), NETWORK)
    assert opened is not None
    assert sign_in.session_of(ewa.first.token) is None
    again = inside(opened.token)
    assert again.is_fresh(clock.micros())
    assert again.opened_at == found.opened_at


def test_a_session_that_ended_meanwhile_does_not_go_on_under_a_new_token(frozen: time_machine.Traveller) -> None:
    ewa = a_colleague()
    other = ewa.signed_in(ewa.code(later=1))
    assert other is not None
    found, stolen = inside(ewa.first.token), inside(other.token)
    # The thief's request was let in at the door, and waits while she ends what is not hers.
    with unit_of_work():
        sign_in.end_others(found)
    frozen.shift(60)
    with pytest.raises(SessionNotFound), unit_of_work():
        sign_in.prove_again(stolen, ewa.code(), NETWORK)
    assert [one.id for one in sign_in.sessions_of(ewa.id)] == [found.id]


@pytest.mark.parametrize("ends", ["password", "factor", "disabled", "grant", "recovered", "others"])
def test_sessions_end_at_once_where_they_must(ends: str, frozen: time_machine.Traveller) -> None:
    ewa = a_colleague()
    other = ewa.signed_in(ewa.code(later=1))
    assert other is not None
    found = inside(ewa.first.token)
    mine_lives = ends in {"password", "factor", "others"}
    with unit_of_work():
        if ends == "password":
            new = sign_in.hash_password("a new one that is long")
            for old in ("not the old one", PASSWORD):
                tried = sign_in.begin_change(found, "a new one that is long", NETWORK)
                assert sign_in.change_password(found, tried, new, fits=tried.fits(old)) is (old == PASSWORD)
        elif ends == "factor":
            token, secret = sign_in.begin_app(found)
            sign_in.add_app(found, token, code_of(secret), "tablet")
        elif ends == "disabled":
            access.disable_staff(ewa.id, actor=OPERATOR)
        elif ends == "grant":
            access.end_grant(access.grants(ewa.id)[0].id, actor=OPERATOR)
        elif ends == "others":
            assert sign_in.end_others(found) == 1
    if ends == "recovered":
        _recovered(ewa)
    assert sign_in.session_of(other.token) is None
    assert (sign_in.session_of(ewa.first.token) is not None) is mine_lives


def _recovered(ewa: Colleague) -> sign_in.Invitation:
    one, two = (access.authenticate(taken_on(name, "administrator").key) for name in ("one", "two"))
    with unit_of_work():
        asked = sign_in.request_recovery(ewa.id, actor=one, reason="lost the phone and the codes")
    with pytest.raises(SelfApproval), unit_of_work():
        sign_in.recover(ewa.id, asked, actor=one, base_url=BASE_URL)
    with unit_of_work():
        return sign_in.recover(ewa.id, asked, actor=two, base_url=BASE_URL)


def test_whoever_lost_every_factor_begins_anew_by_two_others() -> None:
    ewa = a_colleague()
    again = _recovered(ewa)
    assert ewa.password_given() is None
    assert invitation_given("ewa", again.code)


def test_an_asking_that_is_repeated_leaves_nothing_that_one_could_use_alone() -> None:
    ewa = a_colleague()
    one, two = (access.authenticate(taken_on(name, "administrator").key) for name in ("one", "two"))
    with unit_of_work():
        asked = [sign_in.request_recovery(ewa.id, actor=one, reason="lost the phone") for _ in range(2)]
    with unit_of_work():
        sign_in.recover(ewa.id, asked[0], actor=two, base_url=BASE_URL)
    assert sign_in.recovery_waiting(ewa.id) is None
    with pytest.raises(ApprovalUsed), unit_of_work():
        sign_in.recover(ewa.id, asked[1], actor=two, base_url=BASE_URL)


def test_whoever_lets_the_other_administrator_go_does_not_decide_alone(frozen: time_machine.Traveller) -> None:
    ewa, one, two = a_colleague(), taken_on("one", "administrator"), taken_on("two", "administrator")
    boss = access.authenticate(one.key)
    with unit_of_work():
        sign_in.ask_for_recovery("ewa", NETWORK)
        access.disable_staff(two.id, actor=boss)
    with pytest.raises(RecoveryNeedsTwo), unit_of_work():
        sign_in.recover_alone(ewa.id, actor=boss, base_url=BASE_URL)
    frozen.shift(4 * 86_400)
    with unit_of_work():
        sign_in.recover_alone(ewa.id, actor=boss, base_url=BASE_URL)
    assert sign_in.is_invited(ewa.id)


def test_a_code_is_void_once_an_account_is_linked_for_who_is_new() -> None:
    boss, jan = access.authenticate(taken_on("boss", "administrator").key), taken_on("jan")
    with unit_of_work():
        code = sign_in.invite(jan.id, actor=boss, base_url=BASE_URL).code
    begun = invitation_given("jan", code)
    assert begun is not None
    enrolling = sign_in.enrolling(begun)
    assert enrolling is not None
    with unit_of_work():
        sign_in.link_account(jan.id, sign_in.Account("https://id.example", "jan-1"), actor=boss)
    assert not sign_in.is_invited(jan.id)
    assert invitation_given("jan", code) is None
    with unit_of_work():
        assert sign_in.enrol(begun, code_of(enrolling.secret), "phone", BROWSER) is None


def test_an_administrator_invites_who_is_new_and_nobody_else_alone() -> None:
    boss = access.authenticate(taken_on("boss", "administrator").key)
    ewa, jan = a_colleague(), taken_on("jan")
    with unit_of_work():
        assert sign_in.invite(jan.id, actor=boss, base_url=BASE_URL).code
        assert sign_in.is_invited(jan.id)
    with pytest.raises(OperatorOnly), unit_of_work():
        sign_in.invite(ewa.id, actor=boss, base_url=BASE_URL)
    with pytest.raises(SelfGrant), unit_of_work():
        sign_in.invite(boss.id, actor=boss, base_url=BASE_URL)


def test_factors_are_added_by_their_code_and_the_last_one_stays() -> None:
    ewa, jan = a_colleague(), a_colleague("jan")
    found = inside(ewa.first.token)
    [phone] = sign_in.factors_of(ewa.id)
    with pytest.raises(LastFactor), unit_of_work():
        sign_in.remove_factor(found, phone.id)
    with unit_of_work():
        token, secret = sign_in.begin_app(found)
    for owner, wrong in ((found, "000000"), (inside(jan.first.token), code_of(secret))):
        with pytest.raises(WrongFactor), unit_of_work():
            sign_in.add_app(owner, token, wrong, "tablet")
    with unit_of_work():
        sign_in.add_app(found, token, code_of(secret), "tablet")
    assert {one.label for one in sign_in.factors_of(ewa.id)} == {"phone", "tablet"}
    with pytest.raises(FactorNotFound), unit_of_work():
        sign_in.remove_factor(inside(jan.first.token), phone.id)
    with unit_of_work():
        sign_in.remove_factor(found, phone.id)
    assert ewa.signed_in(ewa.code(later=1)) is None
    for row in session().scalars(sa.select(StaffFactor)):
        assert secret not in row.secret_enc


def test_a_session_is_ended_by_its_owner_alone() -> None:
    ewa, jan = a_colleague(), a_colleague("jan")
    [listed] = sign_in.sessions_of(ewa.id)
    assert listed.browser == BROWSER
    for session_id in (listed.id, new_id()):
        with pytest.raises(SessionNotFound), unit_of_work():
            sign_in.end_session(session_id, sign_in.EndedWhy.ENDED, actor=inside(jan.first.token).actor)
    with unit_of_work():
        sign_in.end_session(listed.id, sign_in.EndedWhy.ENDED, actor=inside(ewa.first.token).actor)
    assert sign_in.session_of(ewa.first.token) is None


def test_what_happened_is_in_the_log_without_a_name_that_was_typed() -> None:
    ewa = a_colleague()
    ewa.signed_in(ewa.code(later=1))
    ewa.password_given("wrong and long enough")
    password_given("my secret in the wrong field", "x" * 12)
    actions = list(audit.actions_since(session(), None))
    for action in (
        "staff.invited",
        "staff_factor.added",
        "staff_recovery_codes.made",
        "staff_session.opened",
        "sign_in.failed",
    ):
        assert action in actions
    assert actions.count("sign_in.failed") == 2


@pytest.mark.parametrize(
    ("agent", "told"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox / Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140 Safari/537.36 Edg/140.0", "Edge / Windows"),
        ("<script>alert(1)</script>" * 40, "? / ?"),
        ("", "? / ?"),
    ],
)
def test_of_a_browser_its_kind_is_kept(agent: str, told: str) -> None:
    assert sign_in.browser_of(agent) == told
