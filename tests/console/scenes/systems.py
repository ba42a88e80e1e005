"""A database of the example programme that somebody connected, at an address where nothing answers."""

from __future__ import annotations

from flask import Flask

from privacy.authz.actors import OPERATOR
from privacy.db import db, unit_of_work
from privacy.systems import service as systems

NOWHERE = {"url": "postgresql://privacy:secret@127.0.0.1:1/shop?connect_timeout=1"}


def made(app: Flask) -> dict[str, object]:
    """The values of the routes' arguments."""
    with app.app_context():
        with unit_of_work():
            systems.put_connection("shop", NOWHERE, actor=OPERATOR)
        db.session.remove()
    return {"system_code": "shop"}
