"""`privacy consent statistics`: how many consents are given and taken back, and whether the summary is right."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

from privacy.cli.output import json_option, print_json, print_table

if TYPE_CHECKING:
    from privacy.consent.service import Statistics

_DIFFERS = 1
_DAY = click.DateTime(["%Y-%m-%d"])


@click.command("statistics")
@click.option("--from", "first", type=_DAY, help="The first day; by default the first of January.")
@click.option("--to", "last", type=_DAY, help="The last day, included; by default today.")
@click.option("--by", "grain", type=click.Choice(["day", "month"]), default="month", show_default=True)
@click.option("--purpose", help="Only this purpose.")
@click.option("--channel", help="Only this channel.")
@click.option("--source", help="Only acts that this system collected.")
@click.option("--check", is_flag=True, help="Count every act again and compare. Exit code 1 where they differ.")
@click.option("--rebuild", is_flag=True, help="Forget the summary; the worker counts everybody anew.")
@json_option
def command(*, check: bool, rebuild: bool, as_json: bool, **asked: Any) -> None:
    """Tell how many consents were given, refused and taken back, with the rates, by purpose and channel.

    The figures come from a summary that follows the log. `--check` compares it with the acts themselves; run it while
    nothing is recorded, for what comes in meanwhile counts as a difference. `--rebuild` is for a summary that differs.
    """
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.consent import service as consent
    from privacy.db import unit_of_work

    with opened():
        if rebuild:
            with unit_of_work():
                consent.begin_statistics_anew(actor=OPERATOR)
            click.echo("The summary is empty now; the worker counts everybody anew.")
            return
        if check:
            _check(as_json)
            return
        _tell(_asked(**asked), as_json)


def _asked(
    first: datetime | None,
    last: datetime | None,
    grain: str,
    purpose: str | None,
    channel: str | None,
    source: str | None,
) -> Statistics:
    from privacy import clock
    from privacy.authz.actors import OPERATOR
    from privacy.consent import service as consent
    from privacy.programme import service as programmes

    today = clock.now().astimezone(programmes.current().zone).date()
    wanted = consent.StatisticsWanted(
        OPERATOR.realm,
        first.date() if first else date(today.year, 1, 1),
        last.date() if last else today,
        grain=consent.Grain(grain),
        purpose=purpose,
        channel=channel,
        source_system=source,
    )
    return consent.statistics(wanted)


def _tell(found: Statistics, as_json: bool) -> None:
    from privacy import clock

    if as_json:
        over_time = [{"from": step.isoformat(), **tally.as_json()} for step, tally in found.over_time().items()]
        by_purpose = [
            {"purpose": purpose, "channel": channel, **tally.as_json()}
            for (purpose, channel), tally in found.by_purpose().items()
        ]
        by_source = [{"source": source, **tally.as_json()} for source, tally in found.by_source().items()]
        parts = {"over_time": over_time, "by_purpose": by_purpose, "by_source": by_source}
        head = {"as_of": clock.isoformat(found.as_of), "whole": found.is_whole}
        print_json({**head, "total": found.total.as_json(), **parts})
        return
    if not found.is_whole:
        click.echo("The summary is being counted anew: these figures are too low.")
    columns = ("purpose", "channel", "given", "refused", "withdrawn", "stand", "opt-in %", "taken back %")
    print_table(columns, [_row(*key, tally.as_json()) for key, tally in found.by_purpose().items()])
    click.echo(f"As of {clock.isoformat(found.as_of)}.")


def _row(purpose: str, channel: str, tally: dict[str, Any]) -> tuple[object, ...]:
    acts = tally["acts"]
    given = acts.get("give", 0) + acts.get("request", 0)
    figures = (given, acts.get("refuse", 0), acts.get("withdraw", 0) + acts.get("object", 0), tally["stands_after"])
    rates = (tally["opt_in_rate"], tally["withdrawal_rate"])
    return (purpose, channel, *("-" if one is None else one for one in (*figures, *rates)))


def _check(as_json: bool) -> None:
    from privacy.consent import service as consent

    found, right = consent.counted_statistics(), consent.recount_statistics()
    differs = sorted(key for key in found.keys() | right.keys() if found[key] != right[key])
    findings = [{**key._asdict(), "counted": found[key], "recounted": right[key]} for key in differs]
    if as_json:
        print_json({"ok": not findings, "acts": sum(right.values()), "findings": findings})
    else:
        for key in differs:
            click.echo(f"{' '.join(map(str, key))}: {found[key]} counted, {right[key]} on record")
        click.echo(f"{len(right)} counts compared, {len(differs)} differences.")
    raise click.exceptions.Exit(_DIFFERS if findings else 0)
