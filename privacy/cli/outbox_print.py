"""`privacy outbox print`: a letter on paper, as a file."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import click


@click.command("print")
@click.argument("message_id", metavar="ID", type=click.UUID)
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file to write: a PDF."
)
def command(message_id: UUID, output: Path) -> None:
    """Write the letter ID as PDF for a window envelope DL (DIN 5008, form B); print it at its full size.

    Once it is posted, record it: privacy outbox posted ID.
    """
    from privacy.cli.opening import opened
    from privacy.dsar import service as requests
    from privacy.evidence import service as evidence
    from privacy.outbox import service as outbox

    evidence.ensure_free(output)
    with opened():
        paper = outbox.paper_of(message_id)
    content = requests.paper_pdf(paper)
    with evidence.private_file(output) as file:
        file.write(content)
    click.echo(f"{output}: {len(content)} bytes.")
