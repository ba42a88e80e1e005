"""`privacy breach communication`: what the affected are told, who agrees to it, and what became of it (Art. 34)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from privacy.cli.output import json_option, print_json, print_table

if TYPE_CHECKING:
    from privacy.breach.telling.communications import CommunicationView

_LARGEST = 500_000
_number = click.argument("number")
_which = click.option("--communication", "which", default=1, show_default=True, type=click.IntRange(1), help="Which.")


@click.group("communication")
def command() -> None:
    """What the affected persons of a breach are told. Nothing goes before the controller agrees to it."""


@command.command("prepare")
@_number
@json_option
def prepare(number: str, as_json: bool) -> None:
    """Write what is said, as JSON on standard input, by language.

    \b
    {"words": {"pl": {"happened": "...", "consequences": "...", "measures": "...", "advice": "..."}, "en": {...}},
     "page_url": "https://...", "only_new": false}
    """  # noqa: D301  # Click's mark for a paragraph that is not to be wrapped
    from privacy.authz.actors import OPERATOR
    from privacy.breach import service as breach
    from privacy.breach.telling.schemas import CommunicationIn
    from privacy.cli.opening import opened
    from privacy.db import unit_of_work
    from privacy.http.reading import decode

    given = decode(sys.stdin.buffer.read(_LARGEST), CommunicationIn)
    with opened():
        mine = _mine(number)
        with unit_of_work():
            made = breach.prepare_communication(
                mine, given.words, actor=OPERATOR, page_url=given.page_url, only_new=given.only_new
            ).number
        _tell(breach.communication(mine, made), as_json=as_json)


@command.command("preview")
@_number
@_which
@json_option
def preview(number: str, which: int, as_json: bool) -> None:
    """Show the letter in every language, and what it lacks."""
    from privacy.breach import service as breach
    from privacy.cli.opening import opened

    with opened():
        found = breach.preview_communication(_mine(number), which)
    if as_json:
        shown = [{"locale": p.locale, "subject": p.subject, "body": p.body, "missing": p.missing} for p in found]
        print_json({"previews": shown})
        return
    for one in found:
        lacks = f" (lacks: {', '.join(one.missing)})" if one.missing else ""
        click.echo(f"--- {one.locale}{lacks}\n{one.subject}\n\n{one.body}\n\nText message: {one.sms}\n")


@command.command("approve")
@_number
@_which
@click.option("--incomplete", is_flag=True, help="Also while a search for affected persons is not complete.")
@json_option
def approve(number: str, which: int, incomplete: bool, as_json: bool) -> None:
    """Agree, for the controller, that it goes to everybody who is recorded by now."""
    from privacy.authz.actors import OPERATOR
    from privacy.breach import service as breach

    def change(mine: UUID) -> None:
        breach.approve_communication(mine, which, actor=OPERATOR, incomplete=incomplete)

    _change(number, which, change, as_json=as_json)


@command.command("cancel")
@_number
@_which
@json_option
def cancel(number: str, which: int, as_json: bool) -> None:
    """Give it up: no further letter is written."""
    from privacy.authz.actors import OPERATOR
    from privacy.breach import service as breach

    _change(number, which, lambda mine: breach.cancel_communication(mine, which, actor=OPERATOR), as_json=as_json)


@command.command("show")
@_number
@_which
@json_option
def show(number: str, which: int, as_json: bool) -> None:
    """Show what became of the letters."""
    from privacy.breach import service as breach
    from privacy.cli.opening import opened

    with opened():
        _tell(breach.communication(_mine(number), which), as_json=as_json)


@command.command("notice")
@_number
@_which
@click.option("--locale", default="pl", show_default=True, help="pl, en, hr.")
@click.option("--format", "form", default="text", show_default=True, type=click.Choice(("text", "html", "pdf")))
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file to write.")
def notice(number: str, which: int, locale: str, form: str, out: Path) -> None:
    """Write the public notice with the same words (Art. 34(3)(c))."""
    from privacy import clock
    from privacy.breach import service as breach
    from privacy.cli.opening import opened

    with opened():
        made = breach.public_notice(_mine(number), which, locale)
    if form == "pdf":
        out.write_bytes(made.pdf(clock.micros()))
    else:
        out.write_text(made.html() if form == "html" else made.text(), encoding="utf-8")
    click.echo(f"Written: {out}")


def _change(number: str, which: int, change: Any, *, as_json: bool) -> None:
    from privacy.breach import service as breach
    from privacy.cli.opening import opened
    from privacy.db import unit_of_work

    with opened():
        mine = _mine(number)
        with unit_of_work():
            change(mine)
        _tell(breach.communication(mine, which), as_json=as_json)


def _mine(number: str) -> UUID:
    from privacy.authz.actors import OPERATOR
    from privacy.breach import service as breach

    return breach.named(number, actor=OPERATOR).id


def _tell(view: CommunicationView, *, as_json: bool) -> None:
    letters = {str(state): count for state, count in view.letters.items()}
    if as_json:
        print_json(
            {
                "communication": view.number,
                "state": view.state,
                "rehearsal": view.rehearsal,
                "up_to": view.up_to,
                "written": view.written_to,
                "letters": letters,
                "ways": dict(view.ways),
                "version": view.version,
            }
        )
        return
    marked = "REHEARSAL: " if view.rehearsal else ""
    click.echo(f"{marked}Communication {view.number}: {view.state}, letters to {view.written_to} of {view.up_to or 0}.")
    print_table(("LETTERS", "COUNT"), sorted(letters.items()))
