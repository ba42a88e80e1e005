"""Figures beside their floors, as a file for machines and a table for people."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """One measured value and its floor from the same run."""

    name: str
    database: str
    value: float
    unit: str
    floor_name: str
    floor_value: float
    #: value / floor_value. For rates more is better, for times and growth less.
    ratio: float


def figure(name: str, database: str, value: float, unit: str, floor: tuple[str, float]) -> Figure:
    """A figure with its ratio, rounded to what a measurement is worth."""
    floor_name, floor_value = floor
    ratio = value / floor_value if floor_value else 0.0
    return Figure(
        name, database, round(float(value), 3), unit, floor_name, round(float(floor_value), 3), round(ratio, 3)
    )


def median(values: Iterable[float]) -> float:
    """The middle of several rounds."""
    return statistics.median(list(values))


def write(figures: Sequence[Figure], path: Path) -> None:
    """Write the list as JSON."""
    path.write_text(json.dumps([asdict(one) for one in figures], indent=1) + "\n")


def table(figures: Sequence[Figure]) -> str:
    """The list as lines of equal columns."""
    head = ("name", "database", "value", "unit", "floor", "floor value", "ratio")
    lines = [
        (f.name, f.database, f"{f.value:,.2f}", f.unit, f.floor_name, f"{f.floor_value:,.2f}", f"{f.ratio:.2f}")
        for f in figures
    ]
    widths = [max(len(line[n]) for line in [head, *lines]) for n in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in [head, *lines]
    )
