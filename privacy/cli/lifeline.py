"""Children end when their parent is gone, even one that was killed and could tell nobody.

The parent holds the writing end of a pipe and never writes; the kernel closes it with the parent. Works on every Unix,
where the parent-death signal is Linux's alone and is lost when the parent's starting thread ends.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from typing import Any

#: Names the reading end in a child's environment. No setting, hence not among the `PRIVACY_` names.
VARIABLE = "SUPERVISOR_LIFELINE"
#: How long a child may take to finish its requests before it is cut off, in seconds.
GRACE = 30


def watch() -> None:
    """End this process in good order when the supervisor that started it is gone; nothing where there is none."""
    descriptor = os.environ.pop(VARIABLE, None)
    if descriptor is not None:
        _in_background(lambda: _read_to_end(int(descriptor)))


def load_watched(target: str) -> Any:
    """For a web server's worker: end with the server's main process, then load `module:name`."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        _in_background(parent.join)
    from importlib import import_module

    module, _, name = target.partition(":")
    return getattr(import_module(module), name)


def _in_background(wait: Callable[[], object]) -> None:
    threading.Thread(target=_end_after, args=(wait,), name="lifeline", daemon=True).start()


def _end_after(wait: Callable[[], object]) -> None:
    wait()
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(GRACE)
    os._exit(1)


def _read_to_end(descriptor: int) -> None:
    with contextlib.suppress(OSError):
        while os.read(descriptor, 1):
            """Nobody writes; only the end of file is of interest."""
