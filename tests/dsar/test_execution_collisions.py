"""People who are told apart by little: no row of one is found for another, in any system."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from privacy.authz.actors import OPERATOR
from privacy.db import unit_of_work
from privacy.dsar.execution import course, decisions, planning, results
from privacy.dsar.package import packages
from privacy.dsar.vocabulary import CaseType, State, TaskState
from tests.dsar.shops import Shops, a_person, connected, granted
from tests.sizes import size

#: Identifiers of different people that a careless comparison takes for one.
_FORMS = ("Ab{n}", "ab{n}", "Ab{n}x", "Ab0{n}", "A\u0301b{n}", "\u00c1b{n}", "Ab{n}-", "Ａb{n}", "Ab {n}", "%{n}")
_MAILS = ("p{n}@example.com", "p{n}+shop@example.com", "p.{n}@example.com", "p{n}@example.co", "p0{n}@example.com")


def people(count: int) -> list[dict[str, str]]:
    """Each another person, for the law and for this service."""
    found = []
    for number in range(count):
        form = _FORMS[number % len(_FORMS)].format(n=number // len(_FORMS))
        mail = _MAILS[number % len(_MAILS)].format(n=number // len(_MAILS))
        found.append({"customer_id": form, "email": mail})
    return found


def canary(number: int) -> str:
    """What stands in every row of a person, and in nobody else's."""
    return f"canary{number:05}x"


@pytest.fixture
def shops(context: Flask, tmp_path: Path) -> Shops:
    return colliding(context, tmp_path, people(size("colliding_people")))


def colliding(context: Flask, tmp_path: Path, every: list[dict[str, str]]) -> Shops:
    """Both shops with these people, and with some whose keys are as good as none."""
    nobody: list[tuple[Any, ...]] = [
        (-1, None, None, "Jan Kowalski", "1980-01-01", 0),
        (-2, "", "", "Jan Kowalski", "1980-01-01", 0),
        (-3, " ", "%", "Jan Kowalski", "1980-01-01", 0),
        (-4, "Ab0 ", " p0@example.com", "Jan Kowalski", "1980-01-01", 0),
        (-5, "_b0", "p_@example.com", "Jan Kowalski", "1980-01-01", 0),
    ]
    customers = [(n, p["customer_id"], p["email"], "Jan Kowalski", "1980-01-01", 0) for n, p in enumerate(every, 1)]
    rows = [*nobody, *customers]
    return connected(
        context,
        tmp_path,
        {
            "shop": {
                "customer": rows,
                "orders": [
                    (9, None, None, "Lipowa 1", 0),
                    *((row[0] + 10_000, row[0], "2026-05-01", canary(row[0]), 0) for row in rows),
                ],
                "line": [(row[0] + 20_000, row[0] + 10_000, canary(row[0])) for row in rows],
            },
            "crm": {
                "member": [
                    (row[0], unicodedata.normalize("NFD", row[2] or "") or None, canary(row[0]), 0) for row in rows
                ],
                "talk": [(row[0] + 10_000, row[0], canary(row[0])) for row in rows],
            },
        },
    )


def test_no_row_of_somebody_else_is_found_for_anybody(shops: Shops) -> None:
    every = people(size("colliding_people"))
    subjects = [a_person(shops, one) for one in every]
    for number, subject in enumerate(subjects, 1):
        request_id = granted(shops, CaseType.ACCESS, subject)
        with shops.app.app_context():
            planned = {(one.system, one.table): one.rows for one in planning.plan(request_id)}
        shops.run_but_answer()
        with shops.app.app_context():
            tables = [one for one in results.found_tables(request_id) if one.system != "privacy"]
        ids = {(one.system, one.table): {row["id"] for row in one.rows} for one in tables}
        assert ids == {
            ("shop", "customer"): {number},
            ("shop", "orders"): {number + 10_000},
            ("shop", "line"): {number + 20_000},
            ("crm", "member"): {number},
            ("crm", "talk"): {number + 10_000},
        }, number
        assert planned == {place: len(rows) for place, rows in ids.items()}, number


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # The service's own plays no part.
def test_no_package_holds_a_word_about_somebody_else(context: Flask, tmp_path: Path) -> None:
    every = people(size("collisions"))
    shops = colliding(context, tmp_path, every)
    asked = {n: granted(shops, CaseType.ACCESS, a_person(shops, one)) for n, one in enumerate(every, 1)}
    shops.run()
    for number, request_id in asked.items():
        assert shops.request(request_id).state == State.ANSWERED, number
        with shops.app.app_context():
            made = packages.newest(request_id)
            assert made is not None
            with zipfile.ZipFile(io.BytesIO(b"".join(packages.parts(made.id)))) as archive:
                files = {name: archive.read(name) for name in archive.namelist()}
        rows = {name: files[name] for name in files if name.endswith(".json") and name.startswith("data/")}
        mine = canary(number).encode()
        assert sum(mine in content for content in rows.values()) == 4, number
        told = set(re.findall(rb"canary-?[0-9]+x", b"".join(files.values())))
        assert told == {mine}, number


def test_a_contact_of_two_people_alone_leads_to_a_person_who_decides(shops: Shops) -> None:
    a_person(shops, {"customer_id": "X-1", "email": "p0@example.com"})
    asked = a_person(shops, {"customer_id": "X-2", "email": "p0@example.com"})
    request_id = granted(shops, CaseType.ACCESS, asked)
    shops.run()
    assert shops.request(request_id).state == State.REVIEWING
    waiting = [task for task in shops.tasks(request_id) if task.state == TaskState.FOR_A_PERSON]
    assert {(task.place, task.failure) for task in waiting} == {
        ("shop.customer", course.DOUBTFUL),
        ("crm.member", course.DOUBTFUL),
    }
    with shops.app.app_context():
        assert [one for one in results.found_tables(request_id) if one.system != "privacy"] == []
    for task in waiting:
        with shops.app.app_context(), unit_of_work():
            rows = decisions.doubtful_rows(task.id)
            mine = {one.id: task.place == "crm.member" for one in rows}
            decisions.decide_rows(task.id, mine, actor=OPERATOR, reason="the note says who it is")
    shops.run_but_answer()
    with shops.app.app_context():
        found = {(one.system, one.table) for one in results.found_tables(request_id) if one.system != "privacy"}
    assert found == {("crm", "member"), ("crm", "talk")}
