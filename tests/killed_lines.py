"""Kill a program (SIGKILL) before the n-th line that it runs in some files, for programs of tests."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Collection, Iterator
from types import FrameType
from typing import Any


@contextlib.contextmanager
def on_lines(files: Collection[str | None], told: Callable[[], None]) -> Iterator[None]:
    """Inside, `told` is called before each line of these files, in this thread."""

    def step(frame: FrameType, event: str, _argument: Any) -> Any:
        if frame.f_code.co_filename not in files:
            return None
        if event == "line":
            told()
        return step

    sys.settrace(step)
    try:
        yield
    finally:
        sys.settrace(None)


def killing_before(number: int) -> Callable[[], None]:
    """For `on_lines`: end this process before the line of that number; the first is 0."""
    left = number

    def told() -> None:
        nonlocal left
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1

    return told


def was_killed(files: Collection[str | None], number: int, run: Callable[[], None]) -> bool:
    """Run it in a process of its own; says whether there was a line of that number, before which it was killed."""
    child = os.fork()
    if child == 0:
        with on_lines(files, killing_before(number)):
            run()
            os._exit(0)
    _, status = os.waitpid(child, 0)
    assert status in {0, signal.SIGKILL}, status
    return status != 0
