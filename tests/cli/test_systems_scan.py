"""`privacy systems scan` and `lint`: a draft, and exit codes that CI can use."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.dsar.shops import document_with, system_of


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A small database."""
    path = tmp_path / "desk.sqlite"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE tickets (id INTEGER PRIMARY KEY, email TEXT, opened_at TEXT)")
        database.executemany("INSERT INTO tickets (email) VALUES (?)", [("canary1@x.pl",), ("canary2@x.pl",)])
    database.close()
    return path


@pytest.fixture
def mapped(cli: Cli, desk: Path, tmp_path: Path) -> Cli:
    """The command line, with the database as a system of the programme, mapped by its own draft."""
    draft = tmp_path / "desk.yml"
    draft.write_text(cli("systems", "scan", "desk", "--url-from-stdin", stdin=f"sqlite:///{desk}\n"))
    programme = tmp_path / "programme.yml"
    programme.write_text(document_with(systems=[system_of("desk") | {"on_erasure": "null"}], data_sets=[]))
    cli("programme", "apply", str(programme), "--data-map", str(draft))
    cli("systems", "connect", "desk", stdin=f"sqlite:///{desk}")
    return cli


def test_a_draft_of_a_database_that_no_programme_has(cli: Cli, desk: Path) -> None:
    draft = cli("systems", "scan", "--url-from-stdin", stdin=f"sqlite:///{desk}")
    assert "- fides_key: database" in draft
    assert "- name: email # surely personal: by its name and 2 of 2 values that look like email" in draft
    assert "canary" not in draft


def test_a_draft_of_a_system(mapped: Cli) -> None:
    assert "- fides_key: desk" in mapped("systems", "scan", "desk")
    assert "surely" not in mapped("systems", "scan", "desk", "--sample", "0")


def test_something_must_be_named(cli: Cli) -> None:
    assert cli.run("systems", "scan").exit_code == 2


def test_an_address_that_is_none_is_told_without_repeating_it(cli: Cli) -> None:
    done = cli.run("systems", "scan", "--url-from-stdin", stdin="canary-secret")
    assert done.exit_code == 3
    assert "canary" not in done.output


def test_lint_is_quiet_until_a_column_looks_personal(mapped: Cli, desk: Path) -> None:
    assert mapped.json("systems", "lint") == {"ok": True, "systems": [{"system": "desk", "findings": []}]}
    with sqlite3.connect(desk) as database:
        database.execute("ALTER TABLE tickets ADD COLUMN telefon TEXT")
        database.execute("ALTER TABLE tickets RENAME COLUMN opened_at TO began_at")
    database.close()
    [told] = mapped.json("systems", "lint", "desk", exit_code=1)["systems"]
    assert [(one["code"], one["where"]) for one in told["findings"]] == [
        ("not_mapped", "tickets.telefon"),
        ("column_gone", "tickets.opened_at"),
    ]
    assert "desk: tickets.telefon: " in mapped("systems", "lint", exit_code=1)


def test_lint_of_a_system_that_is_not_connected_is_no_success(mapped: Cli) -> None:
    mapped("systems", "disconnect", "desk")
    assert mapped.run("systems", "lint").exit_code not in {0, 1}


def test_a_map_file_with_a_mistake_is_told_by_its_name(cli: Cli, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yml"
    wrong.write_text("dataset:\n  - {fides_key: a b, collections: []}\n")
    done = cli.run("programme", "plan", "--data-map", str(wrong))
    assert done.exit_code == 3
    assert "line 2: wrong.yml: data_sets.a b.fides_key" in done.output
