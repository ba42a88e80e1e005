"""How much a run measures: the whole, or a small part that shows in a minute that everything works."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """Numbers of people, seconds and repetitions."""

    #: People behind `check_http`, and the two sizes that `check_growth` compares.
    people: int
    few: int
    many: int
    #: Length of one measured stretch, and how often it is repeated; the median counts.
    seconds: float
    rounds: int
    #: Rounds of `check_growth`, which compares two figures that differ by a few per cent.
    growth_rounds: int
    #: Numbers of clients.
    check_clients: tuple[int, ...]
    record_clients: tuple[int, ...]
    #: Lines of one `record_batch` request.
    batch_lines: int


FULL = Size(100_000, 10_000, 1_000_000, 3.0, 3, 6, (1, 16), (1, 8, 16), 4_000)
SMALL = Size(1_000, 500, 2_000, 0.4, 1, 2, (1, 16), (1, 16), 200)


def chosen(environ: Mapping[str, str]) -> Size:
    """The size that PRIVACY_BENCH_SIZE asks for: `full`, or `small`."""
    return {"full": FULL, "small": SMALL}[environ.get("PRIVACY_BENCH_SIZE", "full")]
