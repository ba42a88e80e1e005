"""`privacy retention run ...`: disposal runs, from what is due to the certificate of what went."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from privacy.cli.output import json_option, print_json, print_lines, print_table
from privacy.cli.person import read_either, read_secretly

if TYPE_CHECKING:
    from uuid import UUID

#: Seconds to wait for the log.
_PATIENCE = 15.0
_number = click.argument("number", metavar="NUMBER")
_work = click.option("--wait", is_flag=True, help="Do now what the worker would do, until nothing is due.")


@click.group("run")
def command() -> None:
    """Disposal runs. A run is named by its number, like D-2026-0001, or its id."""


@command.command("prepare")
@click.option("--rule", "rules", multiple=True, metavar="CODE", help="Only by this rule; repeat it for several.")
@click.option("--system", "systems", multiple=True, metavar="CODE", help="Only in this system; `privacy` is our own.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day; by default today.")
@_work
@json_option
def prepare(
    *, rules: tuple[str, ...], systems: tuple[str, ...], as_of: datetime | None, wait: bool, as_json: bool
) -> None:
    """Prepare a run: what is due is counted, and nothing changes."""
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.db import unit_of_work
    from privacy.retention import service as retention

    chosen = retention.Chosen(rules, systems)
    with opened():
        with unit_of_work():
            run_id = retention.prepare_run(chosen, actor=OPERATOR, as_of=as_of.date() if as_of else None).id
        _carry_out(wait)
        _tell(run_id, as_json=as_json)


@command.command("list")
@json_option
def listed(*, as_json: bool) -> None:
    """List the newest runs."""
    import msgspec

    from privacy.cli.opening import opened
    from privacy.retention import service as retention
    from privacy.retention.runs.schemas import run_summary

    with opened():
        found = [run_summary(row) for row in retention.listed_runs()]
    if as_json:
        print_json([msgspec.to_builtins(one) for one in found])
        return
    print_table(("NUMBER", "STATE", "AS OF", "ENDED"), ((o.number, o.state, o.as_of, o.ended_at or "") for o in found))


@command.command("show")
@_number
@json_option
def show(*, number: str, as_json: bool) -> None:
    """Show the run NUMBER: what was counted, what is done, what stays and why."""
    from privacy.cli.opening import opened
    from privacy.retention import service as retention

    with opened():
        _tell(retention.run_named(number), as_json=as_json)


@command.command("preview")
@_number
@_work
@json_option
def preview(*, number: str, wait: bool, as_json: bool) -> None:
    """Count the run NUMBER anew by today's programme; who agreed before has to agree again."""
    from privacy.retention import service as retention

    _changed(number, retention.preview_run, wait=wait, as_json=as_json)


@command.command("approve")
@_number
@click.option("--preview", required=True, help="The preview that was looked at, as `show` prints it.")
@click.option("--key", callback=read_secretly, help="`-`: a member of staff's own key, on standard input.")
@json_option
def approve(*, number: str, preview: str, key: str | None, as_json: bool) -> None:
    """Agree to exactly what the run NUMBER has counted.

    Whoever runs the command line is one person; a second one is known by their own key.
    """
    from privacy.access import service as access
    from privacy.authz.actors import Actor
    from privacy.authz.permissions import Permission
    from privacy.db import Driver, session
    from privacy.retention import service as retention

    def change(run_id: UUID, *, actor: Actor) -> Any:
        if key is not None:
            actor = access.authenticate(key, Driver.of(session()))
            actor.require(Permission.RETENTION_APPROVE)
        return retention.approve_run(run_id, preview=preview, actor=actor)

    _changed(number, change, wait=False, as_json=as_json)


@command.command("start")
@_number
@_work
@json_option
def start(*, number: str, wait: bool, as_json: bool) -> None:
    """Have the run NUMBER carried out, or go on after a stop."""
    from privacy.retention import service as retention

    _changed(number, retention.start_run, wait=wait, as_json=as_json)


@command.command("stop")
@_number
@json_option
def stop(*, number: str, as_json: bool) -> None:
    """Stop the run NUMBER: what is not final in its system by now is taken back."""
    from privacy.retention import service as retention

    _changed(number, retention.stop_run, wait=False, as_json=as_json)


@command.command("cancel")
@_number
@json_option
def cancel(*, number: str, as_json: bool) -> None:
    """Give up the run NUMBER; what was done until now stays in its account."""
    from privacy.retention import service as retention

    _changed(number, retention.cancel_run, wait=False, as_json=as_json)


@command.command("by-hand")
@_number
@click.argument("part", metavar="PART", type=click.UUID)
@click.option("--deleted", type=click.IntRange(0), default=0, help="Rows that were deleted.")
@click.option("--changed", type=click.IntRange(0), default=0, help="Rows that were changed.")
@click.option("--statement", callback=read_either, required=True, help="What was done. `-`: one line of input.")
@json_option
def by_hand(*, number: str, part: UUID, deleted: int, changed: int, statement: str, as_json: bool) -> None:
    """Say of a PART of the run NUMBER what was done in a system that only a person looks after."""
    from privacy.authz.actors import Actor
    from privacy.retention import service as retention

    def change(run_id: UUID, *, actor: Actor) -> Any:
        return retention.state_by_hand(run_id, part, retention.RunStatement(deleted, changed, statement), actor=actor)

    _changed(number, change, wait=False, as_json=as_json)


@command.command("review")
@_number
@click.argument("part", metavar="PART", type=click.UUID)
@click.option("--erase", is_flag=True, help="They go with this run.")
@click.option("--keep-until", type=click.DateTime(["%Y-%m-%d"]), help="They stay; the last day for which that holds.")
@click.option("--reason", callback=read_either, required=True, help="Why. `-`: one line of input.")
@_work
@json_option
def review(
    *, number: str, part: UUID, erase: bool, keep_until: datetime | None, reason: str, wait: bool, as_json: bool
) -> None:
    """Decide about the rows of a PART of the run NUMBER that a rule wants reviewed, before it is started."""
    from privacy.authz.actors import Actor
    from privacy.retention import service as retention

    if erase == (keep_until is not None):
        raise click.UsageError("Say either --erase or --keep-until.")
    choice = retention.ReviewChoice.ERASE if erase else retention.ReviewChoice.KEEP
    decided = retention.Review(choice, reason, keep_until.date() if keep_until else None)

    def change(run_id: UUID, *, actor: Actor) -> Any:
        return retention.review_run_part(run_id, part, decided, actor=actor)

    _changed(number, change, wait=wait, as_json=as_json)


@command.command("again")
@_number
@click.argument("part", metavar="PART", type=click.UUID)
@_work
@json_option
def again(*, number: str, part: UUID, wait: bool, as_json: bool) -> None:
    """Try a PART of the run NUMBER again whose system failed for good."""
    from privacy.authz.actors import Actor
    from privacy.retention import service as retention

    def change(run_id: UUID, *, actor: Actor) -> Any:
        return retention.try_part_again(run_id, part, actor=actor)

    _changed(number, change, wait=wait, as_json=as_json)


@command.command("certificate")
@_number
@click.option("--pdf", is_flag=True, help="As PDF, for people; otherwise JSON.")
@click.option("--locale", type=click.Choice(["pl", "en", "hr"]), help="Language; by default the programme's first.")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file to write."
)
def certificate(*, number: str, pdf: bool, locale: str | None, output: Path) -> None:
    """Write the certificate of the run NUMBER, which has ended: signed, and proven by the log."""
    from privacy.audit import service as audit
    from privacy.cli.opening import opened
    from privacy.db import end_read
    from privacy.evidence import service as evidence
    from privacy.retention import service as retention

    evidence.ensure_free(output)
    with opened() as config:
        run_id = retention.run_named(number)
        end_read()
        audit.settle(audit.Anchor(config.anchor_path), seconds=_PATIENCE)
        made = retention.certificate_of_run(
            run_id,
            retention.CertificateForm.PDF if pdf else retention.CertificateForm.JSON,
            locales=[locale] if locale else [],
            base_url=config.base_url,
        )
    with evidence.private_file(output) as file:
        file.write(made.content)
    click.echo(f"{output}: {len(made.content)} bytes.")


def _changed(number: str, change: Callable[..., Any], *, wait: bool, as_json: bool) -> None:
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.db import unit_of_work
    from privacy.retention import service as retention

    with opened():
        with unit_of_work():
            run_id = retention.run_named(number)
            change(run_id, actor=OPERATOR)
        _carry_out(wait)
        _tell(run_id, as_json=as_json)


def _carry_out(wait: bool) -> None:
    from flask import current_app

    from privacy.retention import service as retention

    if wait:
        retention.run_disposals(current_app.app_context)


def _tell(run_id: UUID, *, as_json: bool) -> None:
    """Print how a run stands."""
    import msgspec

    from privacy.db import end_read
    from privacy.retention import service as retention
    from privacy.retention.runs.schemas import run_out

    end_read()
    page = msgspec.to_builtins(run_out(retention.view_run(run_id)))
    if as_json:
        print_json(page)
        return
    click.echo(f"{page['number']}: {page['state']}, as of {page['as_of']}.")
    if page["preview"] is not None:
        click.echo(f"Preview {page['preview']}; {page['agreed']} of {page['approvals']} agreed.")
    print_table(("SYSTEM", "WHAT", "STATE", "COUNTED", "DONE", "STAYS", "PART"), map(_row, page["parts"]))
    print_lines(_stays(page))


def _row(part: dict[str, Any]) -> tuple[object, ...]:
    counted = "by hand" if part["way"] == "by_hand" else _total(part["counted"])
    state = part["state"] if part["failure"] is None else f"{part['state']} ({part['failure']})"
    stays = sum((part["done"]["stays"] or part["counted"]["stays"]).values())
    return part["system"], part["place"], state, counted, _total(part["done"]), stays, part["id"]


def _total(counts: dict[str, dict[str, int]]) -> int:
    return sum(counts["deleted"].values()) + sum(counts["changed"].values())


def _stays(page: dict[str, Any]) -> list[str]:
    some = page["done"] if page["started_at"] is not None else page["counted"]
    lines = [f"Stays: {rows} {why.replace('_', ' ')}." for why, rows in some["stays"].items()]
    return lines + [f"Held by {number}: {rows}." for number, rows in some["holds"].items()]
