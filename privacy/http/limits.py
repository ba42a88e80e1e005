"""Rate limits that are exact over all processes of one machine, without a server.

A file of fixed size, mapped into each process. An actor's counter lives in one of the eight slots of its bucket, and
a bucket is changed only under its own record lock, which the kernel drops when a process dies. One take costs about
ten microseconds. Nothing in the file but actor ids and counts. Headers: draft-ietf-httpapi-ratelimit-headers.

Two machines have two files: the limit then holds on each.
"""

from __future__ import annotations

import fcntl
import math
import mmap
import os
import struct
import threading
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from privacy import clock
from privacy.http.failures import QuotaExceeded

WINDOW_SECONDS = 60

#: Actor id, start of the window in microseconds, requests in it.
_SLOT = struct.Struct("=16sqq")
_SLOTS = 8
_BUCKET_BYTES = _SLOT.size * _SLOTS
_BUCKETS = 4096
_WINDOW = WINDOW_SECONDS * clock.SECOND


@dataclass(frozen=True, slots=True)
class Allowance:
    """What an actor has left in its window."""

    allowed: bool
    quota: int
    remaining: int
    #: Whole seconds until the window ends.
    reset_seconds: int

    def headers(self) -> list[tuple[str, str]]:
        """`RateLimit-Policy` and `RateLimit`."""
        return [
            ("RateLimit-Policy", f'"default";q={self.quota};w={WINDOW_SECONDS}'),
            ("RateLimit", f'"default";r={self.remaining};t={self.reset_seconds}'),
        ]

    def refuse(self) -> QuotaExceeded:
        """The error for a request that is not allowed any more."""
        extensions: dict[str, Any] = {"retry_after": self.reset_seconds, "violated-policies": ["default"]}
        return QuotaExceeded(**extensions)


class RateLimiter:
    """Counts requests of each actor in windows of a minute that begin with its first request."""

    def __init__(self, path: Path, *, quota: int) -> None:
        """Map the counters in the file at `path`, which is made when it is not there. `quota`: requests a minute."""
        self.quota = quota
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        self._let_go = weakref.finalize(self, os.close, self._file)  # Also where an application is merely dropped.
        if os.fstat(self._file).st_size < _BUCKETS * _BUCKET_BYTES:
            os.ftruncate(self._file, _BUCKETS * _BUCKET_BYTES)
        self._map = mmap.mmap(self._file, _BUCKETS * _BUCKET_BYTES)
        # Record locks belong to the process: between its threads they exclude nobody.
        self._threads = threading.Lock()

    def take(self, actor_id: UUID, quota: int | None = None) -> Allowance:
        """Count one request of the actor and say whether it is within `quota` (the common one unless given)."""
        limit = self.quota if quota is None else quota
        key = actor_id.bytes
        # The last bytes of a UUIDv7 are random.
        bucket = int.from_bytes(key[-4:], "big") % _BUCKETS * _BUCKET_BYTES
        with self._threads:
            fcntl.lockf(self._file, fcntl.LOCK_EX, _BUCKET_BYTES, bucket)
            try:
                start, count = self._count(bucket, key, limit)
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN, _BUCKET_BYTES, bucket)
        left = start + _WINDOW - clock.micros()
        reset = max(1, min(WINDOW_SECONDS, math.ceil(left / clock.SECOND)))
        return Allowance(count <= limit, limit, max(0, limit - count), reset)

    def close(self) -> None:
        """Let go of the file."""
        self._map.close()
        self._let_go()

    def _count(self, bucket: int, key: bytes, limit: int) -> tuple[int, int]:
        """Count one request in the actor's slot, or in the slot whose window began longest ago."""
        now = clock.micros()
        place, oldest = bucket, now + 1
        for at in range(bucket, bucket + _BUCKET_BYTES, _SLOT.size):
            holder, start, count = _SLOT.unpack_from(self._map, at)
            if holder == key:
                # A start in the future: the clock was set back.
                begin, seen = (start, count) if start <= now < start + _WINDOW else (now, 0)
                _SLOT.pack_into(self._map, at, key, begin, min(seen, limit) + 1)
                return begin, min(seen, limit) + 1
            if start < oldest:
                place, oldest = at, start
        _SLOT.pack_into(self._map, place, key, now, 1)
        return now, 1
