"""Files of any length, sealed in frames: neither writing nor reading holds more than one frame in memory.

`0x01`, then frames of 64 KiB, each in an envelope of its own under the file's own key. The associated data bind the
file's place, the frame's number and whether it is the last one, so a file that was cut, put in another order, mixed
with another or renamed does not open. Frames have one length, so any of them is found without reading those before it
(an archive is read from its end). Every frame has a nonce from the operating system: a fork cannot repeat one.
"""

from __future__ import annotations

import errno
import io
import os
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO

from privacy.crypto import envelope
from privacy.crypto.envelope import SealBroken

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

FRAME = 65_536
_HEADER = b"\x01"
#: What an envelope adds: its version, the nonce, the tag.
_SEALED_FRAME = FRAME + 29
_LEAST_FRAME = _SEALED_FRAME - FRAME
#: Suffix of a file that is being written.
UNFINISHED = ".new"


class SealedWriter(io.RawIOBase):
    """Writes one file. It gets its name when it is whole, and never otherwise.

    As a context manager: left by an exception, nothing remains. It is durable, contents and name, once it is left.
    """

    def __init__(self, path: Path, key: bytes, place: str) -> None:
        """`key`: 32 bytes that seal nothing else. `place`: what the file is, which its reader must name alike."""
        super().__init__()
        self._path = path
        self._pending = path.with_name(path.name + UNFINISHED)
        self._seal = _Seal(key, place)
        self._buffer = bytearray()
        self._frames = 0
        #: Bytes written so far, before sealing.
        self.size = 0
        try:
            descriptor = os.open(self._pending, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError:
            super().close()  # Nothing is there that `close` would have to give up.
            raise
        self._file = os.fdopen(descriptor, "wb")
        self._file.write(_HEADER)

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: object) -> int:
        """Take all of the bytes; whole frames go to the disk at once."""
        view = memoryview(data)  # type: ignore[arg-type]  # any buffer, as every stream takes it
        for start in range(0, len(view), FRAME):
            self._buffer += view[start : start + FRAME]
            # The frame that may be the last waits until it is known.
            if len(self._buffer) > FRAME:
                self._put(bytes(self._buffer[:FRAME]), last=False)
                del self._buffer[:FRAME]
        self.size += len(view)
        return len(view)

    def finish(self) -> None:
        """Write what is left, make it durable and give it its name."""
        self._put(bytes(self._buffer), last=True)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._pending.replace(self._path)
        _sync(self._path.parent)
        super().close()

    def close(self) -> None:
        """Give up what was not finished."""
        if not self.closed:
            self._file.close()
            self._pending.unlink(missing_ok=True)
        super().close()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None and not self.closed:
                self.finish()
        finally:
            self.close()

    def _put(self, frame: bytes, *, last: bool) -> None:
        self._file.write(self._seal.close(frame, self._frames, last=last))
        self._frames += 1


class _SealedReader(io.RawIOBase):
    """Reads one file from any position."""

    def __init__(self, file: BinaryIO, seal: _Seal) -> None:
        super().__init__()
        self._file, self._seal = file, seal
        self._position = 0
        self._number, self._frame = -1, b""
        try:
            self._measure()
        except BaseException:
            self.close()
            raise

    def _measure(self) -> None:
        """Find out the length, and open the last frame: a file that was cut is refused before it is read."""
        body = os.fstat(self._file.fileno()).st_size - len(_HEADER)
        self._frames = -(-body // _SEALED_FRAME)
        rest = body - (self._frames - 1) * _SEALED_FRAME
        if self._file.read(len(_HEADER)) != _HEADER or self._frames < 1 or rest < _LEAST_FRAME:
            raise SealBroken
        self.size = (self._frames - 1) * FRAME + rest - _LEAST_FRAME
        self._load(self._frames - 1)

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """Where the next byte is read."""
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go somewhere; behind the end there is nothing to read."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self.size}[whence]
        if start + offset < 0:
            raise OSError(errno.EINVAL, "a place before the beginning")  # As a plain file does; readers expect it.
        self._position = start + offset
        return self._position

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill the buffer as far as the frame reaches; raises `SealBroken` where the file was changed."""
        if self._position >= self.size:
            return 0
        number, start = divmod(self._position, FRAME)
        if number != self._number:
            self._load(number)
        view = memoryview(buffer).cast("B")
        part = self._frame[start : start + len(view)]
        view[: len(part)] = part
        self._position += len(part)
        return len(part)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
        super().close()

    def _load(self, number: int) -> None:
        self._file.seek(len(_HEADER) + number * _SEALED_FRAME)
        sealed = self._file.read(_SEALED_FRAME)
        self._frame = self._seal.open(sealed, number, last=number == self._frames - 1)
        self._number = number


class _Seal:
    """Seals and opens the frames of one file."""

    def __init__(self, key: bytes, place: str) -> None:
        self._key, self._place = key, place

    def close(self, frame: bytes, number: int, *, last: bool) -> bytes:
        return envelope.seal(self._key, frame, self._associated(number, last=last))

    def open(self, sealed: bytes, number: int, *, last: bool) -> bytes:
        return envelope.open_sealed(self._key, sealed, self._associated(number, last=last))

    def _associated(self, number: int, *, last: bool) -> bytes:
        """The place with its length, the number, the flag."""
        place = self._place.encode()
        return b"".join((len(place).to_bytes(4, "big"), place, number.to_bytes(8, "big"), bytes([last])))


def open_sealed_file(path: Path, key: bytes, place: str) -> io.BufferedReader:
    """The contents as a stream that can be sought; raises `SealBroken`, at once where the end is missing."""
    return io.BufferedReader(_SealedReader(path.open("rb", buffering=0), _Seal(key, place)), FRAME)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
