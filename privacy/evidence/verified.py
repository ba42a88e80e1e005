"""The last state of the log that was verified without a finding, in a file beside the anchor."""

from __future__ import annotations

import base64
import json
import os
from dataclasses import dataclass
from pathlib import Path

from privacy.audit.service import LogBroken


@dataclass(frozen=True)
class Verified:
    """How many leaves of which log were verified, and their root."""

    origin: str
    size: int
    root: bytes


@dataclass(frozen=True)
class LastVerified:
    """How much of the log was last verified without a finding, and when, in microseconds."""

    size: int
    at: int


def last_verified(path: Path) -> LastVerified | None:
    """What the file of a verification tells; None before the first. Raises `LogBroken` as `VerifiedFile.read`."""
    file = VerifiedFile(path)
    found, at = file.read(), file.written_at()
    return None if found is None or at is None else LastVerified(found.size, at)


class VerifiedFile:
    """One file, replaced as a whole."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def name(self) -> str:
        """For findings."""
        return self._path.name

    def read(self) -> Verified | None:
        """What it holds; None before the first verification. Raises `LogBroken` for a file that holds none."""
        try:
            found = json.loads(self._path.read_bytes())
            return Verified(str(found["origin"]), int(found["size"]), base64.b64decode(found["root"], validate=True))
        except FileNotFoundError:
            return None
        except (KeyError, TypeError, ValueError) as error:
            raise LogBroken(f"{self.name} does not hold what was verified; verify the whole: --full") from error

    def written_at(self) -> int | None:
        """When it was last written, in microseconds; None before the first verification."""
        try:
            return self._path.stat().st_mtime_ns // 1_000
        except FileNotFoundError:
            return None

    def write(self, verified: Verified) -> None:
        """Keep a state. Losing it costs a whole verification, so it is not synced."""
        root = base64.b64encode(verified.root).decode()
        text = json.dumps({"origin": verified.origin, "size": verified.size, "root": root})
        pending = self._path.with_name(f"{self.name}.{os.getpid()}")
        pending.touch(mode=0o600)
        pending.write_text(text, "utf-8")
        pending.replace(self._path)
