"""One key, one effect, one answer; on both databases, also when twenty ask at once."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from privacy import clock
from privacy.db import session, unit_of_work
from privacy.http import service as http_service
from privacy.http.failures import IdempotencyKeyMalformed
from privacy.http.idempotency import parse_key
from privacy.http.models import IdempotentAnswer
from tests.http.conftest import ADDRESS, bearer, events
from tests.sizes import size

NOTES = "/api/v1/notes"
KEY = '"8e03978e-40d5-43dd-bc93"'
BODY = {"text": ADDRESS}


def post(web: FlaskClient, *, key: str = KEY, path: str = NOTES, body: Any = None, who: str = "writer") -> Any:
    return web.post(path, headers=bearer(who, Idempotency_Key=key), json=body or BODY)


def rows(app: Flask) -> list[IdempotentAnswer]:
    with app.app_context():
        return list(session().scalars(sa.select(IdempotentAnswer)))


def test_a_repeat_gets_the_first_answer_and_has_no_second_effect(service: Flask, web: FlaskClient) -> None:
    first, again = post(web), post(web)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.data == first.data
    assert again.content_type == first.content_type
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert events(service) == 1


def test_an_unquoted_key_is_the_same_key(service: Flask, web: FlaskClient) -> None:
    assert post(web, key=KEY.strip('"')).data == post(web, key=KEY).data
    assert events(service) == 1


def test_the_same_key_with_another_body_is_refused(service: Flask, web: FlaskClient) -> None:
    post(web)
    answer = post(web, body={"text": "something else"})
    assert (answer.status_code, answer.get_json()["type"]) == (422, "/problems/idempotency-mismatch")
    assert events(service) == 1


def test_a_key_belongs_to_one_client_and_one_address(service: Flask, web: FlaskClient) -> None:
    answers = {post(web).data, post(web, who="other-writer").data, post(web, key='"another"').data}
    assert len(answers) == 3
    assert post(web, path=f"{NOTES}/fail-late").status_code == 409
    assert events(service) == 3


def test_a_failure_leaves_neither_effect_nor_answer(service: Flask, web: FlaskClient) -> None:
    for _ in range(2):
        answer = post(web, path=f"{NOTES}/fail-late")
        assert answer.status_code == 409
        assert "Idempotency-Replayed" not in answer.headers
    assert events(service) == 0
    assert rows(service) == []


def test_the_stored_answer_is_sealed(service: Flask, web: FlaskClient) -> None:
    post(web)
    (row,) = rows(service)
    assert row.body_enc
    assert ADDRESS.encode() not in row.body_enc
    assert row.status == 201


def test_without_a_key_each_request_has_its_effect(service: Flask, web: FlaskClient) -> None:
    for _ in range(2):
        web.post(NOTES, headers=bearer(), json=BODY)
    assert events(service) == 2
    assert rows(service) == []


def test_of_twenty_at_once_one_has_the_effect_and_all_get_its_answer(service: Flask) -> None:
    count = size("races")
    barrier = threading.Barrier(count)
    answers: list[Any] = []

    def ask() -> None:
        web = service.test_client()
        barrier.wait()
        answers.append(post(web))

    threads = [threading.Thread(target=ask) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.data for answer in answers}) == 1
    assert sum("Idempotency-Replayed" in answer.headers for answer in answers) == count - 1
    assert events(service) == 1


def test_on_a_public_address_the_key_means_nothing(service: Flask, web: FlaskClient) -> None:
    for _ in range(2):
        answer = web.post(f"{NOTES}/anonymous", headers={"Idempotency-Key": KEY})
        assert (answer.status_code, answer.data) == (204, b"")
    assert rows(service) == []


def test_answers_are_deleted_by_age(service: Flask, web: FlaskClient) -> None:
    post(web)
    with service.app_context(), unit_of_work():
        assert http_service.delete_answers(clock.micros() - 7 * clock.DAY) == 0
        assert http_service.delete_answers(clock.micros() + 1) == 1
    assert post(web).headers.get("Idempotency-Replayed") is None
    assert events(service) == 2


def test_deleting_answers_needs_a_unit_of_work(service: Flask) -> None:
    with service.app_context(), pytest.raises(RuntimeError):
        http_service.delete_answers(0)


@pytest.mark.parametrize(
    "header", ["", '"', '""', '"a', 'a"', "a b", "ą", '"' + "a" * 256 + '"', "a" * 256, '"a";b=1', '"\\a"']
)
def test_what_is_no_key_is_malformed(header: str) -> None:
    with pytest.raises(IdempotencyKeyMalformed):
        parse_key(header)


@pytest.mark.parametrize(
    ("header", "key"), [('"a b"', "a b"), ("a:b/c=", "a:b/c="), (r'"a\"b\\"', 'a"b\\'), ("a" * 255, "a" * 255)]
)
def test_what_is_a_key(header: str, key: str) -> None:
    assert parse_key(header) == key


def test_a_view_whose_response_is_not_made_below_writes_is_found_at_once(context: Flask) -> None:
    from privacy.http.unit import writes

    with context.test_request_context("/", method="POST"), pytest.raises(TypeError):
        writes(lambda: "text")()  # type: ignore[arg-type]
