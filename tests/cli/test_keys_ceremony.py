"""The ceremony of `privacy keys init --shares`: for a new installation, for a ring that is there, and on a terminal."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import shutil
import stat
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from privacy.crypto.keyring import Keyring
from privacy.crypto.providers.service import FileProvider
from tests.cli.conftest import Cli
from tests.cli.running import PROGRAM

once = pytest.mark.parametrize("empty_database", ["sqlite"], indirect=True)
THREE_OF_FIVE = ("--shares", "5", "--threshold", "3")


@pytest.fixture
def shares(bare: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A new installation after its ceremony, and the five shares."""
    monkeypatch.setenv("PRIVACY_KEYS_PROVIDER", "shares")
    bare("keys", "init", *THREE_OF_FIVE, "--to", str(tmp_path / "shares"))
    return _written(tmp_path / "shares")


def _written(folder: Path) -> list[str]:
    paths = sorted(folder.iterdir())
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths} == {0o600}
    return [path.read_text() for path in paths]


def _snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _events(cli: Cli, shares: list[str], action: str) -> list[dict[str, Any]]:
    said = cli("keys", "unseal", "audit", "events", "--action", action, "--json", stdin="".join(shares))
    return list(json.loads(said)["events"])


def test_a_new_installation_is_whole_after_the_ceremony(bare: Cli, shares: list[str]) -> None:
    assert len(shares) == 5
    assert bare("keys", "unseal", "init", stdin="".join(shares[2:])).startswith("Nothing to do")
    (event,) = _events(bare, shares[:3], "keys.ceremony_held")
    told = json.dumps(event)
    assert not any(words.split()[6] in told and words.split()[7] in told for words in shares)


@once
def test_commands_on_a_sealed_installation_say_so(bare: Cli, shares: list[str]) -> None:
    answer = bare.json("check", "--customer-id", "C-1", "--purpose", "offers", "--channel", "email", exit_code=2)
    assert (answer["allowed"], answer["reason"], answer["code"]) == (False, "unavailable", "sealed")
    for command in (["init"], ["audit", "events"], ["subject", "explain", "--customer-id", "C-1"]):
        done = bare.run(*command)
        assert done.exit_code == 2
        assert "privacy keys unseal" in done.stderr
    found = bare.parsed(bare.run("doctor", "--json"))["findings"]
    sealed = {one["check"]: one["state"] for one in found if "privacy keys unseal doctor" in one["text"]}
    assert sealed.items() >= {"keyring": "note", "keys": "note", "programme": "note", "first key": "note"}.items()


@once
def test_too_few_damaged_and_foreign_shares_open_nothing(bare: Cli, shares: list[str], tmp_path: Path) -> None:
    before = _snapshot(tmp_path / "var")
    damaged = shares[1].replace(shares[1].split()[9], "academic", 1)
    tried = {
        "Too few": "".join(shares[:2]),
        "damaged": shares[0] + damaged + shares[2],
        "given before": shares[0] + shares[0] + shares[1],
    }
    for said, typed in tried.items():
        done = bare.run("keys", "unseal", "init", stdin=typed)
        assert done.exit_code == 3, done.output
        assert said in done.stderr
    assert _snapshot(tmp_path / "var") == before


@once
def test_nobody_is_asked_for_shares_while_nothing_waits(bare: Cli, shares: list[str]) -> None:
    done = bare.run("keys", "unseal", "--wait", "0", stdin="".join(shares[:3]))
    assert done.exit_code == 6
    assert "Nobody waits" in done.stderr


@once
def test_an_installation_without_a_ring_is_told_to_hold_the_ceremony(
    bare: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRIVACY_KEYS_PROVIDER", "shares")
    for command in (["init"], ["up"], ["keys", "unseal"]):
        done = bare.run(*command)
        assert done.exit_code == 2
        assert "privacy keys init --shares 5 --threshold 3" in done.stderr
    assert _snapshot(tmp_path / "var") == {}


@once
def test_shares_go_to_no_place_that_is_not_safe(bare: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRIVACY_KEYS_PROVIDER", "shares")
    full = tmp_path / "full"
    full.mkdir()
    (full / "something").touch()
    said = {
        "terminal": [],
        "not an empty folder": ["--to", str(full)],
        "must not lie in the data folder": ["--to", str(tmp_path / "var" / "shares")],
    }
    for text, to in said.items():
        done = bare.run("keys", "init", *THREE_OF_FIVE, *to)
        assert done.exit_code == 3
        assert text in done.stderr
    assert _snapshot(tmp_path / "var") == {}


@once
@pytest.mark.parametrize(
    ("arguments", "said"), [([], "Say how many"), (["--shares", "3", "--threshold", "4"], "at most")]
)
def test_numbers_that_make_no_sense_are_refused(
    bare: Cli, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    monkeypatch.setenv("PRIVACY_KEYS_PROVIDER", "shares")
    done = bare.run("keys", "init", *arguments)
    assert done.exit_code == 3
    assert said in done.stderr


@once
def test_shares_are_no_way_in_where_the_settings_name_another_provider(bare: Cli) -> None:
    done = bare.run("keys", "init", *THREE_OF_FIVE)
    assert done.exit_code == 3
    assert "PRIVACY_KEYS_PROVIDER is file" in done.stderr


@once
def test_a_ring_that_is_there_comes_under_shares_and_the_file_is_destroyed(
    bare: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare("init")
    data, copy = tmp_path / "var", tmp_path / "copy"
    shutil.copytree(data, copy)
    monkeypatch.setenv("PRIVACY_KEYS_PROVIDER", "shares")
    done = bare.run("keys", "init", *THREE_OF_FIVE, "--to", str(tmp_path / "shares"))
    assert done.exit_code == 0, done.output
    assert "copy-on-write" in done.stderr
    assert not (data / "root-key").exists()
    shares = _written(tmp_path / "shares")
    assert bare("keys", "unseal", "init", stdin="".join(shares[:3])).startswith("Nothing to do")
    # The next ceremony, because a holder left: the old shares open the ring once more, the new ones from then on.
    typed = "".join(shares[1:4])
    bare("keys", "init", "--shares", "3", "--threshold", "2", "--to", str(tmp_path / "next"), stdin=typed)
    newer = _written(tmp_path / "next")
    assert bare.run("keys", "unseal", "init", stdin=typed).exit_code == 3
    assert len(_events(bare, newer[:2], "keys.ceremony_held")) == 2
    # No key changed: back under a file, the ring holds what it held at first.
    monkeypatch.setenv("PRIVACY_KEYS_PROVIDER", "file")
    assert bare("keys", "move", stdin="".join(newer[1:])).startswith("The keyring is under file now.")
    old = Keyring.load(copy / "keyring.json", FileProvider(copy / "root-key"))
    assert Keyring.load(data / "keyring.json", FileProvider(data / "root-key")).has_the_keys_of(old)


@once
def test_on_a_terminal_each_share_is_shown_alone_and_typed_back(
    bare: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRIVACY_KEYS_PROVIDER", "shares")
    master, slave = pty.openpty()
    command = [PROGRAM, "keys", "init", "--shares", "3", "--threshold", "2"]
    process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, start_new_session=True)
    os.close(slave)
    shown, shares = "", []
    for number in (1, 2, 3):
        shown = _until(master, "when it is written")
        assert shown.count("\033[2J") >= 1
        assert f"Share {number} of 3" in shown
        cells = dict(re.findall(r"(\d+) ([a-z]+)\s", shown[shown.index("open the service") :]))
        words = [cells[str(at)] for at in range(1, 34)]
        os.write(master, b"\n")
        for _ in range(2):
            asked = re.findall(r"word (\d+) ", _until(master, "(not shown)"))[-1]
            os.write(master, (cells[asked] + "\n").encode())
        shares.append(" ".join(words) + "\n")
    assert process.wait(60) == 0
    os.close(master)
    assert bare("keys", "unseal", "init", stdin=shares[2] + shares[0]).startswith("Nothing to do")
    assert sorted(path.name for path in (tmp_path / "var").iterdir() if "share" in path.name) == []


def _until(terminal: int, text: str) -> str:
    """What the terminal shows, up to a text."""
    shown, deadline = "", time.monotonic() + 60
    waiting = select.poll()  # not select(): it knows no descriptor above 1,023
    waiting.register(terminal, select.POLLIN)
    while text not in shown:
        assert time.monotonic() < deadline, shown
        if waiting.poll(1000):
            shown += os.read(terminal, 4096).decode()
    return shown
