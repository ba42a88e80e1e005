"""A client with a key that works."""

from __future__ import annotations

from flask import Flask

from privacy.access import service as access
from privacy.authz.actors import OPERATOR
from privacy.db import db, unit_of_work


def made(app: Flask) -> dict[str, object]:
    """The values of the routes' arguments."""
    with app.app_context():
        with unit_of_work():
            issued = access.create_client("till in the scene", ["consents:check"], actor=OPERATOR)
        db.session.remove()
    return {"client_id": issued.client.id, "key_id": issued.key_id}
