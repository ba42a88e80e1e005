"""`privacy staff ...`: people who act for the controller, and what they are authorised for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from privacy.authz.roles import TAKEN_ON_AS, StaffRole
from privacy.cli.output import json_option, print_json, print_table
from privacy.cli.person import read_secretly

if TYPE_CHECKING:
    from privacy.access.service import GrantFacts


@click.group("staff")
def command() -> None:
    """People who act for the controller."""


@command.command("create")
@click.argument("name")
@click.option("--email", required=True, callback=read_secretly, help="`-`: the address is read from standard input.")
@click.option("--role", type=click.Choice(tuple(TAKEN_ON_AS)), default="staff", show_default=True, help="The member's.")
@click.option("--expires-in-days", default=365, show_default=True, help="How long the key lives.")
@json_option
def create(name: str, email: str, role: str, expires_in_days: int, as_json: bool) -> None:
    """Add a member of staff and print the personal key, once: nobody can see it again."""
    from privacy import clock
    from privacy.access import service as access
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.db import unit_of_work
    from privacy.quarantine import mending

    # In quarantine too: without a data protection officer nobody could end it.
    with opened(), mending(), unit_of_work():
        issued = access.create_staff(name, email, actor=OPERATOR, role=role, expires_in_days=expires_in_days)
    if as_json:
        print_json({"staff": issued.name, "key": issued.key})
        return
    click.echo(issued.key)
    click.echo(
        f"The key of {issued.name}, until {clock.isoformat(issued.expires_at)}. It is not shown again.", err=True
    )


@command.command("list")
@json_option
def listed(as_json: bool) -> None:
    """Show who works here, and what each is authorised for."""
    from privacy import clock
    from privacy.access import service as access
    from privacy.cli.opening import opened

    now = clock.micros()
    with opened():
        members, given = access.list_staff(), access.grants()
    told = [
        {
            "staff": one.name,
            "left": one.disabled_at is not None,
            "authorisations": [_told(grant, now) for grant in given if grant.staff_id == one.id],
        }
        for one in members
    ]
    if as_json:
        print_json(told)
        return
    rows = [
        (one["staff"], grant["number"], grant["role"], grant["scope"], grant["until"] or "", grant["state"])
        for one in told
        for grant in one["authorisations"] or [{"number": "", "role": "", "scope": "", "until": "", "state": "none"}]  # type: ignore[attr-defined]  # a list of mappings
    ]
    print_table(("staff", "number", "role", "scope", "until", "state"), rows)


@command.command("grant")
@click.argument("name")
@click.option("--role", required=True, type=click.Choice([role.value for role in StaffRole]), help="What they may do.")
@click.option("--scope", default="all", show_default=True, help="Code of a controller, or `all`.")
@click.option("--days", type=click.IntRange(1, 3650), help="For how many days; without it, until it is ended.")
@click.option("--reason", required=True, help="Why. Name no customer in it.")
@json_option
def grant(name: str, role: str, scope: str, days: int | None, reason: str, as_json: bool) -> None:
    """Authorise the colleague NAME to act in a role."""
    from privacy import clock
    from privacy.access import service as access
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.db import unit_of_work
    from privacy.errors import InvalidInput
    from privacy.programme import service as programmes

    with opened(), unit_of_work():
        if scope != access.EVERY_CONTROLLER and scope not in programmes.current().controllers:
            raise InvalidInput.of("scope", "The programme has no controller of that code.")
        start = clock.micros()
        end = None if days is None else start + days * clock.DAY
        wanted = access.Wanted(StaffRole(role), reason, scope, start, end)
        given = access.grant(access.member(name), wanted, actor=OPERATOR)
    _say(given, as_json=as_json)


@command.command("end-grant")
@click.argument("number", type=click.IntRange(1))
@json_option
def end_grant(number: int, as_json: bool) -> None:
    """End the authorisation NUMBER at once, and every session of its holder."""
    from privacy.access import service as access
    from privacy.access.failures import GrantNotFound
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.db import unit_of_work

    with opened(), unit_of_work():
        grant_id: UUID | None = next((one.id for one in access.grants() if one.number == number), None)
        if grant_id is None:
            raise GrantNotFound
        ended = access.end_grant(grant_id, actor=OPERATOR)
    _say(ended, as_json=as_json)


@command.command("invite")
@click.argument("name")
@click.option("--locale", type=click.Choice(("pl", "en", "hr")), default="pl", show_default=True, help="Of the letter.")
@json_option
def invite(name: str, locale: str, as_json: bool) -> None:
    """Print a code with which the colleague NAME sets a password and a second factor; it goes by mail as well.

    For who is new, and for who has lost everything: a password and factors that are there stay until the code is used.
    """
    from privacy import clock
    from privacy.access import service as access
    from privacy.access.sign_in import service as sign_in
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.db import unit_of_work

    with opened() as config:
        address = f"{config.base_url}/console/begin"
        with unit_of_work():
            invitation = sign_in.invite(access.member(name), actor=OPERATOR, base_url=config.base_url, locale=locale)
    if as_json:
        print_json({"staff": invitation.name, "code": invitation.code, "address": address})
        return
    click.echo(invitation.code)
    click.echo(
        f"For {invitation.name}, at {address}, until {clock.isoformat(invitation.expires_at)}. It is not shown again.",
        err=True,
    )


def _told(grant: GrantFacts, now: int) -> dict[str, Any]:
    from privacy import clock

    over = grant.ended_at is not None or (grant.valid_until is not None and grant.valid_until <= now)
    return {
        "number": grant.number,
        "role": grant.role.value,
        "scope": grant.scope,
        "from": clock.isoformat(grant.valid_from),
        "until": None if grant.valid_until is None else clock.isoformat(grant.valid_until),
        "state": "over" if over else "waits" if grant.waits else "in force" if grant.in_force(now) else "to come",
    }


def _say(grant: GrantFacts, *, as_json: bool) -> None:
    from privacy import clock

    told = _told(grant, clock.micros())
    if as_json:
        print_json({"staff": grant.staff_name} | told)
    else:
        click.echo(f"Authorisation {grant.number}: {grant.staff_name}, {grant.role.value}, {told['state']}.")
