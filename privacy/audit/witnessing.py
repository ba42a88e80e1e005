"""The log's side of witnesses (C2SP tlog-witness): ask one to cosign a checkpoint, and take nothing on trust.

A witness is asked outside any unit of work. What it answers is verified with the key that the operator configured.
"""

from __future__ import annotations

import contextlib
import http.client
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from privacy.audit.checkpoint import Checkpoint
from privacy.audit.note import KeyType, Note, NoteInvalid, Signature, VerifierKey
from privacy.audit.witness.protocol import (
    ADD_CHECKPOINT,
    SIZE_MEDIA_TYPE,
    Request,
    WitnessRequestInvalid,
    parse_size,
)
from privacy.deadline import cut_off
from privacy.errors import Conflict, Unavailable, VerificationError

TIMEOUT_SECONDS = 5.0
#: Signature lines, those of other algorithms too; an answer that is longer is none.
_LONGEST_ANSWER = 64 * 1024
_LATEST_TIME = 2**63 - 1
_MEANINGS = {
    400: "it takes the request for malformed",
    403: "it does not trust the key that signed the checkpoint, or its signature fails",
    404: "it does not know the log; its operator has yet to trust the log's key",
    422: "the checkpoint does not continue what it cosigned",
}
#: Faults of the way or of the moment among the client errors: asking again may do.
_LATER = (408, 425, 429)


class WitnessBehind(Conflict):
    """The witness stands at another size of the log."""

    code = "witness-behind"

    def __init__(self, detail: str | None = None, *, size: int) -> None:
        super().__init__(detail, size=size)
        #: The size that it cosigned last, below that of the checkpoint or equal to it: prove from there and ask again.
        self.size = size


class WitnessRefused(VerificationError):
    """The witness did not cosign the checkpoint."""

    code = "witness-refused"


class WitnessUnreachable(Unavailable):
    """The witness could not be asked."""

    code = "witness-unreachable"


@dataclass(frozen=True)
class Witness:
    """A witness that the log asks: the key by which its cosignatures are known, and where it is."""

    key: VerifierKey
    #: The submission prefix, without a slash at its end.
    url: str

    @property
    def name(self) -> str:
        """Its name, that of its key."""
        return self.key.name


def parse_witnesses(text: str) -> tuple[Witness, ...]:
    """The setting: pairs of a key and an address with a space between, one a line or with commas between.

    Raises ValueError, which names the pair by its number and says what would be right. Two with one name or one key
    are refused: they would be counted as two and are one.
    """
    pairs = [part.strip() for part in re.split(r"[,\n]", text) if part.strip()]
    found = tuple(_witness_of(number, pair) for number, pair in enumerate(pairs, 1))
    for what, seen in (("name", [one.name for one in found]), ("key", [one.key.public for one in found])):
        if len(set(seen)) < len(seen):
            raise ValueError(f"Two witnesses have the same {what}; each must be somebody else's.")
    return found


def ask(
    witness: Witness, *, old: int, proof: Sequence[bytes], note: Note, timeout: float = TIMEOUT_SECONDS
) -> Signature:
    """The witness's cosignature of a checkpoint, verified.

    `old`: the size that the witness cosigned last as far as the caller knows, 0 at first; `proof`: consistency of the
    checkpoint with that size; `timeout`: seconds for everything together, once the name is resolved.

    Raises `WitnessBehind` where it stands at another size from which the checkpoint can be proven (the caller proves
    from there and asks again), `WitnessRefused` where it won't cosign, or answered something that is no cosignature by
    its key, and `WitnessUnreachable` where there was no answer, so that asking later may do.
    """
    status, media_type, body = _post(witness, str(Request(old, tuple(proof), note)).encode(), timeout)
    if status == 200:
        return _cosignature(witness, note, body)
    if status == 409 and media_type == SIZE_MEDIA_TYPE:
        raise _behind(witness, old, Checkpoint.parse(note.text).size, body)
    if not 400 <= status < 500 or status in _LATER:
        raise WitnessUnreachable(f"The witness {witness.name} answered with status {status}.")
    # Its own words stay out of our log: they are a stranger's.
    meaning = _MEANINGS.get(status, "for a reason that the protocol doesn't have")
    raise WitnessRefused(f"The witness {witness.name} refused with status {status}: {meaning}.", status=status)


def _cosignature(witness: Witness, note: Note, body: bytes) -> Signature:
    """Its line among those of the answer; lines of other keys are passed over, as tlog-witness says."""
    try:
        lines = body.decode().removesuffix("\n").split("\n")
        ours = [line for line in map(Signature.parse, lines) if line.is_by(witness.key)]
        times = [witness.key.verify(note.text, line) for line in ours]
    except (NoteInvalid, UnicodeDecodeError):
        raise WitnessRefused(f"The witness {witness.name} answered what is no cosignature of its own.") from None
    # A time of zero stands for none, which a checkpoint's cosignature must not have.
    if not times or not all(at and at <= _LATEST_TIME for at in times):
        raise WitnessRefused(f"The witness {witness.name} answered without a cosignature by the key configured for it.")
    return ours[0]


def _behind(witness: Witness, old: int, size: int, body: bytes) -> WitnessBehind | WitnessRefused:
    try:
        stands_at = parse_size(body)
    except WitnessRequestInvalid:
        return WitnessRefused(f"The witness {witness.name} answered a conflict without a size.", status=409)
    if stands_at == old:
        return WitnessRefused(
            f"The witness {witness.name} answered a conflict with the size it was asked for.", status=409
        )
    if stands_at > size:
        text = f"The witness {witness.name} cosigned {stands_at} leaves of this log, which now shows it {size}."
        return WitnessRefused(text, status=409)
    return WitnessBehind(f"The witness {witness.name} stands at {stands_at} leaves.", size=stands_at)


def _post(witness: Witness, body: bytes, timeout: float) -> tuple[int, str, bytes]:
    """Status, media type and body of the answer. No redirect is followed and no proxy asked."""
    address = urlsplit(witness.url)
    kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    connection = kind(address.hostname or "", address.port, timeout=timeout)
    headers = {"Content-Type": "text/plain; charset=utf-8", "User-Agent": "privacy"}
    try:
        with contextlib.closing(connection):
            connection.connect()
            with cut_off(connection.sock, timeout):
                connection.request("POST", address.path + ADD_CHECKPOINT, body, headers)
                answer = connection.getresponse()
                read = answer.read(_LONGEST_ANSWER + 1)
    except (OSError, http.client.HTTPException, ValueError):
        # A name that can't be one raises a UnicodeError, a ValueError.
        raise WitnessUnreachable(f"The witness {witness.name} did not answer.") from None
    # A part of an answer is none: `length` is what the witness still owed.
    if answer.length or len(read) > _LONGEST_ANSWER:
        raise WitnessUnreachable(f"The witness {witness.name} gave no whole answer within {_LONGEST_ANSWER} bytes.")
    return answer.status, answer.headers.get_content_type(), read


def _witness_of(number: int, pair: str) -> Witness:
    parts = pair.split()
    if len(parts) != 2:
        raise ValueError(f"Witness {number}: write its key and its address, as in: name+hash+base64 https://host")
    try:
        key = VerifierKey.parse(parts[0])
    except NoteInvalid as error:
        raise ValueError(f"Witness {number}: {error.detail}") from None
    if key.type is not KeyType.COSIGNATURE:
        raise ValueError(
            f"Witness {number}: this is the key of a log; `privacy witness status` shows that of a witness."
        )
    return Witness(key, _url_of(number, parts[1]))


def _url_of(number: int, text: str) -> str:
    try:
        address = urlsplit(text)
        plain = not (set("?#@") & set(text)) and address.port != 0
    except ValueError:
        # A port or an IPv6 address that can't be one.
        plain = False
    if not plain or address.scheme not in {"http", "https"} or not address.hostname:
        raise ValueError(
            f"Witness {number}: the address must be as https://host/path, without user, query or fragment."
        )
    return text.rstrip("/")
