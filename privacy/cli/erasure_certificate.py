"""`privacy erasure certificate`: the certificate of an erasure, as a file."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import click

#: Seconds to wait for the log.
_PATIENCE = 15.0


@click.command("certificate")
@click.argument("erasure_id", metavar="ID", type=click.UUID)
@click.option("--pdf", is_flag=True, help="As PDF, for people; otherwise JSON.")
@click.option("--locale", type=click.Choice(["pl", "en", "hr"]), help="Language; by default the programme's first.")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file to write."
)
def command(erasure_id: UUID, pdf: bool, locale: str | None, output: Path) -> None:
    """Write the certificate of the erasure ID: signed, and proven by the log. It holds no personal data.

    Whoever gets it verifies it with privacy-verify and the log's key, without this service.
    """
    from privacy.audit import service as audit
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.db import end_read
    from privacy.erasure import service as erasure
    from privacy.evidence import service as evidence

    evidence.ensure_free(output)
    with opened() as config:
        erasure.view(erasure_id, realm=OPERATOR.realm)  # Whoever asks for one that is not there changes nothing.
        end_read()
        audit.settle(audit.Anchor(config.anchor_path), seconds=_PATIENCE)
        made = erasure.certificate_of(
            erasure_id,
            erasure.Form.PDF if pdf else erasure.Form.JSON,
            realm=OPERATOR.realm,
            locales=[locale] if locale else [],
            base_url=config.base_url,
        )
    with evidence.private_file(output) as file:
        file.write(made.content)
    click.echo(f"{output}: {len(made.content)} bytes.")
