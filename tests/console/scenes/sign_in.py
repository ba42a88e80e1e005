"""A colleague with an app and a linked account, who asked to begin anew."""

from __future__ import annotations

from flask import Flask

from privacy.access import service as access
from privacy.access.sign_in import service as signing
from privacy.authz.actors import OPERATOR
from privacy.db import db, unit_of_work
from tests.access.sign_in.desk import a_colleague


def made(app: Flask) -> dict[str, object]:
    """The values of the routes' arguments."""
    with app.app_context():
        lost = a_colleague("lost")
        with unit_of_work():
            signing.link_account(lost.id, signing.Account("https://id.example", "lost-1"), actor=OPERATOR)
        with unit_of_work():
            signing.ask_for_recovery("lost", None)
        [factor], [account] = signing.factors_of(lost.id), signing.accounts_of(lost.id)
        grant = access.grants(lost.id)[0]
        db.session.remove()
    return {"staff_id": lost.id, "factor_id": factor.id, "account_id": account.id, "grant_id": grant.id}
