"""API clients on pages: a key is shown once, two people give what one may not, and what ends is over at once."""

from __future__ import annotations

import re

import pytest

from privacy.access import service as access
from privacy.access.service import ClientFacts
from privacy.db import db
from tests.callers import Caller, Service
from tests.console.office import Browser, hired

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.parametrize("database", ["sqlite"], indirect=True)]
_KEY = re.compile(r"<code>(prv_live_[A-Za-z0-9_-]+)</code>")


def inside(service: Service, name: str, role: str) -> Browser:
    browser = Browser(service.app)
    browser.sign_in(hired(service.app, name, role), later=1)
    return browser


def client_of(service: Service, name: str) -> ClientFacts:
    with service.app.app_context():
        found = next(one for one in access.list_clients() if one.name == name)
        db.session.remove()
    return found


def status(service: Service, key: str, path: str = "/programme") -> int:
    return Caller(service.app.test_client(), key).get(path).status_code


def test_a_client_within_one_s_own_rights_is_made_rotated_and_revoked(service: Service) -> None:
    admin = inside(service, "ola", "administrator")
    made = admin.send("/clients/new", title="<b>feed", scopes="programme:read", days="90")
    assert made.status_code == 200
    assert made.headers["Cache-Control"] == "no-store"
    assert "<b>feed" not in made.text
    first = _KEY.search(made.text)
    assert first
    assert status(service, first[1]) == 200
    client = client_of(service, "<b>feed")
    page = f"/clients/{client.id}"
    assert first[1] not in admin.look(page).text
    rotated = _KEY.search(admin.send(f"{page}/key", at=page, hours="1", days="10").text)
    assert rotated
    assert status(service, first[1]) == status(service, rotated[1]) == 200
    old = next(key for key in client_of(service, "<b>feed").keys if first[1].startswith(key.prefix))
    assert admin.send(f"{page}/keys/{old.id}/revoke", at=page).status_code == 303
    assert (status(service, first[1]), status(service, rotated[1])) == (401, 200)
    assert admin.send(f"{page}/revoke", at=page).location == f"/console{page}?said=client-revoked"
    assert status(service, rotated[1]) == 401
    rows = admin.look("/clients?state=revoked&as=csv").data.decode("utf-8-sig")
    assert "<b>feed,Revoked" in rows


def test_who_may_do_less_needs_another_person(service: Service) -> None:
    admin, boss = inside(service, "ola", "administrator"), inside(service, "jan", "controller")
    fields = {"title": "shop", "scopes": ["consents:check", "consents:write"]}
    assert admin.send("/clients/new", **fields).status_code == 422  # Why is asked for.
    made = admin.send("/clients/new", **fields, reason="the new shop")
    assert made.status_code == 303
    client = client_of(service, "shop")
    assert client.keys == ()
    page = f"/clients/{client.id}"
    assert "Waits for another person" in admin.look(page).text
    assert admin.send(f"{page}/key", at=page, hours="1", days="10").status_code == 403
    assert admin.send(f"{page}/agree", at=page).status_code == 403
    assert "the new shop" in boss.look(page).text
    assert boss.send(f"{page}/agree", at=page).status_code == 303
    assert boss.send(f"{page}/agree", at="/account").status_code == 404  # Nothing waits any more.
    assert boss.send(f"{page}/key", at="/account", hours="1", days="10").status_code == 403
    key = _KEY.search(admin.send(f"{page}/key", at=page, hours="0", days="10").text)
    assert key
    assert status(service, key[1], "/programme") == 403  # It works, and may do what was agreed to alone.
    # What the operator made is no different.
    service.caller("subjects:read")
    other = next(one for one in _all(service) if one.scopes == ("subjects:read",))
    page = f"/clients/{other.id}"
    assert "Another person must agree" in admin.look(page).text
    assert admin.send(f"{page}/ask", at=page, reason="the key leaked").status_code == 303
    assert boss.send(f"{page}/agree", at=page).status_code == 303
    assert admin.send(f"{page}/key", at=page, hours="0", days="10").status_code == 200


def _all(service: Service) -> list[ClientFacts]:
    with service.app.app_context():
        found = list(access.list_clients())
        db.session.remove()
    return found


def test_what_is_wrong_is_named_and_who_only_reads_changes_nothing(service: Service) -> None:
    admin, officer = inside(service, "ola", "administrator"), inside(service, "ewa", "dpo")
    service.caller("programme:read")
    client = _all(service)[0]
    assert "That name is in use." in admin.send("/clients/new", title=client.name, scopes="programme:read").text
    assert admin.send("/clients/new", title="x", scopes="staff:write").status_code == 422
    assert admin.send("/clients/new", title="x", scopes="programme:read", days="9999").status_code == 422
    assert admin.send("/clients/new", title="x", scopes="programme:read", controller="nobody").status_code == 422
    page = f"/clients/{client.id}"
    assert "Revoke the client" not in officer.look(page).text
    for form in ("key", "ask", "revoke", "agree", f"keys/{client.keys[0].id}/revoke"):
        assert officer.send(f"{page}/{form}", at="/account").status_code == 403
    assert inside(service, "jan", "agent").look("/clients").status_code == 403
    other = _all(service)[0].keys[0].id
    foreign = "00000000-0000-7000-8000-000000000000"
    assert admin.look(f"/clients/{foreign}").status_code == 404
    assert admin.send(f"/clients/{foreign}/keys/{other}/revoke", at="/account").status_code == 404


def test_a_colleague_who_leaves_is_out_at_once(service: Service) -> None:
    admin = inside(service, "ola", "administrator")
    jan = hired(service.app, "jan", "agent")
    browser = Browser(service.app)
    browser.sign_in(jan, later=1)
    page = f"/staff/{jan.id}"
    assert "The colleague leaves" in admin.look(page).text
    assert admin.send(f"{page}/disable", at=page).status_code == 303
    assert browser.look("/account").status_code == 303
    assert "has left" in admin.look("/staff").text
    me = next(one for one in _staff(service) if one.name == "ola")
    assert admin.send(f"/staff/{me.id}/disable", at="/account").status_code == 403
    boss = inside(service, "ewa", "controller")
    assert boss.send(f"/staff/{me.id}/disable", at="/account").status_code == 403


def _staff(service: Service) -> list[access.StaffFacts]:
    with service.app.app_context():
        found = list(access.list_staff())
        db.session.remove()
    return found
