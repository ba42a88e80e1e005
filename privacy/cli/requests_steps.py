"""`privacy requests identify`, `clarify`, `extend`, ...: the steps that bring a request to its decision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from privacy.cli.output import json_option
from privacy.cli.person import naming, person_options
from privacy.cli.requests_page import changed, number_argument, reason_option

if TYPE_CHECKING:
    from uuid import UUID


@click.command("identify")
@number_argument
@person_options
@click.option("--proof", default="decided", show_default=True, help="How: none, control, account, decided.")
@click.option("--confirmed", multiple=True, metavar="KIND", help="An identifier of the request that the proof covers.")
@reason_option
@json_option
def identify(
    number: str, proof: str, confirmed: tuple[str, ...], reason: str | None, as_json: bool, **person: str | None
) -> None:
    """Say who is meant in the request NUMBER, and by which proof.

    Without a person named, whom the request's own identifiers name. Of these only those stay that our records hold for
    the person, or that --confirmed names.
    """
    from privacy.authz.actors import OPERATOR
    from privacy.dsar import service as dsar
    from privacy.dsar.service import ProofLevel, Role
    from privacy.errors import InvalidInput
    from privacy.programme import service as programmes

    if proof not in set(ProofLevel):
        raise InvalidInput.of("proof", f"Use one of: {', '.join(ProofLevel)}.")

    def change(request_id: UUID) -> Any:
        whose = naming(programmes.current(), person) if any(person.values()) else None
        return dsar.identify(
            request_id,
            ProofLevel(proof),
            Role.STAFF,
            actor=OPERATOR,
            subject=whose,
            confirmed=confirmed or None,
            reason=reason,
        )

    changed(number, change, as_json=as_json)


@click.command("clarify")
@number_argument
@reason_option
@json_option
def clarify(number: str, reason: str | None, as_json: bool) -> None:
    """The person has said which data are meant in the request NUMBER."""
    _take(number, "clarify", reason, as_json=as_json)


@click.command("withdraw")
@number_argument
@reason_option
@json_option
def withdraw(number: str, reason: str | None, as_json: bool) -> None:
    """The person takes the request NUMBER back. Say in the reason how they said so."""
    from privacy.authz.actors import OPERATOR
    from privacy.dsar import service as dsar

    changed(
        number,
        lambda request_id: dsar.withdraw(request_id, dsar.Role.STAFF, actor=OPERATOR, reason=reason),
        as_json=as_json,
    )


@click.command("extend")
@number_argument
@reason_option
@json_option
def extend(number: str, reason: str | None, as_json: bool) -> None:
    """Take two further months for the request NUMBER; the person is told the reason (Art. 12(3))."""
    _take(number, "extend", reason, as_json=as_json)


@click.command("suspend")
@number_argument
@reason_option
@json_option
def suspend(number: str, reason: str | None, as_json: bool) -> None:
    """Record that the time of the request NUMBER stands, and why. The day that is worked to stays."""
    _take(number, "suspend", reason, as_json=as_json)


@click.command("resume")
@number_argument
@reason_option
@json_option
def resume(number: str, reason: str | None, as_json: bool) -> None:
    """Record that the time of the request NUMBER runs again."""
    _take(number, "resume", reason, as_json=as_json)


@click.command("join")
@number_argument
@click.argument("earlier", metavar="EARLIER")
@reason_option
@json_option
def join(number: str, earlier: str, reason: str | None, as_json: bool) -> None:
    """End the request NUMBER because the same person asked the same in EARLIER, which goes on."""
    from privacy.authz.actors import OPERATOR
    from privacy.dsar import service as dsar

    def change(request_id: UUID) -> Any:
        before = dsar.named(earlier, actor=OPERATOR).id
        return dsar.join(request_id, before, actor=OPERATOR, reason=reason)

    changed(number, change, as_json=as_json)


@click.command("step")
@number_argument
@click.argument("step", metavar="STEP")
@reason_option
@json_option
def step(number: str, step: str, reason: str | None, as_json: bool) -> None:
    """Take another STEP of the request NUMBER.

    ask-identity, doubt-identity, give-up-identity, ask-clarification, execute-again, finish-review, reopen, note,
    disapprove, tell-of-lifting, lift-restriction.
    """
    _take(number, step, reason, as_json=as_json)


def _take(number: str, step: str, reason: str | None, *, as_json: bool) -> None:
    from privacy.authz.actors import OPERATOR
    from privacy.dsar import service as dsar

    changed(number, lambda one: dsar.take(one, step, actor=OPERATOR, reason=reason), as_json=as_json)
