"""`privacy doctor`: finds what is wrong and says how to mend it."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from config import Config
from tests.cli.conftest import Cli
from tests.cli.running import free_port
from tests.cli.state import database, snapshot
from tests.rules.source import ROOT


@pytest.fixture(autouse=True)
def _own_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRIVACY_PORT", str(free_port()))


def problems(cli: Cli) -> dict[str, str]:
    """The problems by what was looked at, without those of the tests' PostgreSQL, which is not made to last."""
    found = cli.run("doctor", "--json")
    listed: list[dict[str, Any]] = Cli.parsed(found)["findings"]
    return {
        each["check"]: each["text"] for each in listed if each["state"] == "problem" and "power cut" not in each["text"]
    }


def test_a_fresh_installation_is_well(cli: Cli) -> None:
    before = snapshot()
    assert problems(cli) == {}
    assert snapshot() == before


def test_exit_code_and_lines_for_people(cli: Cli, config: Config) -> None:
    assert cli.run("doctor").exit_code == (0 if config.on_sqlite else 1)
    assert "ok       keyring" in cli.run("doctor").stdout


def test_a_postgresql_that_may_forget_is_a_problem(cli: Cli, config: Config) -> None:
    said = cli.run("doctor").stdout
    assert ("fsync is off" in said) is not config.on_sqlite
    assert ("ALTER SYSTEM SET synchronous_commit" in said) is not config.on_sqlite


def test_before_init(bare: Cli) -> None:
    assert "privacy init" in str(problems(bare))


def test_bad_settings_are_all_named(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRIVACY_THREADS", "many")
    monkeypatch.setenv("PRIVACY_WORKERS", "0")
    found = cli.json("doctor", exit_code=1)["findings"]
    assert [each["check"] for each in found] == ["settings", "settings"]


def test_files_that_others_may_read(cli: Cli, config: Config) -> None:
    config.keyring_path.chmod(0o644)
    assert "chmod 600" in problems(cli)["keyring"]
    assert "chmod 600" in problems(cli)["data folder"]


def test_a_keyring_of_another_installation(cli: Cli, config: Config) -> None:
    from privacy.crypto.keyring import Keyring

    config.keyring_path.unlink()
    Keyring.generate().save(config.keyring_path)
    assert "not of one installation" in problems(cli)["keys"]


def test_a_damaged_keyring(cli: Cli, config: Config) -> None:
    config.keyring_path.write_text("{")
    assert "Restore it from its backup" in problems(cli)["keyring"]


def test_an_old_schema(cli: Cli) -> None:
    with database() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0000_older'"))
    assert "privacy db upgrade" in problems(cli)["database"]


def test_a_database_that_is_away(cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PRIVACY_DATABASE_URL", f"postgresql://nobody:s3cr3t@/none?host={tmp_path}")
    found = problems(cli)
    assert "PRIVACY_DATABASE_URL" in found["database"]
    assert "s3cr3t" not in str(found)


def test_a_programme_file_that_differs_is_a_note(cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    changed = tmp_path / "changed.yml"
    changed.write_text((ROOT / "programme.yml").read_text().replace("name: Ewa Lis", "name: Ewa Dudek"))
    monkeypatch.setenv("PRIVACY_PROGRAMME", str(changed))
    assert problems(cli) == {}
    assert "privacy programme plan" in cli.run("doctor").stdout


def test_a_first_key_that_no_longer_works_is_a_note(cli: Cli) -> None:
    cli("client", "revoke", "first")
    assert problems(cli) == {}
    assert "expired or revoked" in cli.run("doctor").stdout


def test_a_port_that_something_else_has(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # Bound and not listening: whoever connects is refused at once.
        monkeypatch.setenv("PRIVACY_PORT", str(taken.getsockname()[1]))
        assert "Cannot listen" in problems(cli)["port"]
