"""What the watch asks the rooms of the service, each by a door of theirs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from privacy import clock
from privacy.audit import service as audit
from privacy.breach import service as breach
from privacy.breach.service import Standing
from privacy.dsar import service as dsar
from privacy.jobs.alarm_words import AlarmCode
from privacy.jobs.canary import Canary
from privacy.jobs.standing import state_of
from privacy.jobs.watching import NAME, Question
from privacy.programme import service as programmes
from privacy.recovery import service as recovery
from privacy.recovery.service import BackupKind
from privacy.retention import service as retention


@dataclass(frozen=True)
class Watched:
    """What of the settings the questions need."""

    backups: Path
    #: How old the newest backup may be, in hours; 0: as old as it likes.
    backup_hours: int
    sink: audit.Sink | None


def questions(watched: Watched) -> Mapping[AlarmCode, Question]:
    """Every question, by the alarm that its answers raise."""
    sink = watched.sink
    asked: dict[AlarmCode, Question] = {
        AlarmCode.LOG_STANDS: lambda _now: _unless(audit.is_published()),
        AlarmCode.NOT_WITNESSED: lambda _now: _unless(audit.is_witnessed()),
        AlarmCode.JOURNAL_BEHIND: lambda now: _unless(recovery.journal_is_current(now)),
        AlarmCode.BACKUP_OLD: lambda now: _old_backups(watched, now),
        AlarmCode.CANARY_BROKEN: Canary().broken,
        AlarmCode.REQUEST_DUE: lambda now: _requests(now, late=False),
        AlarmCode.REQUEST_OVERDUE: lambda now: _requests(now, late=True),
        AlarmCode.BREACH_DUE: lambda now: _breaches(now, Standing.NEAR),
        AlarmCode.BREACH_OVERDUE: lambda now: _breaches(now, Standing.OVER),
        AlarmCode.HOLD_TO_REVIEW: _holds,
    }
    if sink is not None:
        asked[AlarmCode.SINK_BEHIND] = lambda now: _unless(audit.sink_is_current(sink, now))
    return asked


def _unless(well: bool) -> Collection[str]:
    return () if well else ("",)


def _old_backups(watched: Watched, now: int) -> Collection[str]:
    """The kinds of backup of which there is none that is new enough. A new installation has as long to make one."""
    watch = state_of(NAME)
    if not watched.backup_hours or watch is None:
        return ()
    oldest = now - watched.backup_hours * 60 * clock.MINUTE
    newest = dict.fromkeys(BackupKind, watch.created_at)
    for backup in recovery.readable_backups(watched.backups):
        newest[backup.kind] = max(newest[backup.kind], backup.made_at)
    return [kind.value for kind, made_at in newest.items() if made_at < oldest]


def _requests(now: int, *, late: bool) -> Collection[str]:
    try:
        found = dsar.alarming(now)
    except programmes.NoProgramme:
        return ()
    return [number for number, is_late in found.items() if is_late is late]


def _breaches(now: int, how: Standing) -> Collection[str]:
    """Number and clock of each; a rehearsal is for those who rehearse."""
    found = breach.alarming(now)
    return [f"{one.number} {one.code}" for one in found if one.standing is how and not one.rehearsal]


def _holds(now: int) -> Collection[str]:
    try:
        return [hold.number for hold in retention.due_for_review(now)]
    except programmes.NoProgramme:
        return ()
