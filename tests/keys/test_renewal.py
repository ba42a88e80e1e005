"""Owners get new keys: what may change is sealed anew, what may not stays, and every door opens both."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
import sqlalchemy as sa
import time_machine

from privacy import clock
from privacy.access import service as access
from privacy.audit import service as audit
from privacy.authz.actors import OPERATOR
from privacy.crypto import keyring
from privacy.crypto.owner_keys import SERVICE_OWNER, OwnerKeyRow, create_owner_key
from privacy.crypto.sealed_columns import SERVICE, sealed_columns
from privacy.db import Driver, new_id, session, unit_of_work
from privacy.keys import service as keys
from privacy.outbox.models import OutboxMessage
from privacy.subjects import service as subjects
from privacy.subjects.models import SubjectContact
from tests.callers import ANNA, Service, a_give
from tests.crypto import one_of_each
from tests.keys.conftest import PEOPLE, Installation, a_person

NOW = ("keys", "rotate", "owners", "--older-than", "P0D")


def test_what_was_sealed_under_the_first_version_is_read_through_every_door(
    installation: Installation, service: Service
) -> None:
    one_of_each.make(service)
    caller = service.caller()
    first = caller.post("/consents", a_give(a_person(0)), Idempotency_Key="before")
    imports = installation.caller.get("/imports").get_json()
    told = installation.cli.json(*NOW)
    assert (told["broken"], told["owners"]) == ([], sum(v[-1] > 1 for v in installation.versions().values()))
    again = caller.post("/consents", a_give(a_person(0)), Idempotency_Key="before")
    assert (again.status_code, again.get_json()) == (first.status_code, first.get_json())
    assert installation.caller.get("/imports").get_json() == imports
    assert {one.reason for one in installation.asked(access.open_approvals)} == {"a wrong import"}
    assert caller.check(a_person(0))["allowed"]
    assert caller.check(ANNA)["reason"] == "erasure_pending"  # a request about her is open
    installation.asked(assert_every_value_opens)
    installation.asked(assert_contacts_open)
    installation.assert_verifies()
    bundle = service.caller().post("/audit/bundles", {"subject": ANNA})
    assert bundle.status_code == 200, bundle.text
    # And what is sealed from now on is under the new version, beside the old.
    caller.record(a_give(a_person(0), act="withdraw", channels=["email"], wording=None, notice=None))
    assert not caller.check(a_person(0))["allowed"]
    installation.asked(assert_every_value_opens)
    installation.assert_verifies()


def assert_every_value_opens() -> None:
    opened = one_of_each.keys()
    renewed = set()
    for column in sealed_columns():
        for value in one_of_each.values(column):
            key = opened[value.owner_id, value.version]
            key.open(column.table.name, column.name, value.row, value.sealed)
            if column.sealed.owner != SERVICE and value.version > 1:
                renewed.add(f"{column.table.name}.{column.name}")
    assert {"account_identifier.value_enc", "subject_contact.value_enc", "staff.email_enc"} <= renewed


def assert_contacts_open() -> None:
    rows = session().scalars(sa.select(SubjectContact.id)).all()
    assert all(
        "@" in value or "+48" in value
        for value in (subjects.open_contact(Driver.of(session()), row)[1] for row in rows)
    )
    assert session().scalars(sa.select(OutboxMessage.key_version)).all()


def test_events_of_the_log_keep_the_key_that_sealed_them(installation: Installation) -> None:
    installation.cli.json(*NOW)
    installation.cli.json(*NOW)
    events = installation.asked(lambda: session().scalars(sa.select(audit_event_id())).all())
    bodies = installation.asked(lambda: audit_bodies(events))
    assert len(bodies) == len(events)
    assert {tuple(one) for one in installation.versions().values()} == {(1, 2, 3)}
    assert installation.actions().count("keys.renewed") == 2
    installation.assert_verifies()


def audit_event_id() -> sa.Column[object]:
    from privacy.audit.models import AuditEvent

    column: sa.Column[object] = AuditEvent.__table__.c.id
    return column


def audit_bodies(events: list[object]) -> dict[object, object]:
    from privacy.audit import proofs

    found: dict[object, object] = dict(proofs.opened_bodies(events))  # type: ignore[arg-type]  # ids they are
    return found


def test_only_old_keys_are_renewed(installation: Installation) -> None:
    told = installation.cli.json("keys", "rotate", "owners")
    assert told == {"owners": 0, "values": 0, "ended": 0, "broken": []}
    assert {tuple(one) for one in installation.versions().values()} == {(1,)}
    assert "keys.renewed" not in installation.actions()


def test_a_superseded_key_goes_when_nothing_is_under_it_and_no_backup_may_need_it(installation: Installation) -> None:
    """The person was never spoken of in the log, so nothing is left under the first version once it is renewed."""
    owner = installation.asked(a_person_without_events)
    installation.cli.json(*NOW)
    assert installation.versions()[owner] == [1, 2]
    assert installation.cli.json("keys", "rotate", "owners")["ended"] == 0
    days = installation.config.backup_days
    with time_machine.travel(clock.now().timestamp() + (days + 1) * 86_400, tick=True):
        told = installation.cli.json("keys", "rotate", "owners", "--older-than", "P9Y")
    assert told["ended"] == 1
    versions = installation.versions()
    assert versions[owner] == [2]
    # Everybody else's events are under the first one still.
    assert {tuple(found) for other, found in versions.items() if other != owner} == {(1, 2)}
    installation.asked(lambda: subjects.open_contact(Driver.of(session()), contact_of(owner)))
    assert all(installation.allowed(number) for number in range(PEOPLE))


def a_person_without_events() -> UUID:
    from privacy.subjects.models import DataSubject

    owner, contact = new_id(), new_id()
    with unit_of_work() as current:
        other = current.scalars(sa.select(DataSubject)).first()
        assert other is not None
        key = create_owner_key(current, keyring.installed(), owner)
        values = {column.key: getattr(other, column.key) for column in DataSubject.__table__.columns}
        current.execute(
            sa.insert(DataSubject).values(
                **values | {"id": owner, "person_id": owner, "cluster_id": owner, "group_id": owner, "merged_id": None}
            )
        )
        held = current.scalars(sa.select(SubjectContact)).first()
        assert held is not None
        values = {column.key: getattr(held, column.key) for column in SubjectContact.__table__.columns}
        sealed = key.seal("subject_contact", "value_enc", contact, b"nobody@example.com")
        index = bytes(held.value_bidx[:1]) + bytes(16)
        current.execute(
            sa.insert(SubjectContact).values(
                **values
                | {"id": contact, "subject_id": owner, "value_enc": sealed, "key_version": 1, "alone": False}
                | {"value_bidx": index, "sha256_bidx": index}
            )
        )
    return owner


def contact_of(owner: UUID) -> UUID:
    return session().scalars(sa.select(SubjectContact.id).where(SubjectContact.subject_id == owner)).one()


def test_a_key_or_value_that_does_not_open_is_named_and_left(installation: Installation) -> None:
    broken = installation.asked(lambda: session().scalars(sa.select(SubjectContact.subject_id)).first())
    installation.run(
        sa.update(SubjectContact).where(SubjectContact.subject_id == broken).values(value_enc=b"\x01" + bytes(60))
    )
    told = installation.cli.json(*NOW, exit_code=1)
    assert told["broken"] == [str(broken)]
    kept = installation.asked(
        lambda: (
            session().scalars(sa.select(SubjectContact.key_version).where(SubjectContact.subject_id == broken)).all()
        )
    )
    assert kept == [1]
    assert told["owners"] == len(installation.versions())


def test_a_file_keeps_the_key_it_was_written_with(installation: Installation) -> None:
    """Keys of uploads seal files, which no column shows: a new version would make them unreadable."""
    file = new_id()

    def make() -> None:
        with unit_of_work() as current:
            create_owner_key(current, keyring.installed(), file)

    installation.asked(make)
    installation.cli.json(*NOW)
    assert installation.versions()[file] == [1]
    assert installation.versions()[SERVICE_OWNER] == [1, 2]


def test_an_erased_owner_gets_no_new_key(installation: Installation) -> None:
    owner = max(set(installation.versions()) - {SERVICE_OWNER})
    installation.run(sa.delete(OwnerKeyRow).where(OwnerKeyRow.owner_id == owner))

    def renew() -> keys.Renewed:
        with unit_of_work():
            now = clock.micros()
            return keys.renew(older_than=now, superseded_before=0, after=None, actor=OPERATOR)

    installation.asked(renew)
    assert owner not in installation.versions()


def test_what_the_command_does_not_take_as_a_term(installation: Installation) -> None:
    for wrong in ("1Y", "P1", "P-1D", "P1Y2M", "PT5M"):
        assert installation.cli.run("keys", "rotate", "owners", "--older-than", wrong).exit_code == 2, wrong
    assert json.dumps(installation.actions()) == "[]"


def test_an_event_is_sealed_for_whom_it_is_about(installation: Installation) -> None:
    """What finds an owner's events by their subject relies on it."""

    def prepare() -> None:
        with unit_of_work() as current:
            key = create_owner_key(current, keyring.installed(), new_id())
            audit.prepare("thing.done", actor=OPERATOR, object_type="t", object_id="1", content={}, key=key)

    with pytest.raises(ValueError, match="its subject"):
        installation.asked(prepare)
