"""`privacy systems lint`: whether the data map still says what the databases hold. For CI."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from privacy.cli.output import json_option, print_json, print_lines

if TYPE_CHECKING:
    from privacy.programme.types import Programme, System
    from privacy.systems.service import Difference

#: As `doctor`: something was found.
_FOUND = 1
#: Values of each column that are looked at.
_SAMPLE = 200


@click.command("lint")
@click.argument("code", metavar="CODE", required=False)
@json_option
@click.pass_context
def command(ctx: click.Context, code: str | None, as_json: bool) -> None:
    """Compare the data map with the catalogue of system CODE, or of every database of the programme.

    Exits with 1 where a column looks personal and is not mapped, or a mapped table or column is gone. A column that
    only looks personal is quiet once the map gives it data_categories: [system.operations].
    """
    from privacy.cli.opening import opened
    from privacy.programme import service as programmes
    from privacy.programme.types import ConnectorKind
    from privacy.systems import service as systems

    with opened():
        programme = programmes.current()
        asked = [systems.system_of(code, programme)] if code else list(programme.systems.values())
        found = {one.code: _differences(one, programme) for one in asked if code or one.connector is ConnectorKind.SQL}
    ok = not any(found.values())
    if as_json:
        print_json(
            {"ok": ok, "systems": [{"system": name, "findings": list(map(_told, d))} for name, d in found.items()]}
        )
    else:
        for name, differences in found.items():
            print_lines(f"{name}: {one.where}: {one.detail} [{one.gap}]" for one in differences)
        click.echo("The data map says what the databases hold." if ok else "The data map does not say all.")
    ctx.exit(0 if ok else _FOUND)


def _differences(system: System, programme: Programme) -> Sequence[Difference]:
    from privacy.systems import service as systems

    with contextlib.closing(systems.connect(system, programme)) as connector:
        return systems.differences(systems.data_sets_of(system, programme), connector.columns(sample=_SAMPLE))


def _told(one: Difference) -> dict[str, str]:
    return {"code": one.gap.value, "where": one.where, "detail": one.detail}
