"""What is special about databases: values of every type, indexes, rights, and what a catalogue tells."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool

from privacy.programme.data_map import DataSet, Strategy, Table
from privacy.systems.connector import Finding, Key, Level, RowChange, SystemRefused, TableChange, Verb
from privacy.systems.sql import SqlConnector
from tests.systems.conformance import PERSON, TASK, VISIT, a_person, a_visit, anna_and_others
from tests.systems.sql_labs import PATIENCE, MariadbLab, PostgresqlLab, SqliteLab, SqlLab
from tests.systems.test_graph import a_field

KINDS = ("sqlite", "postgresql", "mariadb")
_CREATED = {
    "sqlite": "CREATE TABLE thing (id TEXT PRIMARY KEY, n NUMERIC, price NUMERIC(10,2), at DATETIME, "
    "day DATE, raw BLOB, flag BOOLEAN, doc TEXT)",
    "postgresql": "CREATE TABLE thing (id UUID PRIMARY KEY, n NUMERIC(20), price NUMERIC(10,2), at TIMESTAMPTZ, "
    "day DATE, raw BYTEA, flag BOOLEAN, doc JSONB, code CHAR(8), tags TEXT[], net INET, span INTERVAL)",
    "mariadb": "CREATE TABLE thing (id CHAR(36) PRIMARY KEY, n NUMERIC(20), price NUMERIC(10,2), at TIMESTAMP NULL, "
    "day DATE, raw VARBINARY(20), flag BOOLEAN, doc JSON, big BIGINT UNSIGNED)",
}
_ID = "0190a5b2-7f00-7c3e-8a11-000000000001"
_VALUES = f"'{_ID}', 12345678901234567890, 12.50, %s, '2026-01-31', %s, %s, '{{\"city\": \"Łódź\", \"n\": [1]}}'"
_STORED = {
    "sqlite": _VALUES % ("'2026-01-31 12:00:00'", "x'00ff'", "1"),
    "postgresql": _VALUES % ("'2026-01-31 12:00:00+02'", r"'\x00ff'", "true")
    + ", 'ab', '{x,y}', '10.0.0.1', '90 seconds'",
    "mariadb": _VALUES % ("'2026-01-31 10:00:00'", "x'00ff'", "1") + ", 18446744073709551615",
}
_TEXT = ("id", "n", "price", "at", "day", "raw", "flag", "doc")


@pytest.fixture(params=KINDS)
def lab(request: pytest.FixtureRequest, tmp_path: Path) -> SqlLab:
    """A database of each kind."""
    if request.param == "sqlite":
        return SqliteLab(tmp_path)
    user = request.getfixturevalue(f"{request.param}_user")  # Outlives the database, where it has rights.
    url = request.getfixturevalue(f"{request.param}_database")
    return PostgresqlLab(url, user) if request.param == "postgresql" else MariadbLab(url, user)


@pytest.fixture
def connector(lab: SqlLab) -> Iterator[SqlConnector]:
    with contextlib.closing(SqlConnector("lab", lab.url, seconds=PATIENCE)) as made:
        yield made


def findings(connector: SqlConnector, *tables: Table) -> dict[tuple[str, str], Finding]:
    data_set = DataSet("lab", "lab", None, {table.name: table for table in tables})
    return {(one.code, one.where): one for one in connector.test([data_set])}


def a_thing(lab: SqlLab, *more: str) -> tuple[str, Table]:
    """The kind of the database, and the table of all types in it, with one row."""
    kind = next(kind for kind in KINDS if lab.url.get_backend_name() in {kind, "mysql"} or kind in lab.url.drivername)
    lab.run(_CREATED[kind], f"INSERT INTO thing VALUES ({_STORED[kind].replace('%', '%%')})")
    fields = [a_field(name, primary_key=name == "id") for name in (*_TEXT, *more)]
    return kind, Table("thing", None, tuple(fields), None, None)


def test_values_of_every_type_are_such_as_json_holds(lab: SqlLab, connector: SqlConnector) -> None:
    kind, thing = a_thing(lab)
    more = {"postgresql": ("code", "tags", "net", "span"), "mariadb": ("big",)}.get(kind, ())
    thing = Table("thing", None, (*thing.fields, *map(a_field, more)), None, None)
    [row] = connector.find(TASK, thing, [Key("id", (_ID,))], limit=2).rows
    at = {"sqlite": "2026-01-31 12:00:00", "postgresql": "2026-01-31T10:00:00+00:00"}
    assert (row["id"], row["at"], row["day"]) == (_ID, at.get(kind, "2026-01-31T10:00:00+00:00"), "2026-01-31")
    assert (row["raw"], row["flag"]) == ("AP8=", True)
    if kind != "sqlite":  # SQLite has no decimals.
        assert (row["price"], row["n"]) == ("12.50", "12345678901234567890")
    if kind == "postgresql":
        assert row["doc"] == {"city": "Łódź", "n": [1]}
        assert (row["code"], row["tags"], row["net"], row["span"]) == ("ab      ", ["x", "y"], "10.0.0.1", "PT90S")
    if kind == "mariadb":
        assert row["big"] == 2**64 - 1
        assert connector.count(TASK, thing, [Key("big", (2**64 - 1,))]) == 1


def test_rows_are_found_by_keys_that_are_no_text(lab: SqlLab, connector: SqlConnector) -> None:
    kind, thing = a_thing(lab)
    for name, value in (("price", "12.5"), ("raw", "AP8="), ("id", _ID.upper() if kind == "postgresql" else _ID)):
        assert connector.count(TASK, thing, [Key(name, (value,))]) == 1, name
    for name, value in (("raw", "not base64"), ("price", "12.5x"), ("id", "not a uuid"), ("id", _ID[:-1])):
        assert connector.count(TASK, thing, [Key(name, (value,))]) == 0, name
    with pytest.raises(SystemRefused, match="nobody can be searched for"):
        connector.count(TASK, thing, [Key("day", ("2026-01-31",))])


def test_values_are_written_as_the_column_has_them_or_refused(lab: SqlLab, connector: SqlConnector) -> None:
    _, thing = a_thing(lab)
    values = {"price": "0", "at": "2026-02-01T00:00:00+00:00", "day": "2026-02-01", "raw": "AA==", "flag": False}
    inside = {"doc.city": None}
    change = TableChange("thing", (RowChange({"id": _ID}, values=values | inside),))
    for _ in range(2):
        assert connector.change(TASK, Verb.ERASE, [thing], [change]).changed == {"thing": 1}
    [row] = connector.find(TASK, thing, [Key("id", (_ID,))], limit=2).rows
    assert (row["day"], row["raw"], row["flag"]) == ("2026-02-01", "AA==", False)
    assert "Łódź" not in str(row["doc"])
    for name, value in (("price", "much"), ("raw", "-"), ("flag", "yes"), ("n", "1e5"), ("price.inner", 1)):
        broken = TableChange("thing", (RowChange({"id": _ID}, values={name: value}),))
        with pytest.raises(SystemRefused):
            connector.change(TASK, Verb.ERASE, [thing], [broken])


def test_infinite_days_and_odd_bytes_are_read_too(lab: SqlLab, connector: SqlConnector) -> None:
    kind, thing = a_thing(lab)
    if kind == "postgresql":
        lab.run("UPDATE thing SET at = 'infinity', day = '-infinity'")
        [row] = connector.find(TASK, thing, [Key("id", (_ID,))], limit=2).rows
        assert (row["at"], row["day"]) == ("infinity", "-infinity")
    elif kind == "sqlite":
        lab.run("UPDATE thing SET doc = CAST(x'ff' AS TEXT), n = 'no number'")
        [row] = connector.find(TASK, thing, [Key("id", (_ID,))], limit=2).rows
        assert (row["doc"], row["n"]) == ("/w==", "no number")


def test_a_row_that_took_the_key_meanwhile_is_not_deleted(lab: SqlLab, connector: SqlConnector) -> None:
    lab.run("CREATE TABLE account (login VARCHAR(40) PRIMARY KEY, name VARCHAR(40))")
    lab.run("INSERT INTO account VALUES ('ANNA ', 'another Anna')")
    table = Table("account", None, (a_field("login", primary_key=True), a_field("name")), None, None)
    change = TableChange("account", (RowChange({"login": "anna"}, delete=True),))
    assert connector.change(TASK, Verb.ERASE, [table], [change]).deleted == {"account": 1}, "it is gone already"
    assert connector.count(TASK, table, [Key("login", ("ANNA ",))]) == 1


@pytest.mark.parametrize("change", [{"delete": True}, {"values": {"name": None, "email": None}}])
def test_a_key_that_was_given_to_somebody_else_meanwhile_changes_nothing(
    lab: SqlLab, connector: SqlConnector, change: dict[str, Any]
) -> None:
    known_by = {"email": "anna@example.com"}
    asked = TableChange("person", (RowChange({"id": 1}, known_by=known_by, **change),))
    lab.put({"person": [a_person(1, email="ola@example.com")], "visit": []})
    before = lab.rows()
    with pytest.raises(SystemRefused, match="another row's by now"):
        connector.change(TASK, Verb.ERASE, [PERSON], [asked])
    assert lab.rows() == before
    lab.run("UPDATE person SET email = 'anna@example.com'")
    for _ in range(2):  # What was changed by this is what it was meant to be.
        connector.change(TASK, Verb.ERASE, [PERSON], [asked])


def test_a_key_of_the_map_that_is_none_changes_nothing(lab: SqlLab, connector: SqlConnector) -> None:
    lab.put({"person": [a_person(1, name="same"), a_person(2, name="same")], "visit": []})
    change = TableChange("person", (RowChange({"name": "same"}, delete=True),))
    with pytest.raises(SystemRefused, match="several rows"):
        connector.change(TASK, Verb.ERASE, [PERSON], [change])
    assert len(lab.rows()["person"]) == 2


def test_keys_of_several_columns_tell_rows_apart(lab: SqlLab, connector: SqlConnector) -> None:
    lab.run("CREATE TABLE pair (a INTEGER, b VARCHAR(9), v VARCHAR(9), PRIMARY KEY (a, b))")
    lab.run("INSERT INTO pair VALUES (1, 'x', 'v'), (1, 'y', 'v'), (2, 'x', 'v')")
    table = Table(
        "pair", None, (a_field("a", primary_key=True), a_field("b", primary_key=True), a_field("v")), None, None
    )
    rows = (RowChange({"a": 1, "b": "y"}, delete=True), RowChange({"a": 2, "b": "x"}, values={"v": None}))
    done = connector.change(TASK, Verb.ERASE, [table], [TableChange("pair", rows)])
    assert (done.deleted, done.changed) == ({"pair": 1}, {"pair": 1})
    left = connector.find(TASK, table, [Key("a", (1, 2))], limit=9).rows
    assert [tuple(row.values()) for row in left] == [(1, "x", "v"), (2, "x", None)]


def test_a_row_that_is_gone_was_not_corrected(lab: SqlLab, connector: SqlConnector) -> None:
    lab.put(anna_and_others())
    rows = (RowChange({"id": 1}, values={"name": "Ana"}), RowChange({"id": 9}, values={"name": "Ana"}))
    done = connector.change(TASK, Verb.RECTIFY, [PERSON], [TableChange("person", rows)])
    assert done.changed == {"person": 1}


def test_what_a_test_finds(lab: SqlLab, connector: SqlConnector) -> None:
    missing = Table("nothing", None, (), None, None)
    more = (a_field("gone"), a_field("unmapped", data_type="integer", length=900, identity="customer_id"))
    person = Table("person", None, (*PERSON.fields, *more), Strategy.DELETE_ROW, None)
    bare = Table("visit", None, tuple(one for one in VISIT.fields if not one.primary_key), Strategy.DELETE_ROW, None)
    found = findings(connector, missing, person, bare)
    assert found["reachable", ""].level is Level.OK
    assert found["table_missing", "nothing"].level is Level.FAILED
    assert found["field_missing", "person.gone"].level is Level.FAILED
    assert found["type_differs", "person.unmapped"].level is Level.WARNING
    assert found["too_long", "person.unmapped"].level is Level.WARNING
    assert found["no_index", "person.unmapped"].level is Level.WARNING
    assert found["no_primary_key", "visit"].level is Level.FAILED
    assert ("no_index", "visit.person_id") not in found
    assert ("permission", "person") not in found


def test_an_address_needs_an_index_that_knows_no_case(lab: SqlLab, connector: SqlConnector) -> None:
    is_mariadb = isinstance(lab, MariadbLab)
    assert (("no_index", "person.email") in findings(connector, PERSON)) is not is_mariadb
    if not is_mariadb:
        lab.run("CREATE INDEX in_lower_case ON person (lower(email))")
        assert ("no_index", "person.email") not in findings(connector, PERSON)
    if isinstance(lab, SqliteLab):
        lab.run("DROP INDEX in_lower_case", "CREATE INDEX no_case ON person (email COLLATE NOCASE)")
        with contextlib.closing(SqlConnector("lab", lab.url)) as another:
            assert ("no_index", "person.email") not in findings(another, PERSON)
            lab.put(anna_and_others())
            assert another.count(TASK, PERSON, [Key("email", ("ANNA@example.com",))]) == 1


def test_rights_that_are_missing_or_too_many_are_told(lab: SqlLab) -> None:
    if isinstance(lab, SqliteLab):
        return  # A file knows no users.
    assert isinstance(lab, PostgresqlLab | MariadbLab)
    person = Table("person", None, PERSON.fields, Strategy.DELETE_ROW, None)
    named = Table("visit", None, (*VISIT.fields[:2], a_field("place", on_erasure=Strategy.NULL)), None, None)
    with contextlib.closing(SqlConnector("lab", lab.url)) as strong:
        assert findings(strong, person)["too_much_power", ""].level is Level.WARNING
    lab.run(*(f"GRANT SELECT ON {table} TO {lab.granted}" for table in ("person", "visit")))
    with contextlib.closing(SqlConnector("lab", lab.as_user())) as weak:
        found = findings(weak, person, named)
        assert "DELETE" in found["permission", "person"].detail
        assert "UPDATE" in found["permission", "visit"].detail
        assert ("too_much_power", "") not in found
    lab.run(f"GRANT DELETE ON person TO {lab.granted}", f"GRANT UPDATE ON visit TO {lab.granted}")
    with contextlib.closing(SqlConnector("lab", lab.as_user())) as enough:
        assert {one.level for one in findings(enough, person, named).values()} <= {Level.OK, Level.WARNING}


def test_a_catalogue_tells_columns_keys_and_samples(lab: SqlLab, connector: SqlConnector) -> None:
    lab.put({"person": [a_person(n) for n in range(1, 6)] + [a_person(9, email=None)], "visit": [a_visit(1, 1)]})
    columns = {f"{one.table}.{one.name}": one for one in connector.columns(sample=3)}
    assert columns["person.id"].primary_key
    assert columns["visit.person_id"].references == "person.id"
    assert columns["visit.person_id"].indexed
    assert not columns["visit.place"].indexed
    assert columns["person.email"].sample == tuple(f"p{n}@example.com" for n in (1, 2, 3))
    assert "example.com" not in repr(columns)
    assert all(one.sample == () for one in connector.columns())


def test_reading_cannot_write(lab: SqlLab, connector: SqlConnector) -> None:
    lab.put(anna_and_others())
    with (
        pytest.raises(SystemRefused),
        connector._database.reading() as connection,
    ):
        connection.execute(sa.text("DELETE FROM visit"))
    assert len(lab.rows()["visit"]) == 3


def test_other_schemas_are_named_with_theirs(postgresql_database: URL) -> None:
    engine = sa.create_engine(postgresql_database, poolclass=NullPool)
    with engine.begin() as connection:
        for statement in ("CREATE SCHEMA crm", "CREATE TABLE crm.person (id INTEGER PRIMARY KEY, seen DATE)"):
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql("INSERT INTO crm.person VALUES (1, %s)", (date(2026, 1, 1),))
    table: Any = Table("crm.person", None, (a_field("id", primary_key=True), a_field("seen")), None, None)
    with contextlib.closing(SqlConnector("lab", postgresql_database)) as connector:
        assert list(connector.find(TASK, table, [Key("id", (1,))], limit=2).rows) == [{"id": 1, "seen": "2026-01-01"}]
        assert {one.table for one in connector.columns()} == {"crm.person"}
