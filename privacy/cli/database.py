"""`privacy db ...`: the schema and its migrations."""

from __future__ import annotations

import click

from privacy.cli.output import json_option, print_json


@click.group("db")
def command() -> None:
    """The database's schema."""


@command.command("upgrade")
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Bring the schema up to a revision, the newest by default. Make a backup first."""
    from privacy import schema
    from privacy.cli import settings
    from privacy.cli.opening import engine_of

    with engine_of(settings.load()) as engine:
        schema.upgrade(engine, revision)
        click.echo(f"The schema is at {schema.current(engine)}.")


@command.command("current")
@json_option
def current(as_json: bool) -> None:
    """Show which revision the schema is at, and which one this version needs."""
    from privacy import schema
    from privacy.cli import settings
    from privacy.cli.opening import engine_of

    with engine_of(settings.load()) as engine:
        found, needed = schema.current(engine), schema.head()
    if as_json:
        print_json({"current": found, "head": needed})
    else:
        click.echo(f"at {found or 'nothing'}, needed {needed}")


@command.command("downgrade")
@click.argument("revision")
@click.confirmation_option("--yes", prompt="Tables and what is in them may be deleted. Is there a backup?")
def downgrade(revision: str) -> None:
    """Take the schema back to a revision; `base` is before the first. Deletes what only later ones can hold."""
    from privacy import schema
    from privacy.cli import settings
    from privacy.cli.opening import engine_of

    with engine_of(settings.load()) as engine:
        schema.downgrade(engine, revision)
        click.echo(f"The schema is at {schema.current(engine) or 'nothing'}.")
