"""Erasures that are killed (SIGKILL) just before a step, one after the other, each time the same person.

Run as: python -m tests.erasure.killed_erasure DATABASE_URL KEYRING SUBJECT. Prints a line of JSON for each kill: the
step, whether it was killed there, and whether every table holds what it held before.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from uuid import UUID

import sqlalchemy as sa
from flask import Flask

from privacy.authz.actors import OPERATOR
from privacy.crypto import keyring
from privacy.crypto.keyring import Keyring
from privacy.db import Base, db, end_read, session, unit_of_work
from privacy.erasure import service as erasure
from privacy.erasure.service import LetterWanted
from tests.databases import Database, bare_app

#: The file, the function in it that is about to be called, and for which time.
STEPS = (
    ("subjects/erasing", "_locked", 1),  # nothing is done
    ("erasure/evidence_records", "of", 1),  # everybody is locked
    ("subjects/erasing", "part_with", 1),
    ("consent/erasing", "delete_people", 1),  # links of people are gone
    ("outbox/service", "forget_people", 1),  # acts and facts are
    ("audit/deletion", "delete_bodies", 1),
    ("subjects/erasing", "delete_people", 1),  # bodies of events are
    ("subjects/erasing", "_rows", 5),  # contacts are; the rest of the person and the key are not
    ("erasure/erasing", "_suppress", 1),  # the key is
    ("consent/suppression", "suppress_erased", 2),  # one of two contacts is suppressed
    ("erasure/evidence_records", "seal", 1),
    ("erasure/cases", "open_case", 1),  # the evidence is sealed
    ("outbox/service", "enqueue", 1),  # the case is
    ("erasure/tombstones", "bury", 1),
    ("erasure/audited", "erasure_content", 1),  # there are tombstones; no event says so
    ("erasure/erasing", "<return>", 1),  # everything is done, uncommitted
)


def main() -> None:
    url, ring, subject = sys.argv[1:]
    keyring.install(Keyring.load(Path(ring)))
    app = bare_app(Database("", url))
    before = _forked_digest(app)
    for file, function, nth in STEPS:
        child = os.fork()
        if child == 0:
            _erase(app, UUID(subject), file, function, nth)
        _, status = os.waitpid(child, 0)
        answer = {"step": f"{file} {function}", "killed": status == signal.SIGKILL}
        print(json.dumps(answer | {"same": _forked_digest(app) == before}), flush=True)


def _forked_digest(app: Flask) -> str:
    """What stands in every table, read by a process that leaves no connection behind."""
    return _asked(lambda: _digest(app))


def _asked(question: Callable[[], str]) -> str:
    there, here = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(here, question().encode())
        os._exit(0)
    os.close(here)
    with os.fdopen(there) as answers:
        answer = answers.read()
    os.waitpid(child, 0)
    return answer


def _digest(app: Flask) -> str:
    found = hashlib.sha256()
    with app.app_context():
        for table in Base.metadata.sorted_tables:
            rows = session().execute(sa.select(table).order_by(*table.primary_key.columns)).all()
            found.update(repr((table.name, [tuple(row) for row in rows])).encode())
        end_read()
        db.engine.dispose()
    return found.hexdigest()


def _erase(app: Flask, subject_id: UUID, file: str, function: str, nth: int) -> None:
    left = nth

    def watch(frame: FrameType, event: str, _argument: object) -> None:
        nonlocal left
        name = "<return>" if event == "return" and frame.f_code.co_name == "erase_subject" else frame.f_code.co_name
        if event not in {"call", "return"} or (event == "return") != (name == "<return>"):
            return
        if name == function and frame.f_code.co_filename.endswith(f"/privacy/{file}.py"):
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)

    with app.app_context():
        session()
        sys.setprofile(watch)
        with unit_of_work():
            erasure.erase_subject(
                subject_id, cause="request 7", actor=OPERATOR, letter=LetterWanted("pl", "anna.nowak@example.com")
            )
    os._exit(0)


if __name__ == "__main__":
    main()
