"""Many acts in one request: NDJSON in, NDJSON out, a result a line.

A line is recorded whole or not at all, and a bad one stops no other. Lines are committed in portions of at most 200 ms,
so that live withdrawals are not held up; what has been answered for is committed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import msgspec
import sqlalchemy as sa

from privacy import clock
from privacy.authz.actors import Actor
from privacy.consent import service, translation
from privacy.consent.schemas import BatchLineIn
from privacy.db import session, unit_of_work
from privacy.errors import InvalidInput, Malformed, PrivacyError
from privacy.http.problems import status_of
from privacy.http.reading import decode
from privacy.programme import service as programmes
from privacy.programme.types import Programme

#: A portion is committed after so many lines or so long, whichever comes first.
PORTION_LINES = 200
PORTION_TIME = 150_000
LONGEST_LINE = 64_000


@dataclass(frozen=True)
class _Line:
    number: int
    data: bytes


def record_batch(lines: Iterable[bytes], *, actor: Actor) -> Iterator[bytes]:
    """Record each line and yield its result, in order, as a line of JSON; a portion at a time, after its commit."""
    pending = _numbered(lines)
    line = next(pending, None)
    while line is not None:
        results: list[bytes] = []
        started = clock.micros()
        with unit_of_work():
            programme = programmes.current()
            while line is not None and len(results) < PORTION_LINES and clock.micros() - started < PORTION_TIME:
                results.append(_result(line, actor, programme))
                line = next(pending, None)
        yield from results


def _numbered(lines: Iterable[bytes]) -> Iterator[_Line]:
    for number, data in enumerate(lines, start=1):
        if data.strip():
            yield _Line(number, data)


def _result(line: _Line, actor: Actor, programme: Programme) -> bytes:
    key: str | None = None
    try:
        if len(line.data) > LONGEST_LINE:
            raise Malformed(f"A line has at most {LONGEST_LINE} bytes.")
        body = decode(line.data, BatchLineIn, max_bytes=LONGEST_LINE)
        key = body.key
        given = translation.act_in(body, actor=actor, programme=programme)
        with _whole(session()):
            recorded = service.record(replace(given, once=key), actor=actor, programme=programme)
        answer: dict[str, Any] = msgspec.to_builtins(translation.recorded_out(recorded, actor))
        return _encode({"line": line.number, "key": key, "status": 201, **answer})
    except PrivacyError as error:
        problem = {"type": f"/problems/{error.code}", "title": error.title(), "detail": error.detail}
        if isinstance(error, InvalidInput) and "errors" in error.extensions:
            problem["errors"] = error.extensions["errors"]
        return _encode({"line": line.number, "key": key, "status": status_of(type(error)), "problem": problem})


def _whole(current: Any) -> sa.orm.SessionTransaction:
    """A savepoint: what a failing line had written goes with it."""
    savepoint: sa.orm.SessionTransaction = current.begin_nested()
    return savepoint


def _encode(result: dict[str, Any]) -> bytes:
    return msgspec.json.encode(result) + b"\n"
