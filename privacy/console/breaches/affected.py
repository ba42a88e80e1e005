"""Who is affected by a breach: a list, a search in our store or in a system; how many, and how far each search is."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from typing import Annotated
from uuid import UUID

import msgspec
from flask import Response
from msgspec import Meta

from privacy.authz.permissions import Permission
from privacy.breach import service as breach
from privacy.breach.service import ActsQuestion, DataMapQuestion, Line, SourceKind, SourceState, SourceView
from privacy.consent.service import ActKind
from privacy.console.blueprint import console
from privacy.console.breaches import case
from privacy.console.breaches.words import SOURCE_KINDS, SOURCE_STATES
from privacy.errors import InvalidInput
from privacy.http.auth import current_actor
from privacy.pages.blueprint import needs
from privacy.pages.forms import NO_ERRORS, FormErrors, read_form
from privacy.pages.languages import gettext, lazy_gettext, locale
from privacy.pages.rendering import done
from privacy.pages.tables import Column, Kind, as_csv, table
from privacy.programme import service as programmes

_READ, _HANDLE = needs(Permission.BREACHES_READ), needs(Permission.BREACHES_HANDLE)
#: Lines that one form takes; a longer list is read by `privacy breach affected`.
_MOST = 500
console.says_after(
    {
        "affected-listed": lazy_gettext("The list was read. See below what came of it."),
        "affected-asked": lazy_gettext("The search was asked for. A worker does it; you may leave this page."),
    }
)


class _Listed(msgspec.Struct, forbid_unknown_fields=True):
    people: Annotated[str, Meta(max_length=20_000)]


class _MadeUp(msgspec.Struct, forbid_unknown_fields=True):
    people: Annotated[int, Meta(ge=1, le=1_000)] = 20


class _Acts(msgspec.Struct, forbid_unknown_fields=True):
    source_system: str | None = None
    purpose: str | None = None
    act: ActKind | None = None


class _Rows(msgspec.Struct, forbid_unknown_fields=True):
    system: str
    categories: tuple[str, ...] = ()
    tables: str | None = None


def _asked(one: SourceView) -> str:
    """What was asked: codes and names of the programme, as whoever asked chose them."""
    told: list[str] = []
    for name, value in one.asked.items():
        for code in value if isinstance(value, list) else [value]:
            told.append(_called(name, str(code)))
    return ", ".join(told)


_COLUMNS: tuple[Column[SourceView], ...] = (
    Column("kind", lazy_gettext("Found by"), lambda one: SOURCE_KINDS[one.kind]),
    Column(
        "state",
        lazy_gettext("State"),
        lambda one: SOURCE_STATES[one.state][0],
        order=lambda one: one.state.value,
        sign=lambda one: SOURCE_STATES[one.state][1],
    ),
    Column("asked", lazy_gettext("Asked for"), _asked),
    Column("begun", lazy_gettext("Begun"), lambda one: one.created_at, Kind.MOMENT),
    Column("read", lazy_gettext("Read"), lambda one: one.rows_read, Kind.NUMBER),
    Column("added", lazy_gettext("Added"), lambda one: one.added, Kind.NUMBER),
    Column("repeated", lazy_gettext("Known already"), lambda one: one.repeated, Kind.NUMBER),
    Column("rejected", lazy_gettext("Named nobody"), lambda one: one.rejected, Kind.NUMBER),
    Column("failure", lazy_gettext("Failure"), lambda one: one.failure),
)


@console.page("/breaches/<uuid:breach_id>/affected", guard=_READ)
def breaches_affected(breach_id: UUID, errors: FormErrors = NO_ERRORS) -> Response:
    """How many are affected and by what they were found; nobody is named."""
    row = case.found(breach_id)
    sources, programme = breach.affected_sources(row.id), programmes.current()
    made = table(gettext("Searches"), _COLUMNS, sources, breach_id=row.id)
    return as_csv(made, f"{row.number}-searches") or case.shown(
        "affected",
        row,
        errors=errors,
        counts=breach.affected_counts(row.id),
        table=made,
        failed=[one for one in sources if one.state is SourceState.FAILED and one.kind is not SourceKind.LIST],
        unfinished=any(one.state in {SourceState.READING, SourceState.WAITING} for one in sources),
        most=_MOST,
        kinds=[*(kind.value for kind in programme.contact_kinds), *programme.identifier_types],
        purposes=[("", ""), *((code, _named(one.names)) for code, one in programme.purposes.items())],
        systems=[("", ""), *((code, _named(one.names)) for code, one in programme.systems.items())],
        categories=[(code, _named(one.names)) for code, one in programme.data_categories.items()],
        acts=[("", ""), *((kind.value, _ACTS[kind]) for kind in _ACTS)],
    )


@console.form("/breaches/<uuid:breach_id>/affected/list", guard=_HANDLE, again=breaches_affected)
def breaches_affected_list(breach_id: UUID) -> Response:
    """Record people by identifiers. Lines that name nobody are counted, and never repeated."""
    row, given = case.found(breach_id), read_form(_Listed)
    return _listed(row.id, list(_lines(given.people)))


@console.form("/breaches/<uuid:breach_id>/affected/made-up", guard=_HANDLE, again=breaches_affected)
def breaches_affected_made_up(breach_id: UUID) -> Response:
    """In a drill: people who do not exist."""
    row, given = case.found(breach_id), read_form(_MadeUp)
    if not row.rehearsal:
        raise InvalidInput.of("people", "Made-up people belong to drills alone.")
    made_up = breach.story.made_up(given.people)
    return _listed(row.id, [Line(number, one) for number, one in enumerate(made_up, 1)])


@console.form("/breaches/<uuid:breach_id>/affected/acts", guard=_HANDLE, again=breaches_affected)
def breaches_affected_acts(breach_id: UUID) -> Response:
    """Have everybody found who has such an act."""
    row, given = case.found(breach_id), read_form(_Acts)
    if given == _Acts():
        raise InvalidInput.of("source_system", "Choose at least one of the three.")
    question = ActsQuestion(source_system=given.source_system, purpose=given.purpose, act=given.act)
    with case.told_beside_the_form():
        breach.ask_acts(row.id, question, actor=current_actor())
    return done("console.breaches_affected", "affected-asked", breach_id=row.id)


@console.form("/breaches/<uuid:breach_id>/affected/rows", guard=_HANDLE, again=breaches_affected)
def breaches_affected_rows(breach_id: UUID) -> Response:
    """Have everybody found whom such rows are about."""
    row, given = case.found(breach_id), read_form(_Rows)
    tables = tuple((given.tables or "").replace(",", " ").split())
    question = DataMapQuestion(system=given.system, tables=tables, data_categories=given.categories)
    try:
        with case.told_beside_the_form():
            breach.ask_rows(row.id, question, actor=current_actor())
    except InvalidInput as error:
        raise _at_our_field(error) from error
    return done("console.breaches_affected", "affected-asked", breach_id=row.id)


@console.form("/breaches/<uuid:breach_id>/affected/<uuid:source_id>/again", guard=_HANDLE)
def breaches_affected_again(breach_id: UUID, source_id: UUID) -> Response:
    """Have a search that failed go on from where it stopped."""
    row = case.found(breach_id)
    breach.try_source_again(row.id, source_id, actor=current_actor())
    return done("console.breaches_affected", "affected-asked", breach_id=row.id)


def _called(kind: str, code: str) -> str:
    programme = programmes.current()
    if kind == "act":
        return str(_ACTS.get(ActKind(code), code))
    if kind == "purpose" and code in programme.purposes:
        return _named(programme.purposes[code].names)
    if kind == "system" and code in programme.systems:
        return _named(programme.systems[code].names)
    if kind == "data_categories" and code in programme.data_categories:
        return _named(programme.data_categories[code].names)
    return code


def _at_our_field(error: InvalidInput) -> InvalidInput:
    """What the service says of `data_map`, beside the system that was chosen."""
    errors = error.extensions.get("errors") or {}
    return InvalidInput(
        errors={"system" if name.startswith("data_map") else name: said for name, said in errors.items()}
    )


def _listed(breach_id: UUID, lines: list[Line]) -> Response:
    with case.told_beside_the_form():
        source = breach.open_source(breach_id, SourceKind.LIST, actor=current_actor())
        breach.add_lines(source.id, lines, actor=current_actor())
        breach.end_source(source.id, actor=current_actor())
    return done("console.breaches_affected", "affected-listed", breach_id=breach_id)


def _lines(text: str) -> Iterator[Line]:
    """A list with a column for each identifier, its head first."""
    first, *rest = text.splitlines()
    separator = next((one for one in (";", "\t") if one in first), ",")
    heads = [head.strip() for head in first.split(separator)]
    known = programmes.current()
    if not set(heads) <= {*(kind.value for kind in known.contact_kinds), *known.identifier_types}:
        raise InvalidInput.of("people", "The first line names the columns: email, phone or another identifier.")
    if not 0 < len(rest) <= _MOST:
        raise InvalidInput.of("people", "Give at least one line below the first, and at most 500.")
    for number, cells in enumerate(csv.reader(rest, delimiter=separator), 2):
        given = {head: cell.strip() for head, cell in zip(heads, cells, strict=False) if cell.strip()}
        yield Line(number, given if len(cells) == len(heads) else None)


def _named(names: Mapping[str, str]) -> str:
    """What the programme calls something, in the language of the page."""
    return names.get(locale()) or next(iter(names.values()), "")


_ACTS = {
    ActKind.GIVE: lazy_gettext("gave consent"),
    ActKind.CONFIRM: lazy_gettext("confirmed consent"),
    ActKind.REFUSE: lazy_gettext("refused consent"),
    ActKind.WITHDRAW: lazy_gettext("withdrew consent"),
    ActKind.OBJECT: lazy_gettext("objected"),
    ActKind.INFORM: lazy_gettext("was given a notice"),
}
