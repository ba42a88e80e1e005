"""The PostgreSQL of a test run: a private cluster that may forget, since nothing of it has to outlive a crash.

`TEST_DATABASE_URL` names a server to use instead; its role must be allowed to create databases.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from bench.postgres import INSTALLED, PostgresqlMissing, cluster
from tests import memory

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

__all__ = ["INSTALLED", "PostgresqlMissing", "server"]


@contextlib.contextmanager
def server() -> Iterator[str]:
    """The URL of a server, without a database name; raises `PostgresqlMissing`."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given.rsplit("/", 1)[0] if given.count("/") > 2 else given
        return
    with cluster(_SETTINGS, memory.folder() or Path("/tmp")) as url:
        yield url
