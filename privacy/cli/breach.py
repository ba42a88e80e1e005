"""`privacy breach ...`: personal data breaches, from the first word to the last lesson."""

from __future__ import annotations

import click

from privacy.cli.lazy import LazyGroup

#: Command -> where it is, imported at first use.
_COMMANDS: dict[str, str] = {
    "open": "privacy.cli.breach_open",
    "list": "privacy.cli.breach_list",
    "show": "privacy.cli.breach_show:show",
    "clocks": "privacy.cli.breach_show:clocks",
    "steps": "privacy.cli.breach_show:steps",
    "tasks": "privacy.cli.breach_show:tasks",
    "read": "privacy.cli.breach_show:read",
    "facts": "privacy.cli.breach_steps:facts",
    "detected": "privacy.cli.breach_steps:detected",
    "aware": "privacy.cli.breach_steps:aware",
    "assess": "privacy.cli.breach_judge:assess",
    "score": "privacy.cli.breach_judge:score",
    "opine": "privacy.cli.breach_judge:opine",
    "decide": "privacy.cli.breach_judge:decide",
    "notified": "privacy.cli.breach_steps:notified",
    "affected": "privacy.cli.breach_affected",
    "communication": "privacy.cli.breach_communication",
    "notification": "privacy.cli.breach_documents:notification",
    "register": "privacy.cli.breach_documents:register",
    "timeline": "privacy.cli.breach_documents:timeline",
    "drill": "privacy.cli.breach_drill",
    "task": "privacy.cli.breach_task",
    "step": "privacy.cli.breach_steps:step",
}


@click.group("breach", cls=LazyGroup, modules=_COMMANDS)
def command() -> None:
    """Personal data breaches: the register, the clocks, the assessment, the notifications (GDPR Art. 33, 34).

    A breach is named by its number, like N-2026-0001, or its id. A rehearsal is DRILL-N-2026-0001.
    """
