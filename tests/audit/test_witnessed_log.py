"""A log whose checkpoints real witnesses cosign: what is shown meanwhile, and two histories that never get both."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from config import Config
from privacy import clock
from privacy.app import READERS, create_app
from privacy.audit import policy
from privacy.audit import service as audit
from privacy.audit.models import AuditCheckpoint, AuditCosignature
from privacy.audit.note import KeyType, SigningKey, VerifierKey
from privacy.audit.policy import Policy, Standing, next_for
from privacy.audit.witnessing import Witness
from privacy.crypto.keyring import Keyring
from privacy.db import db, session, unit_of_work
from tests.audit.test_witness_process import run, served
from tests.build import an_actor
from tests.callers import Service
from tests.databases import SqliteTemplate
from tests.verifier.conftest import Alone

NOBODY = Witness(SigningKey("w.example/dead", KeyType.COSIGNATURE, bytes(31) + b"\x01").verifier, "http://127.0.0.1:9")
#: Two shared cores: generous, and only reached by a failure, in seconds.
_PATIENCE = 60.0


class Log:
    """One history of a log, with its witnesses."""

    def __init__(self, app: Flask, config: Config, asked: Policy) -> None:
        self.app = app
        self.anchor = audit.Anchor(config.anchor_path)
        self.asked = asked
        self.jobs = [audit.Asking(witness, asked, timeout=_PATIENCE) for witness in asked.witnesses]

    def publish(self, number: int = 1, thing: str = "1") -> int:
        """Record so many events and publish them; the size of the checkpoint."""
        with self.app.app_context():
            with unit_of_work():
                for _ in range(number):
                    audit.record("thing.done", actor=an_actor(), object_type="thing", object_id=thing, content={})
            audit.settle(self.anchor, seconds=20)
            size: int = session().scalars(sa.select(sa.func.max(AuditCheckpoint.size))).one()
            db.session.remove()
        return size

    def ask(self) -> int:
        """Let every witness be asked once; how many cosigned."""
        return sum(job.run(self.app.app_context, threading.Event()) for job in self.jobs)

    def cosigned(self) -> set[tuple[int, str]]:
        with self.app.app_context():
            found = {(row.size, row.witness) for row in session().scalars(sa.select(AuditCosignature))}
            db.session.remove()
        return found

    def shown(self) -> int | None:
        """The size of the checkpoint that everybody sees."""
        answer = self.app.test_client().get("/log/checkpoint")
        return int(answer.text.split("\n")[1]) if answer.status_code == 200 else None

    def readiness(self) -> dict[str, str]:
        checks: dict[str, str] = self.app.test_client().get("/readyz").get_json()["checks"]
        return checks


@pytest.fixture(autouse=True)
def _own_policy() -> Iterator[None]:
    yield
    policy.install(Policy())


def opened(config: Config, asked: Policy) -> Log:
    """The application with these witnesses."""
    text = ", ".join(f"{witness.key} {witness.url}" for witness in asked.witnesses)
    app = create_app(config.changed(witnesses=text, witnesses_required=asked.required))
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return Log(app, config, asked)


def closed(log: Log) -> None:
    log.app.extensions[READERS].drop()
    with log.app.app_context():
        db.engine.dispose()


def the_key(config: Config) -> str:
    app = create_app(config)
    with app.app_context():
        key = str(audit.log_keys()[0].verifier)
        db.session.remove()
        db.engine.dispose()
    return key


class Witnesses:
    """Two witnesses as real processes, which trust the log."""

    def __init__(self, folder: Path, key: str) -> None:
        self._stack = ExitStack()
        self.all: list[Witness] = []
        self.keys: list[VerifierKey] = []
        for number in (1, 2):
            mine = folder / f"w{number}"
            vkey = VerifierKey.parse(run("init", "--name", f"w.example/{number}", "--state", mine).strip())
            run("trust", key, "--state", mine)
            self.all.append(self._stack.enter_context(served(mine, vkey)))

    def close(self) -> None:
        self._stack.close()


@pytest.fixture
def witnesses(config: Config, tmp_path: Path) -> Iterator[Witnesses]:
    made = Witnesses(tmp_path, the_key(config))
    yield made
    made.close()


@pytest.fixture
def alone(tmp_path: Path) -> Alone:
    folder = tmp_path / "alone"
    folder.mkdir()
    return Alone(folder)


def test_what_is_shown_has_the_cosignatures_that_are_required(
    config: Config, witnesses: Witnesses, alone: Alone
) -> None:
    log = opened(config, Policy(tuple(witnesses.all), 2))
    first = log.publish(3)
    assert log.shown() is None
    assert log.ask() == 2
    assert log.shown() == first
    second = log.publish(2)
    assert log.shown() == first
    assert log.ask() == 2
    assert (log.shown(), log.ask()) == (second, 0)
    reader = Service(log.app).caller("audit:read")
    proof = reader.get("/audit/proofs/inclusion?index=0").get_json()
    assert proof["witnesses"] == ["w.example/1", "w.example/2"]
    told = log.app.test_client().get("/.well-known/privacy-keys.json").get_json()
    pins = [argument for key in told["witnesses"] for argument in ("--witness", key)]
    for evidence in (proof, reader.get(f"/audit/proofs/consistency?old={first}").get_json()):
        done = alone.run(alone.put("proof", evidence), "--key", told["keys"][0]["key"], *pins)
        assert done.returncode == 0, done.stdout
        assert "w.example/1, w.example/2" in done.stdout
    closed(log)


def test_a_witness_that_is_dead_holds_up_neither_the_log_nor_the_others(config: Config, witnesses: Witnesses) -> None:
    log = opened(config, Policy((witnesses.all[0], NOBODY, witnesses.all[1]), 2))
    for _ in range(2):
        size = log.publish()
        assert log.ask() == 2
        assert log.shown() == size
    assert {name for _, name in log.cosigned()} == {"w.example/1", "w.example/2"}
    closed(log)


def test_a_witness_that_forgot_is_proven_to_from_where_it_stands(config: Config, witnesses: Witnesses) -> None:
    log = opened(config, Policy((witnesses.all[0],), 1))
    log.publish(4)
    assert log.ask() == 1
    with log.app.app_context():
        with unit_of_work() as current:
            current.execute(sa.delete(AuditCosignature))
        db.session.remove()
    size = log.publish(3)
    assert log.ask() == 1
    assert log.shown() == size
    closed(log)


def test_the_service_says_when_it_lacks_cosignatures_or_publishes_nothing(config: Config) -> None:
    log = opened(config, Policy((NOBODY,), 1))
    log.publish()
    assert (log.readiness()["log"], log.readiness()["witnesses"]) == ("ok", "ok")
    with log.app.app_context():
        with unit_of_work():
            audit.record("thing.done", actor=an_actor(), object_type="thing", object_id="1", content={})
        db.session.remove()
    now = clock.now()
    for minutes, expected in ((2, ("ok", "failed")), (14, ("ok", "failed")), (16, ("failed", "failed"))):
        with time_machine.travel(now.timestamp() + 60 * minutes, tick=False):
            found = log.readiness()
            assert (found["log"], found["witnesses"]) == expected
    closed(log)


def test_two_histories_shown_to_two_witnesses_never_get_both(
    tmp_path_factory: pytest.TempPathFactory, ring: Keyring, tmp_path: Path
) -> None:
    """Whoever has the key forks the log by copying the database's file, and shows one history to each of them first."""
    template = SqliteTemplate(tmp_path_factory.mktemp("fork"), ring)
    data_dir = tmp_path / "data"
    data_dir.mkdir(mode=0o700)
    config = Config.for_tests(data_dir=data_dir, database_url=template.copy_to(data_dir).url)
    ring.save(config.keyring_path)
    witnesses = Witnesses(tmp_path, the_key(config))
    try:
        assert_no_history_gets_both(config, witnesses, tmp_path / "fork")
    finally:
        witnesses.close()


def assert_no_history_gets_both(config: Config, witnesses: Witnesses, folder: Path) -> None:
    asked = Policy(tuple(witnesses.all), 2)
    log = opened(config, asked)
    log.publish(5)
    assert log.ask() == 2
    common = log.shown()
    closed(log)
    shutil.copytree(config.data_dir, folder)
    other = Config.for_tests(data_dir=folder, database_url=f"sqlite:///{folder}/privacy.sqlite3")
    histories = [opened(config, asked), opened(other, asked)]
    for history, job, thing in zip(histories, (0, 1), ("true", "false"), strict=True):
        history.publish(2, thing)
        assert history.jobs[job].run(history.app.app_context, threading.Event()) == 1
    for _ in range(2):
        for history, thing in zip(histories, ("true", "false"), strict=True):
            history.publish(1, thing)
            for job in [
                audit.Asking(witness, Policy(asked.witnesses, 0), timeout=_PATIENCE) for witness in asked.witnesses
            ]:
                job.run(history.app.app_context, threading.Event())
    names = [{name for size, name in history.cosigned() if size > (common or 0)} for history in histories]
    assert names == [{"w.example/1"}, {"w.example/2"}]
    assert [history.shown() for history in histories] == [common, common]
    for history in histories:
        closed(history)


def test_witnesses_keep_together_on_a_busy_log() -> None:
    """Whoever is behind follows to what another one cosigned; whoever is ahead waits for it, but not for ever."""
    two = Policy((NOBODY, NOBODY), 2)
    now = 10 * policy.ROUND

    def standing(newest: int, a: int, b: int, together: int, ago: int = 0) -> Standing:
        return Standing(newest, {"a": a, "b": b}, together, now - ago)

    for case, of_a, of_b in (
        (standing(9, 0, 0, 0, now), 9, 9),
        (standing(9, 5, 0, 1), None, 5),
        (standing(9, 5, 4, 1), None, 5),
        (standing(9, 5, 5, 2), 9, 9),
        (standing(9, 9, 9, 2), None, None),
        (standing(9, 5, 4, 1, policy.ROUND), 9, 9),
    ):
        assert (next_for("a", case, two, now), next_for("b", case, two, now)) == (of_a, of_b), case
    alone = standing(9, 5, 0, 1)
    assert next_for("a", alone, Policy((NOBODY, NOBODY), 1), now) == 9


def test_settings_that_name_no_witness_are_refused_with_the_mend(config: Config) -> None:
    key = str(NOBODY.key)
    for text, required in ((f"{key[:-1]}A https://w.example", 0), (f"{key} https://w.example", 2), (key, 0)):
        with pytest.raises(policy.WitnessesInvalid, match="PRIVACY_WITNESSES"):
            Policy.of(text, required)
    assert Policy.of(f"{key} https://w.example/", 1).witnesses[0].url == "https://w.example"
