"""Databases of the demo with the tables that the programme's data map describes, and what invented people bought."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from privacy.cli.demo_people import Person
from privacy.programme.types import Programme

Row = Mapping[str, Any]
_PRODUCTS = ("Kalosze", "Parasol", "Konewka", "Sekator", "Lampion", "Hamak", "Doniczka", "Grabie")


def make(file: Path, programme: Programme, data_set: str, rows: Mapping[str, Iterable[Row]]) -> None:
    """A new SQLite file with each table of a data set, and these rows by table."""
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as database:
        for name, table in programme.data_sets[data_set].tables.items():
            key = ", ".join(f'"{one}"' for one in table.primary_key)
            columns = ", ".join(f'"{one.name}"' for one in table.fields)
            database.execute(f'CREATE TABLE "{name}" ({columns}, PRIMARY KEY ({key}))')
        database.execute("BEGIN")
        for name, held in rows.items():
            for row in held:
                columns, places = ", ".join(f'"{one}"' for one in row), ", ".join("?" * len(row))
                database.execute(f'INSERT INTO "{name}" ({columns}) VALUES ({places})', tuple(row.values()))  # noqa: S608  # names of our own
        database.execute("COMMIT")


def bought(everybody: Iterable[Person], today: date) -> dict[str, dict[str, list[Row]]]:
    """What the example's shop and billing hold of these people, by system and table; the same on each day."""
    shop: dict[str, list[Row]] = {"customer": [], "orders": [], "order_line": [], "cart": []}
    billing: dict[str, list[Row]] = {"invoice": [], "payment": []}
    for one in everybody:
        name, street, town = one.postal_address.split(", ")
        given, _, family = name.partition(" ")
        account = {"id": one.customer_id, "email": one.email, "phone": one.phone, "first_name": given}
        home = {"street": street, "postal_code": town[:6], "city": town[7:], "likely_to_return": one.number % 2}
        shop["customer"].append(account | {"last_name": family, "restricted": 0} | home)
        for turn in range(1, 2 + one.number % 3):
            _ordered(shop, billing, one, today - timedelta(days=300 * turn + one.number), turn)
        if one.number % 2:
            cart = {"id": one.number, "customer_id": one.customer_id, "product": _PRODUCTS[one.number % 8]}
            shop["cart"].append(cart | {"added_at": str(today - timedelta(days=one.number % 90))})
    return {"shop": shop, "billing": billing}


def _ordered(
    shop: dict[str, list[Row]], billing: dict[str, list[Row]], one: Person, ordered_on: date, turn: int
) -> None:
    name, _, address = one.postal_address.partition(", ")
    id_, customer_id = one.number * 10 + turn, one.customer_id
    order = {"id": id_, "customer_id": customer_id, "ordered_on": str(ordered_on), "restricted": 0}
    shop["orders"].append(order | {"recipient": name, "delivery_address": address})
    shop["order_line"].append({"id": id_, "order_id": id_, "product": _PRODUCTS[id_ % 8], "quantity": 1 + id_ % 3})
    number, due_on = f"FV/{ordered_on.year}/{id_:05d}", ordered_on + timedelta(days=25)
    invoice = {"number": number, "customer_id": customer_id, "buyer_email": one.email, "buyer": name}
    owed = {"address": address, "tax_due_on": str(due_on), "total": f"{id_ % 90 + 9}.99", "restricted": 0}
    billing["invoice"].append(invoice | owed)
    account = f"PL{id_:026d}"
    billing["payment"].append({"id": id_, "invoice_number": number, "account": account, "paid_on": str(due_on)})
