"""Rotations and destructions that are killed (SIGKILL) just before a step, one after the other.

Run as: python -m tests.keys.killed_rotation ARGUMENTS..., what comes after `privacy keys`; settings in the environment.
Prints a line of JSON for each kill: the step, and how many of the owners' keys did not open after it.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import sys
from types import FrameType
from typing import Any

import sqlalchemy as sa

from privacy.cli import (
    keys_destroy,
    keys_rotate_index,
    keys_rotate_owners,
    keys_rotate_wrap,
    main,
    opening,
    rings,
)
from privacy.crypto import keyring
from privacy.crypto.owner_keys import OwnerKeyRow, unwrap
from privacy.db import session
from privacy.keys import reindexing, renewal, rewrapping
from privacy.subjects import index_moving

#: The function that is about to be called, and for which time.
STEPS = {
    "wrap": (
        ("open_key", 1),  # nothing is done
        ("record_added", 1),  # the database takes the new key, uncommitted
        ("replace_keyring", 1),  # it does; the ring does not have it
        ("_rename_durably", 1),  # the new ring lies beside the old one
        ("wait_until_noticed", 1),  # the ring has it, and nothing is under it
        ("_next", 3),  # some portions are
        ("record", 1),  # one is, uncommitted
    ),
    "owners": (("_renew", 1), ("_reseal", 2), ("_tell", 1), ("record", 1), ("renew", 3)),
    "index": (
        ("record_index_began", 1),  # nothing is done
        ("replace_keyring", 1),  # the database knows of the rotation; the ring does not have the key
        ("_rename_durably", 1),  # the new ring lies beside the old one
        ("publish_index_rotation", 1),  # the ring has the key, and nobody says since when
        ("move_portion", 1),  # nothing has moved
        ("lock_placing", 2),  # some values have
        ("_made", 1),  # a portion is being moved, uncommitted
        ("record_index_rotated", 1),  # all have
        ("_event", 1),  # it is said that they have, uncommitted
        ("wait_for_reads", 1),  # it is said; the ring has both keys
        ("close_key", 1),  # the same
        ("_rename_durably", 1),  # the ring without the old key lies beside the other
    ),
    "destroy": (
        ("close_key", 1),  # nothing is done
        ("record", 1),  # the database takes nothing under it, uncommitted
        ("wait_until_noticed", 1),  # it does not; the ring has the key
        ("_rename_durably", 1),  # the ring without it lies beside the old one
    ),
}


def main_() -> None:
    rewrapping.PORTION = renewal.PORTION = 3
    rings._NOTICED = 0
    reindexing._FIRST = 3
    index_moving.SAFE_AFTER = reindexing.SAFE_AFTER = 0
    arguments = sys.argv[1:]
    for step, nth in STEPS[next(word for word in arguments if word in STEPS)]:
        status = _forked(lambda step=step, nth=nth: _killed_before(step, nth, arguments))  # type: ignore[misc]
        broken = _forked(_count_broken)
        print(json.dumps({"step": step, "killed": status == signal.SIGKILL, "broken": broken >> 8}), flush=True)


def _forked(run: Any) -> int:
    child = os.fork()
    if child == 0:
        code = 70
        try:
            code = run()
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    return status


def _killed_before(step: str, nth: int, arguments: list[str]) -> int:
    left = nth

    def watch(frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal left
        if event == "call" and frame.f_code.co_name == step and "/privacy/" in frame.f_code.co_filename:
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(watch)
    with contextlib.redirect_stdout(io.StringIO()):
        main(["keys", *arguments, "--json"], standalone_mode=False)
    return 0


def _count_broken() -> int:
    """How many owners' keys do not open with the ring as it now is."""
    broken = 0
    with opening.opened():
        for row in session().scalars(sa.select(OwnerKeyRow)):
            try:
                unwrap(keyring.installed(), row.owner_id, row.version, row.wrapped_by, row.wrapped_enc)
            except Exception:
                broken += 1
    return min(broken, 99)


#: Loaded before the first fork, so that each child need not.
LOADED = (keys_destroy, keys_rotate_index, keys_rotate_owners, keys_rotate_wrap)

if __name__ == "__main__":
    main_()
