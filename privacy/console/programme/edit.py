"""Another programme, or one section of it: a text or a file, then the plan, then applied as it was seen."""

from __future__ import annotations

import base64
import binascii
import zlib

import msgspec
from flask import Response, request

from privacy.authz.permissions import Permission
from privacy.consent import service as consent
from privacy.console.blueprint import console
from privacy.console.programme import words
from privacy.console.programme.changes import counted, shown_changes
from privacy.db import end_read, unit_of_work
from privacy.errors import InvalidInput
from privacy.http.auth import current_actor
from privacy.pages.blueprint import needs
from privacy.pages.forms import NO_ERRORS, FormErrors
from privacy.pages.languages import lazy_gettext
from privacy.pages.rendering import done, render
from privacy.programme import service as programmes
from privacy.programme.service import Document, ProgrammeConflict, ProgrammeInvalid, ProgrammeMoved
from privacy.yaml_document import MAX_BYTES

_WRITE = needs(Permission.PROGRAMME_WRITE)
_APPLY = needs(Permission.PROGRAMME_WRITE, fresh=True)
#: In the place of a section: the whole file.
_WHOLE = ""

console.says_after(
    {
        "programme-applied": lazy_gettext("The programme is in force. Each change is in the log."),
        "programme-same": lazy_gettext("Nothing differs, so nothing was applied."),
    }
)


class _Planned(msgspec.Struct, forbid_unknown_fields=True):
    """What the page of a plan sends back: the very text, and what was seen of it."""

    packed: str
    section: str
    number: int
    digest: str


@console.page("/programme/edit", guard=_APPLY, endpoint="programme_edit")
def edit() -> Response:
    """The whole file, or the section that the address names, to be edited."""
    section = request.args.get("section", _WHOLE)
    end_read()
    return _editor(section, programmes.section_text(section) if section else programmes.export())


@console.form("/programme/plan", guard=_WRITE, whole=False, endpoint="programme_plan")
def plan() -> Response:
    """What the text would change. Writes nothing."""
    section = request.form.get("section", _WHOLE)
    text = ""
    try:
        text = _given()
        document = _read(section, text)
    except ProgrammeInvalid as invalid:
        return _editor(section, text, invalid=invalid)
    except InvalidInput as error:
        return _editor(section, text, errors=FormErrors.of(error))
    return _plan_page(section, text, document)


@console.form("/programme/apply", guard=_APPLY, whole=False, endpoint="programme_apply")
def apply() -> Response:
    """Make it the programme in force: exactly what was planned, on exactly the version it was planned for."""
    planned = _sent()
    text = _unpacked(planned.packed)
    document = _read(planned.section, text)
    try:
        if document.sha256 != planned.digest:
            raise ProgrammeMoved
        with unit_of_work():
            applied = programmes.apply(
                document, actor=current_actor(), purpose_in_use=consent.purpose_in_use, after=planned.number
            )
    except (ProgrammeConflict, ProgrammeMoved) as refused:
        return _plan_page(planned.section, text, document, moved=isinstance(refused, ProgrammeMoved))
    return done("console.programme", "programme-applied" if applied.changes else "programme-same")


def _editor(
    section: str, text: str, *, invalid: ProgrammeInvalid | None = None, errors: FormErrors = NO_ERRORS
) -> Response:
    return render(
        "programme/edit.html",
        422 if invalid or errors else 200,
        section=section,
        title=words.SECTIONS.get(section),
        text=text,
        problems=invalid.problems if invalid else (),
        errors=errors,
    )


def _plan_page(section: str, text: str, document: Document, *, moved: bool = False) -> Response:
    planned = programmes.plan(document, purpose_in_use=consent.purpose_in_use)
    return render(
        "programme/plan.html",
        409 if moved else 200,
        section=section,
        title=words.SECTIONS[section] if section else None,
        changes=shown_changes(planned.changes),
        counts=counted(planned.changes),
        refusals=planned.refusals,
        untranslated=planned.untranslated,
        number=planned.from_number,
        digest=document.sha256,
        packed=_packed(text),
        moved=moved,
    )


def _read(section: str, text: str) -> Document:
    return programmes.with_section(section, text) if section else programmes.read(text)


def _given() -> str:
    """The text of the file that was sent, or else what stands in the field."""
    sent = request.files.get("file")
    raw = sent.stream.read(MAX_BYTES + 1) if sent is not None and sent.filename else b""
    if len(raw) > MAX_BYTES:
        raise InvalidInput.of("file", "This file is too large.")
    try:
        text = raw.decode("utf-8-sig") if raw else request.form.get("text", "")
    except UnicodeDecodeError:
        raise InvalidInput.of("file", "This is no text in UTF-8.") from None
    return text.replace("\r\n", "\n")


def _sent() -> _Planned:
    # Read apart from `read_form`, whose fields are short texts that people type.
    try:
        return msgspec.convert(
            {name: request.form[name] for name in _Planned.__struct_fields__}, _Planned, strict=False
        )
    except (KeyError, msgspec.ValidationError):
        raise ProgrammeMoved from None


def _packed(text: str) -> str:
    return base64.b64encode(zlib.compress(text.encode())).decode()


def _unpacked(packed: str) -> str:
    """The text of a plan; no more than a file may have, whatever was packed."""
    try:
        unpacking = zlib.decompressobj()
        raw = unpacking.decompress(base64.b64decode(packed, validate=True), MAX_BYTES)
        if not unpacking.eof:
            raise ProgrammeMoved
        return raw.decode()
    except (binascii.Error, zlib.error, UnicodeDecodeError):
        raise ProgrammeMoved from None
