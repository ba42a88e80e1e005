"""The report on the registers of accountability: trainings, audits, assessments, authorisations (Art. 5(2), 24)."""

from __future__ import annotations

from collections.abc import Sequence

from privacy.authz.permissions import Permission
from privacy.registers import service as registers
from privacy.registers.service import EntryKind, EntryState, EntryView, Wanted
from privacy.reports.document import Document, Moment, TableOf, Value
from privacy.reports.registers_texts import ABOUT, TEXTS, TITLES
from privacy.reports.report import Context, Report

#: Which kinds stand in which table.
_TABLES = {
    "trainings": (EntryKind.TRAINING,),
    "audits": (EntryKind.AUDIT, EntryKind.PROCESSOR_CHECK, EntryKind.SECURITY_TEST, EntryKind.POLICY),
    "assessments": (EntryKind.DPIA, EntryKind.LIA, EntryKind.TRANSFER_ASSESSMENT),
}


def make(context: Context) -> Document:
    """The entries of the period, by the day on which they took place or began, and every authorisation."""
    entries = _entries(context)
    words = context.words
    open_ones = {EntryState.OPEN, EntryState.CONSULTING}
    overdue = [one for one in entries if one.review_on and one.review_on <= context.today and _stands(one)]
    told: dict[str, Value] = {
        "entries": len(entries),
        "open_ones": sum(one.state in open_ones for one in entries),
        "overdue": len(overdue),
    }
    summary = words.facts("summary", told, words.say("summary"))
    return Document((summary, *(_table(name, entries, context) for name in _TABLES), _authorisations(context)))


def _entries(context: Context) -> list[EntryView]:
    period = context.asked.period
    wanted = Wanted(realm=context.actor.realm, first=period.first, last=period.last)
    found: list[EntryView] = []
    while page := registers.listed(wanted, after=found[-1].id if found else None, limit=registers.MOST_ON_A_PAGE):
        found += page
    return found


def _stands(one: EntryView) -> bool:
    return one.state not in {EntryState.SUPERSEDED, EntryState.CANCELLED}


def _table(name: str, entries: Sequence[EntryView], context: Context) -> TableOf:
    words = context.words
    columns = words.columns(
        *("number", "kind", "title", "about", "owner", "held_on", "state", "outcome", "decided_on", "review_on"),
        *("participants", "files"),
    )
    rows = [_row(one, context) for one in sorted(entries, key=lambda one: one.number) if one.kind in _TABLES[name]]
    return TableOf(name, columns, rows, words.say(name))


def _row(one: EntryView, context: Context) -> tuple[Value, ...]:
    words = context.words
    return (
        one.number,
        words.word("kind", one.kind.value),
        one.content.title,
        (*one.about.activities, *one.about.purposes, *one.about.processors),
        one.owner,
        one.held_on,
        words.word("state", one.state.value),
        words.word("outcome", one.outcome.value) if one.outcome else None,
        context.day_of(one.decided_at) if one.decided_at is not None else None,
        one.review_on,
        tuple(one.content.participants),
        tuple(f"{file.name} (SHA-256 {file.sha256})" for file in one.files),
    )


def _authorisations(context: Context) -> TableOf:
    words = context.words
    columns = words.columns("holder", "role", "scope", "given_at", "given_by", "ends_at", "revoked_at")
    rows: list[tuple[Value, ...]] = [
        (
            one.holder,
            one.role,
            one.scope,
            Moment(one.given_at),
            one.given_by,
            _moment(one.ends_at),
            _moment(one.revoked_at),
        )
        for one in registers.authorisations()
        if one.given_at < context.until
    ]
    return TableOf("authorisations", columns, rows, words.say("authorisations"))


def _moment(at: int | None) -> Moment | None:
    return None if at is None else Moment(at)


REPORT = Report(
    name="registers", permission=Permission.REGISTERS_READ, titles=TITLES, about=ABOUT, texts=TEXTS, make=make
)
