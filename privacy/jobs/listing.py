"""The lists of jobs: short ones, and long ones that have a thread of their own.

A short job does a portion in one short unit of work and says how much, until nothing is left. A portion is safe to
repeat and to run beside another worker's: its rows are locked before they are judged, and what is gone is no longer
found. So any number of workers may run, and a kill loses at most a portion that nobody saw. Where a portion is all
there is to do, it has exactly one effect a period, however many workers there are (`leases`). A long job sees to that
itself.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from privacy import clock
from privacy.access import service as access
from privacy.audit import service as audit
from privacy.authz.actors import SERVICE
from privacy.breach import service as breach
from privacy.consent import service as consent
from privacy.dsar import service as dsar
from privacy.erasure import service as erasure
from privacy.outbox import service as outbox
from privacy.recovery import service as recovery
from privacy.registers import service as registers
from privacy.reports import service as reports
from privacy.retention import service as retention
from privacy.selfservice import service as selfservice

#: What one run of a job with much to do may take, in seconds: an import of millions, a great many letters.
_HOURS = 12 * 3600.0

#: Opens what a job needs to reach the database: the application's context.
Context = Callable[[], AbstractContextManager[Any]]


@dataclass(frozen=True)
class Job:
    """One short job."""

    name: str
    #: Seconds from one run to the next.
    every_seconds: int
    #: Does one portion at the time given (microseconds), in an open unit of work; returns how many rows it dealt with.
    portion: Callable[[int], int]
    #: Whether a portion is all there is to do: it then has one effect for each period of `every_seconds`.
    whole: bool = False
    #: Whether periods that were missed are caught up one by one, each at the time at which it began. Else the newest
    #: stands for all. Only of whole ones.
    one_by_one: bool = False

    def period_at(self, now: int) -> int:
        """The number of the period of that time: they are counted from 1970, so that all workers agree."""
        return now // (self.every_seconds * clock.SECOND)

    def began_at(self, period: int) -> int:
        """When a period began, in microseconds."""
        return period * self.every_seconds * clock.SECOND


@dataclass(frozen=True)
class LongJob:
    """One job that may take hours, and opens contexts and units of work of its own."""

    name: str
    #: Seconds from the end of one run to the next.
    every_seconds: float
    #: Does what there is to do, or stops soon after the event is set; returns how much it did.
    run: Callable[[Context, threading.Event], int]
    #: What is left to do when the worker ends.
    close: Callable[[Context], None] | None = None
    #: Seconds that one run may take before it counts as hanging.
    may_take: float = 300


def listed(
    *, idempotency_days: int, base_url: str = "", ask_for: str = "", tell_of_changes: bool = True
) -> tuple[Job, ...]:
    """Every job. `idempotency_days`: how long stored answers are kept. `base_url`: what links in letters begin with.

    `ask_for`: the purpose by whose consent people are asked by message to confirm their data; empty: nobody is asked.
    `tell_of_changes`: whether people get a letter when somebody else changed their choices.
    """
    kept = idempotency_days * clock.DAY
    return (
        Job("delete_unconfirmed", 600, _unless_of_held(consent.delete_unconfirmed)),
        Job("delete_network_evidence", 3600, _unless_of_held(consent.delete_network_evidence)),
        Job("cancel_abandoned_imports", 600, lambda now: consent.cancel_abandoned_imports(now, actor=SERVICE)),
        Job("delete_import_rejects", 3600, _unless_held(consent.delete_import_rejects)),
        Job("delete_ended_suppressions", 3600, _unless_held(consent.delete_ended_suppressions)),
        Job("delete_ended_tombstones", 3600, lambda now: erasure.delete_ended_tombstones(now, actor=SERVICE)),
        Job("delete_ended_cases", 3600, _unless_held(erasure.delete_ended_cases)),
        Job("destroy_expired_evidence", 3600, _unless_held(erasure.destroy_expired_evidence)),
        Job("end_cooling_off", 60, lambda now: dsar.end_cooling_off(now, actor=SERVICE)),
        Job("end_restrictions", 3600, lambda now: dsar.end_restrictions(now, actor=SERVICE)),
        Job("delete_ended_files", 3600, lambda now: dsar.delete_ended_files(now, actor=SERVICE)),
        # Somebody waits for it, and it is good for ten minutes.
        Job("write_receipts", 2, lambda now: dsar.write_receipts(now, actor=SERVICE)),
        Job("send_codes", 2, lambda now: dsar.send_codes(now, actor=SERVICE)),
        Job("send_entry_codes", 2, lambda now: selfservice.send_asked(now, base_url=base_url, actor=SERVICE)),
        Job("note_changes_by_others", 5, lambda _now: selfservice.note_changes()),
        *(
            [Job("tell_of_changes", 60, lambda now: selfservice.tell_of_changes(now, base_url=base_url, actor=SERVICE))]
            if tell_of_changes
            else []
        ),
        Job("delete_old_changes", 3600, lambda now: selfservice.delete_old_changes(now, actor=SERVICE)),
        Job("delete_old_entries", 3600, lambda now: selfservice.delete_old_entries(now, actor=SERVICE)),
        Job("delete_person_sessions", 3600, lambda now: selfservice.delete_ended_sessions(now, actor=SERVICE)),
        Job("delete_expired_packages", 3600, _unless_held(dsar.delete_expired_packages)),
        Job("delete_ended_sessions", 3600, lambda now: dsar.delete_ended_sessions(now, actor=SERVICE)),
        Job("delete_old_codes", 3600, lambda now: dsar.delete_old_codes(now, actor=SERVICE)),
        Job("remind_of_requests", 3600, lambda now: dsar.remind(now, actor=SERVICE)),
        Job("attend_warnings", 60, lambda now: retention.attend_warnings(now, actor=SERVICE)),
        Job("delete_old_warnings", 3600, lambda now: retention.delete_old_warnings(now, actor=SERVICE)),
        Job("forget_disposal_statements", 3600, lambda now: retention.forget_statements(now, actor=SERVICE)),
        # Portions a while apart: nobody waits for it, and a round is through in its day.
        Job("look_after_data", 600, lambda now: retention.look_after(now, actor=SERVICE, ask_for=ask_for)),
        Job("remind_of_holds", 3600, lambda now: retention.remind_of_holds(now, actor=SERVICE)),
        Job("remind_of_register_entries", 3600, lambda now: registers.remind_of_entries(now, actor=SERVICE)),
        Job("order_scheduled_reports", 600, lambda now: reports.order_scheduled(now, actor=SERVICE)),
        Job("tell_of_reports", 60, lambda now: reports.tell_of_reports(now, base_url=base_url, actor=SERVICE)),
        Job("delete_expired_reports", 3600, _unless_held(reports.delete_expired_reports)),
        Job("recount_due_days", 3600, lambda now: dsar.recount_due_days(now, actor=SERVICE)),
        Job("delete_old_messages", 3600, _unless_held(audit.delete_old_messages)),
        Job("delete_asked", 3600, _unless_held(consent.delete_asked)),
        Job("note_expired_consents", 600, lambda now: consent.note_expired(now, actor=SERVICE)),
        Job("forget_answers", 3600, lambda now: access.forget_answers(now - kept, actor=SERVICE), whole=True),
    )


def _unless_of_held(delete: Callable[..., int]) -> Callable[[int], int]:
    """A portion that deletes what is of people, but for those whom a legal hold holds."""
    return lambda now: delete(now, actor=SERVICE, held=retention.held_among)


def _unless_held(delete: Callable[..., int]) -> Callable[[int], int]:
    """A portion that deletes, unless this service as a whole is under a legal hold.

    What it deletes is a copy or a count, or of nobody who could be found by name; so holds on people do not stop it.
    """
    return lambda now: 0 if retention.this_service_is_held() else delete(now, actor=SERVICE)


def long(
    store: consent.ImportStore,
    anchor: audit.Anchor,
    sink: audit.Sink | None,
    journaling: recovery.Journaling,
    keeping: recovery.Keeping,
    ways: outbox.Ways,
    telling: dsar.Telling,
) -> tuple[LongJob, ...]:
    """Every long job.

    `store`: where the files of imports lie on this machine; `anchor`: the last checkpoint; `sink`: where events are
    streamed to, if anywhere; `journaling`, `keeping`: the journal, and the backups that are to end some day; `ways`:
    how messages leave; `telling`: who tells the clients of protocols.
    """
    forwarders = [audit.Forwarder(sink)] if sink is not None else []
    sequencer, policy = audit.Sequencer(anchor), audit.installed_policy()
    return (
        # A job for each: one that is slow or dead must not hold up the others.
        *(LongJob(f"witness {one.name}", 0.2, audit.Asking(one, policy).run) for one in policy.witnesses),
        # An event must be in the log within a quarter of a second.
        LongJob("sequencer", 0.08, sequencer.run, close=sequencer.release),
        # What a restore replays is outside the database within a second.
        LongJob("journal", 0.3, journaling.run, close=journaling.release),
        LongJob("delete_expired_backups", 3600, lambda context, _stop: keeping.run(context)),
        # A thread of its own: a dead sink must not delay the log.
        *(LongJob("audit sink", 0.5, one.run, close=one.release) for one in forwarders),
        # Somebody may be waiting for a code. A job for each way: one that is slow or dead must not hold up the others.
        *(
            LongJob(f"send {one.kind.value}", 1, outbox.Sending([one]).run, may_take=_HOURS)
            for one in ways.transports()
        ),
        LongJob("put messages right", 60, lambda context, _stop: outbox.put_right(context)),
        LongJob("tell protocols", 10, telling.run),
        # Somebody may be watching: the wait until an import begins should not be seen.
        LongJob("imports", 2, lambda context, stop: consent.run_imports(store, context, stop), may_take=_HOURS),
        # Somebody may be waiting for their data.
        LongJob("requests", 0.1, dsar.Running().run, may_take=_HOURS),
        # Pages show the figures; what is not counted yet they count themselves.
        LongJob("consent statistics", 2, consent.follow_statistics, may_take=_HOURS),
        # Somebody may be watching.
        LongJob("reports", 1, reports.MakingReports().run, may_take=_HOURS),
        # Nobody waits for it by the second; a run of hours goes on batch by batch.
        LongJob("disposal runs", 2, retention.RunningDisposals().run, may_take=_HOURS),
        # People wait to hear what became of their data.
        LongJob("tell affected persons", 5, breach.Telling().run, may_take=_HOURS),
        LongJob("remove_forgotten_files", 3600, lambda context, _stop: consent.remove_forgotten_files(store, context)),
    )
