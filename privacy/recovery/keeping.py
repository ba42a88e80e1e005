"""How long backups and the journal are kept, and the events about them.

An expired backup of the keys is what would bring an erased person's key back, so it goes on the day that its manifest
says, whoever is at work: each run of `privacy backup` and the worker see to it.
"""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import SERVICE, Actor
from privacy.crypto import keyring
from privacy.db import end_read, unit_of_work
from privacy.recovery import backup_body
from privacy.recovery.backup import alone, clear_away
from privacy.recovery.failures import BackupBroken, BackupImpossible
from privacy.recovery.journal import Journal, Segment, lines_backwards
from privacy.recovery.journal_writer import JournalWriter
from privacy.recovery.manifest import (
    BackupKind,
    Manifest,
    body_path,
    manifest_path,
    oldest_data_backup,
    readable_backups,
)

MADE, DELETED, SHORTENED = "backup.made", "backup.deleted", "journal.shortened"
_log = logging.getLogger("privacy.recovery")
Context = Callable[[], AbstractContextManager[Any]]


class Keeper:
    """Records and deletes backups, for somebody; opens units of work of its own."""

    def __init__(self, backups: Path, *, actor: Actor) -> None:
        self._folder, self._actor = backups, actor

    def record_made(self) -> int:
        """An event for each backup of this installation that has none yet; returns how many.

        Also for those whose run was killed before it came to that.
        """
        count = 0
        for manifest in self._own():
            known = audit.actions_about("backup", manifest.id)
            end_read()
            if MADE not in known:
                with unit_of_work():
                    self._record(MADE, manifest)
                count += 1
        return count

    def delete_expired(self, now: int) -> list[Manifest]:
        """Delete the backups of this installation whose time is over, each with its event; returns them.

        The body goes first: whatever happens then, nobody opens it any more. The manifest goes last, so that a run that
        was killed is finished by the next. Raises `BackupImpossible`.
        """
        if not self._folder.is_dir():
            return []
        with alone(self._folder):
            clear_away(self._folder)
            expired = [manifest for manifest in self._own() if manifest.ends_at <= now]
            for manifest in expired:
                body_path(self._folder, manifest.kind, manifest.id).unlink(missing_ok=True)
                backup_body.sync(self._folder / manifest.kind.value)
                with unit_of_work():
                    if DELETED not in audit.actions_about("backup", manifest.id):
                        self._record(DELETED, manifest)
                manifest_path(self._folder, manifest.kind, manifest.id).unlink()
                backup_body.sync(self._folder / manifest.kind.value)
        return expired

    def shorten_journal(self, journal: Path, before: int) -> list[Segment]:
        """Remove files of the journal that no backup needs and that ended before that time; returns them.

        The rest stays whole and in order. Nothing goes while there is no backup of the data. Raises `BackupBroken`.
        """
        oldest = oldest_data_backup(self._folder)
        if oldest is None:
            return []
        with JournalWriter(journal).turn() as tail:
            removed = _not_needed(Journal(journal), oldest.journal_position, before) if tail else []
            if removed:
                with unit_of_work():
                    self._record_shortened(removed, oldest)
                for segment in removed:
                    segment.path.unlink()
                backup_body.sync(journal)
        return removed

    def _own(self) -> list[Manifest]:
        """The backups of this installation. One unreadable manifest must not keep the others alive."""
        ring = str(keyring.installed().ring_id)
        return [manifest for manifest in readable_backups(self._folder) if manifest.ring == ring]

    def _record(self, action: str, manifest: Manifest) -> None:
        details: Mapping[str, Any] = {
            "kind": manifest.kind.value,
            "sha256": manifest.sha256,
            "ends_at": clock.isoformat(manifest.ends_at),
        }
        content = manifest.facts()
        audit.record(
            action, actor=self._actor, object_type="backup", object_id=manifest.id, content=content, details=details
        )

    def _record_shortened(self, removed: list[Segment], oldest: Manifest) -> None:
        content = {"files": [segment.path.name for segment in removed], "oldest_backup": oldest.id}
        first = str(removed[0].first)
        audit.record(
            SHORTENED, actor=self._actor, object_type="journal", object_id=first, content=content, details=content
        )


class Keeping:
    """The worker's part: what is expired goes, whether or not anybody makes backups."""

    def __init__(self, backups: Path, journal: Path, backup_days: int) -> None:
        self._backups, self._journal, self._days = backups, journal, backup_days

    def run(self, context: Context) -> int:
        """Delete what is expired; returns how many backups and files of the journal it was."""
        now = clock.micros()
        try:
            with context():
                keeper = Keeper(self._backups, actor=SERVICE)
                done = len(keeper.delete_expired(now))
                done += len(keeper.shorten_journal(self._journal, now - self._days * clock.DAY))
        except (BackupImpossible, BackupBroken) as error:
            _log.warning("expired backups are not deleted now", extra={"reason": error.detail})
            return 0
        return done


def expired_key_backups(folder: Path, now: int) -> list[Manifest]:
    """Backups of keys that lie there though their time is over: keys of erased people may be in them."""
    return [one for one in readable_backups(folder) if one.kind is BackupKind.KEYS and one.ends_at <= now]


def _not_needed(journal: Journal, position: int, before: int) -> list[Segment]:
    """The files, from the first on, whose entries are all in every backup and which ended before that time."""
    found: list[Segment] = []
    segments = journal.segments
    for segment, following in itertools.pairwise(segments):
        last = next(iter(lines_backwards(segment)), None)
        if following.first > position + 1 or (last is not None and last.at >= before):
            break
        found.append(segment)
    return found
