"""The systems and the data map: what there is, how it stands, and what each holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from babel.support import LazyProxy
from flask import Response, url_for

from privacy.authz.permissions import Permission
from privacy.console.blueprint import console
from privacy.console.systems import words
from privacy.console.systems.standing import Standing, forgotten, said, standings
from privacy.errors import NotFound
from privacy.pages.blueprint import needs
from privacy.pages.languages import gettext, lazy_gettext, locale
from privacy.pages.rendering import render
from privacy.pages.tables import Choice, Column, Kind, as_csv, table
from privacy.programme import service as programmes
from privacy.programme.types import ConnectorKind, DataField, DataSet, Programme, System, Table
from privacy.systems import service as systems

_READ = needs(Permission.PROGRAMME_READ)
_STATES: tuple[tuple[str, LazyProxy], ...] = (
    ("well", lazy_gettext("Works")),
    ("warned", lazy_gettext("Works, with warnings")),
    ("failing", lazy_gettext("Fails")),
    ("untried", lazy_gettext("Not tried yet")),
    ("missing", lazy_gettext("Not connected")),
    ("manual", lazy_gettext("By hand")),
)
_SIGNS: Mapping[str, str] = {
    "well": "yes",
    "warned": "wait",
    "failing": "late",
    "untried": "wait",
    "missing": "late",
    "manual": "no",
}


@dataclass(frozen=True)
class MappedField:
    """One field of the data map, as a line of its table."""

    name: str
    about: str
    categories: str
    identity: str
    marks: str
    erasure: str
    references: str


_SYSTEMS: tuple[Column[Standing], ...] = (
    Column(
        "system",
        lazy_gettext("System"),
        lambda one: one.name,
        link=lambda one: url_for("console.systems_one", system_code=one.system.code),
    ),
    Column("kind", lazy_gettext("How it is reached"), lambda one: words.CONNECTORS[one.system.connector]),
    Column(
        "state",
        lazy_gettext("State"),
        lambda one: dict(_STATES)[one.state],
        order=lambda one: one.state,
        sign=lambda one: _SIGNS[one.state],
    ),
    Column("connected", lazy_gettext("Connected since"), lambda one: one.connected_at, Kind.MOMENT),
    Column("tested", lazy_gettext("Last tried"), lambda one: one.last and one.last.at, Kind.MOMENT),
    Column("error", lazy_gettext("Last error"), lambda one: said(one.last)),
)


@console.page("/systems", guard=_READ, endpoint="systems")
def listed() -> Response:
    """Every system of the programme."""
    state = Choice[Standing]("state", lazy_gettext("State"), _STATES, lambda one, wanted: one.state == wanted)
    shown = table(lazy_gettext("Systems"), _SYSTEMS, standings(), choices=[state])
    return as_csv(shown, "systems") or render("systems/systems.html", table=shown, forgotten=forgotten())


@console.page("/systems/<system_code>", guard=_READ, endpoint="systems_one")
def one(system_code: str) -> Response:
    """One system, how it stands, and the data map of it."""
    return system_page(system_code)


def system_page(system_code: str, **more: Any) -> Response:
    """The page of a system; `more` is what a form found."""
    found = next((one for one in standings() if one.system.code == system_code), None)
    if found is None:
        raise NotFound
    programme, system = programmes.current(), found.system
    held = [(data_set, _tables(data_set, programme)) for data_set in systems.data_sets_of(system, programme)]
    return render(
        "systems/system.html",
        standing=found,
        system=system,
        state=dict(_STATES)[found.state],
        sign=_SIGNS[found.state],
        connector=words.CONNECTORS[system.connector],
        error=said(found.last),
        facts=list(_facts(system, programme)),
        by_machine=system.connector is not ConnectorKind.MANUAL,
        is_database=system.connector is ConnectorKind.SQL,
        wants_secret=system.connector is ConnectorKind.SQL or bool(systems.secret_parts(system)),
        held=held,
        **({"findings": None, "differences": None, "draft": None} | more),
    )


def _facts(system: System, programme: Programme) -> Iterator[tuple[str, str]]:
    yield gettext("Controllers"), ", ".join(programme.controllers[code].name for code in system.controllers)
    if system.processor is not None:
        yield gettext("Processor"), programme.processors[system.processor].name
    if system.purposes:
        yield gettext("Purposes"), ", ".join(_name(programme.purposes[code].names, code) for code in system.purposes)
    for name, label in (("base_url", gettext("Address")), ("who", gettext("Who looks after it"))):
        if system.settings.get(name):
            yield label, str(system.settings[name])


def _tables(data_set: DataSet, programme: Programme) -> list[tuple[Table, str, str, list[MappedField]]]:
    """Each table with what stands in it, what an erasure does, and its fields."""
    return [
        (one, _described(one), _erasure(one), [_field(name, held, programme) for name, held in one.walk()])
        for one in data_set.tables.values()
    ]


def _field(name: str, held: DataField, programme: Programme) -> MappedField:
    marks = (
        (held.primary_key, gettext("tells rows apart")),
        (held.same_person, gettext("surely the same person")),
        (held.third_party, gettext("about others too")),
        (held.hidden, gettext("not handed out")),
        (not held.provided, gettext("inferred")),
    )
    return MappedField(
        name,
        _described(held),
        ", ".join(_category(code, programme) for code in held.categories),
        _identity(held.identity, programme),
        ", ".join(text for holds, text in marks if holds),
        _erasure(held),
        ", ".join(str(reference.place) for reference in held.references),
    )


def _described(one: Table | DataField) -> str:
    return one.descriptions.get(locale()) or one.description or ""


def _erasure(one: Table | DataField) -> str:
    if one.on_erasure is None:
        return ""
    said = str(words.STRATEGIES[one.on_erasure])
    return f"{said} ({one.keeping.rule})" if one.keeping is not None else said


def _category(code: str, programme: Programme) -> str:
    known = programme.category(code)
    return _name(known.names, code) if known is not None else code


def _identity(code: str | None, programme: Programme) -> str:
    if code is None:
        return ""
    known = programme.identifier_types.get(code)
    if known is not None:
        return _name(known.names, code)
    kinds = {kind.value: names for kind, names in programme.contact_kinds.items()}
    return _name(kinds.get(code, {}), code)


def _name(names: Mapping[str, str], code: str) -> str:
    return names.get(locale()) or next(iter(names.values()), code)
