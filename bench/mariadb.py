"""A MariaDB to test and to measure with, with a database for whoever asks.

`TEST_MARIADB_URL` names a server to use; else the one that runs on this machine, if it lets us in as root by its
socket; else one is started, in its own folder with its own socket, and gone afterwards.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import NullPool

from bench.postgres import unprivileged

RUNNING = Path("/run/mysqld/mysqld.sock")
SERVER = "/usr/sbin/mariadbd"
MISSING = (
    "MariaDB is not here: set TEST_MARIADB_URL, or install the server (Debian: apt-get install mariadb-server), "
    f"which is then found as {SERVER}"
)
#: Two shared cores: generous, and only reached by a failure, in seconds.
_PATIENCE = 60
_numbers = itertools.count()


class MariadbMissing(Exception):
    """There is no MariaDB to test with."""


@contextlib.contextmanager
def server(*, durable: bool = False) -> Iterator[URL]:
    """The URL of a server, without a database name; raises `MariadbMissing`. One that is started may forget to flush
    unless it is `durable`.
    """
    given = os.environ.get("TEST_MARIADB_URL")
    if given:
        yield make_url(given).set(drivername="mariadb+pymysql", database=None)
    elif RUNNING.exists() and _answers(_by_socket(RUNNING)):
        yield _by_socket(RUNNING)
    elif Path(SERVER).exists():
        with _started(durable=durable) as url:
            yield url
    else:
        raise MariadbMissing(MISSING)


@contextlib.contextmanager
def database(at: URL) -> Iterator[URL]:
    """A database of one's own on a server."""
    name = f"privacy_test_{os.getpid()}_{next(_numbers)}"
    run(at, f"CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci")
    try:
        yield at.set(database=name)
    finally:
        run(at, f"DROP DATABASE {name}")


def run(at: URL, *statements: str) -> None:
    """Statements for the server, one by one."""
    engine = sa.create_engine(at, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def _by_socket(path: Path) -> URL:
    return URL.create("mariadb+pymysql", username="root", host="localhost", query={"unix_socket": str(path)})


def _answers(at: URL) -> bool:
    try:
        run(at, "SELECT 1")
    except sa.exc.OperationalError:
        return False
    return True


@contextlib.contextmanager
def _started(*, durable: bool) -> Iterator[URL]:
    folder = Path(tempfile.mkdtemp(prefix="privacy-mariadb-", dir="/tmp"))  # A socket's path may have 107 bytes only.
    user = unprivileged("mysql")
    if user:
        shutil.chown(folder, user)
    options = ["--no-defaults", f"--datadir={folder}/data", *([f"--user={user}"] if user else [])]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    try:
        make = ["mariadb-install-db", *options, "--auth-root-authentication-method=normal", "--skip-test-db"]
        subprocess.run(make, check=True, **quiet)
        at = _by_socket(folder / "socket")
        limits = ["--skip-networking", f"--innodb-flush-log-at-trx-commit={int(durable)}", f"--socket={folder}/socket"]
        process = subprocess.Popen([SERVER, *options, *limits, f"--pid-file={folder}/pid"], **quiet)
        try:
            deadline = time.monotonic() + _PATIENCE
            while not _answers(at):
                assert process.poll() is None, "MariaDB ended instead of starting"
                assert time.monotonic() < deadline, "MariaDB did not start"
                os.sched_yield()
            yield at
        finally:
            process.terminate()
            process.wait(_PATIENCE)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
