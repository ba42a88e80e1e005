"""`privacy requests task ...`: decide about what waits for a person, so that the execution goes on."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from privacy.cli.output import json_option, print_json, print_table
from privacy.cli.person import read_either, read_secretly
from privacy.cli.requests_page import as_page, number_argument, reason_option, tell

if TYPE_CHECKING:
    from uuid import UUID

_Function = TypeVar("_Function", bound=Callable[..., Any])
#: A form with its files.
_LARGEST = 20_000_000
#: Of a task's id so much is shown, and told apart by.
_SHOWN = 8


@click.group("task")
def command() -> None:
    """Decide about a task that waits for a person, so that the execution goes on.

    `privacy requests tasks NUMBER` lists them. TASK is what it shows first, the end of the task's id.
    """


def shown_id(task_id: str) -> str:
    """The end of a task's id, by which people name it: the beginnings are all alike."""
    return task_id[-_SHOWN:]


def _of_a_task(function: _Function) -> _Function:
    return number_argument(click.argument("task", metavar="TASK")(json_option(function)))


@command.command("open")
@_of_a_task
def open_(number: str, task: str, as_json: bool) -> None:
    """Print what TASK looks for and which rows are doubtful; the log tells that it was read."""
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.db import unit_of_work
    from privacy.dsar import service as dsar
    from privacy.dsar import shown

    with opened(), unit_of_work():
        row = dsar.named(number, actor=OPERATOR)
        page = as_page(shown.opened_task(dsar.open_task(row.id, _task_id(row, task), actor=OPERATOR)))
    if as_json:
        print_json(page)
        return
    facts = {name: page["task"][name] for name in ("kind", "system", "place", "state", "failure")}
    for name, value in (facts | {name: page[name] for name in ("who", "instructions", "proposed_limit")}).items():
        if value:
            click.echo(f"{name.replace('_', ' '):<16}{value}")
    for name, values in page["asked"].items():
        click.echo(f"{'looks for':<16}{name}: {', '.join(map(str, values))}")
    if page["doubtful"]:
        click.echo("")
        told = [json.dumps(one["row"], ensure_ascii=False) for one in page["doubtful"]]
        print_table(("ROW", "HOLDS"), zip((one["id"] for one in page["doubtful"]), told, strict=True))


@command.command("form")
@_of_a_task
@click.option("--statement", callback=read_either, help="What was looked at or done, and how. `-`: one line of input.")
@click.option("--could-not", is_flag=True, help="It could not be done; the statement says why.")
@click.option("--file", "files", multiple=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--form", type=click.Choice(["-"]), help="`-`: JSON instead, with statement, rows, deleted, changed.")
def form(
    number: str,
    task: str,
    as_json: bool,
    statement: str | None,
    could_not: bool,
    files: tuple[Path, ...],
    form: str | None,
) -> None:
    """File what was found or done in a system that only a person can look into."""
    import msgspec

    from privacy import clock
    from privacy.authz.actors import OPERATOR
    from privacy.dsar import service as dsar
    from privacy.dsar.execution.schemas import FormIn
    from privacy.http.reading import decode

    if (form is None) == (statement is None):
        raise click.UsageError("Give --statement, or --form - with JSON on standard input.")
    raw = sys.stdin.buffer.read(_LARGEST) if form else msgspec.json.encode(_filled(statement, could_not, files))
    given = decode(raw, FormIn, max_bytes=_LARGEST)
    filed = given.filed(OPERATOR.id, clock.micros())
    _decided(number, task, lambda one: dsar.file_form(one, filed, actor=OPERATOR), as_json=as_json)


@command.command("rows")
@_of_a_task
@click.option("--theirs", multiple=True, metavar="ROW", help="It is the person's.")
@click.option("--not-theirs", multiple=True, metavar="ROW", help="It is somebody else's.")
@reason_option
def rows(
    number: str, task: str, as_json: bool, theirs: tuple[str, ...], not_theirs: tuple[str, ...], reason: str | None
) -> None:
    """Say of every doubtful row of TASK whose it is."""
    from privacy.authz.actors import OPERATOR
    from privacy.dsar import service as dsar

    verdicts = dict.fromkeys(theirs, True) | dict.fromkeys(not_theirs, False)
    _decided(
        number,
        task,
        lambda one: dsar.decide_rows(one, verdicts, actor=OPERATOR, reason=reason or ""),
        as_json=as_json,
    )


@command.command("allow")
@_of_a_task
@click.option("--limit", required=True, type=click.IntRange(1, 10_000_000), help="How many rows one person may have.")
@click.option("--key", callback=read_secretly, help="`-`: the second person's own key, on standard input.")
@reason_option
def allow(number: str, task: str, as_json: bool, limit: int, key: str | None, reason: str | None) -> None:
    """Allow TASK more rows than are expected of one person; a second person says the same by their own key."""
    from privacy.access import service as access
    from privacy.authz.actors import OPERATOR
    from privacy.authz.permissions import Permission
    from privacy.db import Driver, session
    from privacy.dsar import service as dsar

    def change(task_id: UUID) -> None:
        actor = OPERATOR
        if key is not None:
            actor = access.authenticate(key, Driver.of(session()))
            actor.require(Permission.APPROVALS_GIVE)
        dsar.allow_rows(task_id, limit, actor=actor, reason=reason or "")

    _decided(number, task, change, as_json=as_json)


@command.command("again")
@_of_a_task
@reason_option
def again(number: str, task: str, as_json: bool, reason: str | None) -> None:
    """Have TASK done again, which was given up or refused."""
    from privacy.authz.actors import OPERATOR
    from privacy.dsar import service as dsar

    _decided(number, task, lambda one: dsar.try_again(one, actor=OPERATOR, reason=reason), as_json=as_json)


@command.command("except")
@_of_a_task
@reason_option
def except_(number: str, task: str, as_json: bool, reason: str | None) -> None:
    """Decide that TASK is not done. The person reads the reason in the answer."""
    from privacy.authz.actors import OPERATOR
    from privacy.dsar import service as dsar

    _decided(number, task, lambda one: dsar.except_task(one, actor=OPERATOR, reason=reason or ""), as_json=as_json)


@command.command("tell")
@_of_a_task
@click.option("--to", required=True, callback=read_either, help="The recipient's e-mail address, or `-`.")
@click.option("--what", required=True, callback=read_either, help="What is to be done there, or `-`.")
@click.option("--whom", required=True, callback=read_secretly, help="`-`: by what it knows the person.")
def tell_(number: str, task: str, as_json: bool, to: str, what: str, whom: str) -> None:
    """Write to the recipient of TASK that data were corrected, erased or restricted (Art. 19)."""
    from privacy.authz.actors import OPERATOR
    from privacy.dsar import service as dsar

    _decided(
        number,
        task,
        lambda one: dsar.tell_recipient(one, to, what=what, whom=whom, actor=OPERATOR),
        as_json=as_json,
    )


@command.command("answered")
@_of_a_task
@click.option("--answer", required=True, callback=read_either, help="In words, or `-`: one line of standard input.")
def answered(number: str, task: str, as_json: bool, answer: str) -> None:
    """Keep what the recipient of TASK answered, or how it was told in another way."""
    from privacy.authz.actors import OPERATOR
    from privacy.dsar import service as dsar

    _decided(number, task, lambda one: dsar.record_answer(one, answer, actor=OPERATOR), as_json=as_json)


def _filled(statement: str | None, could_not: bool, files: tuple[Path, ...]) -> dict[str, Any]:
    found = [{"name": path.name, "content": base64.b64encode(path.read_bytes()).decode()} for path in files]
    return {"statement": statement, "could": not could_not, "files": found}


def _decided(number: str, task: str, change: Callable[[UUID], object], *, as_json: bool) -> None:
    """Decide about a task in one unit of work, and print how the request then stands."""
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.db import unit_of_work
    from privacy.dsar import service as dsar

    with opened():
        with unit_of_work():
            change(_task_id(dsar.named(number, actor=OPERATOR), task))
        tell(dsar.named(number, actor=OPERATOR), as_json=as_json)


def _task_id(row: Any, text: str) -> UUID:
    from privacy.dsar import service as dsar
    from privacy.dsar.failures import TaskNotFound
    from privacy.errors import InvalidInput

    found: list[UUID] = [one.id for one in dsar.tasks(row) if str(one.id).endswith(text.lower())]
    if not found:
        raise TaskNotFound("The request has no such task. See them: privacy requests tasks NUMBER")
    if len(found) > 1:
        raise InvalidInput.of("task", "Several tasks end like this: give more of the id.")
    return found[0]
