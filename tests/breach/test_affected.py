"""Who is affected: each natural person once, by whatever they were found; unknown ones by line, never by value."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from privacy.authz.actors import OPERATOR
from privacy.breach.telling import affected, searching
from privacy.breach.telling.affected import Rejected
from privacy.breach.telling.failures import AffectedNotKnown
from privacy.breach.telling.models import BreachAffected
from privacy.breach.telling.searching import ActsQuestion, DataMapQuestion
from privacy.breach.telling.vocabulary import SourceState
from privacy.consent import service as consent
from privacy.consent.service import ActIn, ActKind, Source
from privacy.crypto import keyring
from privacy.crypto.keyring import Keyring, KeyUse
from privacy.db import db, session
from privacy.errors import InvalidInput
from privacy.programme import service as programmes
from privacy.subjects import service as subjects
from privacy.systems import service as systems
from tests.breach import telling_desk as desk

ANNA = {"customer_id": "C-1001", "email": "anna.nowak@example.com"}
JAN = {"customer_id": "C-1002", "email": "jan.wilk@example.com"}


@pytest.fixture(autouse=True)
def _programme(context: Flask, frozen: time_machine.Traveller, in_force: None) -> None:
    """The example programme is in force."""


def test_a_list_names_each_person_once_and_its_bad_lines_by_their_numbers() -> None:
    desk.a_person(**ANNA)
    desk.a_person(**JAN)
    breach = desk.a_breach()
    lines = [
        {"customer_id": "C-1001"},
        {"email": "anna.nowak@example.com"},
        {"email": "nobody.known@example.com"},
        {"email": "Nobody.Known@example.com"},
        {"customer_id": "C-9999"},
        {"shoe_size": "42"},
        None,
        {"customer_id": "C-1002"},
    ]
    rejected = desk.listed(breach, lines)
    assert rejected == [Rejected(5, "unknown"), Rejected(6, "not-readable"), Rejected(7, "not-readable")]
    counts = affected.counts_of(breach)
    assert (counts.affected, counts.known, counts.by_contact, counts.open_sources) == (3, 2, 1, 0)
    [source] = affected.sources_of(breach)
    assert (source.rows_read, source.added, source.repeated, source.rejected) == (8, 3, 2, 3)
    assert source.state is SourceState.DONE


def test_two_whom_staff_merged_are_one() -> None:
    anna, jan = desk.a_person(**ANNA), desk.a_person(**JAN)
    programme = programmes.current()
    desk.do(lambda: subjects.merge(anna, jan, actor=OPERATOR, programme=programme, reason="the same"))
    breach = desk.a_breach()
    desk.listed(breach, [{"customer_id": "C-1001"}, {"customer_id": "C-1002"}])
    assert affected.counts_of(breach).affected == 1


def test_nothing_of_anybody_unknown_stands_in_the_clear(context: Flask) -> None:
    breach = desk.a_breach()
    desk.listed(breach, [{"email": "nobody.known@example.com"}])
    db.session.rollback()
    row = session().scalars(sa.select(BreachAffected)).one()
    assert row.contact_enc is not None
    assert b"nobody" not in row.contact_enc
    contact = affected.contact_of(row)
    assert contact is not None
    assert contact.value == "nobody.known@example.com"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=10)
@given(turns=st.lists(st.lists(st.integers(0, 7), max_size=6), min_size=1, max_size=4))
def test_any_lists_in_any_order_are_a_set(turns: list[list[int]]) -> None:
    breach = desk.a_breach()
    for turn in turns:
        desk.listed(breach, [{"email": f"person.{number}@example.com"} for number in turn])
    distinct = {number for turn in turns for number in turn}
    assert affected.counts_of(breach).affected == len(distinct)
    db.session.rollback()
    of_it = sa.select(BreachAffected.number).where(BreachAffected.breach_id == breach)
    assert sorted(session().scalars(of_it)) == list(range(1, len(distinct) + 1))


def test_everybody_with_an_act_is_found_in_portions_and_each_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "AT_ONCE", 2)
    for number in range(5):
        _gives(f"C-{number}", f"person.{number}@example.com", "shop" if number else "till")
    _gives("C-1", "person.1@example.com", "shop", purpose="newsletter")
    breach = desk.a_breach()
    desk.do(lambda: searching.ask_acts(breach, ActsQuestion(source_system="shop"), actor=OPERATOR))
    desk.work()
    [source] = affected.sources_of(breach)
    assert source.state is SourceState.DONE
    assert affected.counts_of(breach).affected == 4
    with pytest.raises(InvalidInput):
        desk.do(lambda: searching.ask_acts(breach, ActsQuestion(), actor=OPERATOR))
    with pytest.raises(InvalidInput):
        desk.do(lambda: searching.ask_acts(breach, ActsQuestion(purpose="no such"), actor=OPERATOR))


def test_in_a_rehearsal_nobody_real_is_searched_for() -> None:
    _gives("C-1", "person.1@example.com", "shop")
    breach = desk.a_breach(rehearsal=True)
    for ask in (
        lambda: searching.ask_acts(breach, ActsQuestion(source_system="shop"), actor=OPERATOR),
        lambda: searching.ask_rows(breach, DataMapQuestion("shop"), actor=OPERATOR),
    ):
        with pytest.raises(InvalidInput):
            desk.do(ask)
    assert affected.sources_of(breach) == []


def test_somebody_unknown_is_in_once_though_keys_were_rotated(ring: Keyring) -> None:
    breach = desk.a_breach()
    desk.listed(breach, [{"email": "nobody.known@example.com"}])
    keyring.install(ring.with_new(KeyUse.REPEAT))
    desk.listed(breach, [{"email": "nobody.known@example.com"}])
    keyring.install(ring)
    assert affected.counts_of(breach).affected == 1


def test_rows_of_a_system_name_the_people_whom_they_are_about(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "AT_ONCE", 3)
    desk.a_person(customer_id="1", email="anna.nowak@example.com")
    _shop(tmp_path / "shop.sqlite3", people=8)
    breach = desk.a_breach()
    desk.do(lambda: searching.ask_rows(breach, DataMapQuestion("shop", tables=("customer", "orders")), actor=OPERATOR))
    desk.work()
    [source] = affected.sources_of(breach)
    assert (source.state, source.failure) == (SourceState.FAILED, "system-not-connected")
    with pytest.raises(AffectedNotKnown):
        desk.agreed(breach)
    url = f"sqlite:///{tmp_path / 'shop.sqlite3'}"
    desk.do(lambda: systems.put_connection("shop", {"url": url}, actor=OPERATOR))
    desk.do(lambda: affected.try_source_again(breach, source.id, actor=OPERATOR))
    desk.work()
    [source] = affected.sources_of(breach)
    assert (source.state, source.failure, source.rows_read) == (SourceState.DONE, None, 16)
    counts = affected.counts_of(breach)
    assert (counts.affected, counts.known) == (8, 1)
    with pytest.raises(InvalidInput):
        desk.do(lambda: searching.ask_rows(breach, DataMapQuestion("shop", tables=("none",)), actor=OPERATOR))


def _gives(customer_id: str, email: str, system: str, purpose: str = "offers") -> None:
    programme = programmes.current()
    naming = subjects.name_of(programme, OPERATOR, {"customer_id": customer_id, "email": email})
    act = ActIn(naming=naming, act=ActKind.WITHDRAW, source=Source(system), purpose=purpose, channels=("email",))
    desk.do(lambda: consent.record(act, actor=OPERATOR, programme=programme))


def _shop(file: Path, *, people: int) -> None:
    """The shop's database with an order of each customer."""
    tables = programmes.current().data_sets["shop"].tables
    with contextlib.closing(sqlite3.connect(file)) as shop:
        for name, table in tables.items():
            columns = ", ".join(f'"{one.name}"' for one in table.fields)
            key = ", ".join(f'"{one}"' for one in table.primary_key)
            shop.execute(f'CREATE TABLE "{name}" ({columns}, PRIMARY KEY ({key}))')
        for number in range(1, people + 1):
            shop.execute("INSERT INTO customer (id, email) VALUES (?, ?)", (number, f"person.{number}@example.com"))
            shop.execute("INSERT INTO orders (id, customer_id) VALUES (?, ?)", (100 + number, number))
        shop.commit()
