"""Machine keys: shown once, kept as a hash, scoped, expiring, rotated by overlap, dead at once when revoked."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
import time_machine

from privacy import clock
from privacy.access import service as access
from privacy.access.failures import (
    ClientNotFound,
    ClientRevoked,
    KeyNotFound,
    MachineMayNotMint,
    NameTaken,
    OperatorOnly,
    ScopeExceedsOwn,
    SelfDisabling,
    StaffNotFound,
)
from privacy.access.models import ApiClient, ApiKey, Staff
from privacy.audit import service as audit
from privacy.authz.actors import OPERATOR, Actor, ActorKind, Realm
from privacy.authz.permissions import CLIENT_SCOPES, Permission
from privacy.authz.roles import STAFF_PERMISSIONS
from privacy.crypto.keyring import Keyring
from privacy.crypto.owner_keys import load_owner_key
from privacy.db import Driver, new_id, session, unit_of_work
from privacy.errors import InvalidInput, NotAuthenticated, NotPermitted
from privacy.http import idempotency
from tests.build import an_actor
from tests.databases import Database

pytestmark = pytest.mark.usefixtures("context")
SCOPES = ["consents:check", "consents:write"]


def a_client(name: str = "shop", **more: Any) -> access.IssuedKey:
    with unit_of_work():
        return access.create_client(name, more.pop("scopes", SCOPES), actor=more.pop("actor", OPERATOR), **more)


def a_member(name: str = "dpo") -> access.IssuedStaffKey:
    with unit_of_work():
        return access.create_staff(name, f"{name}@example.com", actor=OPERATOR)


def works(key: str) -> bool:
    try:
        access.authenticate(key)
    except NotAuthenticated:
        return False
    return True


def test_a_key_opens_what_its_scopes_say() -> None:
    issued = a_client(realm=Realm.TEST, partner=True)
    actor = access.authenticate(issued.key)
    assert (actor.kind, actor.id, actor.name) == (ActorKind.CLIENT, issued.client.id, "shop")
    assert actor.permissions == {Permission.CONSENTS_CHECK, Permission.CONSENTS_WRITE}
    assert (actor.realm, actor.partner) == (Realm.TEST, True)


def test_keys_say_what_they_are_and_hold_256_bits() -> None:
    live, test, staff = a_client().key, a_client("lab", realm=Realm.TEST).key, a_member().key
    assert [key[:-43] for key in (live, test, staff)] == ["prv_live_", "prv_test_", "prv_staff_"]


def test_a_key_is_shown_once_and_only_its_hash_is_kept(database: Database) -> None:
    issued = a_client()
    assert issued.key not in repr(issued)
    secret = issued.key.removeprefix("prv_live_")
    for row in session().execute(sa.select(ApiKey.__table__)):
        assert secret not in str(tuple(row))
        assert secret[5:15] not in str(tuple(row))
    (client,) = access.list_clients()
    assert client.keys[0].prefix == issued.key[:13]
    assert secret not in str(client)


@pytest.mark.parametrize(
    "key", ["", "x", "prv_live_", "prv_live_" + "a" * 43, "prv_root_" + "a" * 43, "prv_live_" + "ą" * 43]
)
def test_what_is_no_key_is_refused(key: str) -> None:
    a_client()
    assert not works(key)


def test_every_refusal_is_the_same(frozen: time_machine.Traveller) -> None:
    revoked, expired = a_client("a"), a_client("b", expires_in_days=1)
    with unit_of_work():
        access.revoke_key(revoked.key_id, actor=OPERATOR)
    frozen.shift(86_400)
    texts = set()
    for key in (revoked.key, expired.key, "prv_live_" + "a" * 43, "malformed"):
        with pytest.raises(NotAuthenticated) as caught:
            access.authenticate(key)
        texts.add((type(caught.value), caught.value.detail, str(caught.value.extensions)))
    assert len(texts) == 1


def test_a_key_expires_to_the_microsecond(frozen: time_machine.Traveller) -> None:
    issued = a_client(expires_in_days=1)
    frozen.shift(86_399.999)
    assert works(issued.key)
    frozen.shift(0.001)
    assert not works(issued.key)


def test_revoking_is_seen_at_once_by_another_process(database: Database) -> None:
    issued = a_client()
    digest = access.digest(issued.key)
    engine = database.engine()
    try:
        # A connection of its own, as another process has it; nothing of ours is cached in between.
        with engine.connect() as other:
            driver = Driver(other.connection.driver_connection, database.kind)
            (row,) = driver.rows(access.AUTHENTICATE, {"key_sha256": digest})
            assert access.actor_from_row(row, clock.micros())
            other.rollback()
            with unit_of_work():
                access.revoke_client("shop", actor=OPERATOR)
            (row,) = driver.rows(access.AUTHENTICATE, {"key_sha256": digest})
            assert access.actor_from_row(row, clock.micros()) is None
    finally:
        engine.dispose()
    assert not works(issued.key)


def test_rotation_overlaps(frozen: time_machine.Traveller) -> None:
    old = a_client()
    with unit_of_work():
        new = access.rotate_key("shop", actor=OPERATOR, overlap_hours=24)
    assert works(old.key)
    assert works(new.key)
    frozen.shift(24 * 3600)
    assert not works(old.key)
    assert works(new.key)


def test_rotation_never_makes_an_old_key_live_longer(frozen: time_machine.Traveller) -> None:
    old = a_client(expires_in_days=1)
    with unit_of_work():
        access.rotate_key(old.client.id, actor=OPERATOR, overlap_hours=720)
    frozen.shift(86_400)
    assert not works(old.key)


def test_a_revoked_client_gets_no_new_key() -> None:
    a_client()
    with unit_of_work():
        access.revoke_client("shop", actor=OPERATOR)
    with pytest.raises(ClientRevoked), unit_of_work():
        access.rotate_key("shop", actor=OPERATOR)


def test_nobody_gives_a_key_more_than_they_have() -> None:
    narrow = Actor(ActorKind.STAFF, new_id(), "narrow", frozenset({Permission.CONSENTS_CHECK}))
    a_client("within", actor=narrow, scopes=["consents:check"])
    with pytest.raises(ScopeExceedsOwn):
        a_client("beyond", actor=narrow)
    a_client("wide")
    with pytest.raises(ScopeExceedsOwn), unit_of_work():
        access.rotate_key("wide", actor=narrow)


def test_a_machine_cannot_make_or_change_keys() -> None:
    issued = a_client(scopes=[scope.value for scope in CLIENT_SCOPES])
    machine = an_actor()
    with unit_of_work():
        for act in (
            lambda: access.create_client("more", SCOPES, actor=machine),
            lambda: access.rotate_key("shop", actor=machine),
            lambda: access.revoke_client("shop", actor=machine),
            lambda: access.revoke_key(issued.key_id, actor=machine),
        ):
            with pytest.raises(MachineMayNotMint):
                act()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"scopes": []}, "scopes"),
        ({"scopes": ["everything"]}, "scopes"),
        ({"scopes": ["approvals:give"]}, "scopes"),
        ({"name": " "}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"name": "a" * 101}, "name"),
        ({"expires_in_days": 0}, "expires_in_days"),
        ({"expires_in_days": 731}, "expires_in_days"),
    ],
)
def test_a_wrong_client_is_refused_by_field(change: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        a_client(**change)
    assert list(caught.value.extensions["errors"]) == [field]
    assert session().scalar(sa.select(sa.func.count(ApiClient.id))) == 0


def test_names_are_taken_once() -> None:
    a_client()
    a_member()
    with pytest.raises(NameTaken):
        a_client()
    with pytest.raises(NameTaken):
        a_member()


def test_what_is_not_there_is_not_found() -> None:
    with unit_of_work():
        for act, failure in (
            (lambda: access.rotate_key("nobody", actor=OPERATOR), ClientNotFound),
            (lambda: access.revoke_client(new_id(), actor=OPERATOR), ClientNotFound),
            (lambda: access.revoke_key(new_id(), actor=OPERATOR), KeyNotFound),
            (lambda: access.disable_staff(new_id(), actor=OPERATOR), StaffNotFound),
        ):
            with pytest.raises(failure):
                act()


def test_staff_have_a_personal_key_and_a_sealed_address(ring: Keyring) -> None:
    member = a_member()
    actor = access.authenticate(member.key)
    assert (actor.kind, actor.id, actor.permissions) == (ActorKind.STAFF, member.id, STAFF_PERMISSIONS)
    row = session().scalars(sa.select(Staff)).one()
    assert b"example" not in row.email_enc
    owner = load_owner_key(session(), ring, member.id)
    assert owner.open("staff", "email_enc", row.id, row.email_enc) == b"dpo@example.com"
    with unit_of_work():
        access.disable_staff(member.id, actor=OPERATOR)
    assert not works(member.key)


def test_only_the_operator_adds_staff_so_that_nobody_invents_an_approver() -> None:
    actor = access.authenticate(a_member().key)
    with pytest.raises(OperatorOnly), unit_of_work():
        access.create_staff("friend", "friend@example.com", actor=actor)
    with pytest.raises(NotPermitted), unit_of_work():
        access.disable_staff(actor.id, actor=actor)


def test_who_gives_rights_lets_a_colleague_go_and_not_themselves() -> None:
    member = a_member()
    with unit_of_work():
        ola = access.create_staff("ola", "ola@example.com", actor=OPERATOR, role="administrator")
    actor = access.authenticate(ola.key)
    with pytest.raises(SelfDisabling), unit_of_work():
        access.disable_staff(ola.id, actor=actor)
    with unit_of_work():
        access.disable_staff(member.id, actor=actor)
    assert not works(member.key)


def test_a_wrong_address_is_refused_without_repeating_it() -> None:
    with pytest.raises(InvalidInput) as caught, unit_of_work():
        access.create_staff("dpo", "not an address", actor=OPERATOR)
    assert "not an address" not in caught.value.detail


def test_every_change_is_one_event_and_a_repeat_is_none() -> None:
    issued = a_client()
    other = a_client("other")
    member = a_member()
    for _ in range(2):
        with unit_of_work():
            access.revoke_key(issued.key_id, actor=OPERATOR)
        with unit_of_work():
            access.revoke_client("shop", actor=OPERATOR)
        with unit_of_work():
            access.disable_staff(member.id, actor=OPERATOR)
    with unit_of_work():
        access.rotate_key(other.client.id, actor=OPERATOR)
    with unit_of_work():
        assert access.forget_answers(clock.micros(), actor=OPERATOR) == 0
    assert list(audit.actions_since(session(), None)) == [
        "log.opened",
        "client.created",
        "client.created",
        "staff.created",
        "key.revoked",
        "client.revoked",
        "staff.disabled",
        "client.key_rotated",
    ]


def test_forgetting_stored_answers_is_one_event() -> None:
    with unit_of_work() as current:
        idempotency.claim(current, actor_id=new_id(), scope="POST /api/v1/consents key", content=b"")
    with unit_of_work():
        assert access.forget_answers(clock.micros() + 1, actor=OPERATOR) == 1
    assert list(audit.actions_since(session(), None)) == ["log.opened", "idempotent_answers.deleted"]


def test_a_key_has_exactly_one_holder() -> None:
    issued = a_client()
    with pytest.raises(sa.exc.IntegrityError), unit_of_work() as current:
        current.execute(sa.update(ApiKey).where(ApiKey.id == issued.key_id).values(client_id=None))
