"""`privacy audit events`: read the log."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from privacy.cli.failures import AS_JSON
from privacy.cli.output import json_option, print_json, print_table
from privacy.cli.person import read_either

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from privacy.audit.service import EventFilter, Reader


@click.command("events")
@click.option(
    "--subject", metavar="REF", callback=read_either, help="About this person, as `privacy subject show` has it."
)
@click.option("--actor", metavar="NAME|ID", help="Caused by this client or member of staff, or `command line`.")
@click.option("--action", help="An action like consent.given, or its beginning up to the dot: consent.")
@click.option("--since", metavar="TIME", help="The first moment that counts. Like 2026-03-03T12:00:00+01:00.")
@click.option("--until", metavar="TIME", help="The first moment that does not count any more.")
@click.option("--object", "about", metavar="TYPE[:ID]", help="About objects of this type, or about this one.")
@click.option("--limit", type=click.IntRange(1), help="At most so many.")
@json_option
@click.option("--jsonl", is_flag=True, help="Print a line of JSON for each event.")
@click.pass_context
def command(ctx: click.Context, /, *, limit: int | None, as_json: bool, jsonl: bool, **asked: str | None) -> None:
    """Show events of the audit log, in its order: what was done, when, by whom, to what.

    An event without a number waits for its place in the log; one that is erased keeps its place and says nothing.
    """
    from privacy.audit import service as audit
    from privacy.audit.event_routes import directory
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.programme import service as programmes

    ctx.meta[AS_JSON] = as_json or jsonl
    with opened():
        reader = audit.Reader(directory(), OPERATOR)
        wanted = _filter(asked, reader, programmes.current().zone)
        _print(islice(reader.every(wanted), limit), as_json=as_json, jsonl=jsonl)


def _filter(asked: Mapping[str, str | None], reader: Reader, zone: ZoneInfo) -> EventFilter:
    from privacy.audit import service as audit
    from privacy.claims import read_claim

    subject, actor, about = asked["subject"], asked["actor"], asked["about"]
    moments = {
        name: None if (text := asked[name]) is None else read_claim(text, zone, name).start
        for name in ("since", "until")
    }
    kind, _, object_id = about.partition(":") if about is not None else (None, "", "")
    return audit.EventFilter(
        subjects=None if subject is None else reader.subjects(subject),
        actor_id=None if actor is None else _actor(actor),
        action=asked["action"],
        object_type=kind,
        object_ids=reader.objects(kind, object_id) if kind is not None and object_id else None,
        since=moments["since"],
        until=moments["until"],
    )


def _print(entries: Iterable[dict[str, Any]], *, as_json: bool, jsonl: bool) -> None:
    if jsonl:
        for entry in entries:
            click.echo(json.dumps(entry, ensure_ascii=False))
    elif as_json:
        print_json({"events": list(entries)})
    else:
        print_table(("number", "at", "action", "by", "object", "details"), map(_cells, entries))


def _cells(entry: dict[str, Any]) -> tuple[str, ...]:
    actor, about = entry["actor"], entry["object"]
    details = "(erased)" if entry["erased"] else ", ".join(f"{k}: {v}" for k, v in entry["details"].items())
    return (
        "waits" if entry["sequence_number"] is None else str(entry["sequence_number"]),
        entry["at"] or "",
        entry["action"] or "",
        "" if actor is None else actor["name"] or actor["id"],
        "" if about is None else f"{about['type']}:{about['id']}",
        details,
    )


def _actor(text: str) -> UUID:
    from privacy.access import service as access
    from privacy.errors import InvalidInput

    try:
        return UUID(text)
    except ValueError:
        found = access.principal_named(text)
    if found is None:
        raise InvalidInput.of("actor", "There is no client and no member of staff of that name.")
    return found
