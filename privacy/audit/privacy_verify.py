#!/usr/bin/env python3
"""privacy-verify: check evidence of a privacy and consent service without trusting that service.

One file, the standard library alone: copy it anywhere and run `python3 -I privacy_verify.py FILE --key KEY`. It
believes the keys that its user gives, and no key that comes with the evidence unless one of those endorsed it in the
log. Each step that holds is printed with its number; the first that fails ends the file with one sentence.

In this order: what failed, JSON (RFC 8785), Ed25519 (RFC 8032), signed notes (C2SP), Merkle trees (RFC 6962), ZIP and
PDF, then `Evidence`, which has one method for each kind of evidence, and the command line.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import json
import re
import struct
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

Json = dict[str, Any]
#: Limits of what is read at all, so that no file exhausts memory: bytes of a file and of all that an archive holds,
#: how many times an entry may grow when it is unpacked, and how deep JSON may be nested.
MOST_BYTES, MOST_UNPACKED, MOST_GROWTH, DEEPEST, LONGEST_NOTE = 2**30, 2**30, 200, 64, 1_000_000
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z")
SHA256 = re.compile(r"[0-9a-f]{64}")
TEXT_OR_NULL = (str, type(None))


class Failed(Exception):
    """What does not verify, in one sentence, and where: the names of the places, the outermost first."""

    def __init__(self, sentence: str, *places: str) -> None:
        super().__init__(sentence)
        self.sentence, self.places = sentence, list(places)


class Misused(Exception):
    """The program was asked for something that it cannot begin to do."""


def ensure(holds: bool, sentence: str, *places: str) -> None:
    """Go on only where something holds."""
    if not holds:
        raise Failed(sentence, *places)


@contextmanager
def at(place: str) -> Iterator[None]:
    """Name the place in whatever fails inside."""
    try:
        yield
    except Failed as failed:
        failed.places.insert(0, place)
        raise


# JSON: stricter than Python's own reader, so that nobody else can read another meaning from the same bytes.


def json_of(raw: bytes) -> Any:
    """The value of JSON text: no duplicate names, no floats, no integers beyond 2^53, no lone surrogates, no BOM."""
    try:
        text = raw.decode()
        deepest = depth = 0
        for sign in re.findall(r"[\[\]{}]", re.sub(r'"[^"\\]*(?:\\.[^"\\]*)*"', "", text)):
            depth += 1 if sign in "[{" else -1
            deepest = max(deepest, depth)
        ensure(deepest <= DEEPEST, f"The JSON is nested more than {DEEPEST} levels deep.")
        value = json.loads(
            text, object_pairs_hook=_object, parse_int=_integer, parse_float=_no_number, parse_constant=_no_number
        )
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeDecodeError:
        raise Failed("It is not UTF-8.") from None
    except UnicodeEncodeError:
        raise Failed("The JSON has half of a surrogate pair, which is no character.") from None
    except json.JSONDecodeError as error:
        raise Failed(f"It is not JSON: {error.msg}.", f"line {error.lineno}, column {error.colno}") from None
    return value


def canonical(value: Any) -> bytes:
    """The one spelling of a JSON value that is hashed and signed (RFC 8785; without floats, see `json_of`)."""
    return json.dumps(_ordered(value), separators=(",", ":"), ensure_ascii=False).encode()


def members(value: Any, kinds: dict[str, Any], *, more: bool = False) -> Json:
    """An object with exactly these members, a `?` for one that may be absent; each of a type or like a pattern."""
    ensure(isinstance(value, dict), "It is not a JSON object.")
    wanted = {name.rstrip("?"): kind for name, kind in kinds.items()}
    for name in value:
        ensure(more or name in wanted, f"It has a member {name!r}, which the format does not have.")
    for name, kind in wanted.items():
        if name not in value and name + "?" in kinds:
            continue
        ensure(name in value, f"It lacks the member {name!r}.")
        one = value[name]
        if isinstance(kind, re.Pattern):
            ensure(isinstance(one, str) and bool(kind.fullmatch(one)), f"The member {name!r} is not as it must be.")
        else:
            fits = isinstance(one, kind) and (kind is not int or not isinstance(one, bool))
            ensure(fits, f"The member {name!r} is of another type.")
    return dict(value)


def bytes_of(text: Any, length: int | None = None) -> bytes:
    """Base64 in its one canonical form, of so many bytes."""
    try:
        raw = base64.b64decode(text, validate=True) if isinstance(text, str) else b""
    except ValueError:
        raise Failed("A value is not base64.") from None
    ensure(base64.b64encode(raw).decode() == text, "A value is not base64 in its canonical form.")
    ensure(length in (None, len(raw)), f"A value does not have {length} bytes.")
    return raw


def _object(pairs: list[tuple[str, Any]]) -> Json:
    value = dict(pairs)
    names = [name for name, _ in pairs]
    ensure(len(value) == len(names), f"A name occurs twice: {next((n for n in names if names.count(n) > 1), '')!r}.")
    return value


def _integer(text: str) -> int:
    ensure(
        text != "-0" and len(text) <= 17 and abs(int(text)) < 2**53, f"A number is -0 or not below 2^53: {text[:20]}."
    )
    return int(text)


def _no_number(text: str) -> None:
    raise Failed(f"A number is not a whole one: {text[:20]}.")


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):  # By UTF-16 units, which is another order than Python's beyond the basic plane.
        return {name: _ordered(value[name]) for name in sorted(value, key=lambda name: name.encode("utf-16-be"))}
    return [_ordered(one) for one in value] if isinstance(value, list) else value


# Ed25519 (RFC 8032, section 5.1). Points are extended homogeneous coordinates (x, y, z, xy/z).

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
Point = tuple[int, int, int, int]
ZERO: Point = (0, 1, 1, 0)


def ed25519_holds(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether S·B = R + k·A, without the cofactor, as OpenSSL has it.

    Stricter than OpenSSL in the key alone: one of small order, or written in a second way, is refused. No honest key
    is either. S must be below the group's order; R is compared as bytes, so that it has one spelling.
    """
    key, s = _decoded(public), int.from_bytes(signature[32:], "little")
    if key is None or s >= ORDER or len(signature) != 64 or _encoded(_times(8, key, 0, ZERO)) == _encoded(ZERO):
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    x, y, z, t = key
    return _encoded(_times(s, BASE, k, (-x % P, y, z, -t % P))) == signature[:32]


def _decoded(raw: bytes) -> Point | None:
    sign, y = raw[31] >> 7, int.from_bytes(raw, "little") % 2**255
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def _encoded(point: Point) -> bytes:
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _plus(one: Point, other: Point) -> Point:
    a, b = (one[1] - one[0]) * (other[1] - other[0]) % P, (one[1] + one[0]) * (other[1] + other[0]) % P
    c, d = 2 * one[3] * other[3] * D % P, 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(m: int, one: Point, n: int, other: Point) -> Point:
    """The sum of m times one point and n times another. Nothing here is secret: it need not take constant time."""
    result, table = ZERO, (ZERO, one, other, _plus(one, other))
    for bit in range(max(m.bit_length(), n.bit_length()) - 1, -1, -1):
        result = _plus(result, result)
        if which := (m >> bit & 1) + 2 * (n >> bit & 1):
            result = _plus(result, table[which])
    return result


BASE = _decoded((4 * pow(5, P - 2, P) % P).to_bytes(32, "little")) or ZERO


# Signed notes (c2sp.org/signed-note), of type 1 (a log's signature) and 4 (a witness's, with its time).


class Key(NamedTuple):
    """A public key as its user gives it: `name+hash+base64`."""

    name: str
    type: int
    public: bytes

    @property
    def id(self) -> bytes:
        """Four bytes that select a signature line; the signature itself decides."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.type]) + self.public).digest()[:4]

    def __str__(self) -> str:
        encoded = base64.b64encode(bytes([self.type]) + self.public).decode()
        return f"{self.name}+{self.id.hex()}+{encoded}"

    @classmethod
    def parse(cls, text: str, kind: int) -> Key:
        """The key that a line stands for; of a log (1) or of a witness (4)."""
        name, _, rest = text.partition("+")
        raw = bytes_of(rest[9:], 33)
        key = cls(name, raw[0], raw[1:])
        ensure(is_name(name) and str(key) == text, "The name and the hash in a key do not belong to it.")
        ensure(key.type == kind, f"A key of type {key.type} stands where one of type {kind} must.")
        return key


class Note(NamedTuple):
    """A text and its signature lines: name, key id, signature."""

    text: str
    signatures: list[tuple[str, bytes, bytes]]

    @classmethod
    def parse(cls, note: str) -> Note:
        """Take a note apart, which proves nothing yet."""
        text, blank, lines = note.rpartition("\n\n")
        ensure(bool(blank) and len(note) <= LONGEST_NOTE, "It is not a signed note: text, blank line, signatures.")
        ensure(not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", note), "A signed note has a control character.")
        ensure(lines.endswith("\n") and lines.count("\n") <= 64, "The signature lines of a note end otherwise.")
        signatures = []
        for number, line in enumerate(lines[:-1].split("\n"), 1):
            with at(f"signature line {number}"):
                found = re.fullmatch("— ([^ ]+) ([A-Za-z0-9+/=]+)", line)
                ensure(bool(found) and is_name(found[1] if found else ""), "A signature line is not: — name base64.")
                raw = bytes_of(found[2] if found else "")
                ensure(len(raw) > 4, "A signature line holds no signature.")
                signatures.append((found[1] if found else "", raw[:4], raw[4:]))
        return cls(text + "\n", signatures)

    def signers(self, keys: Sequence[Key]) -> list[Key]:
        """Those of the keys that signed. A signature in the name of one that does not hold fails the note."""
        signed = []
        for number, (name, key_id, raw) in enumerate(self.signatures, 1):
            for key in (key for key in keys if (key.name, key.id) == (name, key_id)):
                message, signature = self.text.encode(), raw
                if key.type == 4 and len(raw) == 72:
                    timed = b"cosignature/v1\ntime %d\n" % struct.unpack(">Q", raw[:8])[0]
                    message, signature = timed + message, raw[8:]
                holds = len(signature) == 64 and ed25519_holds(key.public, message, signature)
                ensure(holds, f"The signature of {name} does not hold.", f"signature line {number}")
                signed.append(key)
        return signed


class Checkpoint(NamedTuple):
    """What a checkpoint says (c2sp.org/tlog-checkpoint): the log, its number of leaves, its root."""

    origin: str
    size: int
    root: bytes

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Three lines and nothing else."""
        lines = text.split("\n")
        ensure(len(lines) == 4 and lines[3] == "", "A checkpoint has three lines: origin, size, root.")
        ensure(is_name(lines[0]), "The origin of the checkpoint is no name.")
        ensure(bool(re.fullmatch("0|[1-9][0-9]{0,18}", lines[1])), "The size in the checkpoint is no plain number.")
        size, root = int(lines[1]), bytes_of(lines[2], 32)
        ensure(size < 2**63, "The size in the checkpoint is beyond 2^63.")
        ensure(size > 0 or root == hashlib.sha256().digest(), "An empty log has another root.")
        return cls(lines[0], size, root)


def is_name(name: str) -> bool:
    """Whether a key or a log may have that name."""
    return bool(name) and "+" not in name and all(sign.isprintable() and not sign.isspace() for sign in name)


# Merkle trees (RFC 6962, section 2.1), written as its definitions read.


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of a leaf, which its prefix keeps apart from that of a node."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(leaves: Iterator[bytes]) -> tuple[int, bytes]:
    """How many leaves' hashes there are, and the root over them."""
    count, edge = 0, []
    for count, leaf in enumerate(leaves, 1):
        edge.append(leaf)
        for _ in range((count & -count).bit_length() - 1):
            right = edge.pop()
            edge.append(node_hash(edge.pop(), right))
    while len(edge) > 1:
        right = edge.pop()
        edge.append(node_hash(edge.pop(), right))
    return count, edge[0] if edge else hashlib.sha256().digest()


def root_by_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root to which PATH(index, size) leads from a leaf's hash: every node is used once, on the side it must."""
    if size == 1:
        ensure(not path, "An inclusion proof has more hashes than its tree has levels.")
        return leaf
    ensure(bool(path), "An inclusion proof has fewer hashes than its tree has levels.")
    split = 1 << (size - 1).bit_length() - 1
    if index < split:
        return node_hash(root_by_path(leaf, index, split, path[:-1]), path[-1])
    return node_hash(path[-1], root_by_path(leaf, index - split, size - split, path[:-1]))


def roots_by_proof(old: int, new: int, proof: Sequence[bytes], whole: bytes | None) -> tuple[bytes, bytes]:
    """The roots of the old and of the new tree to which SUBPROOF(old, new, whole) leads.

    `whole` is the old root as long as the old tree is a subtree of the new one on the way down, then None.
    """
    if old == new:
        ensure(len(proof) == (whole is None), "A consistency proof has another number of hashes than it must.")
        return (whole, whole) if whole else (proof[0], proof[0])
    ensure(bool(proof), "A consistency proof has fewer hashes than it must.")
    split = 1 << (new - 1).bit_length() - 1
    if old <= split:
        first, second = roots_by_proof(old, split, proof[:-1], whole)
        return first, node_hash(second, proof[-1])
    first, second = roots_by_proof(old - split, new - split, proof[:-1], None)
    return node_hash(proof[-1], first), node_hash(proof[-1], second)


# Containers: a ZIP archive and a PDF, in which no byte may lie where only another program would look.


def unzip(raw: bytes) -> dict[str, bytes]:
    """The entries of a ZIP archive (PKWARE APPNOTE 6.3), in order; stored or deflated, and nothing between them."""
    ensure(len(raw) >= 22 and raw[-22:-18] == b"PK\5\6", "The archive does not end with its directory: data follow it.")
    disk, other, here, count, length, start, comment = struct.unpack("<4H2IH", raw[-18:])
    sound = (disk, other, comment) == (0, 0, 0) and here == count and start + length == len(raw) - 22
    ensure(sound, "The directory of the archive does not stand where it says.")
    entries: dict[str, bytes] = {}
    position, end, left = start, 0, MOST_UNPACKED
    for number in range(1, count + 1):
        with at(f"entry {number} of the archive"):
            ensure(
                raw[position : position + 4] == b"PK\1\2" and position + 46 <= len(raw), "It has no directory entry."
            )
            head = struct.unpack("<6H3I5H2I", raw[position + 4 : position + 46])
            name = raw[position + 46 : position + 46 + head[9]]
            position += 46 + sum(head[9:12])
            ensure(
                not head[11] and head[15] == end, "It does not begin where the one before it ends, or has a comment."
            )
            path = _path(name, entries)
            with at(path):
                entries[path], end = _unpacked(raw[:start], end, head, name, left)
                left -= len(entries[path])
    ensure((end, position) == (start, len(raw) - 22), "The archive has data that belong to no entry.")
    return entries


def _path(name: bytes, entries: dict[str, bytes]) -> str:
    try:
        path = name.decode()
    except UnicodeDecodeError:
        raise Failed("Its name is not UTF-8.") from None
    bad = any(part in ("", ".", "..") for part in path.split("/")) or re.search(r'[\\:*?"<>|]', path)
    ensure(path.isprintable() and not bad, f"Its name is not a plain path: {path!r}.")
    taken = path.casefold() in {other.casefold() for other in entries}
    ensure(not taken, f"Its name occurs twice: {path!r}.")
    return path


def _unpacked(raw: bytes, start: int, head: tuple[int, ...], name: bytes, left: int) -> tuple[bytes, int]:
    """The bytes of one entry, and where it ends. `head` is what the directory says of it."""
    flags, method, crc, packed, size = head[2], head[3], head[6], head[7], head[8]
    ensure(not flags & 0x2041 and method in (0, 8), "It is encrypted, or packed in a way that is not taken here.")
    ensure(size <= min(left, packed * MOST_GROWTH + 1_000), "It grows too much when it is unpacked.")
    ensure(raw[start : start + 4] == b"PK\3\4" and start + 30 <= len(raw), "It has no header of its own.")
    local = struct.unpack("<5H3I2H", raw[start + 4 : start + 30])
    begin = start + 30 + local[8] + local[9]
    same = (local[1:3], raw[start + 30 : start + 30 + local[8]]) == ((flags, method), name)
    # Bit 3: checksum and sizes follow the data, because the archive was written as a stream.
    told, end = struct.pack("<3I", crc, packed, size), begin + packed
    if flags & 8:
        end += 4 if raw[end : end + 4] == b"PK\7\x08" else 0
        same, end = same and raw[end : end + 12] == told, end + 12
    else:
        same = same and struct.pack("<3I", *local[5:8]) == told
    ensure(same, "Its own header and the directory of the archive disagree.")
    data, whole = raw[begin : begin + packed], True
    if method == 8:
        stream = zlib.decompressobj(-15)
        try:
            data = stream.decompress(data, size + 1)
        except zlib.error:
            raise Failed("It can't be unpacked.") from None
        whole = stream.eof and not stream.unused_data
    ensure(whole and len(data) == size and zlib.crc32(data) == crc, "Its data, size or checksum do not agree.")
    return data, end


def pdf_and_proof(raw: bytes) -> tuple[bytes, bytes]:
    """A PDF without its proof, and the evidence in its `%privacy-proof` lines, all directly before `startxref`."""
    found = list(re.finditer(rb"(?:%privacy-proof [A-Za-z0-9+/=]{1,76}\r?\n)+(?=startxref\r?\n)", raw))
    lines = raw.count(b"%privacy-proof ")
    ensure(lines > 0, "The PDF carries no proof; give the file with its proof too.")
    ensure(
        len(found) == 1 and found[0][0].count(b"\n") == lines, "The proof is not directly before `startxref`.", "PDF"
    )
    rows = [line[15:].rstrip().decode() for line in found[0][0].splitlines()]
    with at("%privacy-proof lines"):
        ensure(all(len(row) == 76 for row in rows[:-1]), "A line of the proof has another length.")
        proof = bytes_of("".join(rows))
    return raw[: found[0].start()] + raw[found[0].end() :], proof


# The formats of evidence.

NOTED = {"format": str, "kind": str, "checkpoint": str, "endorsements": list, "witnesses?": list}
EVENT = {"index": int, "leaf": dict, "body?": dict, "salt?": str, "proof": list}
LEAF = {"v": int, "event_id": UUID, "commitment": str}
BODY = {
    **{"v": int, "id": UUID, "at": TIME, "action": str, "actor": dict, "subject": TEXT_OR_NULL, "object": dict},
    **{"content_sha256": SHA256, "details": dict},
}
OBJECT = {"type": str, "id": str}
ASKED = {"as_of": str, "asked_by": dict, "purpose": str, "channel": TEXT_OR_NULL}
DOCUMENT = {"document_sha256": SHA256, "media_type": str, "event_id": UUID}
ROW = {"about": str, "allowed": bool, "i": int, "reason": TEXT_OR_NULL}
#: Members of each type of statement beside `type` and `at`; any other type speaks of a document.
STATEMENTS: dict[str, dict[str, Any]] = {
    "key-endorsement/v1": {"origin": str, "key": str},
    "bundle/v1": {"files_sha256": SHA256},
    "export/v1": {"export_sha256": SHA256},
    "package/v1": {"about": dict, "files_sha256": SHA256},
    "decision/v1": {
        **{**ASKED, "about": str, "subject_ref": TEXT_OR_NULL, "allowed": bool, "reason": TEXT_OR_NULL},
    },
    "decision-batch/v1": {**ASKED, "count": int, "allowed_count": int, "expires_at": str, "root": str},
}
#: Of each type of certificate: the member that repeats what the log says, and the events that it may tell of.
CERTIFICATES = {
    "erasure-certificate/v1": ("erasure", frozenset({"subject.erased"})),
    "disposal-certificate/v1": ("run", frozenset({"disposal_run.done", "disposal_run.cancelled"})),
}
#: The files of an exported log.
LOG_FILES = ("log.json", "leaves.jsonl", "bodies.jsonl")
#: A line of `leaves.jsonl`: the pattern takes canonical JSON and canonical base64 alone.
LEAF_LINE = re.compile(rb'\{"commitment":"([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)","event_id":"([0-9a-f-]{36})","v":1\}')
#: How an event says that the content of its object was erased.
ERASING = re.compile(r".*[._](erased|deleted|destroyed|disposed|removed|purged)")
NO_PROOF = "No proof that was given speaks of this file: it was changed, is another document, or its proof is missing."


class Options(NamedTuple):
    """What the user trusts and knows."""

    keys: list[Key]
    witnesses: list[Key]
    required: int
    subject: Any
    request: Any
    #: SHA-256 of each file that was given, with its name: a proof may speak of another one.
    files: dict[str, str]


class Evidence:
    """The verification of one file; its methods raise `Failed` at the first step that does not hold."""

    def __init__(self, options: Options) -> None:
        self.options, self.kind, self.origin = options, "unknown", ""
        self.steps: list[str] = []
        self.unproven: list[str] = []
        self.documents: list[str] = []
        #: The keys that are trusted: valid for trees of more leaves than the first number, up to the second.
        self.since = dict.fromkeys(options.keys, -1)
        self.until: dict[Key, int] = {}

    def verify(self, path: Path) -> None:
        """Verify a file of whatever kind, or the folder of an exported log."""
        if path.is_dir():
            return self.folder(path)
        raw = read(path)
        if raw[:4] in (b"PK\3\4", b"PK\5\6"):
            entries = unzip(raw)
            if "log/log.json" in entries:
                return self.export(entries)
            return self.log(entries) if "log.json" in entries else self.archive(entries)
        if raw[:5] == b"%PDF-" and b"%privacy-proof " in raw:
            document, proof = pdf_and_proof(raw)
            return self.document(document, json_of(proof), "application/pdf")
        if raw.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
            return self.json_file(json_of(raw))
        if b"\n\n\xe2\x80\x94 " in raw:
            return self.note(decoded(raw))
        self.kind = "document"
        raise Failed(NO_PROOF)

    def folder(self, path: Path) -> None:
        """Verify an export of everything, or an exported log."""
        if (path / "manifest.json").is_file():
            return self.export(Folder(path))
        return self.log({name: read(path / name) for name in LOG_FILES if (path / name).is_file()})

    def json_file(self, value: Json) -> None:
        """Tell the kinds of JSON files apart."""
        kinds: dict[str, Callable[[Json], object]] = {
            **{"inclusion-proof": self.inclusion, "consistency-proof": self.consistency},
            **{"document-proof": self.document_proof, "decision-row": self.row},
        }
        if value.get("format") == "privacy-evidence/v1":
            self.kind = str(value.get("kind"))
            ensure(self.kind in kinds, "The evidence is of a kind that is not known here.", "kind")
            kinds[self.kind](value)
            return
        if isinstance(value.get("proof"), dict):
            document = {name: one for name, one in value.items() if name != "proof"}
            return self.document(canonical(document), value["proof"], "json")
        if "receipt" in value:
            return self.batch(value) if "results" in value else self.answer(value)
        if "statement" in value and "salt" in value:
            return self.decision(value)
        self.kind = "document"
        raise Failed(NO_PROOF)

    # Signatures.

    def step(self, sentence: str) -> None:
        """Note a step that held."""
        self.steps.append(sentence)

    def of_log(self, origin: str) -> list[Key]:
        """The trusted keys of a log, which must be the one that the rest of the file speaks of."""
        ensure(self.origin in ("", origin), f"It speaks of the log {origin!r}, the rest of the file of another.")
        self.origin = origin
        keys = [key for key in self.since if key.name == origin]
        ensure(bool(keys), f"It speaks of the log {origin!r}, and no key of that log was given.")
        return keys

    def statement(self, note: str, *types: str) -> Json:
        """What a statement says, once it is known who signed it; of one of the types, if any are named."""
        with at("statement"):
            parsed = Note.parse(note)
            head, _, line = parsed.text[:-1].partition("\n")
            ensure(head.endswith("/statement"), "It is not a statement of a log.")
            signers = parsed.signers(self.of_log(head[: -len("/statement")]))
            ensure(bool(signers), "It is signed by none of the keys that are trusted.")
            value = members(json_of(line.encode()), {"type": str, "at": TIME}, more=True)
            ensure(canonical(value) == line.encode(), "Its JSON is not in the canonical form (RFC 8785).")
            ensure(not types or value["type"] in types, f"It is a statement of another type: {value['type']!r}.")
            members(value, STATEMENTS.get(value["type"], DOCUMENT), more=True)
        self.step(
            f"The statement {value['type']} of {value['at']} is signed by {signers[0].name}+{signers[0].id.hex()}"
        )
        return value

    def checkpoint(self, note: str, endorsements: Sequence[Any] = ()) -> Checkpoint:
        """The checkpoint that a note states, signed by a key that is valid for a tree of its size, and witnessed."""
        with at("checkpoint"):
            parsed = Note.parse(note)
            point = Checkpoint.parse(parsed.text)
            self.of_log(point.origin)
        for number, one in enumerate(endorsements):
            with at(f"endorsements[{number}]"):
                self.endorsement(one, point)
        with at("checkpoint"):
            signers = parsed.signers(self.of_log(point.origin))
            valid = [key for key in signers if self.since[key] < point.size <= self.until.get(key, 2**63)]
            retired = "It is signed only by a key that was replaced before, or not yet endorsed."
            ensure(bool(valid), retired if signers else "It is signed by none of the keys that are trusted.")
            name = f"{valid[0].name}+{valid[0].id.hex()}"
            self.step(f"The checkpoint of {point.origin} with {point.size} leaves is signed by {name}")
            self.witnessed(parsed)
        return point

    def witnessed(self, note: Note) -> None:
        """As many of the user's witnesses as the user requires have cosigned."""
        seen = {key.name for key in note.signers(self.options.witnesses)}
        ensure(len(seen) >= self.options.required, f"{len(seen)} witnesses signed, {self.options.required} must.")
        if seen:
            self.step(f"It is cosigned by the witnesses {', '.join(sorted(seen))}")
        elif "history" not in "".join(self.unproven):
            self.unproven.append("No witness was asked: others may have been shown another history of this log.")

    def endorsement(self, value: Any, point: Checkpoint) -> None:
        """Trust a new key that a trusted one endorsed, in a statement and in the log itself."""
        members(value, {"statement": str, "event": dict})
        names = {(name, key_id) for name, key_id, _ in Note.parse(value["statement"]).signatures}
        old = next((key for key in self.of_log(point.origin) if (key.name, key.id) in names), None)
        if old is None:
            return  # By a key older than those that were given: nothing follows from it.
        said = self.statement(value["statement"], "key-endorsement/v1")
        with at("event"):
            body = self.event(value["event"], point)
        new = Key.parse(said["key"], 1)
        ensure(said["origin"] == new.name == point.origin, "It endorses a key for another log.", "statement")
        recorded = body is not None and body["action"] == "log_key.endorsed" and body["details"].get("key") == str(new)
        ensure(recorded, "The log does not record the endorsement of that key.", "event")
        index = value["event"]["index"]
        ensure(new != old and index >= self.since[old], "It stands before the key that endorses was valid.")
        self.since.setdefault(new, index)
        self.until[old] = min(index, self.until.get(old, index))
        self.step(f"The key {new.name}+{new.id.hex()} is endorsed by the one before it, in the log at index {index}")

    # The log.

    def event(self, value: Any, point: Checkpoint) -> Json | None:
        """The body of an event that stands in the checkpoint's tree, or None where it was erased or is withheld."""
        members(value, EVENT)
        with at("leaf"):
            leaf = members(value["leaf"], LEAF)
            commitment = bytes_of(leaf["commitment"], 32)
            ensure(leaf["v"] == 1, "The leaf is of another version.")
        index = value["index"]
        ensure(0 <= index < point.size, f"The index {index} is outside a tree of {point.size} leaves.", "index")
        with at("proof"):
            root = root_by_path(leaf_hash(canonical(leaf)), index, point.size, hashes(value["proof"]))
            ensure(root == point.root, f"The proof of leaf {index} leads to another root than the checkpoint's.")
        ensure(("body" in value) == ("salt" in value), "Body and salt go together.", "body")
        if "body" not in value:
            return None
        with at("body"):
            return committed(leaf["event_id"], commitment, value["body"], value["salt"])

    def inclusion(self, value: Json) -> None:
        """An event in the log."""
        members(value, {**NOTED, "event": dict})
        point = self.checkpoint(value["checkpoint"], value["endorsements"])
        with at("event"):
            self.told(self.event(value["event"], point), value["event"])

    def told(self, body: Json | None, event: Json) -> None:
        """Say what an event that verified is."""
        index, event_id = event["index"], event["leaf"]["event_id"]
        self.step(f"The event {event_id} stands in the log at index {index}")
        if body:
            self.step(f"It says what the log committed to: {body['action']}, recorded at {body['at']}")
            self.broken(body, index)
        else:
            self.unproven.append(
                f"What the event at index {index} says was erased or is withheld; that it stands holds."
            )

    def broken(self, body: Json, index: int) -> None:
        """Say so where an event that verified opens a log that follows another, which could not be continued."""
        details = body.get("details")
        if body["action"] != "log.opened" or not isinstance(details, dict) or "follows" not in details:
            return
        with at("body"), at("details"), at("follows"):
            old = members(details["follows"], {"origin": str, "size": int, "root": TEXT_OR_NULL})
            ensure(is_name(old["origin"]) and old["origin"] != self.origin, "It names no other log.")
        self.step(
            f"Declared at index {index}: {details.get('origin')} follows {old['origin']} after {old['size']} leaves"
        )
        self.unproven.append(
            f"What stood in {old['origin']} is shown by its own checkpoints and key; the last one that is known has"
            f" {old['size']} leaves{' and the root ' + old['root'] if old['root'] else ''}."
        )

    def consistency(self, value: Json) -> None:
        """A newer state of the log begins with an older one."""
        members(value, {**NOTED, "old": str, "proof": list})
        new = self.checkpoint(value["checkpoint"], value["endorsements"])
        with at("old"):
            old = self.checkpoint(value["old"])
        ensure(
            0 < old.size <= new.size, f"A tree of {new.size} leaves can't be proven to begin with {old.size}.", "old"
        )
        with at("proof"):
            roots = roots_by_proof(old.size, new.size, hashes(value["proof"]), old.root)
            ensure(roots[0] == old.root, f"It does not lead to the root of the tree of {old.size} leaves.")
            ensure(roots[1] == new.root, f"It does not lead to the root of the tree of {new.size} leaves: a fork.")
        self.step(f"The tree of {new.size} leaves begins with the tree of {old.size}: nothing in it was changed")

    def log(self, entries: dict[str, bytes]) -> None:
        """A whole exported log: its root follows from its leaves."""
        self.kind = "log"
        for name in ("log.json", "leaves.jsonl"):
            ensure(name in entries, f"The exported log lacks {name}.", name)
        with at("log.json"):
            kinds = {"format": re.compile("privacy-log/v1"), "origin": str, "size": int, "checkpoint": str}
            head = members(json_of(entries["log.json"]), {**kinds, "endorsements": list})
            point = self.checkpoint(head["checkpoint"], head["endorsements"])
            ensure((head["origin"], head["size"]) == point[:2], "Origin and size are not the checkpoint's.")
        leaves = []
        for number, line in lines_of(entries["leaves.jsonl"], "leaves.jsonl"):
            found = LEAF_LINE.fullmatch(line)
            ensure(found is not None, "The leaf is not canonical JSON.", f"leaves.jsonl line {number}")
            leaves.append(found)
        size, root = root_of(leaf_hash(found[0]) for found in leaves if found)
        ensure(size == point.size, f"There are {size} leaves, the checkpoint has {point.size}.", "leaves.jsonl")
        # Before the root: a body that does not belong to its leaf names the leaf, a wrong root names none.
        bodies = self.bodies(entries["bodies.jsonl"], leaves) if "bodies.jsonl" in entries else 0
        ensure(root == point.root, "The root over all leaves is not the checkpoint's.", "leaves.jsonl")
        self.step(f"The root follows from all {size} leaves")
        if bodies < size:
            self.unproven.append(f"What {size - bodies} of {size} events say was erased or is withheld.")
        if others := sorted(set(entries) - {*LOG_FILES}):
            self.unproven.append(f"Other files beside the log were not looked at: {', '.join(others)}.")

    def bodies(self, raw: bytes, leaves: Sequence[Any]) -> int:
        """The bodies of an exported log, in the order of its leaves; returns how many."""
        rest, number, opened = enumerate(leaves), 0, list[tuple[Json, int]]()
        for number, line in lines_of(raw, "bodies.jsonl"):
            with at(f"bodies.jsonl line {number}"):
                one = members(json_of(line), {"event_id": UUID, "body": dict, "salt": str})
                index, leaf = next((two for two in rest if two[1][2].decode() == one["event_id"]), (0, None))
                ensure(leaf is not None, f"No leaf after that of the line before is of event {one['event_id']}.")
                committed(one["event_id"], bytes_of(leaf[1].decode(), 32) if leaf else b"", one["body"], one["salt"])
                if one["body"]["action"] == "log.opened":
                    opened.append((one["body"], index))
        self.step(f"{number} bodies are what their leaves commit to")
        for body, index in opened:
            self.broken(body, index)
        return number

    def note(self, text: str) -> None:
        """A checkpoint or a statement alone."""
        if "/statement\n{" in text:
            self.kind = "statement"
            self.statement(text)
            self.unproven.append("What the statement speaks of was not given.")
        else:
            self.kind = "checkpoint"
            self.checkpoint(text)
            self.unproven.append("A checkpoint alone says nothing of any event.")

    # Documents.

    def document_proof(self, value: Json) -> Json:
        """A statement that speaks of a document by its hash, and of the event that made it."""
        members(value, {**NOTED, "statement": str, "event": dict})
        point = self.checkpoint(value["checkpoint"], value["endorsements"])
        said = self.statement(value["statement"])
        ensure(said["type"] not in STATEMENTS, "The statement does not speak of a document.", "statement")
        with at("event"):
            body = self.event(value["event"], point)
            ensure(said["event_id"] == value["event"]["leaf"]["event_id"], "The statement speaks of another event.")
            self.told(body, value["event"])
        self.documents.append(said["document_sha256"])
        if said["document_sha256"] in self.options.files:
            self.step(f"The statement speaks of {self.options.files[said['document_sha256']]} by its SHA-256")
        elif self.kind == "document-proof":
            self.unproven.append(f"The document itself was not given; its SHA-256 must be {said['document_sha256']}.")
        return said

    def document(self, raw: bytes, proof: Any, media_type: str) -> None:
        """A document that carries its proof."""
        self.kind = "document"
        with at("proof"):
            kinds = {"format": re.compile("privacy-evidence/v1"), "kind": re.compile("document-proof")}
            members(proof, kinds, more=True)
            said = self.document_proof(proof)
            ensure(said["media_type"].endswith(media_type), "The statement speaks of another type of document.")
        same = hashlib.sha256(raw).hexdigest() == said["document_sha256"]
        ensure(same, "The document is not the one that the statement speaks of: it was changed.", "document")
        self.step("The document is the one that the statement speaks of, to the byte")
        if said["type"] in CERTIFICATES:
            self.certificate(raw, proof, media_type, *CERTIFICATES[said["type"]])

    def certificate(self, raw: bytes, proof: Json, media_type: str, member: str, actions: frozenset[str]) -> None:
        """A certificate says of what was deleted what the log says; a PDF says it in words only."""
        with at("proof"), at("event"):
            ensure("body" in proof["event"], "A certificate needs the body of its event.", "body")
            body = proof["event"]["body"]
            ensure(body["action"] in actions, "The event is not that of an erasure or a disposal.", "body")
        if media_type != "json":
            return
        told = members(json_of(raw).get(member), {"id": UUID}, more=True)
        same = told["id"] == body["object"]["id"] and (
            hashlib.sha256(canonical(told)).hexdigest() == body["content_sha256"]
        )
        ensure(same, f"It says something else of the {member} than the log.", member)
        self.step(f"It says of the {member} what the log committed to")

    # Decisions.

    def decision(self, value: Json) -> None:
        """A signed decision."""
        members(value, {"statement": str, "salt": str, "subject?": dict})
        self.kind = "decision"
        salt = at_salt(value["salt"], "salt")
        said = self.statement(value["statement"], "decision/v1", "decision-batch/v1")
        if said["type"] == "decision-batch/v1":
            self.unproven.append(
                "The rows of the list were not given: give the whole answer and --request, or one row."
            )
        else:
            self.about(salt, said["about"], value.get("subject"))
            self.answered(said)

    def answered(self, said: Json) -> None:
        """Say what a decision was."""
        answer = "allowed" if said["allowed"] else f"not allowed ({said['reason'] or 'no reason told'})"
        self.step(f"The answer was: {answer}")

    def about(self, salt: bytes, about: str, subject: Any) -> None:
        """The decision is about the subject, as far as one is told: in the file, or by the user."""
        wanted = [subject, self.options.subject, (self.options.request or {}).get("subject")]
        commitment = at_salt(about, "about")
        for one in (one for one in wanted if one is not None):
            same = hmac.compare_digest(hmac.digest(salt, canonical(one), "sha256"), commitment)
            ensure(same, "The decision is about another subject, or it was asked for in other words.", "subject")
        if any(one is not None for one in wanted):
            self.step("It is about the subject that was given, as it was asked")
        else:
            self.unproven.append("It is not shown whom the answer was about: give --subject, as it was asked.")

    def answer(self, value: Json) -> None:
        """A whole answer to a check, with its receipt."""
        self.kind = "decision"
        with at("receipt"):
            self.decision(value["receipt"])
            line = Note.parse(value["receipt"]["statement"]).text.split("\n")[1]
            said = members(json_of(line.encode()), {**STATEMENTS["decision/v1"]}, more=True)
        for name in ("allowed", "reason", "as_of"):
            same = value.get(name, said[name]) == said[name] or (name == "reason" and said[name] is None)
            ensure(same, "The answer is not the one that was signed.", name)
        self.step("The answer is the one that was signed")

    def row(self, value: Json) -> None:
        """One row of a batch."""
        kinds = {"format": str, "kind": str, "statement": str, "row": dict, "row_salt": str, "proof": list}
        members(value, kinds)
        said = self.statement(value["statement"], "decision-batch/v1")
        with at("row"):
            row = members(value["row"], ROW)
            ensure(0 <= row["i"] < said["count"] < 2**53, f"Row {row['i']} is outside a list of {said['count']}.", "i")
        with at("proof"):
            root = root_by_path(leaf_hash(canonical(row)), row["i"], said["count"], hashes(value["proof"]))
            ensure(root == at_salt(said["root"], "root"), f"Row {row['i']} is not in the list that was signed.")
        self.step(f"Row {row['i']} stands in the list of {said['count']} that was signed")
        self.about(at_salt(value["row_salt"], "row_salt"), row["about"], None)
        self.answered(row)

    def batch(self, value: Json) -> None:
        """A whole answer to a batch, with the request that it answers."""
        self.kind = "decision-batch"
        if self.options.request is None:
            raise Misused("The answer to a list verifies with its request: give --request REQUEST.json.")
        rows, _ = rows_of(value, self.options.request)
        said = self.statement(value["receipt"]["statement"], "decision-batch/v1")
        ensure(len(rows) == said["count"], f"There are {len(rows)} rows, {said['count']} were signed.", "results")
        allowed = sum(row["allowed"] for row in rows)
        ensure(
            allowed == said["allowed_count"], f"{allowed} rows are allowed, {said['allowed_count']} were.", "results"
        )
        for name, given in (*value.items(), *self.options.request.items()):
            signed = said[name] if name in ("as_of", "expires_at", "purpose", "channel") else given
            ensure(given == signed, f"The statement says another {name}.", name)
        root = root_of(leaf_hash(canonical(row)) for row in rows)[1]
        ensure(root == at_salt(said["root"], "root"), "Rows were changed, swapped, or asked about others.", "results")
        self.step(f"All {len(rows)} rows are the ones that were signed, about the subjects of the request, in order")
        self.unproven.append("`counts` and `token` of the answer are not signed.")

    # Bundles.

    def archive(self, entries: dict[str, bytes]) -> None:
        """An evidence bundle, or a package of a person's data."""
        self.kind = "bundle"
        ensure(next(iter(entries), "") == "manifest.json", "The first entry is not manifest.json.", "manifest.json")
        with at("manifest.json"):
            manifest = json_of(entries.pop("manifest.json"))
        if isinstance(manifest, dict) and manifest.get("format") == "privacy-package/v1":
            self.package(entries, manifest)
        else:
            self.bundle(entries, manifest)

    def package(self, entries: dict[str, bytes], manifest: Json) -> None:
        """A package of a person's data (GDPR Art. 15, 20)."""
        self.kind = "package"
        with at("manifest.json"):
            kinds = {"format": str, "files": dict, "statement": str, "checkpoint?": str, "endorsements?": list}
            members(manifest, kinds)
            if "checkpoint" in manifest:  # The log's key was replaced before it was made.
                self.checkpoint(manifest["checkpoint"], manifest.get("endorsements", []))
            said = self.statement(manifest["statement"], "package/v1")
        self.signed_files(entries, manifest["files"], said)
        about = said["about"]
        self.step(f"It answers the request {about.get('number')} ({about.get('right')})")
        self.unproven.append("That nothing else is held about the person is what the signer says; no file can show it.")

    def signed_files(self, entries: dict[str, bytes], files: Json, said: Json) -> None:
        """The files are those of the list, and the list is the one that was signed."""
        same = hashlib.sha256(canonical(files)).hexdigest() == said["files_sha256"]
        ensure(same, "The list of files is not the one that was signed.", "manifest.json", "files")
        for name in [*files, *entries]:
            with at(name):
                ensure(name in entries, "The file is listed and missing from the archive.")
                ensure(name in files, "The file is in the archive and not listed.")
                listed = members(files[name], {"sha256": SHA256, "bytes": int})
                found = {"sha256": hashlib.sha256(entries[name]).hexdigest(), "bytes": len(entries[name])}
                ensure(listed == found, "The file is not the one that is listed: it was changed.")
                text = re.fullmatch(r"texts/([^/]*)\.txt", name)
                ensure(not text or text[1] == found["sha256"], "The text is not the one that its name says.")
        self.step(f"All {len(entries)} files are the ones that were signed, and there is no other")

    def bundle(self, entries: dict[str, bytes], manifest: Json) -> None:
        """An evidence bundle."""
        with at("manifest.json"):
            kinds = {"format": re.compile("privacy-bundle/v1"), "files": dict, "statement": str, "checkpoint": str}
            members(manifest, {**kinds, "endorsements": list})
            point = self.checkpoint(manifest["checkpoint"], manifest["endorsements"])
            said = self.statement(manifest["statement"], "bundle/v1")
        self.signed_files(entries, manifest["files"], said)
        bodies = self.bundled_events(entries.get("events.jsonl", b""), point)
        self.bundled_objects(entries.get("objects.jsonl", b""), bodies)
        for number, line in lines_of(entries.get("decisions.jsonl", b""), "decisions.jsonl"):
            with at(f"decisions.jsonl line {number}"):
                one = json_of(line)
                alone = Evidence(self.options._replace(subject=None, request=None))
                alone.since = self.since
                alone.row(one) if isinstance(one, dict) and "format" in one else alone.decision(one)
                self.step(f"Decision {number} is signed" + ("" if alone.unproven else ", and about the subject in it"))
        self.kind = "bundle"

    def bundled_events(self, raw: bytes, point: Checkpoint) -> dict[int, Json | None]:
        """The bodies of a bundle's events by their index."""
        bodies: dict[int, Json | None] = {}
        for number, line in lines_of(raw, "events.jsonl"):
            with at(f"events.jsonl line {number}"):
                one = json_of(line)
                body = self.event(one, point)
                ensure(one["index"] not in bodies, "The event stands here twice.")
                bodies[one["index"]] = body
        self.step(f"{len(bodies)} events stand in the log, and say what it committed to")
        for index, body in sorted(bodies.items()):
            if body:
                self.broken(body, index)
        if erased := [index for index, body in bodies.items() if body is None]:
            listed = ", ".join(map(str, erased[:20])) + (", ..." if len(erased) > 20 else "")
            self.unproven.append(
                f"What {len(erased)} events say was erased or is withheld (at index {listed}); that they stand holds."
            )
        return bodies

    def bundled_objects(self, raw: bytes, bodies: dict[int, Json | None]) -> None:
        """Each object's content is what the last event about it committed to; or erased, as an event says."""
        last = {canonical(body["object"]): body for _, body in sorted(bodies.items()) if body}
        count = erased = 0
        for count, line in lines_of(raw, "objects.jsonl"):
            with at(f"objects.jsonl line {count}"):
                one = members(json_of(line), {"object": dict, "content": (dict, type(None))})
                event = last.get(canonical(members(one["object"], OBJECT)))
                name = f"{one['object']['type']} {one['object']['id']}"
                if one["content"] is None:
                    erased += 1
                    told = ERASING.fullmatch(event["action"]) if event else None in bodies.values()
                    ensure(
                        bool(told),
                        f"The content of {name} is missing, and no event says that it was erased.",
                        "content",
                    )
                    continue
                ensure(event is not None, f"No event that can be read speaks of this object: {name}.", "object")
                same = hashlib.sha256(canonical(one["content"])).hexdigest() == (event or {})["content_sha256"]
                ensure(same, f"The content of {name} is not what the last event about it committed to.", "content")
        if count:
            self.step(f"{count} objects are as their last events committed to; {erased} of them erased")

    # Exports of everything.

    def export(self, entries: Mapping[str, bytes]) -> None:
        """An export of everything: its files are those that were signed, and its rows those of the log."""
        self.kind = "export"
        with at("manifest.json"):
            ensure("manifest.json" in entries, "It is missing.")
            kinds = {"format": re.compile("privacy-export/v1"), "files": dict, "vouched": dict, "rows_from": int}
            manifest = members(json_of(entries["manifest.json"]), {**kinds, "statement": str})
        inside = {name: entries[f"log/{name}"] for name in LOG_FILES if f"log/{name}" in entries}
        with at("log"):
            self.log(inside)
        self.kind = "export"
        with at("manifest.json"):
            said = self.statement(manifest["statement"], "export/v1")
            signed = {name: manifest[name] for name in ("files", "vouched", "rows_from")}
            same = hashlib.sha256(canonical(signed)).hexdigest() == said["export_sha256"]
            ensure(same, "The list of files is not the one that was signed.", "files")
        for name in sorted({*manifest["files"], *entries} - {"manifest.json"}):
            with at(name):
                ensure(name in entries, "The file is listed and missing.")
                ensure(name in manifest["files"], "The file is here and not listed.")
                listed = members(manifest["files"][name], {"sha256": SHA256, "bytes": int})
                raw = entries[name]
                found = {"sha256": hashlib.sha256(raw).hexdigest(), "bytes": len(raw)}
                ensure(listed == found, "The file is not the one that is listed: it was changed.")
        self.step(f"All {len(manifest['files'])} files are the ones that were signed, and there is no other")
        told = told_of(inside, manifest["vouched"], manifest["rows_from"])
        for name, about in sorted(manifest["vouched"].items()):
            with at(name):
                members(about, {"object_type": str, "gone_by": list})
                self.vouched_rows(name, entries.get(name, b""), about, told)

    def vouched_rows(self, name: str, raw: bytes, about: Json, told: dict[str, dict[str, Told]]) -> None:
        """Each row is what the log committed to, and each object that the log speaks of has its row."""
        known, seen, unread = told.get(about["object_type"], {}), set(), 0
        for number, line in lines_of(raw, name):
            with at(f"line {number}"):
                one = members(json_of(line), {"object": dict, "content": dict, "row": dict})
                members(one["object"], {"type": re.compile(re.escape(about["object_type"])), "id": str})
                object_id = one["object"]["id"]
                ensure(object_id not in seen, "The object stands here twice.", "object")
                seen.add(object_id)
                last = known.get(object_id)
                ensure(last is not None, "No event that can be read speaks of this object.", "object")
                if last and last.deleted:
                    unread += 1
                    continue
                same = last is not None and hashlib.sha256(canonical(one["content"])).hexdigest() in last.contents
                ensure(same, "The content is not what the log committed to.", "content")
                ensure(
                    not last or last.action not in about["gone_by"] or last.later, "It is here, and gone by the log."
                )
        for object_id, last in known.items():
            gone = last.action in about["gone_by"] or last.deleted or last.later
            ensure(object_id in seen or gone, f"The row of {object_id} is missing, and no event says that it went.")
        self.step(f"{len(seen)} rows of {name} are what the log committed to, and none of them is missing")
        if unread:
            self.unproven.append(f"What the log said of {unread} rows of {name} was lawfully deleted.")


class Folder(Mapping[str, bytes]):
    """The files of a folder by their path in it, read when they are asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())
        for name in self.names:
            ensure(not (folder / name).is_symlink(), "It is a link, and not a file.", name)

    def __getitem__(self, name: str) -> bytes:
        """The bytes of a file."""
        if name not in self.names:
            raise KeyError(name)
        return read(self.folder / name)

    def __iter__(self) -> Iterator[str]:
        """Their names."""
        return iter(self.names)

    def __len__(self) -> int:
        """How many there are."""
        return len(self.names)


class Told:
    """What the log says of one object: the contents it may have in an export, and whether it may be gone."""

    def __init__(self) -> None:
        self.contents: set[str] = set()
        self.action, self.later, self.deleted, self.index = "", False, False, -1


def told_of(log: dict[str, bytes], vouched: Json, rows_from: int) -> dict[str, dict[str, Told]]:
    """By type and id: the last content before the rows were read, and every one from then on, when it may have changed.

    An object whose last body was deleted lawfully may have any content: the event of the deletion names it.
    """
    types = {str(about.get("object_type")) for about in vouched.values() if isinstance(about, dict)}
    index = {found[2]: number for number, found in enumerate(LEAF_LINE.finditer(log["leaves.jsonl"]))}
    told: dict[str, dict[str, Told]] = {kind: {} for kind in types}
    for _, line in lines_of(log.get("bodies.jsonl", b""), "bodies.jsonl"):
        one = json_of(line)
        body, at_leaf = one["body"], index.get(one["event_id"].encode(), 0)
        kind, object_id = body["object"]["type"], body["object"]["id"]
        if body["action"] == "audit_body.deleted":
            for event, of, name in (row for row in body["details"].get("bodies", []) if len(row) == 3):
                if of in types and index.get(event.encode(), -1) > (last := told[of].setdefault(name, Told())).index:
                    last.deleted = True
        if kind not in types:
            continue
        last = told[kind].setdefault(object_id, Told())
        later = at_leaf >= rows_from
        last.contents = {*(last.contents if later else ()), body["content_sha256"]}
        last.action, last.later, last.deleted, last.index = body["action"], later, False, at_leaf
    return told


def hashes(proof: Sequence[Any]) -> list[bytes]:
    """The hashes of a proof."""
    result = []
    for number, one in enumerate(proof):
        with at(f"[{number}]"):
            result.append(bytes_of(one, 32))
    return result


def at_salt(text: Any, name: str) -> bytes:
    """32 bytes of a member with that name."""
    with at(name):
        return bytes_of(text, 32)


def committed(event_id: str, commitment: bytes, body: Any, salt: str) -> Json:
    """A body that its leaf commits to: HMAC-SHA256 of its canonical JSON under its salt."""
    members(body, BODY)
    members(body["object"], OBJECT)
    members(body["actor"], {"kind": str, "id": str})
    ensure(body["v"] == 1 and body["id"] == event_id, "The body is of another event, or of another version.", "id")
    same = hmac.compare_digest(hmac.digest(at_salt(salt, "salt"), canonical(body), "sha256"), commitment)
    ensure(same, f"Body and salt are not what the leaf of event {event_id} commits to: one was changed.")
    return dict(body)


def lines_of(raw: bytes, name: str) -> Iterator[tuple[int, bytes]]:
    """The lines of a file with their numbers; each ends with a line end."""
    ensure(not raw or raw.endswith(b"\n"), "The last line does not end with a line end.", name)
    yield from enumerate(raw.split(b"\n")[:-1], 1)


def rows_of(answer: Json, request: Any) -> tuple[list[Json], bytes]:
    """The rows of a batch with their commitments, made anew from the request and the answer, and the list's salt."""
    receipt = members(answer["receipt"], {"statement": str, "salt": str})
    salt, results = at_salt(receipt["salt"], "salt"), answer["results"]
    subjects = members(request, {"subjects": list}, more=True)["subjects"]
    ensure(isinstance(results, list), "The results are not a list.", "results")
    ensure(len(results) == len(subjects), f"{len(results)} answers, {len(subjects)} subjects.", "results")
    rows = []
    for number, result in enumerate(results):
        with at(f"results[{number}]"):
            members(result, {"allowed": bool, "reason?": TEXT_OR_NULL}, more=True)
        about = hmac.digest(row_salt(salt, number), canonical(subjects[number]), "sha256")
        row = {"about": base64.b64encode(about).decode(), "allowed": result["allowed"], "i": number}
        rows.append({**row, "reason": result.get("reason")})
    return rows, salt


def row_salt(salt: bytes, number: int) -> bytes:
    """The salt of one row, from that of its list."""
    return hmac.digest(salt, b"row:%d" % number, "sha256")


def path_to(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """PATH(index, leaves), the other half of `root_by_path`."""
    if len(leaves) == 1:
        return []
    split = 1 << (len(leaves) - 1).bit_length() - 1
    left, right = leaves[:split], leaves[split:]
    if index < split:
        return [*path_to(left, index), root_of(iter(right))[1]]
    return [*path_to(right, index - split), root_of(iter(left))[1]]


# The command line.


def extracted(number: int, answer: Any, request: Any) -> Json:
    """One row of a batch answer as a file of its own, which shows nothing of the others (docs: decision-row)."""
    members(answer, {"receipt": dict, "results": list}, more=True)
    rows, salt = rows_of(answer, request)
    ensure(0 <= number < len(rows), f"There is no row {number}: they count from 0 to {len(rows) - 1}.", "results")
    leaves = [leaf_hash(canonical(row)) for row in rows]
    note = answer["receipt"]["statement"]
    line = Note.parse(note).text.partition("\n")[2][:-1]
    said = members(json_of(line.encode()), STATEMENTS["decision-batch/v1"], more=True)
    root = root_of(iter(leaves))[1]
    ensure(root == at_salt(said["root"], "root"), "Request and answer are not those of the statement.", "results")
    proof = [base64.b64encode(one).decode() for one in path_to(leaves, number)]
    alone = {"statement": note, "row": rows[number], "row_salt": base64.b64encode(row_salt(salt, number)).decode()}
    return {"format": "privacy-evidence/v1", "kind": "decision-row", **alone, "proof": proof}


def read(path: Path) -> bytes:
    """A file that the user named."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise Misused(f"{path} has more than {MOST_BYTES} bytes.")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise Misused(f"{path} can't be read: {getattr(error, 'strerror', None) or 'no such path'}.") from None


def decoded(raw: bytes) -> str:
    """Text in UTF-8."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise Failed("It is not UTF-8.") from None


def keys_of(given: str, kind: int) -> list[Key]:
    """The keys that an option gives: one itself, or a file of them, one a line."""
    text = given if re.fullmatch(r"[^+]+\+[0-9a-f]{8}\+\S+", given) else decoded(read(Path(given)))
    lines = [line.strip() for line in text.splitlines()]
    keys = [Key.parse(line, kind) for line in lines if line and not line.startswith("#")]
    ensure(bool(keys), "There is no key in it.")
    return keys


def report(path: str, evidence: Evidence, failed: Failed | None, *, as_json: bool) -> None:
    """Print what became of one file."""
    failure = None
    if failed:
        places = {"file": path, "where": ", ".join(failed.places), "step": len(evidence.steps) + 1}
        failure = {**places, "sentence": failed.sentence}
    if as_json:
        head = {"ok": not failed, "file": path, "kind": evidence.kind, "steps": evidence.steps}
        return say(json.dumps({**head, "failure": failure, "not_proven": evidence.unproven}))
    say(f"{path}: {evidence.kind}")
    for number, step in enumerate(evidence.steps, 1):
        say(f"  {number}. {step}. ok")
    if failed:
        return say(f"  {len(evidence.steps) + 1}. FAILED at {', '.join([path, *failed.places])}: {failed.sentence}")
    for line in ["VERIFIED", *(f"Not proven: {one}" for one in evidence.unproven)]:
        say(f"  {line}")


def say(text: str) -> None:
    """Print; a sign that would steer the terminal is written as its code."""
    safe = "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in text)
    sys.stdout.buffer.write((safe + "\n").encode("utf-8", "backslashreplace"))
    sys.stdout.flush()


def verify_files(files: Sequence[str], options: Options, *, as_json: bool) -> int:
    """Verify each of the files; a document may have its proof in another of them."""
    digests = {hashlib.sha256(read(Path(one))).hexdigest(): one for one in files if not Path(one).is_dir()}
    found = []
    for path in files:
        evidence, failed = Evidence(options._replace(files=digests)), None
        try:
            evidence.verify(Path(path))
            used = any("about the subject" in step for step in evidence.steps) or options.subject is None
            ensure(used, "Nothing in this file could be compared with the subject that was given.", "subject")
        except Failed as error:
            failed = error
        found.append((path, evidence, failed))
    proven = {digests.get(digest) for _, evidence, failed in found if not failed for digest in evidence.documents}
    worst = 0
    for path, evidence, failed in found:
        if failed and path in proven:
            document = Evidence(options)
            document.kind = "document"
            document.step("A proof that was given and that verifies speaks of this document by its SHA-256")
            report(path, document, None, as_json=as_json)
        else:
            report(path, evidence, failed, as_json=as_json)
            worst = max(worst, int(failed is not None))
    return worst


def arguments() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = argparse.ArgumentParser("privacy-verify", description="Verify evidence without its service.")
    parser.add_argument("files", nargs="+", metavar="FILE", help="evidence, a document, an archive, an exported log")
    parser.add_argument("--key", action="append", default=[], help="a log key, or a file of them, from the log's owner")
    parser.add_argument("--witness", action="append", default=[], help="a witness's key, or a file of them")
    parser.add_argument("--witnesses-required", type=int, metavar="N", help="how many must have cosigned; default: all")
    parser.add_argument("--subject", metavar="JSON", help="whom a decision was about, exactly as it was asked")
    parser.add_argument("--request", metavar="FILE", help="the request that an answer belongs to")
    parser.add_argument(
        "--extract-row", type=int, metavar="N", help="print row N (from 0) of an answer as its own file"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a file")
    return parser


def run(asked: argparse.Namespace) -> int:
    """Do what the options say; returns the exit code."""
    try:
        request = json_of(read(Path(asked.request))) if asked.request else None
        subject = json_of(asked.subject.encode("utf-8", "surrogateescape")) if asked.subject else None
        ensure(request is None or isinstance(request, dict), "The request is not a JSON object.", "--request")
        keys = [key for one in asked.key for key in keys_of(one, 1)]
        witnesses = [key for one in asked.witness for key in keys_of(one, 4)]
    except Failed as failed:
        raise Misused(f"{failed.sentence} ({', '.join([*failed.places, 'in an option'])})") from None
    if asked.extract_row is not None:
        if request is None or len(asked.files) != 1:
            raise Misused("--extract-row takes one answer, and --request: the request that it answers.")
        try:
            say(json.dumps(extracted(asked.extract_row, json_of(read(Path(asked.files[0]))), request)))
        except Failed as failed:
            raise Misused(f"{', '.join([asked.files[0], *failed.places])}: {failed.sentence}") from None
        return 0
    if not keys:
        raise Misused("Give the log's key with --key: ask the log's owner for it, never take it from the evidence.")
    required = len({key.name for key in witnesses}) if asked.witnesses_required is None else asked.witnesses_required
    if not 0 <= required <= len({key.name for key in witnesses}):
        raise Misused("--witnesses-required is more than the witnesses that --witness gives.")
    options = Options(keys, witnesses, required, subject, request, {})
    return verify_files(asked.files, options, as_json=asked.json)


def main() -> int:
    """The command: 0 verified, 1 something does not verify, 2 misused."""
    try:
        return run(arguments().parse_intermixed_args())
    except Misused as misused:
        sys.stderr.write(f"privacy-verify: {misused}\n")
        return 2


if __name__ == "__main__":
    sys.exit(main())
