"""The keyring's file: only its user reads it, it is never overwritten, and a damaged one is refused by name."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from privacy.crypto.keyring import Key, Keyring, KeyringUnusable, KeyUse


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keyring.json"


def test_a_saved_ring_loads_with_the_same_keys(path: Path) -> None:
    ring = Keyring.generate()
    ring.save(path)
    loaded = Keyring.load(path)
    assert [loaded.current(use) for use in KeyUse] == [ring.current(use) for use in KeyUse]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_every_use_has_a_key_of_its_own() -> None:
    ring = Keyring.generate()
    assert len({ring.current(use).secret for use in KeyUse}) == len(KeyUse)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o666])
def test_a_ring_that_others_could_read_is_refused_with_the_mend(path: Path, mode: int) -> None:
    Keyring.generate().save(path)
    path.chmod(mode)
    with pytest.raises(KeyringUnusable, match="chmod 600"):
        Keyring.load(path)


def test_a_missing_ring_is_named(path: Path) -> None:
    with pytest.raises(KeyringUnusable, match="missing"):
        Keyring.load(path)


def test_an_existing_ring_is_never_overwritten(path: Path) -> None:
    Keyring.generate().save(path)
    before = path.read_bytes()
    with pytest.raises(FileExistsError):
        Keyring.generate().save(path)
    assert path.read_bytes() == before


DAMAGE: dict[str, Callable[[dict[str, Any]], Any]] = {
    "another format": lambda ring: ring | {"format": 3},
    "another provider": lambda ring: ring | {"provider": "pkcs11"},
    "another ring": lambda ring: ring | {"ring": "019a0000-0000-7000-8000-000000000000"},
    "a moved key": lambda ring: ring | {"keys": [{**ring["keys"][0], "number": 9}, *ring["keys"][1:]]},
    "no keys": lambda ring: ring | {"keys": []},
    "no list": lambda _ring: [],
    "one use missing": lambda ring: ring | {"keys": ring["keys"][1:]},
    "an unknown use": lambda ring: ring | {"keys": [{**ring["keys"][0], "use": "other"}]},
    "a short key": lambda ring: ring | {"keys": [{**ring["keys"][0], "wrapped": "AAAA"}]},
    "no base64": lambda ring: ring | {"keys": [{**ring["keys"][0], "wrapped": "!"}]},
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_ring_is_refused_without_showing_a_key(path: Path, damage: str) -> None:
    Keyring.generate().save(path)
    ring = json.loads(path.read_bytes())
    path.write_text(json.dumps(DAMAGE[damage](ring)))
    with pytest.raises(KeyringUnusable) as caught:
        Keyring.load(path)
    assert not any(entry["wrapped"] in str(caught.value) for entry in ring["keys"])


def test_a_file_that_is_no_json_is_refused(path: Path) -> None:
    path.touch(mode=0o600)
    path.write_bytes(b"\x00\xff")
    with pytest.raises(KeyringUnusable, match="cannot be read"):
        Keyring.load(path)


def test_the_highest_number_is_current_and_older_ones_can_still_be_had() -> None:
    first = Keyring.generate()
    keys = [first.current(use) for use in KeyUse] + [Key(2, KeyUse.INDEX, b"2" * 32)]
    ring = Keyring(keys)
    assert ring.current(KeyUse.INDEX).number == 2
    assert ring.get(KeyUse.INDEX, 1) == first.current(KeyUse.INDEX)
    assert ring.numbers(KeyUse.INDEX) == [2, 1]
    with pytest.raises(KeyringUnusable, match="number 3"):
        ring.get(KeyUse.INDEX, 3)


def test_no_key_shows_when_the_ring_is_printed() -> None:
    key = Keyring.generate().current(KeyUse.WRAP)
    assert key.secret.hex() not in repr(key)
    assert repr(key.secret) not in repr(key)
