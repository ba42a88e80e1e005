"""`privacy retention findings`: what is kept past its date, what has no end, and what no rule is about."""

from __future__ import annotations

import click

from privacy.cli.output import json_option, print_json, print_table

_FOUND = 1


@click.command("findings")
@click.option("--quick", is_flag=True, help="Look only at rows that a day finds, not at every row of every table.")
@json_option
@click.pass_context
def command(ctx: click.Context, quick: bool, as_json: bool) -> None:
    """List what is kept too long or without an end. Exits with 1 where something is past its date."""
    import msgspec

    from privacy.cli.opening import opened
    from privacy.programme import service as programmes
    from privacy.retention.forecasts import forecast_schemas
    from privacy.retention.forecasts.findings import Kind, findings
    from privacy.retention.forecasts.forecast import forecast

    with opened():
        made = forecast(thorough=not quick)
        found = findings(programmes.current(), made)
    if as_json:
        told = [forecast_schemas.finding_out(one) for one in found]
        print_json({"today": made.today.isoformat(), "findings": msgspec.to_builtins(told)})
    elif not found:
        click.echo("Nothing is kept past its date, and everything has an end.")
    else:
        rows = [
            (
                one.kind.value,
                f"{one.system}:{one.place}".strip(":"),
                one.rule,
                one.rows or "",
                one.since or one.detail or "",
            )
            for one in found
        ]
        print_table(("finding", "where", "rule", "rows", "since"), rows)
    if any(one.kind is Kind.PAST_DATE for one in found):
        ctx.exit(_FOUND)
