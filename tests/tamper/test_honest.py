"""What the service itself did is never a finding."""

from __future__ import annotations

import random
from collections.abc import Callable

from privacy import clock
from privacy.audit import service as audit
from privacy.audit.models import AuditBody
from privacy.authz.actors import OPERATOR
from privacy.consent import service as consent
from privacy.db import db, session, unit_of_work
from privacy.errors import PrivacyError
from privacy.programme import service as programmes
from privacy.retention import service as retention
from privacy.subjects.service import Standing
from tests.consent.desk import Desk, a_staff_member
from tests.databases import bare_app
from tests.sizes import size
from tests.tamper.conftest import Installation

SEED = 20261121


def test_a_history_of_every_sort_has_no_finding(installation: Installation) -> None:
    part = installation.verify(full=False)
    assert part.findings == ()
    assert part.events == 2
    whole = installation.verify()
    assert whole.findings == ()
    assert whole.events == whole.tree_size == part.tree_size


def test_however_the_service_is_used_nothing_is_found(installation: Installation) -> None:
    chance, number = random.Random(SEED), size("honest_operations")
    app = bare_app(installation.database)
    with app.app_context():
        operations = _operations(Desk(programmes.current(), OPERATOR), chance)
        for n in range(1, number + 1):
            try:
                chance.choice(operations)()
            except PrivacyError:
                db.session.rollback()  # Refused, as it may be; nothing was changed.
            if not n % (number // 4):
                full = n % (number // 2) == 0
                db.session.remove()
                assert installation.verify(full=full).findings == (), f"after {n} operations"
        db.session.remove()
        db.engine.dispose()


def _operations(desk: Desk, chance: random.Random) -> list[Callable[[], object]]:
    def somebody() -> dict[str, str]:
        n = chance.randrange(12)
        who = {"customer_id": f"C-{n}", "email": f"person{n % 9}@example.com"}
        return who if chance.random() < 0.7 else {"email": who["email"]}

    def standing() -> object:
        return desk.set(somebody(), {chance.choice(list(Standing)): chance.random() < 0.5})

    def lift() -> object:
        with unit_of_work():
            return consent.lift(desk.contact({"email": somebody()["email"]}), actor=OPERATOR, reason="it works")

    def forget_bodies() -> object:
        found = session().scalars(db.select(AuditBody.event_id).where(AuditBody.action == "consent.refused").limit(2))
        event_ids = list(found)
        with unit_of_work():
            return audit.delete_bodies(event_ids, actor=OPERATOR, why="their term ended")

    return [
        *(lambda act=act: desk.record(somebody(), act) for act in ("give", "withdraw", "refuse", "object")),
        lambda: desk.record(somebody(), "request", purpose="newsletter", wording=consent.Cited("newsletter")),
        lambda: desk.record_many([desk.act_in(somebody(), "give") for _ in range(5)]),
        standing,
        lift,
        forget_bodies,
        lambda: desk.event(
            {"email": somebody()["email"]}, chance.choice(["complaint", "hard_bounce", "soft_bounce", "reassigned"])
        ),
        lambda: desk.merge({"customer_id": "C-1"}, {"customer_id": f"C-{chance.randrange(2, 9)}"}),
        lambda: desk.unmerge({"customer_id": "C-1"}, {"customer_id": f"C-{chance.randrange(2, 9)}"}),
        lambda: desk.retire(desk.subject({"customer_id": f"C-{chance.randrange(9, 12)}"})),
        lambda: desk.annul(act_id=consent.acts_of([desk.subject(somebody())])[0].id),
        lambda: a_staff_member("ewa"),
        _delete_unconfirmed,
    ]


def _delete_unconfirmed() -> None:
    later = clock.micros() + 200 * clock.DAY
    with unit_of_work():
        consent.delete_unconfirmed(later, actor=OPERATOR, held=retention.held_among)
