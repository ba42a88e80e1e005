"""Several prepared statements on PostgreSQL in one round trip, by libpq's pipeline mode.

psycopg's cursors cost more than most of our statements do, and its own pipelines cost again as much. Here a statement
is prepared once for each connection, its values go out in the form the server keeps them, and psycopg's loaders (in C)
read the rows. https://www.postgresql.org/docs/current/libpq-pipeline-mode.html
"""

from __future__ import annotations

import itertools
import re
import select
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

import psycopg
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult

#: A statement's text with `%(name)s` parameters, and its values.
Question = tuple[str, Mapping[str, Any]]

_PARAMETER = re.compile(r"%\((\w+)\)s")
_BINARY, _TEXT = 1, 0
_BEGIN = "BEGIN"
#: Names of prepared statements, never used twice.
_numbers = itertools.count(1)

#: Text, text with numbered parameters, parameters and their formats.
_Bound = tuple[str, bytes, list[bytes | None], list[int]]


class Pipeline:
    """Runs statements on one connection. Belongs to the thread that has the connection."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        """Needs a connection made with `prepare_threshold=None`: psycopg drops what it prepared itself all at once."""
        self._connection = connection
        self._prepared: dict[str, bytes] = {}
        self._poll = select.poll()
        self._loaders = Transformer(connection)

    def run(self, questions: Sequence[Question]) -> list[list[tuple[Any, ...]]]:
        """The rows of each statement, in order; raises `psycopg.Error` for the first that failed.

        On a connection that does not commit by itself this begins the transaction where none is open. Where it does,
        all of them are one transaction.
        """
        server = self._connection.pgconn
        begins = not self._connection.autocommit and server.transaction_status == TransactionStatus.IDLE
        asked = [_bound(text, values) for text, values in ([(_BEGIN, {}), *questions] if begins else questions)]
        try:
            server.enter_pipeline_mode()
            fresh = [self._send(one) for one in asked]
            server.pipeline_sync()
            self._flush()
            answers, failure = self._receive()
            server.exit_pipeline_mode()
        except BaseException:
            self._connection.close()  # Answers that nobody took would be taken for those of the next statements.
            raise
        if failure is not None:
            # Which of the new ones the server has prepared is not known; those that it has get a second name.
            for text in filter(None, fresh):
                del self._prepared[text]
            raise error_from_result(failure)
        wanted = [answer for answer, text in zip(answers, _expected(fresh), strict=True) if text]
        return [self._rows(answer) for answer in (wanted[1:] if begins else wanted)]

    def _send(self, bound: _Bound) -> str | None:
        """Queue a statement; returns its text where it had to be prepared first."""
        text, query, parameters, formats = bound
        server, fresh = self._connection.pgconn, None
        name = self._prepared.get(text)
        if name is None:
            fresh, name = text, f"privacy_{next(_numbers)}".encode()
            self._prepared[text] = name
            server.send_prepare(name, query)
        server.send_query_prepared(name, parameters, formats, result_format=_BINARY)
        return fresh

    def _flush(self) -> None:
        server = self._connection.pgconn
        while server.flush():
            self._poll.register(server.socket, select.POLLIN | select.POLLOUT)
            if any(event & select.POLLIN for _, event in self._poll.poll()):
                server.consume_input()

    def _receive(self) -> tuple[list[PGresult], PGresult | None]:
        """Every result up to the end of the pipeline, and the first failure."""
        server, failure = self._connection.pgconn, None
        found: list[PGresult] = []
        self._poll.register(server.socket, select.POLLIN)
        while True:
            while server.is_busy():
                self._poll.poll()  # Lets other threads work meanwhile.
                server.consume_input()
            result = server.get_result()
            if result is None:
                continue  # Ends the results of one statement.
            if result.status == ExecStatus.PIPELINE_SYNC:
                return found, failure
            if result.status == ExecStatus.FATAL_ERROR:
                failure = failure or result
            found.append(result)

    def _rows(self, result: PGresult) -> list[tuple[Any, ...]]:
        if not result.ntuples:
            return []
        self._loaders.set_pgresult(result, set_loaders=True, format=psycopg.pq.Format.BINARY)
        return self._loaders.load_rows(0, result.ntuples, tuple)


def _bound(text: str, values: Mapping[str, Any]) -> _Bound:
    """A statement ready to be sent: whatever cannot be sent is found before anything was."""
    query, names = _numbered(text)
    dumped = [_dump(values[name]) for name in names]
    return text, query, [value for value, _ in dumped], [form for _, form in dumped]


def _expected(fresh: Sequence[str | None]) -> list[bool]:
    """For each result whether it is a statement's own, not that of its preparation."""
    return [own for text in fresh for own in ((False, True) if text else (True,))]


@lru_cache(maxsize=1024)
def _numbered(text: str) -> tuple[bytes, tuple[str, ...]]:
    """The statement with `$1` parameters and their names in order; a name that stands twice is one parameter."""
    names = tuple(dict.fromkeys(_PARAMETER.findall(text)))
    places = {name: f"${n}" for n, name in enumerate(names, start=1)}
    return _PARAMETER.sub(lambda match: places[match[1]], text).replace("%%", "%").encode(), names


def _dump(value: Any) -> tuple[bytes | None, int]:
    """A value as libpq takes it: ids and bytes as they are, the rest as the text that PostgreSQL reads."""
    if value is None:
        return None, _BINARY
    if isinstance(value, bytes):
        return value, _BINARY
    if isinstance(value, UUID):
        return value.bytes, _BINARY
    if isinstance(value, str):
        return value.encode(), _BINARY  # With its length: as text it would end at U+0000.
    if isinstance(value, bool):
        return b"t" if value else b"f", _TEXT
    if isinstance(value, int):
        return b"%d" % value, _TEXT
    raise TypeError(f"a statement on the driver takes no {type(value).__name__}")
