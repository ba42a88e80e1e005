"""`privacy consent ...`: whether the facts agree with the acts, which acts wait for a review, receipts."""

from __future__ import annotations

import click

from privacy.cli import consent_receipt, consent_statistics
from privacy.cli.output import json_option, print_json, print_table

DIFFERS = 1


@click.group("consent")
def command() -> None:
    """The records of consent."""


command.add_command(consent_receipt.command)
command.add_command(consent_statistics.command)


@command.command("verify")
@json_option
def verify(as_json: bool) -> None:
    """Recompute everybody's facts from the acts and compare. Exit code 0 where they agree, 1 where not."""
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.consent import service as consent
    from privacy.subjects import service as subjects

    seen, findings = 0, []
    with opened():
        for number, found in consent.verify():
            seen += number
            for finding in found:
                reference = subjects.hide_subject(OPERATOR, finding.subject_id)
                findings.append(
                    {
                        "subject_ref": reference,
                        "purpose": finding.purpose,
                        "channel": finding.channel,
                        "problem": finding.problem,
                    }
                )
    if as_json:
        print_json({"ok": not findings, "subjects": seen, "findings": findings})
    else:
        for each in findings:
            click.echo(f"{each['subject_ref']} {each['purpose']} {each['channel']}: {each['problem']}")
        click.echo(f"{seen} people compared, {len(findings)} differences.")
    raise click.exceptions.Exit(DIFFERS if findings else 0)


@command.command("queue")
@json_option
def queue(as_json: bool) -> None:
    """Count the acts without effect by reason and source, so that nobody loses consents unnoticed."""
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.consent import service as consent
    from privacy.programme import service as programmes

    with opened():
        queued = consent.without_effect(realm=OPERATOR.realm.value, programme=programmes.current())
    if as_json:
        print_json([{"reason": q.reason.value, "source": q.source_system, "acts": q.acts} for q in queued])
    else:
        print_table(("acts", "reason", "source"), [(q.acts, q.reason.value, q.source_system) for q in queued])
