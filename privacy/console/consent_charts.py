"""Statistics of consents as charts and rows, in the words of the programme."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from markupsafe import Markup

from privacy.consent.service import ANY, NO_CHANNEL, ActKind, Grain, Statistics, Tally, per_cent
from privacy.pages import charts
from privacy.pages.charts import Series
from privacy.pages.languages import gettext as _
from privacy.pages.languages import locale
from privacy.programme import service as programmes

_KINDS = (ActKind.GIVE, ActKind.REQUEST, ActKind.REFUSE, ActKind.WITHDRAW, ActKind.OBJECT)

#: A row of the table: purpose, channel, figures and rates.
Row = tuple[str | int | None, ...]


def standing(found: Statistics) -> Markup:
    """Consents that stand, by purpose and channel, over time and at the end."""
    over_time = found.standing_over_time()
    steps = sorted({step for values in over_time.values() for step in values})
    if not steps:
        return Markup()
    series = [
        Series(scope_name(*key), [values[step] for step in steps])
        for key, values in over_time.items()
        if any(values.values())
    ]
    about = _("Consents that stand at the end of each step, a line for each purpose and channel.")
    labels = [_label(step, found.wanted.grain) for step in steps]
    rows = [(one.name, one.values[-1]) for one in series]
    heads = (_("Purpose and channel"), _("Consents"))
    return charts.lines("standing", _("Consents over time"), about, labels, series) + charts.bars(
        "now", _("Consents that stand"), _("A bar for each purpose and channel."), rows, heads
    )


def heads() -> tuple[str, ...]:
    """The heads of `rows`."""
    return (
        *(_("Purpose"), _("Channel"), _("Given"), _("Requested"), _("Refused"), _("Withdrawn"), _("Objections")),
        *(_("Began to stand"), _("Ceased to stand"), _("Stand at the end"), _("Opt-in rate, %"), _("Taken back, %")),
    )


def rows(found: Statistics) -> list[Row]:
    """By purpose and channel."""
    return [
        (purpose_name(purpose), channel_name(channel), *_figures(tally))
        for (purpose, channel), tally in found.by_purpose().items()
    ]


def source_rows(found: Statistics) -> list[Row]:
    """By source: acts, and the rate of those who said yes."""
    return [(source, *_acts(tally), per_cent(tally.opt_in_rate)) for source, tally in found.by_source().items()]


def scope_name(purpose: str, channel: str) -> str:
    """Purpose and channel as people call them."""
    name = purpose_name(purpose)
    return name if channel == NO_CHANNEL else f"{name}, {channel_name(channel)}"


def purpose_name(code: str) -> str:
    """What the programme calls a purpose."""
    known = programmes.current().purposes.get(code)
    return _("every purpose") if code == ANY else _named(code, dict(known.names) if known else {})


def channel_name(code: str) -> str:
    """What the programme calls a channel."""
    if code in {ANY, NO_CHANNEL}:
        return _("every channel") if code == ANY else _("no channel")
    known = programmes.current().channels.get(code)
    return _named(code, dict(known.names) if known else {})


def _named(code: str, names: dict[str, str]) -> str:
    return names.get(locale()) or next(iter(names.values()), code)


def _figures(tally: Tally) -> Iterator[str | int | None]:
    yield from _acts(tally)
    yield from (tally.begun, tally.ended, tally.stands_after)
    yield from (per_cent(tally.opt_in_rate), per_cent(tally.withdrawal_rate))


def _acts(tally: Tally) -> Iterator[int]:
    return (tally.acts.get(kind.value, 0) for kind in _KINDS)


def _label(step: date, grain: Grain) -> str:
    return step.isoformat() if grain is Grain.DAY else f"{step:%Y-%m}"
