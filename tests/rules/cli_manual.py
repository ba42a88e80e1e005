"""docs/cli.md, made from the commands' own help. Write it anew with: python -m tests.rules.cli_manual"""

from __future__ import annotations

from collections.abc import Iterator

import click

from privacy.cli import main as privacy
from tests.rules.source import ROOT

PAGE = ROOT / "docs" / "cli.md"
_HEAD = """# Command line

What `--help` says of each command; made from it by `python -m tests.rules.cli_manual`.

Addresses and phone numbers are read from standard input (`-`) and refused as arguments, which every user of the
machine can see in the process list. `--json` prints one document on standard output; errors are then one JSON object
on standard error.

| exit code | meaning |
| --: | --- |
| 0 | done; for `check`: allowed; for `doctor`, `consent verify`, `witness status` and `compare`: nothing found |
| 1 | for `check`: denied; for `doctor`, `consent verify`, `witness status` and `compare`: something found |
| 2 | wrong usage, or unavailable: nothing may be concluded |
| 3 to 8 | by kind of error: see [errors](errors.md) |
| 70 | a fault of the service |
| 130 | interrupted |
"""


def render() -> str:
    """The page as it should be."""
    sections = [f"## `{path}`\n\n```text\n{text.rstrip()}\n```\n" for path, text in _helps(privacy, "privacy", None)]
    return "\n".join([_HEAD, *sections])


def _helps(command: click.Command, path: str, parent: click.Context | None) -> Iterator[tuple[str, str]]:
    context = click.Context(
        command,
        info_name=path.rpartition(" ")[2],
        parent=parent,
        terminal_width=100,
        max_content_width=100,
        help_option_names=privacy.context_settings["help_option_names"],
    )
    yield path, command.get_help(context)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from _helps(below, f"{path} {name}", context)


def main() -> None:
    """Write the page."""
    PAGE.write_text(render())


if __name__ == "__main__":
    main()
