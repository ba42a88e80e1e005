"""The console: the pages of staff."""

from __future__ import annotations

from collections.abc import Iterator

from babel.support import LazyProxy
from flask import current_app, request

from privacy.console.gate import gate, inside
from privacy.http.auth import known_actor
from privacy.pages.blueprint import PageBlueprint, guard_of
from privacy.pages.languages import lazy_gettext

console = PageBlueprint(
    "console", __name__, url_prefix="/console", gate=gate, entry="console.sign_in", step_up="console.prove_again"
)

_MENU = (
    ("console.home", lazy_gettext("Today")),
    ("console.people", lazy_gettext("People")),
    ("console.counter", lazy_gettext("At the counter")),
    ("console.requests", lazy_gettext("Requests")),
    ("console.breaches", lazy_gettext("Breaches")),
    ("console.retention", lazy_gettext("Retention")),
    ("console.statistics", lazy_gettext("Statistics")),
    ("console.reports", lazy_gettext("Reports")),
    ("console.registers", lazy_gettext("Registers")),
    ("console.jobs", lazy_gettext("Jobs")),
    ("console.alarms", lazy_gettext("Alarms")),
    ("console.staff", lazy_gettext("Staff")),
    ("console.account", lazy_gettext("My account")),
)


@console.context_processor
def _menu() -> dict[str, object]:
    """The menu: what this member of staff may see."""

    def entries() -> Iterator[tuple[str, LazyProxy, bool]]:
        actor = known_actor()
        for endpoint, text in _MENU:
            if actor is None or endpoint not in current_app.view_functions:
                continue
            if guard_of(current_app, endpoint).permissions <= actor.permissions:
                yield endpoint, text, (request.endpoint or "").startswith(endpoint)

    def may(permission: str) -> bool:
        actor = known_actor()
        return actor is not None and permission in actor.permissions

    return {"menu": entries, "inside": inside, "may": may}
