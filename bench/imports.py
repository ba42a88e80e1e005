"""`import_rows`: exports taken over by `privacy import`, beside the same rows inserted in bulk by the raw driver."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import commits, exports, import_live, import_program
from bench.exports import Tool
from bench.import_program import ImportFailed
from bench.places import Place, Site
from bench.report import Figure, figure, median
from bench.sizes import Size

_TOOLS = (exports.CRM, exports.MAILCHIMP)
_FLOOR_BULK = "the same rows inserted in bulk"
_FLOOR_FIRST = "the import itself"


def measure(site: Site, size: Size) -> Iterator[Figure]:
    """How fast, and what live writers feel of it; each on a fresh installation."""
    with TemporaryDirectory(prefix="privacy-bench-exports-") as name:
        folder = Path(name)
        for kind in site.kinds:
            for tool in _TOOLS:
                with site.place(kind) as place:
                    yield from _import_rows(place, tool, size, folder / kind)
            with site.place(kind) as place:
                yield from import_live.measure(place, size, folder / f"{kind}-live")


def _import_rows(place: Place, tool: Tool, size: Size, folder: Path) -> Iterator[Figure]:
    """People nobody knows yet, as a dry run and recorded, then the same export again. The program's start counts."""
    recorded, bulk, exported, dry, again = [], [], [], [], []
    for turn in range(size.import_rounds):
        people = range(turn * size.import_rows, (turn + 1) * size.import_rows)
        path = tool.write(folder, people)
        dry.append(_rate(place, tool, path, "--dry-run"))
        before = commits.row_counts(place)
        done = import_program.run(place, tool, path)
        made = commits.row_counts(place) - before
        if done.report["rows"] != len(people) or not done.report["acts_recorded"] == made["consent_act"] > 0:
            raise ImportFailed(f"{made['consent_act']} acts of {len(people)} rows: {done.report}")
        exported.append(len(people) / done.seconds)
        recorded.append(sum(made.values()) / done.seconds)
        bulk.append(commits.in_bulk(place, made))
        before = commits.row_counts(place)
        again.append(_rate(place, tool, path))
        if commits.row_counts(place) != before:
            raise ImportFailed("The same export, imported again, changed something.")
    name = f"import_rows_{tool.name}"
    rows_each = median(recorded) / median(exported)
    yield figure(name, place.kind, median(recorded), "rows/s", (_FLOOR_BULK, median(bulk)))
    floor = _FLOOR_BULK, median(bulk) / rows_each
    yield figure(f"{name}_of_export", place.kind, median(exported), "rows/s", floor)
    for what, rates in (("again", again), ("dry_run", dry)):
        yield figure(f"{name}_{what}", place.kind, median(rates), "rows/s", (_FLOOR_FIRST, median(exported)))


def _rate(place: Place, tool: Tool, path: Path, *extra: str) -> float:
    done = import_program.run(place, tool, path, *extra)
    return done.report["rows"] / done.seconds
