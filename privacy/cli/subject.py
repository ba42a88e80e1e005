"""`privacy subject ...`: people, as the operator may see and join them."""

from __future__ import annotations

import click

from privacy.cli.output import json_option, print_json, print_lines
from privacy.cli.person import naming, person_options, read_either

_reason = click.option("--reason", required=True, help="Why; it stands in the log. No personal data.")


@click.group("subject")
def command() -> None:
    """People: what is known of one, and who is one with whom."""


@command.command("show")
@person_options
@json_option
def show(as_json: bool, **person: str | None) -> None:
    """Show a person: where each identifier and contact came from, and what was agreed to. Contacts are masked."""
    from privacy.cli import person_page
    from privacy.cli.opening import opened
    from privacy.programme import service as programmes
    from privacy.subjects import service as subjects

    with opened():
        programme = programmes.current()
        found = subjects.find(naming(programme, person))
        pages = [person_page.page(subject_id, programme) for subject_id in person_page.one_each(found)]
    if as_json:
        print_json({"people": pages})
    else:
        print_lines(line for page in pages for line in person_page.lines(page))


@command.command("merge")
@click.argument("ref", callback=read_either)
@click.argument("other_ref", callback=read_either)
@_reason
@json_option
def merge(ref: str, other_ref: str, reason: str, as_json: bool) -> None:
    """Say that two people are one. From now the answer is the stricter of both; no record moves.

    REF and OTHER_REF are what `privacy subject show` prints.
    """
    _join(ref, other_ref, reason, apart=False)
    _tell(ref, other_ref, as_json, merged=True)


@command.command("unmerge")
@click.argument("ref", callback=read_either)
@click.argument("other_ref", callback=read_either)
@_reason
@json_option
def unmerge(ref: str, other_ref: str, reason: str, as_json: bool) -> None:
    """End a merge. Every "no" that was said meanwhile stays with both."""
    _join(ref, other_ref, reason, apart=True)
    _tell(ref, other_ref, as_json, merged=False)


def _join(ref: str, other_ref: str, reason: str, *, apart: bool) -> None:
    from privacy.authz.actors import OPERATOR
    from privacy.cli.opening import opened
    from privacy.db import unit_of_work
    from privacy.programme import service as programmes
    from privacy.subjects import service as subjects

    change = subjects.unmerge if apart else subjects.merge
    with opened():
        one, other = (subjects.reveal_subject(OPERATOR, given) for given in (ref, other_ref))
        with unit_of_work():
            change(one, other, actor=OPERATOR, programme=programmes.current(), reason=reason)


def _tell(ref: str, other_ref: str, as_json: bool, *, merged: bool) -> None:
    if as_json:
        print_json({"subject_ref": ref, "other_ref": other_ref, "merged": merged})
    else:
        click.echo("They are one person now." if merged else "They are two people again.")
