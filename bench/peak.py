"""Run a command and tell its peak memory: `python -m bench.peak FILE COMMAND...` writes bytes to FILE.

A process of its own stands between the measurement and the command, because Linux counts what a parent holds when it
starts a child as the child's: this one holds little.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from pathlib import Path


def main(output: str, command: list[str]) -> int:
    """The command's exit code. SIGTERM to both ends the command alone, so that its peak is told all the same."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    child = os.posix_spawn(command[0], command, os.environ, setsigdef=[signal.SIGTERM])
    _, status = os.waitpid(child, 0)
    Path(output).write_text(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024))
    return abs(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
