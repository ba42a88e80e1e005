"""The root: help, exit codes, and no traceback for anybody."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from privacy.cli import failures, main
from privacy.cli.root import Root
from privacy.errors import Conflict
from tests.cli.conftest import Cli

HEAVY = ("alembic", "apscheduler", "flask", "granian", "sqlalchemy", "cryptography")


def test_every_command_is_there_and_says_what_it_does() -> None:
    context = click.Context(main)
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        assert command is not None
        assert command.name == name
        assert command.get_short_help_str()


def test_help_loads_nothing_heavy() -> None:
    code = f"""
import sys
from click.testing import CliRunner
from privacy.cli import main
assert CliRunner().invoke(main, ["--help"]).exit_code == 0
print([name for name in {HEAVY} if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_bad_settings_are_all_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRIVACY_THREADS", "many")
    monkeypatch.setenv("PRIVACY_WORKERS", "0")
    done = Cli().run("consent", "verify")
    assert done.exit_code == 3
    assert "PRIVACY_THREADS" in done.stderr
    assert "PRIVACY_WORKERS" in done.stderr


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (Conflict("Taken."), 6, "Error: Taken."),
        (KeyboardInterrupt(), failures.INTERRUPTED, "Interrupted."),
        (ValueError("anna.nowak@example.com"), failures.FAULT, "a fault of the service"),
    ],
)
def test_no_failure_reads_as_denied_or_shows_a_value(error: BaseException, code: int, said: str) -> None:
    group = Root("privacy", modules={})

    @group.result_callback()
    def fail(*_: object, **__: object) -> None:
        raise error

    @click.command()
    def nothing() -> None:
        """Do nothing."""

    group.get_command = lambda _context, _name: nothing  # type: ignore[method-assign]
    from click.testing import CliRunner

    done = CliRunner().invoke(group, ["nothing"])
    assert done.exit_code == code
    assert said in done.stderr
    assert "anna.nowak" not in done.output


def test_a_schema_is_taken_back_only_when_told_twice(cli: Cli) -> None:
    assert cli.json("db", "current")["current"] == cli.json("db", "current")["head"]
    assert cli.run("db", "downgrade", "base", stdin="n\n").exit_code == failures.INTERRUPTED
    assert cli("db", "downgrade", "base", "--yes") == "The schema is at nothing.\n"
    assert cli("db", "upgrade").startswith("The schema is at 0")


def test_serve_says_what_is_missing_rather_than_starting(bare: Cli) -> None:
    done = bare.run("serve")
    assert done.exit_code == 2
    assert "privacy init" in done.stderr


def test_a_reader_that_has_seen_enough_is_no_fault(tmp_path: Path) -> None:
    """And no "allowed" either: the code is that of a closed pipe."""
    environment = {**os.environ, "PRIVACY_DATA_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "privacy.cli", "import", "profile", "list"]
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, env=environment, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (failures.UNREAD, "")
