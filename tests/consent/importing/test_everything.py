"""All files of a company, in any order, any number of times, killed anywhere: one end, which a naive reading tells."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from privacy.crypto.keyring import Keyring
from tests.consent.importing.made_company import COMPANIES, a_company, the_company
from tests.consent.importing.moving import Files, answers, bring_in, bring_in_all, every_table, findings
from tests.consent.importing.naive import Key, World
from tests.databases import Database
from tests.rules.source import ROOT
from tests.sizes import size


def differences(world: World, keys: Sequence[Key]) -> list[tuple[Key, str]]:
    """The keys where the service and the naive reading disagree, with the service's reason."""
    found = answers(keys)
    return [(key, reason) for key, reason in found.items() if world.allowed(key) != (reason == "given")]


@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("which", COMPANIES)
@pytest.mark.usefixtures("frozen", "installed")
def test_a_naive_reading_of_all_files_agrees_on_every_key(tmp_path: Path, which: str) -> None:
    files = the_company(which, tmp_path / "exports")
    bring_in_all(files)
    world = files.world()
    keys = list(world.every_key())
    assert differences(world, keys) == []
    # It is not by saying no to everybody.
    yes = {(purpose, channel) for who, purpose, channel in keys if world.allowed((who, purpose, channel))}
    assert yes >= {("newsletter", "email"), ("offers", "email"), ("offers", "sms"), ("profiling", None)}


@pytest.mark.usefixtures("frozen", "installed")
def test_in_any_order_each_file_adds_what_it_tells_and_again_nothing(tmp_path: Path) -> None:
    files = a_company(tmp_path / "exports", 20, seed=100)
    keys = list(files.world().every_key())
    chance = random.Random(os.getpid())
    order = chance.sample(list(files.paths), len(files.paths))
    for number, name in enumerate(order, start=1):
        bring_in(name, files.paths[name])
        assert differences(files.only(*order[:number]).world(), keys) == [], order[:number]
    kept = every_table()
    for out in bring_in_all(files, chance.sample(order, len(order))).values():
        assert (out.acts_recorded, out.suppressed, out.permissions_gained, out.permissions_lost) == (0, 0, 0, 0)
    assert every_table() == kept
    assert findings() == []


@pytest.mark.timeout(600)
@pytest.mark.usefixtures("installed")
def test_killed_at_any_row_in_any_order_everybody_ends_the_same(
    database: Database, ring: Keyring, tmp_path: Path
) -> None:
    """Real processes, killed for real; each export is begun anew until it has gone in."""
    files = a_company(tmp_path / "exports", 10, seed=101)
    ring.save(tmp_path / "keyring.json")
    chance = random.Random(os.getpid())
    order = chance.sample(list(files.paths), len(files.paths))
    ends = [
        _import_and_die(database, tmp_path, files, order, after=chance.randrange(1, 40)) for _ in range(size("kills"))
    ]
    assert ends[0] == -signal.SIGKILL
    assert set(ends) <= {-signal.SIGKILL, 0}
    bring_in_all(files, order)
    world = files.world()
    assert differences(world, list(world.every_key())) == []
    kept = every_table()
    assert all(out.acts_recorded == 0 for out in bring_in_all(files).values())
    assert every_table() == kept
    assert findings() == []


def _import_and_die(database: Database, folder: Path, files: Files, order: Sequence[str], *, after: int) -> int:
    command = [sys.executable, "-m", "tests.consent.importing.killed_move", database.url, str(folder / "keyring.json")]
    arguments = [str(after), *(f"{name}={files.paths[name]}" for name in order)]
    ran = subprocess.run([*command, *arguments], cwd=ROOT, check=False, capture_output=True, timeout=120)
    return ran.returncode
