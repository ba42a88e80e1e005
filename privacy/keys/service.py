"""The service's own keys: the doors that other rooms use. Rotate, renew, destroy, and see what is under which."""

from __future__ import annotations

from privacy.keys.backups import Backup
from privacy.keys.ceremony import RootChange, record_root_change
from privacy.keys.destruction import DESTROYED, close_key, ensure_destroyable
from privacy.keys.failures import BackupsNeedKey, KeyInUse
from privacy.keys.reindexing import (
    finish_index_rotation,
    indexed_apart,
    move_indexes,
    publish_index_rotation,
    record_index_began,
    record_index_rotated,
    reindex_all,
    wait_for_reads,
)
from privacy.keys.renewal import Renewed, renew
from privacy.keys.rewrapping import Place, Rewrapped, open_key, record_added, rewrap, under
from privacy.keys.status import KeyStatus, Status, status
from privacy.subjects.service import Moved, RotationView

__all__ = [
    "DESTROYED",
    "Backup",
    "BackupsNeedKey",
    "KeyInUse",
    "KeyStatus",
    "Moved",
    "Place",
    "Renewed",
    "Rewrapped",
    "RootChange",
    "RotationView",
    "Status",
    "close_key",
    "ensure_destroyable",
    "finish_index_rotation",
    "indexed_apart",
    "move_indexes",
    "open_key",
    "publish_index_rotation",
    "record_added",
    "record_index_began",
    "record_index_rotated",
    "record_root_change",
    "reindex_all",
    "renew",
    "rewrap",
    "status",
    "under",
    "wait_for_reads",
]
