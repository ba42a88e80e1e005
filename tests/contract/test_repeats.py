"""`Idempotency-Key` on the real routes: one effect, one answer, and nothing of it readable in the table."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import sqlalchemy as sa

from privacy.app import READERS
from privacy.db import session
from privacy.http import unit
from tests.callers import ANNA, Caller, Service, a_give

KEY = '"8e03978e-40d5-43dd-bc93"'
#: Each gives another answer each time, because no time is claimed.
GIVE = a_give(occurred_at=None)


def writes(reference: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Every route that honours the key, with a body that it accepts."""
    other = {"customer_id": "C-2002"}
    return [
        ("POST", "/consents", GIVE),
        ("PUT", "/subjects", {"subject": other, "restricted": True}),
        ("PUT", f"/subjects/{reference}/identifiers", {"add": {"loyalty_card": "L1"}}),
        ("POST", f"/subjects/{reference}/contacts", {"add": {"phone": "+48600100201"}}),
        ("PUT", f"/subjects/{reference}/preferences", {"preferences": [{"purpose": "profiling", "allowed": False}]}),
        ("POST", "/contacts/events", {"contact": {"email": "b@example.com"}, "event": "soft_bounce"}),
        ("POST", "/imports", {"file_name": "list.txt", "profile": "suppression"}),
        ("POST", "/subjects/merge", {"subject": ANNA, "other": other, "reason": "the same person"}),
        ("POST", "/subjects/unmerge", {"subject": ANNA, "other": other, "reason": "not the same"}),
    ]


def count(service: Service, table: str) -> int:
    with service.app.app_context():
        return session().scalar(sa.text(f"SELECT count(*) FROM {table}")) or 0  # a name of this file


def test_every_write_is_repeated_without_a_second_effect(service: Service) -> None:
    caller = service.caller()
    reference = caller.record(a_give())["subject_ref"]
    for method, path, body in writes(reference):
        first = caller.send(method, path, body, Idempotency_Key=KEY)
        events = count(service, "audit_body")
        again = caller.send(method, path, body, Idempotency_Key=KEY)
        assert first.status_code < 300, first.text
        assert (again.status_code, again.data) == (first.status_code, first.data), path
        assert again.headers["Idempotency-Replayed"] == "true"
        assert count(service, "audit_body") == events
        mismatch = caller.send(method, path, body | {"source": None}, Idempotency_Key=KEY)
        if mismatch.get_json()["type"] != "/problems/invalid-input":
            assert (mismatch.status_code, mismatch.get_json()["type"]) == (422, "/problems/idempotency-mismatch")


def test_annulments_are_repeated_too(service: Service) -> None:
    caller, ewa, jan = service.caller(), service.staff(), service.staff()
    caller.record(a_give())
    body = {"filter": {"source_system": "shop"}, "reason": "a wrong import"}
    asked = [ewa.post("/consents/annul", body, Idempotency_Key=KEY).get_json() for _ in range(2)]
    assert asked[0] == asked[1]
    approval = body | {"approval": asked[0]["approval"]}
    done = [jan.post("/consents/annul", approval, Idempotency_Key=KEY) for _ in range(2)]
    assert [answer.status_code for answer in done] == [200, 200]
    assert done[0].data == done[1].data
    assert jan.post("/consents/annul", approval).status_code == 409


def test_many_at_once_with_one_key_have_one_effect(service: Service) -> None:
    caller, answers = service.caller(), []
    barrier = threading.Barrier(50)

    def run() -> None:
        barrier.wait()
        answers.append(Caller(service.app.test_client(), caller.key).post("/consents", GIVE, Idempotency_Key=KEY))
        service.app.extensions[READERS].drop()

    threads = [threading.Thread(target=run) for _ in range(barrier.parties)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.data for answer in answers}) == 1
    assert sum("Idempotency-Replayed" not in answer.headers for answer in answers) == 1
    assert count(service, "consent_act") == 2


@pytest.mark.parametrize("committed", [False, True])
def test_a_server_that_dies_before_it_answers_has_done_it_once(
    service: Service, monkeypatch: pytest.MonkeyPatch, committed: bool
) -> None:
    """The process dies before or after the commit; the caller, who heard nothing, sends it again."""
    caller = service.caller()

    class Died(BaseException):
        pass

    def die(*_: Any, **__: Any) -> None:
        raise Died

    with monkeypatch.context() as patch:
        if committed:
            service.app.after_request_funcs.setdefault(None, []).append(die)
        else:
            patch.setattr(unit.idempotency, "store", die)
        with pytest.raises(Died):
            caller.post("/consents", GIVE, Idempotency_Key=KEY)
        if committed:
            service.app.after_request_funcs[None].remove(die)
    assert count(service, "consent_act") == (2 if committed else 0)
    again = caller.post("/consents", GIVE, Idempotency_Key=KEY)
    assert again.status_code == 201
    assert ("Idempotency-Replayed" in again.headers) == committed
    assert count(service, "consent_act") == 2


def test_stored_answers_are_sealed(service: Service) -> None:
    caller = service.caller()
    answer = caller.post("/consents", GIVE, Idempotency_Key="anna.nowak@example.com")
    assert answer.status_code == 400
    answer = caller.post("/consents", GIVE, Idempotency_Key='"anna.nowak@example.com"')
    with service.app.app_context():
        rows = [bytes(str(list(row)), "utf-8") for row in session().execute(sa.text("SELECT * FROM idempotent_answer"))]
        (stored,) = session().scalars(sa.text("SELECT body_enc FROM idempotent_answer"))
    assert len(rows) == 1
    for secret in (b"anna", b"example", answer.get_json()["subject_ref"].encode(), b"offers", b"application/json"):
        assert secret not in bytes(stored)
        assert secret not in rows[0]


def test_refusals_are_not_kept(service: Service) -> None:
    caller = service.caller()
    assert caller.post("/consents", GIVE | {"purpose": "nothing"}, Idempotency_Key=KEY).status_code == 422
    assert caller.post("/consents", GIVE, Idempotency_Key=KEY).status_code == 201


def test_a_key_of_one_client_is_nothing_to_another(service: Service) -> None:
    answers = [service.caller().post("/consents", GIVE, Idempotency_Key=KEY) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].data != answers[1].data
    assert all("Idempotency-Replayed" not in answer.headers for answer in answers)
    assert count(service, "consent_act") == 4
