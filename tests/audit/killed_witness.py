"""Witnesses that are killed (SIGKILL) before the n-th line of their own code while they cosign; n from 0 until none is.

Run as: python -m tests.audit.killed_witness FOLDER. Makes FOLDER/<n>, the witness's folder, and FOLDER/<n>.answer where
an answer got out.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from privacy.audit.witness import cosigner
from privacy.audit.witness.cosigner import Cosigner
from tests.audit.witness_logs import ALog, a_witness, asked

#: A log that signs two histories. The witness has the first five leaves of `A` when it is asked for eight.
A, B = ALog("A"), ALog("B")


def main() -> None:
    folder = Path(sys.argv[1])
    assert asked(a_witness(folder / "before"), A.request(0, 5)).status == 200
    number = 0
    while _killed_at(number, folder):
        number += 1


def _killed_at(number: int, folder: Path) -> bool:
    """Whether there was an n-th line."""
    mine = folder / str(number)
    shutil.copytree(folder / "before", mine)
    child = os.fork()
    if child == 0:
        _cosign(mine, number)
    _, status = os.waitpid(child, 0)
    assert status in {0, signal.SIGKILL}, status
    return status != 0


def _cosign(mine: Path, left: int) -> None:
    witness = Cosigner.load(mine)

    def count(frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal left
        if frame.f_code.co_filename != cosigner.__file__:
            return None
        if event == "line":
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return count

    sys.settrace(count)
    answer = asked(witness, A.request(5, 8))
    mine.with_suffix(".answer").write_text(answer.text)
    os._exit(0)


if __name__ == "__main__":
    main()
