"""Several statements in one round trip: rows in order, failures whole, and the connection good afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from privacy.db import engine_url
from privacy.pipeline import Pipeline

ECHO = "SELECT %(value)s::text"


@pytest.fixture
def server(postgresql_server: str) -> Iterator[psycopg.Connection[Any]]:
    url = engine_url(postgresql_server).set(drivername="postgresql", database="postgres")
    text = url.render_as_string(hide_password=False)
    with psycopg.connect(text, prepare_threshold=None) as connection:
        connection.execute("CREATE TEMP TABLE kept (number INT UNIQUE DEFERRABLE, name TEXT, body BYTEA)")
        connection.commit()
        yield connection


def put(number: int | None, name: str | None = None, body: bytes | None = None) -> tuple[str, dict[str, Any]]:
    values = {"number": number, "name": name, "body": body}
    return "INSERT INTO kept VALUES (%(number)s, %(name)s, %(body)s)", values


def test_rows_come_in_order_with_their_types(server: psycopg.Connection[Any]) -> None:
    found = Pipeline(server).run(
        [put(1, "zażółć", b"\0\xff"), put(2), ("SELECT * FROM kept ORDER BY 1", {}), (ECHO, {"value": ""})]
    )
    assert found == [[], [], [(1, "zażółć", b"\0\xff"), (2, None, None)], [("",)]]


def test_a_failure_is_raised_and_leaves_the_connection_good(server: psycopg.Connection[Any]) -> None:
    pipeline = Pipeline(server)
    with pytest.raises(psycopg.errors.DivisionByZero):
        pipeline.run([put(1), ("SELECT 1 / %(number)s::int", {"number": 0}), put(2)])
    server.rollback()
    assert pipeline.run([put(3), ("SELECT number FROM kept", {})])[1] == [(3,)]


def test_what_cannot_be_sent_sends_nothing(server: psycopg.Connection[Any]) -> None:
    pipeline = Pipeline(server)
    for bad in ("\ud800", 1.5):
        with pytest.raises((UnicodeEncodeError, TypeError)):
            pipeline.run([put(1), (ECHO, {"value": bad})])
    assert pipeline.run([("SELECT count(*) FROM kept", {})]) == [[(0,)]]


def test_a_text_is_never_cut_at_its_first_zero(server: psycopg.Connection[Any]) -> None:
    with pytest.raises(psycopg.errors.CharacterNotInRepertoire):
        Pipeline(server).run([(ECHO, {"value": "all\0of it"})])


def test_the_transaction_is_the_connections_own(server: psycopg.Connection[Any]) -> None:
    Pipeline(server).run([put(1)])
    server.rollback()
    assert Pipeline(server).run([("SELECT count(*) FROM kept", {})]) == [[(0,)]]


def test_more_than_the_buffers_hold_does_not_stop_it(server: psycopg.Connection[Any]) -> None:
    long = "x" * 10_000
    found = Pipeline(server).run([(ECHO, {"value": long})] * 3_000)
    assert found == [[(long,)]] * 3_000
