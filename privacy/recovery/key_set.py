"""What a backup of the keys holds: the file of the keyring as it is, and the owners' keys as they are wrapped.

Lines of JSON: the first with the ring and the key encryption keys, then a line for each owner's key, and a last one
that says how many there are.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO
from uuid import UUID

import msgspec

from privacy.crypto.envelope import SealBroken
from privacy.recovery.failures import BackupBroken

FORMAT = "privacy-keys/v1"
_BUFFER = 1 << 18


class _First(msgspec.Struct, forbid_unknown_fields=True):
    format: str
    ring_file: bytes
    wrapping_keys: list[dict[str, int]]


class _Row(msgspec.Struct, forbid_unknown_fields=True):
    owner_id: UUID
    version: int
    wrapped_by: int
    wrapped_enc: bytes
    created_at: int


class _Line(msgspec.Struct, forbid_unknown_fields=True):
    owner_id: UUID | None = None
    version: int = 0
    wrapped_by: int = 0
    wrapped_enc: bytes = b""
    created_at: int = 0
    end: int | None = None


@dataclass(frozen=True)
class KeySet:
    """An opened backup of the keys."""

    #: The file of the keyring, byte for byte; its keys are wrapped by the provider.
    ring_file: bytes = field(repr=False)
    #: Rows of `wrapping_key`, by column.
    wrapping_keys: tuple[Mapping[str, int], ...]
    _stream: BinaryIO = field(repr=False)

    def owner_keys(self) -> Iterator[dict[str, Any]]:
        """Rows of `owner_key`, by column, once; raises `BackupBroken` where they are not whole."""
        decode, count = msgspec.json.Decoder(_Line).decode, 0
        try:
            for line in self._stream:
                found = decode(line)
                if found.end is not None:
                    if found.end != count or self._stream.read(1):
                        break
                    return
                if found.owner_id is None:
                    break
                count += 1
                yield {name: getattr(found, name) for name in _Row.__struct_fields__}
        except (msgspec.MsgspecError, SealBroken):
            pass
        raise BackupBroken("The keys in the backup are not whole.")


def write_keys(
    into: BinaryIO, ring_file: bytes, wrapping_keys: Iterable[Mapping[str, Any]], rows: Iterable[Mapping[str, Any]]
) -> int:
    """Write a set of keys; returns how many owners' keys it was."""
    encode, count = msgspec.json.Encoder().encode, 0
    lines = io.BytesIO()
    lines.write(encode(_First(FORMAT, ring_file, [dict(row) for row in wrapping_keys])) + b"\n")
    for row in rows:
        count += 1
        lines.write(encode(_Row(**row)) + b"\n")
        if lines.tell() > _BUFFER:
            into.write(lines.getvalue())
            lines = io.BytesIO()
    lines.write(encode({"end": count}) + b"\n")
    into.write(lines.getvalue())
    return count


def read_keys(stream: BinaryIO) -> KeySet:
    """Read the beginning of an opened backup of the keys; raises `BackupBroken`."""
    try:
        first = msgspec.json.decode(stream.readline(), type=_First)
    except (msgspec.MsgspecError, SealBroken):
        first = None
    if first is None or first.format != FORMAT:
        raise BackupBroken("The backup holds no keys.")
    return KeySet(first.ring_file, tuple(first.wrapping_keys), stream)
