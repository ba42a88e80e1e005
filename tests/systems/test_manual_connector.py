"""A system that only a person can look into waits for what they file, and takes nothing else for an answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from privacy.programme.connector_settings import ManualSettings
from privacy.programme.data_map import Table
from privacy.systems.connector import Key, Level, SystemRefused, TableChange, Task, TooManyRows, Verb
from privacy.systems.manual_connector import ManualAnswer, ManualConnector
from tests.systems.test_graph import a_field

FILE = Table("file", None, (a_field("number", primary_key=True), a_field("shelf")), None, None)
TASK = Task(UUID(int=1), UUID(int=2))
KEYS = [Key("number", ("1",))]


def a_connector(**answer: Any) -> ManualConnector:
    filed = ManualAnswer(UUID(int=9), 1, **{"statement": "Shelf 3 looked through", **answer}) if answer else None
    return ManualConnector(ManualSettings("archive", 7, {}), lambda task: filed if task == TASK else None)


def change(connector: ManualConnector, task: Task = TASK) -> Any:
    return connector.change(task, Verb.ERASE, [FILE], [TableChange("file", ())])


def test_nothing_is_found_or_done_before_somebody_says_so() -> None:
    for connector, task in ((a_connector(), TASK), (a_connector(rows=()), Task(UUID(int=3), UUID(int=2)))):
        found = connector.find(task, FILE, KEYS, limit=5)
        assert found.pending is not None
        assert found.pending.reference == str(task.id)
        assert change(connector, task).pending is not None
        assert connector.count(task, FILE, KEYS) == 0


def test_what_was_filed_is_the_answer() -> None:
    connector = a_connector(rows=({"number": "1", "shelf": 3},), files=(("scan.pdf", b"%PDF"),))
    found = connector.find(TASK, FILE, KEYS, limit=5)
    assert (found.rows, found.files) == (({"number": "1", "shelf": 3},), (("scan.pdf", b"%PDF"),))
    assert connector.count(TASK, FILE, KEYS) == 1
    done = change(a_connector(deleted={"file": 2}))
    assert (done.deleted, done.said, done.pending) == ({"file": 2}, "Shelf 3 looked through", None)


@pytest.mark.parametrize("answer", [{"could": False}, {"statement": " "}])
def test_what_a_form_cannot_say_is_no_answer(answer: dict[str, Any]) -> None:
    connector = a_connector(**answer)
    with pytest.raises(SystemRefused):
        connector.find(TASK, FILE, KEYS, limit=5)
    with pytest.raises(SystemRefused):
        change(connector)


def test_more_rows_than_expected_are_asked_about() -> None:
    with pytest.raises(TooManyRows):
        a_connector(rows=({"number": "1"}, {"number": "2"})).find(TASK, FILE, KEYS, limit=1)


def test_it_says_who_looks() -> None:
    (found,) = a_connector().test([])
    assert (found.level, "archive" in found.detail) == (Level.OK, True)
    with pytest.raises(SystemRefused):
        a_connector().columns()
