"""Double opt-in: one message without advertising, a code that works once, and nothing left of who never confirmed."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec
import pytest
import sqlalchemy as sa
import time_machine

from privacy import clock
from privacy.audit.models import AuditBody
from privacy.authz.actors import SERVICE
from privacy.consent import service as consent
from privacy.consent.service import Recorded, WrongCode
from privacy.crypto import keyring
from privacy.crypto.owner_keys import KeyDestroyed, load_owner_key
from privacy.db import Base, session, unit_of_work
from privacy.errors import InvalidInput
from privacy.outbox.models import OutboxMessage
from privacy.retention import service as retention
from tests.consent.desk import Desk

EWA = {"email": "ewa.lis@example.com"}
JAN = {"customer_id": "C-7", "email": "jan.kos@example.com"}

pytestmark = pytest.mark.usefixtures("frozen")


def _ask(desk: Desk, who: dict[str, str] = EWA) -> Recorded:
    return desk.record(who, "request", purpose="newsletter", wording=consent.Cited("newsletter"))


def _confirm(desk: Desk, code: str, who: dict[str, str] = EWA) -> Recorded:
    return desk.record(who, "confirm", purpose="newsletter", code=code)


def _messages() -> list[dict[str, str]]:
    """The messages in the outbox, opened."""
    current, ring = session(), keyring.installed()
    return [
        msgspec.json.decode(
            load_owner_key(current, ring, row.owner_id).open("outbox_message", "body_enc", row.id, row.body_enc)
        )
        for row in current.scalars(sa.select(OutboxMessage))
    ]


def _code() -> str:
    [message] = _messages()
    [code] = re.findall(r"\b[A-Z2-9]{5}-[A-Z2-9]{5}\b", message["body"])
    return str(code)


def _fail(desk: Desk, code: str = "AAAAA-AAAAA", who: dict[str, str] = EWA) -> None:
    """A wrong code, counted in a unit of its own as the API does."""
    with pytest.raises(WrongCode) as wrong:
        _confirm(desk, code, who)
    with unit_of_work():
        consent.count_wrong_code(wrong.value.pending)


def _rows() -> Iterator[tuple[str, int]]:
    for table in Base.metadata.sorted_tables:
        yield table.name, session().scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_a_request_sends_one_message_however_often_it_is_made(desk: Desk) -> None:
    for _ in range(3):
        _ask(desk)
    assert len(_messages()) == 1
    assert desk.reason(EWA, "newsletter") == "requested"


def test_the_message_advertises_nothing(desk: Desk) -> None:
    _ask(desk)
    [message] = _messages()
    text = message["subject"] + message["body"]
    assert not re.search(r"promocj|ofert|rabat|zniżk|%|https?://(?!iod)", text, re.IGNORECASE)
    assert "Jarzębina Sklepy" in text


def test_a_code_confirms_once(desk: Desk) -> None:
    _ask(desk)
    code = _code()
    assert _confirm(desk, code.lower().replace("-", " ")).records[0].decision.reason == "given"
    assert desk.reason(EWA, "newsletter") == "given"
    with pytest.raises(WrongCode):
        _confirm(desk, code)


def test_a_code_is_its_persons_own(desk: Desk) -> None:
    _ask(desk)
    with pytest.raises(WrongCode):
        _confirm(desk, _code(), JAN)
    assert desk.reason(EWA, "newsletter") == "requested"


def test_a_wrong_code_is_counted_and_the_fifth_voids_it(desk: Desk) -> None:
    _ask(desk)
    code = _code()
    for _ in range(5):
        _fail(desk)
    with pytest.raises(WrongCode):
        _confirm(desk, code)
    assert desk.reason(EWA, "newsletter") == "requested"


def test_four_wrong_codes_void_nothing(desk: Desk) -> None:
    _ask(desk)
    for _ in range(4):
        _fail(desk)
    _confirm(desk, _code())
    assert desk.reason(EWA, "newsletter") == "given"


def test_a_code_expires_to_the_microsecond(desk: Desk, frozen: time_machine.Traveller) -> None:
    _ask(desk)
    frozen.shift(14 * 86_400)
    with pytest.raises(WrongCode):
        _confirm(desk, _code())
    frozen.shift(-0.000001)
    _confirm(desk, _code())
    assert desk.reason(EWA, "newsletter") == "given"


def test_a_request_without_an_address_is_refused_and_leaves_nothing(desk: Desk) -> None:
    before = dict(_rows())
    with pytest.raises(InvalidInput, match="name the address"):
        desk.record({"customer_id": "C-9"}, "request", purpose="newsletter")
    assert dict(_rows()) == before


def test_nothing_is_left_of_somebody_who_never_confirmed(desk: Desk, frozen: time_machine.Traveller) -> None:
    before = dict(_rows())
    _ask(desk)
    subject = desk.subject(EWA)
    frozen.shift(86_400)
    _ask(desk)
    frozen.shift(14 * 86_400)
    with unit_of_work():
        assert consent.delete_unconfirmed(clock.micros(), actor=SERVICE, held=retention.held_among) == 1
    after = dict(_rows())
    # The notes say what statistics have to take away, of nobody, and go when they are counted.
    log = {"audit_event", "audit_body", "audit_pending", "hold_gate", "consent_act_gone"}
    assert {t: n for t, n in after.items() if t not in log} == {t: n for t, n in before.items() if t not in log}
    with pytest.raises(KeyDestroyed):
        load_owner_key(session(), keyring.installed(), subject)
    actions = list(session().scalars(sa.select(AuditBody.action)))
    assert actions.count("consent.unconfirmed_deleted") == 2
    assert actions.count("subject.forgotten") == 1
    assert desk.reason(EWA, "newsletter") == "no_record"
    assert desk.findings() == []


def test_before_the_term_nothing_is_deleted(desk: Desk, frozen: time_machine.Traveller) -> None:
    _ask(desk)
    frozen.shift(14 * 86_400 - 1)
    with unit_of_work():
        assert consent.delete_unconfirmed(clock.micros(), actor=SERVICE, held=retention.held_among) == 0


def test_what_was_confirmed_stays(desk: Desk, frozen: time_machine.Traveller) -> None:
    _ask(desk)
    _confirm(desk, _code())
    frozen.shift(60 * 86_400)
    with unit_of_work():
        assert consent.delete_unconfirmed(clock.micros(), actor=SERVICE, held=retention.held_among) == 0
    assert desk.reason(EWA, "newsletter") == "given"


def test_a_person_of_whom_more_is_known_stays_without_the_request(desk: Desk, frozen: time_machine.Traveller) -> None:
    desk.record(JAN, "give")
    _ask(desk, JAN)
    desk.record(EWA, "withdraw")
    _ask(desk)
    frozen.shift(15 * 86_400)
    with unit_of_work():
        assert consent.delete_unconfirmed(clock.micros(), actor=SERVICE, held=retention.held_among) == 2
    assert desk.reason(JAN, "newsletter") == "no_record"
    assert desk.reason(JAN) == "given"
    assert desk.reason(EWA) == "withdrawn"
    assert desk.findings() == []


def test_after_it_expired_a_new_request_sends_a_new_message(desk: Desk, frozen: time_machine.Traveller) -> None:
    _ask(desk)
    frozen.shift(15 * 86_400)
    _ask(desk)
    assert len(_messages()) == 2
