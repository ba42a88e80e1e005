"""A check knows from the last one what to expect. What has changed meanwhile counts all the same, at once."""

from __future__ import annotations

from privacy.access import service as access
from privacy.authz.actors import OPERATOR, Realm
from privacy.db import db, unit_of_work
from privacy.programme import service as programmes
from tests.callers import ANNA, Service, a_give
from tests.rules.source import ROOT


def test_a_withdrawal_binds_the_next_check(service: Service) -> None:
    shop = service.caller()
    shop.record(a_give())
    assert [shop.check()["reason"] for _ in range(2)] == ["given", "given"]
    shop.record(a_give(act="withdraw", occurred_at=None, wording=None, notice=None))
    assert shop.check()["reason"] == "withdrawn"


def test_a_revoked_key_is_dead_at_its_next_check_whatever_it_sends(service: Service) -> None:
    shop = service.caller()
    assert [shop.check()["allowed"] for _ in range(2)] == [False, False]
    with service.app.app_context():
        with unit_of_work():
            access.revoke_client(access.list_clients()[-1].id, actor=OPERATOR)
        db.session.remove()
    asked = {"subject": ANNA, "purpose": "offers", "channel": "email"}
    for body in (asked, {"subject": {}}, b"{", asked | {"purpose": "nothing"}):
        assert shop.post("/consents/check", body).status_code == 401


def test_a_new_programme_counts_at_the_next_check(service: Service) -> None:
    shop = service.caller()
    shop.record(a_give())
    assert [shop.check()["valid_until"] is None for _ in range(2)] == [False, False]
    changed = (ROOT / "programme.yml").read_text().replace("validity: P36M", "validity: P12M")
    with service.app.app_context():
        with unit_of_work():
            programmes.apply(programmes.read(changed), actor=OPERATOR, purpose_in_use=lambda _code: True)
        db.session.remove()
    assert shop.check()["valid_until"].startswith("2027-11-20")


def test_keys_of_both_realms_are_told_apart_by_what_they_may_see(service: Service) -> None:
    live, test = service.caller(), service.caller(realm=Realm.TEST)
    live.record(a_give())
    for _ in range(2):
        assert live.check()["reason"] == "given"
        assert test.check()["reason"] == "no_record"
