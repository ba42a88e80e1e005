"""One entry: what it says, its files, the officer's advice, the decision, and what comes after it."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from urllib.parse import quote
from uuid import UUID

import msgspec
from flask import Response, request, stream_with_context

from privacy import clock
from privacy.authz.permissions import Permission
from privacy.console.blueprint import console
from privacy.console.registers import words
from privacy.console.registers.listing import is_due, names_of
from privacy.errors import InvalidInput
from privacy.http.auth import current_actor
from privacy.legal_time import days
from privacy.pages.blueprint import needs
from privacy.pages.forms import NO_ERRORS, FormErrors, fields_named, read_form
from privacy.pages.languages import lazy_gettext, locale
from privacy.pages.rendering import done, render
from privacy.programme import service as programmes
from privacy.programme.types import Programme
from privacy.registers import service as registers
from privacy.registers.service import LARGEST_FILE, RULES, EntryOutcome, EntryState, EntryView

_READ, _HANDLE = needs(Permission.REGISTERS_READ), needs(Permission.REGISTERS_HANDLE)
_DECIDE, _ADVISE = needs(Permission.REGISTERS_HANDLE, fresh=True), needs(Permission.REGISTERS_ADVISE)
_ONE = "/registers/<uuid:entry_id>"
console.says_after(
    {
        "entry-advised": lazy_gettext("The officer's advice is recorded. It is void once somebody changes the text."),
        "entry-decided": lazy_gettext("It is decided. The text is not edited any more."),
        "entry-consulting": lazy_gettext("The entry waits for the authority's answer."),
        "entry-answered": lazy_gettext("The authority's answer is recorded. Now it may be decided."),
        "entry-reviewed": lazy_gettext("It stands, and is looked at again on the day that you named."),
        "entry-renewed": lazy_gettext("A new version has begun. The old one stands until this one is decided."),
        "entry-given-up": lazy_gettext("The entry is given up, and stays in the register."),
        "file-added": lazy_gettext("The file is added."),
        "file-removed": lazy_gettext("The file is removed. That it was there stays in the log."),
    }
)


class _Version(msgspec.Struct, forbid_unknown_fields=True):
    version: int


class _Advised(_Version, forbid_unknown_fields=True):
    advice: str = ""


class _Decided(_Version, forbid_unknown_fields=True):
    outcome: EntryOutcome
    reason: str = ""


class _Answered(_Version, forbid_unknown_fields=True):
    on: date
    answer: str = ""


class _Reviewed(_Version, forbid_unknown_fields=True):
    review_on: date
    why_stands: str = ""


class _GivenUp(_Version, forbid_unknown_fields=True):
    why_given_up: str = ""


@console.page(_ONE, guard=_READ, endpoint="registers_one")
def one(entry_id: UUID, errors: FormErrors = NO_ERRORS) -> Response:
    """One entry."""
    entry = _view(entry_id)
    rules, programme = RULES[entry.kind], programmes.current()
    open_ = entry.state in {EntryState.OPEN, EntryState.CONSULTING}
    may_decide = Permission.REGISTERS_DECIDE if rules.controller_decides else Permission.REGISTERS_HANDLE
    questions = registers.questions(entry.kind, locale())
    return render(
        "registers/one.html",
        entry=entry,
        kind=words.KINDS[entry.kind],
        state_text=words.STATES[entry.state],
        outcome=words.OUTCOMES[entry.outcome] if entry.outcome else None,
        outcomes=[(one.value, said) for one, said in words.OUTCOMES.items() if one in rules.outcomes],
        about=_about(entry, programme),
        questions=questions,
        unanswered=[one for one in questions if one.required and one.code not in entry.content.answers],
        risks=words.RISKS,
        rules=rules,
        due=is_due(entry, days.day_of(clock.micros(), programme.zone)),
        is_open=open_,
        states=EntryState,
        advice_wanted=rules.advice and programme.dpo is not None and entry.advised_at is None and open_,
        may_decide=may_decide in current_actor().permissions,
        errors=errors,
    )


@console.form(f"{_ONE}/advice", guard=_ADVISE, again=one, endpoint="registers_advise")
def advise(entry_id: UUID) -> Response:
    """What the data protection officer advises on the entry as it is (Art. 35(2))."""
    given = read_form(_Advised)
    registers.advise(entry_id, given.version, given.advice, actor=current_actor())
    return done("console.registers_one", "entry-advised", entry_id=entry_id)


@console.form(f"{_ONE}/decision", guard=_DECIDE, again=one, endpoint="registers_decide")
def decide(entry_id: UUID) -> Response:
    """How it ends; of what the controller decides the officer decides nothing (Art. 38(6))."""
    given = read_form(_Decided)
    decided = registers.decide(entry_id, given.version, given.outcome, reason=given.reason, actor=current_actor())
    said = "entry-consulting" if decided.state is EntryState.CONSULTING else "entry-decided"
    return done("console.registers_one", said, entry_id=entry_id)


@console.form(f"{_ONE}/consultation", guard=_HANDLE, again=one, endpoint="registers_consulted")
def consulted(entry_id: UUID) -> Response:
    """What the authority answered, and when (Art. 36(2))."""
    given = read_form(_Answered)
    registers.note_consultation(entry_id, given.version, given.on, given.answer, actor=current_actor())
    return done("console.registers_one", "entry-answered", entry_id=entry_id)


@console.form(f"{_ONE}/review", guard=_HANDLE, again=one, endpoint="registers_review")
def review(entry_id: UUID) -> Response:
    """A decided entry stands, until a later day."""
    given = read_form(_Reviewed)
    with fields_named(lambda name: "why_stands" if name == "reason" else name):
        registers.review(entry_id, given.version, given.review_on, reason=given.why_stands, actor=current_actor())
    return done("console.registers_one", "entry-reviewed", entry_id=entry_id)


@console.form(f"{_ONE}/renewal", guard=_HANDLE, endpoint="registers_renew")
def renew(entry_id: UUID) -> Response:
    """A new version, which says the same at first."""
    begun = registers.renew(entry_id, read_form(_Version).version, actor=current_actor())
    return done("console.registers_one", "entry-renewed", entry_id=begun.id)


@console.form(f"{_ONE}/give-up", guard=_HANDLE, again=one, endpoint="registers_give_up")
def give_up(entry_id: UUID) -> Response:
    """An entry that is not decided is given up; it stays in the register, with the reason."""
    given = read_form(_GivenUp)
    with fields_named(lambda name: "why_given_up" if name == "reason" else name):
        registers.cancel(entry_id, given.version, reason=given.why_given_up, actor=current_actor())
    return done("console.registers_one", "entry-given-up", entry_id=entry_id)


@console.form(f"{_ONE}/files", guard=_HANDLE, again=one, largest_file=LARGEST_FILE, endpoint="registers_add_file")
def add_file(entry_id: UUID) -> Response:
    """A file, told by its bytes and not by its name."""
    version, sent = read_form(_Version).version, request.files.get("file")
    if sent is None or not sent.filename:
        raise InvalidInput.of("file", "Choose a file.")
    with closing(sent):  # A large one lies in a temporary file.
        content = sent.stream.read(LARGEST_FILE + 1)
    registers.add_file(entry_id, version, sent.filename, content, actor=current_actor())
    return done("console.registers_one", "file-added", entry_id=entry_id)


@console.form(f"{_ONE}/files/<uuid:file_id>/remove", guard=_HANDLE, endpoint="registers_remove_file")
def remove_file(entry_id: UUID, file_id: UUID) -> Response:
    """Take a file from an entry that is not decided."""
    registers.remove_file(entry_id, read_form(_Version).version, file_id, actor=current_actor())
    return done("console.registers_one", "file-removed", entry_id=entry_id)


@console.page(f"{_ONE}/files/<uuid:file_id>", guard=_READ, endpoint="registers_file")
def file(entry_id: UUID, file_id: UUID) -> Response:
    """One file, always to be saved and never shown by a browser."""
    found = registers.open_file(entry_id, file_id, realm=current_actor().realm)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.name, safe='')}",
        "Content-Length": str(found.size),
        "X-Content-Type-Options": "nosniff",
    }
    return Response(stream_with_context(found.parts), mimetype=found.media_type, headers=headers)


def _view(entry_id: UUID) -> EntryView:
    return registers.view(entry_id, realm=current_actor().realm)


def _about(entry: EntryView, programme: Programme) -> list[str]:
    """What the entry is about, by name; by its code what the programme has no more."""
    named = {
        **dict(names_of(programme.processing_activities, locale())),
        **dict(names_of(programme.purposes, locale())),
        **dict(names_of(programme.processors, locale())),
    }
    codes = (*entry.about.activities, *entry.about.purposes, *entry.about.processors)
    return [named.get(code, code) for code in codes]
