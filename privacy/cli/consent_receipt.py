"""`privacy consent receipt`: the receipt of one act, as a file."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import click

#: Name of each form -> its media type.
FORMS = {
    "pdf": "application/pdf",
    "iso-27560": "application/json",
    "dpv": "application/ld+json",
    "kantara": "application/vnd.kantara.consent-receipt+json",
}
#: Seconds to wait for the log.
_PATIENCE = 15.0


@click.command("receipt")
@click.argument("act_id", metavar="ID", type=click.UUID)
@click.option("--form", type=click.Choice(list(FORMS)), default="pdf", show_default=True, help="Which form.")
@click.option("--locale", type=click.Choice(["pl", "en", "hr"]), help="Language; by default that of the text shown.")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file to write."
)
def command(act_id: UUID, form: str, locale: str | None, output: Path) -> None:
    """Write the receipt of the act ID, as `subject explain --json` names acts: signed, and proven by the log.

    Whoever gets it verifies it with privacy-verify and the log's key, without this service.
    """
    from privacy.audit import service as audit
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.consent import service as consent
    from privacy.evidence import service as evidence

    evidence.ensure_free(output)
    with opened() as config:
        audit.settle(audit.Anchor(config.anchor_path), seconds=_PATIENCE)
        made = consent.receipt_of(
            consent.reveal_act(OPERATOR, act_id),
            consent.ReceiptForm(FORMS[form]),
            actor=OPERATOR,
            locales=[locale] if locale else [],
            base_url=config.base_url,
        )
    with evidence.private_file(output) as file:
        file.write(made.content)
    click.echo(f"{output}: {form}, {len(made.content)} bytes.")
