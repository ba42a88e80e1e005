"""The whole system against its log: leaves, tree, checkpoints, bodies, the rows that they speak of, and what follows.

Reads in ranges of keys, each a short read, while others write: the log is taken as far as it went at the start, and a
row that seems to differ counts only if it still does once the log has been read on.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from privacy import clock
from privacy.access import service as access
from privacy.audit import service as audit
from privacy.audit.service import Anchor, AuditedRows, Body, Finding, Leaf, LogBroken
from privacy.authz.actors import OPERATOR
from privacy.breach import service as breach
from privacy.consent import service as consent
from privacy.crypto import canonical
from privacy.db import INTEGRITY_ERRORS, id_at
from privacy.dsar import service as dsar
from privacy.erasure import service as erasure
from privacy.errors import PrivacyError
from privacy.evidence.breaks import Breaks
from privacy.evidence.last_events import Last, LastEvents
from privacy.evidence.verified import Verified, VerifiedFile
from privacy.programme import service as programmes
from privacy.registers import service as registers
from privacy.retention import service as retention
from privacy.subjects import service as subjects
from privacy.systems import service as systems

#: After these the key of the object, a person, is gone, and so is what it sealed.
_KEY_DESTROYED = frozenset({"subject.forgotten", "subject_key.destroyed"})
_NAMING_KEYS = frozenset({"log.opened", "log_key.endorsed"})
#: Rows compared at a time.
_AT_ONCE = 500
#: Seconds that what is recorded meanwhile is waited for.
_PATIENCE = 2.0
#: How often a row that others keep changing is looked at.
_LOOKS = 5
#: A lease that ends later than this was not taken by a sequencer.
_LONGEST_LEASE = 3600 * clock.SECOND
#: Events are looked for that stand nowhere from so much before the last verification on, where not all are.
_OVERLAP = 3600 * clock.SECOND

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Report:
    """What a verification found."""

    #: How many events it looked at.
    events: int
    tree_size: int
    #: The root of the tree that the events make.
    root: bytes
    #: How many leaves it took from the verification before.
    since: int
    findings: tuple[Finding, ...]
    #: What the log itself says of restored backups: no finding, and good to know.
    breaks: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    def lines(self) -> list[str]:
        """For people: one line if all is well, else one for each finding."""
        if self.ok:
            since = f", the first {self.since} as verified before" if self.since else ""
            root = base64.b64encode(self.root).decode()
            return [f"The log is whole: {self.tree_size} leaves{since}, root {root}.", *self.breaks]
        return [f"{finding.kind}: {finding.where}: {finding.problem}" for finding in self.findings]

    def as_json(self) -> dict[str, Any]:
        """As the command prints it."""
        return {
            "ok": self.ok,
            "events": self.events,
            "tree_size": self.tree_size,
            "root": base64.b64encode(self.root).decode(),
            "since": self.since,
            "findings": [finding._asdict() for finding in self.findings],
            "breaks": list(self.breaks),
        }


def verify_all(
    tables: Sequence[AuditedRows],
    *,
    anchor: Anchor,
    verified: VerifiedFile,
    full: bool,
    seconds: float = 20,
    progress: Progress = lambda _done, _all: None,
) -> Report:
    """Verify everything, or, unless `full`, what came after the last verification that found nothing.

    First what waits is sequenced, for up to so many `seconds`. `progress` is told how many leaves of how many are done.
    Raises `LogNotOpened` where there is no log, and what the database raises.
    """
    findings = _sequence(anchor, seconds)
    found = _Verification(tables, anchor, verified, full, progress, goes_on=not findings)
    try:
        findings += found.run()
    finally:
        found.gathered.close()
    report = Report(
        found.events,
        found.tree.frontier.size,
        found.tree.frontier.root(),
        found.since,
        tuple(findings),
        found.breaks.lines,
    )
    if report.ok:
        verified.write(Verified(found.origin, report.tree_size, report.root))
    return report


def verify_installation(*, anchor: Path, verified: Path, full: bool, progress: Progress) -> Report:
    """As `verify_all`, for every table that a room says the log vouches for. `anchor`, `verified`: the files."""
    return verify_all(
        audited_tables(), anchor=Anchor(anchor), verified=VerifiedFile(verified), full=full, progress=progress
    )


#: Tables of rooms above this one; the application names them.
_upper: list[AuditedRows] = []


def install(upper: Sequence[AuditedRows]) -> None:
    """Say which tables of rooms above the log vouches for; once, when the application is built."""
    _upper[:] = upper


def audited_tables() -> tuple[AuditedRows, ...]:
    """Every table whose rows are compared."""
    rooms = (access, programmes, subjects, systems, consent, erasure, retention, dsar, breach, registers)
    return (*(table for room in rooms for table in room.audited_rows()), *_upper)


def _sequence(anchor: Anchor, seconds: float) -> list[Finding]:
    """Sequence what waits where no worker does. A log that can't be continued is a finding."""
    try:
        audit.settle(anchor, seconds=seconds)
    except INTEGRITY_ERRORS:
        return [Finding("waiting", "audit_pending", "An event that waits to be sequenced stands in the log already.")]
    except PrivacyError as error:
        return [Finding("waiting", "audit_pending", f"The log can't be continued: {error.detail}")]
    return []


@dataclass
class _Verification:
    """One run."""

    tables: Sequence[AuditedRows]
    anchor: Anchor
    verified: VerifiedFile
    full: bool
    progress: Progress
    #: Whether the log could be continued.
    goes_on: bool
    log: audit.StoredLog = field(default_factory=audit.StoredLog)
    origin: str = ""
    since: int = 0
    events: int = 0
    end: int = 0

    def __post_init__(self) -> None:
        self.gathered = LastEvents(table.object_type for table in self.tables)
        self._named_keys: dict[int, Mapping[str, Any]] = {}
        self._roots: dict[int, bytes] = {}
        self.breaks = Breaks()
        self._opened_at: int | None = None
        self._first_new: UUID | None = None

    def run(self) -> list[Finding]:
        findings: list[Finding] = []
        kept = self._kept(findings)
        findings += self._about_log()
        rows = self.log.key_rows()
        keys, wrong = audit.verify_keys(rows, audit.public_keys(self.origin), self.origin)
        findings += wrong
        start, tiles = self._start(findings)
        self.tree = audit.TreeCheck(self.log, self.origin, keys, start=start, tiles=tiles)
        findings += self._walk(kept)
        findings += self.tree.finish()
        self.breaks.settle(self.origin, self.gathered)
        findings += audit.verify_anchor(kept, "log-checkpoint", self.origin, self.end, self._roots)
        named = [row for row in rows if not self.gathered.is_lost(row.leaf)]
        findings += audit.verify_named_keys(named, self._named_keys, whole=not self.since)
        witnesses = [witness.key for witness in audit.installed_policy().witnesses]
        findings += audit.verify_cosignatures(self.log, witnesses, self.since)
        findings += self._events()
        findings += self._bodies_gone()
        for table in self.tables:
            findings += self._table(table)
        findings += self._consent()
        return findings

    def _kept(self, findings: list[Finding]) -> audit.Checkpoint | None:
        try:
            # Before the log, which only grows, so that it can't seem to be ahead of it.
            return self.anchor.read()
        except LogBroken as error:
            findings.append(Finding("anchor", "log-checkpoint", error.detail))
            return None

    def _about_log(self) -> Iterator[Finding]:
        """The one row about the log."""
        row, names = self.log.row(), {key.vkey.partition("+")[0] for key in self.log.key_rows()}
        if row is None:
            if not names and not self.log.leaves_now():
                audit.origin()  # raises
            yield Finding("log", "audit_log", "The row about the log is missing.")
            self.origin, self.end = next(iter(names), ""), self.log.leaves_now()
            return
        self.origin, self.end, self._opened_at = row.origin, row.leaves, row.opened_at
        if names and names != {row.origin}:
            yield Finding("log", "audit_log", "The name of the log is not that of its keys.")
            self.origin = min(names)
        if row.id != 1:
            yield Finding("log", "audit_log", "The row about the log has another number than 1.")
        if row.size > row.leaves:
            yield Finding("leaf", f"audit_leaf {row.leaves}", f"It is missing: the log has {row.size} leaves.")
        if row.size != row.leaves:
            yield Finding("log", "audit_log", f"It says that there are {row.size} leaves, and there are {row.leaves}.")
        if row.lease_until > clock.micros() + _LONGEST_LEASE:
            yield Finding("log", "audit_log", "The lease of the sequencer ends later than any sequencer asks for.")

    def _start(self, findings: list[Finding]) -> tuple[audit.Frontier | None, Mapping[int, bytes]]:
        """The edge of what was verified before, read from the stored tree."""
        if self.full:
            return None, {}
        try:
            before = self.verified.read()
            if before is None:
                return None, {}
            if before.origin != self.origin:
                raise LogBroken(f"What was verified before was the log {before.origin}.")
            if before.size > self.end:
                raise LogBroken(f"The log has {self.end} leaves, and {before.size} were verified: it was rolled back.")
            edge = audit.stored_edge(before.size)
            if edge.frontier.root() != before.root:
                raise LogBroken(f"The first {before.size} leaves are not those that were verified before.")
        except LogBroken as error:
            findings.append(Finding("anchor", self.verified.name, error.detail))
            return None, {}  # The whole is looked through, to name what was changed.
        self.since = before.size
        return edge.frontier, edge.tiles

    def _walk(self, kept: audit.Checkpoint | None) -> Iterator[Finding]:
        if kept is not None and 0 < kept.size <= self.since:
            self._roots[kept.size] = audit.stored_edge(kept.size).frontier.root()
        for leaf, body in self.log.leaves(self.since, self.end):
            yield from self.tree.take(leaf)
            yield from self._body(leaf, body)
            if kept is not None and self.tree.frontier.size == kept.size:
                self._roots[kept.size] = self.tree.frontier.root()
            self.events += 1
            if self._first_new is None:
                self._first_new = leaf.event_id
            if not self.events % _AT_ONCE:
                self.progress(self.since + self.events, self.end)

    def _body(self, leaf: Leaf, body: Body | None) -> Iterator[Finding]:
        if body is None:
            if leaf.event_id is not None:
                self.gathered.missing(leaf.number, leaf.event_id)
            return
        said, wrong = audit.verify_body(body, leaf.commitment)
        yield from wrong
        if said is not None:
            yield from self._said(leaf.number, said, body)
        elif not wrong:
            self.gathered.unread(leaf.number, body.event_id, body.owner_id, body.object_type, body.object_id)

    def _said(self, number: int, said: Mapping[str, Any], body: Body) -> Iterator[Finding]:
        action, details = said["action"], said["details"]
        self.gathered.say(number, said)
        if action == audit.BODIES_DELETED:
            self.gathered.deleted(details["bodies"])
        elif action in _KEY_DESTROYED:
            self.gathered.destroyed(said["object"]["id"])
        elif action == audit.LOG_RESTORED:
            self.breaks.restored(details)
        elif action in _NAMING_KEYS and self.breaks.names_key(details, self.origin):
            self._named_keys[number] = said
            opened = self._opened_at
            if action == "log.opened" and opened is not None and abs(opened - body.occurred_at) > audit.SKEW:
                yield Finding("log", "audit_log", f"The log was opened at another time, as leaf {number} says.")

    def _events(self) -> Iterator[Finding]:
        """Events that stand nowhere or twice, what waits and can't be sequenced, and bodies of no event."""
        before: audit.EventPlace | None = None
        for place in self.log.events(self._events_from()):
            if place.number is None and place.position is None:
                problem = "It has no leaf and does not wait for one."
                yield Finding("event", f"audit_event {place.event_id}", problem)
            if before is not None and before.event_id == place.event_id and before.number != place.number:
                problem = f"It stands in the log twice, as leaf {before.number} and {place.number}."
                yield Finding("event", f"audit_event {place.event_id}", problem)
            before = place
        for waiting in self.log.waiting():
            where = f"audit_pending {waiting.position}"
            if not waiting.is_event:
                yield Finding("waiting", where, f"The event {waiting.event_id} that it names is not there.")
            elif waiting.number is not None:
                problem = f"The event {waiting.event_id} waits, and has leaf {waiting.number} already."
                yield Finding("waiting", where, problem)
        if self.full or not self.since:
            yield from self.tree.tiles_too_many()
            for event_id in self.log.bodies_without_event():
                yield Finding("body", f"audit_body {event_id}", "There is no such event.")

    def _events_from(self) -> UUID:
        """Below the ids of the events that are new; ids begin with the time in milliseconds."""
        if not self.since or self._first_new is None:
            return UUID(int=0) if not self.since else id_at(clock.micros() - _OVERLAP)
        return id_at((self._first_new.int >> 80) * 1_000 - _OVERLAP)

    def _bodies_gone(self) -> Iterator[Finding]:
        for event, number, is_there in self.gathered.unexplained():
            if is_there:
                problem = f"The key that it needs is gone, and no event says so (leaf {number})."
            else:
                problem = f"It is missing, and no event says that it was deleted (leaf {number})."
            yield Finding("body", f"audit_body {event}", problem)

    def _table(self, table: AuditedRows) -> Iterator[Finding]:
        """Every row is what its last event committed to, and each object has its row."""
        suspects: dict[str, tuple[object, ...]] = {}
        for object_id, content, last in self._pairs(table):
            if (problem := _problem(table, content, last, self.gathered)) is not None:
                suspects[object_id] = (problem, content, last)
        for _ in range(_LOOKS):
            if not suspects:
                return
            self._read_on()
            again = self._again(table, suspects)
            stable = {one: seen for one, seen in again.items() if suspects[one] == seen}
            if len(stable) == len(again):
                break
            suspects = again
        else:
            stable = suspects
        for object_id, seen in sorted(stable.items()):
            yield Finding("row", f"{table.model.__tablename__} {object_id}", str(seen[0]))

    def _pairs(self, table: AuditedRows) -> Iterator[tuple[str, Mapping[str, Any] | None, Last | None]]:
        """Each object with its row and its last event; of a partial run those that new events are about."""
        if not self.since:
            for portion in table.all():
                for object_id, content in portion:
                    yield object_id, content, self.gathered.of(table.object_type, object_id)
        while unseen := self.gathered.unseen(table.object_type, _AT_ONCE):
            contents = table.of([last.object_id for last in unseen])
            for last in unseen:
                yield last.object_id, contents.get(last.object_id), last

    def _again(self, table: AuditedRows, object_ids: Mapping[str, object]) -> dict[str, tuple[object, ...]]:
        contents = table.of(sorted(object_ids))
        again: dict[str, tuple[object, ...]] = {}
        for object_id in object_ids:
            content, last = contents.get(object_id), self.gathered.of(table.object_type, object_id)
            if (problem := _problem(table, content, last, self.gathered)) is not None:
                again[object_id] = (problem, content, last)
        return again

    def _read_on(self) -> None:
        """What was recorded since: the next verification verifies it, here it only tells what rows should be."""
        if self.goes_on and _sequence(self.anchor, _PATIENCE):
            self.goes_on = False
        for leaf, body in self.log.leaves(self.end, self.log.leaves_now()):
            said, wrong = audit.verify_body(body, leaf.commitment) if body is not None else (None, [])
            if said is not None and not wrong:
                self.gathered.say(leaf.number, said)

    def _consent(self) -> Iterator[Finding]:
        """The cached states follow from the acts."""
        if not self.since:
            portions = (found for _, found in consent.verify())
        else:
            portions = (consent.verify_of(part) for part in self.gathered.concerned(_AT_ONCE))
        for findings in portions:
            for finding in findings:
                reference = subjects.hide_subject(OPERATOR, finding.subject_id)
                where = f"consent_fact {reference} {finding.purpose} {finding.channel}"
                yield Finding("consent", where, f"For that person: {finding.problem}.")


def _problem(
    table: AuditedRows, content: Mapping[str, Any] | None, last: Last | None, gathered: LastEvents
) -> str | None:
    """What is wrong between a row and the last event about it."""
    if last is None:
        return None if content is None else "No event speaks of this row."
    if last.action is None:
        return None  # The body went lawfully, and with it what the row was to be.
    if content is None:
        gone = last.action in table.deletions or gathered.is_destroyed(last.subject)
        return None if gone else f"The row is not there, and its last event is {last.action} (leaf {last.number})."
    if last.action in table.deletions:
        return f"The row is there although leaf {last.number} says {last.action}."
    if canonical.sha256(dict(content)) != last.content_sha256:
        return f"The row is not what its last event committed to: {last.action} (leaf {last.number})."
    return None
