"""`privacy demo requests`: an access request and an erasure over systems of its own, with and without servers."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url

from tests.cli.conftest import Cli
from tests.systems.conftest import mariadb_server  # noqa: F401  # a fixture

NOWHERE = {
    "PRIVACY_DEMO_POSTGRESQL_URL": "postgresql://nobody@127.0.0.1:1/x",
    "PRIVACY_DEMO_MARIADB_URL": "mysql://x@127.0.0.1:1",
}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to stand in, without any server."""
    monkeypatch.chdir(tmp_path)
    for name, value in NOWHERE.items():
        monkeypatch.setenv(name, value)
    return tmp_path


def by_system(answer: dict[str, Any]) -> dict[str, tuple[int, int, int]]:
    assert {one["state"] for one in answer["systems"]} == {"done"}
    return {one["system"]: (one["found"], one["deleted"], one["changed"]) for one in answer["systems"]}


def names(server: URL, query: str) -> set[str]:
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        found = {str(name) for (name,) in connection.exec_driver_sql(query)}
    engine.dispose()
    return {name for name in found if name.startswith("privacy_demo_")}


def test_with_servers_every_system_is_asked_and_nothing_is_left_in_them(
    here: Path,
    postgresql_server: str,
    mariadb_server: URL,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    postgresql = make_url(postgresql_server).set(database="postgres")
    monkeypatch.setenv("PRIVACY_DEMO_POSTGRESQL_URL", postgresql.render_as_string(hide_password=False))
    monkeypatch.setenv("PRIVACY_DEMO_MARIADB_URL", mariadb_server.render_as_string(hide_password=False))
    shown = Cli().json("demo", "requests", "--folder", "demo", "--locale", "pl")
    assert shown["absent"] == {}
    assert shown["systems"]["billing"] == "PostgreSQL"
    assert shown["systems"]["crm"] == "MariaDB"
    found = by_system(shown["access"])
    assert all(rows == (rows[0], 0, 0) for rows in found.values())
    erased = by_system(shown["erasure"])
    assert {system: rows[0] for system, rows in erased.items() if system != "privacy"} == {
        system: rows[0] for system, rows in found.items()
    }
    assert erased["crm"][1] == erased["crm"][0] > 0
    assert erased["billing"][1:] == (0, 3)
    assert {fate["statute"] for one in shown["erasure"]["systems"] for fate in one["fates"] if fate["until"]} == {
        "Ordynacja podatkowa art. 70 § 1, art. 86 § 1",
        "Kodeks cywilny art. 118",
    }
    assert (shown["others"]["rows"] > 500, shown["others"]["changed"]) == (True, 0)
    assert shown["may_contact"] == {"before": True, "after": False}
    assert shown["verified"]
    assert names(postgresql, "SELECT datname FROM pg_database") == set()
    assert names(mariadb_server, "SHOW DATABASES") == set()
    assert '<html lang="pl"' in (here / "demo" / "package" / "index.html").read_text()


def test_without_servers_it_says_so_and_what_it_did_can_be_looked_at(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli = Cli()
    (here / "demo").mkdir()
    (here / "demo" / ".privacy-demo").touch()
    (here / "demo" / "shop.sqlite3").write_text("of an earlier demo")
    printed = cli("demo", "requests", "--folder", "demo")
    for words in ("Left out: billing; no PostgreSQL lets", "Left out: crm; no MariaDB lets", "MARIADB_URL names one"):
        assert words in printed
    assert "VERIFIED" in printed
    assert "changed by this: 0" in printed
    customer = "SELECT email, name FROM customer WHERE id = 'C-1001'"
    with contextlib.closing(sqlite3.connect(here / "demo" / "shop.sqlite3")) as shop:
        assert shop.execute(customer).fetchall() == [(None, "-")]
    assert len(list((here / "demo" / "mail").iterdir())) >= 9
    monkeypatch.setenv("PRIVACY_DATA_DIR", str(here / "demo" / "privacy"))
    listed = cli.json("requests", "list", "--all")["requests"]
    assert [one["type"] for one in listed if one["state"] == "answered"] == ["access", "erasure"]
    assert "C-1001" not in json.dumps(listed)
    assert cli("audit", "verify", "--full")


def test_a_folder_of_somebody_elses_is_left_alone(here: Path) -> None:
    (here / "mine").mkdir()
    (here / "mine" / "letter.txt").write_text("dear diary")
    done = Cli().run("demo", "requests", "--folder", "mine")
    assert done.exit_code == 6
    assert "no demo made it" in done.output
    assert (here / "mine" / "letter.txt").read_text() == "dear diary"
