"""Processes that write events while two sequencers compete, all of them killed (SIGKILL) now and then.

Run as: python -m tests.audit.log_race DATABASE_URL KEYRING FOLDER WRITERS UNITS KILLS.
Each writer commits so many units of one to three events. What was acknowledged stands in FOLDER/acknowledged: its
object id, when its transaction was begun, when the commit had returned (monotonic nanoseconds, one clock for all).
The exit code says whether a write failed.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from flask import Flask

from privacy.audit import service
from privacy.crypto import keyring
from privacy.crypto.keyring import Keyring
from privacy.db import unit_of_work
from tests.build import an_actor
from tests.databases import Database, bare_app


def main() -> None:
    url, ring, folder, *numbers = sys.argv[1:]
    writers, units, kills = map(int, numbers)
    keyring.install(Keyring.load(Path(ring)))
    # A sequencer that is told to end before it knows how would die of it.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    app, place = bare_app(Database("", url)), Path(folder)
    sequencers = {_forked(lambda: _sequence(app, place)) for _ in range(2)}
    working = {_forked(lambda name=name: _write(app, place, name, units)) for name in range(writers)}  # type: ignore[misc]
    for number in range(kills):
        time.sleep(random.uniform(0.05, 0.2))
        victim = random.choice(sorted(working | sequencers))
        os.kill(victim, signal.SIGKILL)
        os.waitpid(victim, 0)
        if victim in sequencers:
            sequencers = sequencers - {victim} | {_forked(lambda: _sequence(app, place))}
        else:
            name = writers + number
            working = working - {victim} | {_forked(lambda name=name: _write(app, place, name, units))}  # type: ignore[misc]
    failed = [os.waitpid(writer, 0)[1] for writer in working]
    for sequencer in sequencers:
        os.kill(sequencer, signal.SIGTERM)
        failed.append(os.waitpid(sequencer, 0)[1])
    sys.exit(1 if any(failed) else 0)


def _forked(work: Callable[[], None]) -> int:
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        work()
        code = 0
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        os._exit(code)


def _write(app: Flask, folder: Path, name: int, units: int) -> None:
    actor = an_actor()
    told = os.open(folder / "acknowledged", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for unit in range(units):
        keys = [f"{name}:{unit}:{n}" for n in range(random.randint(1, 3))]
        with app.app_context():
            begun = time.monotonic_ns()
            with unit_of_work():
                for key in keys:
                    service.record("thing.done", actor=actor, object_type="thing", object_id=key, content={})
            done = time.monotonic_ns()
        os.write(told, "".join(f"{key} {begun} {done}\n" for key in keys).encode())


def _sequence(app: Flask, folder: Path) -> None:
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    sequencer = service.Sequencer(service.Anchor(folder / "anchor.txt"))
    while not stop.wait(0.01):
        sequencer.run(app.app_context, stop)
    sequencer.release(app.app_context)


if __name__ == "__main__":
    main()
