"""The portal: the pages on which customers see and change what they agreed to, and use their rights."""

from __future__ import annotations

from collections.abc import Iterator

from babel.support import LazyProxy
from flask import current_app, request

from privacy.pages.blueprint import PageBlueprint
from privacy.pages.languages import lazy_gettext
from privacy.portal.gate import gate, inside, session_ends

portal = PageBlueprint(
    "portal", __name__, url_prefix="/portal", gate=gate, entry="portal.enter", step_up="portal.prove_again"
)

_MENU = (
    ("portal.choices", lazy_gettext("My choices")),
    ("portal.preferences", lazy_gettext("My preferences")),
    ("portal.proof", lazy_gettext("My proof")),
    ("portal.requests", lazy_gettext("My data and requests")),
    ("portal.help", lazy_gettext("Help")),
)


@portal.context_processor
def _menu() -> dict[str, object]:
    """The menu; the part of the portal that a page belongs to is the beginning of its endpoint's name."""

    def entries() -> Iterator[tuple[str, LazyProxy, bool]]:
        for endpoint, text in _MENU:
            if endpoint in current_app.view_functions:
                yield endpoint, text, (request.endpoint or "").startswith(endpoint)

    return {"menu": entries, "inside": inside, "session_ends": session_ends}
