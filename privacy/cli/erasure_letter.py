"""`privacy erasure letter`: what the person is told, as a file."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import click


@click.command("letter")
@click.argument("erasure_id", metavar="ID", type=click.UUID)
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file to write: a PDF."
)
def command(erasure_id: UUID, output: Path) -> None:
    """Write the letter about the erasure ID as PDF, to be printed or sent by hand."""
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.erasure import service as erasure
    from privacy.evidence import service as evidence

    evidence.ensure_free(output)
    with opened():
        seen = erasure.view(erasure_id, realm=OPERATOR.realm)
        letter = erasure.letter_of(erasure_id)
    content = erasure.letter_pdf(letter, erasure_id, at=seen.erased_at)
    with evidence.private_file(output) as file:
        file.write(content)
    click.echo(f"{output}: {len(content)} bytes.")
