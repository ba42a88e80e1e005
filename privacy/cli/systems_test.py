"""`privacy systems test`: what works of each system, and what does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from privacy.cli.output import json_option, print_json, print_lines

if TYPE_CHECKING:
    from privacy.systems.connector import Finding

#: As `doctor`: something was found.
_FOUND = 1


@click.command("test")
@click.argument("code", metavar="CODE", required=False)
@json_option
@click.pass_context
def command(ctx: click.Context, code: str | None, as_json: bool) -> None:
    """Try the connection of system CODE, or of all that are asked by machine, against the data map.

    Is it reached, may it do what the map asks for and no more, does it have every table and field, does it find people
    without reading whole tables. Changes nothing. Exits with 1 where something fails; a warning is no failure.
    """
    from privacy.cli.opening import opened
    from privacy.programme import service as programmes
    from privacy.programme.types import ConnectorKind
    from privacy.systems import service as systems
    from privacy.systems.connector import Level

    with opened():
        programme = programmes.current()
        asked = [systems.system_of(code, programme)] if code else list(programme.systems.values())
        by_machine = [one for one in asked if one.connector is not ConnectorKind.MANUAL]
        found = {one.code: systems.tested(one, programme) for one in by_machine}
    failed = any(finding.level is Level.FAILED for findings in found.values() for finding in findings)
    if as_json:
        told = [{"system": system, "findings": list(map(_told, findings))} for system, findings in found.items()]
        print_json({"ok": not failed, "systems": told})
    else:
        for system, findings in found.items():
            click.echo(f"{system}:")
            print_lines(f"  {_line(finding)}" for finding in findings)
    ctx.exit(_FOUND if failed else 0)


def _told(finding: Finding) -> dict[str, Any]:
    return {"code": finding.code, "level": finding.level.value, "where": finding.where, "detail": finding.detail}


def _line(finding: Finding) -> str:
    where = f"{finding.where}: " if finding.where else ""
    return f"{finding.level.value:<8}{where}{finding.detail} [{finding.code}]"
