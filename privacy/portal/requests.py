"""My requests: where each stands and what happens next, what was written, taking one back, and fetching the data."""

from __future__ import annotations

from uuid import UUID

import msgspec
from flask import Response, stream_with_context

from privacy import clock
from privacy.dsar import service as dsar
from privacy.dsar.service import KnownPerson, OwnFile
from privacy.errors import InvalidInput
from privacy.pages.blueprint import FRESH, SIGNED_IN
from privacy.pages.forms import NO_ERRORS, FormErrors, read_form
from privacy.pages.languages import lazy_gettext, locale
from privacy.pages.rendering import done, download, render
from privacy.portal import request_words as words
from privacy.portal.blueprint import portal
from privacy.portal.gate import current_person
from privacy.programme import service as programmes

_LONGEST = 5_000
_ONE = "portal.requests_one"
portal.says_after(
    {
        "request-sent": lazy_gettext("We have your request. Below you see where it stands."),
        "request-withdrawn": lazy_gettext("You have taken your request back. It will not be carried out."),
        "request-written": lazy_gettext("Your message is with your request. Whoever handles it reads it."),
    }
)


class _Message(msgspec.Struct, forbid_unknown_fields=True):
    words: str = ""


class _Nothing(msgspec.Struct, forbid_unknown_fields=True):
    pass


def me() -> KnownPerson:
    """Whoever has come in, as the services of requests know them."""
    found = current_person()
    assert found.subject_id is not None  # `current_person` lets nobody else through.
    return KnownPerson(found.subject_id, found.proof, found.opened_at, found.actor)


@portal.page("/requests", guard=SIGNED_IN)
def requests() -> Response:
    """My requests, the newest first."""
    return render("portal/requests.html", requests=[words.summary(one) for one in dsar.own_requests(me())])


@portal.page("/requests/<uuid:request_id>", guard=SIGNED_IN)
def requests_one(request_id: UUID) -> Response:
    """One request: its course, what came of it where, what was written."""
    return _one(request_id)


def _one(request_id: UUID, errors: FormErrors = NO_ERRORS) -> Response:
    found = dsar.own_file(request_id, me())
    programme = programmes.current()
    return render(
        "portal/request.html",
        errors=errors,
        file=found,
        row=found.view.row,
        short=words.summary(found.view),
        next_step=words.next_step(found),
        course=words.course(found),
        systems=words.systems(found, programme),
        letters=[(one, words.LETTERS[one.kind]) for one in found.letters],
        package=_package(found),
        authority=programme.jurisdiction.authority,
        longest=_LONGEST,
    )


@portal.form("/requests/<uuid:request_id>/message", guard=SIGNED_IN, again=_one)
def requests_message(request_id: UUID) -> Response:
    """Answer what was asked, or add something."""
    given = read_form(_Message).words
    if not given or len(given) > _LONGEST:
        raise InvalidInput.of("words", _WRITE)
    dsar.write_own(request_id, given, me())
    return done(_ONE, "request-written", request_id=request_id)


@portal.page("/requests/<uuid:request_id>/withdraw", guard=SIGNED_IN)
def requests_withdraw(request_id: UUID) -> Response:
    """What taking the request back means, before it is done."""
    found = dsar.own_file(request_id, me())
    if not found.may_withdraw:
        return done(_ONE, request_id=request_id)
    return render("portal/request_withdraw.html", row=found.view.row, short=words.summary(found.view))


@portal.form("/requests/<uuid:request_id>/withdraw", guard=SIGNED_IN)
def requests_withdrawn(request_id: UUID) -> Response:
    """Take it back; whoever does it twice did it once."""
    read_form(_Nothing)
    if dsar.own_file(request_id, me()).may_withdraw:
        dsar.withdraw_own(request_id, me())
        return done(_ONE, "request-withdrawn", request_id=request_id)
    return done(_ONE, request_id=request_id)


@portal.page("/requests/<uuid:request_id>/letters/<uuid:letter_id>", guard=SIGNED_IN)
def requests_letter(request_id: UUID, letter_id: UUID) -> Response:
    """A letter as it was written."""
    found = dsar.own_letter(request_id, letter_id, me())
    title = words.LETTERS[found.view.kind]
    return render("portal/request_letter.html", letter=found, title=title, request_id=request_id)


@portal.page("/requests/<uuid:request_id>/letters/<uuid:letter_id>/pdf", guard=SIGNED_IN)
def requests_letter_pdf(request_id: UUID, letter_id: UUID) -> Response:
    """The same as a file."""
    found = dsar.own_letter(request_id, letter_id, me())
    name = f"{_FILES[locale()]['letter']}-{clock.from_micros(found.view.created_at).date().isoformat()}.pdf"
    return download(dsar.letter_pdf(found), "application/pdf", name)


@portal.page("/requests/<uuid:request_id>/package", guard=FRESH)
def requests_package(request_id: UUID) -> Response:
    """What the package is, and until when it can be fetched."""
    found = dsar.own_file(request_id, me())
    return render("portal/request_package.html", row=found.view.row, package=_package(found), once=found.own.package)


@portal.form("/requests/<uuid:request_id>/package", guard=FRESH)
def requests_fetch(request_id: UUID) -> Response:
    """Fetch the package; each time counts."""
    read_form(_Nothing)
    package, parts = dsar.fetch_own(request_id, me())
    response = download(b"", dsar.PACKAGE_TYPE, f"{_FILES[locale()]['package']}.zip")
    response.response = stream_with_context(parts)
    response.content_length = package.size
    response.headers["Cache-Control"] = "no-store"
    return response


def _package(found: OwnFile) -> words.Package | None:
    return words.package(found)


_FILES = {
    "pl": {"letter": "pismo", "package": "moje-dane"},
    "en": {"letter": "letter", "package": "my-data"},
    "hr": {"letter": "dopis", "package": "moji-podaci"},
}
_WRITE = "Write what you want to tell us, in at most 5000 characters."
