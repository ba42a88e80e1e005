"""Runs of `privacy keys move` that are killed before their n-th line, each finished by another run.

Run as: python -m tests.cli.killed_move FOLDER HOW_MANY, where FOLDER/var is an installation under `file` and the
environment names the provider to move to. Prints the lines that there are, and how many kills left the old ring.
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

from config import Config
from privacy.cli import installation, main, root_change
from privacy.crypto.keyring import Keyring
from privacy.crypto.providers.service import provider_of
from privacy.crypto.ring_file import RingFile
from tests.killed_lines import killing_before, on_lines

TRACED = {root_change.__file__, installation.__file__}


def run() -> None:
    folder, wanted = Path(sys.argv[1]), int(sys.argv[2])
    whole, work = folder / "whole", folder / "var"
    work.rename(whole)
    original = Keyring.load(whole / "keyring.json")
    shutil.copytree(whole, work)
    counted = folder / "counted"
    assert _in_child(lambda: _counting(counted)) == 0
    lines = int(counted.read_text())
    old = 0
    for number in sorted({round(step * (lines - 1) / max(wanted - 1, 1)) for step in range(wanted)}):
        shutil.rmtree(work)
        shutil.copytree(whole, work)
        assert _in_child(lambda at=number: _killed_at(at)) == -signal.SIGKILL, number
        old += _opens_whole(work, original) == "file"
        assert _in_child(_move) == 0, number
        _is_finished(work, original)
    print(lines, old)


def _in_child(work: Callable[[], None]) -> int:
    child = os.fork()
    if child == 0:
        work()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _move() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.dup2(1, 2)
    os._exit(main.main(["keys", "move"], standalone_mode=False) or 0)


def _killed_at(number: int) -> None:
    with on_lines(TRACED, killing_before(number)):
        _move()


def _counting(path: Path) -> None:
    count = 0

    def one_more() -> None:
        nonlocal count
        count += 1

    with on_lines(TRACED, one_more):
        assert not main.main(["keys", "move"], standalone_mode=False)
    path.write_text(str(count))


def _opens_whole(folder: Path, original: Keyring) -> str:
    """The provider under which the ring opens, with every key that it had."""
    found = RingFile.read(folder / "keyring.json")
    assert found is not None
    settings = {**Config.from_env(os.environ).keys, "provider": found.provider}
    assert Keyring.load(folder / "keyring.json", provider_of(settings)).has_the_keys_of(original)
    return found.provider


def _is_finished(folder: Path, original: Keyring) -> None:
    assert _opens_whole(folder, original) == os.environ["PRIVACY_KEYS_PROVIDER"]
    assert not [path.name for path in folder.iterdir() if path.name in {"root-key", root_change.NOTE}]
    with sqlite3.connect(folder / "privacy.sqlite3") as database:
        [(events,)] = database.execute("SELECT COUNT(*) FROM audit_body WHERE action = 'keys.moved'")
    database.close()
    assert events == 1


if __name__ == "__main__":
    run()
