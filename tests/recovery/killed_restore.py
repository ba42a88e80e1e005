"""`privacy restore`, killed (SIGKILL) before the n-th line of its own modules; without a number it says how many.

Run as: python -m tests.recovery.killed_restore NUMBER | - ARGUMENTS...
"""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType
from typing import Any

from privacy.audit import restoring as log
from privacy.cli import restore
from privacy.cli.root import main
from privacy.recovery import (
    bringing_back,
    chain,
    loading,
    log_restoring,
    owner_key_filling,
    quarantine,
    replay,
    restoring,
)

_MODULES = (
    bringing_back,
    chain,
    loading,
    log_restoring,
    owner_key_filling,
    quarantine,
    replay,
    restoring,
    restore,
    log,
)
TRACED = {module.__file__ for module in _MODULES}


def run() -> None:
    limit, *arguments = sys.argv[1:]
    lines = 0

    def count(frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal lines
        if frame.f_code.co_filename not in TRACED:
            return None
        if event == "line":
            if limit != "-" and lines == int(limit):
                os.kill(os.getpid(), signal.SIGKILL)
            lines += 1
        return count

    sys.settrace(count)
    try:
        main(["restore", *arguments])
    finally:
        sys.settrace(None)
        print(lines, file=sys.stderr)


if __name__ == "__main__":
    run()
