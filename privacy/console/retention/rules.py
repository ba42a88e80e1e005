"""Retention rules as the programme has them: how long, from when, by which law, and where each decides."""

from __future__ import annotations

from flask import Response, url_for

from privacy.authz.permissions import Permission
from privacy.console.blueprint import console
from privacy.console.retention import words
from privacy.errors import NotFound
from privacy.pages.blueprint import needs
from privacy.pages.languages import lazy_gettext
from privacy.pages.rendering import render
from privacy.pages.tables import Choice, Column, Kind, as_csv, table
from privacy.programme import service as programmes
from privacy.programme.types import Programme
from privacy.retention import service as retention
from privacy.retention.service import RuleView

_READ = needs(Permission.RETENTION_READ)
_TOLD_ONLY = lazy_gettext("nothing: it is only told to people")


class RuleNotFound(NotFound):
    """The programme has no such retention rule."""

    code = "retention-rule-not-found"


def _counts_from(view: RuleView) -> str:
    return words.named(view.rule.starts)


def _long(view: RuleView) -> int | None:
    return words.days_about(view.rule.period)


def _does(view: RuleView) -> str:
    rule = view.rule
    return str(words.ACTIONS[rule.action] if rule.trigger else _TOLD_ONLY)


_COLUMNS: tuple[Column[RuleView], ...] = (
    Column(
        "rule",
        lazy_gettext("Rule"),
        lambda view: view.rule.code,
        link=lambda view: url_for("console.retention_rule", code=view.rule.code),
    ),
    Column("kept", lazy_gettext("Kept for"), lambda view: words.period(view.rule.period), order=_long),
    Column("starts", lazy_gettext("Counted"), _counts_from),
    Column("statute", lazy_gettext("Statute"), lambda view: view.rule.statute),
    Column("then", lazy_gettext("Then"), _does),
    Column(
        "people",
        lazy_gettext("People who agree"),
        lambda view: view.rule.approvals if view.rule.trigger else None,
        Kind.NUMBER,
    ),
    Column("places", lazy_gettext("Tables"), lambda view: len(view.places), Kind.NUMBER),
)


@console.page("/retention", guard=_READ, endpoint="retention")
def listed() -> Response:
    """Every rule."""
    disposes = Choice[RuleView](
        "which",
        lazy_gettext("Which ones"),
        [("disposes", lazy_gettext("By which something goes")), ("told", lazy_gettext("Only told to people"))],
        lambda view, wanted: (view.rule.trigger is not None) == (wanted == "disposes"),
    )
    shown = table(
        lazy_gettext("Retention rules"), _COLUMNS, retention.rule_views(programmes.current()), choices=[disposes]
    )
    return as_csv(shown, "retention-rules") or render("retention/rules.html", table=shown)


@console.page("/retention/rules/<code>", guard=_READ, endpoint="retention_rule")
def one(code: str) -> Response:
    """One rule, with the tables and fields in which it decides."""
    programme = programmes.current()
    view = next((one for one in retention.rule_views(programme) if one.rule.code == code), None)
    if view is None:
        raise RuleNotFound
    rule = view.rule
    return render(
        "retention/rule.html",
        rule=rule,
        starts=_counts_from(view),
        period=words.period(rule.period),
        trigger=words.TRIGGERS[rule.trigger] if rule.trigger else None,
        does=_does(view),
        covers=_covers(view, programme),
        places=[(words.place(programme, one.system, one.place), one.moment, one.fields) for one in view.places],
    )


def _covers(view: RuleView, programme: Programme) -> list[str]:
    """What the rule is about, by name."""
    about = view.rule.covers
    categories = (programme.data_categories.get(code) for code in about.data_categories)
    purposes = (programme.purposes.get(code) for code in about.purposes)
    return [
        *(words.system_name(programme, code) for code in about.systems),
        *about.data_sets,
        *(words.named(found.names) for found in categories if found),
        *(words.named(found.names) for found in purposes if found),
    ]
