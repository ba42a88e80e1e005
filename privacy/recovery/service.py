"""Recovery: the doors that other rooms use."""

from __future__ import annotations

from privacy.recovery.backup import Source, write_backups
from privacy.recovery.backup_body import open_body
from privacy.recovery.bringing_back import (
    Chosen,
    Place,
    choose,
    ensure_unused,
    is_empty,
    load,
    owner_keys,
    ring_for,
    upgrade,
)
from privacy.recovery.checking import Checked, check_backup
from privacy.recovery.failures import (
    BackupBroken,
    BackupImpossible,
    BackupNotFound,
    JournalBroken,
    JournalUnwritable,
    RestoreImpossible,
)
from privacy.recovery.journal import Gap, Journal, Segment
from privacy.recovery.journal_lines import CheckpointLine, Entry, Replay, ReplayKind
from privacy.recovery.journal_writer import ensure_writable
from privacy.recovery.journaling import Journaling, journal_is_current, journalled_place
from privacy.recovery.keeping import Keeper, Keeping, expired_key_backups
from privacy.recovery.key_set import KeySet, read_keys
from privacy.recovery.log_restoring import Files
from privacy.recovery.manifest import (
    BackupKind,
    Manifest,
    SealedBy,
    find_backup,
    list_backups,
    oldest_data_backup,
    readable_backups,
)
from privacy.recovery.quarantine import NotInQuarantine, Quarantine, last_quarantine, look
from privacy.recovery.restoring import Restored, Verdict, finish, release_by, shown

__all__ = [
    "BackupBroken",
    "BackupImpossible",
    "BackupKind",
    "BackupNotFound",
    "Checked",
    "CheckpointLine",
    "Chosen",
    "Entry",
    "Files",
    "Gap",
    "Journal",
    "JournalBroken",
    "JournalUnwritable",
    "Journaling",
    "Keeper",
    "Keeping",
    "KeySet",
    "Manifest",
    "NotInQuarantine",
    "Place",
    "Quarantine",
    "Replay",
    "ReplayKind",
    "RestoreImpossible",
    "Restored",
    "SealedBy",
    "Segment",
    "Source",
    "Verdict",
    "check_backup",
    "choose",
    "ensure_unused",
    "ensure_writable",
    "expired_key_backups",
    "find_backup",
    "finish",
    "is_empty",
    "journal_is_current",
    "journalled_place",
    "last_quarantine",
    "list_backups",
    "load",
    "look",
    "oldest_data_backup",
    "open_body",
    "owner_keys",
    "read_keys",
    "readable_backups",
    "release_by",
    "ring_for",
    "shown",
    "upgrade",
    "write_backups",
]
