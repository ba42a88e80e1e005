"""Many acts in one request, as a caller meets them."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from privacy.app import READERS
from privacy.consent.batch import LONGEST_LINE
from privacy.db import session
from tests.callers import Caller, Service, a_give
from tests.sizes import size

LINES = min(10 * size("requests"), 10_000)


def line(number: int, **changes: Any) -> bytes:
    return json.dumps(a_give({"customer_id": f"C-{number}"}, key=f"k{number}", channels=["push"], **changes)).encode()


def results(answer: TestResponse) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text[:300]
    assert answer.content_type == "application/x-ndjson"
    return [json.loads(text) for text in answer.data.splitlines()]


def acts(service: Service) -> int:
    with service.app.app_context():
        return session().scalar(sa.text("SELECT count(*) FROM consent_act")) or 0


def test_bad_lines_stop_no_other_and_the_order_is_kept(service: Service) -> None:
    caller = service.caller()
    good = [line(number) for number in range(5)]
    bad = [
        b"{",
        line(91, purpose="nothing"),
        b"[" * 10_000,
        b'"' + b"x" * (LONGEST_LINE + 1) + b'"',
        b'"' + b"x" * (3 * LONGEST_LINE) + b'"',
        line(92, act="confirm", code="WRONG-CODES"),
        b'{"key": 1}',
        b"\xff\xfe",
    ]
    order = [good[0], *bad[:4], good[1], b"", b"   ", *bad[4:], *good[2:]]
    found = results(caller.batch(b"\n".join(order)))
    assert [each["line"] for each in found] == [n for n, text in enumerate(order, 1) if text.strip()]
    expected = [201, 400, 422, 400, 400, 201, 400, 422, 422, 400, 201, 201, 201]
    assert [each["status"] for each in found] == expected
    assert [each["key"] for each in found if each["status"] == 201] == ["k0", "k1", "k2", "k3", "k4"]
    for each in found:
        assert (each["status"] == 201) == ("problem" not in each)
        assert each.get("problem", {"type": "/problems/"})["type"].startswith("/problems/")
    assert acts(service) == 5


def test_a_line_is_recorded_whole_or_not_at_all(service: Service) -> None:
    caller = service.caller()
    half = {"customer_id": "C-1", "email": "a@example.com"}
    request = a_give(half, act="request", channels=["email", "sms"], key="half")
    assert results(caller.batch(json.dumps(request).encode()))[0]["status"] == 422
    assert acts(service) == 0
    assert caller.post("/subjects/lookup", {"subject": half}).status_code == 404


def test_the_same_lines_again_are_known_and_not_recorded_twice(service: Service) -> None:
    caller = service.caller()
    sent = b"\n".join([line(1), line(2, occurred_at=None), line(1)])
    first, again = results(caller.batch(sent)), results(caller.batch(sent))
    assert [[r["known"] for r in each["records"]] for each in first] == [[False], [False], [True]]
    assert all(r["known"] for each in again for r in each["records"])
    assert [each["records"][0]["id"] for each in again] == [each["records"][0]["id"] for each in first]
    assert acts(service) == 2


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b""])
def test_ends_of_lines(service: Service, end: bytes) -> None:
    between = end or b"\n"
    found = results(service.caller().batch(between.join([line(1), line(2)]) + end, Content_Type="text/plain"))
    assert [each["status"] for each in found] == [201, 201]


def test_nothing_in_nothing_out_and_one_line_of_the_greatest_length(service: Service) -> None:
    caller = service.caller()
    assert results(caller.batch(b"")) == []
    assert results(caller.batch(b"\n\r\n \n")) == []
    longest = line(1)[:-1] + b" " * (LONGEST_LINE - len(line(1))) + b"}"
    assert len(longest) == LONGEST_LINE
    assert [each["status"] for each in results(caller.batch(longest + b"\r\n" + longest))] == [201, 201]


def test_wrong_codes_in_a_batch_count(service: Service) -> None:
    caller, person = service.caller(), {"email": "anna@example.com"}
    asked = {"purpose": "newsletter", "channels": ["email"], "wording": {"code": "newsletter"}}
    caller.record(a_give(person, act="request", **asked))
    guess = json.dumps(
        a_give(
            person,
            act="confirm",
            code="AAAAA-AAAAA",
            occurred_at=None,
            wording=None,
            **{"purpose": "newsletter", "channels": ["email"]},
        )
    ).encode()
    assert {each["status"] for each in results(caller.batch(b"\n".join([guess] * 3)))} == {422}
    with service.app.app_context():
        assert session().scalar(sa.text("SELECT attempts FROM confirmation")) == 3


def test_other_media_types_and_keys_without_the_scope(service: Service) -> None:
    assert service.caller().batch(line(1), Content_Type="application/json").status_code == 415
    assert service.caller("consents:check").batch(line(1)).status_code == 403


def test_withdrawals_are_not_held_up_while_a_batch_runs(service: Service) -> None:
    caller, person = service.caller(), {"customer_id": "live"}
    sent = b"\n".join(line(number) for number in range(LINES))
    done: list[Any] = []

    def run() -> None:
        done.append(results(caller.batch(sent)))
        service.app.extensions[READERS].drop()

    caller.record(a_give(person, channels=["push"]))
    thread = threading.Thread(target=run)
    thread.start()
    waited = []
    while thread.is_alive():
        started = time.perf_counter()
        withdraw_and_check(caller, person)
        waited.append(time.perf_counter() - started)
    thread.join()
    assert {each["status"] for each in done[0]} == {201}
    assert len(done[0]) == LINES
    # Whoever waits for the batch waits for nearly all of it.
    assert len(waited) > 5
    assert max(waited) < sum(waited) / 3, f"{len(waited)} withdrawals, the slowest {max(waited):.2f} s"


def withdraw_and_check(caller: Caller, person: dict[str, str]) -> None:
    token = caller.record(a_give(person, act="withdraw", channels=["push"], wording=None, occurred_at=None))["token"]
    assert caller.check(person, channel="push", token=token)["reason"] == "withdrawn"
