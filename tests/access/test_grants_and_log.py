"""Grants and the log: those that come from before it knew of any, and those that nobody gave."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from privacy import schema
from privacy.access import service as access
from privacy.access.models import StaffGrant
from privacy.authz.actors import OPERATOR, SERVICE_ID
from privacy.authz.roles import ROLES, STAFF_PERMISSIONS, StaffRole
from privacy.db import db, new_id, session, unit_of_work
from privacy.evidence import service as evidence
from tests.access.test_grants import acting, given, taken_on

pytestmark = pytest.mark.usefixtures("context")


def found(tmp_path: Path) -> list[str]:
    """What the verification of everything finds."""
    report = evidence.verify_installation(
        anchor=tmp_path / "anchor", verified=tmp_path / "verified", full=True, progress=lambda _done, _all: None
    )
    return [str(finding) for finding in report.findings]


def test_what_staff_were_before_the_upgrade_becomes_their_grants_and_the_log_agrees(tmp_path: Path) -> None:
    ewa, iod = taken_on("ewa", "staff"), taken_on("iod", "dpo")
    db.session.remove()
    engine = db.engine
    schema.downgrade(engine, "0018_schedule")
    schema.upgrade(engine)
    assert acting(ewa).permissions == STAFF_PERMISSIONS
    assert acting(iod).permissions == ROLES[StaffRole.DPO]
    assert [grant.number for grant in access.grants()] == [1, 2, 3]
    assert access.is_officer(iod.id)
    db.session.remove()
    assert found(tmp_path) == []


def test_given_and_ended_grants_agree_with_the_log(tmp_path: Path) -> None:
    ewa, jan = taken_on("ewa"), taken_on("jan", "agent")
    for one in (given(ewa, StaffRole.AGENT), access.grants(jan.id)[0]):
        with unit_of_work():
            access.end_grant(one.id, actor=OPERATOR)
    assert found(tmp_path) == []


@pytest.mark.parametrize("way", ["made", "revived", "moved"])
def test_a_grant_that_nobody_gave_is_found(way: str, tmp_path: Path) -> None:
    ewa, jan = taken_on("ewa"), taken_on("jan", "agent")
    one = given(ewa, StaffRole.AGENT)
    with unit_of_work():
        access.end_grant(one.id, actor=OPERATOR)
    [follows] = access.grants(jan.id)
    with unit_of_work() as current:
        if way == "made":
            made = {column.name: getattr(_row(follows.id), column.name) for column in StaffGrant.__table__.columns}
            changes = {"id": new_id(), "number": 99, "role": "controller", "granted_by": SERVICE_ID}
            current.execute(sa.insert(StaffGrant).values(**made | changes))
        elif way == "revived":
            current.execute(sa.update(StaffGrant).where(StaffGrant.id == one.id).values(ended_at=None, ended_by=None))
        else:
            current.execute(sa.update(StaffGrant).where(StaffGrant.id == follows.id).values(staff_id=ewa.id))
    assert len(found(tmp_path)) >= 1


def _row(grant_id: object) -> StaffGrant:
    return session().scalars(sa.select(StaffGrant).where(StaffGrant.id == grant_id)).one()
