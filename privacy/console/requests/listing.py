"""Requests by the day on which they are due, narrowed by closed lists alone; one person's are looked for by a form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from flask import Response, request, url_for

from privacy.authz.permissions import Permission
from privacy.console.blueprint import console
from privacy.console.counter.sayings import REFUSALS, kind_names
from privacy.console.requests import words
from privacy.dsar import service as dsar
from privacy.dsar.service import Asked, CaseType, RequestView, State
from privacy.errors import InvalidInput
from privacy.http.auth import current_actor
from privacy.pages.blueprint import needs
from privacy.pages.forms import NO_ERRORS, FormErrors, read_form
from privacy.pages.languages import lazy_gettext, locale
from privacy.pages.rendering import download, render
from privacy.pages.tables import Choice, Column, Kind, as_csv, table
from privacy.programme import service as programmes
from privacy.subjects import service as subjects

READ = needs(Permission.REQUESTS_READ)
SEARCH = needs(Permission.REQUESTS_SEARCH)
_HANDLE = needs(Permission.REQUESTS_HANDLE)
#: On one page, and at once from the database for a file.
_MOST, _AT_ONCE = 200, 500
_LATE, _SOON, _A_WEEK = "late", "soon", 7
_COLUMNS: tuple[Column[RequestView], ...] = (
    Column(
        "number",
        lazy_gettext("Number"),
        lambda one: one.row.number,
        link=lambda one: url_for("console.requests_one", request_id=one.row.id),
    ),
    Column("kind", lazy_gettext("What is asked"), lambda one: words.KINDS[CaseType(one.row.case_type)]),
    Column(
        "state",
        lazy_gettext("State"),
        lambda one: words.state(one.row.state, one.row.outcome)[0],
        order=lambda one: list(State).index(State(one.row.state)),
        sign=lambda one: words.state(one.row.state, one.row.outcome)[1],
    ),
    Column("due", lazy_gettext("Due on"), lambda one: one.due_on, Kind.DAY),
    Column(
        "left",
        lazy_gettext("Time left"),
        lambda one: words.left(one.days_left)[0],
        order=lambda one: one.days_left,
        sign=lambda one: words.left(one.days_left)[1] if one.days_left is not None else None,
    ),
    Column("received", lazy_gettext("Received on"), lambda one: one.received_on, Kind.DAY),
    Column("way", lazy_gettext("How it came"), lambda one: words.INTAKES[dsar.Intake(one.row.intake)]),
    Column(
        "controller",
        lazy_gettext("Controller"),
        lambda one: words.controller(one.row.controller, programmes.current()),
    ),
)


def _due(one: RequestView, wanted: str) -> bool:
    if one.days_left is None:
        return False
    return one.days_left < 0 if wanted == _LATE else one.days_left <= _A_WEEK


@console.page("/requests", guard=READ, endpoint="requests")
def listed() -> Response:
    """Those that are open, soonest due first, or those that the address asks for."""
    programme = programmes.current()
    which = Choice[RequestView](
        "which",
        lazy_gettext("Which ones"),
        [("ended", lazy_gettext("Those that have ended")), ("every", lazy_gettext("Open ones and ended ones"))],
        unchosen=lazy_gettext("Open ones"),
    )
    kind = Choice[RequestView](
        "kind", lazy_gettext("What is asked"), [(one.value, words.KINDS[one]) for one in CaseType]
    )
    state = Choice[RequestView]("state", lazy_gettext("State"), [(one.value, words.STATES[one][0]) for one in State])
    due = Choice[RequestView](
        "due", lazy_gettext("Due"), [(_LATE, lazy_gettext("Overdue")), (_SOON, lazy_gettext("Within a week"))], _due
    )
    controller = Choice[RequestView](
        "controller", lazy_gettext("Controller"), [(code, one.name) for code, one in programme.controllers.items()]
    )
    choices = [which, kind, state, due, controller]
    asked = _asked(which.chosen, kind.chosen, state.chosen, controller.chosen)
    if request.args.get("as") == "csv":  # A file has them all; a page never.
        whole = table(lazy_gettext("Requests"), _COLUMNS, _every(asked), choices=choices)
        if (file := as_csv(whole, "requests")) is not None:
            return file
    page = dsar.page(asked, actor=current_actor())
    shown = table(lazy_gettext("Requests"), _COLUMNS, page.requests, choices=choices)
    chosen: dict[str, Any] = {one.code: one.chosen for one in choices if one.chosen}
    more = url_for("console.requests", after=page.next, **chosen) if page.next else None
    return render("requests/list.html", table=shown, more=more, later="after" in request.args)


def _asked(which: str, kind: str, state: str, controller: str) -> Asked:
    """What the address asks for. One who names a state means it, be it one of those that have ended."""
    return Asked(
        state=State(state) if state else None,
        case_type=CaseType(kind) if kind else None,
        is_open=not which and not state,
        is_ended=which == "ended",
        controller=controller or None,
        after=request.args.get("after"),
        limit=_MOST,
    )


def _every(asked: Asked) -> Iterator[RequestView]:
    """All of them, for a file."""
    after: str | None = None
    while True:
        wanted = Asked(
            asked.state,
            asked.case_type,
            is_open=asked.is_open,
            is_ended=asked.is_ended,
            controller=asked.controller,
            after=after,
            limit=_AT_ONCE,
        )
        page = dsar.page(wanted, actor=current_actor())
        yield from page.requests
        if page.next is None:
            return
        after = page.next


class _Search(msgspec.Struct, forbid_unknown_fields=True):
    kind: str
    value: str


@console.page("/requests/find", guard=SEARCH, endpoint="requests_find")
def find(errors: FormErrors = NO_ERRORS) -> Response:
    """Where the requests of one person are looked for."""
    kinds = kind_names(programmes.current(), locale())
    return render("requests/find.html", errors=errors, kinds=kinds, rows=None)


@console.form("/requests/find", guard=SEARCH, again=find, endpoint="requests_found")
def found() -> Response:
    """The requests of whoever an identifier may mean. That somebody looked is in the log; by what, nowhere."""
    given, actor, programme = read_form(_Search), current_actor(), programmes.current()
    try:
        naming = subjects.name_of(programme, actor, {given.kind: given.value})
    except InvalidInput:
        raise InvalidInput.of("value", str(REFUSALS["malformed"])) from None
    rows = dsar.search(naming, actor=actor)
    kinds = kind_names(programme, locale())
    return render("requests/find.html", errors=NO_ERRORS, kinds=kinds, rows=rows, columns=_COLUMNS)


@console.page("/requests/calendar", guard=_HANDLE, endpoint="requests_calendar")
def calendar() -> Response:
    """The days of open requests for a calendar program: numbers and days, nothing of anybody."""
    return download(dsar.calendar_of(current_actor().realm), dsar.CALENDAR_TYPE, "requests.ics")
