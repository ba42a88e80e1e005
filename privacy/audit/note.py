"""Signed notes (C2SP signed-note): a text, a blank line, and signature lines by named Ed25519 keys.

The parser takes exactly what the printer prints: whatever parses is printed to the same bytes again. Everything that
is wrong raises `NoteInvalid`.
"""

from __future__ import annotations

import base64
import hashlib
import re
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from privacy.errors import VerificationError

#: A note that is larger than this is nobody's checkpoint or statement.
LONGEST = 1_000_000
#: A note may carry this many signatures; C2SP asks for at least 16.
MOST_SIGNATURES = 64
_KEY_ID_BYTES = 4
_PUBLIC_BYTES = 32
_SIGNATURE_BYTES = 64
_TIME = struct.Struct(">Q")
_LINE = re.compile(r"— ([^\n]+) ([A-Za-z0-9+/]+={0,2})")
_VKEY = re.compile(r"([^\n]+?)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})")


class NoteInvalid(VerificationError):
    """A signed note is malformed, or is not signed as it must be."""

    code = "note-invalid"


class KeyType(IntEnum):
    """What a key signs: the first byte of its encoding."""

    ED25519 = 1  # the note's text
    COSIGNATURE = 4  # the text with a time: a witness's (tlog-cosignature v1)


@dataclass(frozen=True)
class VerifierKey:
    """A public key with its name; prints as `name+hash+base64`, the form in which keys are handed over and pinned."""

    name: str
    type: KeyType
    public: bytes

    def __post_init__(self) -> None:
        """A name that could not stand in a signature line is refused."""
        if not is_name(self.name):
            raise NoteInvalid("The name of a key is empty or has a space, a plus sign or a control character.")
        if len(self.public) != _PUBLIC_BYTES:
            raise NoteInvalid("An Ed25519 key has 32 bytes.")

    @property
    def id(self) -> bytes:
        """The four bytes by which signature lines name the key. They only select it; the signature decides."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.type]) + self.public).digest()[:_KEY_ID_BYTES]

    def __str__(self) -> str:
        """The key as text."""
        return f"{self.name}+{self.id.hex()}+{_base64(bytes([self.type]) + self.public)}"

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """The key that a text stands for; raises `NoteInvalid`."""
        found = _VKEY.fullmatch(text)
        if found is None:
            raise NoteInvalid("A verifier key has the form name+hash+base64.")
        encoded = _bytes_of(found[3])
        if not encoded or encoded[0] not in set(KeyType):
            raise NoteInvalid("The verifier key is of a type that is not known here.")
        key = cls(found[1], KeyType(encoded[0]), encoded[1:])
        if str(key) != text:
            raise NoteInvalid("The hash in the verifier key is not that of its name and key.")
        return key

    def verify(self, text: str, signature: Signature) -> int | None:
        """Check one of the note's signatures; returns its time (seconds) where it has one. Raises `NoteInvalid`."""
        body, at = text.encode(), None
        raw = signature.raw
        if self.type is KeyType.COSIGNATURE:
            if len(raw) != _TIME.size + _SIGNATURE_BYTES:
                raise NoteInvalid(f"The signature of {self.name} has the wrong length.")
            at = _TIME.unpack_from(raw)[0]
            body, raw = _timed(text, at), raw[_TIME.size :]
        elif len(raw) != _SIGNATURE_BYTES:
            raise NoteInvalid(f"The signature of {self.name} has the wrong length.")
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(raw, body)
        except (InvalidSignature, ValueError):
            raise NoteInvalid(f"The signature of {self.name} does not verify.") from None
        return at


@dataclass(frozen=True)
class SigningKey:
    """A private key with its name."""

    name: str
    type: KeyType
    seed: bytes = field(repr=False)

    @property
    def verifier(self) -> VerifierKey:
        """Its public half."""
        return VerifierKey(self.name, self.type, self._private.public_key().public_bytes_raw())

    def sign(self, text: str, *, at: int | None = None) -> Signature:
        """A signature over a note's text, for a cosignature at a time in seconds since 1970."""
        if self.type is KeyType.COSIGNATURE:
            assert at is not None
            raw = _TIME.pack(at) + self._private.sign(_timed(text, at))
        else:
            raw = self._private.sign(text.encode())
        return Signature(self.name, self.verifier.id, raw)

    @property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


@dataclass(frozen=True)
class Signature:
    """One signature line."""

    name: str
    key_id: bytes
    #: What follows the key id.
    raw: bytes

    def __str__(self) -> str:
        """The line, with its end."""
        return f"— {self.name} {_base64(self.key_id + self.raw)}\n"

    @classmethod
    def parse(cls, line: str) -> Signature:
        """The signature of a line without its end; raises `NoteInvalid`."""
        found = _LINE.fullmatch(line)
        if found is None or not is_name(found[1]):
            raise NoteInvalid("A signature line has the form: — name base64.")
        encoded = _bytes_of(found[2])
        if len(encoded) <= _KEY_ID_BYTES:
            raise NoteInvalid("A signature line holds no signature.")
        return cls(found[1], encoded[:_KEY_ID_BYTES], encoded[_KEY_ID_BYTES:])

    def is_by(self, key: VerifierKey) -> bool:
        """Whether the line names that key. That it was made by it only `VerifierKey.verify` tells."""
        return (self.name, self.key_id) == (key.name, key.id)


@dataclass(frozen=True)
class Note:
    """A text with its signatures, not yet verified."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        """The note as it is handed over."""
        return self.text + "\n" + "".join(map(str, self.signatures))

    @classmethod
    def parse(cls, unverified: str | bytes) -> Note:
        """Take a note apart; raises `NoteInvalid`. Nothing in it is proven before `verify`."""
        note = _read(_text_of(unverified))
        if not note.signatures:
            raise NoteInvalid("The note has no signature.")
        return note

    def verify(self, keys: Iterable[VerifierKey]) -> list[VerifierKey]:
        """The given keys that signed this note. Raises `NoteInvalid` where none did, or the signature of one fails.

        Signatures by keys that are not given are passed over, as C2SP says. THE CALLER must have the keys from
        somewhere else than the note or what came with it.
        """
        signed = []
        for key in keys:
            lines = [signature for signature in self.signatures if signature.is_by(key)]
            for signature in lines:
                key.verify(self.text, signature)
            if lines:
                signed.append(key)
        if not signed:
            raise NoteInvalid("The note is not signed by any of the keys that are trusted here.")
        return signed

    def signed(self, *signatures: Signature) -> Note:
        """The same note with further signatures."""
        return Note(self.text, self.signatures + signatures)


def sign(text: str, keys: Sequence[SigningKey]) -> Note:
    """A note over a text, signed with each of the keys. Raises `NoteInvalid` for a text that no note can hold."""
    _ensure_text(text)
    return Note(text, tuple(key.sign(text) for key in keys))


def is_name(name: str) -> bool:
    """Whether a key, a witness or a log may have that name."""
    return bool(name) and "+" not in name and all(sign.isprintable() and not sign.isspace() for sign in name)


def _read(whole: str) -> Note:
    # The text may hold blank lines: the signatures follow the last one.
    end = whole.rfind("\n\n")
    if end < 0:
        raise NoteInvalid("The note has no blank line before its signatures.")
    text, lines = whole[: end + 1], whole[end + 2 :]
    _ensure_text(text)
    if not lines.endswith("\n"):
        raise NoteInvalid("The note does not end with a line end.")
    split = lines[:-1].split("\n")
    if len(split) > MOST_SIGNATURES:
        raise NoteInvalid(f"The note has more than {MOST_SIGNATURES} signatures.")
    return Note(text, tuple(Signature.parse(line) for line in split))


def _text_of(unverified: str | bytes) -> str:
    if len(unverified) > LONGEST:
        raise NoteInvalid("The note is too long.")
    if isinstance(unverified, str):
        return unverified
    try:
        return unverified.decode()
    except UnicodeDecodeError:
        raise NoteInvalid("The note is not UTF-8.") from None


def _ensure_text(text: str) -> None:
    if not text.endswith("\n"):
        raise NoteInvalid("The text of a note ends with a line end.")
    if any(sign != "\n" and (sign < " " or sign == "\x7f") for sign in text):
        raise NoteInvalid("The text of a note has a control character.")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise NoteInvalid("The text of a note is not Unicode.") from None


def _timed(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _bytes_of(text: str) -> bytes:
    """Base64 in its one canonical form; `b64decode` alone takes others."""
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        raise NoteInvalid("A value is not base64.") from None
    if _base64(raw) != text:
        raise NoteInvalid("A value is not base64 in its canonical form.")
    return raw
