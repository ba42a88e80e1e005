"""The root of the command line: commands by name, loaded when they are asked for; errors become exit codes."""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any

import click

from privacy import __version__
from privacy.cli import failures

#: In the order of a first acquaintance, as help shows them.
_COMMANDS = {
    "init": "privacy.cli.init",
    "up": "privacy.cli.up",
    "serve": "privacy.cli.serve",
    "worker": "privacy.cli.worker",
    "doctor": "privacy.cli.doctor",
    "demo": "privacy.cli.demo",
    "db": "privacy.cli.database",
    "programme": "privacy.cli.programme",
    "client": "privacy.cli.client",
    "staff": "privacy.cli.staff",
    "import": "privacy.cli.imports",
    "check": "privacy.cli.check",
    "subject": "privacy.cli.subject",
    "consent": "privacy.cli.consent",
}


class LazyGroup(click.Group):
    """A group whose commands are modules with a `command`, imported at first use."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # the signature is Click's
        """Every command, in our order."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of that name; None where there is none."""
        module = _COMMANDS.get(cmd_name)
        if module is None:
            return None
        command: click.Command = importlib.import_module(module).command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; whatever it raises ends as a clear line and an exit code, never as a traceback."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit):
            raise
        except BrokenPipeError:
            # Whoever read our output has seen enough (`| head`); Python would complain once more when it flushes.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(failures.UNREAD)
        except (KeyboardInterrupt, click.Abort):
            # Click would exit with 1, which `check` keeps for "denied".
            click.echo("Interrupted.", err=True)
            ctx.exit(failures.INTERRUPTED)
        except Exception as error:
            ctx.exit(failures.report(error, as_json=bool(ctx.meta.get(failures.AS_JSON))))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="privacy")
def main() -> None:
    """May system S contact person P, for purpose X, by channel C, now?

    Settings are environment variables: see docs/configuration.md. Exit codes: 0 done or allowed, 1 denied or problems
    found, 2 wrong usage or unavailable, others by kind of error (docs/errors.md).
    """
