"""Read, plan, apply and export the privacy programme.

A programme is applied whole: one row for each version, never edited. So a decision of any day can be judged by the
programme of that day, and the current one is the row with the highest number.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import Actor
from privacy.db import Driver, Statement, in_unit_of_work, session
from privacy.programme import attestation, diff, editing, schema, trial
from privacy.programme.activities.proposing import Finding, Proposal
from privacy.programme.activities.proposing import propose as propose_activities
from privacy.programme.activities.record import ProcessingRecord, RecordTable, processing_record
from privacy.programme.activities.workbook import workbook as activities_workbook
from privacy.programme.audited import audited_rows, version_content
from privacy.programme.build import build
from privacy.programme.consistency import EEA
from privacy.programme.diff import Change, Verb
from privacy.programme.errors import (
    NoProgramme,
    NoSuchSection,
    ProgrammeConflict,
    ProgrammeInvalid,
    ProgrammeMoved,
)
from privacy.programme.form import Section
from privacy.programme.legal_bases import LEGAL_BASES
from privacy.programme.models import ProgrammeVersion
from privacy.programme.offering import Offer, offer_of
from privacy.programme.reader import Document, read, write
from privacy.programme.types import Programme
from privacy.programme.untranslated import untranslated

__all__ = [
    "EEA",
    "LATEST",
    "LATEST_NUMBER",
    "LEGAL_BASES",
    "SECTIONS",
    "Change",
    "Document",
    "Finding",
    "NoProgramme",
    "NoSuchSection",
    "Offer",
    "Plan",
    "ProcessingRecord",
    "Programme",
    "ProgrammeConflict",
    "ProgrammeInvalid",
    "ProgrammeMoved",
    "Proposal",
    "RecordTable",
    "Section",
    "Verb",
    "VersionFacts",
    "activities_workbook",
    "apply",
    "as_of",
    "audited_rows",
    "by_number",
    "changes_of",
    "current",
    "current_number",
    "document",
    "export",
    "offer_of",
    "plan",
    "processing_record",
    "propose_activities",
    "read",
    "section_text",
    "tried_with",
    "versions",
    "with_section",
    "write",
]

#: The sections of the file, by name, in its order.
SECTIONS: Mapping[str, Section] = schema.BY_NAME

#: The number of the current version as a scalar subquery, for queries that want it without a round trip of their own.
LATEST_NUMBER = sa.select(sa.func.max(ProgrammeVersion.number)).scalar_subquery()
#: The same as a query of its own.
LATEST = sa.select(LATEST_NUMBER)

_LATEST = Statement(LATEST)

#: Parsed versions by database and number. A committed version never changes, so what is kept here stays right.
_parsed: WeakKeyDictionary[sa.Engine | sa.Connection, dict[int, Programme]] = WeakKeyDictionary()
_parsed_lock = threading.Lock()
#: Names, on a session, the version that it wrote itself: until the commit its number may yet become another's.
_OWN_VERSION = "programme_own_version"


@dataclass(frozen=True)
class Plan:
    """What applying a document would change, or did."""

    #: The current version's number, 0 before the first.
    from_number: int
    changes: tuple[Change, ...]
    #: Why the changes are not possible as they are; empty where they are.
    refusals: tuple[str, ...]
    #: What people would read in a language that may not be theirs, each with what mends it.
    untranslated: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """The plan as people read it: one line for each object, the differing fields below, a summary at the end."""
        once = [f"In one language only: {text}" for text in self.untranslated]
        if not self.changes:
            return [*once, "No changes. The programme is as the file says."]
        counts = [f"{sum(c.verb is verb for c in self.changes)} to {verb.value}" for verb in Verb]
        printed = [line for change in self.changes for line in change.lines()]
        return [*printed, *once, f"Plan: {', '.join(counts)}.", *(f"Not possible: {text}" for text in self.refusals)]


@dataclass(frozen=True)
class VersionFacts:
    """One version that was applied."""

    number: int
    #: Microseconds since the epoch.
    applied_at: int
    sha256: str


def current() -> Programme:
    """The programme in force; raises `NoProgramme`."""
    return by_number(current_number())


def current_number() -> int:
    """The number of the programme in force, by one cheap query; raises `NoProgramme`."""
    number = Driver.of(session()).rows(_LATEST, {})[0][0]
    if number is None:
        raise NoProgramme("No programme has been applied yet. Run: privacy programme apply programme.yml")
    return int(number)


def by_number(number: int) -> Programme:
    """The programme of that number, from memory where this process has read it; raises `NoProgramme`."""
    bind = session().get_bind()
    kept = _parsed.get(bind, {}).get(number)
    own = in_unit_of_work() and session().info.get(_OWN_VERSION) == number
    if kept is not None and not own:
        return kept
    row = session().get(ProgrammeVersion, number, populate_existing=True)
    if row is None:
        raise NoProgramme(f"There is no programme number {number}.")
    programme = _build(row)
    if not own:
        with _parsed_lock:
            _parsed.setdefault(bind, {})[number] = programme
    return programme


def as_of(at_micros: int) -> Programme | None:
    """The programme that was in force at that instant, in microseconds; None before the first."""
    query = sa.select(sa.func.max(ProgrammeVersion.number)).where(ProgrammeVersion.applied_at <= at_micros)
    number = session().scalar(query)
    return None if number is None else by_number(number)


def plan(document: Document, *, purpose_in_use: Callable[[str], bool] | None = None) -> Plan:
    """What applying the document would change. Writes nothing; without `purpose_in_use` that is judged by `apply`."""
    planned = _plan(_latest(), document, clock.micros())
    if purpose_in_use is None:
        return planned
    return replace(planned, refusals=(*planned.refusals, *_vanishing(planned.changes, purpose_in_use)))


def apply(document: Document, *, actor: Actor, purpose_in_use: Callable[[str], bool], after: int | None = None) -> Plan:
    """Make the document the programme in force, in the caller's unit of work; one audit event for each changed object.

    Nothing is written when nothing changes. Raises `ProgrammeConflict`, naming every reason, where a published text
    would be edited or removed or a purpose vanish of which `purpose_in_use` says that acts name it; `ProgrammeMoved`
    where another version is in force than `after`, for which it was planned.
    """
    if not in_unit_of_work():
        raise RuntimeError("a programme is applied in a unit of work")
    _lock()
    latest = _latest()
    if after is not None and after != (latest.number if latest else 0):
        raise ProgrammeMoved
    now = max(clock.micros(), latest.applied_at + 1 if latest else 0)  # Also when the clock was set back.
    planned = _plan(latest, document, now)
    refused = [*planned.refusals, *_vanishing(planned.changes, purpose_in_use)]
    if refused:
        raise ProgrammeConflict(refused)
    if planned.changes:
        _write(document, planned.from_number + 1, now, actor)
        for change in planned.changes:
            _record(change, planned.from_number + 1, actor)
    return planned


def tried_with(programme: Programme, wordings: Path | str) -> Programme:
    """The programme with the `wordings` of a YAML file, or of its text, not applied: for a dry run before publishing.

    It has the number of the programme that it departs from. Raises `ProgrammeInvalid` or `ProgrammeConflict` for
    whatever `apply` would not take, with the file's name; writes nothing.
    """
    row = _version(programme.number)
    document = trial.with_wordings(Document.stored(row.document).content, wordings)
    if refused := _plan(row, document, clock.micros()).refusals:
        raise ProgrammeConflict(refused, file=trial.name_of(wordings))
    return build(document.content, number=row.number, applied_at=row.applied_at, sha256=document.sha256)


def export(number: int | None = None) -> str:
    """A version, by default the current one, as YAML that reads back to the same programme; raises `NoProgramme`."""
    return write(Document.stored(_version(number or current_number()).document))


def versions() -> Sequence[VersionFacts]:
    """Every version that was applied, the newest first."""
    query = sa.select(ProgrammeVersion.number, ProgrammeVersion.applied_at, ProgrammeVersion.sha256)
    rows = session().execute(query.order_by(ProgrammeVersion.number.desc()))
    return [VersionFacts(number, applied_at, sha256) for number, applied_at, sha256 in rows]


def changes_of(number: int) -> tuple[Change, ...]:
    """What a version changed of the one before it; raises `NoProgramme`."""
    return diff.compare(document(number - 1) if number > 1 else None, document(number))


def section_text(section: str) -> str:
    """A section of the programme in force as YAML, to be edited; raises `NoSuchSection`, `NoProgramme`."""
    return editing.section_text(document(current_number()), section)


def with_section(section: str, text: str | bytes) -> Document:
    """The programme in force with that section as the text has it, not applied.

    Raises `NoSuchSection`, `NoProgramme`, and `ProgrammeInvalid` with the lines of the text.
    """
    return editing.with_section(document(current_number()), section, text)


def document(number: int) -> dict[str, Any]:
    """A version's document as it was applied; raises `NoProgramme`."""
    return dict(Document.stored(_version(number).document).content)


def _version(number: int) -> ProgrammeVersion:
    row = session().get(ProgrammeVersion, number)
    if row is None:
        raise NoProgramme(f"There is no programme number {number}.")
    return row


def _build(row: ProgrammeVersion) -> Programme:
    content = Document.stored(row.document).content
    return build(content, number=row.number, applied_at=row.applied_at, sha256=row.sha256)


def _latest() -> ProgrammeVersion | None:
    return session().scalars(sa.select(ProgrammeVersion).where(ProgrammeVersion.number == LATEST_NUMBER)).first()


def _lock() -> None:
    """Keep others from applying until the commit; readers go on. On SQLite the unit of work is alone already."""
    if session().get_bind().dialect.name == "postgresql":
        session().execute(sa.text("LOCK TABLE programme_version IN SHARE ROW EXCLUSIVE MODE"))


def _plan(latest: ProgrammeVersion | None, document: Document, now: int) -> Plan:
    old = Document.stored(latest.document).content if latest else None
    changes = diff.compare(old, document.content)
    zone = ZoneInfo(document.content["jurisdiction"]["zone"])
    today = clock.from_micros(now).astimezone(zone).date()
    purposes = {purpose["code"] for purpose in document.content["purposes"]}
    refusals = (*diff.refusals(changes, today), *attestation.refusals(changes, today, purposes))
    return Plan(latest.number if latest else 0, changes, refusals, tuple(untranslated(document.content)))


def _vanishing(changes: tuple[Change, ...], purpose_in_use: Callable[[str], bool]) -> list[str]:
    removed = (c.key for c in changes if c.section == "purposes" and c.verb is Verb.REMOVE)
    return [
        f"purposes.{code} cannot vanish: acts name it. Keep it, and let its channels be empty if nothing may be sent."
        for code in removed
        if purpose_in_use(code)
    ]


def _write(document: Document, number: int, now: int, actor: Actor) -> None:
    row = ProgrammeVersion(number=number, applied_at=now, sha256=document.sha256, document=document.canonical)
    session().add(row)
    session().flush()  # The version stands before the events that speak of it.
    session().info[_OWN_VERSION] = number
    audit.record(
        "programme.applied", actor=actor, object_type="programme", object_id=str(number), content=version_content(row)
    )


def _record(change: Change, number: int, actor: Actor) -> None:
    section = schema.BY_NAME[change.section]
    verb = {Verb.ADD: "added", Verb.CHANGE: "changed", Verb.REMOVE: "removed"}[change.verb]
    if section.published:
        verb = {Verb.ADD: "published", Verb.CHANGE: "closed"}[change.verb]
    audit.record(
        f"programme.{section.singular}_{verb}",
        actor=actor,
        object_type=section.singular,
        object_id=change.key,
        content=change.new or change.old or {},
        details={"programme": number, "fields": list(change.fields) if change.verb is Verb.CHANGE else []},
    )
