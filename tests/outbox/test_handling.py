"""Letters on paper are printed and posted by people, who put their name to it; what failed is tried again on demand."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from privacy.audit import service as audit
from privacy.authz.actors import OPERATOR, OPERATOR_ID
from privacy.crypto.owner_keys import destroy_owner_key
from privacy.db import new_id, session, unit_of_work
from privacy.errors import InvalidInput
from privacy.outbox import service as outbox
from privacy.outbox.models import OutboxMessage
from privacy.outbox.service import (
    MessageKind,
    MessageNotFound,
    MessageState,
    NotToBePosted,
    NotToBeTriedAgain,
)
from tests.outbox.sending import HEAD, LINES, actions, mailer, paper, put, send, state_of


@pytest.fixture(autouse=True)
def _told(context: Flask) -> None:
    outbox.install(audit.record_message)


def test_a_letter_is_printed_posted_once_and_the_number_of_its_receipt_sealed() -> None:
    message_id = paper()
    found = outbox.paper_of(message_id)
    assert (found.to, found.head, found.locale) == (LINES, HEAD, "pl")
    with unit_of_work():
        outbox.mark_posted(message_id, actor=OPERATOR, tracking_number="RR123456789PL")
    seen = outbox.view(message_id)
    assert (seen.state, seen.posted_by, seen.sent_at is not None) == (MessageState.SENT, OPERATOR_ID, True)
    assert actions() == ["message.sent"]
    [row] = session().scalars(sa.select(OutboxMessage))
    assert row.reference_enc is not None
    assert b"RR123456789PL" not in row.reference_enc
    with pytest.raises(NotToBePosted), unit_of_work():
        outbox.mark_posted(message_id, actor=OPERATOR)


def test_only_a_letter_is_posted_and_only_with_a_number_that_can_be_one() -> None:
    mail, letter = put(), paper()
    with pytest.raises(NotToBePosted), unit_of_work():
        outbox.mark_posted(mail, actor=OPERATOR)
    with pytest.raises(NotToBePosted):
        outbox.paper_of(mail)
    for wrong in ("", "a\nb", "x" * 65):
        with pytest.raises(InvalidInput), unit_of_work():
            outbox.mark_posted(letter, actor=OPERATOR, tracking_number=wrong)
    with pytest.raises(MessageNotFound), unit_of_work():
        outbox.mark_posted(new_id(), actor=OPERATOR)
    with pytest.raises(ValueError, match="lines"):
        paper(to=("Anna", "a\nb"))


def test_paper_is_no_senders_business_and_ends_like_everything_else() -> None:
    message_id = paper(lasts=0)
    send(mailer("smtp://localhost:1", ""))
    assert state_of(message_id) == ("expired", None)


def test_what_failed_is_tried_again_and_what_was_sent_is_not() -> None:
    refused, stale, letter = put("not-an-address"), put(lasts=0), paper()
    send(mailer("smtp://localhost:1", ""))
    assert state_of(refused) == ("refused", "address-invalid")
    with unit_of_work():
        outbox.try_again(refused, actor=OPERATOR)
    assert state_of(refused) == ("pending", None)
    for message_id in (stale, letter):
        with pytest.raises(NotToBeTriedAgain), unit_of_work():
            outbox.try_again(message_id, actor=OPERATOR)
    assert actions().count("message.tried_again") == 1


def test_a_message_whose_key_is_destroyed_is_never_sent() -> None:
    message_id = put()
    with unit_of_work() as current:
        destroy_owner_key(current, outbox.view(message_id).owner_id)
    assert send(mailer("smtp://localhost:1", "")) == 0
    assert state_of(message_id) == ("refused", "key-destroyed")


def test_messages_are_listed_and_counted_without_addresses() -> None:
    first, second = put(), paper()
    assert [one.id for one in outbox.messages()] == [second, first]
    assert [one.id for one in outbox.messages(kinds=[MessageKind.POST])] == [second]
    assert [one.id for one in outbox.messages(before=second)] == [first]
    assert outbox.messages(states=[MessageState.SENT]) == []
    assert [one.id for one in outbox.messages(owner_id=outbox.view(first).owner_id)] == [first]
    assert outbox.counts() == {
        (MessageKind.EMAIL, MessageState.PENDING): 1,
        (MessageKind.POST, MessageState.PENDING): 1,
    }
    assert "anna" not in repr(outbox.messages()).lower()
    assert "anna" not in repr(outbox.paper_of(second)).lower()
