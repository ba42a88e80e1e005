"""Audit events: in the transaction of their change, committed to by a digest that can be derived again."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
import sqlalchemy as sa

from privacy.audit import service
from privacy.audit.models import AuditBody, AuditEvent
from privacy.crypto import canonical
from privacy.crypto.keyring import Keyring
from privacy.crypto.owner_keys import SERVICE_OWNER, KeyDestroyed, OwnerKeyRow, create_owner_key, load_owner_key
from privacy.db import new_id, session, unit_of_work
from tests.build import an_actor

pytestmark = pytest.mark.usefixtures("context")
ACTOR = an_actor()
CONTENT = {"purpose": "offers", "channel": "email"}


def _record(subject_id: UUID | None = None, content: dict[str, str] = CONTENT) -> UUID:
    return service.record(
        "consent.withdrawn",
        actor=ACTOR,
        object_type="consent_act",
        object_id="act-7",
        content=content,
        subject_id=subject_id,
        details={"reason": "portal"},
    )


def _opened(ring: Keyring, event_id: UUID) -> tuple[bytes, bytes]:
    """Salt and body of a recorded event."""
    row = session().get_one(AuditBody, event_id)
    key = load_owner_key(session(), ring, row.owner_id)
    opened = key.open("audit_body", "body_enc", event_id, row.body_enc)
    return opened[:32], opened[32:]


def test_an_event_outside_a_unit_of_work_is_refused() -> None:
    with pytest.raises(RuntimeError, match="unit of work"):
        _record()


def test_the_event_is_kept_with_its_change_and_goes_with_it() -> None:
    with unit_of_work():
        kept = _record()
    with pytest.raises(ZeroDivisionError), unit_of_work():
        _record()
        raise ZeroDivisionError
    # The first event is that of the log's opening.
    assert session().scalars(sa.select(AuditEvent.id).order_by(AuditEvent.id)).all()[1:] == [kept]
    assert session().scalars(sa.select(AuditBody.event_id).order_by(AuditBody.event_id)).all()[1:] == [kept]
    assert service.count_events(session()) == 2


def test_the_commitment_can_be_derived_from_the_body(ring: Keyring) -> None:
    with unit_of_work():
        event_id = _record()
    salt, body = _opened(ring, event_id)
    assert service.commitment(salt, body) == session().get_one(AuditEvent, event_id).commitment
    assert service.commitment(salt, body + b" ") != session().get_one(AuditEvent, event_id).commitment


def test_the_body_says_who_did_what_and_commits_to_the_changed_row(ring: Keyring) -> None:
    with unit_of_work():
        event_id = _record()
    body = json.loads(_opened(ring, event_id)[1])
    assert body == {
        "v": 1,
        "id": str(event_id),
        "at": body["at"],
        "action": "consent.withdrawn",
        "actor": {"kind": "client", "id": str(ACTOR.id)},
        "subject": None,
        "object": {"type": "consent_act", "id": "act-7"},
        "content_sha256": canonical.sha256(CONTENT),
        "details": {"reason": "portal"},
    }


def test_equal_events_have_commitments_that_tell_nothing() -> None:
    with unit_of_work():
        _record()
        _record()
    commitments = session().scalars(sa.select(AuditEvent.commitment)).all()
    assert len(set(commitments)) == 3  # with that of the log's opening


def test_the_body_of_a_persons_event_is_sealed_with_the_persons_key(ring: Keyring) -> None:
    subject = new_id()
    with unit_of_work() as unit:
        create_owner_key(unit, ring, subject)
        unit.flush()  # the event below reads the key
        event_id = _record(subject)
        about_nobody = _record()
    assert session().get_one(AuditBody, event_id).owner_id == subject
    assert session().get_one(AuditBody, about_nobody).owner_id == SERVICE_OWNER
    with unit_of_work() as unit:
        unit.execute(sa.delete(OwnerKeyRow).where(OwnerKeyRow.owner_id == subject))
    with pytest.raises(KeyDestroyed):
        _opened(ring, event_id)
    assert session().get(AuditEvent, event_id) is not None


def test_no_content_stands_in_plain_text_in_any_column() -> None:
    with unit_of_work():
        _record(content={"email": "anna.nowak@example.com"})
    for model in (AuditEvent, AuditBody):
        for row in session().execute(sa.select(*model.__table__.columns)):
            assert not any(b"anna" in value for value in row if isinstance(value, bytes))
            assert not any("anna" in value for value in row if isinstance(value, str))


def test_actions_are_listed_in_the_order_of_recording() -> None:
    with unit_of_work():
        first = _record()
    assert service.actions_since(session(), None) == ["log.opened", "consent.withdrawn"]
    assert service.actions_since(session(), first) == []
