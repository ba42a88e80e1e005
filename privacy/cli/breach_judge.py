"""`privacy breach assess`, `score`, `opine`, `decide`: what is judged about a breach, and by whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from privacy.cli.breach_page import as_page, changed, number_argument, read_object, reason_option
from privacy.cli.output import json_option, print_json
from privacy.cli.person import read_secretly

if TYPE_CHECKING:
    from uuid import UUID


@click.command("assess")
@number_argument
@reason_option
@json_option
def assess(number: str, reason: str | None, as_json: bool) -> None:
    """Record a written assessment of the breach NUMBER: JSON on standard input.

    Its fields: risk (unlikely, risk, high); what, whose, sensitivity, ease, done, consequences, each in words; and
    enisa, the inputs of ENISA's method, where somebody used it (`privacy breach score`).
    """
    from privacy.authz.actors import OPERATOR
    from privacy.breach import service as breach
    from privacy.breach.service import Assessment

    given = _decoded(read_object(), Assessment)
    changed(number, lambda one: breach.assess(one, given, actor=OPERATOR, reason=reason), as_json=as_json)


@click.command("score")
@json_option
def score(as_json: bool) -> None:
    """Score inputs of ENISA's method of 2013, JSON on standard input; nothing is recorded.

    \b
    {"data": [{"category": "simple", "adjusted": 1, "why": "..."}], "ease": "maximum", "confidentiality": "unknown",
     "integrity": "none", "availability": "none", "malicious": false, "persons": 1200, "unintelligible": false}

    The score is an aid: it never says that nobody need be told.
    """  # noqa: D301  # Click's mark for a paragraph that is not to be wrapped
    from privacy.breach import shown
    from privacy.breach.service import Inputs

    found = as_page(shown.severity(_decoded(read_object(), Inputs)))
    if as_json:
        print_json(found)
        return
    click.echo(f"SE = {found['dpc']} x {found['ei']} + {found['cb']} = {found['se']}: {found['level']}")
    if found["many_persons"]:
        click.echo("More than 100 persons.")
    if found["unintelligible"]:
        click.echo("The data are unintelligible to who has them.")


@click.command("opine")
@number_argument
@click.option("--notify/--no-notify", required=True, help="Whether the authority is to be notified.")
@click.option("--tell/--no-tell", required=True, help="Whether the persons are to be told.")
@click.option(
    "--key",
    callback=read_secretly,
    required=True,
    help="`-`: the officer's own key, on standard input, the first line.",
)
@reason_option
@json_option
def opine(number: str, notify: bool, tell: bool, key: str, reason: str | None, as_json: bool) -> None:
    """Record the opinion of the data protection officer on the breach NUMBER; the officer is known by their own key."""
    from privacy.access import service as access
    from privacy.breach import service as breach
    from privacy.breach.service import Opinion
    from privacy.db import Driver, session

    said = Opinion(notify=notify, tell=tell, reasons=reason or "")

    def change(breach_id: UUID) -> Any:
        return breach.opine(breach_id, said, actor=access.authenticate(key, Driver.of(session())))

    changed(number, change, as_json=as_json)


@click.command("decide")
@number_argument
@click.option("--notify/--no-notify", required=True, help="Whether the authority is notified (Art. 33).")
@click.option("--tell/--no-tell", required=True, help="Whether the persons are told (Art. 34).")
@click.option("--excepted", help="Why not at a high risk: unintelligible, risk_removed, disproportionate (Art. 34(3)).")
@reason_option
@json_option
def decide(number: str, notify: bool, tell: bool, excepted: str | None, reason: str | None, as_json: bool) -> None:
    """Record the controller's decision on the breach NUMBER, with its reasons.

    The data protection officer never decides. Not notifying wants a risk that is unlikely.
    """
    from privacy.authz.actors import OPERATOR
    from privacy.breach import service as breach
    from privacy.breach.service import Decision, Exception34
    from privacy.errors import InvalidInput

    if excepted is not None and excepted not in set(Exception34):
        raise InvalidInput.of("excepted", f"Use one of: {', '.join(Exception34)}.")
    ground = Exception34(excepted) if excepted else None
    decided = Decision(notify=notify, tell=tell, reasons=reason or "", excepted=ground)
    changed(number, lambda one: breach.decide(one, decided, actor=OPERATOR), as_json=as_json)


def _decoded(given: dict[str, Any], kind: type[Any]) -> Any:
    import msgspec

    from privacy.http.reading import decode

    return decode(msgspec.json.encode(given), kind)
