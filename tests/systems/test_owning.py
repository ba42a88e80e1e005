"""Whose rows are, and what refers to them: by the references of the data map, for many rows at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from privacy.programme.data_map import DataSet, Table
from privacy.systems import service as systems
from privacy.systems.connector import Key, Row
from privacy.systems.graph import Identifier
from privacy.systems.referring import Where
from tests.systems.test_graph import a_field, a_reference

ID = a_field("id", primary_key=True)


def a_shop() -> DataSet:
    """Lines of invoices of customers, who were brought by other customers."""
    customer = Table(
        "customer",
        None,
        (
            ID,
            a_field("email", identity="email"),
            a_field("brought_by", references=a_reference("shop.customer.id")),
        ),
        None,
        None,
    )
    invoice = Table(
        "invoice",
        None,
        (ID, a_field("customer_id", references=a_reference("shop.customer.id"))),
        None,
        None,
    )
    line = Table(
        "line",
        None,
        (
            ID,
            a_field("invoice_id", references=a_reference("shop.invoice.id", None)),
            a_field("card", identity="loyalty_card"),
        ),
        None,
        None,
    )
    return DataSet("shop", "shop", None, {one.name: one for one in (customer, invoice, line)})


ROWS: Mapping[str, Sequence[Row]] = {
    "customer": [
        {"id": 1, "email": "anna@example.com", "brought_by": 2},
        {"id": 2, "email": "ben@example.com", "brought_by": 1},  # Each brought the other: a circle.
        {"id": 3, "email": None, "brought_by": None},
    ],
    "invoice": [{"id": 10, "customer_id": 1}, {"id": 11, "customer_id": 3}, {"id": 12, "customer_id": None}],
    "line": [
        {"id": 100, "invoice_id": 10, "card": "L-1"},
        {"id": 101, "invoice_id": 11, "card": None},
        {"id": 102, "invoice_id": 12, "card": "%"},
        {"id": 103, "invoice_id": 10, "card": None},
    ],
}


class Asked:
    """The shop's tables, and what was asked of them."""

    def __init__(self) -> None:
        self.questions: list[Where] = []

    def find(self, where: Where, keys: Sequence[Key]) -> Sequence[Row]:
        self.questions.append(where)
        wanted = {key.name: {str(value) for value in key.values} for key in keys}
        return [row for row in ROWS[where[1]] if any(str(row[name]) in some for name, some in wanted.items())]


def names(owners: frozenset[Identifier]) -> set[tuple[str, Any]]:
    return {(one.kind, one.value) for one in owners}


ANNA, BEN = ("email", "anna@example.com"), ("email", "ben@example.com")


def test_a_row_is_about_everybody_to_whom_its_references_lead() -> None:
    asked = Asked()
    found = systems.owners_of([a_shop()], ("shop", "line"), ROWS["line"], asked.find)
    assert [names(one) for one in found] == [{("loyalty_card", "L-1"), ANNA, BEN}, set(), set(), {ANNA, BEN}]
    assert asked.questions[:2] == [("shop", "invoice"), ("shop", "customer")], "one question for a table and step"


def test_a_circle_of_references_ends() -> None:
    found = systems.owners_of([a_shop()], ("shop", "customer"), ROWS["customer"], Asked().find)
    assert [names(one) for one in found] == [{ANNA, BEN}, {ANNA, BEN}, set()]


@pytest.mark.parametrize(
    ("customer", "invoices", "lines", "customers"),
    [(0, [10], [100, 103], [2]), (2, [11], [101], [])],
)
def test_what_refers_to_a_row_is_found_however_far(
    customer: int, invoices: list[int], lines: list[int], customers: list[int]
) -> None:
    found = systems.referring([a_shop()], ("shop", "customer"), [ROWS["customer"][customer]], Asked().find)
    told = {table: [row["id"] for row in rows] for (_, table), rows in found.items()}
    assert told.pop("customer", []) == customers
    assert told == {"invoice": invoices, "line": lines}


def test_nothing_is_asked_of_rows_that_refer_to_nothing() -> None:
    asked = Asked()
    assert systems.referring([a_shop()], ("shop", "line"), ROWS["line"], asked.find) == {}
    assert systems.owners_of([a_shop()], ("shop", "customer"), [], asked.find) == []
    assert asked.questions == []
