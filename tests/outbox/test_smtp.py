"""Mail by a real SMTP server: each way it can go has its meaning, and nothing goes in the clear or twice unknown."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from privacy import clock
from privacy.audit import service as audit
from privacy.outbox import service as outbox
from privacy.outbox.failures import DeliveryInvalid
from privacy.outbox.mail import Sender
from privacy.outbox.service import Ways
from privacy.outbox.smtp import Relay as RelaySetting
from privacy.outbox.smtp import SmtpTransport
from tests.outbox.relay import Relay, break_off
from tests.outbox.sending import SENDER, actions, later, mailer, put, send, state_of


@pytest.fixture(autouse=True)
def _told(context: Flask) -> None:
    outbox.install(audit.record_message)


def test_a_mail_goes_over_tls_with_a_password_and_says_who_and_what(relay: Relay) -> None:
    message_id = put()
    assert send(mailer(relay.url, relay.ca_file)) == 1
    [got] = relay.handler.got
    assert (got.sender, got.to, got.over_tls) == ("rodo@sklep.example", ("anna.nowak@example.com",), True)
    mail = email.message_from_bytes(got.content, policy=email.policy.default)
    assert mail["From"] == "Sklep Żółw <rodo@sklep.example>"
    assert mail["Message-ID"] == f"<{message_id}@sklep.example>"
    assert (mail["Auto-Submitted"], mail["Content-Language"]) == ("auto-generated", "pl")
    assert "493817" in mail["Subject"]
    assert "Aby potwierdzić zgodę" in mail.get_content()
    assert not list(mail.iter_attachments())
    assert got.content.isascii()
    assert state_of(message_id) == ("sent", None)
    assert actions() == ["message.sent"]
    assert send(mailer(relay.url, relay.ca_file)) == 0


@pytest.mark.parametrize("tls", ["implicit", "none"])
def test_other_ways_to_the_relay(tls: str, tmp_path: Path) -> None:
    message_id = put()
    with Relay(tmp_path, tls=tls, auth=False) as other:
        url = f"{'smtps' if tls == 'implicit' else 'smtp'}://localhost:{other.port}"
        send(mailer(url, other.ca_file if tls == "implicit" else ""))
        assert len(other.handler.got) == 1
    assert state_of(message_id) == ("sent", None)


def test_several_mails_in_one_conversation(relay: Relay) -> None:
    ids = [put(f"person{number}@example.com") for number in range(3)]
    assert send(mailer(relay.url, relay.ca_file)) == 3
    assert {got.to[0] for got in relay.handler.got} == {f"person{number}@example.com" for number in range(3)}
    assert {state_of(one)[0] for one in ids} == {"sent"}


def test_an_address_beyond_ascii_goes_with_smtputf8_and_a_domain_as_ascii(relay: Relay) -> None:
    put("żółw@example.com")
    put("anna@żółw.example")
    send(mailer(relay.url, relay.ca_file))
    by_utf8 = {got.to[0]: "SMTPUTF8" in got.options for got in relay.handler.got}
    assert by_utf8 == {"żółw@example.com": True, "anna@xn--w-uga1v8h.example": False}


@pytest.mark.parametrize(
    ("command", "answer", "state", "failure"),
    [
        ("RCPT", "550 5.1.1 <ADDRESS> unknown", "refused", "smtp-550 5.1.1"),
        ("RCPT", "450 4.2.1 try later", "pending", "smtp-450 4.2.1"),
        ("MAIL", "530 5.7.0 who are you", "pending", "smtp-530 5.7.0"),
        ("DATA", "554 5.7.1 spam", "refused", "smtp-554 5.7.1"),
        ("DATA", "452 4.3.1 full", "pending", "smtp-452 4.3.1"),
    ],
)
def test_what_the_relay_says_is_told_apart(
    relay: Relay, command: str, answer: str, state: str, failure: str, caplog: pytest.LogCaptureFixture
) -> None:
    relay.handler.answers[command] = answer
    message_id = put()
    with caplog.at_level("DEBUG", logger="privacy"):
        send(mailer(relay.url, relay.ca_file))
    assert state_of(message_id) == (state, failure)
    assert actions() == (["message.refused"] if state == "refused" else [])
    assert "anna" not in caplog.text
    assert send(mailer(relay.url, relay.ca_file)) == 0
    relay.handler.answers.clear()
    later(message_id)
    send(mailer(relay.url, relay.ca_file))
    assert len(relay.handler.got) == (0 if state == "refused" else 1)


def test_pauses_grow_from_a_minute_to_six_hours_until_it_is_worth_nothing(relay: Relay) -> None:
    relay.handler.answers["RCPT"] = "450 4.2.1 try later"
    message_id, pauses = put(lasts=clock.DAY), []
    for _ in range(12):
        send(mailer(relay.url, relay.ca_file))
        seen = outbox.view(message_id)
        assert seen.attempted_at is not None
        pauses.append((seen.next_at - seen.attempted_at) // (60 * clock.SECOND))
        later(message_id)
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360, 360]


def test_a_code_that_is_stale_is_never_sent(relay: Relay) -> None:
    message_id = put(lasts=0)
    assert send(mailer(relay.url, relay.ca_file)) == 0
    assert state_of(message_id) == ("expired", None)
    assert actions() == ["message.expired"]
    assert relay.handler.got == []


def test_a_relay_that_breaks_off_after_the_text_gets_it_once_more_under_the_same_id_and_never_a_third_time(
    relay: Relay,
) -> None:
    relay.handler.after_data = break_off
    message_id = put()
    for state in ("pending", "unknown", "unknown"):
        send(mailer(relay.url, relay.ca_file))
        assert state_of(message_id) == (state, "connection-lost-after-data")
        later(message_id)
    ids = {email.message_from_bytes(got.content)["Message-ID"] for got in relay.handler.got}
    assert (len(relay.handler.got), len(ids)) == (2, 1)
    assert relay.handler.got[0].content == relay.handler.got[1].content
    assert actions() == ["message.outcome_unknown"]


@pytest.mark.parametrize(("command", "failure"), [("MAIL", "connection-lost"), ("DATA", "connection-lost-after-data")])
def test_a_relay_that_hangs_is_left(relay: Relay, command: str, failure: str) -> None:
    relay.handler.hang[command] = 2
    setting = replace(RelaySetting.of(relay.url, ca_file=str(relay.ca_file)), timeout=0.3)
    message_id = put()
    send(SmtpTransport(setting, Sender.of(SENDER)))
    assert state_of(message_id) == ("pending", failure)


def test_a_relay_that_is_not_there_stops_the_run_and_the_others_are_not_tried(tmp_path: Path) -> None:
    ids = [put(f"person{number}@example.com") for number in range(3)]
    assert send(mailer("smtp://localhost:1", "")) == 1
    assert {state_of(one) for one in ids} == {("pending", "unreachable"), ("pending", None)}
    assert sum(outbox.view(one).attempts for one in ids) == 1


def test_a_certificate_that_leads_nowhere_or_a_wrong_password_sends_nothing(relay: Relay) -> None:
    message_id = put()
    send(mailer(relay.url, ""))
    assert state_of(message_id) == ("pending", "tls-failed")
    later(message_id)
    send(mailer(relay.url.replace("p%40ss", "wrong"), relay.ca_file))
    assert state_of(message_id) == ("pending", "not-authenticated smtp-535")
    assert relay.handler.got == []


def test_a_relay_without_tls_gets_nothing_where_tls_is_wanted(tmp_path: Path) -> None:
    message_id = put()
    with Relay(tmp_path, tls="none", auth=False) as plain:
        send(mailer(f"smtp+starttls://localhost:{plain.port}", ""))
        assert plain.handler.got == []
    assert state_of(message_id) == ("pending", "no-starttls-or-auth")


@pytest.mark.parametrize(
    "url",
    [
        "smtp://relay.example:25",
        "smtp+plain://user:secret-word@relay.example",
        "http://relay.example",
        "smtps://",
        "smtps://host:99999",
        "smtps://user:secret-word@host/path",
    ],
)
def test_a_setting_that_would_send_in_the_clear_or_means_nothing_is_refused(url: str) -> None:
    with pytest.raises(DeliveryInvalid) as caught:
        Ways.of(smtp_url=url, mail_from=SENDER)
    assert "secret-word" not in str(caught.value)


@pytest.mark.parametrize("sender", ["nobody", "Sklep <>", "Sklep <a@b.example>\nBcc: c@d.example", "żółw@example.com"])
def test_a_sender_that_is_none_is_refused(sender: str) -> None:
    with pytest.raises(DeliveryInvalid):
        Ways.of(smtp_url="smtp://localhost", mail_from=sender)
