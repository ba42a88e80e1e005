"""The breaches: which there are, drills apart, and the register as a file (Art. 33(5))."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

import msgspec
from flask import Response, url_for

from privacy.authz.permissions import Permission
from privacy.breach import service as breach
from privacy.breach.service import Asked, BreachView, Form, State
from privacy.console.blueprint import console
from privacy.console.breaches.words import RISKS, STATE_SIGNS, spoken, state_text
from privacy.errors import InvalidInput
from privacy.http.auth import current_actor
from privacy.pages.blueprint import needs
from privacy.pages.forms import NO_ERRORS, FormErrors, read_form
from privacy.pages.languages import NAMES, gettext, lazy_gettext, locale
from privacy.pages.rendering import download, render
from privacy.pages.tables import Choice, Column, Kind, as_csv, table
from privacy.programme import service as programmes

_READ, _HANDLE = needs(Permission.BREACHES_READ), needs(Permission.BREACHES_HANDLE)
_MOST = 500
FORMS = {one.ending: one for one in Form}


def _due(view: BreachView) -> int | None:
    running = [one for one in view.clocks if one.clock.code == "authority" and one.met_at is None]
    return running[0].clock.due_at if running and not State(view.row.state).ended else None


def _controller(code: str) -> str:
    known = programmes.current().controllers.get(code)
    return known.name if known is not None else code


def _risk(one: BreachView) -> Any:
    judged = one.judgement(one.row.assessment_id)
    return None if judged is None or judged.risk is None else RISKS[breach.Risk(judged.risk)]


_COLUMNS: tuple[Column[BreachView], ...] = (
    Column(
        "number",
        lazy_gettext("Number"),
        lambda one: one.row.number,
        link=lambda one: url_for("console.breaches_one", breach_id=one.row.id),
    ),
    Column(
        "state",
        lazy_gettext("State"),
        lambda one: state_text(one.row.state),
        order=lambda one: list(State).index(State(one.row.state)),
        sign=lambda one: STATE_SIGNS[State(one.row.state)],
    ),
    Column("detected", lazy_gettext("Noticed"), lambda one: one.row.detected_at, Kind.MOMENT),
    Column("aware", lazy_gettext("Aware since"), lambda one: one.row.aware_at, Kind.MOMENT),
    Column("due", lazy_gettext("To be notified by"), _due, Kind.MOMENT),
    Column("risk", lazy_gettext("Risk"), _risk),
    Column("controller", lazy_gettext("Controller"), lambda one: _controller(one.row.controller)),
)


@console.page("/breaches", guard=_READ, endpoint="breaches")
def listed() -> Response:
    """Breaches, the newest first, or drills in their place."""
    which = Choice[BreachView](
        "which",
        lazy_gettext("Breaches or drills"),
        [("open", lazy_gettext("Not ended")), ("drills", lazy_gettext("Drills"))],
    )
    states = Choice[BreachView](
        "state",
        lazy_gettext("State"),
        [(state.value, state_text(state.value)) for state in State],
        lambda one, wanted: one.row.state == wanted,
    )
    asked = Asked(is_open=which.chosen == "open", rehearsals=which.chosen == "drills", limit=_MOST)
    page = breach.page(asked, actor=current_actor())
    made = table(gettext("Breaches"), _COLUMNS, page.breaches, choices=[which, states])
    return as_csv(made, "breaches") or render("breaches/list.html", table=made, more=page.next is not None)


class _Register(msgspec.Struct, forbid_unknown_fields=True):
    form: Literal["pdf", "csv", "json"] = "pdf"
    language: Literal["pl", "en", "hr"] = "pl"
    since: date | None = None
    until: date | None = None
    rehearsals: bool = False


@console.page("/breaches/register", guard=_HANDLE)
def breaches_register(errors: FormErrors = NO_ERRORS) -> Response:
    """What of the register is wanted, and in which form."""
    return render(
        "breaches/register.html",
        errors=errors,
        forms=[(ending, ending.upper()) for ending in FORMS],
        languages=list(NAMES.items()),
        language=locale(),
        spoken=spoken(),
    )


@console.form("/breaches/register", guard=_HANDLE, again=breaches_register)
def breaches_register_make() -> Response:
    """The register; that somebody takes it is in the log."""
    wanted = read_form(_Register)
    if wanted.since is not None and wanted.until is not None and wanted.until < wanted.since:
        raise InvalidInput.of("until", "The last day lies before the first.")
    made = breach.register_of(
        FORMS[wanted.form],
        actor=current_actor(),
        since=wanted.since,
        until=wanted.until,
        rehearsals=wanted.rehearsals,
        locales=[wanted.language],
    )
    return download(made.content, made.form.value, made.name)
