"""The restore drill: nobody who was erased comes back, every "no" binds, and nothing speaks before that is so."""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from config import Config
from privacy.app import READERS
from privacy.audit import service as audit
from privacy.db import db, engine_url
from privacy.recovery import service as recovery
from privacy.recovery.chain import entries_since
from privacy.recovery.service import Journal, ReplayKind
from tests.audit.sink_targets import collector
from tests.callers import Caller, Service, a_give
from tests.databases import Database
from tests.recovery.desk import a_no, inside
from tests.recovery.drill import Drill, caught_up, person, staff_of, subject_of, triggers_of
from tests.sizes import size
from tests.verifier.conftest import Alone
from tests.verifier.made import OTHER_LOG


@pytest.mark.timeout(600)
def test_nobody_comes_back_and_every_no_binds(
    installed: Service, config: Config, database: Database, target: str
) -> None:
    number = size("restored")
    drill = Drill.begin(installed, config, target, 2 * number + 2)
    withdrawn, erased, stayed = range(number), range(number, 2 * number), range(2 * number, 2 * number + 2)
    drill.withdraw(withdrawn)
    token = drill.caller.check(person(0))["token"]
    drill.erase(erased)
    late = {"customer_id": "C-8001", "email": "late@example.net"}
    installed.caller().record(a_give(late))
    a_no(installed.caller(), subject=late)
    drill.catch_up()
    guards = triggers_of(database.url)

    shown = drill.restore()

    assert shown["released"], shown
    assert shown["verified"], shown
    assert shown["gap"] is None
    assert shown["replayed"]["erased"] == number
    assert shown["replayed"]["act_recorded"] == number
    assert shown["replayed"]["act_bound"] == 1
    with drill.restored() as there:
        caller = there.caller()
        for one in withdrawn:
            assert caller.check(person(one))["reason"] == "withdrawn"
        for one in erased:
            assert caller.check(person(one))["reason"] in {"no_record", "suppressed"}
            with pytest.raises(Exception, match="no such person"):
                subject_of(there.app, person(one))
        for one in stayed:
            assert caller.check(person(one))["allowed"]
        assert not caller.check({"email": late["email"]})["allowed"]
        assert _answer(drill.known_client(there), person(0), token) in {"withdrawn", "unavailable"}
    assert triggers_of(target) == guards


def test_all_that_makes_an_answer_stricter_is_replayed(installed: Service, config: Config, target: str) -> None:
    drill = Drill.begin(installed, config, target, 6)
    caller = installed.caller()
    one, two, three, four, five, six = (person(number) for number in range(6))
    _ok(caller.post("/contacts/events", {"contact": {"email": one["email"]}, "event": "complaint", "source": "mta"}))
    _ok(caller.post("/contacts/events", {"contact": {"email": two["email"]}, "event": "reassigned", "source": "mta"}))
    _ok(caller.put("/subjects", {"subject": three, "restricted": True}))
    a_no(caller, subject=four)
    _ok(caller.post("/subjects/merge", {"subject": four, "other": five, "reason": "one person"}))
    drill.catch_up()
    before = {one["email"]: caller.check(one) for one in (one, two, three, four, five, six)}

    shown = drill.restore()

    assert shown["released"], shown
    with drill.restored() as there:
        for named in (one, two, three, four, five, six):
            now = there.caller().check(named)
            then = before[named["email"]]
            assert (now["allowed"], now["reason"]) == (then["allowed"], then["reason"]), named
    again = drill.restore("--verify")
    assert again["verified"]
    assert again["noes"] == 1
    refused = drill.run("restore")
    assert refused.returncode == 2
    assert "not in quarantine" in refused.stderr


@pytest.mark.timeout(600)
def test_a_gap_keeps_the_quarantine_until_the_officer_answers_for_it(
    installed: Service, config: Config, database: Database, target: str, tmp_path: Path
) -> None:
    staff_of(installed.app, "Jan", "staff")
    maria = staff_of(installed.app, "Maria", "dpo")
    drill = Drill.begin(installed, config, target, 4)
    receipt, key = _receipt(drill), _log_key(installed)
    drill.withdraw(range(3))
    token = drill.caller.check(person(0))["token"]
    drill.catch_up()
    origin, guards = _origin(installed), triggers_of(database.url)
    _drop_line(config, of_last=2)

    with collector() as sink:
        shown = drill.restore(code=1)

        assert not shown["released"]
        assert "lacks leaves" in shown["gap"]
        assert shown["log"] != origin
        assert shown["verified"], shown
        with drill.restored(audit_sink=sink.url) as there:
            assert there.app.test_client().post("/api/v1/consents/check").status_code == 503
            drill.work(there, sink.url, seconds=1.0)
        assert sink.lines == []  # Nothing leaves before the officer has answered for it.
        assert drill.run("restore", "status").returncode == 1
        assert drill.run("restore", "release", "--reason", "asked again", "--by", "Jan").returncode == 4
        done = drill.run("restore", "release", "--reason", "asked again", "--by", "Maria")
        assert done.returncode == 0, done.stderr
        with drill.restored(audit_sink=sink.url) as there:
            drill.work(there, sink.url, seconds=60.0, until=lambda: bool(sink.lines))
            assert sink.lines
            caller = drill.known_client(there)
            assert caller.check(person(3))["allowed"]
            assert [caller.check(person(one))["reason"] for one in (1, 2)] == ["withdrawn"] * 2
            # The one that is lost: what the officer answers for. Whoever knows of it is told nothing instead.
            assert caller.check(person(0))["allowed"]
            assert _answer(caller, person(0), token) == "unavailable"
            a_no(caller, subject=person(3))
            caught_up(there.app, config)
    assert triggers_of(target) == guards
    verified = drill.run("audit", "verify", "--full")
    assert verified.returncode == 0, verified.stdout
    assert f"follows {origin}" in verified.stdout
    _still_verifies(tmp_path, receipt, key, config.journal_path)
    _restored_once_more(drill, maria, between=shown["log"])


def _restored_once_more(drill: Drill, officer: UUID, *, between: str) -> None:
    """The same backup once more: what was said under the name that the log had in between binds as well."""
    journal = drill.config.journal_path
    shown = drill.restore(*drill.emptied(), code=1)
    assert shown["verified"], shown
    with drill.restored() as there:
        with inside(there.app):
            files = recovery.Files(journal, drill.config.anchor_path, drill.config.verified_path)
            recovery.release_by(files, reason="asked again", by=officer)
        caller = drill.known_client(there)
        assert [caller.check(person(one))["reason"] for one in (1, 2, 3)] == ["withdrawn"] * 3
        lately = str(subject_of(there.app, person(3)))
    # A backup that was made in between would find it, too.
    since = [one for entry in entries_since(journal, between, 0) for one in entry.do]
    assert any(one.kind is ReplayKind.ACT and one.row["subject_id"] == lately for one in since)


def test_a_lost_journal_is_a_gap(installed: Service, config: Config, target: str) -> None:
    drill = Drill.begin(installed, config, target, 2)
    drill.withdraw(range(1))
    shutil.rmtree(config.journal_path)

    shown = drill.restore(code=1)

    assert "missing" in shown["gap"]
    assert shown["complete_through"] == shown["position"]


def test_a_copy_that_somebody_put_back_by_hand_is_replayed_too(
    installed: Service, config: Config, database: Database, tmp_path: Path
) -> None:
    if database.kind != "sqlite":
        return  # A PostgreSQL database is no file that anybody could put back while nobody looks.
    file = Path(engine_url(database.url).database or "")
    drill = Drill.begin(installed, config, database.url, 3)
    shutil.copy(file, tmp_path / "copy.sqlite3")
    drill.withdraw(range(1))
    drill.erase(range(1, 2))
    drill.catch_up()
    _let_go(installed)
    shutil.copy(tmp_path / "copy.sqlite3", file)

    refused = drill.run("check", "--email", person(0)["email"], "--purpose", "offers", "--channel", "email")
    assert refused.returncode == 2, refused.stdout
    shown = drill.restore()

    assert shown["released"], shown
    assert shown["data_backup"] is None
    with drill.restored() as there:
        assert there.caller().check(person(0))["reason"] == "withdrawn"
        assert not there.caller().check(person(1))["allowed"]
        assert there.caller().check(person(2))["allowed"]


@pytest.mark.timeout(600)
def test_whoever_is_killed_runs_it_again(installed: Service, config: Config, target: str, database: Database) -> None:
    drill = Drill.begin(installed, config, target, 6)
    drill.withdraw(range(2))
    drill.erase(range(2, 4))
    drill.catch_up()
    number, chosen = 0, random.Random(7)
    for _ in range(size("restore_kills")):
        number += chosen.randrange(40, 400)
        killed = _killed(drill, str(number))
        if killed.returncode == 0:
            break
        assert killed.returncode == -signal.SIGKILL, killed.stderr

    shown = drill.restore() if killed.returncode else drill.restore("--verify")

    assert shown["released"], shown
    assert shown["verified"], shown
    with drill.restored() as there:
        caller = there.caller()
        assert [caller.check(person(one))["reason"] for one in (0, 1)] == ["withdrawn"] * 2
        assert not any(caller.check(person(one))["allowed"] for one in (2, 3))
        assert all(caller.check(person(one))["allowed"] for one in (4, 5))
    assert drill.run("audit", "verify", "--full").returncode == 0


def _killed(drill: Drill, number: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.recovery.killed_restore", number, "--json"],
        env=drill.environ(),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def _origin(service: Service) -> str:
    with inside(service.app):
        return audit.origin()


def _drop_line(config: Config, *, of_last: int) -> None:
    """Take one line out of the journal, so many entries before its end."""
    segment = Journal(config.journal_path).segments[-1].path
    lines = segment.read_bytes().splitlines(keepends=True)
    entries = [line for line in lines if b'"event_id"' in line and b'"n":' in line]
    lines.remove(entries[-1 - of_last])
    segment.write_bytes(b"".join(lines))


def _let_go(service: Service) -> None:
    with service.app.app_context():
        db.session.remove()
        db.engine.dispose()
    service.app.extensions[READERS].drop()


def _receipt(drill: Drill) -> bytes:
    """Of a withdrawal, with its proof, as it was handed out."""
    act = a_no(drill.caller, subject=person(3), purpose="newsletter")["records"][0]["id"]
    drill.catch_up()
    answer = drill.caller.get(f"/consents/{act}/receipt", Accept="application/json")
    assert answer.status_code == 200, answer.text
    return answer.data


def _log_key(service: Service) -> str:
    keys = service.app.test_client().get("/.well-known/privacy-keys.json").get_json()
    return str(keys["keys"][0]["key"])


def _still_verifies(folder: Path, receipt: bytes, key: str, journal: Path) -> None:
    """With the old log's key, and against a checkpoint that is kept of it; with no other key."""
    alone = Alone(folder)
    done = alone.run(alone.put("receipt.json", receipt), "--key", key)
    assert done.returncode == 0, done.stdout
    kept = [json.loads(line) for line in (journal / "before-0001" / "log.jsonl").read_text().splitlines()]
    assert key in {line.get("key") for line in kept}
    noted = {line["checkpoint"] for line in kept if "checkpoint" in line}
    noted |= {line.checkpoint for line in Journal(journal / "before-0001").checkpoints()}
    texts = {note.partition("\n\n")[0] for note in noted}
    assert json.loads(receipt)["proof"]["checkpoint"].partition("\n\n")[0] in texts
    assert alone.run("receipt.json", "--key", str(OTHER_LOG.verifier)).returncode == 1


def _answer(caller: Caller, named: dict[str, str], token: str) -> str:
    """The reason that a check with that token gives; it must not allow anything."""
    answer = caller.post("/consents/check", {"subject": named, "purpose": "offers", "channel": "email", "token": token})
    assert answer.get_json()["allowed"] is False, answer.text
    return str(answer.get_json()["reason"])


def _ok(answer: TestResponse) -> None:
    assert answer.status_code in {200, 201}, answer.text
