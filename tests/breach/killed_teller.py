"""Workers that tell the affected and are killed (SIGKILL), each some lines further on, until one is done.

Run as: python -m tests.breach.killed_teller DATABASE_URL KEYRING STEP. Prints how many were killed.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from pathlib import Path

from flask import Flask

from privacy.breach.telling import affected, letters, telling
from privacy.crypto import keyring
from privacy.crypto.keyring import Keyring
from privacy.db import db
from tests.databases import Database, bare_app
from tests.killed_lines import was_killed

_FILES = {affected.__file__, letters.__file__, telling.__file__}


def main() -> None:
    url, ring, step = sys.argv[1:]
    keyring.install(Keyring.load(Path(ring)))
    telling.AT_ONCE = 3
    app = bare_app(Database("", url))
    killed = 0
    while was_killed(_FILES, killed * int(step), lambda: _tell(app)):
        killed += 1
    print(killed)


def _tell(app: Flask) -> None:
    with app.app_context():
        telling.Telling().run(contextlib.nullcontext, threading.Event())
        db.session.remove()
        db.engine.dispose()


if __name__ == "__main__":
    main()
