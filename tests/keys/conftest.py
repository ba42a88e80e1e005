"""An installation with people whose keys are rotated: by the command line, beside a service that goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from config import Config
from privacy.audit import service as audit
from privacy.crypto import keyring
from privacy.crypto.keyring import Keyring
from privacy.crypto.owner_keys import OwnerKeyRow, WrappingKeyRow, unwrap
from privacy.db import db, session, unit_of_work
from tests.callers import Caller, Service, a_give
from tests.cli.conftest import Cli

PEOPLE = 7


def a_person(number: int) -> dict[str, str]:
    return {"customer_id": f"C-{number}", "email": f"person{number}@example.com"}


@dataclass(frozen=True)
class Installation:
    """A service in this process, and the command line on the same folder and database."""

    app: Flask
    config: Config
    caller: Caller
    cli: Cli

    def record(self, numbers: range) -> None:
        for number in numbers:
            self.caller.record(a_give(a_person(number), channels=["email"]))

    def allowed(self, number: int) -> bool:
        return bool(self.caller.check(a_person(number))["allowed"])

    def asked(self, question: Callable[[], Any]) -> Any:
        """Ask the database, in a context of its own."""
        with self.app.app_context():
            found = question()
            db.session.remove()
        return found

    def run(self, statement: sa.Executable) -> None:
        def run() -> None:
            with unit_of_work() as current:
                current.execute(statement)

        self.asked(run)

    def ring(self) -> Keyring:
        return Keyring.load(self.config.keyring_path)

    def wrapping_keys(self) -> list[int]:
        return list(
            self.asked(
                lambda: session().scalars(sa.select(WrappingKeyRow.number).order_by(WrappingKeyRow.number)).all()
            )
        )

    def under(self) -> dict[int, int]:
        """How many owners' keys each key encryption key wraps, each opened with it."""
        ring = self.ring()

        def count() -> dict[int, int]:
            found: dict[int, int] = {}
            for row in session().scalars(sa.select(OwnerKeyRow)):
                unwrap(ring, row.owner_id, row.version, row.wrapped_by, row.wrapped_enc)
                found[row.wrapped_by] = found.get(row.wrapped_by, 0) + 1
            return found

        return dict(self.asked(count))

    def versions(self) -> dict[UUID, list[int]]:
        def read() -> dict[UUID, list[int]]:
            found: dict[UUID, list[int]] = {}
            for row in session().scalars(sa.select(OwnerKeyRow).order_by(OwnerKeyRow.owner_id, OwnerKeyRow.version)):
                found.setdefault(row.owner_id, []).append(row.version)
            return found

        return dict(self.asked(read))

    def actions(self) -> list[str]:
        return [one for one in self.asked(lambda: audit.actions_since(session(), None)) if one.startswith("keys.")]

    def assert_verifies(self) -> None:
        done = self.cli.run("audit", "verify", "--full")
        assert done.exit_code == 0, done.output


@pytest.fixture
def installation(app: Flask, service: Service, config: Config, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """With a few people who consented."""
    monkeypatch.setenv("PRIVACY_DATA_DIR", str(config.data_dir))
    monkeypatch.setenv("PRIVACY_DATABASE_URL", config.database_url)
    # Nobody else runs here, so nobody's notice is waited for; the test under load does wait.
    monkeypatch.setattr("privacy.cli.rings._NOTICED", 0)
    monkeypatch.setattr("privacy.crypto.keyring.LOOK_EVERY", 0)
    keyring.install(Keyring.load(config.keyring_path))
    made = Installation(app, config, service.caller(), Cli())
    made.record(range(PEOPLE))
    return made


@pytest.fixture
def a_colleague(service: Service) -> Caller:
    """Somebody whose address the log commits to as it is sealed."""
    return service.staff()
