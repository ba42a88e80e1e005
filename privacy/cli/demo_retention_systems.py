"""The systems of `privacy demo retention`: a shop and a club in SQLite, with rows of many ages."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

_SCHEMAS = {
    "shop": """
        CREATE TABLE customer (id TEXT PRIMARY KEY, email TEXT, name TEXT);
        CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id TEXT REFERENCES customer (id), ordered_on DATE,
            product TEXT, total TEXT, delivered_to TEXT, note TEXT, restricted BOOLEAN NOT NULL DEFAULT 0);
        CREATE INDEX orders_of_customer ON orders (customer_id);
        CREATE TABLE visit (id INTEGER PRIMARY KEY, customer_id TEXT REFERENCES customer (id), page TEXT, seen_on DATE);
    """,
    "club": "CREATE TABLE member (card TEXT PRIMARY KEY, email TEXT, points INTEGER, last_seen_on DATE);",
}
_PRODUCTS = ("teapot", "scarf", "lamp", "novel", "jam", "boots")
_CUSTOMERS, _ORDERS, _VISITS, _MEMBERS = 250, 900, 700, 120
#: Whose orders are held, and how many orders nobody dated.
HELD, UNDATED = "C-0007", 3


@dataclass(frozen=True)
class Place:
    """One system of the demo."""

    system: str
    file: Path

    @property
    def url(self) -> str:
        """As a connection names it."""
        return f"sqlite:///{self.file}"

    def rows(self) -> Mapping[str, list[dict[str, Any]]]:
        """Everything that it holds now, by table."""
        with contextlib.closing(sqlite3.connect(self.file)) as connection:
            connection.row_factory = sqlite3.Row
            names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return {
                name: [dict(row) for row in connection.execute(f"SELECT * FROM {name}")]  # noqa: S608  # a name of ours
                for name in names
            }


def put_up(folder: Path, today: date) -> tuple[Place, ...]:
    """Make both in that folder."""
    tables = {"shop": {"customer": _customers(), "orders": _orders(today), "visit": _visits(today)}}
    every = tables | {"club": {"member": _members(today)}}
    places = []
    for system, schema in _SCHEMAS.items():
        place = Place(system, folder / f"{system}.sqlite3")
        with contextlib.closing(sqlite3.connect(place.file)) as connection, connection:
            connection.executescript(schema)
            for table, rows in every[system].items():
                _fill(connection, table, list(rows))
        places.append(place)
    return tuple(places)


def _fill(connection: sqlite3.Connection, table: str, rows: list[dict[str, Any]]) -> None:
    names = ", ".join(rows[0])
    places = ", ".join(f":{name}" for name in rows[0])
    connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", rows)  # noqa: S608  # names of ours


def _customers() -> Iterator[dict[str, Any]]:
    for number in range(1, _CUSTOMERS + 1):
        yield {"id": _customer(number), "email": f"customer{number}@example.com", "name": f"Customer {number}"}


def _orders(today: date) -> Iterator[dict[str, Any]]:
    """Over nine years, evenly; the last few without a day."""
    for number in range(1, _ORDERS + 1):
        ordered = today - timedelta(days=number * 9 * 365 // _ORDERS)
        yield {
            "id": number,
            "customer_id": _customer(number * 7 % _CUSTOMERS + 1),
            "ordered_on": None if number <= UNDATED else ordered.isoformat(),
            "product": _PRODUCTS[number % len(_PRODUCTS)],
            "total": f"{number % 90 + 10}.00",
            "delivered_to": f"ul. Polna {number % 80 + 1}, 60-001 Poznań",
            "note": "second floor, left",
        }


def _visits(today: date) -> Iterator[dict[str, Any]]:
    for number in range(1, _VISITS + 1):
        yield {
            "id": number,
            "customer_id": _customer(number * 11 % _CUSTOMERS + 1),
            "page": f"/{_PRODUCTS[number % len(_PRODUCTS)]}",
            "seen_on": (today - timedelta(days=number)).isoformat(),
        }


def _members(today: date) -> Iterator[dict[str, Any]]:
    """A tenth of them was not there for more than two years; one of these left no address."""
    for number in range(1, _MEMBERS + 1):
        away = 800 + number if number % 10 == 0 else number
        yield {
            "card": f"2900000{number:06d}",
            "email": None if number == _MEMBERS else f"member{number}@example.com",
            "points": number * 3,
            "last_seen_on": (today - timedelta(days=away)).isoformat(),
        }


def _customer(number: int) -> str:
    return f"C-{number:04d}"
