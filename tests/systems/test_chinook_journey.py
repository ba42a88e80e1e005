"""Requests of a real shop's customer over five systems, by the public API and the worker, from receipt to answer."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool

from bench import chinook
from privacy import clock
from privacy.authz.actors import OPERATOR, SERVICE
from privacy.db import db, unit_of_work
from privacy.dsar import service as dsar
from privacy.programme import service as programmes
from privacy.systems import service as systems
from tests.callers import Caller, Service
from tests.systems.api_server import Api, serving

ACCOUNT = {"customer_id": "C-1"}
SUBJECT = {"email": chinook.LUIS} | ACCOUNT
OTHER = {"id": 8, "email": "leonekohler@surfeu.de", "points": 40}
NAMES = {"pl": "Karta", "en": "Card", "hr": "Kartica"}
_KEY = {"primary_key": True, "data_type": "integer"}
CARD: dict[str, Any] = {
    "fides_key": "card",
    "name": "Card",
    "collections": [
        {
            "name": "member",
            "privacy": {"on_erasure": "delete_row"},
            "fields": [
                {"name": "id", "fides_meta": _KEY},
                {"name": "email", "fides_meta": {"identity": "email"}, "privacy": {"same_person": True}},
                {"name": "points", "data_categories": ["purchases"]},
            ],
        }
    ],
}
_SYSTEM = {"controllers": ["sklepy"], "purposes": ["order_service"]}

pytestmark = pytest.mark.skipif(not chinook.is_here(), reason=chinook.MISSING)


@dataclass
class Shop:
    """The service, what it is connected to, and who uses it."""

    service: Service
    urls: Mapping[str, URL]
    api: Api
    ewa: Caller
    website: Caller

    def work(self) -> None:
        """What the worker does, now."""
        dsar.Running().run(self.service.app.app_context, threading.Event())

    def opened(self, case_type: str) -> str:
        """A request that came by the website, where he was signed in."""
        body = {"type": case_type, "intake": "api", "subject": SUBJECT, "locale": "en", "controller": "sklepy"}
        request = _ok(self.website.post("/requests", body), 201)
        self._step(request["id"], "identify", self.website, proof="account")
        self._step(request["id"], "grant", self.ewa)
        return str(request["id"])

    def _step(self, request_id: str, name: str, caller: Caller, **body: Any) -> None:
        version = self.state(request_id)["version"]
        _ok(caller.post(f"/requests/{request_id}/{name}", {"version": version} | body), 200)

    def state(self, request_id: str) -> dict[str, Any]:
        return _ok(self.ewa.get(f"/requests/{request_id}"), 200)

    def tasks(self, request_id: str, **wanted: str) -> list[dict[str, Any]]:
        tasks = _ok(self.ewa.get(f"/requests/{request_id}/tasks"), 200)["tasks"]
        return [one for one in tasks if wanted.items() <= one.items()]

    def file(self, request_id: str, **form: Any) -> None:
        """What Ewa found or did in the archive."""
        [task] = [one for one in self.tasks(request_id, system="archive") if one["state"] != "done"]
        _ok(self.ewa.post(f"/requests/{request_id}/tasks/{task['id']}/form", form), 200)

    def own(self, request_id: str) -> Caller:
        """His own session, opened by the website that knows him."""
        token = _ok(self.website.post(f"/requests/{request_id}/sign-on", {"subject": ACCOUNT}), 201)["token"]
        return Caller(self.service.app.test_client(), token)


@pytest.fixture
def shop(service: Service, tmp_path: Path, postgresql_database: URL, mariadb_database: URL) -> Iterator[Shop]:
    urls = {
        "shop": chinook.shop(tmp_path),
        "billing": chinook.billing(postgresql_database),
        "crm": chinook.crm(mariadb_database),
    }
    api = Api({"member": [{"id": 7, "email": chinook.LUIS.title(), "points": 12}, dict(OTHER)]})
    with serving(api) as address:
        document = chinook.document(systems=[_card(address), _archive()], data_sets=[CARD])
        with service.app.app_context():
            with unit_of_work():
                programmes.apply(programmes.read(document), actor=OPERATOR, purpose_in_use=lambda _code: False)
            for code, url in urls.items():
                _connect(code, {"url": url.render_as_string(hide_password=False)})
            _connect("card", {"token": api.token})
            db.session.remove()
        made = Shop(service, urls, api, service.staff(), service.caller())
        assert made.ewa.put("/subjects", {"subject": SUBJECT}).status_code == 200
        yield made


def _connect(code: str, secret: dict[str, str]) -> None:
    with unit_of_work():
        systems.put_connection(code, secret, actor=OPERATOR)


def _card(address: str) -> dict[str, Any]:
    search = {"by": "email", "method": "POST", "path": "/member/search", "body": {"email": "{email}"}, "rows": "items"}
    one = {"path": "/member/{id}", "absent": [404]}
    table = {
        "table": "member",
        "read": [search, {"by": "id", "method": "GET", **one}],
        "update": {"method": "PATCH", "body": "{*}", **one},
        "delete": {"method": "DELETE", **one},
    }
    settings = {"base_url": address, "auth": {"kind": "bearer"}, "allow_private": ["127.0.0.0/8"], "tables": [table]}
    return {"code": "card", "names": NAMES, "connector": "http", "data_sets": ["card"], "settings": settings, **_SYSTEM}


def _archive() -> dict[str, Any]:
    settings = {"who": "Ewa", "within_days": 14, "instructions": dict.fromkeys(NAMES, "Third shelf.")}
    names = {"pl": "Archiwum", "en": "Archive", "hr": "Arhiv"}
    return {"code": "archive", "names": names, "connector": "manual", "settings": settings, **_SYSTEM}


def _ok(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def test_his_data_of_five_systems_come_in_one_package_and_nobody_elses(shop: Shop) -> None:
    request_id = shop.opened("access")
    shop.work()
    assert shop.state(request_id)["state"] == "executing"  # The archive has not been looked into.
    shop.file(request_id, statement="Third shelf, folder 7.", rows=[{"letter": "complaint of 2009"}])
    shop.work()
    assert shop.state(request_id)["state"] == "answered"
    him = shop.own(request_id)
    seen = _ok(him.get(f"/requests/{request_id}/own"), 200)
    found = {one["system"]: (one["state"], one["found"]) for one in seen["systems"]}
    assert found == {
        **dict.fromkeys(("shop", "billing", "crm"), ("done", 1 + 7 + 38)),
        "card": ("done", 1),
        "archive": ("done", 1),
    }
    fetched = him.get(f"/requests/{request_id}/package")
    assert fetched.status_code == 200
    with zipfile.ZipFile(io.BytesIO(fetched.data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    rows = {name: len(json.loads(files[name])["rows"]) for name in files if name.endswith(".json") and "/" in name}
    counts = {name.removeprefix("data/").removesuffix(".json").lower(): count for name, count in rows.items()}
    for system in ("shop", "billing", "crm"):
        mine = {name.rpartition(".")[2].replace("_", ""): n for name, n in counts.items() if name.startswith(system)}
        assert mine == {"customer": 1, "invoice": 7, "invoiceline": 38}, system
    told = b"".join(files.values()).lower()
    assert chinook.LUIS.encode() in told
    assert b"complaint of 2009" in told
    for other in chinook.shared_customers():
        assert other == chinook.LUIS or other.encode() not in told, other


def test_his_erasure_reaches_every_system_and_leaves_every_other_row_as_it_was(shop: Shop) -> None:
    others = {code: chinook.digests(url, _of_luis(code)) for code, url in shop.urls.items()}
    invoices = {code: _invoices(code, url) for code, url in shop.urls.items()}
    request_id = shop.opened("erasure")
    shop.work()
    assert shop.state(request_id)["state"] == "cooling_off"
    assert {code: chinook.digests(url, _of_luis(code)) for code, url in shop.urls.items()} == others
    with time_machine.travel(clock.now() + timedelta(hours=73), tick=True):
        with shop.service.app.app_context(), unit_of_work():
            dsar.end_cooling_off(clock.micros(), actor=SERVICE)
        shop.work()
        assert shop.state(request_id)["state"] == "executing"  # The archive waits.
        shop.file(request_id, statement="Shredded, class P-4.", deleted={"folder": 1})
        shop.work()
        told = _tell(shop, request_id)
        him = shop.own(request_id)
        shop.work()
        seen = _ok(him.get(f"/requests/{request_id}/own"), 200)
    assert (seen["state"], seen["outcome"]) == ("answered", "partly"), shop.tasks(request_id)
    assert told
    outcomes = {one["system"]: one for one in seen["systems"]}
    assert {one["state"] for one in outcomes.values()} == {"done"}
    assert (outcomes["card"]["deleted"], outcomes["archive"]["deleted"]) == (1, 1)
    assert shop.api.tables["member"] == [OTHER]
    for code, url in shop.urls.items():
        kept = [fate for fate in outcomes[code]["fates"] if fate["strategy"] == "keep"]
        assert {fate["until"] for fate in kept} <= {f"{year}-12-31" for year in range(2010, 2040)}
        assert all(fate["statute"].startswith("Ordynacja podatkowa") for fate in kept)
        assert {fate["strategy"] for fate in outcomes[code]["fates"]} == {"keep", "null", "constant"}
        assert chinook.digests(url, _of_luis(code)) == others[code], f"{code}: other rows are as they were"
        assert _invoices(code, url) == invoices[code]
        with sa.create_engine(url, poolclass=NullPool).connect() as connection:
            table = "customer" if code == "billing" else "Customer"
            [row] = connection.execute(sa.text(f"SELECT * FROM {table} WHERE {_NUMBER[code]} = {chinook.LUIS_ID}"))
            assert sum(value is not None for value in row) == 5  # number, first and last name, e-mail, support
            assert "luis" not in str(row).lower()


def _tell(shop: Shop, request_id: str) -> int:
    """Ewa tells each recipient, one of them by telephone."""
    waiting = shop.tasks(request_id, kind="tell", state="for_a_person")
    for number, task in enumerate(waiting):
        place = f"/requests/{request_id}/tasks/{task['id']}"
        if number:
            body = {"to": "iod@odbiorca.example", "what": "Erase his data.", "whom": "customer 1"}
            _ok(shop.ewa.post(f"{place}/tell", body), 200)
        else:
            _ok(shop.ewa.post(f"{place}/answer", {"answer": "Told by telephone, they erase today."}), 200)
    return len(waiting)


_NUMBER = {"shop": "CustomerId", "billing": "customer_id", "crm": "CustomerId"}


def _of_luis(code: str) -> dict[str, sa.ColumnElement[bool]]:
    """His own rows: those that may change."""
    own = sa.literal_column(f"{_NUMBER[code]} = {chinook.LUIS_ID}")
    return {"customer": own, "invoice": own} if code == "billing" else {"customer": own}


def _invoices(code: str, url: URL) -> list[tuple[Any, ...]]:
    """His invoices, whole, but for the mark that they are restricted."""
    table = "invoice" if code == "billing" else "Invoice"
    query = sa.text(f"SELECT * FROM {table} WHERE {_NUMBER[code]} = {chinook.LUIS_ID} ORDER BY 1")
    with sa.create_engine(url, poolclass=NullPool).connect() as connection:
        return [tuple(row)[:9] for row in connection.execute(query)]
