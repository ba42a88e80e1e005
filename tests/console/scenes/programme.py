"""A purpose of the example programme, and the version in which it came."""

from __future__ import annotations

from flask import Flask

from privacy.db import db
from privacy.programme import service as programmes


def made(app: Flask) -> dict[str, object]:
    """The values of the routes' arguments."""
    with app.app_context():
        number = programmes.current_number()
        db.session.remove()
    return {"section": "purposes", "entry_key": "offers", "version_number": number}
