"""One small story for each public service function that changes something: what stands before, and the change.

A story arranges, in units of work of its own, and returns the change, which the test runs in one unit and counts.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.access import service as access
from privacy.audit import service as audit
from privacy.authz.actors import OPERATOR, Actor, ActorKind, Realm
from privacy.authz.roles import ROLES, STAFF_PERMISSIONS, StaffRole
from privacy.crypto import keyring
from privacy.crypto.keyring import KeyUse
from privacy.db import new_id, session, unit_of_work
from privacy.keys import service as keys
from privacy.outbox import service as outbox
from privacy.programme import service as programme
from privacy.subjects import service as subjects
from privacy.subjects.rotation_models import IndexRotation
from privacy.subjects.service import ContactKind
from privacy.systems import service as systems
from tests.consent.desk import example_programme
from tests.outbox.sending import paper, put

Change = Callable[[], object]
Story = Callable[[], Change]
T = TypeVar("T")

#: `room.function` -> its story and the actions that it must record, in order.
CHANGES: dict[str, tuple[Story, list[str]]] = {}

SCOPES = ["consents:check"]
PAYLOAD = {"acts": ["a"]}
AN_AGENT = access.Wanted(StaffRole.AGENT, "works at the counter")
WHY = subjects.Why(subjects.LookReason.REQUEST, "request 2026/000017", "seat")
A_DATABASE = {"url": "postgresql://privacy:secret@localhost/shop"}


def story(name: str, *actions: str) -> Callable[[Story], Story]:
    """Register a story under the function whose events it counts."""

    def register(told: Story) -> Story:
        CHANGES[name] = (told, list(actions))
        return told

    return register


def before(change: Callable[[], T]) -> T:
    """Something that is there, and committed, before the change."""
    with unit_of_work():
        return change()


@story("audit.delete_old_messages", "messages.deleted")
def _() -> Change:
    put(lasts=1)
    outbox.install(audit.record_message)
    outbox.put_right(contextlib.nullcontext)
    return lambda: audit.delete_old_messages(clock.micros() + 31 * clock.DAY, actor=OPERATOR)


@story("access.create_client", "client.created")
def _() -> Change:
    return lambda: access.create_client("shop", SCOPES, actor=OPERATOR)


@story("access.rotate_key", "client.key_rotated")
def _() -> Change:
    before(lambda: access.create_client("shop", SCOPES, actor=OPERATOR))
    return lambda: access.rotate_key("shop", actor=OPERATOR)


@story("access.revoke_client", "client.revoked")
def _() -> Change:
    before(lambda: access.create_client("shop", SCOPES, actor=OPERATOR))
    return lambda: access.revoke_client("shop", actor=OPERATOR)


@story("access.revoke_key", "key.revoked")
def _() -> Change:
    made = before(lambda: access.create_client("shop", SCOPES, actor=OPERATOR))
    return lambda: access.revoke_key(made.key_id, actor=OPERATOR)


@story("outbox.mark_posted", "message.sent")
def _() -> Change:
    outbox.install(audit.record_message)
    message_id = paper()
    return lambda: outbox.mark_posted(message_id, actor=OPERATOR, tracking_number="RR1")


@story("outbox.try_again", "message.tried_again")
def _() -> Change:
    outbox.install(audit.record_message)
    message_id = put()
    return lambda: outbox.try_again(message_id, actor=OPERATOR)


@story("access.create_staff", "staff.created")
def _() -> Change:
    return lambda: access.create_staff("ewa", "ewa@example.com", actor=OPERATOR)


@story("access.disable_staff", "staff.disabled")
def _() -> Change:
    ewa = a_staff_member("ewa")
    return lambda: access.disable_staff(ewa.id, actor=OPERATOR)


@story("access.grant", "staff.authorised")
def _() -> Change:
    ewa = a_staff_member("ewa")
    return lambda: access.grant(ewa.id, AN_AGENT, actor=OPERATOR)


@story("access.ask_for_grant", "approval.requested", "staff.authorisation_asked")
def _() -> Change:
    ewa, jan = a_staff_member("ewa"), an_administrator("jan")
    return lambda: access.ask_for_grant(ewa.id, AN_AGENT, actor=jan)


@story("access.agree_to_grant", "approval.approved", "staff.authorised")
def _() -> Change:
    ewa, jan, ala = a_staff_member("ewa"), an_administrator("jan"), an_administrator("ala")
    asked = before(lambda: access.ask_for_grant(ewa.id, AN_AGENT, actor=jan))
    return lambda: access.agree_to_grant(asked.id, actor=ala)


@story("access.end_grant", "staff.authorisation_ended")
def _() -> Change:
    ewa = a_staff_member("ewa")
    given = before(lambda: access.grant(ewa.id, AN_AGENT, actor=OPERATOR))
    return lambda: access.end_grant(given.id, actor=OPERATOR)


@story("access.request_approval", "approval.requested")
def _() -> Change:
    ewa = a_staff_member("ewa")
    return lambda: access.request_approval("consents.annul", PAYLOAD, actor=ewa, reason="a wrong import")


@story("access.approve", "approval.approved")
def _() -> Change:
    ewa, jan = a_staff_member("ewa"), a_staff_member("jan")
    asked = before(lambda: access.request_approval("consents.annul", PAYLOAD, actor=ewa, reason="a wrong import"))
    return lambda: access.approve(asked, "consents.annul", PAYLOAD, actor=jan)


@story("access.refuse", "approval.refused")
def _() -> Change:
    ewa, jan = a_staff_member("ewa"), a_staff_member("jan")
    asked = before(lambda: access.request_approval("consents.annul", PAYLOAD, actor=ewa, reason="a wrong import"))
    return lambda: access.refuse(asked, actor=jan)


@story("access.forget_answers")  # None where there was nothing to forget; tests/access has the other case.
def _() -> Change:
    return lambda: access.forget_answers(clock.micros(), actor=OPERATOR)


@story("access.ask_for_client", "client.created", "approval.requested")
def _() -> Change:
    jan = an_administrator("jan")
    return lambda: access.ask_for_client("shop", SCOPES, actor=jan, reason="the new shop")


@story("access.ask_to_issue", "approval.requested")
def _() -> Change:
    jan, made = an_administrator("jan"), before(lambda: access.create_client("shop", SCOPES, actor=OPERATOR))
    return lambda: access.ask_to_issue(made.client.id, actor=jan, reason="the key leaked")


@story("access.agree_to_issue", "approval.approved")
def _() -> Change:
    jan, ewa = an_administrator("jan"), a_staff_member("ewa")
    made = before(lambda: access.ask_for_client("shop", SCOPES, actor=jan, reason="the new shop"))
    return lambda: access.agree_to_issue(made.id, actor=ewa)


@story("systems.record_test", "system.tested")
def _() -> Change:
    return lambda: systems.record_test("shop", [], actor=OPERATOR)


@story("systems.put_connection", "system.connected")
def _() -> Change:
    a_programme()
    return lambda: systems.put_connection("shop", A_DATABASE, actor=OPERATOR)


@story("systems.disconnect", "system.disconnected")
def _() -> Change:
    a_programme()
    before(lambda: systems.put_connection("shop", A_DATABASE, actor=OPERATOR))
    return lambda: systems.disconnect("shop", actor=OPERATOR)


@story("audit.delete_bodies", "audit_body.deleted")
def _() -> Change:
    given = {"object_type": "thing", "object_id": "1", "content": {"n": 1}}
    event_id = before(lambda: audit.record("thing.done", actor=OPERATOR, **given))
    return lambda: audit.delete_bodies([event_id], actor=OPERATOR, why="their term ended")


@story("programme.apply")  # One for each changed object: the second application of a file changes none.
def _() -> Change:
    a_programme()
    return _apply


@story("subjects.put_subject", "subject.created")
def _() -> Change:
    a_programme()
    return lambda: _person("C-1001")


@story("subjects.set_contact_preferences", "contact_preferences.set")
def _() -> Change:
    a_programme()
    anna = before(lambda: _person("C-1001"))
    wished = subjects.ContactPreferences(topics=("home",))
    return lambda: subjects.set_contact_preferences(
        anna, wished, actor=OPERATOR, programme=programme.current(), source="crm"
    )


@story("subjects.look_for", "subject.looked_for")
def _() -> Change:
    a_programme()
    before(lambda: _person("C-1001"))
    named = subjects.name_of(programme.current(), OPERATOR, {"customer_id": "C-1001"})
    return lambda: subjects.look_for(named, WHY, actor=OPERATOR)


@story("subjects.look_again", "subject.looked_for")
def _() -> Change:
    a_programme()
    one = before(lambda: _person("C-1001"))
    return lambda: subjects.look_again(one, WHY, actor=OPERATOR)


@story("subjects.merge", "subject.merged")
def _() -> Change:
    a_programme()
    one, other = before(lambda: _person("C-1001")), before(lambda: _person("C-1002"))
    return lambda: subjects.merge(one, other, actor=OPERATOR, programme=programme.current(), reason="same")


@story("subjects.unmerge", "subject.unmerged")
def _() -> Change:
    a_programme()
    one, other = before(lambda: _person("C-1001")), before(lambda: _person("C-1002"))
    before(lambda: subjects.merge(one, other, actor=OPERATOR, programme=programme.current(), reason="same"))
    return lambda: subjects.unmerge(one, other, actor=OPERATOR, programme=programme.current(), reason="not the same")


@story("subjects.retire_identifier", "identifier.retired")
def _() -> Change:
    a_programme()
    one = before(lambda: _person("C-1001"))
    return lambda: subjects.retire_identifier(
        one, actor=OPERATOR, programme=programme.current(), reason="a typing error"
    )


@story("subjects.retire_contact", "contact.retired")
def _() -> Change:
    a_programme()
    given = {"customer_id": "C-1001", "email": "anna.nowak@example.com"}
    naming = subjects.name_of(programme.current(), OPERATOR, given)
    one, _version = before(
        lambda: subjects.put_subject(naming, actor=OPERATOR, programme=programme.current(), source="crm")
    )
    kind = ContactKind("email")
    index = subjects.contact_name(programme.current(), Realm.LIVE, kind, given["email"]).index
    return lambda: subjects.retire_contact(one, kind, index, actor=OPERATOR, at=clock.micros())


def a_staff_member(name: str) -> Actor:
    made = before(lambda: access.create_staff(name, f"{name}@example.com", actor=OPERATOR))
    return Actor(ActorKind.STAFF, made.id, name, STAFF_PERMISSIONS)


def an_administrator(name: str) -> Actor:
    made = before(lambda: access.create_staff(name, f"{name}@example.com", actor=OPERATOR, role="administrator"))
    return Actor(ActorKind.STAFF, made.id, name, ROLES[StaffRole.ADMINISTRATOR])


def _apply() -> object:
    return programme.apply(example_programme(), actor=OPERATOR, purpose_in_use=lambda _code: False)


def a_programme() -> None:
    before(_apply)


def _person(customer: str) -> UUID:
    current = programme.current()
    naming = subjects.name_of(current, OPERATOR, {"customer_id": customer})
    return subjects.put_subject(naming, actor=OPERATOR, programme=current, source="crm")[0]


@story("audit.open_log", "log.opened")
def _() -> Change:
    keyring.install(keyring.installed().with_new(KeyUse.SIGN))
    with unit_of_work() as current:
        current.execute(sa.text("DELETE FROM audit_log"))  # The log of a test is open already.
    return lambda: audit.open_log("log.example.org/another", actor=OPERATOR)


@story("audit.endorse_newest", "log_key.endorsed")
def _() -> Change:
    keyring.install(keyring.installed().with_new(KeyUse.SIGN))
    return lambda: audit.endorse_newest(actor=OPERATOR)


@story("keys.record_root_change", "keys.moved")
def _() -> Change:
    change = keys.RootChange(new_id(), "file", "pkcs11", account=0)
    return lambda: keys.record_root_change(change, keyring.installed().ring_id, actor=OPERATOR)


@story("keys.open_key", "keys.added")
def _() -> Change:
    return lambda: keys.open_key(9, actor=OPERATOR)


@story("keys.record_added", "keys.added")
def _() -> Change:
    return lambda: keys.record_added(KeyUse.BACKUP, 2, actor=OPERATOR)


@story("keys.rewrap", "keys.rewrapped")
def _() -> Change:
    ring = keyring.installed().with_new(KeyUse.WRAP)
    keyring.install(ring)
    before(lambda: keys.open_key(ring.current(KeyUse.WRAP).number, actor=OPERATOR))
    return lambda: keys.rewrap(ring, None, actor=OPERATOR)


@story("keys.renew", "keys.renewed")
def _() -> Change:
    now = clock.micros()
    return lambda: keys.renew(older_than=now, superseded_before=0, after=None, actor=OPERATOR)


@story("keys.close_key", "keys.destroyed")
def _() -> Change:
    before(lambda: keys.open_key(9, actor=OPERATOR))
    return lambda: keys.close_key(KeyUse.WRAP, 9, actor=OPERATOR)


@story("keys.record_index_began", "keys.index_rotation_began")
def _() -> Change:
    return lambda: keys.record_index_began(keyring.installed(), actor=OPERATOR)


@story("keys.record_index_rotated", "keys.index_rotated")
def _() -> Change:
    before(lambda: keys.record_index_began(keyring.installed(), actor=OPERATOR))
    keyring.install(keyring.installed().with_new(KeyUse.INDEX))
    before(lambda: session().execute(sa.update(IndexRotation).values(published_at=0)))
    before(lambda: subjects.move_portion(10))
    return lambda: keys.record_index_rotated(actor=OPERATOR)
