"""A sink that is a file of JSON lines on this machine."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from privacy.audit.sinks.failures import SinkUnreachable
from privacy.audit.sinks.line import Line


class LinesFile:
    """Appends. Opened anew each time, so that the file may be rotated: moved away, or cut to nothing."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def deliver(self, lines: Sequence[Line]) -> None:
        """Append the lines, durably; raises `SinkUnreachable`."""
        try:
            self._append("".join(f"{line.text}\n" for line in lines).encode())
        except OSError as error:
            raise SinkUnreachable(f"The file cannot be written: {error.strerror}.") from None

    def _append(self, content: bytes) -> None:
        is_new = not self._path.exists()
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o640)
        with os.fdopen(descriptor, "r+b", buffering=0) as file:
            if _is_torn(file.fileno()):
                content = b"\n" + content
            while content:
                content = content[os.write(file.fileno(), content) :]
            os.fsync(file.fileno())
        if is_new:
            folder = os.open(self._path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)


def _is_torn(descriptor: int) -> bool:
    """Whether the last line has no end: the process was killed, or the disk was full, while it was written."""
    size = os.fstat(descriptor).st_size
    return size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
