"""`privacy check`: may we contact this person, for this purpose, by this channel?

Exit code 0 is yes, 1 is no, anything else is no answer: what can't be decided is never a "no" to store.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from privacy.cli.output import json_option, print_json
from privacy.cli.person import naming, person_options
from privacy.errors import InvalidInput, NotFound, Unavailable

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

DENIED = 1


@click.command("check")
@person_options
@click.option("--purpose", help="Code of the purpose.")
@click.option("--message-type", help="Instead of the purpose: what would be sent.")
@click.option("--channel", help="Code of the channel; not for a purpose that has none.")
@click.option("--at", metavar="TIME", help="Was it allowed then? Like 2026-03-03T12:00:00+01:00.")
@click.option("--token", help="Answer only from data at least as new as the write or check that gave this token.")
@click.option("--receipt", is_flag=True, help="Add a signed statement, to prove later that it was asked; prints JSON.")
@json_option
def command(
    purpose: str | None,
    message_type: str | None,
    channel: str | None,
    at: str | None,
    token: str | None,
    receipt: bool,
    as_json: bool,
    **person: str | None,
) -> None:
    """May this person be contacted, for this purpose, by this channel, now?

    Exit codes: 0 allowed, 1 denied, 2 or more no answer.

    \b
    echo anna.nowak@example.com | privacy check --email - --purpose offers --channel email
    """  # noqa: D301  # Click's mark for a paragraph that is not to be wrapped
    as_json = as_json or receipt
    asked = {"purpose": purpose, "message_type": message_type, "channel": channel, "at": at, "token": token}
    try:
        answer = _answer(asked, person, receipt=receipt)
    except (InvalidInput, NotFound, click.ClickException):
        raise
    except Exception as error:
        from privacy.cli.failures import as_privacy_error

        known = as_privacy_error(error)
        if known is None or not as_json:
            raise
        print_json({"allowed": False, "reason": "unavailable", "code": known.code, "detail": known.detail})
        raise click.exceptions.Exit(max(known.exit_code, Unavailable.exit_code)) from None
    if as_json:
        print_json(answer)
    else:
        click.echo(f"{'allowed' if answer['allowed'] else 'denied'}: {answer['reason']}")
    raise click.exceptions.Exit(0 if answer["allowed"] else DENIED)


def _answer(asked: dict[str, str | None], person: dict[str, str | None], *, receipt: bool) -> dict[str, Any]:
    from flask import current_app

    from privacy.app import ASKED, SIGNER
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.consent import service as consent
    from privacy.db import Driver, session
    from privacy.programme import service as programmes

    with opened():
        programme = programmes.current()
        driver = Driver.of(session())
        question = consent.CheckIn(
            naming(programme, person),
            consent.purpose_of(programme, asked["purpose"], asked["message_type"]),
            asked["channel"],
            at=instant(asked["at"], programme.zone),
            token=asked["token"],
        )
        out = consent.check(question, actor=OPERATOR, programme=programme, driver=driver)
        answer = consent.answer(out, OPERATOR, driver)
        if receipt:
            named = {name: value for name, value in person.items() if value is not None}
            answer["receipt"] = consent.receipt(
                current_app.extensions[SIGNER], out, named, actor=OPERATOR, driver=driver
            )
        session().close()
        current_app.extensions[ASKED].count(out, OPERATOR)
        current_app.extensions[ASKED].flush()
        return answer


def instant(text: str | None, zone: ZoneInfo) -> int | None:
    """The moment that `--at` names; raises `InvalidInput` for one to come."""
    from privacy import clock
    from privacy.claims import read_claim

    if text is None:
        return None
    claim = read_claim(text, zone, "at")
    at = claim.start + claim.width - 1
    if at > clock.micros():
        raise InvalidInput.of("at", "Nobody knows yet what will be allowed then. Leave it out to ask about now.")
    return at
