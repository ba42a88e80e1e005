"""What somebody who knows the three databases would write: a customer's rows, and their erasure."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection

_TABLES = {
    "shop": ("Customer", "Email", "CustomerId", "Invoice", "InvoiceId", "InvoiceLine"),
    "billing": ("customer", "email", "customer_id", "invoice", "invoice_id", "invoice_line"),
    "crm": ("Customer", "Email", "CustomerId", "Invoice", "InvoiceId", "InvoiceLine"),
}
_EMPTIED = ("Company", "Address", "City", "State", "Country", "PostalCode", "Phone", "Fax")


class ByHand:
    """Open connections to the three."""

    def __init__(self, urls: Mapping[str, URL]) -> None:
        self._stack = contextlib.ExitStack()
        self._open: dict[str, Connection] = {}
        for code, url in urls.items():
            engine = sa.create_engine(url)
            self._stack.callback(engine.dispose)
            self._open[code] = self._stack.enter_context(engine.connect())
        self.find("nobody@example.invalid")

    def close(self) -> None:
        """Let go of them."""
        self._stack.close()

    def find(self, email: str) -> float:
        """Seconds for the customer, the invoices and their lines in each."""
        began = time.perf_counter()
        for code, connection in self._open.items():
            _found(connection, code, email)
            connection.rollback()
        return time.perf_counter() - began

    def erase(self, email: str) -> float:
        """Seconds for that, for erasing the customer's fields in each with a commit, and looking again."""
        began = time.perf_counter()
        for code, connection in self._open.items():
            _, by_email, by_id, invoice, *_ = _TABLES[code]
            for number in _found(connection, code, email):
                for statement in _changes(code, by_email, by_id, invoice):
                    connection.exec_driver_sql(statement.format(number))
            connection.commit()
            _found(connection, code, email)
            connection.rollback()
        return time.perf_counter() - began


def _found(connection: Connection, code: str, email: str) -> list[int]:
    customer, by_email, by_id, invoice, invoice_id, line = _TABLES[code]
    lower = by_email if code == "crm" else f"lower({by_email})"
    mark = "?" if code == "shop" else "%s"
    rows = connection.exec_driver_sql(f"SELECT * FROM {customer} WHERE {lower} = {mark}", (email.lower(),)).mappings()
    numbers = [int(row[by_id]) for row in rows]
    for number in numbers:
        query = f"SELECT * FROM {invoice} WHERE {by_id} = {mark}"
        invoices = [int(row[invoice_id]) for row in connection.exec_driver_sql(query, (number,)).mappings()]
        listed = ", ".join(map(str, invoices)) or "NULL"
        connection.exec_driver_sql(f"SELECT * FROM {line} WHERE {invoice_id} IN ({listed})").all()
    return numbers


def _changes(code: str, by_email: str, by_id: str, invoice: str) -> Iterator[str]:
    customer = _TABLES[code][0]
    names = ("first_name", "last_name") if code == "billing" else ("FirstName", "LastName")
    empty = [name if code != "billing" else name.lower().replace("postalcode", "postal_code") for name in _EMPTIED]
    fields = ", ".join([*(f"{one} = '-'" for one in names), *(f"{one} = NULL" for one in empty)])
    yield f"UPDATE {customer} SET {fields}, {by_email} = 'erased@example.invalid' WHERE {by_id} = {{}}"
    if code == "billing":
        yield f"UPDATE {invoice} SET restricted = true WHERE {by_id} = {{}}"
