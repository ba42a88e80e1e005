"""The command line on an installation: in this process by Click's runner, or as the real program."""

from __future__ import annotations

import contextlib
import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from config import PREFIX, Config
from privacy.cli import main
from tests.cli.running import Service
from tests.databases import KINDS, Database, PostgresqlTemplate, SqliteTemplate


class Cli:
    """Runs `privacy ...` in this process."""

    def run(self, *arguments: str, stdin: str | None = None) -> Result:
        with _logging_restored():
            return CliRunner().invoke(main, list(arguments), input=stdin)

    def __call__(self, *arguments: str, stdin: str | None = None, exit_code: int = 0) -> str:
        """What it prints; the exit code must be the one expected."""
        done = self.run(*arguments, stdin=stdin)
        assert done.exit_code == exit_code, (done.output, done.exception)
        return done.stdout

    def json(self, *arguments: str, stdin: str | None = None, exit_code: int = 0) -> Any:
        """The JSON that it prints."""
        return json.loads(self(*arguments, "--json", stdin=stdin, exit_code=exit_code))

    @staticmethod
    def parsed(done: Result) -> Any:
        """The JSON of a run whose exit code is another's concern."""
        return json.loads(done.stdout)


@contextlib.contextmanager
def _logging_restored() -> Iterator[None]:
    """A command sets up the log of its process, which here is the test's, and may narrow the rights of new files."""
    root, ours, umask = logging.getLogger(), logging.getLogger("privacy"), os.umask(0o022)
    handlers, levels = list(root.handlers), (root.level, ours.level)
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(levels[0])
        ours.setLevel(levels[1])
        os.umask(umask)


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting from outside."""
    for name in list(os.environ):
        if name.startswith(PREFIX) and not name.startswith("PRIVACY_TEST"):
            monkeypatch.delenv(name)


@pytest.fixture
def cli(config: Config, in_force: None, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """The command line on a prepared installation with the example programme."""
    monkeypatch.setenv("PRIVACY_DATA_DIR", str(config.data_dir))
    monkeypatch.setenv("PRIVACY_DATABASE_URL", config.database_url)
    made = Cli()
    made("init")
    return made


@pytest.fixture(params=KINDS)
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without a single table; on SQLite not even a file."""
    if request.param == "sqlite":
        (tmp_path / "var").mkdir(mode=0o700)
        yield SqliteTemplate(tmp_path, None).copy_to(tmp_path / "var")
        return
    from privacy.db import engine_url

    template = PostgresqlTemplate(engine_url(request.getfixturevalue("postgresql_server")), None)
    made = template.copy_to(tmp_path)
    yield made
    template.drop(made)
    template.close()


@pytest.fixture
def bare(empty_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """The command line where nothing has been prepared, not even the folder on PostgreSQL."""
    monkeypatch.setenv("PRIVACY_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("PRIVACY_DATABASE_URL", empty_database.url)
    return Cli()


@pytest.fixture
def service(bare: Cli, tmp_path: Path) -> Iterator[Service]:
    """`privacy up` as a real process, started by the test; whatever is left of it is killed."""
    made = Service(tmp_path)
    yield made
    made.kill_everything()
