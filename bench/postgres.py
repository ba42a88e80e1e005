"""A private PostgreSQL for a run: own folder, own socket, no port, gone afterwards.

`TEST_DATABASE_URL` names a server to use instead; its role must be allowed to create databases.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

INSTALLED = Path("/usr/lib/postgresql")
#: Commits are durable (the defaults of fsync, synchronous_commit, full_page_writes): that is what is measured.
_DURABLE = {
    "listen_addresses": "''",
    "max_connections": "100",
    "shared_buffers": "2GB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "30min",
}


class PostgresqlMissing(Exception):
    """There is no PostgreSQL."""


@contextlib.contextmanager
def server() -> Iterator[str]:
    """The URL of a server to measure, without a database name; raises `PostgresqlMissing`."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    with cluster(_DURABLE, Path("/tmp")) as url:
        yield url


@contextlib.contextmanager
def cluster(settings: Mapping[str, str], place: Path) -> Iterator[str]:
    """The URL of a new cluster below a folder, which must have a short name: a socket's path may have 107 bytes only.

    Raises `PostgresqlMissing`.
    """
    found = sorted(INSTALLED.glob("*/bin"), key=lambda path: float(path.parent.name))
    if not found:
        raise PostgresqlMissing(
            "PostgreSQL is not here: set TEST_DATABASE_URL, or install the server "
            f"(Debian: apt-get install postgresql), whose programs are then found under {INSTALLED}"
        )
    folder = Path(tempfile.mkdtemp(prefix="privacy-pg-", dir=place))
    user = unprivileged("postgres")
    if user:
        shutil.chown(folder, user)
    programs, data = found[-1], folder / "data"
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())

    def run(*command: str) -> None:
        subprocess.run(command, check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    try:
        made = ("-U", "privacy", "-A", "trust", "-E", "UTF8", "-N")  # Not flushed: only what it commits has to last.
        run(str(programs / "initdb"), "-D", str(data), *made)
        start = ("-w", "-l", str(folder / "log"), "-o", f"-k {folder} {options}", "start")
        run(str(programs / "pg_ctl"), "-D", str(data), *start)
        try:
            yield f"postgresql+psycopg://privacy@/?host={folder}"
        finally:
            run(str(programs / "pg_ctl"), "-D", str(data), "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def unprivileged(account: str) -> str | None:
    """The account under which a server runs that refuses to run as root; None where we are not root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return account if account in known else "nobody"
