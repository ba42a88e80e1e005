"""`privacy init`: everything that is missing, nothing twice, and no crash that the next run would not mend."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.cli.conftest import Cli
from tests.cli.state import clear, database, snapshot

#: Ends the process before its n-th write that matters: a flush to disk, a renaming, a commit.
CRASHING = """
import os, sys
from pathlib import Path
import sqlalchemy as sa
left = int(sys.argv[1])
def count(*_):
    global left
    left -= 1
    if left < 0:
        os._exit(9)
def counted(function):
    def wrapped(*arguments, **named):
        count()
        return function(*arguments, **named)
    return wrapped
os.fsync = counted(os.fsync)
Path.replace = counted(Path.replace)
sa.event.listen(sa.Engine, "commit", count)
from privacy.cli import main
main(["init"])
"""


def test_makes_everything_that_is_needed(bare: Cli) -> None:
    made = bare.json("init")["made"]
    assert [what.split()[0] for what in made if not what.startswith("data folder")] == [
        "keyring",
        "database",
        "service",
        "audit",
        "programme",
        "first",
    ]
    assert bare.json("check", "--email", "-", "--purpose", "offers", "--channel", "email", stdin="a@b.pl", exit_code=1)


def test_the_second_run_changes_nothing(bare: Cli) -> None:
    bare("init")
    before = snapshot()
    assert bare.json("init")["made"] == []
    assert snapshot() == before


def test_only_its_user_can_get_at_the_folder(bare: Cli) -> None:
    bare("init")
    folder = Path(os.environ["PRIVACY_DATA_DIR"])
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*") if path.is_file()} == {0o600}


def test_neither_key_nor_address_stands_in_the_printed_command(bare: Cli) -> None:
    line = bare.json("init")["curl"]
    key = (Path(os.environ["PRIVACY_DATA_DIR"]) / "first-key").read_text().strip()
    assert key not in line
    assert "@example.com" not in line


def test_a_lost_keyring_is_not_replaced_where_it_sealed_something(bare: Cli) -> None:
    bare("init")
    (Path(os.environ["PRIVACY_DATA_DIR"]) / "keyring.json").unlink()
    done = bare.run("init")
    assert done.exit_code == 2
    assert "Restore it from its backup" in done.stderr


def test_a_key_file_that_was_taken_away_is_not_made_again(bare: Cli) -> None:
    bare("init")
    (Path(os.environ["PRIVACY_DATA_DIR"]) / "first-key").unlink()
    assert bare.json("init")["made"] == []


def test_a_schema_of_another_version_is_left_alone(bare: Cli) -> None:
    bare("init")
    with database() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0000_older'"))
    done = bare.run("init")
    assert done.exit_code == 2
    assert "privacy db upgrade" in done.stderr


@pytest.mark.timeout(300)
def test_a_kill_anywhere_is_mended_by_running_again(bare: Cli) -> None:
    points = 0
    while True:
        done = subprocess.run(
            [sys.executable, "-c", CRASHING, str(points)], capture_output=True, text=True, check=False
        )
        bare("init")
        key = (Path(os.environ["PRIVACY_DATA_DIR"]) / "first-key").read_text().strip()
        assert [client["keys"][0]["begins_with"] for client in bare.json("client", "list")] == [key[:13]]
        assert not list(Path(os.environ["PRIVACY_DATA_DIR"]).glob("*.new"))
        if done.returncode == 0:
            break
        assert done.returncode == 9, done.stderr
        points += 1
        clear()
    assert points > 8
