"""The course of a breach verifies without the service, tells who did what when, and no word of what was written."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest

from privacy.audit import service as audit
from privacy.authz.actors import OPERATOR
from privacy.breach import service as breaches
from privacy.breach.failures import BreachNotFound
from privacy.breach.service import Report
from privacy.db import db, unit_of_work
from privacy.evidence import service as evidence
from tests.breach.made_up import TOLD
from tests.evidence.conftest import Desk, files_of, lines_of


def a_breach(desk: Desk, **report: Any) -> str:
    """A breach with a few steps; its number."""
    with desk.app.app_context():
        with unit_of_work():
            row = breaches.open_breach(Report(facts=TOLD, words="Somebody rang.", **report), actor=OPERATOR)
            number = row.number
        with unit_of_work():
            breaches.become_aware(row.id, actor=OPERATOR, reason="the log shows it")
        with unit_of_work():
            breaches.take(row.id, "contain", actor=OPERATOR, reason="the account is closed")
        db.session.remove()
    return number


def taken(desk: Desk, number: str) -> bytes:
    desk.publish()
    with desk.app.app_context():
        made = evidence.make_timeline(number, actor=OPERATOR, seconds=5)
        with unit_of_work():
            evidence.record_timeline(made, actor=OPERATOR)
        db.session.remove()
    return made.content


def test_it_verifies_where_nobody_has_seen_the_service(desk: Desk) -> None:
    said = desk.verify("timeline.zip", taken(desk, a_breach(desk)))
    assert said["ok"], said
    assert said["kind"] == "bundle"
    assert any("3 events stand in the log, and say what it committed to" in step for step in said["steps"])


def test_it_tells_who_did_what_when_and_no_word_that_was_written(desk: Desk) -> None:
    a_breach(desk)
    archive = taken(desk, a_breach(desk))
    files = files_of(archive)
    told = json.loads(files["timeline.json"])
    assert told["number"] == "N-2026-0002"
    assert [one["what"] for one in told["course"]] == ["breach.opened", "breach.become_aware", "breach.contain"]
    assert all(one["actor"]["kind"] == "operator" and one["at"].endswith("Z") for one in told["course"])
    assert [event["index"] for event in lines_of(files["events.jsonl"])] == [one["index"] for one in told["course"]]
    every = b"".join(files.values()).decode()
    for word in (
        "nieuprawniona",
        "Ewa Lis",
        "Somebody rang",
        "the log shows it",
        "the account is closed",
        "N-2026-0001",
    ):
        assert word not in every, word


@pytest.mark.parametrize("name", ["events.jsonl", "timeline.json", "README.txt", "manifest.json"])
def test_whatever_is_altered_fails(desk: Desk, name: str) -> None:
    files = files_of(taken(desk, a_breach(desk)))
    files[name] = files[name].replace(b"breach", b"bleach", 1)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path, raw in files.items():
            archive.writestr(path, raw)
    assert not desk.verify("timeline.zip", out.getvalue())["ok"]


def test_a_step_cannot_be_left_out_unsigned(desk: Desk) -> None:
    files = files_of(taken(desk, a_breach(desk)))
    files["events.jsonl"] = b"".join(files["events.jsonl"].splitlines(keepends=True)[:-1])
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path, raw in files.items():
            archive.writestr(path, raw)
    assert not desk.verify("timeline.zip", out.getvalue())["ok"]


def test_a_rehearsal_says_so(desk: Desk) -> None:
    files = files_of(taken(desk, a_breach(desk, rehearsal=True)))
    assert json.loads(files["timeline.json"])["rehearsal"] is True
    assert b"A REHEARSAL" in files["README.txt"]
    assert b"rehearsal" in files["manifest.json"]


def test_who_took_it_is_in_the_log(desk: Desk) -> None:
    number = a_breach(desk)
    taken(desk, number)
    desk.publish()
    with desk.app.app_context():
        row = breaches.named(number, actor=OPERATOR)
        assert len(audit.events_about("breach_timeline", row.id)) == 1
        with pytest.raises(BreachNotFound):
            evidence.make_timeline("N-1999-0001", actor=OPERATOR, seconds=1)
        db.session.remove()


def test_it_is_taken_over_http_by_staff_alone(desk: Desk) -> None:
    number = a_breach(desk)
    desk.publish()
    with desk.app.app_context():
        breach_id = breaches.named(number, actor=OPERATOR).id
        db.session.remove()
    place = f"/audit/breaches/{breach_id}/timeline"
    assert desk.caller.post(place, {}).status_code == 403
    answer = desk.service.staff().post(place, {})
    assert answer.status_code == 200, answer.text
    assert number in answer.headers["Content-Disposition"]
    assert desk.verify("timeline.zip", answer.data)["ok"]
