"""A private PostgreSQL for a run: own folder, own socket, no port, gone afterwards; durable, unlike that of the tests.

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

_INSTALLED = Path("/usr/lib/postgresql")
#: Commits are durable (the defaults of fsync, synchronous_commit, full_page_writes): that is what is measured.
_SETTINGS = {
    "listen_addresses": "''",
    "max_connections": "100",
    "shared_buffers": "2GB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "30min",
}


class PostgresqlMissing(Exception):
    """There is no PostgreSQL to measure."""


@contextlib.contextmanager
def server() -> Iterator[str]:
    """The URL of a server, without a database name; raises `PostgresqlMissing`."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    programs = sorted(_INSTALLED.glob("*/bin"), key=lambda path: float(path.parent.name))
    if not programs:
        raise PostgresqlMissing(f"set TEST_DATABASE_URL or install the server, whose programs go to {_INSTALLED}")
    with _cluster(programs[-1]) as url:
        yield url


@contextlib.contextmanager
def _cluster(programs: Path) -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="privacy-bench-pg-", dir="/tmp"))  # A socket's path may have 107 bytes only.
    user = _unprivileged()
    if user:
        shutil.chown(folder, user)
    data = folder / "data"
    options = " ".join(f"-c {name}={value}" for name, value in _SETTINGS.items())

    def run(*command: str) -> None:
        subprocess.run(command, check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    try:
        run(str(programs / "initdb"), "-D", str(data), "-U", "privacy", "-A", "trust", "-E", "UTF8", "-N")
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
