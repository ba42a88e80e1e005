"""Signed decisions verify alone, with a copy of the verifier and the log's key; without `receipt` nothing is signed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import time_machine
from werkzeug.test import TestResponse

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.permissions import Permission
from privacy.consent.shortcut import CheckShortcut
from privacy.db import db
from tests.callers import ANNA, Caller, Service, a_give
from tests.verifier.conftest import Alone

OFFERS = {"purpose": "offers", "channel": "email"}


@pytest.fixture
def verifier(tmp_path: Path, service: Service) -> Verifier:
    with service.app.app_context():
        key = str(audit.log_keys()[0].verifier)
        db.session.remove()
    folder = tmp_path / "alone"
    folder.mkdir()
    return Verifier(Alone(folder), key)


class Verifier:
    """A copy of the verifier, and the log's key."""

    def __init__(self, alone: Alone, key: str) -> None:
        self.alone = alone
        self._key = key

    def __call__(self, content: Any, *arguments: str) -> tuple[int, dict[str, Any]]:
        """Exit code and what it found."""
        name = self.alone.put("answer.json", content)
        done = self.alone.run(name, "--key", self._key, "--json", *arguments)
        return done.returncode, json.loads(done.stdout or "{}") | {"error": done.stderr}

    def accepts(self, content: Any, *arguments: str) -> list[str]:
        """The steps of what must verify."""
        code, found = self(content, *arguments)
        assert code == 0, found
        steps: list[str] = found["steps"]
        return steps


def said(answer: dict[str, Any]) -> dict[str, Any]:
    """What the statement of an answer says."""
    found: dict[str, Any] = json.loads(answer["receipt"]["statement"].split("\n")[1])
    return found


def in_flask(service: Service, caller: Caller, body: Any) -> TestResponse:
    """Ask the view, past the short way."""
    shortcut = service.app.wsgi_app
    assert isinstance(shortcut, CheckShortcut)
    service.app.wsgi_app = shortcut._onward  # type: ignore[method-assign]  # for one request
    try:
        return caller.post("/consents/check", body)
    finally:
        service.app.wsgi_app = shortcut  # type: ignore[method-assign]


def test_a_receipt_proves_who_asked_what_about_whom_and_what_was_answered(service: Service, verifier: Verifier) -> None:
    shop = service.caller()
    reference = shop.record(a_give())["subject_ref"]
    for answer in (
        shop.check(receipt=True),
        in_flask(service, shop, {"subject": ANNA, **OFFERS, "receipt": True}).json,
    ):
        assert answer is not None
        statement = said(answer)
        assert statement["asked_by"]["name"].startswith("client ")
        assert statement["subject_ref"] == reference
        assert (statement["allowed"], statement["reason"], statement["channel"]) == (True, "given", "email")
        steps = verifier.accepts(answer, "--subject", json.dumps(ANNA))
        assert "The answer was: allowed" in steps[-2]
        assert any("about the subject that was given" in step for step in steps)
        verifier.accepts(answer["receipt"])
        assert verifier(answer, "--subject", json.dumps({"customer_id": "C-1002"}))[0] == 1
        assert verifier(answer | {"allowed": False}, "--subject", json.dumps(ANNA))[0] == 1


def test_only_who_asks_for_a_receipt_gets_one(service: Service) -> None:
    shop = service.caller()
    assert "receipt" not in shop.check()
    assert "receipt" not in shop.check(receipt=False)
    assert shop.post("/consents/check", {"subject": ANNA, **OFFERS, "receipt": "yes"}).status_code == 422


def test_both_ways_of_asking_make_the_same_receipt(service: Service, frozen: time_machine.Traveller) -> None:
    shop = service.caller()
    body = {"subject": ANNA, **OFFERS, "receipt": True}
    answers = [shop.post("/consents/check", body) for _ in range(2)] + [in_flask(service, shop, body)]
    statements = [{n: v for n, v in said(answer.json or {}).items() if n != "about"} for answer in answers]
    assert statements[0] == statements[1] == statements[2]
    assert len({len(answer.data) for answer in answers}) == 1
    assert len({(answer.json or {})["receipt"]["salt"] for answer in answers}) == 3


def test_the_past_is_signed_as_the_past(service: Service, verifier: Verifier) -> None:
    shop = service.caller()
    shop.record(a_give())
    then = clock.micros()
    with time_machine.travel(clock.from_micros(then + clock.DAY)):
        shop.record(a_give(act="withdraw", occurred_at=None, wording=None, notice=None))
        answer = shop.check(at=clock.moment(then), receipt=True)
        assert said(answer)["asked_at"] == clock.moment(then)
        assert said(answer)["as_of"] > said(answer)["asked_at"]
        assert said(answer)["allowed"]
        verifier.accepts(answer, "--subject", json.dumps(ANNA))
        now = said(shop.check(receipt=True))
    assert "asked_at" not in now
    assert not now["allowed"]


def test_a_purpose_without_channels_has_receipts_too(service: Service, verifier: Verifier) -> None:
    shop = service.caller()
    answer = shop.check(purpose="profiling", channel=None, receipt=True)
    assert said(answer)["channel"] is None
    verifier.accepts(answer, "--subject", json.dumps(ANNA))


def test_a_receipt_tells_nobody_more_than_the_answer(service: Service, verifier: Verifier) -> None:
    service.caller().record(a_give())
    partner, checker = service.caller(partner=True), service.caller(Permission.CONSENTS_CHECK)
    assert said(partner.check(receipt=True))["reason"] is None
    for caller in (partner, checker):
        known, unknown = (said(caller.check(who, receipt=True)) for who in (ANNA, {"email": "nobody@example.com"}))
        assert known["subject_ref"] is None
        assert unknown["subject_ref"] is None
        assert known.keys() == unknown.keys()
    assert said(service.caller().check({"email": "nobody@example.com"}, receipt=True))["subject_ref"] is None
    verifier.accepts(partner.check(receipt=True), "--subject", json.dumps(ANNA))


def test_a_list_is_signed_whole_and_any_row_is_proven_alone(service: Service, verifier: Verifier) -> None:
    shop, partner = service.caller(), service.caller(partner=True)
    shop.record(a_give())
    people = [{"email": f"person{n}@example.com"} for n in range(4)]
    request = {**OFFERS, "subjects": [*people, ANNA, {"customer_id": "C-1001"}], "receipt": True}
    for caller in (shop, partner):
        answer = caller.post("/consents/check/batch", request).get_json()
        asked = verifier.alone.put("request.json", request)
        verifier.accepts(answer, "--request", asked)
        swapped = answer | {"results": answer["results"][::-1]}
        assert verifier(swapped, "--request", asked)[0] == 1
        for number, subject in ((0, people[0]), (4, ANNA), (5, {"customer_id": "C-1001"})):
            verifier.alone.put("answer.json", answer)
            row = verifier.alone.run("--extract-row", str(number), "answer.json", "--request", asked)
            assert row.returncode == 0, row.stderr
            assert "person1" not in row.stdout
            steps = verifier.accepts(json.loads(row.stdout), "--subject", json.dumps(subject))
            assert ("The answer was: allowed" in steps[-1]) == (number >= 4)
        assert verifier(json.loads(row.stdout), "--subject", json.dumps(ANNA))[0] == 1
