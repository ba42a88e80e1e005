"""The root key that is kept by nobody alone: it exists as shares on paper, M of N of which make it (SLIP-39).

A process that starts has no root key until enough holders have given their shares; then it has it in its memory and
nowhere else. Each wrapped key says in the clear of which ceremony it is, so that a share of another one is refused
before all are typed.

The library of the shares is the reference implementation of SLIP-39. It is not hardened against whoever measures this
machine while shares are made or put together, so nobody else should be on it then (docs/key-providers.md).
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from shamir_mnemonic import MnemonicError, Share, combine_mnemonics, generate_mnemonics
from shamir_mnemonic.wordlist import WORDLIST

from privacy.crypto import envelope
from privacy.crypto.providers.interface import Sealed, not_ours
from privacy.errors import InvalidInput

#: SLIP-39 has room for so many.
MOST_SHARES = 16
#: Words of a share of 256 bits.
WORDS = 33
_VERSION = b"\x01"
#: Version, identifier, threshold, number of shares.
_HEAD_BYTES = 5
#: SLIP-39 stretches a pass phrase, of which there is none.
_NO_STRETCHING = 0
#: The words differ within their first letters, which may stand for the whole.
_TELLING = 4
_BY_PREFIX = {word[:_TELLING]: word for word in WORDLIST}


class ShareRefused(InvalidInput):
    """A share cannot be taken."""

    code = "share-refused"


@dataclass(frozen=True)
class Ceremony:
    """What may be known of a ceremony: its number, and how many of how many shares make the key."""

    identifier: int
    threshold: int
    shares: int

    @classmethod
    def of_wrapped(cls, wrapped: bytes) -> Ceremony:
        """That under whose root key a key of the ring is wrapped; raises `KeyringUnusable`."""
        if wrapped[:1] != _VERSION or len(wrapped) < _HEAD_BYTES:
            raise not_ours("This root key")
        return cls(int.from_bytes(wrapped[1:3], "big"), wrapped[3], wrapped[4])

    def head(self) -> bytes:
        """As it stands before a wrapped key."""
        return _VERSION + self.identifier.to_bytes(2, "big") + bytes([self.threshold, self.shares])


@dataclass(frozen=True)
class Root:
    """A root key and the ceremony it is of."""

    secret: bytes = field(repr=False)
    ceremony: Ceremony

    def check_value(self) -> str:
        """Tells one root key from another and says nothing about it."""
        return hashlib.sha256(hmac.digest(self.secret, b"privacy root key check value", "sha256")).hexdigest()


def make_shares(*, shares: int, threshold: int) -> tuple[Root, list[str]]:
    """A new root key and its shares, of which `threshold` make it again."""
    secret = secrets.token_bytes(envelope.KEY_BYTES)
    (made,) = generate_mnemonics(1, [(threshold, shares)], secret, iteration_exponent=_NO_STRETCHING)
    identifier: int = Share.from_mnemonic(made[0]).identifier
    return Root(secret, Ceremony(identifier, threshold, shares)), made


class Gathering:
    """Shares as they are given one after the other, until there are enough."""

    def __init__(self, ceremony: Ceremony) -> None:
        self._ceremony = ceremony
        self._given: dict[int, str] = {}

    @property
    def missing(self) -> int:
        """How many are still needed."""
        return self._ceremony.threshold - len(self._given)

    def take(self, typed: str) -> int:
        """Take one share, whose words may be cut to their first four letters, and return its number.

        Raises `ShareRefused`, which names no word.
        """
        words = [_BY_PREFIX.get(word[:_TELLING], word) for word in typed.lower().split()]
        try:
            share = Share.from_mnemonic(" ".join(words))
        except MnemonicError:
            raise ShareRefused(
                f"This is no share, or it is damaged: {len(words)} words were typed, of {WORDS}; "
                "one may be misspelt, missing, or in another place."
            ) from None
        if (share.identifier, share.member_threshold) != (self._ceremony.identifier, self._ceremony.threshold):
            raise ShareRefused(
                f"Share {share.index + 1} is of another ceremony: number {share.identifier}, "
                f"while the keyring is of number {self._ceremony.identifier}."
            )
        if share.index in self._given:
            raise ShareRefused(f"Share {share.index + 1} was given before. Each holder gives another one.")
        self._given[share.index] = " ".join(words)
        return int(share.index) + 1

    def root(self) -> Root:
        """The root key; raises `ShareRefused` where the shares do not belong together."""
        try:
            secret: bytes = combine_mnemonics(self._given.values())
        except MnemonicError:
            numbers = ", ".join(str(index + 1) for index in sorted(self._given))
            raise ShareRefused(f"The shares {numbers} do not belong together, or are too few.") from None
        return Root(secret, self._ceremony)


class _Process:
    """The root key of this process, once it was put together."""

    def __init__(self) -> None:
        self.root: Root | None = None


_process = _Process()


def hold(root: Root | None) -> None:
    """Make this the root key of the process, in its memory alone; None forgets it."""
    _process.root = root


@contextlib.contextmanager
def forgetting() -> Iterator[None]:
    """For a command that ends: whatever root key this process comes to hold inside, it has none afterwards."""
    try:
        yield
    finally:
        hold(None)


class SharesProvider:
    """A root key put together from shares; without one, the process's."""

    name = "shares"

    def __init__(self, root: Root | None = None) -> None:
        self._own = root

    @classmethod
    def of(cls, settings: Mapping[str, str]) -> SharesProvider:  # noqa: ARG003  # nothing to set: people bring it
        """With the root key of the process."""
        return cls()

    @property
    def is_open(self) -> bool:
        """Whether there is a root key now."""
        return (self._own or _process.root) is not None

    def wrap(self, secret: bytes, place: bytes) -> bytes:
        """As the interface says."""
        root = self._root()
        head = root.ceremony.head()
        return head + envelope.seal(root.secret, secret, head + place)

    def unwrap(self, wrapped: bytes, place: bytes) -> bytes:
        """As the interface says."""
        root = self._root()
        head, sealed = wrapped[:_HEAD_BYTES], wrapped[_HEAD_BYTES:]
        try:
            return envelope.open_sealed(root.secret, sealed, head + place)
        except envelope.SealBroken:
            raise not_ours("What the shares make") from None

    def _root(self) -> Root:
        root = self._own or _process.root
        if root is None:
            raise Sealed
        return root
