"""`privacy`, killed (SIGKILL) when it is about to force something to the disk for the n-th time.

Run as: python -m tests.evidence.killed_export N export FOLDER ...
"""

from __future__ import annotations

import os
import signal
import sys

from privacy.cli.root import main


def run() -> None:
    """As the command, until then."""
    left, really = int(sys.argv.pop(1)), os.fsync

    def fsync(descriptor: int) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        really(descriptor)

    os.fsync = fsync  # type: ignore[assignment]  # the command's own; it is called by position
    main()


if __name__ == "__main__":
    run()
