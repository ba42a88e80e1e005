"""`privacy retention rules`: every rule of the programme, and where it disposes of something."""

from __future__ import annotations

import click

from privacy.cli.output import json_option, print_json, print_table

_NONE = "-"


@click.command("rules")
@json_option
def command(as_json: bool) -> None:
    """List the retention rules, with the tables that each is about. One without a trigger is only told to people."""
    import msgspec

    from privacy.cli.opening import opened
    from privacy.programme import service as programmes
    from privacy.retention.forecasts import forecast_schemas, rules_overview

    with opened():
        programme = programmes.current()
        rules = [forecast_schemas.rule_out(one) for one in rules_overview.overview(programme)]
    if as_json:
        print_json({"programme": programme.number, "rules": msgspec.to_builtins(rules)})
        return
    rows = []
    for one in rules:
        places = [f"{place.system}:{place.place}" if place.place else place.system for place in one.places]
        period = f"{one.period or _NONE}{' to 31 December' if one.to_year_end else ''}"
        action = f"{one.action}, approvals: {one.approvals}" if one.trigger else _NONE
        rows.append((one.code, period, one.trigger or _NONE, action, ", ".join(places) or _NONE))
    print_table(("rule", "period", "from", "then", "where"), rows)
