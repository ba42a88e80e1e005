"""Try a system, compare it with the data map, propose a map; store and remove how it is reached."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from flask import Response

from privacy.authz.permissions import Permission
from privacy.console.blueprint import console
from privacy.console.systems import words
from privacy.console.systems.pages import system_page
from privacy.console.systems.standing import name_of
from privacy.db import end_read, unit_of_work
from privacy.errors import InvalidInput
from privacy.http.auth import current_actor
from privacy.pages.blueprint import needs
from privacy.pages.forms import NO_ERRORS, FormErrors, read_form
from privacy.pages.languages import lazy_gettext
from privacy.pages.rendering import done, download, render
from privacy.programme import service as programmes
from privacy.programme.types import ConnectorKind, Programme, System
from privacy.systems import service as systems
from privacy.systems.service import SystemFailure

_TRY, _CONNECT = needs(Permission.SYSTEMS_WRITE), needs(Permission.SYSTEMS_WRITE, fresh=True)
#: Values of each column that are looked at: enough to tell a form from chance.
_SAMPLE = 200
#: The parts of a database's address that are no secret and may stand in the form again.
_PLAIN = ("dialect", "host", "port", "database", "user")
_DIALECTS = ("postgresql", "mysql", "mariadb", "sqlite")

console.says_after(
    {
        "system-connected": lazy_gettext("The connection is stored, sealed. Try it now."),
        "system-disconnected": lazy_gettext("The connection is removed."),
    }
)


class _Database(msgspec.Struct, forbid_unknown_fields=True):
    url: str = ""
    dialect: str = ""
    host: str = ""
    port: int | None = None
    database: str = ""
    user: str = ""
    password: str = ""

    def secret(self) -> Mapping[str, Any]:
        """The address in one line where it is given, else its parts."""
        if self.url:
            return {"url": self.url}
        given = {name: getattr(self, name) for name in ("dialect", "host", "port", "user", "password", "database")}
        return {name: value for name, value in given.items() if value}


@console.form("/systems/<system_code>/test", guard=_TRY, whole=False, endpoint="systems_test")
def test(system_code: str) -> Response:
    """Try it now. Changes nothing in the system; that it was tried is in the log."""
    system, programme = _by_machine(system_code)
    found = systems.tested(system, programme)
    with unit_of_work():
        systems.record_test(system_code, found, actor=current_actor())
    return system_page(system_code, findings=[(words.LEVELS[one.level], one.where, one.detail) for one in found])


@console.form("/systems/<system_code>/lint", guard=_TRY, whole=False, endpoint="systems_lint")
def lint(system_code: str) -> Response:
    """Whether the data map still says what the database holds."""

    def compared(system: System, programme: Programme) -> Response:
        with contextlib.closing(systems.connect(system, programme)) as connector:
            found = systems.differences(systems.data_sets_of(system, programme), connector.columns(sample=_SAMPLE))
        return system_page(system_code, differences=[(words.GAPS[one.gap], one.where, one.detail) for one in found])

    return _asked(system_code, compared)


@console.form("/systems/<system_code>/scan", guard=_TRY, whole=False, endpoint="systems_scan")
def scan(system_code: str) -> Response:
    """A first draft of its data map, to keep and to judge. No value of the database is in it."""

    def drafted(system: System, programme: Programme) -> Response:
        with contextlib.closing(systems.connect(system, programme)) as connector:
            text = systems.draft(system.code, connector.columns(sample=_SAMPLE), programme.identifier_types)
        return download(text.encode(), "application/yaml; charset=utf-8", f"data-map-{system.code}.yml")

    return _asked(system_code, drafted)


@console.page("/systems/<system_code>/connection", guard=_CONNECT, endpoint="systems_connection")
def connection(system_code: str, errors: FormErrors = NO_ERRORS) -> Response:
    """Where it is and how the service is known there. What was stored is never shown."""
    system = systems.system_of(system_code, programmes.current())
    is_database = system.connector is ConnectorKind.SQL
    return render(
        "systems/connection.html",
        system=system,
        called=name_of(system),
        is_database=is_database,
        dialects=[("", "")] + [(one, one) for one in _DIALECTS],
        parts=[(name, words.PARTS[name]) for name in systems.secret_parts(system)],
        connected=any(one.code == system_code for one in systems.connections()),
        # Nothing secret stands in a page again, not even for a moment.
        errors=FormErrors(errors.errors, {name: one for name, one in errors.given.items() if name in _PLAIN}),
    )


@console.form("/systems/<system_code>/connection", guard=_CONNECT, again=connection, endpoint="systems_connect")
def connect(system_code: str) -> Response:
    """Store or replace how it is reached."""
    system = systems.system_of(system_code, programmes.current())
    if system.connector is ConnectorKind.SQL:
        secret = read_form(_Database).secret()
    else:
        parts: list[tuple[str, Any, Any]] = [(name, str, "") for name in systems.secret_parts(system)]
        kind = msgspec.defstruct("SystemSecret", parts, forbid_unknown_fields=True)
        secret = {name: value for name, value in msgspec.structs.asdict(read_form(kind)).items() if value}
    systems.put_connection(system_code, secret, actor=current_actor())
    return done("console.systems_one", "system-connected", system_code=system_code)


@console.form("/systems/<system_code>/disconnect", guard=_CONNECT, endpoint="systems_disconnect")
def disconnect(system_code: str) -> Response:
    """Remove how it is reached, also of a system that the programme does not have any more."""
    systems.disconnect(system_code, actor=current_actor())
    return done("console.systems", "system-disconnected")


def _asked(system_code: str, question: Callable[[System, Programme], Response]) -> Response:
    """Ask a database; where it does not answer the page of the system says why."""
    system, programme = _by_machine(system_code)
    if system.connector is not ConnectorKind.SQL:
        raise InvalidInput("Only databases have a catalogue that can be read.")
    try:
        return question(system, programme)
    except SystemFailure as failure:
        failed = (words.LEVELS[systems.Level.FAILED], "", failure.detail)
        return system_page(system_code, findings=[failed])


def _by_machine(system_code: str) -> tuple[System, Programme]:
    programme = programmes.current()
    system = systems.system_of(system_code, programme)
    if system.connector is ConnectorKind.MANUAL:
        raise InvalidInput("A system that a person looks after is not asked by machine.")
    end_read()  # A system may take its time, and no read stays open meanwhile.
    return system, programme
