"""`privacy requests package`, `review`, `decide`: what a package is, and what is about others in it.

What a package holds is the person's alone: no command prints or writes it.
"""

from __future__ import annotations

import os
from pathlib import Path

import click

from privacy.cli.output import json_option, print_json, print_table
from privacy.cli.requests_page import number_argument, reason_option


@click.command("package")
@number_argument
@json_option
def package(number: str, as_json: bool) -> None:
    """Show whether the request NUMBER has a package, until when, and how often it was fetched."""
    from privacy import clock
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.dsar import service as dsar

    with opened():
        found = dsar.package_of(dsar.named(number, actor=OPERATOR).id)
    if found is None:
        click.echo("null" if as_json else "No package was made.")
        return
    facts = {
        "made_at": clock.isoformat(found.made_at),
        "expires_at": clock.isoformat(found.expires_at),
        "bytes": found.size,
        "files": found.files,
        "rows": found.rows,
        "downloads": found.downloads,
        "most_downloads": found.most_downloads,
        "deleted": found.gone,
    }
    if as_json:
        print_json(facts)
        return
    for name, value in facts.items():
        click.echo(f"{name.replace('_', ' '):<16}{value}")


@click.command("review")
@number_argument
@click.option(
    "--save",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Write the files that are to be looked at into this folder.",
)
@json_option
def review(number: str, folder: Path | None, as_json: bool) -> None:
    """Print what in the answer to the request NUMBER is about somebody else too, with the values.

    Files that a system handed over stand there with their size; look into them with --save, and delete them after that.
    The log tells that it was read.
    """
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.db import unit_of_work
    from privacy.dsar import service as dsar
    from privacy.dsar.package.tables import plain_name

    with opened(), unit_of_work():
        seen = dsar.open_review(dsar.named(number, actor=OPERATOR).id, actor=OPERATOR)
    items = [
        {
            "ref": one.ref,
            "system": one.system,
            "table": one.place,
            "field": one.path,
            "row": one.row,
            "values": [str(value) for value in one.values],
            "why": one.why.value,
            "verdict": one.verdict.value if one.verdict else None,
        }
        for one in seen.items
    ]
    if folder:
        for ref, one in seen.files.items():
            descriptor = os.open(
                folder / f"{ref[:16]}-{plain_name(one.name)}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600
            )
            with os.fdopen(descriptor, "wb") as file:
                file.write(one.content)
    if as_json:
        print_json({"undecided": seen.undecided, "items": items})
        return
    names = ("ref", "table", "field", "row", "why", "verdict")
    values = [", ".join(map(str, one.values)) for one in seen.items]
    rows = [[*(str(one[name] or "") for name in names), told] for one, told in zip(items, values, strict=True)]
    print_table([*(name.upper() for name in names), "VALUE"], rows)
    click.echo(f"{seen.undecided} of {len(items)} are undecided.")


@click.command("decide")
@number_argument
@click.argument("refs", metavar="REF...", nargs=-1, required=True)
@click.option("--keep/--redact", "keep", default=None, required=True, help="Hand the values out, or leave them out.")
@reason_option
@json_option
def decide(number: str, refs: tuple[str, ...], keep: bool, reason: str | None, as_json: bool) -> None:
    """Keep or leave out values that `privacy requests review NUMBER` lists, with the reason (Art. 15(4), 20(4))."""
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.db import unit_of_work
    from privacy.dsar import service as dsar

    verdict = dsar.Verdict.KEEP if keep else dsar.Verdict.REDACT
    with opened(), unit_of_work():
        request_id = dsar.named(number, actor=OPERATOR).id
        decided = dsar.decide_review(request_id, list(refs), verdict, reason=reason or "", actor=OPERATOR)
    if as_json:
        print_json({"decided": decided})
        return
    click.echo(f"{decided} decided: {verdict.value}.")
