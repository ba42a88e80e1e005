"""Reports that are made in the background: how far each is, and the file once it is ready. No script is needed."""

from __future__ import annotations

from uuid import UUID

import msgspec
from flask import Response, jsonify, stream_with_context, url_for

from privacy.console.blueprint import console
from privacy.db import end_read, unit_of_work
from privacy.http.auth import current_actor
from privacy.pages.blueprint import SIGNED_IN
from privacy.pages.forms import read_form
from privacy.pages.languages import gettext, lazy_gettext, locale
from privacy.pages.rendering import download, render
from privacy.pages.tables import Choice, Column, Kind, as_csv, table
from privacy.reports import service as reports
from privacy.reports.service import OrderState, OrderView

_STATES = (
    (OrderState.WAITING.value, lazy_gettext("Waits for its turn")),
    (OrderState.MAKING.value, lazy_gettext("Being made")),
    (OrderState.READY.value, lazy_gettext("Ready to download")),
    (OrderState.FAILED.value, lazy_gettext("Could not be made")),
    (OrderState.GONE.value, lazy_gettext("Its time is over")),
)
_SIGNS = {
    OrderState.WAITING: "wait",
    OrderState.MAKING: "wait",
    OrderState.READY: "yes",
    OrderState.FAILED: "late",
    OrderState.GONE: "no",
}
#: Nothing happens to it any more by itself.
_ENDED = frozenset({OrderState.READY, OrderState.FAILED, OrderState.GONE})


class _Nothing(msgspec.Struct, forbid_unknown_fields=True):
    """A form of one button."""


def _said(order: OrderView) -> str:
    return str(dict(_STATES)[order.state.value])


def _title(order: OrderView) -> str:
    return order.report.titles.in_(locale())


_COLUMNS: tuple[Column[OrderView], ...] = (
    Column(
        "report",
        lazy_gettext("Report"),
        _title,
        link=lambda order: url_for("console.reports_ready_one", order_id=order.id),
    ),
    Column(
        "state",
        lazy_gettext("State"),
        _said,
        order=lambda order: order.state.value,
        sign=lambda order: _SIGNS[order.state],
    ),
    Column("first", lazy_gettext("First day"), lambda order: order.asked.period.first, Kind.DAY),
    Column("last", lazy_gettext("Last day"), lambda order: order.asked.period.last, Kind.DAY),
    Column("form", lazy_gettext("File type"), lambda order: order.asked.form.name),
    Column("ordered", lazy_gettext("Asked for on"), lambda order: order.ordered_at, Kind.MOMENT),
    Column("expires", lazy_gettext("Kept until"), lambda order: order.expires_at, Kind.MOMENT),
    Column("downloads", lazy_gettext("Downloads"), lambda order: order.downloads, Kind.NUMBER),
)


@console.page("/reports/ready", guard=SIGNED_IN, endpoint="reports_ready")
def listed() -> Response:
    """What was ordered of the reports that this member of staff may make."""
    state = Choice[OrderView]("state", lazy_gettext("State"), _STATES, lambda one, wanted: one.state.value == wanted)
    found = reports.orders(actor=current_actor())
    end_read()
    shown = table(lazy_gettext("Made in the background"), _COLUMNS, found, choices=[state])
    return as_csv(shown, "reports") or render("reports/ready.html", table=shown)


@console.page("/reports/ready/<uuid:order_id>", guard=SIGNED_IN, endpoint="reports_ready_one")
def one(order_id: UUID) -> Response:
    """One of them: how far it is, and the button that downloads it."""
    order = reports.order_view(order_id, actor=current_actor())
    end_read()
    return render(
        "reports/order.html",
        order=order,
        title=_title(order),
        state=_said(order),
        sign=_SIGNS[order.state],
        steps=_steps(order),
        ended=order.state in _ENDED,
    )


@console.page("/reports/ready/<uuid:order_id>/now", guard=SIGNED_IN, endpoint="reports_ready_now")
def now(order_id: UUID) -> Response:
    """The same for the script of that page: figures and words, nothing of the report."""
    order = reports.order_view(order_id, actor=current_actor())
    end_read()
    return jsonify(
        {
            "state": _said(order),
            "kind": _SIGNS[order.state],
            "done": order.done,
            "of": order.steps,
            "steps": _steps(order),
            "ended": order.state in _ENDED,
        }
    )


@console.form("/reports/ready/<uuid:order_id>", guard=SIGNED_IN, whole=False, endpoint="reports_fetch")
def fetch(order_id: UUID) -> Response:
    """Hand out the file; who took it is in the log before the first byte leaves."""
    read_form(_Nothing)
    with unit_of_work():
        order = reports.begin_fetch(order_id, actor=current_actor())
    asked = order.asked
    name = f"{order.report.name}-{asked.period.last.isoformat()}-{asked.locale}.{asked.form}"
    response = download(b"", asked.form.media_type, name)
    response.response = stream_with_context(reports.parts(order_id))
    response.content_length = order.size or 0
    response.headers["Cache-Control"] = "no-store"
    return response


def _steps(order: OrderView) -> str:
    """How far it is, in words."""
    if order.state is not OrderState.MAKING or not order.steps:
        return ""
    return gettext("Step %(done)s of %(of)s") % {"done": min(order.done + 1, order.steps), "of": order.steps}
