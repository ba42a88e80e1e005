"""Change the ring of an installation: one change at a time, durable before anybody uses it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from privacy.crypto import keyring
from privacy.crypto.keyring import LOOK_EVERY, Keyring, KeyUse
from privacy.crypto.providers.service import provider_of

if TYPE_CHECKING:
    from config import Config

#: Seconds after which every process has looked at the ring anew, whatever it was doing.
_NOTICED = 1.5 * LOOK_EVERY


def reread(config: Config) -> Keyring:
    """The ring as its file has it, installed as the one of this process."""
    keyring.install(Keyring.load(config.keyring_path, provider_of(config.keys)))
    return keyring.installed()


def put(config: Config, ring: Keyring) -> Keyring:
    """Make this the ring of the installation, whose folder is held (`installation.alone`); returns it as it is now."""
    from privacy.cli import installation  # it loads every room, and reading a ring needs none

    installation.replace_keyring(ring, config.keyring_path)
    return reread(config)


def add(config: Config, use: KeyUse, before: Callable[[int], object]) -> Keyring:
    """One more key of that use, which new work takes from now on. `before` is told its number first.

    Killed in between, the next run tells the same number again.
    """
    ring = reread(config).with_new(use)
    before(ring.current(use).number)
    return put(config, ring)


def wait_until_noticed() -> None:
    """Until every running process has the ring as it is now."""
    threading.Event().wait(_NOTICED)
