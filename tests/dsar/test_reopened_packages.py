"""Verdicts of a review, and what recipients were told, are a person's: neither another's, nor an account's alone."""

from __future__ import annotations

import contextlib
import copy
import io
import sqlite3
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from privacy.authz.actors import OPERATOR, SERVICE
from privacy.consent import service as consent
from privacy.db import db, unit_of_work
from privacy.dsar import cases
from privacy.dsar import service as dsar
from privacy.dsar.execution import course, tasks
from privacy.dsar.execution.tasks import Result
from privacy.dsar.package import packages
from privacy.dsar.package.redaction import Item, Verdict
from privacy.dsar.vocabulary import CaseType, Event, ProofLevel, Role, State, TaskKind
from privacy.programme import service as programmes
from tests.dsar.shops import DATA_SETS, Shops, a_person, connected, granted, system_of

OLA = {"customer_id": "C-2", "email": "ola@example.com"}
OTHER_ACCOUNT = {"customer_id": "C-9"}


@pytest.fixture
def shops(context: Flask, tmp_path: Path) -> Shops:
    """Shops with orders whose address may be somebody else's."""
    made: Any = copy.deepcopy(DATA_SETS)
    [address] = [field for field in made[0]["collections"][1]["fields"] if field["name"] == "address"]
    address["privacy"] = {"third_party": True}
    serving = [system_of(code, ["order_service"]) for code in ("shop", "crm")]
    return connected(context, tmp_path, systems=serving, data_sets=made)


def changed(shops: Shops, statement: str) -> None:
    """Somebody changes a row in the shop."""
    with contextlib.closing(sqlite3.connect(shops.folder / "shop.sqlite3")) as connection, connection:
        connection.execute(statement)


def reviewed(request_id: UUID) -> Sequence[Item]:
    """What is to be looked at now."""
    with unit_of_work():
        return packages.review(request_id, actor=OPERATOR).items


def decided(shops: Shops, request_id: UUID) -> None:
    """Everything undecided is kept, and the request goes on to its answer."""
    refs = [item.ref for item in reviewed(request_id) if item.verdict is None]
    with unit_of_work():
        packages.decide(request_id, refs, Verdict.KEEP, reason="her own address", actor=OPERATOR)
    with unit_of_work():
        dsar.take(request_id, "finish-review", actor=OPERATOR)
    shops.run()
    db.session.rollback()


def again(shops: Shops, request_id: UUID, subject_id: UUID) -> State:
    """The answered request is opened anew, for this person, and executed; where it comes to."""
    with unit_of_work():
        row = cases.lock(request_id)
        cases.advance(row, Event.REOPEN, Role.STAFF, actor=OPERATOR, reason="something was missing")
        row.subject_id, row.proof_level = subject_id, ProofLevel.DECIDED.value
        cases.advance(row, Event.IDENTIFY, Role.STAFF, actor=OPERATOR)
        row.granted_by = OPERATOR.id
        cases.advance(row, Event.GRANT, Role.STAFF, actor=OPERATOR)
        course.begin(row, actor=OPERATOR)
    shops.run()
    db.session.rollback()
    return State(shops.request(request_id).state)


def answered(shops: Shops, subject_id: UUID) -> UUID:
    request_id = granted(shops, CaseType.ACCESS, subject_id)
    shops.run()
    db.session.rollback()
    decided(shops, request_id)
    assert shops.request(request_id).state == State.ANSWERED
    return request_id


def test_after_a_reopening_verdicts_on_what_is_as_it_was_stand(shops: Shops) -> None:
    anna = a_person(shops)
    request_id = answered(shops, anna)
    assert again(shops, request_id, anna) is State.ANSWERED


@pytest.mark.parametrize(
    ("statement", "asked"),
    [
        ("UPDATE orders SET address = 'Polna 3' WHERE id = 10", ["Polna 3"]),
        ("INSERT INTO orders VALUES (12, 1, '2026-06-01', 'Polna 3', 0)", ["Polna 3"]),
        # The address is as it was, and the order another: who lives there may be, too.
        ("UPDATE orders SET ordered_on = '2026-05-02' WHERE id = 10", ["Lipowa 1"]),
    ],
)
def test_after_a_reopening_what_changed_or_came_is_looked_at_again(
    shops: Shops, statement: str, asked: list[str]
) -> None:
    anna = a_person(shops)
    request_id = answered(shops, anna)
    changed(shops, statement)
    assert again(shops, request_id, anna) is State.REVIEWING
    open_items = [item for item in reviewed(request_id) if item.verdict is None]
    assert [value for item in open_items for value in item.values] == asked
    assert packages.newest(request_id) is None


def test_verdicts_for_one_person_are_none_for_another(shops: Shops) -> None:
    """An account that goes over to Ola: that Anna may see whose address an order names says nothing of her."""
    anna, ola = a_person(shops), a_person(shops, OLA)
    request_id = answered(shops, anna)
    changed(shops, "UPDATE customer SET no = 'C-2', email = 'ola@example.com' WHERE id = 1")
    assert again(shops, request_id, ola) is State.REVIEWING
    items = {value: item.verdict for item in reviewed(request_id) for value in item.values}
    assert items["Lipowa 1"] is None


def test_who_was_told_for_one_account_was_told_for_the_person(shops: Shops) -> None:
    anna, other = a_person(shops), a_person(shops, OTHER_ACCOUNT)
    told = granted(shops, CaseType.RECTIFICATION, other)
    with unit_of_work():
        row = cases.lock(told)
        tasks.finish(tasks.add(row, cases.key_of(row), TaskKind.TELL, "partners"), Result())
        consent.merge(anna, other, actor=OPERATOR, programme=programmes.current(), reason="one person")
    request_id = answered(shops, anna)
    with unit_of_work():
        package = packages.begin_fetch(request_id, actor=SERVICE)
    raw = b"".join(packages.parts(package.id))
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        [page] = [archive.read(name).decode() for name in archive.namelist() if name.endswith(".html")]
    assert "partnerzy Klubu Jarzębina" in page
