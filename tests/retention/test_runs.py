"""Disposal runs: counted, agreed to, carried out, read again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from privacy.db import db
from privacy.retention.runs.vocabulary import PartState, RunState
from tests.databases import Database, bare_app
from tests.retention.offices import OLD, Office, an_office

pytestmark = pytest.mark.usefixtures("in_force")


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Iterator[Office]:
    app = bare_app(database)
    yield an_office(app, tmp_path)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_a_preview_counts_and_changes_nothing(office: Office) -> None:
    before = office.rows("shop", "customer"), office.rows("chat", "talk")
    run_id = office.previewed()
    counted = office.counted(run_id)
    assert counted["chat.talk"].deleted == {"chat.talk": 4}
    assert counted["shop.customer"].deleted == {"shop.customer": 1, "shop.note": 1}
    assert (office.rows("shop", "customer"), office.rows("chat", "talk")) == before
    assert office.run(run_id).state == RunState.APPROVED


def test_a_run_does_what_was_counted_and_a_second_one_nothing(office: Office) -> None:
    run_id = office.done()
    assert office.run(run_id).state == RunState.DONE
    assert {place: one.settled() for place, one in office.did(run_id).items()} == {
        place: one.settled() for place, one in office.counted(run_id).items()
    }
    assert [row[0] for row in office.rows("chat", "talk")] == [2, 4, 6, 8]
    assert [row[0] for row in office.rows("shop", "customer")] == [2, 3, 4]
    again = office.done()
    assert all(one.total == 0 for one in office.did(again).values())
    assert office.run(again).state == RunState.DONE


def test_a_row_that_another_keeps_stays_and_is_marked(office: Office) -> None:
    run_id = office.done()
    jan = office.rows("shop", "customer")[1]
    assert jan == (3, "jan@example.com", "Jan", OLD, 1)
    assert [row[0] for row in office.rows("shop", "note")] == [101, 102]
    assert office.did(run_id)["shop.customer"].stays == {"referred_to": 1}
    assert all(part.state == PartState.DONE and part.left == 0 for part in office.parts(run_id).values())
