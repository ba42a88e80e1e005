"""Many acts in one request: NDJSON in, NDJSON out, a result a line.

A line is recorded whole or not at all, and a bad one stops no other. Lines are read and understood before a unit of
work begins, so that a slow sender holds no lock, and committed in portions of at most 150 ms, so that live withdrawals
are not held up. What has been answered for is committed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import msgspec
import sqlalchemy as sa

from privacy import clock
from privacy.authz.actors import Actor
from privacy.consent import service, translation
from privacy.consent.schemas import BatchLineIn
from privacy.consent.service import ActIn
from privacy.db import DRIVER_ERRORS, Driver, savepoint, unit_of_work
from privacy.errors import Malformed, PrivacyError, Unavailable
from privacy.http.problems import status_of
from privacy.http.reading import decode
from privacy.http.request_log import log_failure
from privacy.programme import service as programmes
from privacy.programme.types import Programme
from privacy.subjects import service as subjects

#: Lines that are read before their unit of work begins.
PORTION_LINES = 200
#: A unit of work ends after so many microseconds, and the next one takes what is left of the portion.
PORTION_TIME = 150_000
LONGEST_LINE = 64_000
_INTERNAL = 500


@dataclass(frozen=True)
class _Line:
    """A line as it was understood, or why it wasn't."""

    number: int
    key: str | None
    act: ActIn | PrivacyError


def record_batch(lines: Iterable[bytes], *, actor: Actor) -> Iterator[bytes]:
    """Record each line and yield its result, in order, as a line of JSON; a portion at a time, after its commit.

    A line that the database could not take now is answered with 503, and so is every one after it: send them again.
    """
    programme, numbered = programmes.current(), _numbered(lines)
    away: Unavailable | None = None
    while portion := list(islice(numbered, PORTION_LINES)):
        waiting = deque(_understood(number, data, actor, programme) for number, data in portion)
        while waiting and away is None:
            try:
                yield from _record_some(waiting, actor, programme, most_time=PORTION_TIME)
            except Unavailable:
                # Two writers of many people may have waited for each other: one line at a time they don't.
                away = yield from _record_singly(waiting, actor, programme)
        if away is not None:
            yield from [_refused(line, away) for line in waiting]


def _numbered(lines: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    for number, data in enumerate(lines, start=1):
        if data.strip():
            yield number, data


def _understood(number: int, data: bytes, actor: Actor, programme: Programme) -> _Line:
    key: str | None = None
    try:
        if len(data.rstrip(b"\r\n")) > LONGEST_LINE:
            raise Malformed(f"A line has at most {LONGEST_LINE} bytes.")
        body = decode(data, BatchLineIn, max_bytes=LONGEST_LINE + 2)
        key = body.key
        return _Line(number, key, replace(translation.act_in(body, actor=actor, programme=programme), once=key))
    except PrivacyError as error:
        return _Line(number, key, error)


def _record_some(waiting: deque[_Line], actor: Actor, programme: Programme, *, most_time: int) -> list[bytes]:
    """Record the first lines in one unit of work, as many as fit into the time; raises `Unavailable` for all."""
    results: list[bytes] = []
    started = clock.micros()
    with unit_of_work() as current:
        subjects.keep_placed(Driver.of(current))  # A line that fails must not let go of it.
        while len(results) < len(waiting) and (not results or clock.micros() - started < most_time):
            results.append(_result(waiting[len(results)], actor, programme))
    for _ in results:
        waiting.popleft()
    return results


def _record_singly(
    waiting: deque[_Line], actor: Actor, programme: Programme
) -> Generator[bytes, None, Unavailable | None]:
    """Record one line a unit of work; returns what stopped it."""
    while waiting:
        try:
            yield from _record_some(waiting, actor, programme, most_time=0)
        except Unavailable as error:
            return error
    return None


def _result(line: _Line, actor: Actor, programme: Programme) -> bytes:
    if isinstance(line.act, PrivacyError):
        return _refused(line, line.act)
    try:
        # What a failing line had written goes with its savepoint.
        with savepoint():
            recorded = service.record(line.act, actor=actor, programme=programme)
        answer: dict[str, Any] = msgspec.to_builtins(translation.recorded_out(recorded, actor))
    except service.WrongCode as error:
        service.count_wrong_code(error.pending)
        return _refused(line, error)
    except PrivacyError as error:
        return _refused(line, error)
    except (sa.exc.OperationalError, *DRIVER_ERRORS):
        raise
    except Exception as error:  # a fault of ours in one line is no reason to leave out the others
        log_failure(error)
        return _refused(line, PrivacyError())
    return _encode({"line": line.number, "key": line.key, "status": 201, **answer})


def _refused(line: _Line, error: PrivacyError) -> bytes:
    status = status_of(type(error))
    problem = {"type": f"/problems/{error.code}", "title": error.title()}
    if status != _INTERNAL:
        problem["detail"] = error.detail
        if "errors" in error.extensions:
            problem["errors"] = error.extensions["errors"]
    return _encode({"line": line.number, "key": line.key, "status": status, "problem": problem})


def _encode(result: dict[str, Any]) -> bytes:
    return msgspec.json.encode(result) + b"\n"
