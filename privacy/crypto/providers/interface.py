"""What every provider does, and how one is chosen by the settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from privacy.errors import PrivacyError, Unavailable


class KeyringUnusable(PrivacyError):
    """The keyring cannot be used."""

    code = "keyring-unusable"


class Sealed(Unavailable):
    """The keys are sealed until the holders of the shares open them: privacy keys unseal."""

    code = "sealed"


class Provider(Protocol):
    """Wraps the keys of a ring under a root key that need not be in this process.

    It is asked when a ring is loaded or saved, never for a person's data: those keys are wrapped here.
    """

    @property
    def name(self) -> str:
        """As in PRIVACY_KEYS_PROVIDER and in the ring's file."""

    def wrap(self, secret: bytes, place: bytes) -> bytes:
        """The key, sealed so that it opens only at this place of this ring. Raises `KeyringUnusable`, or `Sealed`."""

    def unwrap(self, wrapped: bytes, place: bytes) -> bytes:
        """The key. Raises `KeyringUnusable` for another root key, another place, a changed byte, or no answer.

        Raises `Sealed` where the root key has yet to be put together in this process.
        """


#: Makes a provider from the settings of the keys (`Config.keys`); raises `KeyringUnusable` where they don't do.
Maker = Callable[[Mapping[str, str]], Provider]


def not_ours(what: str) -> KeyringUnusable:
    """The one answer for everything that does not open."""
    return KeyringUnusable(f"{what} does not open the keyring: it is of another installation, or damaged.")
