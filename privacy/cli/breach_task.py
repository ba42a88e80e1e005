"""`privacy breach task add|assign|done|drop`: what is to be done about a breach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from privacy.cli.breach_page import changed, moment, number_argument, reason_option
from privacy.cli.output import json_option

if TYPE_CHECKING:
    from uuid import UUID

_task = click.argument("task", type=click.IntRange(1), metavar="TASK")
_owner = click.option("--owner", metavar="NAME", help="The member of staff who does it.")


@click.group("task")
def command() -> None:
    """Add tasks to a breach, say who does them, and end them. `privacy breach tasks` lists them."""


@command.command("add")
@number_argument
@click.argument("title")
@click.option("--due-at", required=True, metavar="TIME", help="Until when.")
@_owner
@json_option
def add(number: str, title: str, due_at: str, owner: str | None, as_json: bool) -> None:
    """Add a task, TITLE, to the breach NUMBER."""
    from privacy.authz.actors import OPERATOR
    from privacy.breach import service as breach

    def change(breach_id: UUID) -> Any:
        return breach.add_task(breach_id, title, moment(due_at, "due_at") or 0, actor=OPERATOR, owner=owner)

    changed(number, change, as_json=as_json)


@command.command("assign")
@number_argument
@_task
@_owner
@click.option("--due-at", metavar="TIME", help="Until when; wants a reason.")
@reason_option
@json_option
def assign(number: str, task: int, owner: str | None, due_at: str | None, reason: str | None, as_json: bool) -> None:
    """Say who does the TASK of the breach NUMBER, or until when."""
    from privacy.authz.actors import OPERATOR
    from privacy.breach import service as breach

    def change(breach_id: UUID) -> Any:
        until = moment(due_at, "due_at")
        return breach.assign_task(breach_id, task, actor=OPERATOR, owner=owner, due_at=until, reason=reason)

    changed(number, change, as_json=as_json)


@command.command("done")
@number_argument
@_task
@reason_option
@json_option
def done(number: str, task: int, reason: str | None, as_json: bool) -> None:
    """The TASK of the breach NUMBER is done."""
    _end(number, task, "done", reason, as_json=as_json)


@command.command("drop")
@number_argument
@_task
@reason_option
@json_option
def drop(number: str, task: int, reason: str | None, as_json: bool) -> None:
    """The TASK of the breach NUMBER is not needed; say why."""
    _end(number, task, "dropped", reason, as_json=as_json)


def _end(number: str, task: int, state: str, reason: str | None, *, as_json: bool) -> None:
    from privacy.authz.actors import OPERATOR
    from privacy.breach import service as breach
    from privacy.breach.service import TaskState

    changed(
        number,
        lambda one: breach.end_task(one, task, TaskState(state), actor=OPERATOR, reason=reason),
        as_json=as_json,
    )
