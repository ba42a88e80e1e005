"""Witnesses that are killed (SIGKILL) before the n-th line of their own code while they cosign; n from 0 until none is.

Run as: python -m tests.audit.killed_witness FOLDER. Makes FOLDER/<n>, the witness's folder, and FOLDER/<n>.answer where
an answer got out.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from privacy.audit.witness import cosigner
from privacy.audit.witness.cosigner import Cosigner
from tests.audit.witness_logs import ALog, a_witness, asked
from tests.killed_lines import was_killed

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
    return was_killed({cosigner.__file__}, number, lambda: _cosign(mine))


def _cosign(mine: Path) -> None:
    answer = asked(Cosigner.load(mine), A.request(5, 8))
    mine.with_suffix(".answer").write_text(answer.text)


if __name__ == "__main__":
    main()
