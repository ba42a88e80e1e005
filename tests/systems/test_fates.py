"""What an erasure makes of a row: deleted, emptied, kept for a statute until a day, or made unrecognisable."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from privacy.programme import service as programmes
from privacy.programme.build import build
from privacy.programme.data_map import DataField, DataSet, Direction, Keeping, Strategy, Table
from privacy.programme.types import Programme, RetentionRule
from privacy.systems.connector import Row, RowChange
from privacy.systems.fates import RowFate, TableFates, fates
from privacy.systems.referring import children_first
from tests.programme.documents import SMALL
from tests.systems.test_graph import a_field, a_reference

ON = date(2026, 11, 21)
SECRET = b"s" * 32
ID = a_field("id", primary_key=True, data_type="integer")


@pytest.fixture(scope="module")
def programme() -> Programme:
    """One whose only statutes are a tax law that counts to the end of a year and one of six months."""
    document = programmes.read(SMALL)
    made = build(document.content, number=1, applied_at=0, sha256="")
    rules = (
        RetentionRule("tax", "P5Y", {}, "Ordynacja podatkowa art. 86", to_year_end=True),
        RetentionRule("short", "P6M", {}, "KP art. 22(1)"),
        RetentionRule("endless", None, {}, "RODO art. 7"),
    )
    return replace(made, retention_rules={rule.code: rule for rule in rules})


def a_table(*fields: DataField, on_erasure: Strategy | None = None, **more: Any) -> Table:
    return Table("t", None, (ID, *fields), on_erasure, more.pop("keeping", None), **more)


def fate_of(table: Table, row: Row, programme: Programme, secret: bytes = SECRET) -> RowFate:
    """That of the only row of the only table."""
    data_set = DataSet("d", "d", None, {table.name: table})
    [made] = fates([data_set], {("d", table.name): [row]}, programme, ON, secret=secret)
    return made.rows[0]


def fate(programme: Programme, table: Table, **row: Any) -> RowFate:
    return fate_of(table, {"id": 7, **row}, programme)


def told(one: RowFate) -> Mapping[str, tuple[Strategy, str | None]]:
    return {each.field: (each.strategy, each.until) for each in one.fields}


def test_a_row_is_deleted(programme: Programme) -> None:
    one = fate(programme, a_table(a_field("name"), on_erasure=Strategy.DELETE_ROW), name="Anna")
    assert one.change == RowChange({"id": 7}, delete=True)
    assert told(one)["name"] == (Strategy.DELETE_ROW, None)


@pytest.mark.parametrize(
    ("issued", "until"),
    [
        ("2021-01-01", "2026-12-31"),
        ("2021-12-31T23:30:00", "2026-12-31"),
        ("2021-12-31T23:30:00+00:00", "2027-12-31"),  # the new year has begun in Warsaw
        ("2026-02-29", "2031-12-31"),  # no day: as if it were the day of the erasure
        (None, "2031-12-31"),
    ],
)
def test_a_row_is_kept_for_a_statute_to_its_last_day(programme: Programme, issued: str | None, until: str) -> None:
    keeping = Keeping("tax", "issued_on")
    table = a_table(
        *(a_field("issued_on"), a_field("total"), a_field("note", on_erasure=Strategy.NULL), a_field("held")),
        on_erasure=Strategy.KEEP,
        keeping=keeping,
        restricted_field="held",
        restricted_value=True,
    )
    one = fate(programme, table, issued_on=issued, total="1.00", note="likes tea", held=False)
    assert one.change == RowChange({"id": 7}, values={"note": None, "held": True})
    assert told(one)["total"] == (Strategy.KEEP, until)
    assert told(one)["note"] == (Strategy.NULL, None)
    assert {each.statute for each in one.fields if each.strategy is Strategy.KEEP} == {"Ordynacja podatkowa art. 86"}


@pytest.mark.parametrize("rule", ["tax", "endless", "unknown"])
def test_what_no_statute_keeps_any_more_goes(programme: Programme, rule: str) -> None:
    table = a_table(a_field("issued_on"), on_erasure=Strategy.KEEP, keeping=Keeping(rule, "issued_on"))
    assert fate(programme, table, issued_on="2020-12-31").change == RowChange({"id": 7}, delete=True)


def test_the_last_day_itself_is_kept(programme: Programme) -> None:
    table = a_table(a_field("seen_on"), on_erasure=Strategy.KEEP, keeping=Keeping("short", "seen_on"))
    assert fate(programme, table, seen_on="2026-05-21").change is None
    assert fate(programme, table, seen_on="2026-05-20").change == RowChange({"id": 7}, delete=True)


def test_a_field_is_kept_by_itself_and_marks_its_row(programme: Programme) -> None:
    account = a_field("account", on_erasure=Strategy.KEEP, keeping=Keeping("short", "paid_on"))
    table = a_table(
        *(account, a_field("paid_on"), a_field("name", on_erasure=Strategy.NULL), a_field("held")),
        restricted_field="held",
        restricted_value=1,
    )
    one = fate(programme, table, account="PL1", paid_on="2026-11-01", name="Anna", held=0)
    assert one.change == RowChange({"id": 7}, values={"name": None, "held": 1})
    over = fate(programme, table, account="PL1", paid_on="2020-01-01", name="Anna", held=0)
    assert over.change == RowChange({"id": 7}, values={"account": None, "name": None})


def test_technical_fields_and_keys_stay_untold_and_unchanged(programme: Programme) -> None:
    table = a_table(a_field("version", hidden=True), a_field("name", on_erasure=Strategy.NULL))
    one = fate(programme, table, version=3, name="Anna")
    assert one.change == RowChange({"id": 7}, values={"name": None})
    assert list(told(one)) == ["name"]
    assert fate(programme, a_table(a_field("version")), version=3).change is None


def test_a_constant_fits_and_is_unique_where_people_are_told_apart_by_it(programme: Programme) -> None:
    constant = {"on_erasure": Strategy.CONSTANT}
    table = a_table(
        a_field("name", constant="Erased person", length=6, **constant),
        a_field("email", constant="erased@example.invalid", identity="email", length=40, **constant),
        a_field("code", constant="gone", identity="customer_id", length=12, **constant),
        a_field("number", constant=0, identity="customer_id", data_type="integer", **constant),
        a_field("level", data_type="integer", **constant),
    )
    rows = [{"id": n, "name": "A", "email": "a@b.pl", "code": "C", "number": 5, "level": 2} for n in range(300)]
    changes = [fate_of(table, row, programme).change for row in rows]
    values = [change.values for change in changes if change]
    assert {one["name"] for one in values} == {"Erased"}
    assert {one["level"] for one in values} == {0}
    for name in ("email", "code", "number"):
        assert len({one[name] for one in values}) == len(rows), name
    assert all(one["email"].endswith("@example.invalid") and len(one["email"]) <= 40 for one in values)
    assert all(len(one["code"]) <= 12 and -(2**31) < one["number"] <= 0 for one in values)


def test_hashes_and_masks_are_told_as_what_they_are(programme: Programme) -> None:
    table = a_table(
        a_field("email", on_erasure=Strategy.HASH, length=20),
        a_field("name", on_erasure=Strategy.MASK),
        a_field("phone", on_erasure=Strategy.MASK),
    )
    row = {"email": "a@b.pl", "name": "Łucja O'Hara", "phone": None}
    one = fate(programme, table, **row)
    assert one.change
    assert one.change.values["name"] == "Ł**** *'****"
    assert one.change.values["phone"] is None
    assert len(one.change.values["email"]) == 20
    assert {each.strategy.erases for each in one.fields} == {False}
    assert fate(programme, table, **row).change == one.change, "the same secret, the same fate"
    other = fate_of(table, {"id": 7, **row}, programme, b"another secret")
    assert other.change
    assert other.change.values["email"] != one.change.values["email"]


def test_members_of_an_object_are_erased_by_their_names(programme: Programme) -> None:
    inner = (a_field("city", on_erasure=Strategy.NULL), a_field("zone"))
    table = a_table(a_field("address", fields=inner), a_field("whole", fields=inner, on_erasure=Strategy.NULL))
    one = fate(programme, table, address={"city": "Poznań", "zone": 1}, whole={"city": "Poznań"})
    assert one.change == RowChange({"id": 7}, values={"address.city": None, "whole": None})


def test_a_row_without_its_key_is_refused(programme: Programme) -> None:
    table = a_table(on_erasure=Strategy.DELETE_ROW)
    for row in ({}, {"id": None}):
        with pytest.raises(ValueError, match="primary key"):
            fate_of(table, row, programme)


def test_children_go_before_parents_whatever_the_order_of_the_map(programme: Programme) -> None:
    tables = {
        "customer": Table(
            "customer", None, (ID, a_field("first_order", references=a_reference("d.line.id"))), None, None
        ),
        "order": Table("order", None, (ID, a_field("c", references=a_reference("d.customer.id"))), None, None),
        "line": Table("line", None, (ID, a_field("o", references=a_reference("d.order.id"))), None, None),
        "note": Table("note", None, (ID, a_field("self", references=a_reference("d.note.id"))), None, None),
        "log": Table("log", None, (ID,), None, None, erase_after=("line",)),
        "key": Table(
            "key", None, (replace(ID, references=a_reference("d.note.id", Direction.TO)),), None, None
        ),  # notes hold copies of its key
    }
    straight = {name: table for name, table in tables.items() if name != "customer"}
    straight["customer"] = Table("customer", None, (ID,), None, None)
    for order in itertools.permutations(straight):
        data_set = DataSet("d", "d", None, {name: straight[name] for name in order})
        at = {place[1]: number for number, place in enumerate(children_first([data_set]))}
        assert at["line"] < at["order"] < at["customer"]
        assert at["line"] < at["log"]
        assert at["note"] < at["key"]
    circle = DataSet("d", "d", None, tables)
    assert sorted(name for _, name in children_first([circle])) == sorted(tables), "a circle ends"
    found = {("d", "order"): [{"id": 1}], ("d", "line"): [{"id": 2}]}
    made = fates([DataSet("d", "d", None, straight)], found, programme, ON, secret=SECRET)
    assert [one.table.name for one in made] == ["line", "order"]
    assert all(one.change is None for one in made)


def _of_a_shop(*, line: Mapping[str, Any]) -> DataSet:
    """Customers and orders that an erasure deletes, and lines of them."""
    kept = {"restricted_field": "held", "restricted_value": 1}
    order_id = a_field("o", references=a_reference("d.order.id", Direction.FROM))
    customer_id = a_field("c", references=a_reference("d.customer.id", Direction.FROM))
    tables = (
        Table("customer", None, (ID, a_field("name"), a_field("held")), Strategy.DELETE_ROW, None, **kept),
        Table("order", None, (ID, customer_id), Strategy.DELETE_ROW, None),
        Table("line", None, (ID, order_id, a_field("day")), line.get("on_erasure"), line.get("keeping")),
        Table("talk", None, (ID, customer_id), Strategy.DELETE_ROW, None),
    )
    return DataSet("d", "d", None, {table.name: table for table in tables})


_SHOP: Mapping[tuple[str, str], list[dict[str, Any]]] = {
    ("d", "customer"): [{"id": 1, "name": "Anna", "held": 0}, {"id": 2, "name": "Anna", "held": 0}],
    ("d", "order"): [{"id": 10, "c": 1}, {"id": 20, "c": 2}],
    ("d", "talk"): [{"id": 70, "c": 1}],
}


def _deleted(made: Sequence[TableFates]) -> set[tuple[str, int]]:
    rows = ((one.table.name, row.change) for one in made for row in one.rows)
    return {(name, change.key["id"]) for name, change in rows if change is not None and change.delete}


def test_what_a_statute_keeps_keeps_what_it_refers_to_and_for_as_long(programme: Programme) -> None:
    shop = _of_a_shop(line={"on_erasure": Strategy.KEEP, "keeping": Keeping("tax", "day")})
    lines = [{"id": 100, "o": 10, "day": "2026-05-01"}, {"id": 101, "o": 10, "day": "2027-05-01"}]
    over = [{"id": 102, "o": 20, "day": "2010-05-01"}]
    made = fates([shop], {**_SHOP, ("d", "line"): lines + over}, programme, ON, secret=SECRET)
    assert _deleted(made) == {("line", 102), ("order", 20), ("customer", 2), ("talk", 70)}
    customer = made[-1].rows[0]
    assert customer.change == RowChange({"id": 1}, values={"held": 1})
    assert told(customer)["name"] == (Strategy.KEEP, "2032-12-31")
    assert {each.statute for each in customer.fields} == {"Ordynacja podatkowa art. 86"}


def test_what_was_refused_keeps_what_it_refers_to_for_the_same_reason(programme: Programme) -> None:
    refused = {("d", "line"): [{"id": 100, "o": "10", "day": None}]}
    shop = _of_a_shop(line={"on_erasure": Strategy.DELETE_ROW})
    made = fates([shop], _SHOP, programme, ON, secret=SECRET, refused=refused)
    assert _deleted(made) == {("order", 20), ("customer", 2), ("talk", 70)}
    customer = made[-1].rows[0]
    assert told(customer)["name"] == (Strategy.KEEP, None)
    assert {each.refused for each in customer.fields} == {"d.line"}


def test_what_is_kept_and_refers_to_a_row_no_more_does_not_keep_it(programme: Programme) -> None:
    shop = _of_a_shop(line={"on_erasure": Strategy.KEEP, "keeping": Keeping("tax", None)})
    order_id = replace(shop.tables["line"].field("o"), on_erasure=Strategy.NULL)
    line = replace(shop.tables["line"], fields=(ID, order_id))
    alone = replace(shop, tables={**shop.tables, "line": line})
    made = fates([alone], {**_SHOP, ("d", "line"): [{"id": 100, "o": 10}]}, programme, ON, secret=SECRET)
    assert {("order", 10), ("customer", 1)} <= _deleted(made)


def test_a_row_is_known_by_its_whole_key_and_by_each_copy_of_it(programme: Programme) -> None:
    key = (a_field("shop", primary_key=True), a_field("no", primary_key=True))
    copies = (
        a_field("shop", references=a_reference("d.customer.shop", Direction.FROM)),
        a_field("payer", references=a_reference("d.customer.no", Direction.FROM)),
        a_field("guest", references=a_reference("d.customer.no", Direction.FROM)),
    )
    customer = Table("customer", None, key, Strategy.DELETE_ROW, None)
    invoice = Table("invoice", None, (ID, *copies), Strategy.KEEP, Keeping("tax", None))
    rows = {
        ("d", "customer"): [{"shop": shop, "no": no} for shop in ("a", "b") for no in (1, 2, 3)],
        ("d", "invoice"): [{"id": 1, "shop": "a", "payer": 1, "guest": 3}],
    }
    tables = {"customer": customer, "invoice": invoice}
    made = fates([DataSet("d", "d", None, tables)], rows, programme, ON, secret=SECRET)
    [_, customers] = made
    kept = [row for row, fate in zip(rows["d", "customer"], customers.rows, strict=True) if fate.change is None]
    assert kept == [{"shop": "a", "no": 1}, {"shop": "a", "no": 3}]


def test_rows_that_refer_to_each_other_in_a_circle_stay_together(programme: Programme) -> None:
    friend = a_field("friend", references=a_reference("d.member.id", Direction.FROM))
    member = Table("member", None, (ID, friend), Strategy.DELETE_ROW, None)
    letter = Table("letter", None, (ID, friend), Strategy.KEEP, Keeping("tax", None))
    rows = {
        ("d", "member"): [{"id": 1, "friend": 2}, {"id": 2, "friend": 1}, {"id": 3, "friend": 1}],
        ("d", "letter"): [{"id": 1, "friend": 1}],
    }
    data_set = DataSet("d", "d", None, {"member": member, "letter": letter})
    assert _deleted(fates([data_set], rows, programme, ON, secret=SECRET)) == {("member", 3)}
