"""An act with its proof, acts without effect, an import that is done, and an annulment that waits for a decision."""

from __future__ import annotations

from uuid import UUID

from flask import Flask

from privacy.authz.actors import Actor
from privacy.consent import service as consent
from privacy.consent.service import Cited, Filter, Source
from privacy.db import db, unit_of_work
from privacy.programme import service as programmes
from tests.callers import Service
from tests.consent.desk import Desk, a_staff_member
from tests.consent.uploads.desk import a_small_export, queued, work, zipped

WHY = "came with the wrong file"
FILE = Source("old-crm", "import", "web_form")
JAN, EWA, IZA = ({"customer_id": f"C-720{n}", "email": f"zgoda{n}@example.com"} for n in range(3))


def made(app: Flask) -> dict[str, object]:
    """Values of the routes' arguments; those that are one member's own are functions of the actor who asks."""
    import_id = imported(app)
    with app.app_context():
        act_id = acts()
        annulment_id = asked()
        db.session.remove()

    def reference(actor: Actor) -> str:
        return consent.hide_act(actor, act_id)

    return {
        "consent_id": reference,
        "receipt_form": "pdf",
        "no_effect": "wording_unknown",
        "import_id": import_id,
        "waterfall_form": "pdf",
        "annulment_id": annulment_id,
    }


def acts() -> UUID:
    """Two people of a wrong file, one who agreed in the shop, and one whose text nobody knows; the shop's act."""
    desk = Desk(programmes.current())
    for who in (JAN, EWA):
        desk.record(who, "give", source=FILE)
    desk.record(IZA, "give", wording=Cited("nobody-knows", "1"))
    return desk.record(IZA, "give", method="paper_form").records[0].id


def asked() -> UUID:
    """Somebody asks for the acts of the wrong file to be annulled."""
    asker = a_staff_member("ewa")
    with unit_of_work():
        return consent.request_annulment(Filter(source_system=FILE.system), actor=asker, reason=WHY)[0]


def imported(app: Flask) -> str:
    """An import that is done, with a row that could not be taken."""
    import_id = queued(Service(app).caller(), zipped(a_small_export()))
    work(app)
    return import_id
