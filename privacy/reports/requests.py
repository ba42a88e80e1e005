"""The report on requests of data subjects (Art. 12, 15-22): volumes, times, on-time share, refusals with grounds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from privacy.authz.permissions import Permission
from privacy.dsar import service as dsar
from privacy.dsar.service import Outcome, Registered, State
from privacy.reports.document import Chart, Document, Facts, Heading, Paragraph, Share, TableOf, Value
from privacy.reports.report import Context, Report
from privacy.reports.requests_texts import ABOUT, TEXTS, TITLES
from privacy.reports.words import Words

#: The slow end of the answers: nine of ten took no longer.
_SLOW = 90


@dataclass(frozen=True)
class _Case:
    """A request as it stood at the end of the day that is told."""

    line: Registered
    received_on: date
    ended_on: date | None
    today: date
    #: Whether it came, and whether it ended, in the period.
    came: bool
    went: bool

    @property
    def open(self) -> bool:
        return self.ended_on is None

    @property
    def overdue(self) -> bool:
        return self.open and self.line.due_on < self.today

    @property
    def state(self) -> str:
        """Where it stood: of one that ended since, only that it was open is known."""
        return "open" if self.open and self.line.state.ended else self.line.state.value

    @property
    def outcome(self) -> str | None:
        return None if self.open or self.line.outcome is None else self.line.outcome.value

    @property
    def answered(self) -> bool:
        """Whether it was answered in the period."""
        return self.went and self.line.state is State.ANSWERED

    @property
    def in_time(self) -> bool:
        return self.ended_on is not None and self.ended_on <= self.line.due_on

    @property
    def days(self) -> int:
        return (self.ended_on - self.received_on).days if self.ended_on else 0


def make(context: Context) -> Document:
    """The report for a period."""
    words = context.words
    cases = list(_cases(context))
    return Document(
        (
            _summary(cases, words),
            Paragraph(words.say("counting"), quiet=True),
            _by_month(cases, context),
            _by("by_type", cases, words, ("type", "case"), lambda case: case.line.case_type.value),
            _by("by_intake", cases, words, ("intake", "intake"), lambda case: case.line.intake.value),
            _refusals(cases, words),
            Heading(words.say("list")),
            _list(cases, context),
        )
    )


def _cases(context: Context) -> Iterator[_Case]:
    """What concerns the period, and all that was open at its report."""
    for line in dsar.registered(actor=context.actor):
        if line.received_at >= _end_of_day(context):
            continue
        ended_at = line.ended_at if line.ended_at is not None and line.ended_at < _end_of_day(context) else None
        case = _Case(
            line,
            context.day_of(line.received_at),
            context.day_of(ended_at) if ended_at is not None else None,
            context.today,
            context.within(line.received_at),
            context.within(ended_at),
        )
        if case.came or case.went or case.open:
            yield case


def _end_of_day(context: Context) -> int:
    return context.asked.as_of + 1


def _summary(cases: Sequence[_Case], words: Words) -> Facts:
    answered = [case for case in cases if case.answered]
    took = sorted(case.days for case in answered)
    told: dict[str, Value] = {
        "received": sum(case.came for case in cases),
        "ended": sum(case.went for case in cases),
        "answered": len(answered),
        "on_time": Share(sum(case.in_time for case in answered), len(answered)),
        "extended": sum(case.line.extended_at is not None for case in answered),
        "median": _rank(took, 50),
        "slow": _rank(took, _SLOW),
        "slowest": took[-1] if took else None,
        "open": sum(case.open for case in cases),
        "overdue": sum(case.overdue for case in cases),
    }
    return words.facts("summary", told, words.say("summary"))


def _by_month(cases: Iterable[_Case], context: Context) -> Chart:
    period, words = context.asked.period, context.words
    counts = Counter(f"{case.received_on:%Y-%m}" for case in cases if case.came)
    first, last = (day.year * 12 + day.month - 1 for day in (period.first, period.last))
    months = [f"{number // 12}-{number % 12 + 1:02}" for number in range(first, last + 1)]
    bars = [(month, counts[month]) for month in months]
    return Chart("by_month", words.say("by_month"), (words.say("month"), words.say("requests")), bars)


def _by(
    name: str, cases: Sequence[_Case], words: Words, named: tuple[str, str], key: Callable[[_Case], str]
) -> TableOf:
    """Volumes and times by what `key` gives; `named`: its column, and the group of phrases of its words."""
    what, group = named
    columns = words.columns(what, figures=_COUNTS)
    codes = sorted({key(case) for case in cases if case.came or case.answered})
    rows = [(words.word(group, code), *_counts([case for case in cases if key(case) == code])) for code in codes]
    return TableOf(name, columns, rows, words.say(name), words.say("empty"))


_COUNTS = (
    *("received:received_short", "answered:answered_short", "granted", "partly", "refused", "on_time:in_time"),
    "median:median_short",
)


def _counts(cases: Sequence[_Case]) -> Iterator[Value]:
    answered = [case for case in cases if case.answered]
    outcomes = Counter(case.line.outcome for case in answered)
    yield sum(case.came for case in cases)
    yield len(answered)
    yield from (outcomes[outcome] for outcome in Outcome)
    yield Share(sum(case.in_time for case in answered), len(answered))
    yield _rank(sorted(case.days for case in answered), 50)


def _refusals(cases: Iterable[_Case], words: Words) -> TableOf:
    grounds = Counter(
        (case.line.case_type.value, ground.value) for case in cases if case.answered for ground in case.line.grounds
    )
    rows = [
        (words.word("case", case_type), words.word("ground", ground), times)
        for (case_type, ground), times in sorted(grounds.items())
    ]
    columns = words.columns("type", "ground", figures=("times",))
    return TableOf("refusals", columns, rows, words.say("refusals"), words.say("no_refusals"))


def _list(cases: Iterable[_Case], context: Context) -> TableOf:
    words = context.words
    columns = words.columns(
        *("number", "type", "intake", "received_on", "due_on", "extended:was_extended", "ended_on"),
        *("state:state_head", "outcome:outcome_head", "in_time"),
    )
    ordered = sorted(cases, key=lambda case: (case.line.received_at, case.line.number))
    return TableOf("requests", columns, list(map(partial(_row, words), ordered)), nothing=words.say("empty"))


def _row(words: Words, case: _Case) -> tuple[Value, ...]:
    line = case.line
    return (
        line.number,
        words.word("case", line.case_type.value),
        words.word("intake", line.intake.value),
        case.received_on,
        line.due_on,
        line.extended_at is not None,
        case.ended_on,
        words.word("state", case.state),
        words.word("outcome", case.outcome) if case.outcome else None,
        case.in_time if case.outcome else None,
    )


def _rank(ordered: Sequence[int], percent: int) -> int | None:
    """The smallest value that so many per cent of all do not exceed (nearest rank); None of nothing."""
    return ordered[-(-len(ordered) * percent // 100) - 1] if ordered else None


REPORT = Report(
    name="requests",
    permission=Permission.REQUESTS_READ,
    titles=TITLES,
    about=ABOUT,
    texts=TEXTS,
    make=make,
)
