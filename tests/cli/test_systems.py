"""`privacy systems connect|list|test|disconnect`: a real database, and no word of its password anywhere."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from tests.cli.conftest import Cli

PASSWORD = "c4n4ry@:/%$#?&"
AWAY = {"dialect": "postgresql", "host": "127.0.0.1", "port": 1, "database": "d", "user": "u", "password": PASSWORD}


@pytest.fixture
def shop(tmp_path: Path) -> str:
    """The address of a database that has one of the tables of the example."""
    file = tmp_path / "shop.sqlite3"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE customer (id INTEGER PRIMARY KEY, email TEXT)")
    connection.close()
    return f"sqlite:///{file}"


def test_a_system_is_connected_tried_and_forgotten(cli: Cli, shop: str) -> None:
    told = cli("systems", "connect", "shop", stdin=f"{shop}\n")
    assert told == "Connected. Try it: privacy systems test shop\n"
    listed = {one["system"]: one for one in cli.json("systems", "list")["systems"]}
    assert listed["shop"]["connected_at"]
    assert listed["billing"]["connected_at"] is None
    assert not listed["paper"]["needs_connection"]
    assert "billing" in cli("systems", "list")
    tried = cli.json("systems", "test", "shop", exit_code=1)
    [system] = tried["systems"]
    found = {(one["code"], one["where"]): one["level"] for one in system["findings"]}
    assert found["reachable", ""] == "ok"
    assert found["field_missing", "customer.phone"] == "failed"
    assert found["table_missing", "orders"] == "failed"
    assert "[table_missing]" in cli("systems", "test", "shop", exit_code=1)
    assert "not connected any more" in cli("systems", "disconnect", "shop")
    cli("systems", "disconnect", "shop", exit_code=6)


def test_no_password_is_shown_whatever_goes_wrong(cli: Cli) -> None:
    given = [json.dumps(AWAY), json.dumps({**AWAY, "port": PASSWORD}), f'{{"password": "{PASSWORD}"', PASSWORD]
    for text in given:
        for code in ("shop", "crm", "paper", "nothing"):
            done = cli.run("systems", "connect", code, stdin=text)
            assert "c4n4ry" not in done.output + done.stderr
    cli("systems", "connect", "shop", stdin=json.dumps(AWAY))
    for arguments in (("test", "shop"), ("list",), ("test",)):
        for form in ((), ("--json",)):
            done = cli.run("systems", *arguments, *form)
            assert "c4n4ry" not in done.output + done.stderr
    assert cli.run("systems", "test", "shop").exit_code == 1
    assert cli.run("systems", "test", "nothing").exit_code == 5
