"""Migrations: every import with its figures, and how what its rows say became "may contact"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import IO
from uuid import UUID

from babel.support import LazyProxy
from flask import Response, current_app, url_for
from markupsafe import Markup

from privacy.authz.permissions import Permission
from privacy.consent import service as consent
from privacy.consent.service import Step, Waterfall
from privacy.consent.uploads import service as uploads
from privacy.consent.uploads.account import JSON, PDF, SVG
from privacy.consent.uploads.failures import RejectsNotFound, WaterfallNotFound
from privacy.consent.uploads.state import ImportState
from privacy.consent.uploads.view import ImportView
from privacy.console.blueprint import console
from privacy.console.consent_charts import purpose_name
from privacy.db import end_read
from privacy.errors import NotFound
from privacy.http.auth import current_actor
from privacy.pages import charts
from privacy.pages.blueprint import needs
from privacy.pages.languages import gettext as _
from privacy.pages.languages import lazy_gettext, locale
from privacy.pages.rendering import download, render
from privacy.pages.tables import Choice, Column, Kind, Table, as_csv, table

_READ = needs(Permission.IMPORTS_READ)
#: Where the application keeps the folder of files, as the imports over the API have it.
_STORE = "privacy_import_store"
_FORMS = {"json": JSON, "pdf": PDF, "svg": SVG}
_PORTION = 65_536
#: The word, and the sign before it.
_STATES: Mapping[ImportState, tuple[LazyProxy, str]] = {
    ImportState.AWAITING_UPLOAD: (lazy_gettext("Waits for its file"), "wait"),
    ImportState.QUEUED: (lazy_gettext("Waits for a worker"), "wait"),
    ImportState.RUNNING: (lazy_gettext("Is being read"), "wait"),
    ImportState.DONE: (lazy_gettext("Done"), "yes"),
    ImportState.FAILED: (lazy_gettext("Failed"), "late"),
    ImportState.CANCELLED: (lazy_gettext("Cancelled"), "no"),
}


def _figure(code: str, head: LazyProxy, name: str) -> Column[ImportView]:
    return Column(code, head, lambda one: one.counts.get(name) if one.counts else None, Kind.NUMBER)


_COLUMNS: tuple[Column[ImportView], ...] = (
    Column(
        "created",
        lazy_gettext("Asked for on"),
        lambda one: one.created_at,
        Kind.MOMENT,
        link=lambda one: url_for("console.imports_one", import_id=one.id),
    ),
    Column("profile", lazy_gettext("Profile"), lambda one: one.profile or _("its own")),
    Column("purpose", lazy_gettext("Purpose"), lambda one: purpose_name(one.purpose) if one.purpose else ""),
    Column("kind", lazy_gettext("Kind"), lambda one: _("Dry run") if one.dry_run else _("Import")),
    Column(
        "state",
        lazy_gettext("State"),
        lambda one: _STATES[one.state][0],
        order=lambda one: one.state,
        sign=lambda one: _STATES[one.state][1],
    ),
    _figure("rows", lazy_gettext("Rows"), "rows"),
    _figure("recorded", lazy_gettext("Acts recorded"), "acts_recorded"),
    _figure("known", lazy_gettext("Known before"), "acts_known"),
    _figure("rejected", lazy_gettext("Rows rejected"), "rejected"),
    _figure("suppressed", lazy_gettext("Contacts suppressed"), "suppressed"),
    _figure("gained", lazy_gettext("Permissions gained"), "permissions_gained"),
    _figure("lost", lazy_gettext("Permissions lost"), "permissions_lost"),
)


@console.page("/imports", guard=_READ, endpoint="imports")
def listed() -> Response:
    """The newest imports."""
    choices = [
        Choice[ImportView](
            "state",
            lazy_gettext("State"),
            [(state.value, text) for state, (text, _sign) in _STATES.items()],
            lambda one, value: one.state == value,
        )
    ]
    shown = table(lazy_gettext("Imports"), _COLUMNS, uploads.imports_of(actor=current_actor()), choices=choices)
    end_read()
    return as_csv(shown, "imports") or render("consents/imports.html", table=shown)


@console.page("/imports/<uuid:import_id>", guard=_READ, endpoint="imports_one")
def one(import_id: UUID) -> Response:
    """One import: how far it is, what it did, and its waterfall as a chart and a table."""
    actor = current_actor()
    view = uploads.import_of(import_id, actor=actor)
    try:
        waterfall = uploads.waterfall_of(import_id, actor=actor).waterfall
    except WaterfallNotFound:
        waterfall = None
    end_read()
    steps = _steps(waterfall, import_id) if waterfall else None
    if steps and (file := as_csv(steps, f"waterfall-{import_id}")) is not None:
        return file
    return render(
        "consents/import.html",
        one=view,
        state=_STATES[view.state],
        figures=[(column.head, column.shown(view)) for column in _COLUMNS[5:]] if view.counts else [],
        purpose=purpose_name(view.purpose) if view.purpose else None,
        steps=steps,
        chart=_chart(waterfall) if waterfall else None,
        adds_up=waterfall.adds_up() if waterfall else True,
    )


@console.page("/imports/<uuid:import_id>/waterfall.<waterfall_form>", guard=_READ, endpoint="imports_waterfall")
def waterfall_file(import_id: UUID, waterfall_form: str) -> Response:
    """The waterfall to keep: the page for the board, its picture, or the whole account."""
    if waterfall_form not in _FORMS:
        raise NotFound
    account = uploads.waterfall_of(import_id, actor=current_actor())
    end_read()  # On SQLite an open read would keep every writer out while a document is laid out.
    media_type = _FORMS[waterfall_form]
    return download(account.rendered(media_type, locale()), media_type, f"waterfall-{import_id}.{waterfall_form}")


@console.page("/imports/<uuid:import_id>/rejects", guard=_READ, endpoint="imports_rejects")
def rejects(import_id: UUID) -> Response:
    """The rows that could not be taken, to be corrected and imported again."""
    name, key = uploads.rejects_of(import_id, actor=current_actor())
    end_read()
    store: consent.ImportStore = current_app.extensions[_STORE]
    try:
        content = store.open(name, key)
    except FileNotFoundError:
        raise RejectsNotFound from None
    response = Response(_sent(content), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="rejects-{import_id}.csv"'
    return response


def _sent(content: IO[bytes]) -> Iterator[bytes]:
    with content:
        while portion := content.read(_PORTION):
            yield portion


#: A step in words, what it means, how many entries fall there, and how many are left.
_Row = tuple[str, str, int, int, str]
_STEPS: tuple[Column[_Row], ...] = (
    Column("step", lazy_gettext("Step"), lambda row: row[0]),
    Column("count", lazy_gettext("Entries that fall here"), lambda row: row[2], Kind.NUMBER),
    Column("left", lazy_gettext("Left after it"), lambda row: row[3], Kind.NUMBER),
    Column("share", lazy_gettext("Share"), lambda row: row[4], order=lambda row: row[2]),
    Column("meaning", lazy_gettext("What it means"), lambda row: row[1]),
)


def _steps(waterfall: Waterfall, import_id: UUID) -> Table[_Row]:
    """The steps at which something falls, in their order."""
    told = consent.waterfall_words(locale())
    rows = [
        (
            told.steps[fall.step].title,
            told.steps[fall.step].sentence,
            fall.count,
            fall.left,
            told.share(fall.count, waterfall.total),
        )
        for fall in waterfall.falls()
        if fall.count
    ]
    return table(lazy_gettext("From rows to permissions"), _STEPS, rows, import_id=import_id)


def _chart(waterfall: Waterfall) -> Markup:
    """All entries, what falls at each step, and what is left."""
    told = consent.waterfall_words(locale())
    bars = [(told.phrase("all"), waterfall.total)]
    bars += [(told.steps[fall.step].title, fall.count) for fall in waterfall.falls() if fall.count]
    bars.append((told.steps[Step.MAY_CONTACT].title, waterfall.count(Step.MAY_CONTACT)))
    about = _("The first bar is everything that the rows say, the last is what may be used. Between them, what falls.")
    return charts.bars("waterfall", told.phrase("title"), about, bars, (told.phrase("step"), told.phrase("entries")))
