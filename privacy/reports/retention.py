"""The report on retention (Art. 5(1)(e)): what was disposed of, what is held, what is kept past its time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from privacy import clock
from privacy.authz.permissions import Permission
from privacy.db import end_read
from privacy.legal_time import days
from privacy.reports.document import Document, Facts, TableOf, Value
from privacy.reports.report import Context, Report
from privacy.reports.retention_texts import ABOUT, TEXTS, TITLES
from privacy.reports.words import Words
from privacy.retention import service as retention
from privacy.retention.service import HoldView, OverdueFinding, OverdueKind

#: Seconds that the connected systems have for telling what is overdue; what they don't tell by then is named.
_PATIENCE = 20.0
#: Runs and holds of one read.
_AT_ONCE = 100


@dataclass(frozen=True)
class _Run:
    """A run that ended in the period, as its account tells of it."""

    number: str
    as_of: int
    ended_at: int
    state: str
    agreed: int
    parts: Sequence[Mapping[str, Any]]


def make(context: Context) -> Document:
    """The report for a period."""
    words = context.words
    runs, holds = list(_runs(context)), list(_holds(context))
    overdue = _overdue(context)
    return Document(
        (
            _summary(runs, holds, overdue, words),
            _list_of_runs(runs, words),
            _done(runs, words),
            _stays(runs, words),
            _list_of_holds(holds, context),
            _list_of_overdue(overdue, words),
            _rules(context),
        )
    )


def _runs(context: Context) -> Iterator[_Run]:
    """Those that ended in the period, the oldest first."""
    found: list[_Run] = []
    before = None
    while rows := retention.listed_runs(before=before, limit=_AT_ONCE):
        before = rows[-1].id
        found += [
            _Run(
                row.number,
                row.as_of,
                row.ended_at,
                row.state,
                sum(one is not None for one in (row.first_by, row.second_by)),
                json.loads(row.account or "[]"),
            )
            for row in rows
            if row.ended_at is not None and context.within(row.ended_at)
        ]
        end_read()
    return iter(sorted(found, key=lambda run: (run.ended_at, run.number)))


def _holds(context: Context) -> Iterator[HoldView]:
    """Holds that were in force at some time of the period, and on the day that is told."""
    after = None
    while some := retention.listed_holds(realm=context.actor.realm, released=True, after=after, limit=_AT_ONCE):
        end_read()
        after = some[-1].id
        for hold in some:
            begun = hold.placed_at < context.until and hold.placed_at <= context.asked.as_of
            if begun and (hold.released_at is None or hold.released_at >= context.since):
                yield hold


def _overdue(context: Context) -> Sequence[OverdueFinding] | None:
    """What systems tell now; None of a past day, since they do not tell of it."""
    if context.today != context.day_of(clock.micros()):
        return None
    forecast = retention.forecast(seconds=_PATIENCE)
    return retention.overdue_findings(context.programme, forecast)


def _summary(
    runs: Sequence[_Run], holds: Sequence[HoldView], overdue: Sequence[OverdueFinding] | None, words: Words
) -> Facts:
    done = [part["done"] for run in runs for part in run.parts]
    past = [one.rows or 0 for one in overdue or () if one.kind is OverdueKind.PAST_DATE]
    told: dict[str, Value] = {
        "runs_ended": len(runs),
        "deleted": sum(sum(one.get("deleted", {}).values()) for one in done),
        "changed": sum(sum(one.get("changed", {}).values()) for one in done),
        "stayed": sum(sum(one.get("stays", {}).values()) for one in done),
        "holds_in_force": sum(hold.released_at is None for hold in holds),
        "overdue_rows": None if overdue is None else sum(past),
    }
    return words.facts("summary", told, words.say("summary"))


def _list_of_runs(runs: Iterable[_Run], words: Words) -> TableOf:
    columns = words.columns(
        "number", "as_of:as_of_day", "ended", "state:state_head", figures=("agreed", "deleted", "changed", "left")
    )
    rows = [
        (
            run.number,
            days.named(run.as_of),
            days.day_of(run.ended_at, words.zone),
            words.word("state", run.state),
            run.agreed,
            _of(run, "deleted"),
            _of(run, "changed"),
            sum(part.get("left", 0) for part in run.parts),
        )
        for run in runs
    ]
    return TableOf("runs", columns, rows, words.say("runs"), words.say("none"))


def _of(run: _Run, what: str) -> int:
    return sum(sum(part["done"].get(what, {}).values()) for part in run.parts)


def _done(runs: Iterable[_Run], words: Words) -> TableOf:
    columns = words.columns("run", "system", "place", "by_hand", figures=("deleted", "changed"))
    rows: list[Sequence[Value]] = []
    for run in runs:
        for part in run.parts:
            deleted, changed = (part["done"].get(what, {}) for what in ("deleted", "changed"))
            by_hand = part["way"] == "by_hand" or "stated_at" in part
            rows += [
                (run.number, part["system"], place, by_hand, deleted.get(place, 0), changed.get(place, 0))
                for place in sorted({*deleted, *changed})
            ]
    return TableOf("disposed", columns, rows, words.say("by_place"), words.say("none"))


def _stays(runs: Iterable[_Run], words: Words) -> TableOf:
    columns = words.columns("run", "system", "place", "why:why_head", "holds", figures=("rows",))
    rows = [
        (
            run.number,
            part["system"],
            part["place"],
            words.word("why", why),
            tuple(part["done"].get("holds", {})) if why == "held" else None,
            count,
        )
        for run in runs
        for part in run.parts
        for why, count in part["done"].get("stays", {}).items()
    ]
    return TableOf("stayed", columns, rows, words.say("stays"), words.say("none"))


def _list_of_holds(holds: Iterable[HoldView], context: Context) -> TableOf:
    words = context.words
    columns = words.columns(
        "number", "reference", "statute", "scope", "placed", "review", "released", figures=("people",)
    )
    rows = [
        (
            hold.number,
            hold.reference,
            hold.statute,
            (*hold.systems, *hold.categories),
            context.day_of(hold.placed_at),
            hold.review_on,
            None if hold.released_at is None else context.day_of(hold.released_at),
            hold.people,
        )
        for hold in holds
    ]
    return TableOf("holds", columns, rows, words.say("holds"), words.say("none"))


def _list_of_overdue(overdue: Sequence[OverdueFinding] | None, words: Words) -> TableOf:
    columns = words.columns("kind:kind_head", "system", "place", "rule", "since", figures=("rows",))
    rows = [
        (words.word("kind", one.kind.value), one.system, one.place, one.rule, one.since, one.rows)
        for one in overdue or ()
    ]
    nothing = words.say("overdue_unknown" if overdue is None else "overdue_nothing")
    return TableOf("overdue", columns, rows, words.say("overdue"), nothing)


def _rules(context: Context) -> TableOf:
    words = context.words
    columns = words.columns("rule", "period:period_head", "starts", "action", "statute", figures=("approvals",))
    rows = [
        (
            rule.code,
            words.lasting(rule.period),
            words.named(rule.code, rule.starts).text,
            words.word("action", rule.action.value),
            rule.statute,
            rule.approvals,
        )
        for rule in context.programme.retention_rules.values()
    ]
    return TableOf("rules", columns, rows, words.say("rules"))


REPORT = Report(
    name="retention",
    permission=Permission.RETENTION_READ,
    titles=TITLES,
    about=ABOUT,
    texts=TEXTS,
    make=make,
)
