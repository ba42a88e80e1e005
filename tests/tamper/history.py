"""A history of every sort: people, acts, access, keys, a witness, deletions, and one event that waits."""

from __future__ import annotations

import sqlalchemy as sa

from privacy import clock
from privacy.access import service as access
from privacy.audit import service as audit
from privacy.audit.models import AuditBody, AuditCosignature
from privacy.audit.note import KeyType, Note, SigningKey
from privacy.audit.witnessing import Witness
from privacy.authz.actors import OPERATOR, Realm
from privacy.consent import service as consent
from privacy.db import session, unit_of_work
from privacy.evidence import service as evidence
from privacy.evidence.service import VerifiedFile
from privacy.retention import service as retention
from privacy.subjects import service as subjects
from tests.consent.desk import Desk, a_staff_member, lay_programme

WITNESS_KEY = SigningKey("witness.example.org/w1", KeyType.COSIGNATURE, b"w" * 32)
WITNESS = Witness(WITNESS_KEY.verifier, "https://witness.example.org")
PEOPLE = [{"customer_id": f"C-{n}", "email": f"person{n}@example.com"} for n in range(1, 6)]
ALONE = {"email": "nobody.else@example.com"}
#: So many events without a row, for a log with a whole tile.
_FILLING = 260


def tell(anchor: audit.Anchor, verified: VerifiedFile) -> None:
    """Everything once, published in several checkpoints, and verified."""
    desk = Desk(lay_programme(), OPERATOR)
    for n, person in enumerate(PEOPLE):
        desk.put(person, ["RESTRICTED"] if n == 1 else (), age_class=subjects.AgeClass.ADULT if n == 2 else None)
        desk.record(person, "give")
    desk.record(PEOPLE[0], "withdraw", network={"ip": "192.0.2.1"})
    audit.settle(anchor, seconds=5)
    _access()
    with unit_of_work():
        audit.endorse_newest(actor=OPERATOR)
    audit.settle(anchor, seconds=5)
    desk.merge(PEOPLE[3], PEOPLE[4])
    for n in range(3):
        desk.event(PEOPLE[n], "complaint")
    with unit_of_work():
        consent.lift(desk.contact(PEOPLE[2]), actor=OPERATOR, reason="the mailbox works")
    desk.annul(act_id=consent.acts_of([desk.subject(PEOPLE[2])])[0].id)
    _deletions(desk)
    with unit_of_work():
        for n in range(_FILLING):
            audit.record("thing.done", actor=OPERATOR, object_type="thing", object_id=str(n), content={"n": n})
    audit.settle(anchor, seconds=5)
    _cosign()
    evidence.verify_all(
        evidence.audited_tables(),
        anchor=anchor,
        verified=verified,
        full=True,
    )
    desk.record(PEOPLE[1], "refuse")
    audit.settle(anchor, seconds=5)
    desk.record(PEOPLE[2], "refuse")  # waits to be sequenced


def _access() -> None:
    for name in ("shop", "till", "crm"):
        with unit_of_work():
            made = access.create_client(name, ["consents:check"], actor=OPERATOR, realm=Realm.LIVE)
    with unit_of_work():
        access.rotate_key("till", actor=OPERATOR)
    with unit_of_work():
        access.revoke_key(made.key_id, actor=OPERATOR)
    ewa, jan, ola = (a_staff_member(name) for name in ("ewa", "jan", "ola"))
    for n in range(3):
        with unit_of_work():
            approval = access.request_approval("consents.annul", {"n": n}, actor=ewa, reason="a wrong import")
        if n == 1:
            with unit_of_work():
                access.refuse(approval, actor=jan)
    with unit_of_work():
        access.disable_staff(ola.id, actor=OPERATOR)


def _deletions(desk: Desk) -> None:
    """A person who never confirmed, IP addresses past their term, and bodies past theirs."""
    desk.record(ALONE, "request", purpose="newsletter", wording=consent.Cited("newsletter"))
    later = clock.micros() + 200 * clock.DAY
    with unit_of_work():
        consent.delete_unconfirmed(later, actor=OPERATOR, held=retention.held_among)
    with unit_of_work():
        consent.delete_network_evidence(later, actor=OPERATOR, held=retention.held_among)
    with unit_of_work():
        for n in range(3):
            audit.record("thing.seen", actor=OPERATOR, object_type="thing", object_id=f"s{n}", content={"n": n})
    seen = list(session().scalars(sa.select(AuditBody.event_id).where(AuditBody.action == "thing.seen")))
    with unit_of_work():
        audit.delete_bodies(seen, actor=OPERATOR, why="their term ended")


def _cosign() -> None:
    published = audit.newest_checkpoint()
    now = clock.micros()
    line = str(WITNESS_KEY.sign(Note.parse(published.note).text, at=now // clock.SECOND))
    with unit_of_work() as current:
        current.add(AuditCosignature(size=published.size, witness=WITNESS.name, line=line, cosigned_at=now))
