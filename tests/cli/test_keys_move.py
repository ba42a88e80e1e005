"""`privacy keys move` and `privacy keys init` under each provider: no key changes, and a killed run is finished."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from privacy.crypto.keyring import Keyring
from privacy.crypto.providers.service import provider_of
from tests.cli.conftest import Cli
from tests.crypto.providers.kits import Kit, keys_of, kit, kms_server
from tests.sizes import size

pytestmark = [pytest.mark.timeout(600), pytest.mark.parametrize("empty_database", ["sqlite"], indirect=True)]


@pytest.fixture(scope="module")
def kms() -> Iterator[str]:
    with kms_server() as address:
        yield address


@pytest.fixture
def pkcs11(bare: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kms: str) -> Iterator[Kit]:
    """A token, beside an installation that is yet to be made."""
    with kit("pkcs11", tmp_path / "var", monkeypatch, kms) as made:
        yield made


@pytest.fixture
def aws(bare: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kms: str) -> Iterator[Kit]:
    with kit("aws-kms", tmp_path / "var", monkeypatch, kms) as made:
        yield made


def _use(patch: pytest.MonkeyPatch, environ: Mapping[str, str]) -> None:
    for name, value in environ.items():
        patch.setenv(name, value)


def _ring(folder: Path, environ: Mapping[str, str]) -> Keyring:
    return Keyring.load(folder / "keyring.json", provider_of(keys_of(environ)))


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_ring_goes_from_provider_to_provider_and_back_with_the_same_keys(
    bare: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pkcs11: Kit, aws: Kit
) -> None:
    folder = tmp_path / "var"
    bare("init")
    original = Keyring.load(folder / "keyring.json")
    for made in (pkcs11, aws):
        _use(monkeypatch, made.environ)
        moved = bare.json("keys", "move")
        assert (moved["moved"], moved["provider"]) == (True, made.name)
        assert _ring(folder, made.environ).has_the_keys_of(original)
        assert bare("init").startswith("Nothing to do")
        assert not (folder / "root-key").exists()
    monkeypatch.setenv("PRIVACY_KEYS_PROVIDER", "file")
    assert bare.json("keys", "move")["before"] == "aws-kms"
    assert Keyring.load(folder / "keyring.json").has_the_keys_of(original)
    assert bare.json("keys", "move") == {"moved": False, "before": None, "provider": "file", "destroyed": None}
    events = bare.json("audit", "events", "--action", "keys.moved")["events"]
    assert len(events) == 3


def test_the_root_key_file_may_stay_for_a_while(
    bare: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pkcs11: Kit
) -> None:
    bare("init")
    _use(monkeypatch, pkcs11.environ)
    assert bare.json("keys", "move", "--keep-root-key")["destroyed"] is None
    assert (tmp_path / "var" / "root-key").exists()
    assert bare.json("keys", "move")["destroyed"] == str(tmp_path / "var" / "root-key")
    assert not (tmp_path / "var" / "root-key").exists()


def test_killed_anywhere_the_ring_is_whole_under_one_provider_and_the_next_run_finishes(
    bare: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pkcs11: Kit
) -> None:
    monkeypatch.delenv("PRIVACY_DATABASE_URL")
    monkeypatch.setenv("PRIVACY_KEYS_PROVIDER", "file")
    bare("init")
    _use(monkeypatch, pkcs11.environ)
    command = [sys.executable, "-m", "tests.cli.killed_move", str(tmp_path), str(size("root_key_kills"))]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ, check=False)
    assert done.returncode == 0, done.stderr
    lines, old = map(int, done.stdout.splitlines()[-1].split())
    assert lines > 30
    assert 0 < old < size("root_key_kills")


@pytest.mark.parametrize("name", ["file", "pkcs11", "aws-kms"])
def test_init_makes_the_root_key_where_there_is_a_way_and_the_ring(
    bare: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kms: str, name: str
) -> None:
    with kit(name, tmp_path / "var", monkeypatch, kms) as made:
        (tmp_path / "var" / "root-key").unlink(missing_ok=True)
        (tmp_path / "var" / "other-root-key").unlink(missing_ok=True)
        _use(monkeypatch, made.environ)
        new = {"pkcs11": {"PRIVACY_PKCS11_KEY": "made-here"}}.get(name, {})
        _use(monkeypatch, new)
        assert bare.json("keys", "init")["made"][-1] == f"keyring {tmp_path / 'var' / 'keyring.json'}"
        assert bare.json("keys", "init")["made"] == []
        bare("init")


@pytest.mark.parametrize("wrong", ["other", "away", "readable", "gone"])
@pytest.mark.parametrize("name", ["file", "pkcs11", "aws-kms"])
def test_a_wrong_or_missing_key_refuses_to_start_and_writes_nothing(
    bare: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kms: str, name: str, wrong: str
) -> None:
    folder = tmp_path / "var"
    with kit(name, folder, monkeypatch, kms) as made:
        _use(monkeypatch, made.environ)
        bare("init")
        _use(monkeypatch, {"other": made.other, "away": made.away}.get(wrong, {}))
        for path in made.private:
            if wrong == "readable":
                path.chmod(0o644)
        if wrong == "gone":
            (folder / "keyring.json").unlink()
        if wrong == "readable" and not made.private:
            (folder / "keyring.json").chmod(0o640)
        before = _contents(folder)
        for command in (["up", "--port", "8790"], ["serve", "--port", "8790"], ["worker", "--once"], ["init"]):
            done = bare.run(*command)
            assert done.exit_code == 2, (command, done.output)
            assert done.stderr.startswith("Error: ")
            assert not [secret for secret in made.secrets if secret in done.output]
        assert _contents(folder) == before
