"""`privacy subject ...`: people, as the operator may see and join them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from privacy.cli.output import json_option, print_json, print_lines
from privacy.cli.person import naming, person_options, read_either

if TYPE_CHECKING:
    from privacy.programme.types import Programme

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


@command.command("explain")
@person_options
@click.option("--purpose", help="Only this purpose.")
@click.option("--channel", help="Only this channel.")
@click.option("--at", metavar="TIME", help="As far as was known then. Like 2026-03-03T12:00:00+01:00.")
@json_option
def explain(purpose: str | None, channel: str | None, at: str | None, as_json: bool, **person: str | None) -> None:
    """Explain a person: each act, what it covered, why it has effect or not, and each answer with the act behind it.

    For everybody behind the name. Contacts are masked; times are those of the jurisdiction, with --json also UTC.

    \b
    echo anna.nowak@example.com | privacy subject explain --email -
    """  # noqa: D301  # Click's mark for a paragraph that is not to be wrapped
    from privacy.authz.actors import OPERATOR
    from privacy.cli.check import instant
    from privacy.cli.explanation_lines import lines
    from privacy.cli.explanation_page import Page
    from privacy.cli.opening import opened
    from privacy.consent import service as consent
    from privacy.programme import service as programmes

    with opened():
        programme = programmes.current()
        moment = instant(at, programme.zone)
        if moment is not None:
            programme = _in_force_at(moment)
        scope = consent.Scope(purpose, channel, moment)
        found = consent.explain(naming(programme, person), actor=OPERATOR, programme=programme, scope=scope)
        page = Page(programme).explanation(found)
    if as_json:
        print_json(page)
    else:
        print_lines(lines(page))


def _in_force_at(moment: int) -> Programme:
    from privacy.errors import InvalidInput
    from privacy.programme import service as programmes

    programme = programmes.as_of(moment)
    if programme is None:
        raise InvalidInput.of("at", "Nothing was processed yet: no programme was in force then.")
    return programme


@command.command("asked")
@person_options
@json_option
def asked(as_json: bool, **person: str | None) -> None:
    """Show who asked about a person in the last 12 months: by system and day, for what, and what it was answered.

    For everybody behind the name. The last few seconds of a running service may be missing.
    """
    from privacy.cli import asked_page, person_page
    from privacy.cli.opening import opened
    from privacy.programme import service as programmes
    from privacy.subjects import service as subjects

    with opened():
        found = subjects.find(naming(programmes.current(), person))
        pages = [asked_page.page(subject_id) for subject_id in person_page.one_each(found)]
    if as_json:
        print_json({"people": pages})
    else:
        print_lines(line for page in pages for line in asked_page.lines(page))


@command.command("disagreements")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="At most so many entries.")
@json_option
def disagreements(limit: int, as_json: bool) -> None:
    """List who cannot all be one person, and contacts that several people hold. Contacts are masked.

    Nothing is widened while it stands. For each there are three ways: retire the identifier that was claimed wrongly
    (PUT /api/v1/subjects/{ref}/identifiers), `privacy subject merge` where they are one, or leave it.
    """
    from privacy.cli import review_page
    from privacy.cli.opening import opened

    with opened():
        page = review_page.page(limit)
    if as_json:
        print_json(page)
    else:
        print_lines(review_page.lines(page))


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
