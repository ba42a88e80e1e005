"""Who lost everything they sign in with: one answer for every name, and nobody begins anew by one person's word."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
import time_machine

from privacy.access import service as access
from privacy.access.failures import RecoveryNeedsTwo, RecoveryNotAsked
from privacy.access.sign_in import service as signing
from privacy.authz.actors import OPERATOR
from privacy.crypto import keyring
from privacy.crypto.owner_keys import load_owner_key
from privacy.db import db, session, unit_of_work
from privacy.errors import NotPermitted
from privacy.outbox.models import OutboxMessage
from tests.access.sign_in.desk import BASE_URL, PASSWORD
from tests.callers import Service
from tests.console.office import Browser, hired

_CODE = re.compile(r"<code>([A-Z2-9]{4}(?:-[A-Z2-9]{4}){5})</code>")


def asked(service: Service, name: str) -> None:
    answer = Browser(service.app).send("/lost", name=name)
    assert answer.location == "/console/sign-in?said=recovery-asked"


def test_the_one_administrator_and_the_colleague_are_two(service: Service) -> None:
    boss, ewa, browser, hers = hired(service.app, "boss", "administrator"), hired(service.app), *_browsers(service)
    browser.sign_in(boss, later=1)
    hers.web.set_cookie("staff", ewa.first.token)
    page = f"/staff/{ewa.id}/recovery"
    assert "they ask for it first" in browser.look(page).text
    assert browser.send(page, at="/account", seen="1").status_code == 409  # She did not ask.
    asked(service, "ewa")
    assert "Asked to begin anew" in browser.look("/staff").text
    shown = browser.look(page).text
    assert "1 open session ends." in shown
    assert "1 app, passkey or linked account is forgotten." in shown
    assert browser.send(page).status_code == 422  # Without having seen her.
    answer = browser.send(page, seen="1")
    assert answer.location.endswith("said=recovery-mailed")
    assert _CODE.findall(browser.look(f"/staff/{ewa.id}").text) == []
    code = _mailed(service)
    assert hers.look("/account").status_code == 303
    assert hers.send("/sign-in", name="ewa", password=PASSWORD).status_code == 422
    assert "Asked to begin anew" not in browser.look("/staff").text
    assert hers.send("/begin", name="ewa", code=code, password="a new one that is long").status_code == 303


def _mailed(service: Service) -> str:
    """The code of the newest invitation, as it went to the colleague's mail."""
    with service.app.app_context():
        newest = session().scalars(sa.select(OutboxMessage).order_by(OutboxMessage.id.desc())).first()
        assert newest is not None
        key = load_owner_key(session(), keyring.installed(), newest.owner_id, newest.key_version)
        body = key.open("outbox_message", "body_enc", newest.id, bytes(newest.body_enc)).decode()
        db.session.remove()
    found = re.search(r"[A-Z2-9]{4}(?:-[A-Z2-9]{4}){5}", body)
    assert found
    return found[0]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_where_there_are_two_administrators_both_agree(service: Service) -> None:
    one, two, ewa = (hired(service.app, name, role) for name, role in _THREE)
    first, second = _browsers(service)
    first.sign_in(one, later=1)
    second.sign_in(two, later=1)
    page = f"/staff/{ewa.id}/recovery"
    assert first.send(page, seen="1").status_code == 422  # Without a reason.
    assert first.send(page, seen="1", reason="<script>lost</script>").location.endswith("said=recovery-waits")
    shown = first.look(page).text
    assert "&lt;script&gt;lost" in shown
    assert "/agree" not in shown
    assert first.send(f"{page}/agree", at="/account").status_code == 403
    assert second.send(f"{page}/refuse", at=page).location.endswith("said=recovery-refused")
    assert second.send(f"{page}/agree", at="/account").status_code == 404
    first.send(page, seen="1", reason="lost phone and paper")
    assert _CODE.findall(second.send(f"{page}/agree", at=page).text)
    with service.app.app_context():
        assert not signing.signs_in(ewa.id)
        db.session.remove()


_THREE = (("one", "administrator"), ("two", "administrator"), ("ewa", "staff"))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_whoever_asks_learns_nothing_and_is_counted(service: Service) -> None:
    hired(service.app)
    texts = []
    for name in ("ewa", "nobody"):
        browser = Browser(service.app)
        for _ in range(5):
            assert browser.send("/lost", name=name).location == "/console/sign-in?said=recovery-asked"
        answer = browser.send("/lost", name=name)
        assert answer.status_code == 422
        texts.append(re.sub(r'value="[0-9a-f]{34}"', "", answer.text.replace(f'"{name}"', "NAME")))
    assert "Wait 1 seconds" in texts[0]
    assert texts[0] == texts[1]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("role", ["dpo", "agent", "staff"])
def test_who_runs_no_accounts_recovers_nobody(role: str, service: Service) -> None:
    ewa, jan, browser = hired(service.app, "ewa", role), hired(service.app, "jan"), Browser(service.app)
    browser.sign_in(ewa, later=1)
    asked(service, "jan")
    page = f"/staff/{jan.id}/recovery"
    answer = browser.look(page)
    assert answer.status_code == (403 if role == "agent" else 200)
    assert 'name="seen"' not in answer.text
    for path in (page, f"{page}/agree", f"{page}/refuse"):
        assert browser.send(path, at="/account", seen="1", reason="x").status_code == 403


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_nobody_recovers_themselves_and_an_asking_is_forgotten(
    service: Service, frozen: time_machine.Traveller
) -> None:
    boss, ewa, browser = hired(service.app, "boss", "administrator"), hired(service.app), Browser(service.app)
    browser.sign_in(boss, later=1)
    asked(service, "boss")
    page = f"/staff/{boss.id}/recovery"
    assert "another administrator does" in browser.look(page).text
    assert browser.send(page, at="/account", seen="1").status_code == 403
    asked(service, "ewa")
    with service.app.app_context():
        actor = access.authenticate(boss.key)
        frozen.shift(7 * 86_400)
        assert signing.asked_at(ewa.id) is None
        assert signing.recoveries_asked() == {}
        with pytest.raises(RecoveryNotAsked), unit_of_work():
            signing.recover_alone(ewa.id, actor=actor, base_url=BASE_URL)
        with unit_of_work():
            for name in ("one", "two"):
                access.create_staff(name, f"{name}@example.com", actor=OPERATOR, role="administrator")
        with pytest.raises(RecoveryNeedsTwo), unit_of_work():
            signing.recover_alone(ewa.id, actor=actor, base_url=BASE_URL)
        with pytest.raises(NotPermitted), unit_of_work():
            signing.recover_alone(boss.id, actor=access.authenticate(ewa.key), base_url=BASE_URL)
        db.session.remove()


def _browsers(service: Service) -> tuple[Browser, Browser]:
    return Browser(service.app), Browser(service.app)
