"""The shop and the billing of the example programme as two small databases, with rows of many ages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool

from privacy.programme.types import Programme, System
from privacy.systems.connector import Connector, SystemUnreachable
from privacy.systems.sql import SqlConnector

_SHOP = """
CREATE TABLE customer (id INTEGER PRIMARY KEY, email TEXT, phone TEXT, first_name TEXT, last_name TEXT, street TEXT,
  postal_code TEXT, city TEXT, birth_on TEXT, likely_to_return TEXT, restricted BOOLEAN);
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customer(id), ordered_on TEXT,
  recipient TEXT, delivery_address TEXT, restricted BOOLEAN);
CREATE TABLE order_line (id INTEGER PRIMARY KEY, order_id INTEGER REFERENCES orders(id), product TEXT, quantity INT);
CREATE TABLE cart (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customer(id), product TEXT, added_at TEXT)
"""
_BILLING = """
CREATE TABLE invoice (number TEXT PRIMARY KEY, customer_id INTEGER, buyer_email TEXT, buyer TEXT, address TEXT,
  tax_due_on TEXT, total TEXT, restricted BOOLEAN);
CREATE TABLE payment (id INTEGER PRIMARY KEY, invoice_number TEXT, account TEXT, paid_on TEXT)
"""


class OldShop:
    """Both databases. Systems that are not there do not answer."""

    def __init__(self, folder: Path) -> None:
        self._urls = {
            name: URL.create("sqlite", database=str(folder / f"{name}.sqlite3")) for name in ("shop", "billing")
        }
        for name, schema in (("shop", _SHOP), ("billing", _BILLING)):
            with self._engine(name).begin() as connection:
                for statement in schema.split(";"):
                    connection.exec_driver_sql(statement)

    def put(self, system: str, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Rows of one table, with the same fields each."""
        rows = list(rows)
        names = ", ".join(rows[0])
        values = ", ".join(f":{name}" for name in rows[0])
        with self._engine(system).begin() as connection:
            connection.execute(sa.text(f"INSERT INTO {table} ({names}) VALUES ({values})"), rows)  # names of this test

    def orders(
        self, days: Mapping[int, str | None], *, customer: int | None = None, delivered: str | None = None
    ) -> None:
        """Orders by number, and the day of each."""
        same = {"customer_id": customer, "recipient": "Anna", "delivery_address": delivered, "restricted": False}
        self.put("shop", "orders", [{"id": number, "ordered_on": day, **same} for number, day in days.items()])

    def drop(self, system: str, table: str) -> None:
        """A table is gone, as by a mistaken migration."""
        with self._engine(system).begin() as connection:
            connection.exec_driver_sql(f"DROP TABLE {table}")

    def connect(self, system: System, _programme: Programme) -> Connector:
        """A connection to one of them."""
        if system.code not in self._urls:
            raise SystemUnreachable(f"System {system.code} does not answer.")
        return SqlConnector(system.code, self._urls[system.code])

    def url(self, system: str) -> str:
        """Its address, as it is given to `privacy systems connect`."""
        return self._urls[system].render_as_string(hide_password=False)

    def lose(self, system: str) -> None:
        """From now on a system does not answer."""
        del self._urls[system]

    def _engine(self, name: str) -> sa.Engine:
        return sa.create_engine(self._urls[name], poolclass=NullPool)
