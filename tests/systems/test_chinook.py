"""A real shop in three databases: one customer is found in each, and erased without a trace of change elsewhere."""

from __future__ import annotations

import contextlib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool

from bench import chinook
from privacy.authz.actors import OPERATOR
from privacy.db import unit_of_work
from privacy.programme import service as programmes
from privacy.programme.types import DataSet, Programme, Strategy
from privacy.systems import service as systems
from privacy.systems.connector import Connector, Key, Level, Row, Task, Verb

TASK = Task(UUID(int=1), UUID(int=2))
ERASED_ON = date(2026, 11, 21)
SECRET = b"s" * 32

pytestmark = pytest.mark.skipif(not chinook.is_here(), reason=chinook.MISSING)


@pytest.fixture
def places(tmp_path: Path, postgresql_database: URL, mariadb_database: URL) -> dict[str, URL]:
    """Where each system is."""
    return {
        "shop": chinook.shop(tmp_path),
        "billing": chinook.billing(postgresql_database),
        "crm": chinook.crm(mariadb_database),
    }


@pytest.fixture
def programme(context: Flask, places: dict[str, URL]) -> Programme:
    """The programme with the three systems, connected."""
    with unit_of_work():
        programmes.apply(programmes.read(chinook.document()), actor=OPERATOR, purpose_in_use=lambda _code: False)
    for code, url in places.items():
        with unit_of_work():
            given = {"url": url.render_as_string(hide_password=False)}
            systems.put_connection(code, given, actor=OPERATOR)
    return programmes.current()


def found(connector: Connector, data_set: DataSet) -> dict[tuple[str, str], list[Row]]:
    """What is held about Luís, followed by hand."""
    tables = {name.lower().replace("_", ""): table for name, table in data_set.tables.items()}
    customer, invoice, line = tables["customer"], tables["invoice"], tables["invoiceline"]
    [person] = connector.find(TASK, customer, [Key(_field(customer, "email"), (chinook.LUIS.upper(),))], limit=5).rows
    number = person[_field(customer, "customerid")]
    invoices = connector.find(TASK, invoice, [Key(_field(invoice, "customerid"), (number,))], limit=99).rows
    numbers = tuple(row[_field(invoice, "invoiceid")] for row in invoices)
    lines = connector.find(TASK, line, [Key(_field(line, "invoiceid"), numbers)], limit=99).rows
    code = data_set.code
    return {(code, customer.name): [person], (code, invoice.name): list(invoices), (code, line.name): list(lines)}


def _field(table: Any, name: str) -> str:
    [one] = [one.name for one in table.fields if one.name.lower().replace("_", "") == name]
    return str(one)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # The service's own plays no part.
def test_a_customer_is_found_in_each_and_erased_and_nothing_else_is_touched(
    programme: Programme, places: dict[str, URL]
) -> None:
    for code, url in places.items():
        system = programme.systems[code]
        [data_set] = systems.data_sets_of(system, programme)
        whole = chinook.digests(url)
        others = chinook.digests(url, _of_luis(code))
        with contextlib.closing(systems.connect(system, programme)) as connector:
            assert {one.level for one in connector.test([data_set]) if one.code != "too_much_power"} <= {
                Level.OK,
                Level.WARNING,
            }
            rows = found(connector, data_set)
            assert [len(some) for some in rows.values()] == [1, 7, 38], code
            totals = [
                Decimal(str(row[name])) for row in list(rows.values())[1] for name in row if name.lower() == "total"
            ]
            assert sum(totals) == Decimal("39.62")
            fates = systems.fates([data_set], rows, programme, ERASED_ON, secret=SECRET)
            changes = [change for one in fates if (change := one.change)]
            done = connector.change(TASK, Verb.ERASE, list(data_set.tables.values()), changes)
            assert connector.change(TASK, Verb.ERASE, list(data_set.tables.values()), changes) == done
        _ensure_told(fates)
        _ensure_erased(code, url)
        after = chinook.digests(url, _of_luis(code))
        assert after == others, "every other row is byte for byte as it was"
        changed = {name for name, digest in chinook.digests(url).items() if digest != whole[name]}
        assert changed == ({"customer", "invoice"} if code == "billing" else {"Customer"})


def _ensure_told(fates: Any) -> None:
    """Invoices and lines are kept for the tax statute to the end of a year, the customer's own fields go."""
    by_table = {one.table.name.lower().replace("_", ""): one for one in fates}
    assert [one.table.name.lower().replace("_", "") for one in fates] == ["invoiceline", "invoice", "customer"]
    kept = {fate for row in by_table["invoice"].rows for fate in row.fields}
    assert {fate.strategy for fate in kept} == {Strategy.KEEP}
    assert {fate.until for fate in kept} <= {f"{year}-12-31" for year in range(2026, 2031)}
    assert all(fate.statute and fate.statute.startswith("Ordynacja podatkowa") for fate in kept)
    erased = {fate.strategy for row in by_table["customer"].rows for fate in row.fields}
    assert erased == {Strategy.CONSTANT, Strategy.NULL}


def _ensure_erased(code: str, url: URL) -> None:
    with sa.create_engine(url, poolclass=NullPool).connect() as connection:
        [row] = connection.execute(
            sa.text("SELECT * FROM " + ("customer" if code == "billing" else "Customer") + " WHERE " + _number(code))
        ).mappings()
        kept = {name.lower().replace("_", ""): value for name, value in row.items() if value is not None}
        assert set(kept) == {"customerid", "firstname", "lastname", "email", "supportrepid"}
        assert kept["firstname"] == kept["lastname"] == "-"
        assert kept["email"].endswith("@example.invalid")
        assert "luis" not in kept["email"]
        if code == "billing":
            marked = sa.text("SELECT count(*), min(customer_id), max(customer_id) FROM invoice WHERE restricted")
            assert connection.execute(marked).one() == (7, 1, 1)


def _number(code: str) -> str:
    return f"{'customer_id' if code == 'billing' else 'CustomerId'} = {chinook.LUIS_ID}"


def _of_luis(code: str) -> dict[str, sa.ColumnElement[bool]]:
    """His own rows: those that may change."""
    own = sa.literal_column(_number(code))
    return {"customer": own, "invoice": own} if code == "billing" else {"customer": own}
