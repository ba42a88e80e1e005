"""What a witness is asked and what it answers (C2SP tlog-witness, `add-checkpoint`). Pure: no file, no network.

The same `Request` is printed by the log and parsed by the witness. The parser takes exactly what is printed.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass

from privacy.audit import merkle
from privacy.audit.checkpoint import Checkpoint
from privacy.audit.note import Note, NoteInvalid, VerifierKey
from privacy.errors import Malformed

#: 63 hashes, and a checkpoint with as many signatures as a note may have, post-quantum ones of others among them.
LONGEST_REQUEST = 256 * 1024
#: A tree of 2^63 - 1 leaves has no longer consistency proof; the specification says so too.
MOST_HASHES = 63
ADD_CHECKPOINT = "/add-checkpoint"
SIZE_MEDIA_TYPE = "text/x.tlog.size"
TEXT_MEDIA_TYPE = "text/plain; charset=utf-8"
_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})")
_HASH = re.compile(r"[A-Za-z0-9+/]{43}=")
_SIZE_ANSWER = re.compile(r"(0|[1-9][0-9]{0,18})\n")


class WitnessRequestInvalid(Malformed):
    """What a witness was sent is no request to add a checkpoint."""

    code = "witness-request-invalid"


@dataclass(frozen=True)
class Request:
    """A checkpoint to cosign, with the proof that it continues the tree of `old` leaves that the witness saw last."""

    old: int
    proof: tuple[bytes, ...]
    note: Note

    def __str__(self) -> str:
        """The body of the request."""
        hashes = "".join(f"{base64.b64encode(node).decode()}\n" for node in self.proof)
        return f"old {self.old}\n{hashes}\n{self.note}"

    @property
    def origin(self) -> str:
        """Which log the checkpoint says that it is of; a claim until the signature is verified."""
        return self.note.text.partition("\n")[0]

    @classmethod
    def parse(cls, unverified: bytes) -> Request:
        """Take a request apart; raises `WitnessRequestInvalid`. Nothing in it is proven before `decide`."""
        if len(unverified) > LONGEST_REQUEST:
            raise WitnessRequestInvalid(f"The request is longer than {LONGEST_REQUEST} bytes.")
        try:
            head, blank, note = unverified.decode().partition("\n\n")
        except UnicodeDecodeError:
            raise WitnessRequestInvalid("The request is not UTF-8.") from None
        if not blank:
            raise WitnessRequestInvalid("The request has no blank line before the checkpoint.")
        first, *hashes = head.split("\n")
        found = _OLD.fullmatch(first)
        if found is None or int(found[1]) > merkle.LARGEST:
            raise WitnessRequestInvalid("The first line is not `old` and a size.")
        if len(hashes) > MOST_HASHES:
            raise WitnessRequestInvalid(f"The proof has more than {MOST_HASHES} hashes.")
        try:
            return cls(int(found[1]), tuple(map(_hash_of, hashes)), Note.parse(note))
        except NoteInvalid as error:
            raise WitnessRequestInvalid(error.detail) from None


@dataclass(frozen=True)
class Log:
    """What a witness knows of one log."""

    #: Who may sign for it: more than one while a key is being rotated, none after the last was distrusted.
    keys: tuple[VerifierKey, ...]
    #: The last checkpoint that was cosigned, with the log's signatures and ours.
    seen: Note | None = None

    @property
    def checkpoint(self) -> Checkpoint | None:
        """The last checkpoint that was cosigned."""
        return None if self.seen is None else Checkpoint.parse(self.seen.text)


@dataclass(frozen=True)
class Answer:
    """What the witness answers; 200 means that the checkpoint may be cosigned, and that nothing has been kept yet."""

    status: int
    text: str
    media_type: str = TEXT_MEDIA_TYPE
    #: Whether the log signed another root for the very size that was cosigned: the two notes convict it.
    is_fork: bool = False


def decide(log: Log | None, request: Request) -> Answer:
    """Whether the witness may cosign: in the order and with the statuses of tlog-witness (text of July 2026).

    THE CALLER must decide and keep the checkpoint under one lock, and answer only when it is kept.
    """
    # 1. The log is known.
    if log is None or not log.keys:
        return Answer(404, "This witness knows no log of that origin.\n")
    # 2. A trusted key signed, and no trusted key's signature fails. Those of others are passed over.
    try:
        request.note.verify(log.keys)
    except NoteInvalid as error:
        return Answer(403, f"{error.detail}\n")
    # 3. It is a checkpoint.
    try:
        checkpoint = Checkpoint.parse(request.note.text)
    except NoteInvalid as error:
        # An empty log with the root of another does not parse; the specification has it among the failing proofs.
        return Answer(422 if _says_empty(request.note) else 400, f"{error.detail}\n")
    if request.old > checkpoint.size:
        return Answer(400, "The old size is above that of the checkpoint.\n")
    # 4. The proof begins where this witness stands.
    seen = log.checkpoint
    size = seen.size if seen else 0
    if request.old != size:
        return Answer(409, f"{size}\n", SIZE_MEDIA_TYPE)
    # 5. The tree continues the one that was cosigned last.
    return _continues(seen, checkpoint, request.proof)


def origin_hash(origin: str) -> str:
    """The name of a log in the path of its latest checkpoint: SHA-256 of the origin, lower-case hexadecimal."""
    return hashlib.sha256(origin.encode()).hexdigest()


def parse_size(unverified: bytes) -> int:
    """The size in an answer with status 409; raises `WitnessRequestInvalid`."""
    found = _SIZE_ANSWER.fullmatch(unverified.decode("ascii", "replace"))
    if found is None or int(found[1]) > merkle.LARGEST:
        raise WitnessRequestInvalid("The answer is not a size.")
    return int(found[1])


def _continues(seen: Checkpoint | None, checkpoint: Checkpoint, proof: tuple[bytes, ...]) -> Answer:
    if seen is None or seen.size == 0:
        # The empty tree is the beginning of any, so there is nothing to prove; its one root the parser has compared.
        return Answer(422, "From size 0 the proof must be empty.\n") if proof else Answer(200, "")
    if checkpoint.size == seen.size and checkpoint.root != seen.root:
        return Answer(
            422, f"This witness cosigned another root for size {seen.size}: the log has forked.\n", is_fork=True
        )
    try:
        merkle.verify_consistency(seen.size, checkpoint.size, proof, seen.root, checkpoint.root)
    except merkle.ProofInvalid as error:
        return Answer(422, f"{error.detail}\n")
    return Answer(200, "")


def _says_empty(note: Note) -> bool:
    return note.text.split("\n")[1:2] == ["0"]


def _hash_of(line: str) -> bytes:
    if not _HASH.fullmatch(line):
        raise WitnessRequestInvalid("A line of the proof is not 32 bytes in base64.")
    node = base64.b64decode(line, validate=True)
    # The last digit before the padding has bits to spare.
    if base64.b64encode(node).decode() != line:
        raise WitnessRequestInvalid("A line of the proof is not in canonical base64.")
    return node
