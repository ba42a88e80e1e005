"""The Chinook shop as three systems: SQLite "shop", PostgreSQL "billing", MariaDB "crm", with customers in common.

The folder of its data is shared data, not part of the repository: tests and measurements that use it are skipped where
it is not.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pymysql
import sqlalchemy as sa
import yaml
from pymysql.constants import CLIENT
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool

_ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("TEST_CHINOOK", _ROOT.parent / "shared" / "data" / "chinook"))
MISSING = f"the Chinook database is not here: {DATA} (TEST_CHINOOK names another folder)"
#: A customer whom all three systems know, under one number.
LUIS, LUIS_ID = "luisg@embraer.com.br", 1
#: Every so many customers are unknown to a system.
_UNKNOWN = {"billing": 7, "crm": 5}
#: The example's own sections about systems.
_OWN = re.compile(r"^(?:data_sets|systems):\n(?:[ #-].*\n|\n)*", re.MULTILINE)
#: What its retention rules say of systems that are not here.
_COVERING = re.compile(r"^    (?:trigger|covers|approvals):.*\n", re.MULTILINE)


def is_here() -> bool:
    """Whether there is anything to put up."""
    return (DATA / "Chinook_Sqlite.sqlite").exists()


def shop(folder: Path) -> URL:
    """The whole shop, as a SQLite file."""
    file = shutil.copy(DATA / "Chinook_Sqlite.sqlite", folder / "shop.sqlite3")
    url = URL.create("sqlite", database=str(file))
    _run(url, "CREATE INDEX customer_email ON Customer (lower(Email))")
    return url


def billing(database: URL) -> URL:
    """The same on PostgreSQL, in an empty database; an invoice can be marked as restricted."""
    script = _script("Chinook_PostgreSql.sql", "/* Create Tables")
    with psycopg.connect(database.set(drivername="postgresql").render_as_string(hide_password=False)) as connection:
        connection.execute(script.encode())
    _forget(database, "billing", _snake)
    _run(
        database,
        "ALTER TABLE invoice ADD COLUMN restricted BOOLEAN NOT NULL DEFAULT false",
        "CREATE INDEX customer_email ON customer (lower(email))",
    )
    return database


def crm(database: URL) -> URL:
    """The same on MariaDB, in an empty database."""
    script = _script("Chinook_MySql.sql", "Create Tables").partition("*/")[2]
    given = {"user": database.username, "password": database.password or "", "database": database.database}
    place: dict[str, Any] = {"host": database.host}
    if database.query.get("unix_socket"):
        place = {"unix_socket": database.query["unix_socket"]}
    elif database.port:
        place["port"] = database.port
    with pymysql.connect(**given, **place, charset="utf8mb4", client_flag=CLIENT.MULTI_STATEMENTS) as connection:
        with connection.cursor() as cursor:
            cursor.execute(script)
            while cursor.nextset():
                pass
        connection.commit()
    _forget(database, "crm", str)
    _run(database, "CREATE INDEX customer_email ON Customer (Email)")
    return database


def document(purposes: Sequence[str] = ("order_service",), **more: Sequence[Mapping[str, Any]]) -> str:
    """The example programme with these three systems and their data maps in place of its own.

    `purposes`: what the systems serve, and thereby who is told of an erasure there; `more`: `systems` and `data_sets`
    beside them.
    """
    sections = {
        "data_sets": [_data_set("shop", str), _data_set("billing", _snake, "restricted"), _data_set("crm", str)],
        "systems": [_system(code, purposes) for code in ("shop", "billing", "crm")],
    }
    for name, some in more.items():
        sections[name] += [dict(one) for one in some]
    example = _COVERING.sub("", _OWN.sub("", (_ROOT / "programme.yml").read_text()))
    return example + yaml.safe_dump(sections, allow_unicode=True, sort_keys=False)


def digests(url: URL, without: Mapping[str, sa.ColumnElement[bool]] | None = None) -> dict[str, str]:
    """A digest of every table's rows, byte for byte, but for those of a condition. `without`: by table name."""
    engine = sa.create_engine(url, poolclass=NullPool)
    found = {}
    with engine.connect() as connection:
        for name in sorted(sa.inspect(connection).get_table_names()):
            table = sa.table(name)
            query = sa.select(sa.text("*")).select_from(table)
            condition = (without or {}).get(name.lower().replace("_", ""))
            rows = connection.execute(query if condition is None else query.where(sa.not_(condition)))
            found[name] = hashlib.sha256("\n".join(sorted(map(repr, map(tuple, rows)))).encode()).hexdigest()
    return found


def _script(file: str, start: str) -> str:
    """What follows the making of the database itself."""
    text = (DATA / file).read_text("utf-8-sig")
    at = text.index(start.removeprefix("/* "))
    return "/*" + text[at:] if start.startswith("/*") else text[at:]


def _forget(url: URL, system: str, named: Any) -> None:
    """Some customers are unknown to a system, with all that hangs on them."""
    customer, invoice, line = (_quoted(url, named(name)) for name in ("Customer", "Invoice", "InvoiceLine"))
    customer_id, invoice_id = (_quoted(url, named(name)) for name in ("CustomerId", "InvoiceId"))
    some = f"SELECT {customer_id} FROM {customer} WHERE {customer_id} % {_UNKNOWN[system]} = 0"
    theirs = f"SELECT {invoice_id} FROM {invoice} WHERE {customer_id} IN ({some})"
    _run(
        url,
        f"DELETE FROM {line} WHERE {invoice_id} IN ({theirs})",
        f"DELETE FROM {invoice} WHERE {customer_id} IN ({some})",
        f"DELETE FROM {customer} WHERE {customer_id} % {_UNKNOWN[system]} = 0",
    )


def _run(url: URL, *statements: str) -> None:
    with sa.create_engine(url, poolclass=NullPool).begin() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))


def _quoted(url: URL, name: str) -> str:
    return url.get_dialect()().identifier_preparer.quote(name)


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _system(code: str, purposes: Sequence[str]) -> dict[str, Any]:
    return {
        "code": code,
        "names": dict.fromkeys(("pl", "en", "hr"), code.capitalize()),
        "connector": "sql",
        "controllers": ["sklepy"],
        "data_sets": [code],
        "purposes": list(purposes),
    }


def _data_set(code: str, named: Any, restricted: str | None = None) -> dict[str, Any]:
    invoice = {"on_erasure": "keep", "keep": {"rule": "tax", "counted_from": named("InvoiceDate")}}
    if restricted:
        invoice |= {"restricted_field": restricted, "restricted_value": True}
    marks = [{"name": restricted, "fides_meta": {"data_type": "boolean"}}] if restricted else []
    refers = partial(_refers, code, named)
    return {
        "fides_key": code,
        "name": code.capitalize(),
        "collections": [
            {"name": named("Customer"), "fields": list(_customer(named))},
            {
                "name": named("Invoice"),
                "privacy": invoice,
                "fields": [
                    {"name": named("InvoiceId"), "fides_meta": {"primary_key": True, "data_type": "integer"}},
                    refers("CustomerId", "Customer"),
                    {"name": named("InvoiceDate"), "data_categories": ["payments"]},
                    *(
                        {"name": named(name), "data_categories": ["user.contact.address"]}
                        for name in (
                            "BillingAddress",
                            "BillingCity",
                            "BillingState",
                            "BillingCountry",
                            "BillingPostalCode",
                        )
                    ),
                    {"name": named("Total"), "data_categories": ["payments"]},
                    *marks,
                ],
            },
            {
                "name": named("InvoiceLine"),
                "privacy": {"on_erasure": "keep", "keep": {"rule": "tax"}},
                "fields": [
                    {"name": named("InvoiceLineId"), "fides_meta": {"primary_key": True, "data_type": "integer"}},
                    refers("InvoiceId", "Invoice"),
                    *(
                        {"name": named(name), "data_categories": ["purchases"]}
                        for name in ("TrackId", "UnitPrice", "Quantity")
                    ),
                ],
            },
        ],
    }


def _refers(code: str, named: Any, name: str, table: str) -> dict[str, Any]:
    there = {"dataset": code, "field": f"{named(table)}.{named(name)}", "direction": "from"}
    return {"name": named(name), "fides_meta": {"references": [there]}}


def _customer(named: Any) -> Iterator[dict[str, Any]]:
    yield {"name": named("CustomerId"), "fides_meta": {"primary_key": True, "data_type": "integer"}}
    for name, length in (("FirstName", 40), ("LastName", 20)):
        yield {
            "name": named(name),
            "data_categories": ["user.name"],
            "fides_meta": {"data_type": "string", "length": length},
            "privacy": {"on_erasure": "constant", "constant": "-"},
        }
    for name in ("Company", "Address", "City", "State", "Country", "PostalCode", "Phone", "Fax"):
        yield {"name": named(name), "data_categories": ["user.contact"], "privacy": {"on_erasure": "null"}}
    yield {
        "name": named("Email"),
        "data_categories": ["user.contact.email"],
        "fides_meta": {"identity": "email", "data_type": "string", "length": 60},
        "privacy": {"on_erasure": "constant", "constant": "erased@example.invalid", "same_person": True},
    }


def shared_customers() -> list[str]:
    """The e-mail addresses of the customers whom all three systems know, by number."""
    known = sa.and_(*(sa.literal_column(f"CustomerId % {every} <> 0") for every in _UNKNOWN.values()))
    query = sa.select(sa.literal_column("Email")).select_from(sa.table("Customer")).where(known)
    url = URL.create("sqlite", database=str(DATA / "Chinook_Sqlite.sqlite"))
    with sa.create_engine(url, poolclass=NullPool).connect() as connection:
        return [str(email) for (email,) in connection.execute(query.order_by(sa.literal_column("CustomerId")))]
