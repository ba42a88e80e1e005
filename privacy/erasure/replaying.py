"""Bring back the tombstones that came after a backup: whoever was erased stays so in every later backup too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from privacy.db import session
from privacy.erasure.models import Tombstone
from privacy.verbatim import values_of


def replay_tombstone(row: Mapping[str, Any]) -> bool:
    """Put a tombstone back, in the open unit of work; says whether it was new here."""
    values = values_of(Tombstone, row)
    if session().get(Tombstone, values["index_bidx"]) is not None:
        return False
    session().add(Tombstone(**values))
    session().flush()
    return True


def index_of_tombstone(row: Mapping[str, Any]) -> bytes:
    """The keyed hash of a tombstone's row."""
    index: bytes = values_of(Tombstone, row)["index_bidx"]
    return index
