"""The report on consents: how many were given, refused and taken back, where and when, with the rates."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from privacy.authz.permissions import Permission
from privacy.consent import service as consent
from privacy.consent.service import ANY, NO_CHANNEL, ActKind, Statistics, StatisticsWanted, Tally
from privacy.db import end_read
from privacy.reports.consent_statistics_texts import ABOUT, TEXTS, TITLES
from privacy.reports.document import Chart, Document, Facts, Paragraph, Part, Share, TableOf, Value, Word
from privacy.reports.report import Context, Report
from privacy.reports.words import Words

#: What of a tally stands in each row of a table.
_FIGURES = ("given", "requested", "refused", "withdrawn", "objected")
_TURNS = ("begun", "ended", "stands_after")


def make(context: Context) -> Document:
    """The report for a period, month by month."""
    period = context.asked.period
    found = consent.statistics(StatisticsWanted(context.actor.realm, period.first, period.last))
    end_read()
    return Document(tuple(_parts(found, context)))


def _parts(found: Statistics, context: Context) -> Iterator[Part]:
    words = context.words
    if not found.is_whole:
        yield Paragraph(words.say("counting"))
    yield _summary(found.total, words)
    yield Paragraph(words.say("how"), quiet=True)
    yield _by_purpose(found, context)
    yield _standing(found, context)
    yield _by_source(found, words)
    yield _over_time(found, words)
    steps = [(words.brief(step), tally.stands_after or 0) for step, tally in found.over_time().items()]
    yield Chart("stand_by_month", words.say("stand_by_month"), (words.say("month"), words.say("consents")), steps)


def _summary(tally: Tally, words: Words) -> Facts:
    told: dict[str, Value] = {
        **dict(zip(_FIGURES, _figures(tally), strict=True)),
        "without_effect": tally.without_effect,
        "annulled": tally.annulled,
        "stood_before": tally.stood_before,
        "begun": tally.begun,
        "ended": tally.ended,
        "stands_after": tally.stands_after,
        "opt_in": _share(tally.opt_in_rate),
        "taken_back": _share(tally.withdrawal_rate),
        "confirmed": _share(tally.confirmation_rate),
    }
    return words.facts("summary", told, words.say("summary"))


def _by_purpose(found: Statistics, context: Context) -> TableOf:
    words = context.words
    columns = words.columns("purpose", "channel", figures=(*_FIGURES, *_TURNS, "opt_in", "taken_back"))
    rows = [
        (_purpose(purpose, context), _channel(channel, context), *_figures(tally), *_turns(tally), *_rates(tally))
        for (purpose, channel), tally in found.by_purpose().items()
    ]
    return TableOf("by_purpose", columns, rows, words.say("by_purpose"), words.say("none"))


def _standing(found: Statistics, context: Context) -> Chart:
    words = context.words
    bars = [
        (f"{_purpose(purpose, context).text}, {_channel(channel, context).text}", tally.stands_after or 0)
        for (purpose, channel), tally in found.by_purpose().items()
        if tally.stands_after
    ]
    return Chart("stand_at_end", words.say("stand_at_end"), (words.say("scope"), words.say("consents")), bars)


def _by_source(found: Statistics, words: Words) -> TableOf:
    columns = words.columns("source", figures=(*_FIGURES, "without_effect", "opt_in"))
    rows = [
        (source, *_figures(tally), tally.without_effect, _share(tally.opt_in_rate))
        for source, tally in found.by_source().items()
    ]
    return TableOf("by_source", columns, rows, words.say("by_source"), words.say("none"))


def _over_time(found: Statistics, words: Words) -> TableOf:
    columns = words.columns("month", figures=(*_FIGURES, *_TURNS, "opt_in", "taken_back"))
    rows = [(step, *_figures(tally), *_turns(tally), *_rates(tally)) for step, tally in found.over_time().items()]
    return TableOf("over_time", columns, rows, words.say("over_time"), words.say("none"))


def _figures(tally: Tally) -> tuple[int, ...]:
    kinds = (ActKind.GIVE, ActKind.REQUEST, ActKind.REFUSE, ActKind.WITHDRAW, ActKind.OBJECT)
    return tuple(tally.acts.get(kind.value, 0) for kind in kinds)


def _turns(tally: Tally) -> tuple[int | None, ...]:
    return (tally.begun, tally.ended, tally.stands_after)


def _rates(tally: Tally) -> tuple[Value, Value]:
    return _share(tally.opt_in_rate), _share(tally.withdrawal_rate)


def _share(rate: Fraction | None) -> Share | None:
    return None if rate is None else Share(rate.numerator, rate.denominator)


def _purpose(code: str, context: Context) -> Word:
    if code == ANY:
        return Word(code, context.words.say("every"))
    known = context.programme.purposes.get(code)
    return context.words.named(code, known.names if known else None)


def _channel(code: str, context: Context) -> Word:
    if code in {ANY, NO_CHANNEL}:
        return Word(code, context.words.say("every" if code == ANY else "without"))
    known = context.programme.channels.get(code)
    return context.words.named(code, known.names if known else None)


REPORT = Report(
    name="consent_statistics",
    permission=Permission.CONSENTS_READ,
    titles=TITLES,
    about=ABOUT,
    texts=TEXTS,
    make=make,
)
