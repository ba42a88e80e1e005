"""The root of the command line: commands by name, loaded when they are asked for; errors become exit codes."""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from privacy import __version__
from privacy.cli import failures
from privacy.cli.lazy import LazyGroup

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
    "audit": "privacy.cli.audit",
    "witness": "privacy.cli.witness",
    "keys": "privacy.cli.keys",
    "systems": "privacy.cli.systems",
    "requests": "privacy.cli.requests",
    "breach": "privacy.cli.breach",
    "erasure": "privacy.cli.erasure",
    "retention": "privacy.cli.retention",
    "report": "privacy.cli.report",
    "outbox": "privacy.cli.outbox",
    "jobs": "privacy.cli.jobs",
    "alarms": "privacy.cli.alarms",
    "export": "privacy.cli.export",
    "backup": "privacy.cli.backup",
    "restore": "privacy.cli.restore",
}


class Root(LazyGroup):
    """Every command, and what becomes of its errors."""

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


@click.group(
    cls=Root, modules=_COMMANDS, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="privacy")
def main() -> None:
    """May system S contact person P, for purpose X, by channel C, now?

    Settings are environment variables: see docs/configuration.md. Exit codes: 0 done or allowed, 1 denied or problems
    found, 2 wrong usage or unavailable, others by kind of error (docs/errors.md).
    """
