"""The first event of the log."""

from __future__ import annotations

from flask import Flask

from privacy.audit import service as audit
from privacy.db import db


def made(app: Flask) -> dict[str, object]:
    """The values of the routes' arguments."""
    with app.app_context():
        first = next(row for portion in audit.scan(audit.EventFilter()) for row in portion.rows)
        db.session.remove()
    return {"event_id": first.event_id}
