"""The console: the pages of staff."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from babel.support import LazyProxy
from flask import current_app, request

from privacy.console.gate import gate, inside
from privacy.http.auth import known_actor
from privacy.pages.blueprint import PageBlueprint, guard_of
from privacy.pages.languages import lazy_gettext

console = PageBlueprint(
    "console", __name__, url_prefix="/console", gate=gate, entry="console.sign_in", step_up="console.prove_again"
)

#: Pages by what they are about; a group of one page is that page.
_MENU: tuple[tuple[LazyProxy, tuple[tuple[str, LazyProxy], ...]], ...] = (
    (lazy_gettext("Today"), (("console.home", lazy_gettext("Today")),)),
    (
        lazy_gettext("People"),
        (
            ("console.people", lazy_gettext("One person's file")),
            ("console.counter", lazy_gettext("At the counter")),
            ("console.consents", lazy_gettext("Consents")),
            ("console.idle_acts", lazy_gettext("Acts without effect")),
            ("console.imports", lazy_gettext("Migrations")),
            ("console.annulments", lazy_gettext("Annulments")),
        ),
    ),
    (
        lazy_gettext("Cases"),
        (
            ("console.requests", lazy_gettext("Requests")),
            ("console.breaches", lazy_gettext("Breaches")),
            ("console.incident", lazy_gettext("Report an incident")),
            ("console.approvals", lazy_gettext("Second signatures")),
        ),
    ),
    (
        lazy_gettext("Retention"),
        (
            ("console.retention", lazy_gettext("Rules and runs")),
            ("console.holds", lazy_gettext("Legal holds")),
        ),
    ),
    (
        lazy_gettext("Programme"),
        (
            ("console.programme", lazy_gettext("Purposes, texts, rules")),
            ("console.systems", lazy_gettext("Systems and data map")),
            ("console.registers", lazy_gettext("Registers")),
        ),
    ),
    (
        lazy_gettext("Evidence"),
        (
            ("console.statistics", lazy_gettext("Statistics")),
            ("console.reports", lazy_gettext("Reports")),
            ("console.log", lazy_gettext("Log")),
        ),
    ),
    (
        lazy_gettext("Service"),
        (
            ("console.jobs", lazy_gettext("Jobs")),
            ("console.alarms", lazy_gettext("Alarms")),
            ("console.clients", lazy_gettext("API clients")),
            ("console.staff", lazy_gettext("Staff")),
            ("console.settings", lazy_gettext("Settings")),
        ),
    ),
    (lazy_gettext("My account"), (("console.account", lazy_gettext("My account")),)),
)


@dataclass(frozen=True)
class MenuGroup:
    """Pages that belong together, those that this member of staff may see."""

    text: LazyProxy
    #: Endpoint, what it is called, and whether it is the page that is shown.
    pages: tuple[tuple[str, LazyProxy, bool], ...]

    @property
    def here(self) -> bool:
        """Whether the page that is shown is one of them."""
        return any(shown for _, _, shown in self.pages)


@console.context_processor
def _menu() -> dict[str, object]:
    """The menu: what this member of staff may see."""

    def groups() -> Iterator[MenuGroup]:
        actor = known_actor()
        if actor is None:
            return
        for text, pages in _MENU:
            seen = tuple(
                (endpoint, said, _is_here(endpoint))
                for endpoint, said in pages
                if endpoint in current_app.view_functions
                and guard_of(current_app, endpoint).permissions <= actor.permissions
            )
            if seen:
                yield MenuGroup(text, seen)

    def may(permission: str) -> bool:
        actor = known_actor()
        return actor is not None and permission in actor.permissions

    return {"menu": groups, "inside": inside, "may": may}


def _is_here(endpoint: str) -> bool:
    """Whether the page that is shown is that page or one behind it, as `jobs_one` is behind `jobs`."""
    shown = request.endpoint or ""
    return shown == endpoint or shown.startswith(f"{endpoint}_")
