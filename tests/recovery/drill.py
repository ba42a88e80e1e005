"""A restore drill: an installation, what happened to it after its backup, and a new place to restore it to."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import sqlalchemy as sa
from flask import Flask

from config import Config
from privacy.access import service as access
from privacy.app import READERS, create_app
from privacy.audit import service as audit
from privacy.authz.actors import OPERATOR
from privacy.consent import service as consent
from privacy.db import db, engine_url, unit_of_work
from privacy.dsar import service as dsar
from privacy.erasure import service as erasure
from privacy.jobs import service as jobs
from privacy.outbox import service as outbox
from privacy.programme import service as programmes
from privacy.recovery import service as recovery
from privacy.subjects import service as subjects
from tests.callers import Caller, Service, a_give
from tests.recovery.desk import a_no, backed_up, inside

PROGRAM = Path(sys.executable).with_name("privacy")


def person(number: int) -> dict[str, str]:
    return {"customer_id": f"C-7{number:05}", "email": f"person{number}@example.net"}


def caught_up(app: Flask, config: Config) -> None:
    """Everything recorded so far is published and in the journal."""
    with inside(app):
        audit.settle(audit.Anchor(config.anchor_path), seconds=20)
    journaling = recovery.Journaling(config.journal_path)
    journaling.run(app.app_context, threading.Event())
    journaling.release(app.app_context)


def subject_of(app: Flask, named: dict[str, str]) -> UUID:
    with inside(app):
        naming = subjects.name_of(programmes.current(), OPERATOR, named, place="subject")
        return subjects.find(naming)[0]


def erase(app: Flask, named: dict[str, str], *, suppress: bool = True) -> None:
    subject_id = subject_of(app, named)
    with inside(app), unit_of_work():
        erasure.erase_subject(subject_id, cause="request 17", actor=OPERATOR, suppress=suppress)


def staff_of(app: Flask, name: str, role: str) -> UUID:
    """A new member of staff."""
    with inside(app), unit_of_work():
        return access.create_staff(name, f"{name.lower()}@example.com", actor=OPERATOR, role=role).id


def triggers_of(url: str) -> set[tuple[str, ...]]:
    """What guards a database's tables, with the state of each."""
    engine = sa.create_engine(engine_url(url))
    sqlite = "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'"
    others = (
        "SELECT tgname, tgrelid::regclass::text, tgenabled::text, pg_get_triggerdef(oid)"
        " FROM pg_trigger WHERE NOT tgisinternal"
    )
    with engine.connect() as connection:
        query = sqlite if engine.dialect.name == "sqlite" else others
        found = {tuple(row) for row in connection.execute(sa.text(query))}
    engine.dispose()
    assert found
    return found


@dataclass
class Drill:
    """One installation with a backup and a later history."""

    service: Service
    config: Config
    #: A database that is not there yet, or is empty.
    target: str
    #: A client from before the backup.
    caller: Caller

    @classmethod
    def begin(cls, service: Service, config: Config, target: str, people: int) -> Drill:
        """So many people agree to offers, and a backup is made."""
        drill = cls(service, config, target, service.caller())
        for number in range(people):
            drill.caller.record(a_give(person(number)))
        drill.catch_up()
        backed_up(service.app, config)
        return drill

    def catch_up(self) -> None:
        caught_up(self.service.app, self.config)

    def withdraw(self, numbers: range) -> None:
        for number in numbers:
            a_no(self.caller, subject=person(number))

    def erase(self, numbers: range) -> None:
        for number in numbers:
            erase(self.service.app, person(number))

    def environ(self) -> dict[str, str]:
        """Settings of the new place."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PRIVACY_")}
        return kept | {
            "PRIVACY_DATA_DIR": str(self.config.data_dir),
            "PRIVACY_DATABASE_URL": self.target,
            "PRIVACY_LOG_LEVEL": "WARNING",
        }

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [PROGRAM, *arguments], env=self.environ(), capture_output=True, text=True, check=False, timeout=300
        )

    def restore(self, *arguments: str, code: int = 0) -> dict[str, Any]:
        done = self.run("restore", "--json", *arguments)
        assert done.returncode == code, done.stdout + done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def work(self, there: Service, sink: str, *, seconds: float, until: Callable[[], bool] = lambda: False) -> None:
        """A worker with everything that ever leaves, for so long, or until something has happened."""
        stop, config = threading.Event(), self.config
        long_jobs = jobs.long(
            consent.ImportStore(config.imports_dir, longest=config.longest_upload),
            audit.Anchor(config.anchor_path),
            audit.sink_of(sink),
            recovery.Journaling(config.journal_path),
            recovery.Keeping(config.backups_path, config.journal_path, config.backup_days),
            outbox.Ways(),
            dsar.Telling(None),
        )
        listed = jobs.listed(idempotency_days=config.idempotency_days)
        worker = threading.Thread(
            target=jobs.run_until, args=(stop, listed, there.app.app_context), kwargs={"long_jobs": long_jobs}
        )
        worker.start()
        ends = time.monotonic() + seconds
        while time.monotonic() < ends and not until():
            stop.wait(0.05)
        stop.set()
        worker.join()

    def emptied(self) -> tuple[str, ...]:
        """Make room for another restore; returns what the command must be told for it."""
        if self.target.startswith("sqlite"):
            return ("--replace",)
        plain = engine_url(self.target).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain) as connection:
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
        return ()

    def known_client(self, there: Service) -> Caller:
        """The client from before the backup, at what was restored."""
        return Caller(there.app.test_client(), self.caller.key)

    @contextlib.contextmanager
    def restored(self, **changes: str) -> Iterator[Service]:
        """The service on what was restored."""
        app = create_app(self.config.changed(database_url=self.target, **changes))
        app.config["PROPAGATE_EXCEPTIONS"] = False
        try:
            yield Service(app)
        finally:
            app.extensions[READERS].drop()
            with app.app_context():
                db.session.remove()
                db.engine.dispose()
