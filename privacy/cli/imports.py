"""`privacy import`: take over what other tools know about consents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from privacy.cli.output import json_option, print_json, print_lines

#: Folder of the rejects files and reports in the data folder.
FOLDER = "imports"

_purpose = click.option("--purpose", help="The purpose that people agreed to, where the files don't say.")
_wording = click.option(
    "--wording",
    metavar="CODE[:VERSION]",
    help="The text that they agreed to, where the files don't say. Without a version: that in force on the row's date.",
)


class ProfileGroup(click.Group):
    """A group that has a command for each profile that comes with the service, and for a profile's file."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The shipped profiles, then what is said of profiles themselves."""
        from privacy.consent import service as consent

        return [*consent.profiles(), *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a profile by its name, another of its names, or the path of its file."""
        from privacy.consent import service as consent

        if (known := super().get_command(ctx, cmd_name)) is not None:
            return known
        if cmd_name.lower().endswith((".yml", ".yaml")):
            return _command(cmd_name, f"Import by the profile {Path(cmd_name).name}.")
        known_as = {name for profile in consent.profiles().values() for name in (profile.name, *profile.also)}
        if cmd_name not in known_as:
            return None
        return _command(cmd_name, f"Import: {consent.profile(cmd_name).title}.")


@click.group("import", cls=ProfileGroup, subcommand_metavar="PROFILE PATH [OPTIONS]")
def command() -> None:
    """Import consents from other tools.

    PROFILE is one of those below or the YAML file of your own. PATH is a file, a folder or a ZIP archive; a rejects
    file that was corrected is imported with the same profile. Importing again, in any order, changes nothing.
    """


def _command(name: str, summary: str) -> click.Command:
    """The command of one profile."""

    @click.command(name, help=f"{summary}\n\n{_HELP}", short_help=summary)
    @click.argument("path", type=click.Path(exists=True, path_type=Path))
    @_purpose
    @_wording
    @click.option("--dry-run", is_flag=True, help="Change nothing; show the waterfall and what an import would do.")
    @click.option(
        "--wordings",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="With --dry-run: historical wordings to try, as `wordings:` of a programme, before they are published.",
    )
    @click.option(
        "--report",
        type=click.Path(file_okay=False, path_type=Path),
        help="Folder for the waterfall. With --dry-run it is made in the data folder unless named.",
    )
    @json_option
    def run(as_json: bool, **given: Any) -> None:
        from privacy.cli import import_run

        report = import_run.run(name, **given)
        if as_json:
            print_json({name: value for name, value in report.items() if name != "table"})
        else:
            print_lines(import_run.lines(report, dry_run=given["dry_run"]))

    return run


_HELP = """PATH is a file, a folder or a ZIP archive. Rows that can't be taken go to a rejects file in the data folder,
with line, field, reason and mend: correct them there and import that file."""


@command.group("profile")
def profile() -> None:
    """Profiles: what the files of a tool look like and what their rows say."""


@profile.command("check")
@click.argument("file")
@click.argument("sample", type=click.Path(exists=True, path_type=Path))
@_purpose
@_wording
@json_option
def check(file: str, sample: Path, purpose: str | None, wording: str | None, as_json: bool) -> None:
    """Explain what a profile makes of the first ten rows of a file.

    FILE is the profile's YAML file, or the name of one that comes with the service. Nothing is recorded.
    """
    from privacy.cli import import_sample

    rows = import_sample.rows(file, sample, purpose, wording)
    if as_json:
        print_json({"rows": rows})
    else:
        print_lines(import_sample.lines(rows))


@profile.command("list")
@json_option
def listed(as_json: bool) -> None:
    """List the profiles that come with the service."""
    from privacy.consent import service as consent

    found = [
        {"profile": p.name, "also": list(p.also), "title": p.title, "format": p.format.value, "needs": _needed(p)}
        for p in consent.profiles().values()
    ]
    if as_json:
        print_json({"profiles": found})
    else:
        print_lines(f"{each['profile']:12}  {each['title']}" for each in found)


def _needed(profile: Any) -> list[str]:
    """The options that must be given."""
    return [name for name, default in profile.options.items() if default is None]
