"""`privacy retention forecast`: what will go within a week, a month and a year, and what is held back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from privacy.cli.output import json_option, print_json, print_table

if TYPE_CHECKING:
    from privacy.retention.forecasts.forecast_schemas import ForecastOut


@click.command("forecast")
@click.option("--svg", type=click.Path(dir_okay=False, path_type=Path), help="Draw it into this file as well.")
@json_option
def command(svg: Path | None, as_json: bool) -> None:
    """Ask every connected system what is due within a week, a month and a year, and why the rest stays."""
    import msgspec

    from privacy.cli.opening import opened
    from privacy.programme import service as programmes
    from privacy.retention.forecasts import forecast_chart, forecast_schemas
    from privacy.retention.forecasts.forecast import forecast

    with opened():
        locale = programmes.current().jurisdiction.locales[0]
        made = forecast()
    if svg is not None:
        svg.write_text(forecast_chart.picture(made, locale), encoding="utf-8")
    told = forecast_schemas.forecast_out(made)
    if as_json:
        print_json(msgspec.to_builtins(told))
    else:
        _print(told)


def _print(told: ForecastOut) -> None:
    heads = ("past its date", f"to {told.week_ends}", f"to {told.month_ends}", f"to {told.year_ends}")
    rows: list[tuple[object, ...]] = []
    for place in told.places:
        name = f"{place.system}:{place.place}" if place.place else place.system
        for rule, counts in place.goes.items():
            rows.append((name, rule, counts.past, counts.week, counts.month, counts.year))
        for why, counts in place.stays.items():
            rows.append((name, f"held back: {why}", counts.past, counts.week, counts.month, counts.year))
        if place.state != "counted":
            rows.append((name, f"{place.state}: {place.detail or ', '.join(place.rules)}", "?", "?", "?", "?"))
    print_table(("where", "rule", *heads), rows)
