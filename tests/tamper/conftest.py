"""One installation with a history of every sort, made once for each database and copied for each manipulation."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from privacy.audit import service as audit
from privacy.audit.policy import Policy, install, installed
from privacy.crypto import keyring
from privacy.crypto.keyring import Keyring, KeyUse
from privacy.db import db, engine_url
from privacy.evidence import service as evidence
from privacy.evidence.service import Report, VerifiedFile
from tests.databases import KINDS, Database, PostgresqlTemplate, SqliteTemplate, bare_app
from tests.tamper.history import WITNESS, tell

ANCHOR, VERIFIED = "log-checkpoint.txt", "log-verified.json"


@dataclass(frozen=True)
class Installation:
    """A copy of the history, to be manipulated and verified."""

    database: Database
    folder: Path
    ring: Keyring

    def verify(self, *, full: bool = True) -> Report:
        """As `privacy audit verify` does, in an application of its own."""
        app = bare_app(self.database)
        with app.app_context():
            try:
                return evidence.verify_all(
                    evidence.audited_tables(),
                    anchor=audit.Anchor(self.folder / ANCHOR),
                    verified=VerifiedFile(self.folder / VERIFIED),
                    full=full,
                    seconds=0.2,
                )
            finally:
                db.session.remove()
                db.engine.dispose()

    def run(self, story: Callable[[audit.Anchor], None]) -> None:
        """Let the service itself go on with the history."""
        app = bare_app(self.database)
        with app.app_context():
            try:
                story(audit.Anchor(self.folder / ANCHOR))
            finally:
                db.session.remove()
                db.engine.dispose()


class Prepared:
    """The history on one database, and copies of it."""

    def __init__(self, template: SqliteTemplate | PostgresqlTemplate, folder: Path, ring: Keyring) -> None:
        self._template, self._folder, self.ring = template, folder, ring
        keyring.install(ring)
        verified = VerifiedFile(folder / VERIFIED)
        Installation(template.itself, folder, ring).run(lambda anchor: tell(anchor, verified))

    def copy_to(self, folder: Path) -> Installation:
        """A copy of database, anchor and what was verified."""
        folder.mkdir(exist_ok=True)
        for name in (ANCHOR, VERIFIED):
            shutil.copy(self._folder / name, folder / name)
        return Installation(self._template.copy_to(folder), folder, self.ring)

    def drop(self, made: Installation) -> None:
        self._template.drop(made.database)


@pytest.fixture(scope="session")
def grown_ring(ring: Keyring) -> Keyring:
    """The keyring with a second signing key, which takes over in the history."""
    return ring.with_new(KeyUse.SIGN)


@pytest.fixture(scope="session")
def sqlite_history(tmp_path_factory: pytest.TempPathFactory, ring: Keyring, grown_ring: Keyring) -> Prepared:
    folder = tmp_path_factory.mktemp("sqlite-history")
    template = SqliteTemplate(folder, ring)
    return Prepared(template, folder, grown_ring)


@pytest.fixture(scope="session")
def postgresql_history(
    postgresql_server: str, tmp_path_factory: pytest.TempPathFactory, ring: Keyring, grown_ring: Keyring
) -> Iterator[Prepared]:
    template = PostgresqlTemplate(engine_url(postgresql_server), ring)
    yield Prepared(template, tmp_path_factory.mktemp("postgresql-history"), grown_ring)
    template.close()


@pytest.fixture(params=KINDS)
def prepared(request: pytest.FixtureRequest, ring: Keyring) -> Iterator[Prepared]:
    """The history on one of the databases; its keyring and witness are those of the process meanwhile."""
    before = installed()
    install(Policy((WITNESS,), 0))
    found: Prepared = request.getfixturevalue(f"{request.param}_history")
    keyring.install(found.ring)
    yield found
    install(before)
    keyring.install(ring)


@pytest.fixture
def installation(prepared: Prepared, tmp_path: Path) -> Iterator[Installation]:
    """A copy of this test's own."""
    made = prepared.copy_to(tmp_path)
    yield made
    prepared.drop(made)
