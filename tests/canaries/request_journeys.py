"""Journeys of requests: through systems that hold the person too, by letters, and to the person's own package."""

from __future__ import annotations

import json
from typing import Any

from tests.callers import API
from tests.canaries.journeys import JOURNEYS, journey
from tests.canaries.markers import Person
from tests.canaries.town import Town
from tests.consent.uploads.desk import eventually
from tests.dsar.shops import Databases, Tables, document_with

__all__ = ["JOURNEYS"]

#: Of a database that lets nobody in; as secret as a key.
PASSWORD = "zlota-klatka@:/%$#?&4711"
_REFUSING = {"dialect": "postgresql", "host": "127.0.0.1", "port": 1, "database": "crm", "user": "crm"}
#: Whoever hunts for canaries can't wait three days.
_RULES = [{"code": "erasure", "valid_from": "2018-05-25", "proof": "control", "approvals": 1, "cooling_off_hours": 0}]
_SCOPES = ("requests:write", "requests:read", "requests:identify", "subjects:write")


def _known(person: Person) -> dict[str, str]:
    return {"customer_id": person.customer_id, "email": person.email}


def _held(people: list[Person]) -> dict[str, Tables]:
    """What both shops hold of them."""
    numbered = list(enumerate(people, start=1))
    return {
        "shop": {
            "customer": [(n, one.customer_id, one.email, one.name, None, 0) for n, one in numbered],
            "orders": [(n, n, "2026-05-01", one.address, 0) for n, one in numbered],
            "line": [(n, n, one.iban) for n, one in numbered],
        },
        "crm": {
            "member": [(n, one.email, f"PESEL {one.pesel}", 0) for n, one in numbered],
            "talk": [(n, n, f"call {one.phone}") for n, one in numbered],
        },
    }


@journey
def systems_are_connected(town: Town) -> None:
    """One refuses first, and whoever tries learns no word of its password."""
    Databases(town.requested).lay(_held(town.people[9:11]))
    programme = town.requested / "programme.yml"
    programme.write_text(document_with(request_rules=_RULES), "utf-8")
    town.run("programme", "apply", str(programme))
    made = town.run("client", "create", "portal", *(f"--scope={one}" for one in _SCOPES), "--json")
    town.keys += [json.loads(made)["key"], PASSWORD]
    for wrong in (PASSWORD, json.dumps(_REFUSING | {"password": PASSWORD, "port": PASSWORD})):
        assert town.tried("systems", "connect", "crm", stdin=wrong)[0] != 0
    town.run("systems", "connect", "crm", stdin=json.dumps(_REFUSING | {"password": PASSWORD}))
    assert town.tried("systems", "test", "crm")[0] == 1
    for system in ("shop", "crm"):
        town.run("systems", "connect", system, stdin=f"sqlite:///{town.requested / system}.sqlite3")
    town.run("systems", "test")


def _portal(town: Town) -> dict[str, str]:
    """The header by which the portal is known, whose key was handed out after those of two colleagues."""
    return {"Authorization": f"Bearer {town.keys[3]}"}


def _received(town: Town, person: Person, case_type: str) -> dict[str, Any]:
    """A request of somebody who was known before."""
    assert town.ask("PUT", f"{API}/subjects", {"subject": _known(person)}, **_portal(town))[0] in {200, 201}
    asked = {"type": case_type, "intake": "portal", "subject": _known(person), "name": person.name, "locale": "pl"}
    asked |= {"words": f"PESEL {person.pesel}, {person.iban}", "address": [person.name, person.address]}
    found: dict[str, Any] = town.must(201, "POST", f"{API}/requests", asked, **_portal(town))
    return found


def _step(town: Town, request: dict[str, Any], name: str, staff: int = 0, **body: Any) -> dict[str, Any]:
    place, colleague = f"{API}/requests/{request['id']}", town.as_staff(staff)
    now = town.must(200, "GET", place, **colleague)
    found: dict[str, Any] = town.must(200, "POST", f"{place}/{name}", body | {"version": now["version"]}, **colleague)
    return found


def _answered(town: Town, request: dict[str, Any]) -> None:
    place, colleague = f"{API}/requests/{request['id']}", town.as_staff(0)
    eventually(lambda: town.must(200, "GET", place, **colleague)["state"] == "answered")


def _written_to(town: Town, person: Person) -> None:
    eventually(lambda: any(person.email in one.to for one in town.relay.handler.got))


@journey
def a_package_is_fetched(town: Town) -> None:
    person = town.people[9]
    request = _received(town, person, "access")
    place = f"{API}/requests/{request['id']}"
    assert town.ask("POST", f"{place}/code")[0] == 202
    for wrong in ("00000000", person.code, person.phone):
        status, told = town.ask("POST", f"{place}/session", {"code": wrong})
        assert status in {401, 422}
        assert wrong.encode() not in told
    _step(town, request, "identify", proof="decided", reason=f"known by {person.pesel}")
    _step(town, request, "note", reason=f"called {person.phone}")
    _step(town, request, "grant")
    _answered(town, request)
    _written_to(town, person)
    account = {"subject": {"customer_id": person.customer_id}}
    session = town.must(201, "POST", f"{place}/sign-on", account, **_portal(town))
    town.keys.append(session["token"])
    own = {"Authorization": f"Bearer {session['token']}"}
    assert town.must(200, "GET", f"{place}/own", **own)["package"]["there"]
    status, package = town.ask("GET", f"{place}/package", **own)
    assert (status, package[:2]) == (200, b"PK")
    assert person.address in town.run("requests", "read", request["number"])


@journey
def an_erasure_over_systems(town: Town) -> None:
    person = town.people[10]
    request = _received(town, person, "erasure")
    _step(town, request, "identify", proof="decided", reason=f"known by {person.pesel}")
    if _step(town, request, "grant")["state"] == "approving":
        _step(town, request, "approve", 1)
    _answered(town, request)
    _written_to(town, person)
    held = Databases(town.requested)
    assert [row[3] for row in held.rows("shop", "customer")] == [town.people[9].name, "-"]
    assert [row[0] for row in held.rows("crm", "member")] == [1]
