"""The watch: asks every part of the service whether it is well, and has alarms ring for those that are not.

One watch at a time, whatever number of workers, by a lease. It has a thread of its own, so that a job that hangs does
not silence what would tell of it. And it has no periods: one that a wrong clock has marked would silence it for days.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Iterator, Mapping

from privacy import clock
from privacy.db import end_read, unit_of_work
from privacy.errors import Unavailable
from privacy.jobs import standing
from privacy.jobs.alarm_words import AlarmCode
from privacy.jobs.alarms import Cause, Staff, settle
from privacy.jobs.leases import Holder, release
from privacy.jobs.listing import Context, Job
from privacy.jobs.standing import State
from privacy.jobs.turns import run_if_due
from privacy.quarantine import ensure_out

NAME = "watch"
#: Seconds between two looks.
EVERY = 10
#: A look is due whenever somebody comes to it; who does is the lease's.
_AT_ANY_TIME = 0
#: A job that no worker has seen to for so long is silent.
SILENT = 5 * clock.MINUTE
#: Failures of a job, one after another, that a person should know of.
_FAILURES = 3
#: A job that is not ours and was silent for so long is done no more: an older version's, or of other settings.
_ANOTHERS = clock.DAY
#: What is wrong for less than this may be a restart, or a moment.
_PATIENCE = 2 * clock.MINUTE
#: Causes that are no moment's: their days and clocks do not move.
_AT_ONCE = frozenset(
    {
        *(AlarmCode.REQUEST_DUE, AlarmCode.REQUEST_OVERDUE, AlarmCode.BREACH_DUE, AlarmCode.BREACH_OVERDUE),
        *(AlarmCode.HOLD_TO_REVIEW, AlarmCode.CANARY_BROKEN, AlarmCode.JOB_FAILING),
    }
)

#: What is wrong at a time (microseconds): what each alarm is about.
Question = Callable[[int], Collection[str]]
_log = logging.getLogger("privacy.jobs")


class Watch:
    """Looks after the jobs of these names and asks these questions; one for a process and thread."""

    def __init__(self, names: Collection[str], questions: Mapping[AlarmCode, Question], staff: Staff) -> None:
        self._names = frozenset(names)
        self._questions = questions
        self._staff = staff
        self._holder = Holder()
        self._since: dict[Cause, int] = {}

    def run(self, context: Context, _stop: threading.Event) -> int:
        """Look once, unless it is another worker's to look; returns how many alarms changed."""
        ensure_out()
        with context():
            found = self._lasting(clock.micros())
        look = Job(NAME, _AT_ANY_TIME, lambda _now: settle(found, self._staff))
        return run_if_due(look, self._holder, context)

    def release(self, context: Context) -> None:
        """Let another watch begin at once."""
        with context(), unit_of_work():
            release(self._holder)

    def _lasting(self, now: int) -> frozenset[Cause]:
        """What is wrong, and has been for long enough."""
        causes = set(self._causes(now))
        self._since = {cause: min(self._since.get(cause, now), now) for cause in causes}
        return frozenset(
            cause for cause, since in self._since.items() if cause.code in _AT_ONCE or now - since >= _PATIENCE
        )

    def _causes(self, now: int) -> Iterator[Cause]:
        for state in standing.listed():
            # It is the watch itself that asks, so it lives.
            if state.name != NAME and (state.name in self._names or now - state.beat_at < _ANOTHERS):
                yield from _job_causes(state, now)
        end_read()
        for code, question in self._questions.items():
            try:
                yield from (Cause(code, about) for about in question(now))
            except Unavailable:
                raise
            except Exception:
                _log.exception("a question of the watch failed", extra={"question": code.value})
                yield Cause(AlarmCode.UNANSWERED, code.value)
            finally:
                end_read()


def _job_causes(state: State, now: int) -> Iterator[Cause]:
    if now - state.beat_at > SILENT:
        yield Cause(AlarmCode.JOB_SILENT, state.name)
    if state.failures >= _FAILURES:
        yield Cause(AlarmCode.JOB_FAILING, state.name)
    if state.ended_at is not None and state.ended_at - now > SILENT:
        yield Cause(AlarmCode.CLOCK_SET_BACK, state.name)
