"""An entry being written: its title, owner, days, what it is about, and the questions of its kind."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from flask import Response, request

from privacy.access import service as access
from privacy.authz.permissions import Permission
from privacy.console.blueprint import console
from privacy.console.registers import words
from privacy.console.registers.listing import names_of
from privacy.errors import InvalidInput
from privacy.http.auth import current_actor
from privacy.pages.blueprint import needs
from privacy.pages.forms import NO_ERRORS, FormErrors, fields_named, read_form
from privacy.pages.languages import lazy_gettext, locale
from privacy.pages.rendering import done, render
from privacy.programme import service as programmes
from privacy.registers import service as registers
from privacy.registers.service import RULES, About, Draft, EntryKind, EntryState, EntryView

_HANDLE = needs(Permission.REGISTERS_HANDLE)
#: A field of an answer is named by its question; errors of the service name it with a dot.
_ANSWER, _OF_SERVICE = "answer_", "answers."
console.says_after(
    {
        "entry-begun": lazy_gettext("The entry has begun. Answers and files may be added bit by bit."),
        "entry-written": lazy_gettext("What the entry says is saved. Advice on the text before counts no more."),
    }
)


@console.page("/registers/new", guard=_HANDLE, endpoint="registers_new")
def new(errors: FormErrors = NO_ERRORS) -> Response:
    """A new entry of the kind that the address names; without one, which kind it is to be."""
    kind = request.form.get("kind") or request.args.get("kind", "")
    if kind not in set(EntryKind):
        return render("registers/new.html", kinds=[(one.value, said) for one, said in words.KINDS.items()])
    return _form(EntryKind(kind), None, errors)


@console.form("/registers/new", guard=_HANDLE, again=new, endpoint="registers_begin")
def begin() -> Response:
    """Begin it."""
    if (code := request.form.get("kind", "")) not in set(EntryKind):
        raise InvalidInput.of("kind", "Say which kind of entry it is.")
    kind = EntryKind(code)
    filled = _read(kind, ("kind", EntryKind))
    with fields_named(_as_here):
        begun = registers.begin(kind, _draft(kind, filled), actor=current_actor())
    return done("console.registers_one", "entry-begun", entry_id=begun.id)


@console.page("/registers/<uuid:entry_id>/text", guard=_HANDLE, endpoint="registers_edit")
def edit(entry_id: UUID, errors: FormErrors = NO_ERRORS) -> Response:
    """What an open entry says, to be changed."""
    entry = registers.view(entry_id, realm=current_actor().realm)
    if entry.state is not EntryState.OPEN:
        raise registers.EntryClosed
    return _form(entry.kind, entry, errors)


@console.form("/registers/<uuid:entry_id>/text", guard=_HANDLE, again=edit, endpoint="registers_change")
def change(entry_id: UUID) -> Response:
    """Save it, unless somebody else has changed it meanwhile."""
    entry = registers.view(entry_id, realm=current_actor().realm)
    filled = _read(entry.kind, ("version", int))
    with fields_named(_as_here):
        registers.change(entry_id, filled["version"], _draft(entry.kind, filled), actor=current_actor())
    return done("console.registers_one", "entry-written", entry_id=entry_id)


def _form(kind: EntryKind, entry: EntryView | None, errors: FormErrors) -> Response:
    programme, language = programmes.current(), locale()
    about = entry.about if entry is not None else About()
    chosen = {"activities": about.activities, "purposes": about.purposes, "processors": about.processors}
    if errors.given:
        chosen = {name: tuple(errors.given.get(name, ())) for name in chosen}
    return render(
        "registers/write.html",
        kind=kind,
        kind_text=words.KINDS[kind],
        entry=entry,
        errors=errors,
        colleagues=[(one.name, one.name) for one in access.list_staff() if one.disabled_at is None],
        owner=entry.owner if entry is not None else current_actor().name,
        activities=names_of(programme.processing_activities, language),
        purposes=names_of(programme.purposes, language),
        processors=names_of(programme.processors, language),
        chosen=chosen,
        questions=registers.questions(kind, language),
        answers=entry.content.answers if entry is not None else {},
        risks=[("", ""), *words.RISKS.items()],
        rules=RULES[kind],
        participants="\n".join(entry.content.participants) if entry is not None else "",
    )


def _draft(kind: EntryKind, filled: Mapping[str, Any]) -> Draft:
    answers = {code: filled.get(f"{_ANSWER}{code}") or "" for code in RULES[kind].questions}
    return Draft(
        title=filled["title"],
        owner=filled["owner"] or current_actor().name,
        about=About(tuple(filled["activities"]), tuple(filled["purposes"]), tuple(filled["processors"])),
        held_on=filled["held_on"],
        review_on=filled["review_on"],
        answers={code: said for code, said in answers.items() if said},
        participants=tuple(line for line in filled["participants"].split("\n") if line.strip()),
    )


def _read(kind: EntryKind, first: tuple[str, Any]) -> Mapping[str, Any]:
    """The form of a kind, which has its questions in it."""
    fields: list[tuple[str, Any] | tuple[str, Any, Any]] = [
        first,
        ("title", str, ""),
        ("owner", str, ""),
        ("activities", list[str], []),
        ("purposes", list[str], []),
        ("processors", list[str], []),
        ("held_on", date | None, None),
        ("review_on", date | None, None),
        ("participants", str, ""),
        *((f"{_ANSWER}{code}", str | None, None) for code in RULES[kind].questions),
    ]
    return msgspec.structs.asdict(read_form(msgspec.defstruct("EntryFilled", fields, forbid_unknown_fields=True)))


def _as_here(name: str) -> str:
    return name.replace(_OF_SERVICE, _ANSWER)
