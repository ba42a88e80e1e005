"""`privacy client ...`: systems that use the API, and their keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from privacy.authz.permissions import CLIENT_SCOPES
from privacy.cli.output import json_option, print_json, print_lines, print_table

if TYPE_CHECKING:
    from privacy.access.service import ClientFacts, IssuedKey

_days = click.option("--expires-in-days", default=365, show_default=True, help="How long the key lives.")


@click.group("client")
def command() -> None:
    """Systems that use the API, and their keys."""


@command.command("create")
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice(sorted(scope.value for scope in CLIENT_SCOPES)),
    help="What it may do; give it once for each scope.",
)
@click.option("--test", is_flag=True, help="A test key: it sees made-up people only, and touches nothing real.")
@click.option("--partner", is_flag=True, help="A partner learns yes or no and nothing else.")
@click.option("--controller", help="Code of the controller it acts for.")
@_days
@json_option
def create(
    name: str,
    scopes: tuple[str, ...],
    test: bool,
    partner: bool,
    controller: str | None,
    expires_in_days: int,
    as_json: bool,
) -> None:
    """Create a client and print its key, once: nobody can see it again."""
    from privacy.access import service as access
    from privacy.authz.actors import OPERATOR, Realm
    from privacy.cli.opening import opened
    from privacy.db import unit_of_work

    with opened(), unit_of_work():
        issued = access.create_client(
            name,
            scopes,
            actor=OPERATOR,
            realm=Realm.TEST if test else Realm.LIVE,
            partner=partner,
            controller=controller,
            expires_in_days=expires_in_days,
        )
    _print_key(issued, as_json)


@command.command("list")
@json_option
def list_all(as_json: bool) -> None:
    """List clients and the beginnings of their keys."""
    from privacy.access import service as access
    from privacy.cli.opening import opened

    with opened():
        clients = access.list_clients()
    if as_json:
        print_json([_facts(client) for client in clients])
        return
    rows = [
        (client.name, client.realm.value, "revoked" if client.revoked_at else "active", *_key_texts(client))
        for client in clients
    ]
    print_table(("name", "realm", "state", "keys", "scopes"), rows)


@command.command("rotate")
@click.argument("name")
@click.option("--overlap-hours", default=24, show_default=True, help="How long the present keys go on.")
@_days
@json_option
def rotate(name: str, overlap_hours: int, expires_in_days: int, as_json: bool) -> None:
    """Give a client a new key; its present keys end after the overlap."""
    from privacy.access import service as access
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.db import unit_of_work

    with opened(), unit_of_work():
        issued = access.rotate_key(name, actor=OPERATOR, overlap_hours=overlap_hours, expires_in_days=expires_in_days)
    _print_key(issued, as_json)


@command.command("revoke")
@click.argument("name")
@json_option
def revoke(name: str, as_json: bool) -> None:
    """End a client and all its keys at once, in every process."""
    from privacy.access import service as access
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.db import unit_of_work

    with opened(), unit_of_work():
        revoked = access.revoke_client(name, actor=OPERATOR)
    if as_json:
        print_json(_facts(revoked))
    else:
        click.echo(f"{revoked.name} is revoked.")


def _print_key(issued: IssuedKey, as_json: bool) -> None:
    from privacy import clock

    client, expires_at = issued.client, clock.isoformat(issued.expires_at)
    if as_json:
        body = {"client": client.name, "key": issued.key, "scopes": list(client.scopes), "expires_at": expires_at}
        print_json(body)
        return
    print_lines([issued.key])
    click.echo(f"The key of {client.name}, until {expires_at}. It is not shown again.", err=True)


def _facts(client: ClientFacts) -> dict[str, Any]:
    from privacy import clock

    def at(micros: int | None) -> str | None:
        return None if micros is None else clock.isoformat(micros)

    return {
        "client": client.name,
        "scopes": list(client.scopes),
        "realm": client.realm.value,
        "partner": client.partner,
        "controller": client.controller,
        "created_at": at(client.created_at),
        "revoked_at": at(client.revoked_at),
        "keys": [
            {"begins_with": key.prefix, "expires_at": at(key.expires_at), "revoked_at": at(key.revoked_at)}
            for key in client.keys
        ],
    }


def _key_texts(client: ClientFacts) -> tuple[str, str]:
    from privacy import clock

    working = [key for key in client.keys if key.revoked_at is None and key.expires_at > clock.micros()]
    keys = ", ".join(f"{key.prefix}… until {clock.isoformat(key.expires_at)[:10]}" for key in working)
    return keys or "none", " ".join(client.scopes)
