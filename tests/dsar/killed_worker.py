"""Workers that are killed (SIGKILL) just before a step, one after the other, then one that may live.

Run as: python -m tests.dsar.killed_worker DATABASE_URL KEYRING TIMES. Prints for each step how often one was killed.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from flask import Flask

from privacy.crypto import keyring
from privacy.crypto.keyring import Keyring
from tests.databases import Database, bare_app
from tests.dsar.shops import Shops

#: The file, the function in it that is about to be called, or about to return where there is a `!`.
STEPS = (
    ("dsar/execution/leases", "claim"),  # nothing is taken
    ("dsar/execution/leases", "claim!"),  # taken, uncommitted
    ("systems/sql", "find"),  # taken
    ("systems/sql", "find!"),  # found, and nobody knows
    ("dsar/execution/running", "_note!"),  # written down, uncommitted
    ("dsar/execution/changing", "make"),  # about to be changed
    ("dsar/execution/changing", "make!"),  # changed there, and nobody knows
    ("dsar/execution/course", "go_on!"),  # what follows is added, uncommitted
    ("dsar/execution/own_changes", "_erase"),
    ("dsar/execution/own_changes", "_erase!"),  # the person's key is gone, uncommitted
    ("dsar/execution/answer_task", "do_answer"),
    ("dsar/answering", "answer!"),  # answered, uncommitted
)


def main() -> None:
    url, ring, times = sys.argv[1:]
    keyring.install(Keyring.load(Path(ring)))
    app = bare_app(Database("", url))
    for file, function in STEPS:
        killed = sum(_killed(app, file, function) for _ in range(int(times)))
        print(json.dumps([f"{file} {function}", killed]), flush=True)
    _killed(app, "", "")


def _killed(app: Flask, file: str, function: str) -> bool:
    """Whether a worker that is killed there came so far."""
    child = os.fork()
    if child == 0:
        _work(app, file, function)
    return os.waitpid(child, 0)[1] == signal.SIGKILL


def _work(app: Flask, file: str, function: str) -> None:
    wanted = "return" if function.endswith("!") else "call"

    def watch(frame: FrameType, event: str, _argument: object) -> None:
        here = event == wanted and frame.f_code.co_name == function.rstrip("!")
        if here and frame.f_code.co_filename.endswith(f"/privacy/{file}.py"):
            os.kill(os.getpid(), signal.SIGKILL)

    shops = Shops(Path(), app)
    shops.let_time_pass()
    if file:
        threading.setprofile(watch)
        sys.setprofile(watch)
    shops.run()
    sys.setprofile(None)
    os._exit(0)


if __name__ == "__main__":
    main()
