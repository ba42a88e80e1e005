"""The notification to the authority: the form with what is missing, the facts it is made of, and what was sent."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from flask import Response, request
from msgspec import Meta

from privacy.authz.permissions import Permission
from privacy.breach import service as breach
from privacy.breach.service import Form, Notice, NotificationFormOut, PersonalDataBreach, Phase, Way
from privacy.console.blueprint import console
from privacy.console.breaches import case, fields
from privacy.console.breaches.words import NOTICES, SECTIONS, clock_text, spoken
from privacy.errors import InvalidInput, NotFound
from privacy.http.auth import current_actor
from privacy.pages.blueprint import needs
from privacy.pages.forms import NO_ERRORS, FormErrors, read_form
from privacy.pages.languages import NAMES, gettext, lazy_gettext, locale
from privacy.pages.rendering import done, download
from privacy.programme.law import AUTHORITY

_HANDLE = needs(Permission.BREACHES_HANDLE)
console.says_after(
    {"breach-notified": lazy_gettext("The notification is recorded, with its documents as they are now.")}
)


class _Wanted(msgspec.Struct, forbid_unknown_fields=True):
    form: Literal["pdf", "json"] = "pdf"
    language: Literal["pl", "en", "hr"] = "pl"
    phase: Phase | None = None
    sent: int | None = None


class _Recorded(msgspec.Struct, forbid_unknown_fields=True):
    version: int
    kind: Notice
    clock: str = AUTHORITY
    way: Way | None = None
    sent_at: str | None = None
    reference: Annotated[str, Meta(max_length=200)] | None = None
    reasons: Annotated[str, Meta(max_length=20_000)] | None = None


@console.form("/breaches/<uuid:breach_id>/form", guard=_HANDLE)
def breaches_form(breach_id: UUID) -> Response:
    """The form as it would be sent now, and what it lacks. That somebody reads it is in the log."""
    return _form(case.found(breach_id))


@console.page("/breaches/<uuid:breach_id>/facts/<facts_section>", guard=_HANDLE, endpoint="breaches_facts_door")
@console.page("/breaches/<uuid:breach_id>/facts/<facts_section>/keep", guard=_HANDLE, endpoint="breaches_kept_door")
def breaches_facts_shown(breach_id: UUID, facts_section: str) -> Response:
    """As what comes before the form: a section is opened from there."""
    row = case.found(breach_id)
    _ensure_section(facts_section)
    return case.shown("door", row)


@console.form("/breaches/<uuid:breach_id>/facts/<facts_section>", guard=_HANDLE)
def breaches_facts(breach_id: UUID, facts_section: str) -> Response:
    """One section of what is known, to be filled in. That somebody reads it is in the log."""
    row = case.found(breach_id)
    _ensure_section(facts_section)
    known = breach.open_breach_file(row.id, actor=current_actor()).facts
    return _facts(row, facts_section, known, NO_ERRORS)


def _facts_again(breach_id: UUID, facts_section: str, errors: FormErrors) -> Response:
    """What was filled in, with what is wrong: nothing else is read for it."""
    return _facts(case.found(breach_id), facts_section, None, errors)


@console.form("/breaches/<uuid:breach_id>/facts/<facts_section>/keep", guard=_HANDLE, again=_facts_again)
def breaches_facts_keep(breach_id: UUID, facts_section: str) -> Response:
    """Record a section of what is known; then the form, with what it lacks now."""
    row = case.found(breach_id)
    _ensure_section(facts_section)
    patch, version = fields.filled(facts_section), _version()
    try:
        with case.told_beside_the_form():
            breach.add_facts(row.id, patch, actor=current_actor(), version=version)
    except InvalidInput as error:
        raise fields.by_our_names(error) from error
    return _form(row, said=gettext("It is recorded."))


def _version() -> int:
    """The version of the breach that was looked at."""
    text = request.form.get("version", "")
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise InvalidInput.of("body", "Please look at this again.")
    return int(text)


@console.form("/breaches/<uuid:breach_id>/notification/file", guard=_HANDLE)
def breaches_notification_file(breach_id: UUID) -> Response:
    """The form as a file; or one as it was when it was recorded as sent."""
    row, wanted, actor = case.found(breach_id), read_form(_Wanted), current_actor()
    form = Form.PDF if wanted.form == "pdf" else Form.JSON
    if wanted.sent is not None:
        made = breach.sent_document(row.id, wanted.sent, form, actor=actor)
    else:
        made = breach.notification_of(row.id, form, actor=actor, phase=wanted.phase, locales=[wanted.language])
    return download(made.content, made.form.value, made.name)


@console.page("/breaches/<uuid:breach_id>/notification", guard=_HANDLE)
def breaches_notification(breach_id: UUID, errors: FormErrors = NO_ERRORS) -> Response:
    """Record what was told to the authority, or to another who has a clock."""
    row = case.found(breach_id)
    view = breach.view(row)
    authority = {one.kind for one in view.notifications if one.clock == AUTHORITY}
    codes = dict.fromkeys([AUTHORITY, *(one.clock.code for one in view.clocks)])
    words = spoken()
    return case.shown(
        "notification",
        row,
        errors=errors,
        sent=[one for one in view.notifications if one.clock == AUTHORITY and one.kind in set(Phase)],
        notices=NOTICES,
        next=(Notice.INITIAL if not authority else Notice.COMPLETE).value,
        clocks=[(code, clock_text(code)) for code in codes],
        kinds=[(one.value, text) for one, text in NOTICES.items()],
        ways=[("", ""), *((one.value, words.told(one)) for one in Way)],
        forms=[("pdf", "PDF"), ("json", "JSON")],
        phases=[("", gettext("The one that comes next")), *((one.value, words.told(one)) for one in Phase)],
        languages=list(NAMES.items()),
        way=Way.BIZNES_GOV.value if row.rehearsal else "",
        reference="DRILL-1" if row.rehearsal else "",
    )


@console.form("/breaches/<uuid:breach_id>/notification", guard=_HANDLE, again=breaches_notification)
def breaches_notify(breach_id: UUID) -> Response:
    """Record it. Nothing is sent from here."""
    row, given = case.found(breach_id), read_form(_Recorded)
    told = breach.Notification(
        given.kind,
        sent_at=case.moment(given.sent_at, "sent_at"),
        way=given.way,
        clock=given.clock,
        reference=given.reference,
        reasons=given.reasons,
    )
    with case.told_beside_the_form():
        breach.record_notification(row.id, told, actor=current_actor(), version=given.version)
    return done("console.breaches_one", "breach-notified", breach_id=row.id)


def _form(row: PersonalDataBreach, said: str | None = None) -> Response:
    made = breach.notification_of(row.id, Form.JSON, actor=current_actor(), locales=[locale()])
    told = msgspec.json.decode(made.content, type=NotificationFormOut)
    lacking: dict[str, int] = {}
    for one in told.missing:
        section = one.field.split(".")[0]
        lacking[section] = lacking.get(section, 0) + 1
    return case.shown(
        "form",
        row,
        form=told,
        phase=spoken().told(told.notification.phase),
        now={one.field for one in told.missing if one.now},
        later={one.field for one in told.missing if not one.now},
        sections=[(code, SECTIONS[code], lacking.get(code, 0)) for code in fields.SECTIONS],
        said_now=said,
    )


def _facts(row: PersonalDataBreach, section: str, known: Any, errors: FormErrors) -> Response:
    words = spoken()
    patch = breach.story.THEN.get(section, {}) if row.rehearsal and known is not None else {}
    if patch:
        known = _with(known, section, patch)
    return case.shown(
        "facts",
        row,
        errors=errors,
        section=section,
        title=SECTIONS[section],
        fields=fields.fields(section, known, words),
        yes_no=[("", ""), ("yes", words.phrases["yes"]), ("no", words.phrases["no"])],
        suggested=bool(patch),
    )


def _with(known: breach.Facts, section: str, patch: Any) -> breach.Facts:
    """In a drill, what its story says where nobody has written anything yet."""
    told = msgspec.to_builtins(known)
    told[section] = {**patch, **told.get(section, {})}
    return msgspec.convert(told, breach.Facts)


def _ensure_section(code: str) -> None:
    if code not in fields.SECTIONS:
        raise NotFound
