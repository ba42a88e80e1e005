"""A process that imports exports one after the other and is killed (SIGKILL) before the n-th act or event.

Run as: python -m tests.consent.importing.killed_move DATABASE_URL KEYRING N PROFILE=PATH ...
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

from privacy.consent.importing import recorder
from privacy.consent.recording import _Desk
from privacy.crypto import keyring
from privacy.crypto.keyring import Keyring
from tests.consent.importing.moving import bring_in
from tests.databases import Database, bare_app

P = ParamSpec("P")
R = TypeVar("R")


def main() -> None:
    url, ring, last, *exports = sys.argv[1:]
    keyring.install(Keyring.load(Path(ring)))
    left = int(last)

    def count() -> None:
        nonlocal left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    # The one way to be killed at a row that is known: inside the unit of work, between two things that it records.
    for place, name in ((_Desk, "record"), (recorder, "record_event")):
        setattr(place, name, _after(count, getattr(place, name)))
    with bare_app(Database("", url)).app_context():
        for export in exports:
            name, _, path = export.partition("=")
            bring_in(name, Path(path))


def _after(count: Callable[[], None], step: Callable[P, R]) -> Callable[P, R]:
    def counted(*arguments: P.args, **more: P.kwargs) -> R:
        count()
        return step(*arguments, **more)

    return counted


if __name__ == "__main__":
    main()
