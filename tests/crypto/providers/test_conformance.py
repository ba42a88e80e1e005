"""What is promised of a provider, tried on every one of them against the real thing or its emulator."""

from __future__ import annotations

import multiprocessing
import re
import secrets
import sys
from pathlib import Path

import pytest

from privacy.crypto.keyring import Keyring, KeyringUnusable, KeyUse
from privacy.crypto.providers.interface import Sealed
from privacy.crypto.providers.service import provider_of
from privacy.errors import PrivacyError
from tests.crypto.providers.kits import Kit, keys_of

PLACE = b"privacy keyring 019a0000-0000-7000-8000-000000000000 wrap 1"
SECRET = secrets.token_bytes(32)


def test_what_is_wrapped_comes_back(each: Kit) -> None:
    wrapped = each.provider().wrap(SECRET, PLACE)
    assert each.provider().unwrap(wrapped, PLACE) == SECRET
    assert SECRET not in wrapped
    assert each.provider().wrap(SECRET, PLACE) != wrapped


@pytest.mark.parametrize("damage", ["another place", "no place", "another root key"])
def test_it_opens_nowhere_else(each: Kit, damage: str) -> None:
    wrapped = each.provider().wrap(SECRET, PLACE)
    provider = each.another() if damage == "another root key" else each.provider()
    place = {"another place": PLACE[:-1] + b"2", "no place": b""}.get(damage, PLACE)
    with pytest.raises(KeyringUnusable) as caught:
        provider.unwrap(wrapped, place)
    _silent(each, caught.value)


def test_nothing_changed_or_cut_opens(each: Kit) -> None:
    provider = each.provider()
    wrapped = provider.wrap(SECRET, PLACE)
    changed = [bytes([*wrapped[:at], wrapped[at] ^ 1, *wrapped[at + 1 :]]) for at in range(len(wrapped))]
    cut = [wrapped[:length] for length in (0, 1, 12, 20, len(wrapped) - 1)]
    for damaged in [*changed, *cut, wrapped + b"\0"]:
        with pytest.raises(KeyringUnusable) as caught:
            provider.unwrap(damaged, PLACE)
        # KMS denies access to a key that a changed value names.
        assert re.search("does not open the keyring|AWS says AccessDenied", str(caught.value))
        _silent(each, caught.value)


def test_one_that_is_away_refuses(each: Kit) -> None:
    wrapped = each.provider().wrap(SECRET, PLACE)
    away = each.absent()
    for attempt in (lambda: away.unwrap(wrapped, PLACE), lambda: away.wrap(SECRET, PLACE)):
        with pytest.raises((KeyringUnusable, Sealed)) as caught:
            attempt()
        _silent(each, caught.value)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o666])
def test_files_that_others_could_read_are_refused(each: Kit, mode: int) -> None:
    for path in each.private:
        path.chmod(mode)
        with pytest.raises(KeyringUnusable, match="chmod 600"):
            each.provider().wrap(SECRET, PLACE)


def test_nothing_shows_when_it_is_printed(each: Kit) -> None:
    provider = each.provider()
    provider.wrap(SECRET, PLACE)
    shown = repr(provider) + str(provider) + repr(vars(provider))
    assert not [secret for secret in each.secrets if secret in shown]


def test_a_whole_ring_is_saved_and_loads_again(each: Kit, folder: Path) -> None:
    path = folder / "keyring.json"
    ring = Keyring.generate().under(each.provider())
    ring.save(path)
    loaded = Keyring.load(path, each.provider())
    assert [loaded.current(use) for use in KeyUse] == [ring.current(use) for use in KeyUse]
    assert loaded.ring_id == ring.ring_id
    for provider in (each.another(), each.absent()):
        with pytest.raises((KeyringUnusable, Sealed)):
            Keyring.load(path, provider)


def test_a_ring_takes_new_keys_under_it(each: Kit, folder: Path) -> None:
    Keyring.generate().under(each.provider()).save(folder / "keyring.json")
    longer = Keyring.load(folder / "keyring.json", each.provider()).with_new(KeyUse.WRAP)
    longer.save(folder / "next.json")
    loaded = Keyring.load(folder / "next.json", each.provider())
    assert loaded.numbers(KeyUse.WRAP) == [2, 1]
    assert loaded.current(KeyUse.WRAP) == longer.current(KeyUse.WRAP)


def test_it_works_on_in_a_process_that_was_forked(each: Kit) -> None:
    provider = each.provider()
    wrapped = provider.wrap(SECRET, PLACE)
    context = multiprocessing.get_context("fork")
    child = context.Process(target=lambda: sys.exit(0 if provider.unwrap(wrapped, PLACE) == SECRET else 1))
    child.start()
    child.join(60)
    assert child.exitcode == 0
    assert provider.unwrap(wrapped, PLACE) == SECRET


def test_a_setting_that_is_missing_is_named(each: Kit) -> None:
    needed = {"pkcs11": "PRIVACY_PKCS11_TOKEN", "aws-kms": "PRIVACY_AWS_KMS_KEY"}.get(each.name)
    if needed is not None:
        with pytest.raises(KeyringUnusable, match=needed):
            provider_of(keys_of({name: value for name, value in each.environ.items() if name != needed}))


def _silent(each: Kit, error: PrivacyError) -> None:
    """One text, and no secret in it or in what it came from."""
    shown = f"{error!r} {error} {error.extensions}"
    assert not [secret for secret in [*each.secrets, SECRET.hex(), repr(SECRET)] if secret in shown]
    assert error.__suppress_context__ or error.__context__ is None
