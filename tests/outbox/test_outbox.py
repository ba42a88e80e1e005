"""Messages: sealed, once for each cause, in the person's language, and nothing in them is a template of a value."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
from flask import Flask

from privacy import clock
from privacy.authz.actors import Realm
from privacy.crypto.keyring import Keyring
from privacy.crypto.owner_keys import OwnerKey, create_owner_key
from privacy.db import new_id, session, unit_of_work
from privacy.outbox import texts
from privacy.outbox.models import OutboxMessage
from privacy.outbox.service import Message, enqueue

ADDRESS = "anna.nowak@example.com"
VALUES = {
    "CODE": "493817",
    "PURPOSE": "Newsletter sklepu",
    "CONTROLLER": "Sklep Przykładowy sp. z o.o.",
    "VALID_UNTIL": "22.11.2026, 20:40",
}


@pytest.fixture
def key(context: Flask, ring: Keyring) -> OwnerKey:
    with unit_of_work() as current:
        return create_owner_key(current, ring, new_id())


def put(key: OwnerKey, cause: Any, *, realm: Realm = Realm.LIVE, to: str = ADDRESS, locale: str = "pl") -> Any:
    message = Message("double_opt_in", locale, VALUES)
    return enqueue(message, key=key, to=to, cause=cause, not_after=clock.micros() + clock.DAY, realm=realm)


def rows() -> list[OutboxMessage]:
    return list(session().scalars(sa.select(OutboxMessage)))


def test_a_message_is_sealed_with_its_owners_key(key: OwnerKey) -> None:
    with unit_of_work():
        put(key, new_id())
    (row,) = rows()
    assert row.state == "pending"
    assert key.open("outbox_message", "to_enc", row.id, row.to_enc).decode() == ADDRESS
    body = msgspec.json.decode(key.open("outbox_message", "body_enc", row.id, row.body_enc))
    assert "493817" in body["subject"]
    stored = str([getattr(row, column.key) for column in OutboxMessage.__table__.columns])
    assert "493817" not in stored
    assert "anna" not in stored


def test_one_message_for_each_cause(key: OwnerKey) -> None:
    cause = new_id()
    with unit_of_work():
        first = put(key, cause)
        assert put(key, cause) == first
    with unit_of_work():
        assert put(key, cause, to="other@example.com") == first
        assert put(key, new_id()) != first
    assert len(rows()) == 2


def test_test_keys_send_nothing(key: OwnerKey) -> None:
    with unit_of_work():
        assert put(key, new_id(), realm=Realm.TEST) is None
    assert rows() == []


def test_a_message_goes_with_the_transaction_that_causes_it(key: OwnerKey) -> None:
    with pytest.raises(ZeroDivisionError), unit_of_work():
        put(key, new_id())
        _ = 1 / 0
    assert rows() == []
    with pytest.raises(RuntimeError):
        put(key, new_id())


@pytest.mark.parametrize("to", ["a@example.com\r\nBcc: b@example.com", "a@example.com\0", "a@example.com\n"])
def test_an_address_cannot_begin_a_header(key: OwnerKey, to: str) -> None:
    with pytest.raises(ValueError, match="control character"), unit_of_work():
        put(key, new_id(), to=to)


@pytest.mark.parametrize(
    ("locale", "found"), [("pl", "pl"), ("pl-PL", "pl"), ("hr", "hr"), ("de", "en"), ("en-GB", "en")]
)
def test_the_nearest_language_is_taken(locale: str, found: str) -> None:
    assert texts.render(Message("double_opt_in", locale, VALUES)).locale == found


@pytest.mark.parametrize(("locale", "ignore"), [("pl", "zignoruj"), ("en", "ignore"), ("hr", "zanemarite")])
def test_the_double_opt_in_says_who_what_until_when_and_advertises_nothing(locale: str, ignore: str) -> None:
    text = texts.render(Message("double_opt_in", locale, VALUES))
    for value in VALUES.values():
        assert value in text.body
    assert ignore in text.body
    assert "\n" not in text.subject
    assert "__" not in text.subject + text.body
    assert "http" not in text.body


@pytest.mark.parametrize("value", ["{0.__class__}", "{{7*7}}", "%(CODE)s", "__CODE__", "${CODE}", "<b>"])
def test_a_value_that_looks_like_code_stays_text(value: str) -> None:
    assert value in texts.render(Message("double_opt_in", "en", VALUES | {"PURPOSE": value})).body


@pytest.mark.parametrize("values", [{}, VALUES | {"MORE": "1"}, VALUES | {"PURPOSE": "a\r\nBcc: b"}])
def test_wrong_values_are_refused_without_repeating_them(values: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"wants exactly|control character") as caught:
        texts.render(Message("double_opt_in", "en", values))
    assert "Bcc" not in str(caught.value)


@pytest.mark.parametrize("template", ["unheard_of", "../models", "double_opt_in.pl", ""])
def test_an_unknown_template_is_refused(template: str) -> None:
    with pytest.raises(ValueError, match="no such template"):
        texts.render(Message(template, "en", VALUES))


def test_every_template_has_polish_english_and_croatian() -> None:
    assert texts.locales("double_opt_in") == {"pl", "en", "hr"}
