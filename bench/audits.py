"""`audit_verify_full` and `audit_verify_incremental`: the stored log verified, and what it costs as the log grows."""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Iterator
from pathlib import Path

from bench.places import Place, Site
from bench.report import Figure, figure, median
from bench.sizes import Size
from privacy.audit import service as audit
from privacy.authz.actors import SERVICE
from privacy.cli.opening import opened
from privacy.crypto import keyring
from privacy.crypto.owner_keys import SERVICE_OWNER, load_owner_key
from privacy.db import Driver, session, unit_of_work
from privacy.evidence import service as evidence
from privacy.evidence.service import Report

#: Events of one transaction while the log is filled.
_AT_ONCE = 1_000
#: New events that an incremental verification finds.
_NEW = 200
#: As many bytes as a leaf has, which any verification hashes at least once.
_LEAF = b"x" * 137


def measure(site: Site, size: Size) -> Iterator[Figure]:
    """Both on every database at hand, for two lengths of the log: the whole grows with it, the increment may not."""
    for kind in site.kinds:
        with contextlib.ExitStack() as stack:
            few, many = (stack.enter_context(site.place(kind)) for _ in range(2))
            taken = [
                _measure(place, leaves, size.rounds) for place, leaves in zip((few, many), size.leaves, strict=True)
            ]
            for (whole, _), leaves in zip(taken, size.leaves, strict=True):
                floor = ("hashing as many leaves", _hashing(leaves))
                yield figure(f"audit_verify_full of {leaves:,}", kind, whole, "s", floor)
            text = f"audit_verify_incremental of {_NEW} new in {size.leaves[1]:,}"
            yield figure(text, kind, taken[1][1], "s", (f"the same in {size.leaves[0]:,}", taken[0][1]))


def _measure(place: Place, leaves: int, rounds: int) -> tuple[float, float]:
    """Seconds of a whole verification, and of an incremental one (the median of several)."""
    with opened(place.config) as config:
        anchor = audit.Anchor(config.anchor_path)
        _record(leaves, anchor)
        started = time.perf_counter()
        _verify(config.anchor_path, config.verified_path, full=True)
        whole = time.perf_counter() - started
        parts = []
        for _ in range(max(rounds, 2)):
            _record(_NEW, anchor)
            started = time.perf_counter()
            report = _verify(config.anchor_path, config.verified_path, full=False)
            parts.append(time.perf_counter() - started)
            assert report.events == _NEW
        return whole, median(parts)


def _verify(anchor: Path, verified: Path, *, full: bool) -> Report:
    report = evidence.verify_installation(
        anchor=anchor, verified=verified, full=full, progress=lambda _done, _all: None
    )
    assert report.ok, report.lines()[:5]
    return report


def _record(number: int, anchor: audit.Anchor) -> None:
    """So many events with their bodies, sequenced and published."""
    for start in range(0, number, _AT_ONCE):
        with unit_of_work():
            driver, key = Driver.of(session()), load_owner_key(session(), keyring.installed(), SERVICE_OWNER)
            work: audit.Work = []
            for n in range(start, min(start + _AT_ONCE, number)):
                _, event = audit.prepare(
                    "thing.done", actor=SERVICE, object_type="thing", object_id=str(n), content={"n": n}, key=key
                )
                work += event
            driver.run_all(work)
        audit.settle(anchor, seconds=60)


def _hashing(leaves: int) -> float:
    started = time.perf_counter()
    for _ in range(leaves):
        hashlib.sha256(_LEAF).digest()
    return time.perf_counter() - started
