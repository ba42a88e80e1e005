"""A process that imports an export and is killed, by itself and for real (SIGKILL), at the n-th circle.

Run as: python -m tests.consent.importing.killed_import DATABASE_URL KEYRING FOLDER N
"""

from __future__ import annotations

import os
import signal
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from privacy.consent.importing.recorder import Portion, Recorder
from privacy.crypto import keyring
from privacy.crypto.keyring import Keyring
from tests.consent.importing.conftest import import_it
from tests.databases import Database, bare_app

_recorded = Recorder._acts


def main() -> None:
    url, ring, folder, last = sys.argv[1:]
    keyring.install(Keyring.load(Path(ring)))
    left = int(last)

    def recorded(recorder: Recorder, portions: Sequence[Portion]) -> list[Counter[str]]:
        """Before it records them, or when they are recorded and not committed yet."""
        nonlocal left
        counts = _recorded(recorder, portions) if left % 2 else []
        left -= len(portions)
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return counts or _recorded(recorder, portions)

    Recorder._acts = recorded  # type: ignore[method-assign]  # the one way to be killed at a row that is known
    with bare_app(Database("", url)).app_context():
        import_it(Path(folder))


if __name__ == "__main__":
    main()
