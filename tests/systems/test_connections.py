"""Connections are sealed, replaced, removed; whatever goes wrong, nothing of them is shown."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from privacy.authz.actors import OPERATOR
from privacy.db import session, unit_of_work
from privacy.evidence.verification import audited_tables
from privacy.programme import service as programmes
from privacy.systems import service as systems
from privacy.systems.connections import secret_of
from privacy.systems.connector import SystemFailure, SystemRefused
from privacy.systems.failures import ConnectionInvalid, NotConnected, UnknownSystem
from privacy.systems.models import SystemConnection
from privacy.systems.sql_address import address_of
from tests.programme.documents import EXAMPLE

CANARY = "c4n4ry@:/%$#?&+ \\'\"ż"
SQL_PARTS = {"dialect": "postgresql", "host": "127.0.0.1", "port": 1, "database": "shop"}

REFUSED: tuple[tuple[str, Any], ...] = (
    ("shop", {"url": f"nothing//{CANARY}"}),
    ("shop", {"url": f"oracle+odd://u:{CANARY}@h/d"}),
    ("shop", {"url": f"postgresql://u:{CANARY}@h:notaport/d"}),
    ("shop", {"url": "postgresql://u:c4n4ry@h"}),
    ("shop", {"url": "sqlite:///c4n4ry.sqlite3"}),
    ("shop", {"url": "sqlite://"}),
    ("shop", {"url": ["c4n4ry"]}),
    ("shop", {"url": {"c4n4ry": {"c4n4ry": CANARY}}}),
    ("shop", {"url": "postgresql://u@h/d", "password": CANARY}),
    ("shop", {"dialect": "postgresql", "password": CANARY}),
    ("shop", SQL_PARTS | {"port": CANARY}),
    ("shop", SQL_PARTS | {"options": {"deep": {"deeper": CANARY}}}),
    ("shop", SQL_PARTS | {"host": ["c4n4ry"]}),
    ("shop", SQL_PARTS | {"c4n4ry": "c4n4ry"}),
    ("shop", {"token": CANARY}),
    ("shop", {}),
    ("crm", {}),
    ("crm", {"token": ""}),
    ("crm", {"token": {"c4n4ry": CANARY}}),
    ("crm", {"token": CANARY * 2_000}),
    ("paper", {"url": CANARY}),
)


@pytest.fixture
def _programme(context: Flask) -> None:
    with unit_of_work():
        programmes.apply(programmes.read(EXAMPLE.read_text()), actor=OPERATOR, purpose_in_use=lambda _code: False)


def put(code: str, secret: Any) -> None:
    with unit_of_work():
        systems.put_connection(code, secret, actor=OPERATOR)


@pytest.mark.usefixtures("_programme")
def test_a_token_goes_to_no_other_address_than_the_one_that_it_was_stored_for() -> None:
    put("crm", {"token": CANARY})
    assert secret_of(programmes.current().systems["crm"]) == {"token": CANARY}
    moved = EXAMPLE.read_text().replace("https://crm.jarzebina.example/api", "https://crm.evil.example/api")
    with unit_of_work():
        programmes.apply(programmes.read(moved), actor=OPERATOR, purpose_in_use=lambda _code: False)
    with pytest.raises(NotConnected, match="another address"):
        secret_of(programmes.current().systems["crm"])
    put("crm", {"token": "new"})
    assert secret_of(programmes.current().systems["crm"]) == {"token": "new"}


@pytest.mark.usefixtures("_programme")
def test_a_connection_is_stored_replaced_and_removed() -> None:
    put("shop", SQL_PARTS | {"password": CANARY})
    assert secret_of(programmes.current().systems["shop"])["password"] == CANARY
    [first] = systems.connections()
    assert (first.code, first.changed_at, first.created_by) == ("shop", None, OPERATOR.id)
    put("shop", {"url": "postgresql://u:p@h/other"})
    [replaced] = systems.connections()
    assert (replaced.created_at, replaced.changed_by) == (first.created_at, OPERATOR.id)
    assert secret_of(programmes.current().systems["shop"]) == {"url": "postgresql://u:p@h/other"}
    with unit_of_work():
        systems.disconnect("shop", actor=OPERATOR)
    assert systems.connections() == []
    with pytest.raises(NotConnected), unit_of_work():
        systems.disconnect("shop", actor=OPERATOR)
    programme = programmes.current()
    with pytest.raises(SystemRefused, match="systems connect shop"):
        systems.connect(programme.systems["shop"], programme)


@pytest.mark.usefixtures("_programme")
def test_what_is_stored_is_sealed_and_no_event_keeps_it() -> None:
    put("shop", SQL_PARTS | {"password": CANARY})
    put("crm", {"token": CANARY})
    stored = session().scalars(sa.select(SystemConnection.secret_enc)).all()
    assert len(stored) == 2
    assert not any(CANARY.encode() in bytes(one) or b"c4n4ry" in bytes(one) for one in stored)
    [vouched] = [one for one in audited_tables() if one.object_type == "system_connection"]
    contents = json.dumps([content for some in vouched.all() for content in some])
    assert "c4n4ry" not in contents
    assert not any(bytes(one).hex() in contents for one in stored), "a replaced secret would stay in the log"


@pytest.mark.usefixtures("_programme")
def test_a_connection_that_cannot_be_is_refused_without_a_part_of_it(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for number, (code, secret) in enumerate(REFUSED):
        with pytest.raises(ConnectionInvalid) as told:
            put(code, secret)
        shown = f"{told.value!r} {told.value.detail} {told.value.extensions} {caplog.text}"
        assert "c4n4ry" not in shown, number
        assert told.value.__suppress_context__ or told.value.__context__ is None
    assert systems.connections() == []


@pytest.mark.usefixtures("_programme")
def test_a_system_that_the_programme_lacks_cannot_be_connected() -> None:
    with pytest.raises(UnknownSystem, match="It has: "):
        put("c4n4ry", {"url": "sqlite:////x"})


def test_a_password_of_any_characters_reaches_the_driver_as_it_is() -> None:
    assert address_of(SQL_PARTS | {"user": "ü@:", "password": CANARY}).password == CANARY
    escaped = "postgresql://u:c4n4ry%40%3A%2F%25%24%23%3F@h/d"
    assert address_of({"url": escaped}).password == "c4n4ry@:/%$#?"
    assert address_of({"url": "postgres://u@h/d"}).drivername == "postgresql+psycopg"
    assert address_of({"url": "mysql://u@h/d"}).drivername == "mysql+pymysql"


@pytest.mark.usefixtures("_programme")
def test_a_system_that_cannot_be_reached_says_nothing_of_how_it_would_be(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    programme = programmes.current()
    shop = programme.systems["shop"]
    for secret in (SQL_PARTS | {"user": "c4n4ry", "password": CANARY}, {"url": "sqlite:////c4n4ry/shop.sqlite3"}):
        put("shop", secret)
        connector = systems.connect(shop, programme)
        [finding] = connector.test(systems.data_sets_of(shop, programme))
        assert finding.code == "reachable"
        assert "c4n4ry" not in f"{finding} {connector!r} {vars(connector)!r} {caplog.text}"
        with pytest.raises(SystemFailure) as told:
            connector.columns()
        assert "c4n4ry" not in f"{told.value!r}"
        connector.close()
