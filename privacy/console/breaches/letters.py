"""The communication to the persons (Art. 34): written, read as it will go, agreed to, sent; and who is left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from flask import Response, url_for
from msgspec import Meta

from privacy import clock
from privacy.authz.permissions import Permission
from privacy.breach import service as breach
from privacy.breach.service import CommunicationView, ForAPerson, OwnWords, TellingState
from privacy.console.blueprint import console
from privacy.console.breaches import case
from privacy.console.breaches.words import LEFT_WHY, LETTERS, PARTS, TELLING_STATES, spoken
from privacy.errors import InvalidInput
from privacy.http.auth import current_actor
from privacy.pages.blueprint import needs
from privacy.pages.forms import NO_ERRORS, FormErrors, read_form
from privacy.pages.languages import NAMES, gettext, lazy_gettext, locale
from privacy.pages.rendering import done, download
from privacy.pages.tables import Column, Kind, as_csv, table
from privacy.programme import service as programmes
from privacy.subjects import service as subjects

_READ, _HANDLE = needs(Permission.BREACHES_READ), needs(Permission.BREACHES_HANDLE)
_AGREE = needs(Permission.BREACHES_DECIDE, fresh=True)
_PDF = "application/pdf"
console.says_after(
    {
        "letter-kept": lazy_gettext("It is written. Read it below as it will go; nobody has it yet."),
        "letter-agreed": lazy_gettext("Agreed. A worker writes the letters; you may leave this page."),
        "letter-cancelled": lazy_gettext("It is cancelled: no further letter is written."),
        "letter-told": lazy_gettext("It is recorded that they were told."),
    }
)
_Words = Annotated[str, Meta(max_length=6_000)]


class _Agreed(msgspec.Struct, forbid_unknown_fields=True):
    version: int
    incomplete: bool = False


class _ToldByHand(msgspec.Struct, forbid_unknown_fields=True):
    how: Annotated[str, Meta(max_length=4_000)]


class _Notice(msgspec.Struct, forbid_unknown_fields=True):
    language: str
    form: Literal["pdf", "html", "txt"] = "pdf"


def _languages() -> Mapping[str, str]:
    """Each language of the programme, and what it calls itself."""
    return {code: NAMES.get(code.partition("-")[0], code) for code in programmes.current().jurisdiction.locales}


_COLUMNS: tuple[Column[CommunicationView], ...] = (
    Column(
        "number",
        lazy_gettext("Number"),
        lambda one: one.number,
        Kind.NUMBER,
        link=lambda one: url_for("console.breaches_letter", breach_id=one.breach_id, communication_number=one.number),
    ),
    Column(
        "state",
        lazy_gettext("State"),
        lambda one: TELLING_STATES[one.state][0],
        order=lambda one: one.state.value,
        sign=lambda one: TELLING_STATES[one.state][1],
    ),
    Column("begun", lazy_gettext("Written at"), lambda one: one.created_at, Kind.MOMENT),
    Column("agreed", lazy_gettext("Agreed to at"), lambda one: one.approved_at, Kind.MOMENT),
    Column("ended", lazy_gettext("Ended at"), lambda one: one.ended_at, Kind.MOMENT),
    Column("letters", lazy_gettext("Letters"), lambda one: sum(one.letters.values()), Kind.NUMBER),
)


@console.page("/breaches/<uuid:breach_id>/letters", guard=_READ)
def breaches_letters(breach_id: UUID) -> Response:
    """Every communication of the breach."""
    row = case.found(breach_id)
    made = table(gettext("Communications"), _COLUMNS, breach.communications_of(row.id), breach_id=row.id)
    return as_csv(made, f"{row.number}-letters") or case.shown("letters", row, table=made)


@console.page("/breaches/<uuid:breach_id>/letters/new", guard=_HANDLE)
def breaches_words(breach_id: UUID, errors: FormErrors = NO_ERRORS) -> Response:
    """What the persons are told, in each language of the programme."""
    return _words(breach_id, None, breach.story.WORDS, errors)


@console.form("/breaches/<uuid:breach_id>/letters/new", guard=_HANDLE, again=breaches_words)
def breaches_words_keep(breach_id: UUID) -> Response:
    """Write it. It goes to nobody before the controller agrees."""
    row = case.found(breach_id)
    words, page_url, only_new = _written()
    with case.told_beside_the_form():
        made = breach.prepare_communication(row.id, words, actor=current_actor(), page_url=page_url, only_new=only_new)
    return done("console.breaches_letter", "letter-kept", breach_id=row.id, communication_number=made.number)


@console.page("/breaches/<uuid:breach_id>/letters/<int:communication_number>", guard=_READ)
def breaches_letter(breach_id: UUID, communication_number: int, errors: FormErrors = NO_ERRORS) -> Response:
    """One communication: what became of it; for those who handle breaches what it says, and who is left."""
    row = case.found(breach_id)
    found = breach.communication(row.id, communication_number)
    handles = Permission.BREACHES_HANDLE in current_actor().permissions
    left = breach.for_a_person(row.id, communication_number) if handles else []
    state, sign = TELLING_STATES[found.state]
    counts = breach.affected_counts(row.id)
    return case.shown(
        "letter",
        row,
        errors=errors,
        letter=found,
        state=state,
        sign=sign,
        draft=found.state is TellingState.DRAFT,
        goes_on=found.state in {TellingState.DRAFT, TellingState.APPROVED},
        letters=[(one.value, text, found.letters.get(one, 0)) for one, text in LETTERS.items()],
        ways=[(spoken().options["Means"].get(way, way), number) for way, number in sorted(found.ways.items())],
        previews=breach.preview_communication(row.id, communication_number) if handles else [],
        languages=_languages(),
        parts=PARTS,
        counts=counts,
        left=[_left(one) for one in left],
        forms=[("pdf", "PDF"), ("html", "HTML"), ("txt", gettext("Text"))],
    )


@console.page("/breaches/<uuid:breach_id>/letters/<int:communication_number>/amend", guard=_HANDLE)
def breaches_amend(breach_id: UUID, communication_number: int, errors: FormErrors = NO_ERRORS) -> Response:
    """The same words, to be said otherwise."""
    said = breach.words_of_communication(case.found(breach_id).id, communication_number)
    filled = {code: msgspec.to_builtins(own) for code, own in said.items()}
    return _words(breach_id, communication_number, filled, errors)


@console.form(
    "/breaches/<uuid:breach_id>/letters/<int:communication_number>/amend", guard=_HANDLE, again=breaches_amend
)
def breaches_amend_keep(breach_id: UUID, communication_number: int) -> Response:
    """Say it otherwise, as long as nobody has agreed to it."""
    row = case.found(breach_id)
    words, page_url, _ = _written()
    with case.told_beside_the_form():
        breach.amend_communication(row.id, communication_number, words, actor=current_actor(), page_url=page_url)
    return done("console.breaches_letter", "letter-kept", breach_id=row.id, communication_number=communication_number)


@console.form(
    "/breaches/<uuid:breach_id>/letters/<int:communication_number>/agree", guard=_AGREE, again=breaches_letter
)
def breaches_letter_agree(breach_id: UUID, communication_number: int) -> Response:
    """The controller agrees: letters go to everybody who is recorded by now."""
    row, given = case.found(breach_id), read_form(_Agreed)
    try:
        with case.told_beside_the_form():
            breach.approve_communication(
                row.id,
                communication_number,
                actor=current_actor(),
                version=given.version,
                incomplete=given.incomplete,
            )
    except breach.WordsMissing as error:
        raise InvalidInput.of("body", "Art. 34(2) asks for more than it says: amend it.") from error
    return done("console.breaches_letter", "letter-agreed", breach_id=row.id, communication_number=communication_number)


@console.form(
    "/breaches/<uuid:breach_id>/letters/<int:communication_number>/cancel", guard=_HANDLE, again=breaches_letter
)
def breaches_letter_cancel(breach_id: UUID, communication_number: int) -> Response:
    """Give it up."""
    row = case.found(breach_id)
    with case.told_beside_the_form():
        breach.cancel_communication(row.id, communication_number, actor=current_actor())
    return done(
        "console.breaches_letter", "letter-cancelled", breach_id=row.id, communication_number=communication_number
    )


@console.form("/breaches/<uuid:breach_id>/letters/<int:communication_number>/notice", guard=_HANDLE)
def breaches_notice(breach_id: UUID, communication_number: int) -> Response:
    """The public notice with the same words (Art. 34(3)(c)), as a file."""
    row, wanted = case.found(breach_id), read_form(_Notice)
    made = breach.public_notice(row.id, communication_number, wanted.language)
    name = f"{row.number}-{communication_number}-{made.locale}.{wanted.form}"
    if wanted.form == "pdf":
        return download(made.pdf(clock.micros()), _PDF, name)
    content = made.html() if wanted.form == "html" else made.text()
    return download(content.encode(), f"text/{'html' if wanted.form == 'html' else 'plain'}; charset=utf-8", name)


def _letter_again(breach_id: UUID, communication_number: int, errors: FormErrors, **_: UUID) -> Response:
    page: Response = breaches_letter(breach_id, communication_number, errors)
    return page


@console.form(
    "/breaches/<uuid:breach_id>/letters/<int:communication_number>/left/<uuid:breach_letter_id>",
    guard=_HANDLE,
    again=_letter_again,
)
def breaches_letter_told(breach_id: UUID, communication_number: int, breach_letter_id: UUID) -> Response:
    """Record how somebody was told whom no letter reached."""
    row, given = case.found(breach_id), read_form(_ToldByHand)
    with case.told_beside_the_form():
        breach.told_by_hand(row.id, communication_number, breach_letter_id, actor=current_actor(), how=given.how)
    return done("console.breaches_letter", "letter-told", breach_id=row.id, communication_number=communication_number)


def _words(breach_id: UUID, number: int | None, said: Mapping[str, Mapping[str, str]], errors: FormErrors) -> Response:
    row = case.found(breach_id)
    found = None if number is None else breach.communication(row.id, number)
    told = said if number is not None or row.rehearsal else {}
    return case.shown(
        "words",
        row,
        errors=errors,
        letter=found,
        languages=_languages(),
        parts=PARTS,
        words={f"{part}_{_name(code)}": told.get(code, {}).get(part, "") for code in _languages() for part in PARTS},
        name_of=_name,
        required=("happened", "consequences", "measures"),
        mine=locale(),
    )


def _name(code: str) -> str:
    """A language as a part of a field's name."""
    return code.replace("-", "_")


def _written() -> tuple[Mapping[str, OwnWords], str | None, bool]:
    """What the form says, by language; one in which nothing is said is left out."""
    texts: list[tuple[str, Any, Any]] = [
        (f"{part}_{_name(code)}", _Words, "") for code in _languages() for part in PARTS
    ]
    kind = msgspec.defstruct(
        "WordsFilled", [*texts, ("page_url", str | None, None), ("only_new", bool, False)], forbid_unknown_fields=True
    )
    given = msgspec.structs.asdict(read_form(kind))
    found = {code: OwnWords(**{part: given[f"{part}_{_name(code)}"] for part in PARTS}) for code in _languages()}
    page_url = given["page_url"]
    if page_url is not None and not (page_url.startswith("https://") and len(page_url) <= 512 and " " not in page_url):
        raise InvalidInput.of("page_url", "An address begins with https://.")
    said = {code: words for code, words in found.items() if any(msgspec.structs.asdict(words).values())}
    if not said:
        raise InvalidInput.of(f"happened_{_name(next(iter(_languages())))}", "This field is required.")
    return said, page_url, given["only_new"]


def _left(one: ForAPerson) -> Mapping[str, Any]:
    reference = subjects.hide_subject(current_actor(), one.subject_id) if one.subject_id else None
    contact = ", ".join((one.contact or {}).values())
    return {"id": one.id, "who": contact or reference, "why": LEFT_WHY[one.why], "at": one.created_at}
