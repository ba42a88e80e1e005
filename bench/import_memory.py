"""`import_memory`: the peak memory of `privacy import` on an export of millions of rows, beside the limit.

To record millions of people takes too long for a measurement, so there are two exports of that many rows. One is of as
many people: all of it is read, sorted and joined, and the import is ended after its first acts. The other repeats few
people: all of it is read, sorted, joined and recorded to the end. On SQLite, whose pages the process maps and which
therefore takes the most.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import exports, import_program
from bench.import_program import ImportFailed
from bench.places import Place, Site
from bench.report import Figure, figure
from bench.sizes import Size

_KIND = "sqlite"
_MEGABYTE = 1_000_000
_LIMIT = "the limit", 300.0
#: Acts after which the recording has shown what it holds at a time.
_ACTS = 500


def measure(site: Site, size: Size) -> Iterator[Figure]:
    """Both exports, one after the other, so that only one lies on the disk."""
    with TemporaryDirectory(prefix="privacy-bench-exports-") as folder, site.place(_KIND) as place:
        path = exports.crm(Path(folder), range(size.memory_rows))
        yield from _distinct(place, path, size.memory_rows)
    with TemporaryDirectory(prefix="privacy-bench-exports-") as folder, site.place(_KIND) as place:
        path = exports.crm(Path(folder), range(size.memory_people), rows=size.memory_rows)
        yield _repeated(place, path, size.memory_rows)


def _distinct(place: Place, path: Path, rows: int) -> Iterator[Figure]:
    with import_program.started(place, exports.CRM, path) as running:
        seconds = running.wait_for_acts(place, 0)
        running.wait_for_acts(place, _ACTS)
        peak = running.end()
    yield figure("import_memory_distinct", place.kind, peak / _MEGABYTE, "MB", _LIMIT)
    floor = "the csv module reading the file", rows / _seconds_to_read(path)
    yield figure("import_sorting", place.kind, rows / seconds, "rows/s", floor)


def _repeated(place: Place, path: Path, rows: int) -> Figure:
    done = import_program.run(place, exports.CRM, path)
    if done.report["rows"] != rows:
        raise ImportFailed(f"{done.report['rows']} rows of {rows}.")
    return figure("import_memory_repeated", place.kind, done.peak / _MEGABYTE, "MB", _LIMIT)


def _seconds_to_read(path: Path) -> float:
    started = time.perf_counter()
    with path.open(encoding="cp1250", newline="") as stream:
        for _ in csv.reader(stream, delimiter=";"):
            pass
    return time.perf_counter() - started
