"""`privacy restore`, killed (SIGKILL) before the n-th line of its own modules; without a number it says how many.

Run as: python -m tests.recovery.killed_restore NUMBER | - ARGUMENTS...
"""

from __future__ import annotations

import sys

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
from tests.killed_lines import killing_before, on_lines

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
    kill = (lambda: None) if limit == "-" else killing_before(int(limit))
    lines = 0

    def told() -> None:
        nonlocal lines
        kill()
        lines += 1

    try:
        with on_lines(TRACED, told):
            main(["restore", *arguments])
    finally:
        print(lines, file=sys.stderr)


if __name__ == "__main__":
    run()
