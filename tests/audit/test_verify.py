"""The verification of a whole system: honest, then with single things wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from privacy.audit import service as audit
from privacy.audit.models import AuditBody
from privacy.authz.actors import OPERATOR
from privacy.db import session, unit_of_work
from privacy.errors import InvalidInput
from privacy.evidence import service as evidence
from privacy.evidence.service import Report, VerifiedFile
from tests.consent.desk import Desk, lay_programme

pytestmark = pytest.mark.usefixtures("context")
ANNA = {"customer_id": "C-1001", "email": "anna.nowak@example.com"}


@pytest.fixture
def desk() -> Desk:
    return Desk(lay_programme(), OPERATOR)


def verify(folder: Path, *, full: bool = True) -> Report:
    return evidence.verify_all(
        evidence.audited_tables(),
        anchor=audit.Anchor(folder / "log-checkpoint.txt"),
        verified=VerifiedFile(folder / "log-verified.json"),
        full=full,
        seconds=1,
    )


def test_an_honest_system_has_no_findings(desk: Desk, tmp_path: Path) -> None:
    desk.record(ANNA, "give")
    desk.record(ANNA, "withdraw")
    first = verify(tmp_path)
    assert first.findings == ()
    assert first.events == first.tree_size
    desk.event(ANNA, "complaint")
    desk.annul(purpose="offers")
    second = verify(tmp_path, full=False)
    assert second.findings == ()
    assert second.since == first.tree_size
    assert second.events == second.tree_size - first.tree_size
    assert verify(tmp_path).findings == ()


def test_deleted_bodies_are_named_by_an_event_and_every_proof_still_verifies(desk: Desk, tmp_path: Path) -> None:
    desk.record(ANNA, "give")
    verify(tmp_path)
    given = list(session().scalars(sa.select(AuditBody.event_id).where(AuditBody.action == "consent.given")))
    with unit_of_work():
        assert audit.delete_bodies(given, actor=OPERATOR, why="their term ended") == 1
    with unit_of_work():
        assert audit.delete_bodies(given, actor=OPERATOR, why="their term ended") == 0
    assert verify(tmp_path, full=False).findings == ()
    report = verify(tmp_path)
    assert report.findings == ()
    [evidence_of_it] = audit.event_evidence(given, report.tree_size)
    assert evidence_of_it.keys() == {"index", "leaf", "proof"}
    deletion = session().scalars(sa.select(AuditBody.event_id).where(AuditBody.action == audit.BODIES_DELETED)).one()
    [named] = audit.event_evidence([deletion], report.tree_size)
    assert [body[0] for body in named["body"]["details"]["bodies"]] == [str(given[0])]
    assert named["body"]["details"]["why"] == "their term ended"


def test_bodies_that_the_log_needs_itself_stay_and_none_goes_without_a_reason(desk: Desk) -> None:
    opened = list(session().scalars(sa.select(AuditBody.event_id).where(AuditBody.action == "log.opened")))
    with pytest.raises(audit.BodyKept), unit_of_work():
        audit.delete_bodies(opened, actor=OPERATOR, why="their term ended")
    with pytest.raises(InvalidInput, match="why"), unit_of_work():
        audit.delete_bodies(opened, actor=OPERATOR, why=" ")


def test_what_was_edited_before_the_last_verification_is_seen_by_a_full_one(desk: Desk, tmp_path: Path) -> None:
    desk.record(ANNA, "give")
    verify(tmp_path)
    with unit_of_work() as current:
        current.execute(sa.text("UPDATE data_subject SET standing = 1"))
    assert verify(tmp_path, full=False).findings == ()
    [finding] = verify(tmp_path).findings
    assert (finding.kind, finding.where.partition(" ")[0]) == ("row", "data_subject")
    # What was found wrong is not what the next one begins with.
    assert [one.kind for one in verify(tmp_path).findings] == ["row"]
