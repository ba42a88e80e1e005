"""What is decided: a grant whole or but for some parts, a refusal on grounds of the law (Art. 12(4)), the dry run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any
from uuid import UUID

import msgspec
from flask import Response, request
from msgspec import Meta

from privacy.authz.permissions import Permission
from privacy.console.blueprint import console
from privacy.console.counter.sayings import kind_names
from privacy.console.requests import actions, words
from privacy.console.requests.actions import STEPS, plainly
from privacy.console.requests.intake import corrected_fields
from privacy.console.requests.one import ONE, Nothing, head
from privacy.console.requests.steps import Reason
from privacy.dsar import service as dsar
from privacy.dsar.service import CaseType, Correction, Decision, Ground, Opened, PlannedTable, Refused
from privacy.errors import InvalidInput, PrivacyError
from privacy.http.auth import current_actor
from privacy.legal_time import days
from privacy.pages.blueprint import needs
from privacy.pages.forms import NO_ERRORS, FormErrors, read_form
from privacy.pages.languages import lazy_gettext, locale
from privacy.pages.rendering import done, render
from privacy.pages.tables import Column, Kind, as_csv, table
from privacy.programme import service as programmes

_DECIDE = needs(Permission.REQUESTS_DECIDE, fresh=True)
_READ = needs(Permission.REQUESTS_DECIDE, Permission.REQUESTS_SEARCH, fresh=True)
_HANDLE = needs(Permission.REQUESTS_HANDLE)
_DECIDED = "request-decided"
#: Parts that the form refuses, at first and at most; a decision of more parts comes by the API.
_FEW, _MOST = 3, 12
_PLACE = re.compile(r"refused(?:\[([0-9]+)\](?:\.(\w+))?)?", re.ASCII)
#: What the room calls the fields of a line, and what the form does.
_NAMES = {"what": "part", "facts": "facts"}
#: Answered by what a person writes.
_IN_WORDS = frozenset(
    {CaseType.AUTOMATED_DECISION_REVIEW, CaseType.COMPLAINT, CaseType.AUTHORITY_LETTER, CaseType.DISCLOSURE}
)
_EVERY_FIELD = [(name, line) for line in range(_MOST) for name in ("part", "ground", "facts")]
_Text = Annotated[str, Meta(max_length=20_000)]
#: A version, the answer in words, and lines of a part, the ground of the law, the facts.
_Decided: Any = msgspec.defstruct(
    "_Decided",
    [
        ("version", int),
        ("reason", Reason, ""),
        ("answer", _Text, ""),
        ("correct", str, ""),
        ("right", Annotated[str, Meta(max_length=300)], ""),
        ("purposes", list[str], msgspec.field(default_factory=list)),
        *((f"{name}_{line}", _Text, "") for name, line in _EVERY_FIELD),
    ],
    forbid_unknown_fields=True,
    module=__name__,
)


@console.page("/requests/<uuid:request_id>/grant", guard=_DECIDE)
def requests_grant(request_id: UUID, errors: FormErrors = NO_ERRORS) -> Response:
    """Where a request is granted, but for the parts that are refused."""
    return _page(request_id, "grant", errors, None)


@console.form("/requests/<uuid:request_id>/grant/open", guard=_READ)
def requests_grant_open(request_id: UUID) -> Response:
    """The same beside what the request says. That somebody read it is in the log."""
    read_form(Nothing)
    return _page(request_id, "grant", NO_ERRORS, dsar.open_matter(request_id, actor=current_actor()))


@console.form("/requests/<uuid:request_id>/grant", guard=_DECIDE, again=requests_grant)
def requests_granted(request_id: UUID) -> Response:
    """Grant it. Where two people are wanted it waits for the second."""
    given, actor = read_form(_Decided), current_actor()
    row = dsar.visible(request_id, actor=actor)
    lines, refused = _refused(given)
    corrections = (Correction(given.correct, given.right),) if given.correct and given.right else ()
    decision = Decision(refused, False, corrections, tuple(given.purposes), given.answer or None)
    with plainly(), _beside(lines):
        dsar.grant(row.id, decision, actor=actor, version=given.version, reason=given.reason or None)
    return done(ONE, _DECIDED, request_id=request_id)


@console.page("/requests/<uuid:request_id>/refuse", guard=_DECIDE)
def requests_refuse(request_id: UUID, errors: FormErrors = NO_ERRORS) -> Response:
    """Where a request is refused as a whole."""
    return _page(request_id, "refuse", errors, None)


@console.form("/requests/<uuid:request_id>/refuse/open", guard=_READ)
def requests_refuse_open(request_id: UUID) -> Response:
    """The same beside what the request says. That somebody read it is in the log."""
    read_form(Nothing)
    return _page(request_id, "refuse", NO_ERRORS, dsar.open_matter(request_id, actor=current_actor()))


@console.form("/requests/<uuid:request_id>/refuse", guard=_DECIDE, again=requests_refuse)
def requests_refused(request_id: UUID) -> Response:
    """Refuse it, on grounds of the law."""
    given, actor = read_form(_Decided), current_actor()
    row = dsar.visible(request_id, actor=actor)
    lines, refused = _refused(given)
    with plainly(), _beside(lines):
        dsar.refuse(row.id, refused, actor=actor, version=given.version, answer=given.answer or None)
    return done(ONE, _DECIDED, request_id=request_id)


_PLANNED: tuple[Column[PlannedTable], ...] = (
    Column("system", lazy_gettext("System"), lambda one: words.system(one.system, programmes.current())),
    Column("table", lazy_gettext("Table"), lambda one: f"{one.data_set}.{one.table}"),
    Column("rows", lazy_gettext("Rows"), lambda one: one.rows, Kind.NUMBER),
    Column("doubtful", lazy_gettext("Doubtful rows"), lambda one: one.doubtful, Kind.NUMBER),
)


@console.page("/requests/<uuid:request_id>/plan", guard=_HANDLE)
def requests_plan(request_id: UUID) -> Response:
    """What the systems would find now, counted and forgotten. Nothing is stored, and nothing is changed."""
    shown = head(request_id)
    failed: PrivacyError | None = None
    found: Sequence[PlannedTable] = ()
    try:
        found = dsar.plan(shown["row"].id)
    except PrivacyError as error:  # A system that is away or not connected says so with a code.
        failed = error
    made = table(lazy_gettext("What would be found"), _PLANNED, found, request_id=request_id)
    told = words.failure(failed.code) if failed is not None else ""
    return as_csv(made, "plan") or render("requests/plan.html", **shown, table=made, failed=told)


def _page(request_id: UUID, name: str, errors: FormErrors, opened: Opened | None) -> Response:
    shown, programme = head(request_id), programmes.current()
    row = shown["row"]
    case_type = CaseType(row.case_type)
    return render(
        f"requests/{name}.html",
        **shown,
        errors=errors,
        opened=opened,
        step=STEPS[name],
        can=name in actions.possible(row, current_actor()),
        lines=range(_shown_lines()),
        refusing="lines" in request.args or any(request.form.get(f"{one}_{line}") for one, line in _EVERY_FIELD),
        most=_MOST,
        parts=[("", ""), *((code, _part(code)) for code in dsar.parts_for(case_type))],
        law=[("", ""), *((one.value, words.GROUNDS[one]) for one in dsar.grounds_for(case_type))],
        grounds=words.GROUNDS,
        kinds=dict(kind_names(programme, locale())),
        rule=programme.request_rule(row.case_type, days.day_of(row.received_at, programme.zone)),
        in_words=case_type in _IN_WORDS,
        handed_out=case_type in actions.HANDED_OUT,
        corrected=[("", ""), *corrected_fields(programme)] if case_type is CaseType.RECTIFICATION else [],
        purposes=_purposes() if case_type is CaseType.OBJECTION else [],
    )


def _part(code: str) -> str:
    """A part that may be refused: systems and purposes by their names, tables and fields by those of the data map."""
    programme = programmes.current()
    if code in programme.purposes:
        return programme.purposes[code].names.get(locale()) or code
    named = words.system(code, programme)
    return f"{named} ({code})" if named != code else code


def _purposes() -> list[tuple[str, str]]:
    return [(code, one.names.get(locale()) or code) for code, one in programmes.current().purposes.items()]


def _shown_lines() -> int:
    """How many lines the form has: as many as the address asks for, and never fewer than were filled in."""
    asked = request.args.get("lines", "")
    wished = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < len(str(_MOST)) + 1 else _FEW
    used = [line for line in range(_MOST) if request.form.get(f"facts_{line}") or request.form.get(f"part_{line}")]
    return min(max(wished, _FEW, *(line + 1 for line in used)), _MOST)


def _refused(given: Any) -> tuple[list[int], tuple[Refused, ...]]:
    """The lines that were filled in, and what each refuses. Raises `InvalidInput` for one without a ground."""
    lines, found = [], []
    for line in range(_MOST):
        part, ground, facts = (getattr(given, f"{name}_{line}") for name in ("part", "ground", "facts"))
        if not (part or ground or facts):
            continue
        if ground not in set(Ground):
            raise InvalidInput.of(f"ground_{line}", "Choose the ground of the law.")
        lines.append(line)
        found.append(Refused(Ground(ground), part or None, facts or None))
    return lines, tuple(found)


@contextmanager
def _beside(lines: Sequence[int]) -> Iterator[None]:
    """What the room found wrong with a line stands beside the field of that line."""
    try:
        yield
    except InvalidInput as error:
        found: dict[str, list[str]] = {}
        for name, texts in (error.extensions.get("errors") or {"body": [error.detail]}).items():
            found.setdefault(_field(name, lines), []).extend(texts)
        raise InvalidInput(errors=found) from None


def _field(name: str, lines: Sequence[int]) -> str:
    match = _PLACE.fullmatch(name)
    if match is None:
        return {"corrections": "right"}.get(name, name)
    line = lines[int(match[1])] if match[1] else 0
    return f"{_NAMES.get(match[2] or '', 'ground')}_{line}"
