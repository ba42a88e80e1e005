"""Do imports that were asked for over the API, one after the other, in a worker.

A run that ends without saying so (kill -9, a power cut) is taken up by the next worker once its hold has run out, and
begins anew: what was recorded is known, so the end is the same. Files are read where they lie, sealed.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass

from privacy.consent.importing.running import ImportOut
from privacy.consent.importing.waterfall import Waterfall
from privacy.consent.uploads import account, lease
from privacy.consent.uploads.engine import prepared
from privacy.consent.uploads.heartbeat import Context, Heartbeat, Interrupted
from privacy.consent.uploads.lease import Held, StoredRejects
from privacy.consent.uploads.rejects_writer import RejectsWriter
from privacy.consent.uploads.store import ImportStore
from privacy.db import unit_of_work
from privacy.errors import InvalidInput, Unavailable, VerificationError

DAMAGED = "The stored upload is damaged, or the service's keys are not those that it was sealed with. Upload it again."
FAULT = "A fault of the service; its log says more. What was recorded is kept, and the file may be imported again."

_log = logging.getLogger("privacy.consent.uploads")


@dataclass(frozen=True)
class _End:
    """How a run ended: with counts, or with a problem."""

    out: ImportOut | None
    problem: str | None
    rejects: StoredRejects | None
    waterfall: str | None


def run_imports(store: ImportStore, context: Context, stop: threading.Event) -> int:
    """Do every import that waits, until `stop`; returns how many this worker brought to an end.

    Opens contexts and units of work of its own. Raises `Unavailable` where the database is away.
    """
    ended = 0
    while not stop.is_set() and (held := _claimed(store, context)) is not None:
        ended += _do(held, store, context, stop)
    return ended


def _claimed(store: ImportStore, context: Context) -> Held | None:
    # The look comes first and apart: it is made every few seconds, and writers should not queue behind it.
    with context():
        if not lease.any_free():
            return None
    with context(), unit_of_work():
        return lease.claim(store.has)


def _do(held: Held, store: ImportStore, context: Context, stop: threading.Event) -> bool:
    """Run one import; False where it was given back or lost."""
    _log.info("import began", extra={"import_id": str(held.id)})
    heartbeat = Heartbeat(held, stop)
    with RejectsWriter(store, held.id) as rejects:
        try:
            with heartbeat.beating(context):
                end = _run(held, store, context, heartbeat, rejects)
        except Interrupted:
            _give_back(held, context)
            return False
        except Unavailable:
            _give_back(held, context)
            raise
        return _note(held, store, context, end)


def _run(held: Held, store: ImportStore, context: Context, heartbeat: Heartbeat, rejects: RejectsWriter) -> _End:
    out, problem, waterfall = None, None, Waterfall()
    try:
        with context():
            made = prepared(held, store)
            out = made.run(
                dry_run=held.dry_run, on_reject=rejects.add, on_progress=heartbeat.progress, waterfall=waterfall
            )
    except (Interrupted, Unavailable):
        raise
    except InvalidInput as error:
        problem = error.detail
    except (VerificationError, FileNotFoundError):
        problem = DAMAGED
    except Exception:
        _log.exception("import failed", extra={"import_id": str(held.id)})
        problem = FAULT
    return _End(out, problem, rejects.finish(), account.kept(waterfall, made) if out is not None else None)


def _note(held: Held, store: ImportStore, context: Context, end: _End) -> bool:
    """Write down how it ended; then the upload goes, and the rejects too where the import is ours no more."""
    with context(), unit_of_work():
        if end.out is not None:
            kept = lease.finish(held, end.out.as_dict(), end.rejects, end.waterfall)
        else:
            kept = lease.fail(held, end.problem or FAULT, end.rejects)
    if kept:
        store.remove(held.upload)
        _log.info("import ended", extra={"import_id": str(held.id), "failed": end.out is None})
    elif end.rejects is not None:
        store.remove(end.rejects.name)
    return kept


def _give_back(held: Held, context: Context) -> None:
    """Best effort: where the database is away, the hold runs out by itself."""
    try:
        with context(), unit_of_work():
            lease.release(held)
    except Unavailable:
        _log.warning("import not given back: the database is away", extra={"import_id": str(held.id)})
