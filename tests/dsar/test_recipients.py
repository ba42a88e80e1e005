"""Recipients are told by themselves where the programme says where, else by a person; and never forgotten."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from privacy.audit import service as audit
from privacy.authz.actors import OPERATOR
from privacy.db import db, session, unit_of_work
from privacy.dsar import cases
from privacy.dsar import service as dsar
from privacy.dsar.correspondence import letters
from privacy.dsar.correspondence.kinds import LetterKind
from privacy.dsar.execution import decisions, tasks
from privacy.dsar.execution.recipients import NOT_REACHED, TO_BE_TOLD
from privacy.dsar.execution.tasks import Form
from privacy.dsar.failures import NotForAPerson
from privacy.dsar.matter import Correction
from privacy.dsar.models import RequestTask
from privacy.dsar.vocabulary import CaseType, State, TaskKind, TaskState
from privacy.outbox import service as outbox
from privacy.outbox.models import OutboxMessage
from tests.dsar.shops import Shops, a_person, connected, granted, system_of
from tests.outbox.relay import Relay
from tests.outbox.sending import mailer

_NEVER = threading.Event()
_NAMES = {"pl": "Reklama", "en": "Adverts", "hr": "Oglasi"}


def _party(code: str, **more: Any) -> dict[str, Any]:
    return {
        "code": code,
        "kind": "named",
        "names": {k: f"{v} {code}" for k, v in _NAMES.items()},
        "country": "PL",
    } | more


_RECIPIENTS = [
    _party("by_mail", email="privacy@adverts.example"),
    _party("on_paper", address="ul. Prosta 1, 61-001 Poznań"),
    _party("by_hand"),
    _party("unnamed", kind="category"),
    # What the rest of the programme names.
    *(
        _party(code, kind="category")
        for code in ("couriers", "payment_operators", "partners", "authorities", "auditors")
    ),
]
_ACTIVITY = {
    "code": "orders",
    "controllers": ["sklepy"],
    "names": {"pl": "Zamówienia", "en": "Orders", "hr": "Narudžbe"},
    "purposes": ["offers"],
    "legal_basis": "consent",
    "persons": {"pl": "klienci", "en": "customers", "hr": "kupci"},
    "data_categories": ["contact"],
    "recipients": ["by_mail", "on_paper", "by_hand", "unnamed"],
    "processors": [],
    "retention_rule": "until_withdrawal",
    "security": "x",
}


@pytest.fixture
def shops(context: Flask, tmp_path: Path) -> Shops:
    found = connected(context, tmp_path, recipients=_RECIPIENTS, processing_activities=[_ACTIVITY], serving=["offers"])
    outbox.install(audit.record_message, undelivered=[dsar.note_undelivered])
    return found


def _tells(shops: Shops, request_id: UUID) -> dict[str, RequestTask]:
    return {task.system: task for task in shops.tasks(request_id) if task.kind == TaskKind.TELL}


def _letters(shops: Shops, request_id: UUID) -> list[tuple[LetterKind, str]]:
    with shops.app.app_context():
        views = letters.letters_of(request_id)
        return [(one.kind, letters.letter(request_id, one.id).body) for one in views]


def _decide(shops: Shops, change: Any) -> None:
    with shops.app.app_context():
        with unit_of_work():
            change()
        db.session.remove()


def test_who_has_an_address_is_told_before_our_own_data_go_and_holds_nothing_up(shops: Shops) -> None:
    request_id = granted(shops, CaseType.ERASURE, a_person(shops))
    shops.run()
    tells = _tells(shops, request_id)
    assert {code: task.state for code, task in tells.items()} == {
        "by_mail": TaskState.DONE,
        "on_paper": TaskState.DONE,
        "by_hand": TaskState.FOR_A_PERSON,
    }
    assert tells["by_hand"].failure == TO_BE_TOLD
    told = [body for kind, body in _letters(shops, request_id) if kind is LetterKind.RECIPIENT]
    assert len(told) == 2
    assert all("anna@example.com" in body and "C-1" in body for body in told)
    with shops.app.app_context():
        kinds = set(
            session().scalars(sa.select(OutboxMessage.kind).where(OutboxMessage.template == "letter_recipient"))
        )
    assert kinds == {"email", "post"}
    assert shops.request(request_id).state == State.REVIEWING
    assert shops.request(request_id).subject_id is not None
    _decide(shops, lambda: decisions.except_task(tells["by_hand"].id, actor=OPERATOR, reason="it is dissolved"))
    shops.run()
    row = shops.request(request_id)
    assert (row.state, row.subject_id) == (State.ANSWERED, None)
    kind, answer = _letters(shops, request_id)[-1]
    assert kind in {LetterKind.ANSWER, LetterKind.PARTLY}
    assert "Reklama by_mail" in answer
    assert "odbiorca Reklama by_hand nie został zawiadomiony (art. 19 RODO): it is dissolved" in answer
    assert "odbiorców z kategorii „Reklama unnamed” nie zawiadomiono z osobna" in answer


def test_an_answer_that_comes_later_is_kept_and_until_then_none_is_claimed(shops: Shops) -> None:
    request_id = granted(shops, CaseType.ERASURE, a_person(shops))
    shops.run()
    tells = _tells(shops, request_id)
    _decide(shops, lambda: decisions.record_answer(tells["by_hand"].id, "told on the phone", actor=OPERATOR))
    shops.run()
    assert shops.request(request_id).state == State.ANSWERED
    with shops.app.app_context():
        assert tasks.result_of(tasks.read(tells["by_mail"].id)).said is None
    _decide(shops, lambda: decisions.record_answer(tells["by_mail"].id, "erased on Monday", actor=OPERATOR))
    with shops.app.app_context():
        assert tasks.result_of(tasks.read(tells["by_mail"].id)).said == "erased on Monday"
        assert cases.steps_of(request_id)[-1].event == "recipient_answered"


@pytest.mark.parametrize("answered", [False, True])
def test_a_letter_that_comes_back_is_nobody_told(shops: Shops, tmp_path: Path, answered: bool) -> None:
    request_id = granted(shops, CaseType.ERASURE, a_person(shops))
    shops.run()
    if answered:
        tells = _tells(shops, request_id)
        _decide(shops, lambda: decisions.record_answer(tells["by_hand"].id, "told on the phone", actor=OPERATOR))
        shops.run()
    with Relay(tmp_path) as relay:
        relay.handler.answers["RCPT"] = "550 5.1.1 nobody"
        ways = mailer(relay.url, relay.ca_file)
        outbox.Sending([ways]).run(shops.app.app_context, _NEVER)
    task = _tells(shops, request_id)["by_mail"]
    assert (task.state, task.failure) == (TaskState.FOR_A_PERSON, NOT_REACHED)
    assert shops.request(request_id).state == (State.ANSWERED if answered else State.REVIEWING)
    to = {"what": "erase", "whom": "C-1"}
    _decide(shops, lambda: decisions.tell_recipient(task.id, "other@adverts.example", **to, actor=OPERATOR))
    assert _tells(shops, request_id)["by_mail"].state == TaskState.DONE


def test_a_recipient_is_told_what_is_right(shops: Shops) -> None:
    right = (Correction("email", "anna.new@example.com", "anna@example.com"),)
    request_id = granted(shops, CaseType.RECTIFICATION, a_person(shops), corrections=right)
    shops.run()
    told = [body for kind, body in _letters(shops, request_id) if kind is LetterKind.RECIPIENT]
    assert len(told) == 2
    assert all("sprostować dane. Prawidłowe dane to: email: anna.new@example.com" in body for body in told)


def test_a_recipient_of_what_lay_on_paper_alone_is_told_too(context: Flask, tmp_path: Path) -> None:
    paper = system_of("paper", ["offers"]) | {
        "connector": "manual",
        "data_sets": [],
        "settings": {"who": "Archiwum", "within_days": 7, "instructions": {"pl": "x", "en": "x", "hr": "x"}},
    }
    every = [system_of("shop"), system_of("crm"), paper]
    shops = connected(context, tmp_path, recipients=_RECIPIENTS, processing_activities=[_ACTIVITY], systems=every)
    request_id = granted(shops, CaseType.ERASURE, a_person(shops))
    shops.run()
    [form] = [task.id for task in shops.tasks(request_id) if task.system == "paper"]
    _decide(shops, lambda: decisions.file_form(form, Form(OPERATOR.id, 1, "Shredded."), actor=OPERATOR))
    shops.run()
    assert _tells(shops, request_id).keys() == {"by_mail", "on_paper", "by_hand"}


def test_nobody_tries_again_to_tell_who_is_told_by_hand(shops: Shops) -> None:
    request_id = granted(shops, CaseType.ERASURE, a_person(shops))
    shops.run()
    by_hand = _tells(shops, request_id)["by_hand"].id
    with pytest.raises(NotForAPerson):
        _decide(shops, lambda: decisions.try_again(by_hand, actor=OPERATOR))
    form = Form(OPERATOR.id, 1, "By telephone.")
    with pytest.raises(NotForAPerson):
        _decide(shops, lambda: decisions.file_form(by_hand, form, actor=OPERATOR))
