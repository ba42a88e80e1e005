"""Who may use which address: every rule of the map, with every kind of key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.routing import Rule

from privacy.authz.actors import Realm
from privacy.authz.permissions import CLIENT_SCOPES
from privacy.authz.roles import ROLES, StaffRole
from privacy.http.auth import PAGE, PUBLIC, guard_of, open_to_partners, public
from tests.callers import Caller, Service

#: What a rule's variable is replaced by: something that is not there.
_IDS = (
    "consent_id",
    "subject_ref",
    "import_id",
    "erasure_id",
    "record_id",
    "request_id",
    "letter_id",
    "task_id",
    "hold_id",
    "run_id",
    "part_id",
    "finding_id",
    "warning_id",
    "source_id",
    "breach_id",
    "alarm_id",
    "entry_id",
    "file_id",
)
_VALUES = {name: str(UUID(int=7)) for name in (*_IDS, "their_id")} | {
    "code": "nothing",
    "step": "note",
    "number": "1",
    "job": "nothing",
    "kind": "dpia",
}
_REFUSED = {401, 403}
#: What the daily work and the decisions need; what the officer and the administrator do is theirs.
_OF_STAFF = ROLES[StaffRole.CONTROLLER] | ROLES[StaffRole.PRIVACY_OFFICE]


def guarded(app: Flask) -> Iterator[tuple[Rule, str, frozenset[Any]]]:
    """Every rule that needs a key, with each of its methods and the permissions that it demands."""
    for rule in app.url_map.iter_rules():
        guard = guard_of(app, rule.endpoint)
        if guard not in (PUBLIC, PAGE):  # Pages have a matrix of their own.
            assert isinstance(guard, frozenset), f"{rule.rule} does not say who may use it"
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule, method, guard


def status(caller: Caller, rule: Rule, method: str) -> int:
    """What an empty request to the rule is answered with."""
    address = rule.rule
    for name in rule.arguments:
        kind = {"code": "string", "step": "string", "number": "int", "job": "path", "kind": "string"}.get(name, "uuid")
        address = address.replace(f"<{kind}:{name}>", _VALUES[name])
    body = None if method == "GET" else b"{}"
    answer = caller.send(method, address.removeprefix("/api/v1"), body)
    if answer.status_code >= 400:
        assert answer.content_type == "application/problem+json"
    return answer.status_code


def test_without_a_valid_key_nobody_gets_in(service: Service) -> None:
    client = service.app.test_client()
    strangers = [Caller(client), Caller(client, "nonsense"), Caller(client, "prv_live_" + "A" * 43)]
    for rule, method, _ in guarded(service.app):
        assert {status(stranger, rule, method) for stranger in strangers} == {401}, rule.rule


def test_a_key_opens_what_its_scopes_name_and_nothing_else(service: Service) -> None:
    of_scope = {scope: service.caller(scope.value) for scope in sorted(CLIENT_SCOPES)}
    for rule, method, guard in guarded(service.app):
        for scope, caller in of_scope.items():
            found = status(caller, rule, method)
            assert (found == 403) == (guard != {scope}), f"{method} {rule.rule} with {scope}: {found}"
            assert found < 500


def test_a_partner_gets_in_where_the_view_heeds_it(service: Service) -> None:
    partner = service.caller(partner=True)
    opened = set()
    for rule, method, _ in guarded(service.app):
        allowed = open_to_partners(service.app, rule.endpoint)
        assert (status(partner, rule, method) == 403) != allowed, rule.rule
        opened |= {(method, rule.rule)} if allowed else set()
    assert {rule for _, rule in opened} == {
        "/api/v1/consents",
        "/api/v1/consents/batch",
        "/api/v1/consents/check",
        "/api/v1/consents/check/batch",
        "/api/v1/subjects/<uuid:subject_ref>/preferences",
    }


@pytest.mark.parametrize("kind", ["all scopes", "test", "staff"])
def test_whoever_has_every_scope_gets_in_everywhere_but_where_only_staff_do(service: Service, kind: str) -> None:
    caller = {
        "all scopes": service.caller,
        "test": lambda: service.caller(realm=Realm.TEST),
        "staff": service.staff,
    }[kind]()
    for rule, method, guard in guarded(service.app):
        found = status(caller, rule, method)
        refused = not guard <= (_OF_STAFF if kind == "staff" else CLIENT_SCOPES)
        assert (found in _REFUSED) == refused, f"{method} {rule.rule}: {found}"
        assert found < 500


def test_a_view_that_says_nothing_is_closed_to_everybody(service: Service) -> None:
    @service.app.get("/api/v1/forgotten")
    def forgotten() -> str:
        raise AssertionError("nobody gets here")

    @service.app.get("/api/v1/open")
    @public
    def opened() -> str:
        return "yes"

    assert service.caller().get("/forgotten").status_code == 500
    assert service.nobody().get("/open").status_code == 200


def test_options_and_unknown_addresses_tell_no_more_than_the_description(service: Service) -> None:
    nobody = service.nobody()
    assert nobody.send("OPTIONS", "/consents").status_code == 401
    assert nobody.get("/nothing").status_code == 404
    answer = nobody.send("DELETE", "/consents")
    assert (answer.status_code, set(answer.headers["Allow"].split(", "))) == (405, {"OPTIONS", "POST"})
