"""Verify a stored log as one who wrote none of it: what is read is trusted in nothing, keys come from elsewhere.

Pure: it reads through `Source` and knows neither the database nor the writer, whose forms it derives anew. Every
function yields what is wrong, named and located, and goes on; nothing raises for a stored value, whatever it is.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from privacy import clock
from privacy.audit import merkle
from privacy.audit.checkpoint import Checkpoint, verify_checkpoint
from privacy.audit.merkle import HASH_BYTES, Frontier
from privacy.audit.note import KeyType, Note, NoteInvalid, Signature, VerifierKey
from privacy.audit.tiles import HEIGHT, WIDTH, width_at
from privacy.crypto import canonical

#: How far clocks of an installation's hosts, and of its witnesses, may differ, in microseconds.
SKEW = 300 * clock.SECOND
_SALT_BYTES = 32


class Finding(NamedTuple):
    """Something that is wrong with the log, or with what it speaks of."""

    #: What it concerns: `leaf`, `event`, `body`, `tile`, `checkpoint`, `cosignature`, `key`, `log`, `waiting`,
    #: `anchor`, `row`, `consent`.
    kind: str
    #: Table and key, or the name of a file.
    where: str
    #: One sentence.
    problem: str


class Leaf(NamedTuple):
    """A row of the log with the event that it names. None stands for what is missing or no value of its type."""

    number: int
    event_id: UUID | None
    leaf_hash: bytes
    sequenced_at: int
    version: int | None
    commitment: bytes | None


class Body(NamedTuple):
    """The body of an event: the columns to search by, and what was sealed."""

    event_id: UUID
    occurred_at: int
    action: str
    actor_kind: str
    actor_id: UUID | None
    subject_id: UUID | None
    object_type: str
    object_id: str
    owner_id: UUID | None
    #: Salt and canonical body; None where they do not open.
    opened: bytes | None
    #: Whether the owner's key is there. Without it nobody can tell what the body was.
    has_key: bool


class StoredCheckpoint(NamedTuple):
    """A row of the published states."""

    size: int
    root: bytes
    note: str
    published_at: int


class StoredCosignature(NamedTuple):
    """A row of a witness's signature, with the note that it stands under; None where that is missing."""

    size: int
    witness: str
    line: str
    cosigned_at: int
    note: str | None


class StoredKey(NamedTuple):
    """A row of the log's keys, with the index of the event that names it; None where that has none."""

    number: int
    vkey: str
    endorsement: str | None
    leaf: int | None


class Source(Protocol):
    """How a stored log is read. Each answer is as of its own moment: the log may grow meanwhile."""

    def checkpoints(self, above: int) -> Iterator[StoredCheckpoint]:
        """The checkpoints of more leaves than that, in order of size."""

    def cosignatures(self, above: int) -> Iterator[StoredCosignature]:
        """The cosignatures of checkpoints of more leaves than that."""

    def tile(self, level: int, number: int) -> bytes:
        """The hashes of a tile from level 1 up, one after another; nothing where there is none."""

    def tile_places(self) -> Iterator[tuple[int, int]]:
        """Level and number of every stored tile."""

    def leaves_now(self) -> int:
        """The highest number of a leaf, and one; 0 where there is none."""


@dataclass(frozen=True)
class Keys:
    """The keys of the log as the keyring has them, and from which leaf on each one counts."""

    #: Ordered by number: the index of the event that brings the key in (-1 for the first one), and the key.
    known: Sequence[tuple[int, VerifierKey]]

    def at(self, size: int) -> VerifierKey | None:
        """The key that must have signed the checkpoint of that size."""
        found = [key for index, key in self.known if index < size]
        return found[-1] if found else None


def verify_keys(rows: Sequence[StoredKey], ring: Mapping[int, VerifierKey], origin: str) -> tuple[Keys, list[Finding]]:
    """The keys of the log. `ring`: the public keys of the private ones, by number; the table's own are not trusted.

    1. The ring has each key, and it is the one that the table names. 2. The first one follows none; every other is
    endorsed by the one before it. 3. Each counts from a later leaf than the one before it.
    """
    findings: list[Finding] = []
    known: list[tuple[int, VerifierKey]] = []
    for row in rows:
        where, key = f"audit_key {row.number}", ring.get(row.number)
        if key is None:
            findings.append(Finding("key", where, "The keyring has no such key."))
            continue
        if row.vkey != str(key):
            findings.append(Finding("key", where, "The key in the table is not the one in the keyring."))
        problem = _endorsement_problem(row, known[-1][1] if known else None, key, origin)
        if problem:
            findings.append(Finding("key", where, problem))
        index = -1 if not known else row.leaf
        if index is None or row.leaf is None:
            findings.append(Finding("key", where, "The event that names the key is not in the log."))
        if index is None:
            continue
        if known and index <= known[-1][0]:
            findings.append(Finding("key", where, "The key counts from an earlier leaf than the one before it."))
        known.append((index, key))
    if not rows:
        findings.append(Finding("key", "audit_key", "The log has no key."))
    return Keys(known), findings


def _endorsement_problem(row: StoredKey, before: VerifierKey | None, key: VerifierKey, origin: str) -> str | None:
    if before is None or row.endorsement is None:
        return None if before is None and row.endorsement is None else "The endorsement by the key before is missing."
    try:
        note = Note.parse(row.endorsement)
        note.verify([before])
        first, _, rest = note.text.partition("\n")
        said = canonical.decode(rest.encode())
    except (NoteInvalid, ValueError) as error:
        return f"The endorsement does not verify: {getattr(error, 'detail', 'it is no statement.')}"
    meant = {"type": "key-endorsement/v1", "origin": origin, "key": str(key)}
    if first != f"{origin}/statement" or not isinstance(said, dict) or said | meant != said:
        return "The endorsement speaks of another key or log."
    return None


def verify_named_keys(
    rows: Sequence[StoredKey], named: Mapping[int, Mapping[str, Any]], *, whole: bool
) -> Iterator[Finding]:
    """The rows of keys are those that the log's events name. `named`: the bodies of these events, by index.

    `whole`: whether these are all of them, so that a key without one is a finding.
    """
    by_index = {row.leaf: row for row in rows}
    for index, said in named.items():
        row, key = by_index.get(index), said["details"].get("key")
        if row is None or row.vkey != key:
            problem = f"It names a key of the log that the table does not have: {key}."
            yield Finding("key", f"audit_leaf {index}", problem)
    for row in rows if whole else ():
        if row.leaf is not None and row.leaf not in named:
            yield Finding("key", f"audit_key {row.number}", f"Leaf {row.leaf}, by which it counts, does not name it.")


def verify_body(body: Body, commitment: bytes | None) -> tuple[dict[str, Any] | None, list[Finding]]:
    """What a body says, where it is what its event commits to; and what is wrong with it.

    1. It opens with its owner's key. 2. The event commits to it. 3. It is of this event, and the columns beside it say
    the same. One whose key is gone is the caller's to judge: an event must say that the key was destroyed.
    """
    where = f"audit_body {body.event_id}"
    if body.opened is None:
        problem = "It does not open with its owner's key: it was changed or moved."
        return None, [Finding("body", where, problem)] if body.has_key else []
    salt, sealed = body.opened[:_SALT_BYTES], body.opened[_SALT_BYTES:]
    if commitment is None or not hmac.compare_digest(hmac.digest(salt, sealed, hashlib.sha256), commitment):
        return None, [Finding("body", where, "It is not what its event commits to.")]
    said: dict[str, Any] = canonical.decode(sealed)
    if _beside(body) != _meant(said):
        columns = zip(_NAMES, _beside(body), _meant(said), strict=True)
        wrong = [name for name, stored, meant in columns if stored != meant]
        return said, [Finding("body", where, f"Beside it {', '.join(wrong)} say what the body does not.")]
    return said, []


_NAMES = ("event_id", "occurred_at", "action", "actor_kind", "actor_id", "subject_id", "object_type", "object_id")


def _beside(body: Body) -> tuple[object, ...]:
    """What the columns beside a body hold."""
    return (
        str(body.event_id),
        _time(body.occurred_at),
        body.action,
        body.actor_kind,
        str(body.actor_id),
        None if body.subject_id is None else str(body.subject_id),
        body.object_type,
        body.object_id,
    )


def _meant(said: Mapping[str, Any]) -> tuple[object, ...]:
    """What they must hold."""
    actor, about = said["actor"], said["object"]
    return (
        said["id"],
        said["at"],
        said["action"],
        actor["kind"],
        actor["id"],
        said["subject"],
        about["type"],
        about["id"],
    )


def _time(micros: int) -> str | None:
    try:
        return clock.isoformat(micros)
    except (OverflowError, TypeError):
        return None


def verify_cosignatures(source: Source, witnesses: Sequence[VerifierKey], above: int) -> Iterator[Finding]:
    """1. The line is one of that witness's. 2. It verifies where the witness's key is known. 3. Its time is kept."""
    known = {key.name: key for key in witnesses if key.type is KeyType.COSIGNATURE}
    for row in source.cosignatures(above):
        problem = _cosignature_problem(row, known.get(row.witness))
        if problem:
            yield Finding("cosignature", f"audit_cosignature {row.size} {row.witness}", problem)


def _cosignature_problem(row: StoredCosignature, key: VerifierKey | None) -> str | None:
    if row.note is None:
        return "There is no checkpoint of that size."
    try:
        line = Signature.parse(row.line.removesuffix("\n"))
        if str(line) != row.line or line.name != row.witness:
            return "The line is not one of that witness's."
        if len(line.raw) != 8 + 64:
            return "The line holds no cosignature."
        # One by a key that the witness had before stays where it is and counts for nothing.
        if key is not None and line.is_by(key):
            key.verify(Note.parse(row.note).text, line)
    except NoteInvalid as error:
        return f"It does not verify: {error.detail}"
    at = int.from_bytes(line.raw[:8], "big") * clock.SECOND
    return None if abs(at - row.cosigned_at) <= SKEW else "The time beside it is not that of the line."


class TreeCheck:
    """Derives the tree from the leaves as they come, and compares what is stored of it and was published."""

    def __init__(
        self, source: Source, origin: str, keys: Keys, *, start: Frontier | None = None, tiles: Mapping[int, bytes] = {}
    ) -> None:
        """`start`: the edge of the tree that was verified before; `tiles`: the last tile of each level there."""
        self._source, self._origin, self._keys = source, origin, keys
        #: The tree of what the events say.
        self.frontier = start or Frontier()
        #: The tree of the stored hashes, once they differ from those: so one wrong leaf is one finding.
        self._stored: Frontier | None = None
        self._tiles = dict(tiles)
        self._differing: set[int] = set()
        self._whole = True
        self._latest = (0, -1)
        self._published: tuple[int, int] = (0, 0)
        self._checkpoints = source.checkpoints(self.frontier.size)
        self._next = next(self._checkpoints, None)

    def take(self, leaf: Leaf) -> Iterator[Finding]:
        """The next leaf: 1. in its place, 2. of an event that is there, 3. with that event's hash, 4. in time."""
        where = f"audit_leaf {leaf.number}"
        if leaf.number != self.frontier.size and self._whole:
            missing = f"audit_leaf {self.frontier.size}"
            yield Finding("leaf", missing, f"Leaves are missing: the next one is number {leaf.number}.")
            self._whole = False
        derived = leaf.leaf_hash
        if leaf.event_id is None or leaf.version is None or leaf.commitment is None:
            yield Finding("leaf", where, f"The event {leaf.event_id} that it names is not there.")
        else:
            derived = merkle.leaf_hash(_leaf_bytes(leaf.event_id, leaf.version, leaf.commitment))
            if derived != leaf.leaf_hash:
                yield Finding("leaf", where, f"Its hash is not that of the event {leaf.event_id}.")
        yield from self._time_of(leaf, where)
        if self._whole:
            yield from self._append(derived, leaf.leaf_hash)
            yield from self._compare_published()

    def finish(self) -> Iterator[Finding]:
        """What is left behind the last leaf: the tiles at the edge, and checkpoints of leaves that are not there."""
        now = self._source.leaves_now()
        if self._whole:
            for level, filled in sorted(self._tiles.items()):
                offset = len(filled) // HASH_BYTES
                hashes = self.frontier.size >> HEIGHT * level
                if offset and offset < WIDTH:
                    yield from self._compare_tile(level, hashes // WIDTH, filled, now)
        while self._next is not None:
            if self._next.size > now:
                yield from self._signed(self._next)
                problem = f"It covers {self._next.size} leaves, and the log has {now}."
                yield Finding("checkpoint", f"audit_checkpoint {self._next.size}", problem)
            elif self._next.size <= self.frontier.size or not self._whole:
                yield from self._signed(self._next)
            self._next = next(self._checkpoints, None)

    def tiles_too_many(self) -> Iterator[Finding]:
        """Stored tiles that a log of this size does not have."""
        now = self._source.leaves_now()
        for level, number in self._source.tile_places():
            if level < 1 or number < 0 or not width_at(now, level, number):
                yield Finding("tile", f"audit_tile {level}/{number}", "A log of this size has no such tile.")

    def _time_of(self, leaf: Leaf, where: str) -> Iterator[Finding]:
        latest, number = self._latest
        if leaf.sequenced_at < latest - SKEW:
            yield Finding("leaf", where, f"It was sequenced before leaf {number}, which stands ahead of it.")
        elif leaf.sequenced_at > latest:
            self._latest = (leaf.sequenced_at, leaf.number)

    def _append(self, derived: bytes, stored: bytes) -> Iterator[Finding]:
        if self._stored is None and derived != stored and len(stored) == HASH_BYTES:
            self._stored = Frontier(self.frontier.size, self.frontier.hashes)
        if self._stored is not None:
            self._stored.append(stored if len(stored) == HASH_BYTES else derived)
        for tile_level, (level, number, node) in enumerate(self.frontier.append(derived)[HEIGHT::HEIGHT], 1):
            assert level == tile_level * HEIGHT
            tile, offset = divmod(number, WIDTH)
            self._tiles[tile_level] = filled = (self._tiles.get(tile_level, b"") if offset else b"") + node
            if offset == WIDTH - 1:
                yield from self._compare_tile(tile_level, tile, filled, None)

    def _compare_tile(self, level: int, number: int, derived: bytes, now: int | None) -> Iterator[Finding]:
        """`now`: how many leaves the log has, for a tile that may have grown since it was derived."""
        stored = self._source.tile(level, number)
        most = WIDTH if now is None else width_at(now, level, number)
        # With a leaf's hash changed, the leaf is the finding; the tile that agrees with neither is another one.
        if self._stored is None and (stored[: len(derived)] != derived or len(stored) > most * HASH_BYTES):
            problem = "It is not what the leaves below it make."
            yield Finding("tile", f"audit_tile {level}/{number}", problem)

    def _compare_published(self) -> Iterator[Finding]:
        while self._next is not None and self._next.size <= self.frontier.size:
            row = self._next
            yield from self._signed(row)
            roots = [self.frontier.root()] + ([self._stored.root()] if self._stored else [])
            if row.root not in roots:
                problem = f"The first {row.size} leaves make another root than the one that was published."
                yield Finding("checkpoint", f"audit_checkpoint {row.size}", problem)
            if row.published_at < self._latest[0] - SKEW:
                problem = f"It was published before leaf {self._latest[1]}, which it covers, was sequenced."
                yield Finding("checkpoint", f"audit_checkpoint {row.size}", problem)
            self._next = next(self._checkpoints, None)

    def _signed(self, row: StoredCheckpoint) -> Iterator[Finding]:
        """1. Signed by the key that must sign at this size. 2. The note says what the columns say. 3. In time."""
        where, key = f"audit_checkpoint {row.size}", self._keys.at(row.size)
        try:
            checkpoint, _ = verify_checkpoint(row.note, self._origin, [key] if key else [])
        except NoteInvalid as error:
            yield Finding("checkpoint", where, f"Its note does not verify: {error.detail}")
        else:
            if checkpoint != Checkpoint(self._origin, row.size, row.root):
                yield Finding("checkpoint", where, "Its note is of another size or root than the columns beside it.")
        latest, size = self._published
        if row.published_at < latest - SKEW:
            yield Finding("checkpoint", where, f"It was published before the checkpoint of {size} leaves.")
        elif row.published_at > latest:
            self._published = (row.published_at, row.size)


def verify_anchor(
    kept: Checkpoint | None, name: str, origin: str, now: int, root_of: Mapping[int, bytes]
) -> Iterator[Finding]:
    """The log continues the checkpoint that is kept outside the database. `root_of`: the roots that were derived."""
    if kept is None:
        return
    if kept.origin != origin:
        yield Finding("anchor", name, f"It is of another log than {origin}.")
    elif kept.size > now:
        problem = f"The log has {now} leaves, and {kept.size} were published: it was rolled back."
        yield Finding("anchor", name, problem)
    elif kept.size in root_of and root_of[kept.size] != kept.root:
        problem = f"The first {kept.size} leaves are not those that were published: the log has forked."
        yield Finding("anchor", name, problem)


def _leaf_bytes(event_id: UUID, version: int, commitment: bytes) -> bytes:
    """The leaf as docs/evidence.md has it, written down here a second time on purpose."""
    return b'{"commitment":"%b","event_id":"%b","v":%d}' % (
        base64.b64encode(commitment),
        str(event_id).encode(),
        version,
    )
