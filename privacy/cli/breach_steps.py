"""`privacy breach facts`, `aware`, `notified`, `step`: what brings a breach on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from privacy.cli.breach_page import changed, moment, number_argument, read_object, reason_option
from privacy.cli.output import json_option

if TYPE_CHECKING:
    from uuid import UUID


@click.command("facts")
@number_argument
@reason_option
@json_option
def facts(number: str, reason: str | None, as_json: bool) -> None:
    """Record what more is known of the breach NUMBER: JSON on standard input, by section; null forgets a field."""
    from privacy.authz.actors import OPERATOR
    from privacy.breach import service as breach

    given = read_object()
    changed(number, lambda one: breach.add_facts(one, given, actor=OPERATOR, reason=reason), as_json=as_json)


@click.command("aware")
@number_argument
@click.option("--at", metavar="TIME", help="Since when; without it, since the processor told it, or now.")
@click.option("--correct", is_flag=True, help="Correct a moment that is recorded: its times move, and the log says so.")
@reason_option
@json_option
def aware(number: str, at: str | None, correct: bool, reason: str | None, as_json: bool) -> None:
    """Record since when the controller is aware of the breach NUMBER, and why then: the hours run from there.

    That is when it is reasonably certain that personal data are compromised. An hour that came twice, when the clocks
    were set back, is given with its offset: 2026-10-25T02:30+02:00.
    """
    from privacy.authz.actors import OPERATOR
    from privacy.breach import service as breach
    from privacy.errors import InvalidInput

    if correct and at is None:
        raise InvalidInput.of("at", "Say since when.")

    def change(breach_id: UUID) -> Any:
        since = moment(at, "aware_at")
        if correct and since is not None:
            return breach.correct_awareness(breach_id, actor=OPERATOR, reason=reason or "", aware_at=since)
        return breach.become_aware(breach_id, actor=OPERATOR, reason=reason or "", aware_at=since)

    changed(number, change, as_json=as_json)


@click.command("detected")
@number_argument
@click.option("--at", required=True, metavar="TIME", help="When it was noticed.")
@reason_option
@json_option
def detected(number: str, at: str, reason: str | None, as_json: bool) -> None:
    """Correct when the breach NUMBER was noticed: its times move, and the log says so."""
    from privacy.authz.actors import OPERATOR
    from privacy.breach import service as breach

    def change(breach_id: UUID) -> Any:
        noticed = moment(at, "detected_at") or 0
        return breach.correct_detection(breach_id, actor=OPERATOR, reason=reason or "", detected_at=noticed)

    changed(number, change, as_json=as_json)


@click.command("notified")
@number_argument
@click.option("--kind", default="initial", show_default=True, help="initial, supplementary, complete, withdrawal, ...")
@click.option("--way", help="biznes_gov, e_delivery, epuap, post, email, telephone, another.")
@click.option("--at", metavar="TIME", help="When it was sent; without it, now.")
@click.option("--clock", default="authority", show_default=True, help="Whose clock: see `privacy breach clocks`.")
@click.option("--reference", help="The reference that the authority gave.")
@reason_option
@json_option
def notified(  # one for each option
    number: str,
    kind: str,
    way: str | None,
    at: str | None,
    clock: str,
    reference: str | None,
    reason: str | None,
    as_json: bool,
) -> None:
    """Record what was told of the breach NUMBER to the authority, or to another who has a clock.

    --kind receipt records their answer with its --reference, not_needed that another's clock does not apply. A
    notification that is late, withdrawn or not needed wants its --reason.
    """
    from privacy.authz.actors import OPERATOR
    from privacy.breach import service as breach
    from privacy.breach.service import Notice, Notification, Way
    from privacy.errors import InvalidInput

    if kind not in set(Notice):
        raise InvalidInput.of("kind", f"Use one of: {', '.join(Notice)}.")
    if way is not None and way not in set(Way):
        raise InvalidInput.of("way", f"Use one of: {', '.join(Way)}.")

    def change(breach_id: UUID) -> Any:
        given = Notification(
            kind=Notice(kind),
            sent_at=moment(at, "sent_at"),
            way=Way(way) if way else None,
            clock=clock,
            reference=reference,
            reasons=reason,
        )
        return breach.record_notification(breach_id, given, actor=OPERATOR)

    changed(number, change, as_json=as_json)


@click.command("step")
@number_argument
@click.argument("step", metavar="STEP")
@reason_option
@json_option
def step(number: str, step: str, reason: str | None, as_json: bool) -> None:
    """Take another STEP of the breach NUMBER: triage, dismiss, contain, communicate, review, close, reopen, note."""
    from privacy.authz.actors import OPERATOR
    from privacy.breach import service as breach

    changed(number, lambda one: breach.take(one, step, actor=OPERATOR, reason=reason), as_json=as_json)
