"""Workers of a disposal run that are killed (SIGKILL) just before a step, one after the other, then one that may live.

Run as: python -m tests.retention.killed_run DATABASE_URL KEYRING FOLDER. Prints for each step whether one was killed.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from flask import Flask

from privacy.crypto import keyring
from privacy.crypto.keyring import Keyring
from privacy.retention.runs import executing
from tests.databases import Database, bare_app
from tests.retention.offices import Office

#: Rows of a batch, so that there is one to be killed in at every step.
FEW = 2
#: The file, the function in it that is about to be called, or about to return where there is a `!`.
STEPS = (
    ("retention/runs/part_leases", "claim"),  # nothing is taken
    ("retention/runs/part_leases", "claim!"),  # taken, uncommitted
    ("systems/sql", "due!"),  # what is due was read
    ("retention/runs/planning", "plan!"),  # it is known what becomes of it
    ("retention/runs/executing", "_write_down"),
    ("retention/runs/batches", "add!"),  # the plan is written down, uncommitted
    ("systems/sql", "change"),  # the plan is written down
    ("systems/sql_changing", "make!"),  # done in the system, uncommitted there
    ("retention/runs/executing", "_confirm"),
    ("retention/holds/gate", "enter!"),  # in the gate, uncommitted
    ("retention/runs/executing", "_confirm!"),  # in the gate, nothing final in the system
    ("systems/sql", "change!"),  # final in the system, and nobody knows
    ("retention/runs/executing", "_write_done"),
    ("retention/runs/batches", "settle!"),  # done, uncommitted
    ("retention/runs/executing", "_write_done!"),
    ("retention/runs/executing", "check"),
    ("retention/runs/executing", "checked!"),
    ("retention/runs/runs", "_end!"),  # the end is written down, uncommitted
)


def main() -> None:
    url, ring, folder = sys.argv[1:]
    keyring.install(Keyring.load(Path(ring)))
    app = bare_app(Database("", url))
    for file, function in STEPS:
        print(json.dumps([f"{file} {function}", _killed(app, Path(folder), file, function)]), flush=True)
    _killed(app, Path(folder), "", "")


def at(file: str, function: str, then: Callable[[], None]) -> Callable[[FrameType, str, Any], None]:
    """For `sys.setprofile`: `then` is called at that step."""
    wanted = "return" if function.endswith("!") else "call"

    def watch(frame: FrameType, event: str, _argument: object) -> None:
        here = event == wanted and frame.f_code.co_name == function.rstrip("!")
        if here and frame.f_code.co_filename.endswith(f"/privacy/{file}.py"):
            then()

    return watch


def _killed(app: Flask, folder: Path, file: str, function: str) -> bool:
    """Whether a worker that is killed there came so far."""
    child = os.fork()
    if child == 0:
        executing.BATCH = FEW
        office = Office(folder, app)
        office.let_time_pass()
        watch = at(file, function, lambda: os.kill(os.getpid(), signal.SIGKILL))
        if file:
            threading.setprofile(watch)
            sys.setprofile(watch)
        office.work()
        sys.setprofile(None)
        os._exit(0)
    return os.waitpid(child, 0)[1] == signal.SIGKILL


if __name__ == "__main__":
    main()
