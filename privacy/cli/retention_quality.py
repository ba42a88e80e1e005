"""`privacy retention quality ...`: contacts that may be wrong, and people who may be one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from privacy.cli.output import json_option, print_json, print_table

if TYPE_CHECKING:
    from privacy.retention.service import FindingView

#: As `FindingKind` and `Decision` have them: no model is imported to show a help text.
_KINDS = ("bounced", "unconfirmed", "old", "same_phone", "same_address", "like_email")
_DECISIONS = ("merge", "different", "ignore")


@click.group("quality")
def command() -> None:
    """Upkeep of data: contacts that may be wrong, and people who may be one."""


@command.command("list")
@click.option("--kind", type=click.Choice(_KINDS), help="Only these.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@json_option
def list_(kind: str | None, limit: int, as_json: bool) -> None:
    """Show what waits for a decision; people by id, contacts masked."""
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.retention import service as retention

    with opened():
        kinds = [retention.FindingKind(kind)] if kind else []
        found = [_shown(one) for one in retention.findings(realm=OPERATOR.realm, kinds=kinds, limit=limit)]
    if as_json:
        print_json({"findings": found})
        return
    names = ("id", "kind", "subject", "other", "contact", "found_at")
    print_table([name.upper() for name in names], [[one[name] or "-" for name in names] for one in found])


@command.command("decide")
@click.argument("finding", type=click.UUID)
@click.option("--decision", type=click.Choice(_DECISIONS), required=True)
@click.option("--reason", required=True, help="Why; for the log. Name no person in it.")
@json_option
def decide(finding: Any, decision: str, reason: str, as_json: bool) -> None:
    """Merge the two, say that they are different people, or leave it."""
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.db import unit_of_work
    from privacy.retention import service as retention

    with opened():
        with unit_of_work():
            made = retention.decide_finding(finding, retention.Decision(decision), reason=reason, actor=OPERATOR)
        shown = _shown(made)
    if as_json:
        print_json(shown)
        return
    click.echo(f"{shown['kind']}: {shown['state']}")


def _shown(one: FindingView) -> dict[str, Any]:
    from privacy import clock
    from privacy.db import Driver, session
    from privacy.errors import NotFound
    from privacy.subjects import service as subjects

    try:
        [masked] = subjects.masked_value(Driver.of(session()), one.contact_id).values()
    except NotFound:
        masked = ""
    return {
        "id": str(one.id),
        "kind": one.kind.value,
        "state": one.state.value,
        "subject": str(one.subject_id),
        "other": str(one.other_id) if one.other_id else None,
        "contact": masked,
        "found_at": clock.isoformat(one.found_at),
    }
