"""The pages of a person's file: looked for, opened, read, joined with another and parted again."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec
from flask import Response, request
from msgspec import Meta

from privacy.consent import service as consent
from privacy.console.blueprint import console
from privacy.console.counter.sayings import REFUSALS, kind_names
from privacy.console.people import contents, sayings
from privacy.console.people.seat import FILE, JOIN, REASONS, Opening, open_until, opened, why
from privacy.errors import InvalidInput, NotFound
from privacy.http.auth import current_actor
from privacy.pages.forms import NO_ERRORS, FormErrors, read_form
from privacy.pages.languages import lazy_gettext, locale
from privacy.pages.rendering import done, render
from privacy.pages.tables import as_csv
from privacy.programme import service as programmes
from privacy.subjects import service as subjects

_Reason = Annotated[str, Meta(min_length=3, max_length=200)]
console.says_after(
    {
        "file-opened": lazy_gettext("The file is open for half an hour. That you opened it, and why, is in the log."),
        "merged": lazy_gettext("The two are one person now: the stricter answer of both holds."),
        "nobody-to-join": lazy_gettext("Nobody else, or more than one person, is known by that. Nothing was joined."),
        "unmerged": lazy_gettext("The two are two people again. Every “no” stays with both."),
    }
)


class _Search(Opening, forbid_unknown_fields=True, kw_only=True):
    kind: str
    value: str


class _Join(msgspec.Struct, forbid_unknown_fields=True):
    reason: _Reason


@console.page("/people", guard=FILE, endpoint="people")
def search(errors: FormErrors = NO_ERRORS) -> Response:
    """Where a person is looked for."""
    kinds = kind_names(programmes.current(), locale())
    return render("people/search.html", errors=errors, kinds=kinds, reasons=REASONS)


@console.form("/people", guard=FILE, again=search, endpoint="people_search")
def find() -> Response:
    """Look for a person by an identifier; the log says who looked, and why. It never says by what."""
    given = read_form(_Search)
    found = _found(given.kind, given.value, given)
    if not found:
        return _nobody("unknown")
    if len(found) == 1:
        return done("console.people_one", "file-opened", subject_ref=_reference(found[0]))
    return render("people/several.html", people=[contents.short(one) for one in found])


@console.page("/people/<uuid:subject_ref>", guard=FILE, endpoint="people_one")
def one(subject_ref: UUID, errors: FormErrors = NO_ERRORS) -> Response:
    """One person's file; whoever has not looked for the person lately is asked why."""
    subject_id = _subject(subject_ref)
    until = open_until(subject_id)
    if until is None:
        return render("people/open.html", errors=errors, subject_ref=subject_ref, reasons=REASONS)
    file = contents.file_of(subject_id, subject_ref)
    for table in file.tables:
        if request.args.get(contents.PART) == table.values[contents.PART]:
            answer = as_csv(table, table.values[contents.PART])
            if answer is not None:
                return answer
    kinds = kind_names(programmes.current(), locale())
    return render(
        "people/file.html",
        file=file,
        until=until,
        subject_ref=subject_ref,
        kinds=kinds,
        errors=errors,
        ages=sayings.AGES,
        causes=sayings.CAUSES,
    )


@console.form("/people/<uuid:subject_ref>/open", guard=FILE, again=one, endpoint="people_open")
def open_again(subject_ref: UUID) -> Response:
    """Open the file of somebody whose reference is at hand: on the page of an act, of a request."""
    subject_id = _subject(subject_ref)
    subjects.look_again(subject_id, why(read_form(Opening)), actor=current_actor())
    return done("console.people_one", "file-opened", subject_ref=subject_ref)


@console.form("/people/<uuid:subject_ref>/join", guard=JOIN, again=one, endpoint="people_join_look")
def look_at_joining(subject_ref: UUID) -> Response:
    """Who the other is, and what joining the two would come to; nothing is joined yet."""
    subject_id = opened(subject_ref)
    given = read_form(_Search)
    members = set(subjects.view(subject_id, realm=current_actor().realm.value).members)
    found = [one for one in _found(given.kind, given.value, given) if one not in members]
    if len(found) != 1:  # That somebody looked stays in the log.
        return done("console.people_one", "nobody-to-join", subject_ref=subject_ref)
    return done("console.people_joining", subject_ref=subject_ref, other_ref=_reference(found[0]))


@console.page("/people/<uuid:subject_ref>/join/<uuid:other_ref>", guard=JOIN, endpoint="people_joining")
def joining(subject_ref: UUID, other_ref: UUID, errors: FormErrors = NO_ERRORS) -> Response:
    """What joining the two would come to."""
    mine, other = opened(subject_ref), opened(other_ref)
    return render(
        "people/joining.html",
        one=contents.short(mine),
        other=contents.short(other),
        errors=errors,
        differing=contents.differing(mine, other),
    )


@console.form("/people/<uuid:subject_ref>/join/<uuid:other_ref>", guard=JOIN, again=joining, endpoint="people_join")
def join(subject_ref: UUID, other_ref: UUID) -> Response:
    """The two are one person from now on."""
    mine, other, given = opened(subject_ref), opened(other_ref), read_form(_Join)
    consent.merge(mine, other, actor=current_actor(), programme=programmes.current(), reason=given.reason)
    return done("console.people_one", "merged", subject_ref=subject_ref)


def _file_again(subject_ref: UUID, other_ref: UUID, errors: FormErrors) -> Response:  # noqa: ARG001  # of the address
    shown: Response = one(subject_ref, errors)
    return shown


@console.form("/people/<uuid:subject_ref>/part/<uuid:other_ref>", guard=JOIN, again=_file_again, endpoint="people_part")
def part(subject_ref: UUID, other_ref: UUID) -> Response:
    """The two are two people again. The file of one is open, and as long as they are one so is the other's."""
    mine, other, given = opened(subject_ref), opened(other_ref), read_form(_Join)
    merge = next((found for found in contents.merges(mine) if {found.a, found.b} == {mine, other}), None)
    if merge is None:
        raise NotFound("The two are not merged.")
    consent.unmerge(merge.a, merge.b, actor=current_actor(), programme=programmes.current(), reason=given.reason)
    return done("console.people_one", "unmerged", subject_ref=subject_ref)


def _found(kind: str, value: str, given: Opening) -> list[UUID]:
    """Who is meant, each of whom the log now says that somebody looked for; raises `InvalidInput`."""
    actor, programme = current_actor(), programmes.current()
    if kind not in {code for code, _ in kind_names(programme, locale())}:
        raise InvalidInput.of("kind", "Please look at this again.")
    try:
        naming = subjects.name_of(programme, actor, {kind: value}, place="value")
    except InvalidInput:  # What it says quotes the rules of the API.
        raise InvalidInput.of("value", str(REFUSALS["malformed"])) from None
    return subjects.look_for(naming, why(given), actor=actor)


def _nobody(what: str) -> Response:
    """The form once more, with a reason to try another way. The looking stays in the log."""
    given = {name: request.form.getlist(name) for name in ("kind", "reason", "words")}
    response: Response = search(FormErrors({"value": [str(REFUSALS[what])]}, given))
    return response


def _subject(reference: UUID) -> UUID:
    """The subject behind a reference; raises `NotFound` for another member's, and for somebody who is gone."""
    actor = current_actor()
    subject_id = subjects.reveal_subject(actor, str(reference))
    subjects.view(subject_id, realm=actor.realm.value)
    return subject_id


def _reference(subject_id: UUID) -> str:
    return subjects.hide_subject(current_actor(), subject_id)
