"""Fixtures that the whole suite shares. A test that touches the database runs on SQLite and on PostgreSQL.

PRIVACY_TESTS_NO_SKIP=1 turns every skip into a failure; PRIVACY_TEST_SIZE chooses how hard to try (`sizes.py`).
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import socket
from collections.abc import Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from config import Config
from privacy.crypto import keyring
from privacy.crypto.keyring import Keyring
from privacy.db import db, engine_url
from tests import memory, postgres
from tests.callers import Service, a_service
from tests.databases import KINDS, Database, PostgresqlTemplate, SqliteTemplate, UnderProgramme, bare_app
from tests.sizes import CHOSEN, NAMES, SIZES

Report = Generator[None, pytest.TestReport, pytest.TestReport]
NO_SKIP = os.environ.get("PRIVACY_TESTS_NO_SKIP") == "1"

for name, examples, steps in zip(NAMES, SIZES["examples"], SIZES["steps"], strict=True):
    hypothesis.settings.register_profile(
        name,
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,  # two cores that others use too
        print_blob=True,
        suppress_health_check=[hypothesis.HealthCheck.too_slow],
    )
hypothesis.settings.load_profile(CHOSEN)


class ControllerPlugin:
    """Under xdist one server serves all workers, each with databases of its own."""

    def __init__(self) -> None:
        self._stack = contextlib.ExitStack()
        self._server: str | None = None

    def pytest_configure_node(self, node: Any) -> None:
        if self._server is None:
            try:
                self._server = self._stack.enter_context(postgres.server())
            except postgres.PostgresqlMissing:
                self._server = ""
        node.workerinput["postgresql"] = self._server

    def pytest_sessionfinish(self) -> None:
        self._stack.close()


def pytest_configure(config: pytest.Config) -> None:
    if place := memory.folder():
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(place))
    if config.pluginmanager.hasplugin("dsession"):
        config.pluginmanager.register(ControllerPlugin())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Report:
    report = yield
    if NO_SKIP and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, which PRIVACY_TESTS_NO_SKIP forbids: {report.longrepr}"
    return report


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    """Tests talk to this machine only."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_here(address[0]):
            raise AssertionError("a test tried to reach the network")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


def _is_here(host: str) -> bool:
    return host == "localhost" or ipaddress.ip_address(host).is_loopback


@pytest.fixture(scope="session")
def ring() -> Keyring:
    """The keyring of the test run, installed as the one of the process."""
    made = Keyring.generate()
    keyring.install(made)
    return made


@pytest.fixture(scope="session")
def postgresql_server(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a PostgreSQL server; skips where there is none."""
    shared = getattr(request.config, "workerinput", {}).get("postgresql")
    if shared:
        yield shared
        return
    with contextlib.ExitStack() as stack:
        try:
            url = stack.enter_context(postgres.server())
        except postgres.PostgresqlMissing as missing:
            pytest.skip(str(missing))
        yield url


@pytest.fixture(scope="session")
def _postgresql_template(postgresql_server: str, ring: Keyring) -> Iterator[PostgresqlTemplate]:
    template = PostgresqlTemplate(engine_url(postgresql_server), ring)
    yield template
    template.close()


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory, ring: Keyring) -> SqliteTemplate:
    return SqliteTemplate(tmp_path_factory.mktemp("sqlite"), ring)


@pytest.fixture(scope="session")
def _postgresql_under_programme(_postgresql_template: PostgresqlTemplate) -> Iterator[UnderProgramme]:
    made = UnderProgramme(_postgresql_template)
    yield made
    made.close()


@pytest.fixture(scope="session")
def _sqlite_under_programme(_sqlite_template: SqliteTemplate) -> UnderProgramme:
    return UnderProgramme(_sqlite_template)


@pytest.fixture
def in_force() -> None:
    """Asked for beside a database: the example programme is in force in it, applied once and not for each test."""


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path, ring: Keyring) -> Iterator[Database]:
    """A migrated database of this test's own, with the service's key and, but for a programme, no other row."""
    keyring.install(ring)
    template = request.getfixturevalue(f"_{request.param}_template")
    if "in_force" in request.fixturenames:
        # In force since the hour at which the clock stands, not since the run began.
        if "frozen" in request.fixturenames:
            request.getfixturevalue("frozen")
        template = request.getfixturevalue(f"_{request.param}_under_programme").now()
    made = template.copy_to(tmp_path)
    yield made
    template.drop(made)


@pytest.fixture
def config(database: Database, ring: Keyring, tmp_path: Path) -> Config:
    """Settings for an installation that `privacy init` has prepared."""
    data_dir = tmp_path / "data"
    data_dir.mkdir(mode=0o700)
    made = Config.for_tests(data_dir=data_dir, database_url=database.url)
    ring.save(made.keyring_path)
    return made


@pytest.fixture
def context(database: Database) -> Iterator[Flask]:
    """An open application context with a database and nothing else, for tests of services."""
    app = bare_app(database)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def app(config: Config) -> Iterator[Flask]:
    """The whole application. No context is open: a request must not share a session with the test."""
    from privacy.app import READERS, create_app
    from privacy.http.setup import LIMITER

    made = create_app(config)
    # A fault should show its traceback rather than a 500 that says nothing.
    made.config["PROPAGATE_EXCEPTIONS"] = True
    yield made
    made.extensions[READERS].drop()
    made.extensions[LIMITER].close()
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A test client without a key."""
    return app.test_client()


@pytest.fixture
def service(app: Flask, in_force: None) -> Service:
    """The application with the example programme in force, to be called from outside."""
    return a_service(app)


@pytest.fixture
def frozen() -> Iterator[time_machine.Traveller]:
    """The clock stands at 2026-11-21T19:40Z; `move_to` and `shift` move it."""
    with time_machine.travel(datetime(2026, 11, 21, 19, 40, tzinfo=UTC), tick=False) as traveller:
        yield traveller
