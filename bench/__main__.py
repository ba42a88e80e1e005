"""Measure everything: `python -m bench`. With `load`: what the load generator itself can send."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from bench import (
    audits,
    backups,
    checks,
    erasures,
    fields,
    growth,
    import_memory,
    imports,
    limits,
    load,
    log,
    page_homes,
    places,
    records,
    report,
    report_pages,
    requests,
    restores,
    retention,
    rotations,
    statistics,
)
from bench.places import Site
from bench.report import Figure
from bench.serving import granian
from bench.sizes import Size, chosen
from privacy.crypto import keyring

RESULTS = Path(__file__).resolve().parent / "results.json"
_MEASUREMENTS: dict[str, Callable[[Site, Size], Iterator[Figure]]] = {
    "check": checks.measure,
    "record": records.measure,
    "import": imports.measure,
    "import_memory": import_memory.measure,
    "audit_verify": audits.measure,
    "audit_log": log.measure,
    "rotate_kek": rotations.measure,
    "erase_subject": erasures.measure,
    "field_roundtrip": fields.measure,
    "rate_limit": limits.measure,
    "backup": backups.measure,
    "restore": restores.measure,
    "dsar_access": requests.access,
    "dsar_erasure": requests.erasure,
    "traversal_growth": growth.measure,
    "retention": retention.measure,
    "consent_statistics": statistics.measure,
    "report_pages": report_pages.measure,
    "page_homes": page_homes.measure,
}


def main(wanted: list[str]) -> None:
    """Run the measurements named, or all, print the table and write `bench/results.json`."""
    size = chosen(os.environ)
    if wanted == ["load"]:
        _measure_load(size)
        return
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="privacy-bench-") as folder, places.site(Path(folder)) as site:
        keyring.install(site.ring)
        for name in wanted or list(_MEASUREMENTS):
            for found in _MEASUREMENTS[name](site, size):
                print(report.table([found]).splitlines()[1], flush=True)
                figures.append(found)
    output = Path(os.environ.get("PRIVACY_BENCH_RESULTS", RESULTS))
    report.write(figures, output)
    print(f"\n{report.table(figures)}\n\nWritten to {output}")


def _measure_load(size: Size) -> None:
    request = load.post("/", b"{}", key="none")
    with granian("bench.floor:nothing", workers=1) as port:
        for clients in size.check_clients:
            outcome = load.run(port, load.cycle([request]), clients=clients, seconds=size.seconds)
            print(f"{clients:3} clients: {outcome.rate:,.0f} requests/s against an application that does nothing")


if __name__ == "__main__":
    main(sys.argv[1:])
