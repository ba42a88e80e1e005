"""The registers as tables: entries by kind and state, and the authorisations that are read from the grants."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Response, url_for

from privacy import clock
from privacy.access.service import EVERY_CONTROLLER
from privacy.authz.permissions import Permission
from privacy.authz.roles import StaffRole
from privacy.console.blueprint import console
from privacy.console.registers import words
from privacy.console.staff import ROLE_NAMES
from privacy.http.auth import current_actor
from privacy.legal_time import days
from privacy.pages.blueprint import needs
from privacy.pages.languages import gettext as _
from privacy.pages.languages import lazy_gettext
from privacy.pages.rendering import render
from privacy.pages.tables import Choice, Column, Kind, as_csv, table
from privacy.programme import service as programmes
from privacy.registers import service as registers
from privacy.registers.service import Authorisation, EntryKind, EntryState, EntryView, Wanted

_READ = needs(Permission.REGISTERS_READ)
#: Entries whose review day says something.
_WATCHED = {EntryState.OPEN, EntryState.CONSULTING, EntryState.DECIDED}


def _columns(today: date) -> tuple[Column[EntryView], ...]:
    return (
        Column(
            "number",
            lazy_gettext("Number"),
            lambda entry: entry.number,
            link=lambda entry: url_for("console.registers_one", entry_id=entry.id),
        ),
        Column(
            "kind", lazy_gettext("Kind of entry"), lambda entry: words.KINDS[entry.kind], order=lambda entry: entry.kind
        ),
        Column("title", lazy_gettext("Title"), lambda entry: entry.content.title),
        Column(
            "state",
            lazy_gettext("State"),
            lambda entry: words.STATES[entry.state][0],
            order=lambda entry: entry.state,
            sign=lambda entry: words.STATES[entry.state][1],
        ),
        Column(
            "outcome", lazy_gettext("Outcome"), lambda entry: words.OUTCOMES[entry.outcome] if entry.outcome else None
        ),
        Column("owner", lazy_gettext("Who answers for it"), lambda entry: entry.owner),
        Column("held", lazy_gettext("Took place on"), lambda entry: entry.held_on, Kind.DAY),
        Column("review", lazy_gettext("Review by"), lambda entry: entry.review_on, Kind.DAY),
        Column(
            "due",
            lazy_gettext("Review"),
            lambda entry: _("due for review") if is_due(entry, today) else None,
            sign=lambda entry: "late" if is_due(entry, today) else None,
        ),
        Column("files", lazy_gettext("Files"), lambda entry: len(entry.files), Kind.NUMBER),
    )


def is_due(entry: EntryView, today: date) -> bool:
    """Whether an entry is to be looked at again by today."""
    return entry.review_on is not None and entry.review_on <= today and entry.state in _WATCHED


_AUTHORISATIONS: tuple[Column[Authorisation], ...] = (
    Column("holder", lazy_gettext("Holder"), lambda one: one.holder),
    Column("role", lazy_gettext("Role"), lambda one: ROLE_NAMES[StaffRole(one.role)], order=lambda one: one.role),
    Column("scope", lazy_gettext("For which controller"), lambda one: _scope(one.scope)),
    Column("given", lazy_gettext("Authorised on"), lambda one: one.given_at, Kind.MOMENT),
    Column("by", lazy_gettext("Authorised by"), lambda one: one.given_by),
    Column("ends", lazy_gettext("Ends on"), lambda one: one.ends_at, Kind.MOMENT),
    Column("revoked", lazy_gettext("Taken back on"), lambda one: one.revoked_at, Kind.MOMENT),
)


@console.page("/registers", guard=_READ, endpoint="registers")
def listed() -> Response:
    """Every entry, the newest first."""
    kind = Choice[EntryView](
        "kind", lazy_gettext("Kind of entry"), [(one.value, said) for one, said in words.KINDS.items()]
    )
    states = [(one.value, said) for one, (said, _sign) in words.STATES.items()]
    state = Choice[EntryView]("state", lazy_gettext("State"), states)
    due = Choice[EntryView]("review", lazy_gettext("Review"), [("due", lazy_gettext("Due for review"))])
    wanted = Wanted(
        realm=current_actor().realm,
        kind=EntryKind(kind.chosen) if kind.chosen else None,
        state=EntryState(state.chosen) if state.chosen else None,
        due=bool(due.chosen),
    )
    today = days.day_of(clock.micros(), programmes.current().zone)
    shown = table(lazy_gettext("Entries"), _columns(today), _all(wanted)[::-1], choices=[kind, state, due])
    return as_csv(shown, "registers") or render("registers/list.html", table=shown, kinds=list(words.KINDS.items()))


@console.page("/registers/authorisations", guard=_READ, endpoint="registers_authorisations")
def authorisations() -> Response:
    """Who may process personal data, on whose word and until when (Art. 29, 32(4))."""
    shown = table(lazy_gettext("Authorisations"), _AUTHORISATIONS, registers.authorisations())
    return as_csv(shown, "authorisations") or render("registers/authorisations.html", table=shown)


def names_of(known: Mapping[str, Any], language: str) -> list[tuple[str, str]]:
    """Things of the programme by code, with what they are called."""
    return [(code, _name(one, language) or code) for code, one in known.items()]


def _name(one: Any, language: str) -> str:
    names: Mapping[str, str] | None = getattr(one, "names", None)
    if names is None:
        return str(one.name)
    return names.get(language) or next(iter(names.values()), "")


def _all(wanted: Wanted) -> list[EntryView]:
    found: list[EntryView] = []
    while page := registers.listed(wanted, after=found[-1].id if found else None, limit=registers.MOST_ON_A_PAGE):
        found += page
    return found


def _scope(scope: str) -> str:
    if scope == EVERY_CONTROLLER:
        return _("Every controller")
    found = programmes.current().controllers.get(scope)
    return found.name if found is not None else scope
