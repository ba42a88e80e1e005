"""`privacy export`: everything, in open formats, for whoever leaves or has to hand it over."""

from __future__ import annotations

from pathlib import Path

import click

from privacy.cli.output import json_option, print_json, print_lines

#: Seconds to wait for another process to publish what is recorded.
_PATIENCE = 30.0


@click.command("export")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Write although others can read the folder around it.")
@json_option
def command(folder: Path, yes: bool, as_json: bool) -> None:
    """Write everything to a new FOLDER: people, acts, states, the programme, the log with its proofs, the verifier.

    The values are in the clear: it is everybody's personal data. The keys are not in it. docs/export.md describes each
    file; `privacy-verify FOLDER --key KEY` verifies it on a machine that has never seen this service.
    """
    import sys

    from privacy.audit import service as audit
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.db import unit_of_work
    from privacy.evidence import service as evidence

    evidence.ensure_private(folder, agreed=yes)
    with opened() as config:
        anchor = audit.Anchor(config.anchor_path)
        tables = evidence.exported_tables()
        counts = {one.exported.file: one.count() for one in tables}
        with unit_of_work():
            evidence.record_export(counts, actor=OPERATOR)

        def settle() -> None:
            audit.settle(anchor, seconds=_PATIENCE)

        settle()
        length = sum(counts.values()) + evidence.lines_to_write(bodies=True)
        with click.progressbar(length=length, label="export", file=sys.stderr) as bar:
            done = evidence.export_everything(folder, tables, settle=settle, progress=bar.update)
    if as_json:
        print_json({"folder": str(folder), "origin": done.origin, "log_size": done.log_size, "rows": dict(done.rows)})
        return
    print_lines(
        [
            f"{sum(done.rows.values())} rows and {done.log_size} events in {done.files} files written to {folder}.",
            "They are everybody's personal data in the clear: keep them where nobody else can read them.",
            f"Verify them with: privacy-verify {folder} --key KEY",
        ]
    )
