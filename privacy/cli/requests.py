"""`privacy requests ...`: requests of data subjects, from receipt to answer."""

from __future__ import annotations

import click

from privacy.cli.lazy import LazyGroup

#: Command -> where it is, imported at first use.
_COMMANDS: dict[str, str] = {
    "open": "privacy.cli.requests_open",
    "import-mail": "privacy.cli.requests_mail",
    "list": "privacy.cli.requests_list",
    "show": "privacy.cli.requests_show:show",
    "steps": "privacy.cli.requests_show:steps",
    "tasks": "privacy.cli.requests_show:tasks",
    "read": "privacy.cli.requests_show:read",
    "identify": "privacy.cli.requests_steps:identify",
    "clarify": "privacy.cli.requests_steps:clarify",
    "grant": "privacy.cli.requests_decide:grant",
    "refuse": "privacy.cli.requests_decide:refuse",
    "approve": "privacy.cli.requests_decide:approve",
    "extend": "privacy.cli.requests_steps:extend",
    "suspend": "privacy.cli.requests_steps:suspend",
    "resume": "privacy.cli.requests_steps:resume",
    "withdraw": "privacy.cli.requests_steps:withdraw",
    "join": "privacy.cli.requests_steps:join",
    "step": "privacy.cli.requests_steps:step",
    "answer": "privacy.cli.requests_decide:answer",
    "letters": "privacy.cli.requests_letters:letters",
    "letter": "privacy.cli.requests_letters:letter",
    "package": "privacy.cli.requests_package:package",
    "review": "privacy.cli.requests_package:review",
    "decide": "privacy.cli.requests_package:decide",
    "calendar": "privacy.cli.requests_calendar",
    "plan": "privacy.cli.requests_plan",
    "task": "privacy.cli.requests_task",
    "run": "privacy.cli.requests_run",
}


@click.group("requests", cls=LazyGroup, modules=_COMMANDS)
def command() -> None:
    """Requests of data subjects (Art. 12, 15-22), complaints, and letters of authorities and courts.

    A request is named by its number, like 2026/000123, or its id.
    """
