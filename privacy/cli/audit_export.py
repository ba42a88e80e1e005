"""`privacy audit export`: hand out the evidence about one person, or the whole log."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from privacy.cli.output import json_option, print_json, print_lines
from privacy.cli.person import identifying_options, naming, read_either

if TYPE_CHECKING:
    from config import Config
    from privacy.evidence.service import Bundle

#: Seconds to wait for another process to publish what is recorded.
_PATIENCE = 30.0


@click.command("export")
@click.option("--subject", metavar="REF", callback=read_either, help="The person: what `privacy subject show` prints.")
@identifying_options
@click.option("--log", "whole_log", is_flag=True, help="Instead of a person: the whole log.")
@click.option("--bodies", is_flag=True, help="With --log: also what the events say, as far as it is not erased.")
@click.option(
    "--decision",
    "decisions",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File of a signed decision about the person to include; may be given several times.",
)
@click.option("--locale", help="Language of the summary: pl, en or hr; else the programme's first.")
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), help="File to write; for --log also a folder."
)
@json_option
def command(
    subject: str | None,
    whole_log: bool,
    bodies: bool,
    decisions: tuple[Path, ...],
    locale: str | None,
    output: Path,
    as_json: bool,
    **person: str | None,
) -> None:
    """Write evidence that verifies without this service, with `privacy-verify` and the log's key.

    About a person: one archive with the acts, the texts as shown, the events, their proofs and a summary. It is
    about everybody who is one person with them, and about nobody else.

    \b
    echo anna.nowak@example.com | privacy audit export --email - -o anna.zip
    privacy audit export --log -o log.zip
    """  # noqa: D301  # Click's mark for a paragraph that is not to be wrapped
    named = {**person, "ref": subject}
    about_somebody = any(value is not None for value in named.values())
    if about_somebody == whole_log:
        raise click.UsageError("Name one person (--subject, --email -, ...), or --log.")
    if (whole_log and (decisions or locale)) or (bodies and not whole_log):
        raise click.UsageError("--decision and --locale go with a person, --bodies with --log.")
    told = _log(output, bodies) if whole_log else _bundle(output, named, decisions, locale)
    if as_json:
        print_json(told)
    elif whole_log:
        print_lines([f"{told['size']} leaves of {told['origin']} written to {output}.", f"Root: {told['root']}"])
    else:
        erased = (
            [f"{told['erased']} events are erased; that they stand in the log is proven."] if told["erased"] else []
        )
        print_lines([f"{told['acts']} acts and {told['events']} events written to {output}.", *erased])


def _bundle(
    output: Path, named: dict[str, str | None], decisions: tuple[Path, ...], locale: str | None
) -> dict[str, Any]:
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.db import unit_of_work
    from privacy.evidence import service as evidence
    from privacy.programme import service as programmes

    evidence.ensure_free(output)
    with opened() as config:
        _settle(config)
        programme = programmes.current()
        bundle: Bundle = evidence.make_bundle(
            naming(programme, named),
            actor=OPERATOR,
            programme=programme,
            locale=locale or programme.jurisdiction.locales[0],
            presented=[_decision(path) for path in decisions],
            seconds=_PATIENCE,
        )
        with unit_of_work():
            evidence.record_bundle(bundle, actor=OPERATOR)
        with evidence.private_file(output) as file:
            file.write(bundle.content)
    counts = {"acts": bundle.acts, "events": bundle.events, "erased": bundle.erased, "log_size": bundle.size}
    return {"file": str(output), "sha256": bundle.sha256, **counts}


def _log(output: Path, bodies: bool) -> dict[str, Any]:
    import sys

    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.db import unit_of_work
    from privacy.evidence import service as evidence

    evidence.ensure_free(output)
    with opened() as config:
        with unit_of_work():
            evidence.record_log_export(bodies=bodies, actor=OPERATOR)
        _settle(config)
        with click.progressbar(length=evidence.lines_to_write(bodies=bodies), label="log", file=sys.stderr) as bar:
            done = evidence.export_log(output, bodies=bodies, progress=bar.update)
    return {"file": str(output), "origin": done.origin, "size": done.size, "root": done.root, "bodies": done.bodies}


def _settle(config: Config) -> None:
    """Publish what is recorded: a command may run where no worker does."""
    from privacy.audit import service as audit

    audit.settle(audit.Anchor(config.anchor_path), seconds=_PATIENCE)


def _decision(path: Path) -> dict[str, Any]:
    import json

    from privacy.errors import InvalidInput

    try:
        found = json.loads(path.read_bytes())
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise InvalidInput.of("decision", f"{path} is not a JSON object.")
    return found
