"""A private PostgreSQL for the test run: own folder, own socket, no port, gone afterwards.

`TEST_DATABASE_URL` names a server to use instead; its role must be allowed to create databases.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests import memory

INSTALLED = Path("/usr/lib/postgresql")
MISSING = (
    "PostgreSQL is not here: set TEST_DATABASE_URL, or install the server (Debian: apt-get install postgresql), "
    f"whose programs are then found under {INSTALLED}"
)
#: Nothing of this cluster has to outlive a crash, so it may forget to flush.
_SETTINGS = {
    "listen_addresses": "''",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "autovacuum": "off",
    "max_wal_size": "128MB",
}


class PostgresqlMissing(Exception):
    """There is no PostgreSQL to test with."""


@contextlib.contextmanager
def server() -> Iterator[str]:
    """The URL of a server, without a database name; raises `PostgresqlMissing`."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given.rsplit("/", 1)[0] if given.count("/") > 2 else given
        return
    programs = sorted(INSTALLED.glob("*/bin"), key=lambda path: float(path.parent.name))
    if not programs:
        raise PostgresqlMissing(MISSING)
    with _cluster(programs[-1]) as url:
        yield url


@contextlib.contextmanager
def _cluster(programs: Path) -> Iterator[str]:
    place = memory.folder() or "/tmp"  # A socket's path may have 107 bytes only.
    folder = Path(tempfile.mkdtemp(prefix="privacy-pg-", dir=place))
    user = _unprivileged()
    if user:
        shutil.chown(folder, user)
    data = folder / "data"
    options = " ".join(f"-c {name}={value}" for name, value in _SETTINGS.items())

    def run(*command: str) -> None:
        subprocess.run(command, check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    try:
        run(str(programs / "initdb"), "-D", str(data), "-U", "privacy", "-A", "trust", "-E", "UTF8", "--no-sync", "-N")
        start = ("-w", "-l", str(folder / "log"), "-o", f"-k {folder} {options}", "start")
        run(str(programs / "pg_ctl"), "-D", str(data), *start)
        try:
            yield f"postgresql+psycopg://privacy@/?host={folder}"
        finally:
            run(str(programs / "pg_ctl"), "-D", str(data), "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged() -> str | None:
    """PostgreSQL refuses to run as root; None where we are not root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"
