"""Systems on pages: connected with what is never shown, tried, compared with the data map, and let go."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from privacy.db import db
from privacy.programme import service as programmes
from privacy.systems import service as systems
from privacy.systems.connections import secret_of
from tests.callers import Service
from tests.console.office import Browser, hired

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.parametrize("database", ["sqlite"], indirect=True)]
CANARY = "c4n4ry@:/%$#?&+"


def inside(service: Service, name: str, role: str) -> Browser:
    browser = Browser(service.app)
    browser.sign_in(hired(service.app, name, role), later=1)
    return browser


def a_shop(folder: Path) -> str:
    """The address of a database with one table of the map, and one column that the map lacks."""
    file = folder / "shop.sqlite3"
    with sqlite3.connect(file) as made:
        made.execute("CREATE TABLE customer (id INTEGER PRIMARY KEY, email TEXT, second_email TEXT)")
        made.execute("INSERT INTO customer VALUES (1, 'anna@example.com', 'a@example.org')")
    return f"sqlite:///{file}"


def test_a_system_is_connected_tried_and_let_go(service: Service, tmp_path: Path) -> None:
    service.publish(tmp_path)
    admin = inside(service, "ola", "administrator")
    assert "Not connected" in admin.look("/systems").text
    answer = admin.send("/systems/shop/connection", url=f"nothing//{CANARY}")
    assert answer.status_code == 422, answer.location
    assert "c4n4ry" not in answer.text
    answer = admin.send(
        "/systems/shop/connection", dialect="nonsense", host="h", port="1", user="u", password=CANARY, database="d"
    )
    assert answer.status_code == 422
    assert 'value="h"' in answer.text
    assert "c4n4ry" not in answer.text
    assert admin.send("/systems/shop/connection", url=a_shop(tmp_path)).status_code == 303
    with service.app.app_context():
        assert secret_of(programmes.current().systems["shop"])["url"].startswith("sqlite:///")
        db.session.remove()
    page = admin.look("/systems/shop/connection").text
    assert "shop.sqlite3" not in page

    tried = admin.send("/systems/shop/test", at="/systems/shop")
    assert tried.status_code == 200
    assert "orders" in tried.text  # A table of the map that is not there.
    assert "Fails" in tried.text
    compared = admin.send("/systems/shop/lint", at="/systems/shop")
    assert "customer.second_email" in compared.text
    assert "looks personal, is not mapped" in compared.text
    draft = admin.send("/systems/shop/scan", at="/systems/shop")
    assert draft.headers["Content-Disposition"].startswith("attachment")
    assert b"fides_key: shop" in draft.data
    assert b"anna@example.com" not in draft.data

    service.publish(tmp_path)
    listed = admin.look("/systems?state=failing&as=csv").data.decode("utf-8-sig")
    assert listed.count("\n") >= 2
    assert "a mapped table is missing" in listed
    assert admin.send("/systems/shop/disconnect", at="/systems/shop/connection").status_code == 303
    with service.app.app_context():
        assert systems.connections() == []
        db.session.remove()


def test_an_api_asks_for_what_its_kind_of_sign_in_needs_and_paper_for_nothing(service: Service) -> None:
    admin = inside(service, "ola", "administrator")
    page = admin.look("/systems/crm/connection").text
    assert 'name="token" type="password"' in page
    assert 'name="url"' not in page
    assert admin.send("/systems/crm/connection", token=CANARY).status_code == 303
    assert admin.send("/systems/crm/connection", client_secret=CANARY).status_code == 422
    assert admin.send("/systems/crm/lint", at="/systems/crm").status_code == 422
    paper = admin.look("/systems/paper").text
    assert "By hand" in paper
    assert "/systems/paper/test" not in paper
    assert admin.send("/systems/paper/test", at="/account").status_code == 422
    for missing in ("/systems/nothing", "/systems/nothing/connection"):
        assert admin.look(missing).status_code == 404
    assert admin.send("/systems/nothing/test", at="/account").status_code == 404


def test_the_data_map_is_for_all_who_read_and_connections_are_not(service: Service) -> None:
    officer = inside(service, "ewa", "dpo")
    page = officer.look("/systems/shop").text
    assert "customer accounts" in page
    assert "the row is deleted" in page or "emptied" in page
    assert "Try it now" not in page
    assert officer.look("/systems/shop/connection").status_code == 403
    for form in ("test", "lint", "scan", "disconnect"):
        assert officer.send(f"/systems/shop/{form}", at="/account").status_code == 403
