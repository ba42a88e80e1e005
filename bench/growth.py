"""`traversal_growth`: one person's rows among more and more of other people's, where the identity key is indexed."""

from __future__ import annotations

import contextlib
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from tempfile import TemporaryDirectory
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool

from bench.places import Site
from bench.report import Figure, figure, median
from bench.sizes import Size
from privacy.programme.data_map import ConnectorKind, DataField, DataSet, Direction, Place, Reference, System, Table
from privacy.systems import service as systems
from privacy.systems.connector import Connector, Row, Task
from privacy.systems.graph import Graph, Identifier, Node, Spot, Value

_AT_ONCE = 50_000
_SEARCHES = 200
_TASK = Task(UUID(int=1), UUID(int=2))
#: Of each customer.
_VISITS = 3


def measure(site: Site, size: Size) -> Iterator[Figure]:
    """Milliseconds for all that a system holds of one person, beside the same among the fewest others."""
    for kind in site.kinds:
        with _database(site, kind) as url:
            taken = []
            for fewer, others in zip((0, *size.other_rows), size.other_rows, strict=False):
                _fill(url, fewer, others)
                taken.append(_median_search(url, others))
            for others, seconds in zip(size.other_rows[1:], taken[1:], strict=True):
                floor = (f"among {size.other_rows[0]:,}", 1e3 * taken[0])
                yield figure(f"traversal_growth among {others:,}", kind, 1e3 * seconds, "ms", floor)


@contextlib.contextmanager
def _database(site: Site, kind: str) -> Iterator[URL]:
    with contextlib.ExitStack() as stack:
        if kind == "postgresql":
            url = stack.enter_context(site.postgresql())
        else:
            folder = stack.enter_context(TemporaryDirectory(prefix="privacy-bench-"))
            url = URL.create("sqlite", database=f"{folder}/others.sqlite3")
        _run(
            url,
            "CREATE TABLE customer (id INTEGER PRIMARY KEY, email VARCHAR(80), name VARCHAR(80))",
            "CREATE TABLE visit (id INTEGER PRIMARY KEY, customer_id INTEGER, page VARCHAR(80))",
            "CREATE INDEX customer_email ON customer (lower(email))",
            "CREATE INDEX visit_customer ON visit (customer_id)",
        )
        yield url


def _run(url: URL, *statements: str) -> None:
    with sa.create_engine(url, poolclass=NullPool).begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def _fill(url: URL, fewer: int, others: int) -> None:
    """More people, until there are so many rows in the larger of the tables."""
    engine = sa.create_engine(url, poolclass=NullPool)
    columns = {"customer": ("id", "email", "name"), "visit": ("id", "customer_id", "page")}
    for start in range(fewer, others, _AT_ONCE):
        numbers = range(start, min(start + _AT_ONCE, others))
        rows = {
            "customer": [(n, _mail(n), f"Jan {n}") for n in numbers if n % _VISITS == 0],
            "visit": [(n, n - n % _VISITS, f"/page/{n}") for n in numbers],
        }
        with engine.begin() as connection:
            for table, names in columns.items():
                target = sa.table(table, *(sa.column(name) for name in names))
                connection.execute(target.insert(), [dict(zip(names, row, strict=True)) for row in rows[table]])
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # What a database that has grown by itself would have done meanwhile.
        settling = ("VACUUM ANALYZE", "CHECKPOINT") if url.get_backend_name() == "postgresql" else ("ANALYZE",)
        for statement in settling:
            connection.exec_driver_sql(statement)


def _mail(number: int) -> str:
    return f"p{number}@firma.example"


def _median_search(url: URL, others: int) -> float:
    """Of many different people, each searched for the first time; the connection is open and the catalogue known."""
    secret = {"url": url.render_as_string(hide_password=False)}
    with contextlib.closing(systems.connect_to(secret, "others")) as connector:
        apart = others // (_SEARCHES + 2) // _VISITS * _VISITS
        people = [step * apart for step in range(_SEARCHES + 1)]
        return median([_search(connector, number) for number in people][1:])


def _search(connector: Connector, number: int) -> float:
    began = time.perf_counter()
    found: dict[Node, list[Row]] = defaultdict(list)
    asked: dict[Spot, set[Value]] = defaultdict(set)
    graph, known = Graph.of([_SYSTEM], {_DATA.code: _DATA}), (Identifier("email", _mail(number)),)
    while questions := graph.search(known, found).questions(asked):
        for question in questions:
            table = graph.tables[question.node]
            found[question.node] += connector.find(_TASK, table, question.keys, limit=100).rows
            for key in question.keys:
                asked[Spot(question.node, key.name)] |= set(key.values)
    seconds = time.perf_counter() - began
    assert sorted(len(rows) for rows in found.values()) == [1, _VISITS]
    return seconds


def _field(name: str, *, key: bool = False, identity: str | None = None, to: Sequence[Place] = ()) -> DataField:
    return DataField(
        name=name,
        description=None,
        categories=(),
        identity=identity,
        same_person=identity is not None,
        primary_key=key,
        references=tuple(Reference(place, Direction.FROM) for place in to),
        data_type=None,
        length=None,
        on_erasure=None,
        constant=None,
        keeping=None,
        provided=True,
        third_party=False,
        hidden=False,
        corrected_as=None,
    )


_CUSTOMER = (_field("id", key=True), _field("email", identity="email"), _field("name"))
_VISIT = (_field("id", key=True), _field("customer_id", to=[Place("others", "customer", "id")]), _field("page"))
_DATA = DataSet(
    "others",
    "Others",
    None,
    {
        "customer": Table("customer", None, _CUSTOMER, None, None),
        "visit": Table("visit", None, _VISIT, None, None),
    },
)
_SYSTEM = System("others", {}, ConnectorKind.SQL, (), None, ("others",), (), {})
