"""A draft from a real catalogue is a file that loads, without a value in it; and lint tells what the map lacks."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool

from bench import chinook
from privacy.programme.build import build
from privacy.programme.data_map import DataSet, Direction, Place, Reference
from privacy.programme.reader import read
from privacy.systems import service as systems
from privacy.systems.connector import Column
from privacy.systems.linting import Gap
from tests.programme.documents import SMALL
from tests.systems.test_personal import PESELS, column

PEOPLE = [f"{name}.canary@przyklad.pl" for name in ("anna", "jan", "ewa", "ivo", "ana", "iva", "jola", "olek")]

_metadata = sa.MetaData()
_KLIENCI = sa.Table(
    "klienci",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("nazwisko", sa.String(40)),
    sa.Column("kontakt", sa.String(80)),
    sa.Column("nr_ewid", sa.String(11)),
    sa.Column("saldo", sa.Numeric(10, 2)),
    sa.Column("adres_id", sa.ForeignKey("adresy.id")),
)
_ADRESY = sa.Table(
    "adresy",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("ulica", sa.String(80)),
    sa.Column("miejscowosc", sa.String(40)),
)
_SKLEPY = sa.Table(
    "sklepy",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("adres_id", sa.ForeignKey("adresy.id")),
)
_ZAMOWIENIA = sa.Table(
    "zamowienia",
    _metadata,
    sa.Column("numer", sa.BigInteger, primary_key=True),
    sa.Column("klient_id", sa.ForeignKey("klienci.id")),
    sa.Column("kwota", sa.Numeric(10, 2)),
    sa.Column("dzien", sa.Date),
)


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> URL:
    """A database with a few people, under Polish names."""
    if request.param == "sqlite":
        url = URL.create("sqlite", database=str(tmp_path / "shop.sqlite"))
    else:
        url = request.getfixturevalue(f"{request.param}_database")
    engine = sa.create_engine(url, poolclass=NullPool)
    _metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(sa.insert(_ADRESY), [{"id": 1, "ulica": "ul. Kanarkowa 7", "miejscowosc": "Poznań"}])
        rows = [
            {"id": n, "nazwisko": f"Canary{n}", "kontakt": mail, "nr_ewid": pesel, "saldo": n, "adres_id": 1}
            for n, (mail, pesel) in enumerate(zip(PEOPLE, PESELS, strict=True), start=1)
        ]
        connection.execute(sa.insert(_KLIENCI), rows)
        connection.execute(sa.insert(_ZAMOWIENIA), [{"numer": 2_026_000_000 + n, "klient_id": n} for n in range(1, 9)])
    engine.dispose()
    return url


@contextlib.contextmanager
def _columns(url: URL) -> Iterator[list[Column]]:
    with contextlib.closing(
        systems.connect_to({"url": url.render_as_string(hide_password=False)}, "shop")
    ) as connector:
        yield list(connector.columns(sample=100))


def _loaded(draft: str, folder: Path) -> DataSet:
    file = folder / "draft.yml"
    file.write_text(draft)
    document = read(SMALL, [file])
    [data_set] = build(document.content, number=1, applied_at=0, sha256="").data_sets.values()
    return data_set


def test_a_draft_loads_and_finds_people_by_name_and_by_form(shop: URL, tmp_path: Path) -> None:
    with _columns(shop) as columns:
        draft = systems.draft("shop", columns, ["customer_id"])
    tables = _loaded(draft, tmp_path).tables
    assert set(tables) == {"klienci", "adresy", "zamowienia"}, "a shop at the same address is nobody's"
    klienci = {one.name: one for one in tables["klienci"].fields}
    assert klienci["nazwisko"].categories == ("user.name.last",)
    assert (klienci["kontakt"].categories, klienci["kontakt"].identity) == (("user.contact.email",), "email")
    assert klienci["nr_ewid"].categories == ("user.government_id.national_identification_number",)
    assert (klienci["saldo"].categories, tables["klienci"].primary_key) == ((), ("id",))
    assert klienci["nazwisko"].length == 40


def test_a_draft_follows_keys_away_from_people(shop: URL, tmp_path: Path) -> None:
    with _columns(shop) as columns:
        tables = _loaded(systems.draft("shop", columns, []), tmp_path).tables
    assert tables["zamowienia"].field("klient_id").references == (
        Reference(Place("shop", "klienci", "id"), Direction.FROM),
    )
    assert tables["klienci"].field("adres_id").references == (Reference(Place("shop", "adresy", "id"), Direction.TO),)


def test_no_value_is_in_a_draft_or_a_difference(shop: URL) -> None:
    with _columns(shop) as columns:
        draft = systems.draft("shop", columns, [])
        told = draft + "".join(one.detail for one in systems.differences([], columns)) + repr(columns)
    values = [*PEOPLE, *PESELS, "Canary", "Kanarkowa", "Poznań", "2026000001"]
    assert [value for value in values if value in told] == []


def test_what_was_drafted_is_quiet_until_the_database_grows(shop: URL, tmp_path: Path) -> None:
    with _columns(shop) as columns:
        data_set = _loaded(systems.draft("shop", columns, []), tmp_path)
        assert systems.differences([data_set], columns) == []
    engine = sa.create_engine(shop, poolclass=NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE klienci ADD COLUMN telefon VARCHAR(20)")
        connection.exec_driver_sql("ALTER TABLE klienci ADD COLUMN punkty INTEGER")
        connection.exec_driver_sql("CREATE TABLE newsletter (id INTEGER PRIMARY KEY, email VARCHAR(80))")
        connection.exec_driver_sql("DROP TABLE zamowienia")
        connection.exec_driver_sql("ALTER TABLE adresy RENAME COLUMN ulica TO droga")
    with _columns(shop) as columns:
        found = [(one.gap, one.where) for one in systems.differences([data_set], columns)]
    assert sorted(found) == [
        (Gap.COLUMN_GONE, "adresy.ulica"),
        (Gap.NOT_MAPPED, "klienci.telefon"),
        (Gap.NOT_MAPPED, "newsletter.email"),
        (Gap.TABLE_GONE, "zamowienia"),
    ]


def _mapped(*fields: str, skip: bool = False) -> DataSet:
    notes = ", fides_meta: {skip_processing: true}" if skip else ""
    listed = "".join(f"          - {one}\n" for one in fields)
    text = f"data_sets:\n  - fides_key: s\n    collections:\n      - name: user\n        fields:\n{listed}"
    text = text.replace("- name: user\n", f"- name: user\n        {notes.removeprefix(', ')}\n")
    document = read(SMALL + text)
    return build(document.content, number=1, applied_at=0, sha256="").data_sets["s"]


@pytest.mark.parametrize(
    ("mapped", "gaps"),
    [
        (_mapped("{name: email}"), [Gap.NOT_JUDGED]),
        (_mapped("{name: email, data_categories: [contact]}"), []),
        (_mapped("{name: email, data_categories: [system.operations]}"), []),
        (_mapped("{name: email, fides_meta: {identity: email}}"), []),
        (_mapped("{name: email, fields: [{name: home}]}"), []),
        (_mapped("{name: id}", skip=True), []),
    ],
)
def test_somebody_must_have_judged_what_looks_personal(mapped: DataSet, gaps: list[Gap]) -> None:
    assert [one.gap for one in systems.differences([mapped], [column("user.email")])] == gaps


def test_people_who_lead_to_other_people_are_not_followed() -> None:
    columns = [
        column("employee.id", "INTEGER", primary_key=True),
        column("employee.email"),
        column("employee.boss_id", "INTEGER", references="employee.id"),
        column("customer.email"),
        column("customer.agent_id", "INTEGER", references="employee.id"),
    ]
    draft = systems.draft("s", columns, [])
    assert "references:" not in draft
    assert draft.count("leads to other people (employee.id)") == 2


def test_identities_of_the_programme_are_proposed_for_people(tmp_path: Path) -> None:
    columns = [column("Customers.id", "INTEGER", primary_key=True), column("Customers.loyalty_card")]
    table = _loaded(
        systems.draft("s", [*columns, column("Customers.email")], ["customers_id", "customer_id", "loyalty_card"]),
        tmp_path,
    )
    assert [one.identity for one in table.tables["Customers"].fields] == ["customer_id", "loyalty_card", "email"]


@pytest.mark.parametrize("name", ["on", "no", "a: b", "# x", "line\nbreak", "'\"", "1", "null", "ł", "{x}", "a,b"])
def test_odd_names_survive(name: str, tmp_path: Path) -> None:
    odd = replace(column("users.x"), name=name)
    loaded = _loaded(systems.draft("s", [column("users.email"), odd], []), tmp_path)
    assert [one.name for one in loaded.tables["users"].fields] == ["email", name]


def test_a_database_without_people_is_an_empty_draft(tmp_path: Path) -> None:
    draft = systems.draft("s", [column("genre.id", "INTEGER", primary_key=True), column("genre.name")], [])
    assert _loaded(draft, tmp_path).tables == {}
    assert "Nothing personal was seen in: genre" in draft


@pytest.mark.skipif(not chinook.is_here(), reason=chinook.MISSING)
def test_the_chinook_shop_has_no_false_alarm_and_nothing_missing(tmp_path: Path) -> None:
    with _columns(URL.create("sqlite", database=str(chinook.DATA / "Chinook_Sqlite.sqlite"))) as columns:
        data_set = _loaded(systems.draft("chinook", columns, []), tmp_path)
    personal: dict[str, Any] = {
        name: [one.name for one in table.fields if one.categories] for name, table in data_set.tables.items()
    }
    address = ["Address", "City", "State", "Country", "PostalCode"]
    reached = ["Phone", "Fax", "Email"]
    assert personal == {
        "Customer": ["FirstName", "LastName", "Company", *address, *reached],
        "Employee": ["LastName", "FirstName", "Title", "BirthDate", *address, *reached],
        "Invoice": [f"Billing{name}" for name in address],
        "InvoiceLine": [],
    }
