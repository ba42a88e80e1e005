"""Ways to change evidence, and what the tables of manipulations are made of."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from privacy.audit.checkpoint import Checkpoint
from privacy.audit.note import Note, SigningKey, sign
from privacy.audit.privacy_verify import Evidence, Options
from privacy.audit.privacy_verify import Key as PinnedKey
from privacy.crypto import canonical
from tests.verifier import made
from tests.verifier.made import KEY, NEW_KEY, ORIGIN, Log, an_id, b64

LOG, ROTATED = Log(), Log(key=NEW_KEY, endorsed_at=8)
#: Another log of the same size, as a fork would have it.
FORK = Log(key=KEY, endorsed_at=3)
PDF = LOG.pdf()


def pinned(*keys: SigningKey) -> list[PinnedKey]:
    return [PinnedKey.parse(str(key.verifier), key.type) for key in keys]


def options(*keys: SigningKey, required: int = 0, subject: Any = None, request: Any = None) -> Options:
    witnesses = pinned(*made.WITNESSES) if required else []
    return Options(pinned(*(keys or (KEY,))), witnesses, required, subject, request, {})


EVIDENCE: dict[str, Callable[[], Any]] = {
    "inclusion": LOG.inclusion,
    "withheld": lambda: LOG.inclusion(body=False),
    "last": lambda: LOG.inclusion(12),
    "consistency": LOG.consistency,
    "power": lambda: LOG.consistency(8),
    "rotated": ROTATED.inclusion,
    "grown": ROTATED.consistency,
    "proof": lambda: LOG.document_proof(b"text", "text/plain"),
    "document": LOG.json_document,
    "pdf": lambda: PDF,
    "certificate": LOG.certificate,
    "decision": lambda: made.a_decision(subject=True),
    "answer": made.an_answer,
    "row": lambda: made.a_row(3),
    "batch": made.a_batch,
    "checkpoint": lambda: LOG.checkpoint().encode(),
    "bundle": LOG.bundle_files,
    "log": LOG.export,
}


class Tampering(NamedTuple):
    name: str
    evidence: str
    #: Changes the evidence in place, or returns what stands in its stead.
    change: Callable[[Any], Any]
    where: str
    words: str
    options: Options = options()


def put(path: str, value: Any) -> Callable[[Any], None]:
    """Set a member, named by its path with dots."""

    def change(evidence: Any) -> None:
        *way, last = [int(part) if part.isdecimal() else part for part in path.split(".")]
        for part in way:
            evidence = evidence[part]
        evidence[last] = value(evidence[last]) if callable(value) else value

    return change


def drop(path: str) -> Callable[[Any], None]:
    def change(evidence: Any) -> None:
        *way, last = path.split(".")
        for part in way:
            evidence = evidence[part]
        del evidence[last]

    return change


def drop_key(name: str) -> Callable[[Any], None]:
    """Leave out a member whose name has a dot."""

    def change(evidence: Any) -> None:
        del evidence[name]

    return change


def text(old: str, new: str) -> Callable[[Any], bytes]:
    """Change the file as it is written, canonical JSON."""

    def change(evidence: Any) -> bytes:
        raw = evidence if isinstance(evidence, bytes) else canonical.encode(evidence)
        assert old.encode() in raw, old
        return raw.replace(old.encode(), new.encode(), 1)

    return change


def flip(value: str) -> str:
    """Other bytes of the same length, in base64."""
    raw = bytearray(base64.b64decode(value))
    raw[len(raw) // 2] ^= 1
    return b64(bytes(raw))


def unsigned(note: str) -> str:
    return note[: note.rindex("\n\n") + 2]


def resigned(key: SigningKey, change: Callable[[str], str] = lambda text: text) -> Callable[[str], str]:
    return lambda note: str(sign(change(Note.parse(note).text), [key]))


def body_of(note: str, change: Callable[[str], str]) -> str:
    """Another text under the same signatures."""
    parsed = Note.parse(note)
    return str(Note(change(parsed.text), parsed.signatures))


def reroot(root: Callable[[], bytes]) -> Callable[[Any], None]:
    """A checkpoint over another root, signed by the log: only the proof can tell."""
    return put("checkpoint", lambda _: str(Checkpoint(ORIGIN, 13, root()).signed(KEY)))


def signature_changed(change: Callable[[bytes], bytes]) -> Callable[[str], str]:
    def changed(note: str) -> str:
        parsed = Note.parse(note)
        name, key_id, raw = parsed.signatures[0].name, parsed.signatures[0].key_id, parsed.signatures[0].raw
        return unsigned(note) + f"— {name} {b64(key_id + change(raw))}\n"

    return changed


def plus_order(raw: bytes) -> bytes:
    order = 2**252 + 27742317777372353535851937790883648493
    return raw[:32] + (int.from_bytes(raw[32:], "little") + order).to_bytes(32, "little")


def under_another_type(key_id: bytes, kind: int) -> Callable[[str], str]:
    def changed(note: str) -> str:
        raw = Note.parse(note).signatures[0].raw
        found = hashlib.sha256(ORIGIN.encode() + b"\n" + bytes([kind]) + key_id).digest()[:4]
        return unsigned(note) + f"— {ORIGIN} {b64(found + raw)}\n"

    return changed


NONE_TRUSTED = "signed by none of the keys that are trusted"
ANOTHER_ROOT = "leads to another root"
NOT_COMMITTED = "not what the leaf of event"
PUBLIC = KEY.verifier.public

SAYS = {"document_sha256": hashlib.sha256(b"text").hexdigest(), "media_type": "text/plain", "event_id": an_id(5)}


def lines_changed(name: str, change: Callable[[list[bytes]], object]) -> Callable[[Any], None]:
    """Change the lines of a file."""

    def changed(files: Any) -> None:
        lines = files[name].splitlines(keepends=True)
        change(lines)
        files[name] = b"".join(lines)

    return changed


def json_line(name: str, number: int, change: Callable[[Any], object]) -> Callable[[Any], None]:
    def changed(lines: list[bytes]) -> None:
        value = json.loads(lines[number])
        change(value)
        lines[number] = made.json_lines([value])

    return lines_changed(name, changed)


def head_changed(change: Callable[[Any], object]) -> Callable[[Any], None]:
    return lambda files: set_head(files, change)


def set_head(files: Any, change: Callable[[Any], object]) -> None:
    head = json.loads(files["log.json"])
    change(head)
    files["log.json"] = json.dumps(head).encode()


def verify(raw: bytes, chosen: Options, tmp_path: Path) -> Evidence:
    """Verify a file; raises `Failed`."""
    path = tmp_path / "evidence"
    path.write_bytes(raw)
    evidence = Evidence(chosen)
    evidence.verify(path)
    return evidence


def as_file(evidence: Any) -> bytes:
    if isinstance(evidence, bytes):
        return evidence
    if any(isinstance(one, bytes) for one in evidence.values()):
        return made.zipped(evidence)
    return json.dumps(evidence).encode()
