"""`privacy breach notification|register|timeline`: documents of breaches, as files."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from privacy.cli.output import json_option, print_json

#: Seconds to wait for another process to publish what is recorded.
_PATIENCE = 30.0
_DAY = click.DateTime(["%Y-%m-%d"])
_LOCALES = click.Choice(["pl", "en", "hr"])
_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("notification")
@click.argument("number", metavar="BREACH")
@click.option("--pdf", type=_FILE, metavar="FILE", help="Write the form as PDF, with a page of what it lacks.")
@click.option("--machine", type=_FILE, metavar="FILE", help="Write it as JSON, for machines.")
@click.option("--locale", type=_LOCALES, help="Language; by default the programme's first.")
@click.option(
    "--phase",
    type=click.Choice(["initial", "supplementary", "complete", "withdrawal"]),
    help="Which notification; by default the one that comes next.",
)
@click.option(
    "--sent", type=click.IntRange(1), metavar="N", help="In its place the one recorded as sent with number N."
)
@json_option
def notification(
    number: str,
    pdf: Path | None,
    machine: Path | None,
    locale: str | None,
    phase: str | None,
    sent: int | None,
    as_json: bool,
) -> None:
    """Write the notification of a breach to the supervisory authority (Art. 33), as it would be sent now.

    Nothing that nobody wrote is filled in: what is missing is named. Who makes a document is in the log.
    """
    import json

    from privacy.authz.actors import OPERATOR
    from privacy.breach import service as breaches
    from privacy.breach.service import Form, Phase
    from privacy.cli.opening import opened
    from privacy.db import unit_of_work
    from privacy.evidence import service as evidence

    wanted = [(form, place) for form, place in ((Form.PDF, pdf), (Form.JSON, machine)) if place is not None]
    if not wanted:
        raise click.UsageError("Name a file: --pdf FILE, --machine FILE, or both.")
    for _, place in wanted:
        evidence.ensure_free(place)
    with opened():
        breach_id = breaches.named(number, actor=OPERATOR).id
        with unit_of_work():
            made = [
                breaches.sent_document(breach_id, sent, form, actor=OPERATOR)
                if sent is not None
                else breaches.notification_of(
                    breach_id,
                    form,
                    actor=OPERATOR,
                    phase=Phase(phase) if phase else None,
                    locales=[locale] if locale else [],
                )
                for form in (Form.PDF, Form.JSON)
            ]
    by_form = {one.form: one.content for one in made}
    for form, place in wanted:
        with evidence.private_file(place) as file:
            file.write(by_form[form])
    said = json.loads(by_form[Form.JSON])
    told = {
        "number": said["number"],
        "rehearsal": said["rehearsal"],
        "phase": said["notification"]["phase"],
        "late": said["notification"]["late"],
        "missing_now": [one["field"] for one in said["missing"] if one["now"]],
        "missing_later": [one["field"] for one in said["missing"] if not one["now"]],
        "files": [str(place) for _, place in wanted],
    }
    if as_json:
        print_json(told)
        return
    for _, place in wanted:
        click.echo(f"{place}: {told['phase']} notification of {told['number']}.")
    if told["missing_now"]:
        click.echo(f"Missing in it: {', '.join(told['missing_now'])}.")
    if told["missing_later"]:
        click.echo(f"May follow: {', '.join(told['missing_later'])}.")


@click.command("register")
@click.option("--format", "form", type=click.Choice(["pdf", "csv", "json"]), default="pdf", show_default=True)
@click.option("--since", type=_DAY, metavar="DAY", help="Breaches detected on this day or later.")
@click.option("--until", type=_DAY, metavar="DAY", help="Breaches detected on this day or before.")
@click.option("--rehearsals", is_flag=True, help="Rehearsals too, each marked as one.")
@click.option("--locale", type=_LOCALES, help="Language; by default the programme's first.")
@click.option("-o", "--output", type=_FILE, required=True, help="File to write.")
def register(
    form: str, since: datetime | None, until: datetime | None, rehearsals: bool, locale: str | None, output: Path
) -> None:
    """Write the register of breaches (Art. 33(5)): every one, notified or not. Who takes it is in the log."""
    from privacy.authz.actors import OPERATOR
    from privacy.breach import service as breaches
    from privacy.breach.service import Form
    from privacy.cli.opening import opened
    from privacy.db import unit_of_work
    from privacy.evidence import service as evidence

    evidence.ensure_free(output)
    with opened(), unit_of_work():
        made = breaches.register_of(
            {one.ending: one for one in Form}[form],
            actor=OPERATOR,
            since=since.date() if since else None,
            until=until.date() if until else None,
            rehearsals=rehearsals,
            locales=[locale] if locale else [],
        )
    with evidence.private_file(output) as file:
        file.write(made.content)
    click.echo(f"{output}: {len(made.content)} bytes.")


@click.command("timeline")
@click.argument("number", metavar="BREACH")
@click.option("-o", "--output", type=_FILE, required=True, help="Archive to write.")
@json_option
def timeline(number: str, output: Path, as_json: bool) -> None:
    """Write the course of a breach as evidence: who did what and when, each event with its proof.

    It verifies without this service, with privacy-verify and the log's key. It holds no word that was written about
    the breach and nobody's data.
    """
    from privacy.audit import service as audit
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.db import unit_of_work
    from privacy.evidence import service as evidence

    evidence.ensure_free(output)
    with opened() as config:
        audit.settle(audit.Anchor(config.anchor_path), seconds=_PATIENCE)
        made = evidence.make_timeline(number, actor=OPERATOR, seconds=_PATIENCE)
        with unit_of_work():
            evidence.record_timeline(made, actor=OPERATOR)
    with evidence.private_file(output) as file:
        file.write(made.content)
    if as_json:
        told = {"file": str(output), "sha256": made.sha256, "events": made.events, "log_size": made.size}
        print_json({"number": made.number, **told})
    else:
        click.echo(f"{made.events} events of {made.number} written to {output}.")
