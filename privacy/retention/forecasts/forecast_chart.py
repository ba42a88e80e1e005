"""The forecast as a picture: a bar for each rule with its figures beside it, so that it is read without colours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from privacy.pdf import chart
from privacy.pdf.svg import svg
from privacy.retention.forecasts.forecast import Forecast, Horizon, State, within

_WIDTH = 720.0


@dataclass(frozen=True)
class _Words:
    title: str
    heads: Mapping[Horizon, str]
    #: What the bars show.
    bars: str
    held: str
    #: Said where not every place was counted.
    more: str


_WORDS = {
    "pl": _Words(
        "Co zostanie usunięte",
        {Horizon.PAST: "zaległe", Horizon.WEEK: "tydzień", Horizon.MONTH: "miesiąc", Horizon.YEAR: "rok"},
        "wiersze w ciągu roku, według reguły",
        "wstrzymane",
        "Nie wszystko policzono",
    ),
    "en": _Words(
        "What will be disposed of",
        {Horizon.PAST: "overdue", Horizon.WEEK: "week", Horizon.MONTH: "month", Horizon.YEAR: "year"},
        "rows within a year, by rule",
        "held back",
        "Not everything was counted",
    ),
    "hr": _Words(
        "Što će biti izbrisano",
        {Horizon.PAST: "zakašnjelo", Horizon.WEEK: "tjedan", Horizon.MONTH: "mjesec", Horizon.YEAR: "godina"},
        "redci unutar godine, prema pravilu",
        "zadržano",
        "Nije sve prebrojano",
    ),
}
#: In which the picture is drawn where nobody translated it.
DEFAULT = "en"


def by_rule(forecast: Forecast) -> Mapping[str, Counter[Horizon]]:
    """Rows of which something goes, by rule and horizon, of all places."""
    found: dict[str, Counter[Horizon]] = {code: Counter() for one in forecast.places for code in one.rules}
    for one in forecast.places:
        for rule, counts in one.goes.items():
            found.setdefault(rule, Counter()).update(counts)
    return dict(sorted(found.items()))


def held_back(forecast: Forecast) -> Counter[Horizon]:
    """Rows that stay though a rule would let them go, by horizon, of all places."""
    found: Counter[Horizon] = Counter()
    for one in forecast.places:
        for counts in one.stays.values():
            found.update(counts)
    return found


def picture(forecast: Forecast, locale: str) -> str:
    """The chart as SVG, with the same figures in words."""
    language = locale.partition("-")[0]
    words = _WORDS.get(language)
    if words is None:
        words, language = _WORDS[DEFAULT], DEFAULT
    bars = [_bar(rule, counts, chart.Kind.WHOLE) for rule, counts in by_rule(forecast).items()]
    bars.append(_bar(words.held, held_back(forecast), chart.Kind.FALLING))
    title = f"{words.title}, {forecast.today.isoformat()}"
    drawing = chart.side_by_side(
        bars, caption=f"{title} · {words.bars}", heads=[words.heads[one] for one in Horizon], width=_WIDTH
    )
    return svg(drawing, title=title, description=_described(forecast, bars, words), language=language)


def _bar(label: str, counts: Mapping[Horizon, int], kind: chart.Kind) -> chart.Bar:
    so_far = within(counts)
    return chart.Bar(label, so_far[Horizon.YEAR], 0, kind, tuple(str(so_far[one]) for one in Horizon))


def _described(forecast: Forecast, bars: list[chart.Bar], words: _Words) -> str:
    heads = [words.heads[one] for one in Horizon]
    told = [
        f"{bar.label}: {', '.join(f'{head} {figure}' for head, figure in zip(heads, bar.figures, strict=True))}"
        for bar in bars
    ]
    missing = [f"{one.system} {one.place}".strip() for one in forecast.places if one.state is not State.COUNTED]
    return ". ".join([*told, *([f"{words.more}: {', '.join(missing)}"] if missing else [])]) + "."
