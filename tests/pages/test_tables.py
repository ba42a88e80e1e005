"""Tables of staff: their order, what narrows them, and the same rows as a file that no spreadsheet runs."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from privacy.pages.tables import Choice, Column, Kind, Table, as_csv, table


@dataclass(frozen=True)
class Fruit:
    """A row."""

    name: str
    weight: int | None
    picked: int | None


ROWS = [Fruit("pear", 3, 1_795_000_000_000_000), Fruit("=apple()", 20, None), Fruit("żurawina", None, 0)]
COLUMNS: tuple[Column[Fruit], ...] = (
    Column("name", "Name", lambda row: row.name),
    Column("weight", "Weight", lambda row: row.weight, Kind.NUMBER),
    Column("picked", "Picked", lambda row: row.picked, Kind.MOMENT),
)
HEAVY = Choice[Fruit]("size", "Size", [("heavy", "Heavy")], lambda row, _: (row.weight or 0) > 10)


def of(app: Flask, query: str) -> Table[Fruit]:
    """The table of an address."""
    with app.test_request_context(f"/docs{query}"):
        return table("Fruit", COLUMNS, ROWS, choices=[HEAVY])


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["pear", "=apple()", "żurawina"]),
        ("?sort=name", ["=apple()", "pear", "żurawina"]),
        ("?sort=weight", ["pear", "=apple()", "żurawina"]),
        ("?sort=weight&falling=1", ["=apple()", "pear", "żurawina"]),
        ("?size=heavy", ["=apple()"]),
        ("?size=nonsense&sort=nonsense", ["pear", "=apple()", "żurawina"]),
    ],
)
def test_the_address_says_which_rows_in_which_order(app: Flask, query: str, names: list[str]) -> None:
    assert [row.name for row in of(app, query).rows] == names


def test_links_keep_what_was_chosen_and_turn_the_order(app: Flask) -> None:
    with app.test_request_context("/docs?size=heavy&sort=weight"):
        made = table("Fruit", COLUMNS, ROWS, choices=[HEAVY])
        assert made.sort_link(COLUMNS[1]) == "/docs?size=heavy&sort=weight&falling=1"
        assert made.sort_link(COLUMNS[0]) == "/docs?size=heavy&sort=name"
        assert made.csv_link() == "/docs?size=heavy&sort=weight&as=csv"


def test_the_file_has_the_rows_that_are_shown(app: Flask) -> None:
    with app.test_request_context("/docs?sort=name&as=csv"):
        answer: Any = as_csv(table("Fruit", COLUMNS, ROWS), "fruit")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="fruit.csv"')
    assert list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig")))) == [
        ["Name", "Weight", "Picked"],
        ["'=apple()", "20", ""],
        ["pear", "3", "2026-11-18T11:06:40Z"],
        ["żurawina", "", "1970-01-01T00:00:00Z"],
    ]
    with app.test_request_context("/docs"):
        assert as_csv(table("Fruit", COLUMNS, ROWS), "fruit") is None
