"""What stands at the head of every report, whatever it is given as; and charts as the tables that they are too."""

from __future__ import annotations

from collections.abc import Iterator

from privacy.reports.document import Chart, Column, Kind, TableOf
from privacy.reports.report import Context, Report


def lines(report: Report, context: Context) -> Iterator[str]:
    """The title, then what it is about, one line each."""
    words, programme = context.words, context.programme
    yield report.titles.in_(context.asked.locale)
    if report.periodic:
        period = context.asked.period
        yield words.say("period", first=words.day(period.first), last=words.day(period.last))
    yield words.say("as_of", day=words.day(context.today))
    yield words.say("controllers", names=", ".join(one.name for one in programme.controllers.values()))


def table_of(chart: Chart) -> TableOf:
    """The figures of a chart."""
    label, figure = chart.heads
    columns = (Column("label", label), Column("figure", figure, Kind.FIGURE))
    return TableOf(chart.name, columns, chart.bars, chart.title)
