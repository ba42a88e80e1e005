"""A change of the log's key that is killed (SIGKILL) just before a step, which is a function that it calls.

Run as: python -m tests.audit.killed_rotation STEP, with the settings in the environment.
"""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType
from typing import Any

from privacy.cli import main

#: The new key is not on the disk; is there under another name; is in the ring; is endorsed; is in the log.
STEPS = ("save", "_rename_durably", "endorse_newest", "settle", "release")


def kill_before(step: str) -> None:
    """Kill this process when the function of that name is called."""

    def watch(frame: FrameType, _event: str, _argument: Any) -> None:
        if frame.f_code.co_name == step and "/privacy/" in frame.f_code.co_filename:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(watch)


if __name__ == "__main__":
    kill_before(sys.argv[1])
    main(["audit", "rotate-key", "--json"])
