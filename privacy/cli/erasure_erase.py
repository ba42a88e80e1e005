"""`privacy erasure erase`: erase the natural person behind a name, for good."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from privacy.cli.output import json_option, print_json, print_lines
from privacy.cli.person import naming, person_options, read_either, read_secretly

if TYPE_CHECKING:
    from uuid import UUID


class _Undo(Exception):
    """Takes a rehearsal back."""


@click.command("erase")
@person_options
@click.option(
    "--cause",
    required=True,
    callback=read_either,
    help="The request's number. `-`: a reason is read from standard input; write one that names somebody there.",
)
@click.option("--no-suppression", is_flag=True, help="The person wants no entry that keeps marketing away.")
@click.option(
    "--letter-to",
    callback=read_secretly,
    metavar="ADDRESS",
    help="`-`: an e-mail address for the letter is read from standard input.",
)
@click.option("--letter-locale", type=click.Choice(["pl", "en", "hr"]), help="Language of the letter.")
@click.option("--dry-run", is_flag=True, help="Show what would go and what would remain; change nothing.")
@json_option
def command(
    cause: str,
    no_suppression: bool,
    letter_to: str | None,
    letter_locale: str | None,
    dry_run: bool,
    as_json: bool,
    **person: str | None,
) -> None:
    """Erase the natural person behind a name: rows and keys, in one transaction. Nothing brings the person back.

    Several people known by the same contact are listed, and none is erased: name the one who is meant with --ref.
    Look first with --dry-run.

    \b
    echo anna.nowak@example.com | privacy erasure erase --email - --cause "request 2026/117" --dry-run
    """  # noqa: D301  # Click's mark for a paragraph that is not to be wrapped
    from privacy.authz.actors import OPERATOR
    from privacy.cli import erasure_page
    from privacy.cli.opening import opened
    from privacy.erasure import service as erasure
    from privacy.programme import service as programmes

    with opened():
        subject_id = erasure.the_one(naming(programmes.current(), person), actor=OPERATOR)
        if dry_run:
            found = _rehearsed(subject_id, suppress=not no_suppression)
            answer: dict[str, Any] = {"dry_run": True, "deleted": found[0], "remains": found[1]}
        else:
            seen = _erased(subject_id, cause, not no_suppression, letter_to, letter_locale)
            answer = erasure_page.page(seen)
    if as_json:
        print_json(answer)
        return
    if dry_run:
        click.echo("Nothing was changed. An erasure now:")
    else:
        click.echo(f"Erased: {answer['id']}. No copy of the keys exists after {answer['shred_by']}.")
    print_lines(erasure_page.account_lines(answer["deleted"], answer["remains"]))


def _rehearsed(subject_id: UUID, *, suppress: bool) -> tuple[dict[str, int], list[dict[str, Any]]]:
    from privacy.db import unit_of_work
    from privacy.erasure import service as erasure

    try:
        with unit_of_work():
            planned = erasure.plan_erasure(subject_id, suppress=suppress)
            raise _Undo
    except _Undo:
        return dict(planned.deleted), [dict(entry) for entry in planned.remains]


def _erased(subject_id: UUID, cause: str, suppress: bool, to: str | None, locale: str | None) -> Any:
    from privacy.authz.actors import OPERATOR
    from privacy.db import unit_of_work
    from privacy.erasure import service as erasure
    from privacy.programme import service as programmes

    wanted = erasure.LetterWanted(locale or programmes.current().jurisdiction.locales[0], to)
    with unit_of_work():
        erased = erasure.erase_subject(subject_id, cause=cause, actor=OPERATOR, suppress=suppress, letter=wanted)
    return erasure.view(erased.id, realm=OPERATOR.realm)
