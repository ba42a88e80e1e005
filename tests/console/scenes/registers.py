"""One of each thing that the pages of the registers show."""

from __future__ import annotations

from flask import Flask

from privacy.access import service as access
from privacy.authz.actors import OPERATOR
from privacy.db import db, unit_of_work
from privacy.registers import service as registers
from privacy.registers.service import Draft, EntryKind
from tests.access.sign_in.desk import taken_on


def made(app: Flask) -> dict[str, object]:
    """An open impact assessment with a file; by argument of a route."""
    with app.app_context():
        if all(one.name != "keeper" for one in access.list_staff()):
            taken_on("keeper")
        draft = Draft(
            "Profiles of shoppers", "keeper", answers={"description": "What they buy", "residual_risk": "low"}
        )
        with unit_of_work():
            entry = registers.begin(EntryKind.DPIA, draft, actor=OPERATOR)
        with unit_of_work():
            entry = registers.add_file(entry.id, entry.version, "list.pdf", b"%PDF-1.7 list", actor=OPERATOR)
        found: dict[str, object] = {"entry_id": entry.id, "file_id": entry.files[0].id}
        db.session.remove()
    return found
