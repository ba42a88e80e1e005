"""Progress of a running import, written beside it: at most once a second, and often enough to keep the hold on it.

A thread of its own writes, so that neither a slow database holds up the import nor a long stretch without progress
(a large file is sorted) loses it. The import learns at its next progress call that it has to stop.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

from privacy import clock
from privacy.consent.uploads import lease
from privacy.consent.uploads.lease import LEASE, Held
from privacy.db import unit_of_work
from privacy.errors import PrivacyError

#: Opens what a thread needs to reach the database: the application's context.
Context = Callable[[], AbstractContextManager[Any]]

WRITE_SECONDS = 1.0
#: Without progress it is enough to write so often, in ticks: well within the lease, so that one may fail.
_QUIET_TICKS = LEASE // clock.SECOND // 5

_log = logging.getLogger("privacy.consent.uploads")


class Interrupted(Exception):
    """The import has to stop here: another worker has it, it was cancelled, or this worker is to end."""


class Heartbeat:
    """How far an import is, and whether it may go on."""

    def __init__(self, held: Held, stop: threading.Event) -> None:
        self._held, self._stop = held, stop
        self._lost = threading.Event()
        self._over = threading.Event()
        self._now: tuple[str | None, int, int] = (None, 0, 0)
        self._written_at = clock.micros()

    def progress(self, stage: str, done: int, of: int) -> None:
        """Note how far the import is; raises `Interrupted` where it has to stop."""
        self._now = (str(stage).lower(), done, of)
        if self._lost.is_set() or self._stop.is_set():
            raise Interrupted

    @contextlib.contextmanager
    def beating(self, context: Context) -> Iterator[None]:
        """Write while the import runs."""
        thread = threading.Thread(target=self._beat, args=(context,), name="import progress", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()

    def _beat(self, context: Context) -> None:
        written, quiet = None, 0
        while not self._over.wait(WRITE_SECONDS) and not self._lost.is_set():
            now, quiet = self._now, quiet + 1
            if now != written or quiet >= _QUIET_TICKS:
                written, quiet = now, 0
                self._write(context, *now)

    def _write(self, context: Context, stage: str | None, done: int, of: int) -> None:
        try:
            with context(), unit_of_work():
                kept = lease.renew(self._held, stage, done, of)
            self._written_at = clock.micros()
        except PrivacyError:
            # The database is away. Past the lease somebody else may have it, and nobody can tell us.
            kept = clock.micros() - self._written_at < LEASE
        if not kept:
            _log.warning("import lost", extra={"import_id": str(self._held.id)})
            self._lost.set()
