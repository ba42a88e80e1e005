"""What the watch asks: each question answers by what stands in the rooms."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import OPERATOR
from privacy.db import db, end_read, unit_of_work
from privacy.dsar import cases
from privacy.dsar.cases import Opening
from privacy.dsar.matter import Matter, Named
from privacy.dsar.vocabulary import CaseType, Intake
from privacy.jobs import standing, watching
from privacy.jobs.questions import Watched, questions
from privacy.jobs.service import AlarmCode
from privacy.recovery import service as recovery
from tests.databases import Database, bare_app

HOUR = 3600


class Asked:
    """An installation and what the watch finds out about it."""

    def __init__(self, bare: Flask, folder: Path) -> None:
        self.bare = bare
        self.journal = recovery.Journaling(folder / "journal")
        sink = audit.sink_of(f"file:{folder / 'sink.jsonl'}")
        self.sequencer = audit.Sequencer(audit.Anchor(folder / "anchor.txt"))
        self.questions = questions(Watched(folder / "backups", 48, sink))

    def wrong(self) -> set[tuple[str, str]]:
        found = set()
        with self.bare.app_context():
            for code, question in self.questions.items():
                found |= {(code.value, about) for about in question(clock.micros())}
                end_read()
            db.session.remove()
        return found

    def change(self) -> None:
        """Something that has an event."""
        with self.bare.app_context():
            with unit_of_work():
                audit.record("thing.done", actor=OPERATOR, object_type="thing", object_id="t", content={})
            db.session.remove()

    def sequence(self) -> None:
        with self.bare.app_context():
            self.sequencer.turn(publish_now=True)
            db.session.remove()


@pytest.fixture
def asked(database: Database, in_force: None, frozen: time_machine.Traveller, tmp_path: Path) -> Iterator[Asked]:
    bare = bare_app(database)
    with bare.app_context():
        with unit_of_work():
            standing.ensure_known([watching.NAME])
        db.session.remove()
    made = Asked(bare, tmp_path)
    yield made
    with bare.app_context():
        db.session.remove()
        db.engine.dispose()


def test_nothing_is_wrong_with_a_new_installation(asked: Asked) -> None:
    assert asked.wrong() == set()


def test_each_stage_that_does_not_follow_is_found(asked: Asked, frozen: time_machine.Traveller) -> None:
    asked.sequence()  # What the installation began with, at the time of the run.
    asked.change()
    frozen.shift(HOUR)
    behind = {("journal-behind", ""), ("sink-behind", "")}
    assert asked.wrong() == {("log-stands", "")} | behind
    asked.sequence()
    assert asked.wrong() == behind


def test_backups_are_missed_after_their_time(asked: Asked, frozen: time_machine.Traveller) -> None:
    frozen.shift(47 * HOUR)
    assert not {one for one in asked.wrong() if one[0] == "backup-old"}
    frozen.shift(2 * HOUR)
    assert {about for code, about in asked.wrong() if code == "backup-old"} == {
        kind.value for kind in recovery.BackupKind
    }


def test_requests_are_named_by_their_number_before_and_after_their_day(
    asked: Asked, frozen: time_machine.Traveller
) -> None:
    matter = Matter(named=(Named("email", "anna.nowak@example.com"),))
    with asked.bare.app_context():
        with unit_of_work():
            opening = Opening(CaseType.ACCESS, Intake.EMAIL, matter, "pl", "sklep", clock.micros())
            number = cases.open_case(opening, actor=OPERATOR).number
        db.session.remove()
    wanted = {AlarmCode.REQUEST_DUE.value, AlarmCode.REQUEST_OVERDUE.value}
    seen = []
    for _ in range(6):
        seen += sorted(one for one in asked.wrong() if one[0] in wanted)
        frozen.shift(10 * 24 * HOUR - HOUR)
    assert ("request-overdue", number) in seen
    frozen.move_to("2026-12-20T12:00:00Z")
    assert ("request-due", number) in asked.wrong()
