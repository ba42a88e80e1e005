"""What is done with one row whose time is up: it goes, a part goes, or it is marked; the second time nothing is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from privacy.programme.data_map import DataSet, Direction, Keeping, Place, Reference, Strategy, Table
from privacy.programme.types import Covered, RetentionAction, RetentionRule, RetentionTrigger
from privacy.retention.policy import applied, change, term
from privacy.systems.connector import FieldFate, RowChange
from tests.retention.programmes import ZONE, a_field, a_rule, a_system, a_table, with_rules

CREATED, CLAIM = RetentionTrigger.CREATED, RetentionTrigger.CLAIM_DUE
TODAY = date(2026, 1, 1)
AT = a_field("at", moments=(CREATED,))
OLD, NEW = "2020-01-01", "2025-12-31"
MAIL = {"categories": ("contact",), "identity": "email"}
YEAR = a_rule("year", "P1Y", CREATED)


def changed(
    table: Table, row: Mapping[str, Any], *rules: RetentionRule, secret: bytes = b"s" * 32
) -> tuple[RowChange | None, tuple[FieldFate, ...]]:
    programme, data_set = with_rules(*rules), DataSet("d", "d", None, {table.name: table})
    found = applied(programme, a_system(), data_set, table)
    told = term(table, row, found, TODAY, ZONE)
    return change(programme, data_set, table, row, told, TODAY, secret=secret)


def again(table: Table, row: Mapping[str, Any], *rules: RetentionRule) -> RowChange | None:
    """What the next run does with the row that this one leaves."""
    first, _ = changed(table, row, *rules)
    assert first is not None
    return changed(table, {**row, **first.values}, *rules, secret=b"t" * 32)[0]


def test_a_row_goes_if_it_still_holds_its_moment() -> None:
    table = a_table(AT, a_field("mail", **MAIL), on_erasure=Strategy.DELETE_ROW)
    made, told = changed(table, {"id": 7, "at": OLD, "mail": "a@b.pl"}, YEAR)
    assert made == RowChange({"id": 7}, delete=True, still={"at": OLD})
    assert {one.strategy for one in told} == {Strategy.DELETE_ROW}
    assert changed(table, {"id": 7, "at": NEW, "mail": "a@b.pl"}, YEAR) == (None, ())
    assert changed(table, {"id": 7, "at": None, "mail": "a@b.pl"}, YEAR) == (None, ())


def test_a_row_that_was_kept_goes_when_its_statute_ends() -> None:
    table = a_table(AT, a_field("mail", **MAIL), on_erasure=Strategy.KEEP, keeping=Keeping("year", "at"))
    made, _ = changed(table, {"id": 7, "at": OLD, "mail": "a@b.pl"}, YEAR)
    assert made is not None
    assert made.delete


def test_a_row_that_is_erased_by_field_is_emptied_by_field() -> None:
    table = a_table(
        AT,
        a_field("mail", on_erasure=Strategy.NULL, **MAIL),
        a_field("name", categories=("contact",), on_erasure=Strategy.CONSTANT, constant="-"),
        a_field("version"),
    )
    row = {"id": 7, "at": OLD, "mail": "a@b.pl", "name": "Anna", "version": 3}
    made, told = changed(table, row, YEAR)
    assert made == RowChange({"id": 7}, values={"mail": None, "name": "-"}, still={"at": OLD})
    assert {one.field: one.strategy for one in told} == {"mail": Strategy.NULL, "name": Strategy.CONSTANT}
    assert again(table, row, YEAR) is None


def test_a_key_that_was_kept_goes_with_its_row() -> None:
    number = replace(
        a_field("id"),
        primary_key=True,
        categories=("contact",),
        on_erasure=Strategy.KEEP,
        keeping=Keeping("year", "at"),
    )
    table = Table("t", None, (number, AT, a_field("mail", on_erasure=Strategy.NULL, **MAIL)), None, None)
    made, _ = changed(table, {"id": 7, "at": OLD, "mail": "a@b.pl"}, YEAR)
    assert made is not None
    assert made.delete


@pytest.mark.parametrize("on_erasure", [None, Strategy.DELETE_ROW, Strategy.KEEP])
def test_only_what_is_over_is_emptied_and_the_rest_is_restricted(on_erasure: Strategy | None) -> None:
    taxes = a_rule("taxes", "P9Y", CREATED, covers=Covered(data_categories=("health",)))
    table = a_table(
        AT,
        a_field("mail", **MAIL),
        a_field("total", categories=("health",)),
        a_field("held"),
        on_erasure=on_erasure,
        keeping=Keeping("taxes", "at") if on_erasure is Strategy.KEEP else None,
        restricted_field="held",
        restricted_value=1,
    )
    row = {"id": 7, "at": OLD, "mail": "a@b.pl", "total": 3, "held": 0}
    if on_erasure is Strategy.KEEP:  # The statute keeps the whole row, for nothing of it is taken by an erasure.
        assert changed(table, row, YEAR, taxes)[0] is None
        return
    made, told = changed(table, row, YEAR, taxes)
    assert made == RowChange({"id": 7}, values={"mail": None, "held": 1}, still={"at": OLD})
    assert [one.field for one in told] == ["mail"]
    assert again(table, row, YEAR, taxes) is None


def test_a_row_of_which_a_part_is_in_use_is_not_restricted() -> None:
    contact = a_rule("contact", "P1Y", CREATED, covers=Covered(data_categories=("contact",)))
    table = a_table(
        AT,
        a_field("mail", **MAIL),
        a_field("note", categories=("health",)),
        a_field("held"),
        restricted_field="held",
        restricted_value=True,
    )
    made, _ = changed(table, {"id": 7, "at": OLD, "mail": "a@b.pl", "note": "x", "held": False}, contact)
    assert made == RowChange({"id": 7}, values={"mail": None}, still={"at": OLD})


def test_an_anonymous_row_stays_with_nothing_of_a_person_and_leads_to_nobody() -> None:
    anonymise = replace(YEAR, action=RetentionAction.ANONYMISE)
    table = a_table(
        AT,
        a_field("mail", on_erasure=Strategy.HASH, **MAIL),
        a_field("customer", references=(Reference(Place("d", "c", "id"), Direction.FROM),)),
        a_field("total"),
        on_erasure=Strategy.DELETE_ROW,
    )
    row = {"id": 7, "at": OLD, "mail": "a@b.pl", "customer": 5, "total": 3}
    made, _ = changed(table, row, anonymise)
    assert made == RowChange({"id": 7}, values={"mail": None, "customer": None}, still={"at": OLD})
    assert again(table, row, anonymise) is None


def test_a_restricted_row_stays_as_it_is_and_is_marked_once() -> None:
    restrict = replace(YEAR, action=RetentionAction.RESTRICT)
    table = a_table(AT, a_field("mail", **MAIL), a_field("held"), restricted_field="held", restricted_value=True)
    row = {"id": 7, "at": OLD, "mail": "a@b.pl", "held": False}
    made, told = changed(table, row, restrict)
    assert made == RowChange({"id": 7}, values={"held": True}, still={"at": OLD})
    assert {(one.strategy, one.until) for one in told} == {(Strategy.KEEP, "2021-01-01")}
    assert again(table, row, restrict) is None


def test_a_review_is_for_a_person() -> None:
    review = replace(YEAR, action=RetentionAction.REVIEW)
    table = a_table(AT, a_field("mail", **MAIL), on_erasure=Strategy.DELETE_ROW)
    assert changed(table, {"id": 7, "at": OLD, "mail": "a@b.pl"}, review) == (None, ())


@pytest.mark.parametrize("actions", [("erase", "restrict"), ("restrict", "erase")])
def test_of_two_rules_that_end_on_one_day_the_more_cautious_decides(actions: tuple[str, str]) -> None:
    rules = [a_rule(f"r{n}", "P1Y", CREATED, action=RetentionAction(action)) for n, action in enumerate(actions)]
    table = a_table(
        AT,
        a_field("mail", **MAIL),
        a_field("held"),
        on_erasure=Strategy.DELETE_ROW,
        restricted_field="held",
        restricted_value=1,
    )
    made, _ = changed(table, {"id": 7, "at": OLD, "mail": "a@b.pl", "held": 0}, *rules)
    assert made is not None
    assert (made.delete, made.values) == (False, {"held": 1})


MADE = {
    "constant of its own": {"on_erasure": Strategy.CONSTANT, "constant": "erased@example.invalid"},
    "number of its own": {"on_erasure": Strategy.CONSTANT, "constant": 0, "data_type": "integer"},
    "hash": {"on_erasure": Strategy.HASH},
    "mask": {"on_erasure": Strategy.MASK},
}


@pytest.mark.parametrize("how", MADE)
def test_what_an_earlier_run_made_is_left_alone_though_its_secret_is_forgotten(how: str) -> None:
    table = a_table(AT, a_field("mail", **MAIL, **MADE[how]))
    held = 55 if how.startswith("number") else "anna@example.pl"
    row = {"id": 7, "at": OLD, "mail": held}
    made, _ = changed(table, row, YEAR)
    assert made is not None
    assert made.values["mail"] != held
    assert again(table, row, YEAR) is None


def test_nested_fields_are_emptied_by_themselves() -> None:
    inner = (a_field("mail", categories=("contact",), on_erasure=Strategy.NULL), a_field("level"))
    table = a_table(AT, a_field("profile", fields=inner))
    made, _ = changed(table, {"id": 7, "at": OLD, "profile": {"mail": "a@b.pl", "level": 2}}, YEAR)
    assert made is not None
    assert made.values == {"profile.mail": None}


def test_a_row_without_a_key_is_never_changed() -> None:
    table = a_table(AT, a_field("mail", **MAIL), on_erasure=Strategy.DELETE_ROW)
    with pytest.raises(ValueError, match="without a primary key"):
        changed(table, {"id": None, "at": OLD, "mail": "a@b.pl"}, YEAR)
