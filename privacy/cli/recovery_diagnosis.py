"""What `privacy doctor` asks the journal and the backups: could this installation be restored as it should?"""

from __future__ import annotations

from collections.abc import Iterator

from config import Config
from privacy import clock
from privacy.cli.opening import opened
from privacy.errors import PrivacyError
from privacy.recovery import service as recovery
from privacy.recovery.service import BackupKind, Journal

#: A backup older than this is worth a word.
_OLD = 2 * clock.DAY


def examine_journal(config: Config) -> Iterator[tuple[bool, str]]:
    """Findings, each whether it is a problem, and the text."""
    folder = config.journal_path
    try:
        if folder.is_dir():
            recovery.ensure_writable(folder)
        last = Journal(folder).last_position
        with opened(config):
            current, place = recovery.journal_is_current(clock.micros()), recovery.journalled_place()
    except PrivacyError as error:
        yield True, error.detail
        return
    if last + 1 < place:
        yield True, f"{folder} ends at position {last} and had {place - 1}: files are missing. Put them back."
    elif not current:
        yield True, f"{folder} is more than a minute behind the log. Does a worker run, and may it write there?"
    else:
        yield False, f"{folder} goes through position {last} of the log."


def examine_backups(config: Config, now: int) -> Iterator[tuple[bool, str]]:
    """Findings, each whether it is a problem, and the text; none where all is well."""
    folder = config.backups_path
    for one in recovery.expired_key_backups(folder, now):
        text = (
            f"{one.id} should be gone since {clock.isoformat(one.ends_at)}: keys of people erased since may be in it."
        )
        yield True, f"{text} Run: privacy backup prune"
    try:
        found = recovery.list_backups(folder)
    except PrivacyError as error:
        yield True, error.detail
        return
    for kind in BackupKind:
        newest = max((one.made_at for one in found if one.kind is kind), default=None)
        if newest is None:
            yield False, f"There is no backup of the {kind} in {folder}. Run: privacy backup"
        elif now - newest > _OLD:
            yield False, f"The last backup of the {kind} is of {clock.isoformat(newest)}. Run: privacy backup"
