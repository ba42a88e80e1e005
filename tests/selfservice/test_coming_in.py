"""Coming in by a contact on file: one answer for everybody, a code and a link that open one session, in one browser."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from privacy import clock
from privacy.authz.actors import OPERATOR, ActorKind
from privacy.db import db, session, unit_of_work
from privacy.dsar.service import ProofLevel
from privacy.errors import InvalidInput
from privacy.programme import service as programmes
from privacy.programme.types import ContactKind
from privacy.selfservice import entries
from privacy.selfservice import service as selfservice
from privacy.selfservice.failures import TooManyAskings
from privacy.selfservice.models import PersonEntry, PersonSession
from privacy.subjects import service as subjects
from tests.consent.desk import lay_programme
from tests.selfservice.visitors import (
    ANNA,
    BASE_URL,
    ask,
    asked,
    by_code,
    by_ticket,
    known,
    letters,
    opened_by,
    run_jobs,
    session_of,
)

MAIL = ANNA["email"]


@pytest.fixture(autouse=True)
def _open(context: Flask) -> None:
    """An installation that has known Anna for a month."""
    lay_programme()
    known(ANNA)


def test_a_code_to_a_contact_on_file_opens_a_session_of_its_person() -> None:
    letter = asked("Anna.Nowak@EXAMPLE.com")
    assert letter
    assert (letter.to, letter.template) == (MAIL, "portal_code")
    redeemed = by_code(f"{letter.code[:4]} {letter.code[4:]}")
    assert redeemed
    found = session_of(redeemed.opened)
    assert found.subject_id is not None
    assert (found.proof, found.actor.kind, found.fresh) == (ProofLevel.CONTROL, ActorKind.PERSON, False)
    assert [one.name.normal.key for one in found.proven] == [MAIL]
    assert redeemed.opened.token.encode() not in bytes(session().scalars(sa.select(PersonSession.token_sha256)).one())


def test_a_number_gets_a_code_by_text_message_and_no_link() -> None:
    letter = asked("600 100 200", locale="pl")
    assert letter
    assert (letter.to, letter.template) == (ANNA["phone"], "portal_code_sms")
    assert "http" not in letter.body
    assert by_code(letter.code)


@pytest.mark.parametrize("locale", ["pl", "en", "hr"])
def test_a_letter_has_its_link_from_the_settings_with_the_ticket_behind_the_hash(locale: str) -> None:
    letter = asked(MAIL, locale=locale)
    assert letter
    assert letter.link.startswith(f"{BASE_URL}/portal/enter/link#")
    assert len(letter.ticket) == 43
    assert letter.code in letter.subject


def test_a_link_opens_a_session_in_the_browser_that_asked() -> None:
    letter = asked(MAIL)
    assert letter
    assert by_ticket(letter.ticket)
    assert by_ticket(letter.ticket) is None
    assert by_code(letter.code) is None


def test_a_link_without_the_browsers_secret_changes_nothing_and_uses_nothing_up() -> None:
    letter = asked(MAIL)
    assert letter
    before = _rows()
    for browser in ("", "scanner", "another"):
        assert by_ticket(letter.ticket, browser) is None
        assert by_code(letter.code, browser) is None
    assert _rows() == before
    assert by_ticket(letter.ticket)


@pytest.mark.parametrize("contact", ["nobody@example.com", "+48600999888"])
def test_nothing_is_sent_to_a_contact_that_nobody_holds_and_nothing_of_it_is_kept(contact: str) -> None:
    assert asked(contact) is None
    entry = session().scalars(sa.select(PersonEntry)).one()
    assert (entry.contact_enc, entry.code_digest, entry.holder_id) == (None, None, None)
    assert entry.decided_at is not None


def test_a_code_that_is_too_old_opens_nothing(frozen: time_machine.Traveller) -> None:
    letter = asked(MAIL)
    assert letter
    frozen.shift(600.000_001 + 1)
    assert by_code(letter.code) is None
    assert by_ticket(letter.ticket) is None


def test_a_code_is_good_to_its_last_second(frozen: time_machine.Traveller) -> None:
    letter = asked(MAIL)
    assert letter
    frozen.shift(599)
    assert by_code(letter.code)


def test_five_wrong_codes_void_code_and_link() -> None:
    letter = asked(MAIL)
    assert letter
    wrong = "00000000" if letter.code != "00000000" else "00000001"
    for _ in range(entries.MOST_TRIES):
        assert by_code(wrong) is None
    assert by_code(letter.code) is None
    assert by_ticket(letter.ticket) is None


def test_a_days_guesses_succeed_less_often_than_five_in_a_hundred_thousand() -> None:
    assert entries.MOST_TRIES * entries.MOST_A_DAY / 10**entries.DIGITS <= 5e-5


def test_a_code_of_one_asking_is_worth_nothing_for_another() -> None:
    known({"customer_id": "C-2", "email": "jan@example.com"})
    first, second = asked(MAIL, "one"), asked("jan@example.com", "two")
    assert first
    assert second
    assert by_code(first.code, "two") is None
    assert by_ticket(first.ticket, "two") is None
    assert by_code(second.code, "two")


def test_the_newest_letter_to_a_browser_counts() -> None:
    first, second = asked(MAIL), asked(MAIL)
    assert first
    assert second
    assert by_code(first.code) is None
    assert by_code(second.code)


def test_a_shared_mailbox_opens_a_session_of_nobody() -> None:
    known({"customer_id": "C-2", "email": MAIL})
    found = session_of(opened_by(MAIL))
    assert found.subject_id is None
    [proven] = found.proven
    assert (proven.contact_id, proven.name.normal.key) == (None, MAIL)
    assert selfservice.provable(found, clock.micros()) == []


def test_an_address_that_came_in_place_of_another_days_ago_opens_a_session_of_nobody() -> None:
    programme = programmes.current()
    naming = subjects.name_of(programme, OPERATOR, {"customer_id": "C-1001", "email": "attacker@example.com"})
    with unit_of_work():
        subjects.put_subject(naming, actor=OPERATOR, programme=programme, source="call centre")
    assert session_of(opened_by("attacker@example.com")).subject_id is None


def test_an_address_given_to_somebody_else_before_the_code_was_used_opens_nothing() -> None:
    letter = asked(MAIL)
    assert letter
    _reassign(MAIL)
    assert by_code(letter.code) is None


def test_a_contact_gets_few_letters_however_many_networks_ask() -> None:
    for number in range(3 * entries.MOST_AN_HOUR):
        ask(MAIL, f"browser {number}", network=f"198.51.{number}.1")
    run_jobs()
    assert len(letters()) == entries.MOST_AN_HOUR


def test_one_network_alone_does_not_use_up_the_letters_of_a_contact() -> None:
    for number in range(20):
        ask(MAIL, f"browser {number}", network="198.51.100.66")
    run_jobs()
    assert len(letters()) == entries.MOST_FROM_ONE
    assert asked(MAIL)


def test_a_day_has_its_own_bound(frozen: time_machine.Traveller) -> None:
    sent = 0
    for hour in range(23):
        sent += asked(MAIL, network=f"198.51.{hour}.1") is not None
        frozen.shift(3_601)
    assert sent == entries.MOST_A_DAY


def test_a_flood_from_one_network_comes_after_everybody_else() -> None:
    for number in range(entries.CROWDED + 30):
        ask(f"made.up.{number}@example.com", f"flood {number}", network="198.51.100.66")
    ask(MAIL)
    with unit_of_work():
        selfservice.send_asked(clock.micros(), base_url=BASE_URL, actor=OPERATOR)
    assert [one.to for one in letters()] == [MAIL]


def test_letters_to_crowded_networks_have_a_bound_that_leaves_others_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "CROWDED", 0)
    monkeypatch.setattr(entries, "MOST_CROWDED_LETTERS", 1)
    known({"customer_id": "C-2", "email": "jan@example.com"})
    known({"customer_id": "C-3", "email": "ewa@example.com"})
    assert asked(MAIL, "one", network="198.51.100.1")
    assert asked("jan@example.com", "two", network="198.51.100.1") is None
    monkeypatch.setattr(entries, "CROWDED", 10)
    assert asked("ewa@example.com", "three", network="198.51.101.1")


def test_past_very_many_a_network_is_told_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entries, "MOST_OF_A_NETWORK", 2)
    ask(MAIL)
    ask("nobody@example.com")
    with pytest.raises(TooManyAskings):
        ask(MAIL)
    ask(MAIL, network="198.51.100.1")


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.0/24"),
        ("::ffff:203.0.113.9", "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/56"),
        (None, "unknown"),
        ("unix:", "unknown"),
    ],
)
def test_networks_are_counted_and_not_addresses(address: str | None, network: str) -> None:
    assert selfservice.network_of(address) == network


@pytest.mark.parametrize("contact", ["", "anna", "anna@", "12", "anna@example.com\r\nBcc: x@example.com"])
def test_what_is_no_contact_is_refused_without_repeating_it(contact: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        ask(contact, kind=ContactKind.EMAIL)
    assert not contact or contact not in str(refused.value.extensions)


def test_asking_takes_the_same_statements_whether_or_not_somebody_is_known() -> None:
    assert _statements(MAIL, "one") == _statements("nobody@example.com", "two")


def test_no_code_no_ticket_and_no_address_is_in_the_database() -> None:
    letter = asked(MAIL)
    assert letter
    entry = session().scalars(sa.select(PersonEntry)).one()
    stored = b"".join(
        value for column in PersonEntry.__table__.columns if isinstance(value := getattr(entry, column.key), bytes)
    )
    for secret in (letter.code, letter.ticket, MAIL, "browser"):
        assert secret.encode() not in stored


def _rows() -> list[tuple[object, ...]]:
    db.session.rollback()
    return [tuple(row) for row in session().execute(sa.select(*PersonEntry.__table__.columns))]


def _statements(contact: str, browser: str) -> list[str]:
    said: list[str] = []

    def heard(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", heard)
    try:
        ask(contact, browser)
    finally:
        sa.event.remove(engine, "before_cursor_execute", heard)
    return said


def _reassign(address: str) -> None:
    programme = programmes.current()
    contact = subjects.name_of(programme, OPERATOR, {"email": address}).contacts[ContactKind.EMAIL]
    for holder in subjects.holders_of(contact.index):
        with unit_of_work():
            subjects.retire_contact(
                holder, ContactKind.EMAIL, contact.index, actor=OPERATOR, at=clock.micros(), reassigned=True
            )
