"""The lines of the journal: one for each leaf of the log, with what a restore must replay, and one for checkpoints.

Each is canonical JSON. Rows stand as the database has them, by column: ids as text, bytes as base64, sealed values
sealed. A line that is not of this form was not written by the service, and is refused.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from privacy.crypto import canonical
from privacy.recovery.failures import JournalBroken


class ReplayKind(StrEnum):
    """What a restore has to do again."""

    ACT = "act"  # a refusal, withdrawal, objection, invalidation or annulment
    SUPPRESSION = "suppression"
    TOMBSTONE = "tombstone"
    STANDING = "standing"
    MERGE = "merge"
    CLAIM = "claim"  # two identifiers named as one person's
    CONTACT_END = "contact_end"  # a contact retired or now somebody else's
    HOLD = "hold"  # a legal hold, placed or released


@dataclass(frozen=True)
class Replay:
    """One row to replay, verbatim."""

    kind: ReplayKind
    #: By column: ids as text, bytes as base64.
    row: Mapping[str, Any]
    #: Of an act: the further subjects into whose fold it enters, and by what. Of a hold: whom it holds.
    also: tuple[tuple[UUID, str], ...] = ()
    #: Of an act: kind and suppression index of the contacts that it covers, so that it binds without its person. Of a
    #: hold: the indexes by which it recognises people.
    contacts: tuple[tuple[str, bytes], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As it stands in a line."""
        found: dict[str, Any] = {"kind": self.kind.value, "row": dict(self.row)}
        if self.also:
            found["also"] = [[str(subject_id), via] for subject_id, via in self.also]
        if self.contacts:
            found["contacts"] = [[kind, _base64(index)] for kind, index in self.contacts]
        return found


@dataclass(frozen=True)
class Entry:
    """A leaf of the log."""

    n: int
    event_id: UUID
    v: int
    commitment: bytes
    sequenced_at: int
    #: When the line was written.
    at: int
    do: tuple[Replay, ...] = ()

    def line(self) -> bytes:
        """The line, with its end."""
        document: dict[str, Any] = {
            "n": self.n,
            "event_id": str(self.event_id),
            "v": self.v,
            "commitment": _base64(self.commitment),
            "sequenced_at": self.sequenced_at,
            "at": self.at,
        }
        if self.do:
            document["do"] = [one.as_json() for one in self.do]
        return canonical.encode(document) + b"\n"


@dataclass(frozen=True)
class CheckpointLine:
    """A published state of the log."""

    #: The signed note, with the cosignatures that it had.
    checkpoint: str
    #: How each later key of the log follows from the one before (docs/evidence.md).
    endorsements: Sequence[Mapping[str, Any]]
    size: int
    #: When the line was written.
    at: int

    def line(self) -> bytes:
        """The line, with its end."""
        return (
            canonical.encode(
                {
                    "checkpoint": self.checkpoint,
                    "endorsements": [dict(one) for one in self.endorsements],
                    "size": self.size,
                    "at": self.at,
                }
            )
            + b"\n"
        )


class _Replay(msgspec.Struct, forbid_unknown_fields=True):
    kind: ReplayKind
    row: dict[str, Any]
    also: tuple[tuple[UUID, str], ...] = ()
    contacts: tuple[tuple[str, bytes], ...] = ()


class _Line(msgspec.Struct, forbid_unknown_fields=True):
    at: int
    n: int | None = None
    event_id: UUID | None = None
    v: int = 0
    commitment: bytes = b""
    sequenced_at: int = 0
    do: tuple[_Replay, ...] = ()
    checkpoint: str | None = None
    endorsements: tuple[dict[str, Any], ...] = ()
    size: int = 0


_decoder = msgspec.json.Decoder(_Line)


def parse_line(line: bytes, where: str) -> Entry | CheckpointLine:
    """Read one; raises `JournalBroken` that names the place `where`."""
    try:
        found = _decoder.decode(line)
    except (msgspec.MsgspecError, ValueError):
        raise JournalBroken(f"{where} is no line of a journal.") from None
    if found.checkpoint is not None and found.n is None:
        return CheckpointLine(found.checkpoint, found.endorsements, found.size, found.at)
    if found.n is None or found.n < 0 or found.event_id is None or not found.commitment or found.checkpoint is not None:
        raise JournalBroken(f"{where} is no line of a journal.")
    do = tuple(Replay(one.kind, one.row, one.also, one.contacts) for one in found.do)
    return Entry(found.n, found.event_id, found.v, found.commitment, found.sequenced_at, found.at, do)


def row_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """A row as a line has it: ids as text, bytes as base64."""
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return _base64(bytes(value))
    return value


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()
