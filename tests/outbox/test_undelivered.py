"""What follows on messages that did not go: the next letter takes another way; and what went long ago is deleted."""

from __future__ import annotations

import pytest
import time_machine
from flask import Flask

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import OPERATOR, SERVICE
from privacy.consent import service as consent
from privacy.consent.service import CheckIn
from privacy.db import Driver, db, session, unit_of_work
from privacy.dsar.correspondence import letters
from privacy.dsar.correspondence.kinds import LetterKind
from privacy.dsar.service import CaseType
from privacy.outbox import service as outbox
from privacy.outbox.service import MessageKind
from privacy.programme import service as programmes
from tests.dsar.office import Office, an_office, named
from tests.outbox.relay import Relay
from tests.outbox.sending import actions, mailer, paper, put, send, state_of

ANNA = {
    "customer_id": "C-8",
    "email": "anna.nowak@example.com",
    "postal_address": "ul. Polna 3, 60-001 Poznań",
}


@pytest.fixture
def office(context: Flask, in_force: None) -> Office:
    assert context
    made = an_office()
    outbox.install(audit.record_message, undelivered=[consent.record_refusal])
    made.put(ANNA)
    return made


def ways(office: Office) -> list[MessageKind]:
    """By which ways Anna is asked what she means."""
    row = office.identify(office.receive(CaseType.ACCESS, given={"email": ANNA["email"]}))
    office.take(row, "ask-clarification", "Which shop?")
    [view] = [one for one in letters.letters_of(row.id) if one.kind is LetterKind.CLARIFICATION]
    return [outbox.view(one).kind for one in view.messages]


def reason() -> str:
    """What a check says of her address now."""
    db.session.rollback()
    asked = CheckIn(named({"email": ANNA["email"]}), programmes.current().purposes["offers"], "email")
    answer = consent.check(asked, actor=OPERATOR, programme=programmes.current(), driver=Driver.of(session()))
    return answer.decision.reason.value


@pytest.mark.parametrize(
    ("answer", "bounced"),
    [
        ("550 5.1.1 <ADDRESS> unknown", True),
        ("550 no such user", True),
        ("550 5.7.1 we do not like you", False),
        ("450 4.2.1 later", False),
    ],
)
def test_an_address_that_is_not_there_is_not_written_to_again(
    office: Office, relay: Relay, answer: str, bounced: bool
) -> None:
    assert ways(office) == [MessageKind.EMAIL]
    relay.handler.answers["RCPT"] = answer
    db.session.rollback()
    send(mailer(relay.url, relay.ca_file))
    assert (reason() == "suppressed") is bounced
    assert ways(office) == [MessageKind.POST if bounced else MessageKind.EMAIL]
    assert ("contact.suppressed" in audit.actions_since(session(), None)) is bounced


def test_an_address_that_nobody_holds_is_no_contact(office: Office, relay: Relay) -> None:
    put("press@example.net")
    relay.handler.answers["RCPT"] = "550 5.1.1 unknown"
    db.session.rollback()
    send(mailer(relay.url, relay.ca_file))
    assert "message.refused" in actions()
    assert "contact.suppressed" not in audit.actions_since(session(), None)


def delete_old() -> int:
    with unit_of_work():
        return audit.delete_old_messages(clock.micros(), actor=SERVICE)


def test_messages_of_a_month_ago_are_deleted_but_for_letters_that_were_posted(
    office: Office, relay: Relay, frozen: time_machine.Traveller
) -> None:
    sent, posted = put(), paper()
    with unit_of_work():
        outbox.mark_posted(posted, actor=office.ewa, tracking_number="RR1")
    send(mailer(relay.url, relay.ca_file))
    relay.handler.answers["RCPT"] = "450 later"
    late = put(lasts=clock.DAY)
    send(mailer(relay.url, relay.ca_file))
    frozen.shift(29 * 86_400)
    send()
    assert [state_of(one)[0] for one in (sent, posted, late)] == ["sent", "sent", "expired"]
    assert delete_old() == 0
    frozen.shift(3 * 86_400)
    assert delete_old() == 2
    assert delete_old() == 0
    assert state_of(posted)[0] == "sent"
    for one in (sent, late):
        with pytest.raises(outbox.MessageNotFound):
            outbox.view(one)
    assert actions()[-1] == "message.expired"
    assert audit.actions_since(session(), None).count("messages.deleted") == 1
