"""`privacy outbox list`: messages and what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from privacy.cli.output import json_option, print_json, print_table

if TYPE_CHECKING:
    from privacy.outbox.service import MessageView


@click.command("list")
@click.option("--failures", is_flag=True, help="Only those that were refused, expired, or of which nobody knows.")
@click.option("--waiting", is_flag=True, help="Only those that wait.")
@click.option("--kind", type=click.Choice(["email", "sms", "post"]), help="Only messages of this kind.")
@json_option
def command(failures: bool, waiting: bool, kind: str | None, as_json: bool) -> None:
    """The newest messages first, 200 at most: ids, kinds, states and codes, no addresses and no texts."""
    from privacy.cli.opening import opened
    from privacy.outbox import service as outbox
    from privacy.outbox.service import MessageKind, MessageState

    states = {state for state in MessageState if (failures and state.failed)}
    states |= {MessageState.PENDING, MessageState.SENDING} if waiting else set()
    with opened():
        found = outbox.messages(states=states, kinds=[MessageKind(kind)] if kind else [])
    facts = [facts_of(one) for one in found]
    if as_json:
        print_json(facts)
        return
    head = ("id", "kind", "template", "state", "attempts", "created_at", "failure")
    print_table(head, ([one[name] if one[name] is not None else "" for name in head] for one in facts))


def facts_of(seen: MessageView) -> dict[str, Any]:
    """One message as JSON."""
    from privacy import clock

    times = {
        name: clock.isoformat(value) if (value := getattr(seen, name)) is not None else None
        for name in ("created_at", "not_after", "attempted_at", "next_at", "sent_at")
    }
    return {
        "id": str(seen.id),
        "kind": seen.kind.value,
        "template": seen.template,
        "locale": seen.locale,
        "owner": str(seen.owner_id),
        "state": seen.state.value,
        "attempts": seen.attempts,
        "failure": seen.failure,
        "posted_by": str(seen.posted_by) if seen.posted_by else None,
    } | times
