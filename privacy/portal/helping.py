"""Help: how the pages work, what somebody's rights are, and who answers."""

from __future__ import annotations

from flask import Response

from privacy.pages.blueprint import OPEN
from privacy.pages.rendering import render
from privacy.portal.blueprint import portal
from privacy.programme import service as programmes


@portal.page("/help", guard=OPEN, endpoint="help")
def help_page() -> Response:
    """Answers to what people ask."""
    programme = programmes.current()
    return render(
        "portal/help.html",
        dpo=programme.dpo,
        controllers=list(programme.controllers.values()),
        authority=programme.jurisdiction.authority,
    )
