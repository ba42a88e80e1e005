"""Every route names who may use it; open by default is impossible."""

from __future__ import annotations

from flask import Flask

from privacy.authz.permissions import Permission
from privacy.http.auth import PAGE, PUBLIC, guard_of
from privacy.pages import blueprint

#: Prefixes of endpoints' rules that anybody may ask, each for a reason.
ANYBODY = (
    "/livez",  # monitors have no key
    "/readyz",
    "/metrics",  # counts only; PRIVACY_METRICS=0 closes it
    "/.well-known/",  # RFC 8615
    "/openapi.json",  # the description, no data; PRIVACY_API_DOCS=0 closes it
    "/docs",
    "/problems/",  # the catalogue that problem documents point to
    "/log/",  # the tree says nothing about anybody; it is there to be mirrored
    "/opendsr/v2/discovery",  # how other controllers learn what may be sent, and by which key answers are signed
    "/opendsr/v2/certificate",
    "/embed/",  # forms inside pages of the controller's sites: the same for everybody, and answers are claims
    "/assets/",  # style sheets, scripts and fonts
    "/portal/sign-on",  # the token that the controller's shop signed is the proof
    "/u/",  # RFC 8058: the token in the link is the proof
    # A person has no key: a code opens a session of one request, and its token is asked for by the view.
    *(f"/api/v1/requests/<uuid:request_id>/{what}" for what in ("code", "session", "own", "package")),
    "/api/v1/requests/stop",  # the code of the letter before an erasure, which it does nothing but stop
)


def test_every_route_says_who_may_use_it(app: Flask) -> None:
    unmarked = [rule.rule for rule in app.url_map.iter_rules() if guard_of(app, rule.endpoint) is None]
    assert unmarked == []


def test_only_the_listed_routes_are_open_to_anybody(app: Flask) -> None:
    public = [rule.rule for rule in app.url_map.iter_rules() if guard_of(app, rule.endpoint) == PUBLIC]
    assert [rule for rule in public if not rule.startswith(ANYBODY)] == []


def test_every_other_route_demands_real_permissions(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        guard = guard_of(app, rule.endpoint)
        if guard == PAGE:
            of_page = blueprint.guard_of(app, rule.endpoint)
            assert of_page.permissions <= frozenset(Permission)
            assert of_page.signed_in or not of_page.permissions
        elif guard != PUBLIC:
            assert isinstance(guard, frozenset)
            assert guard, f"{rule.rule} is open to every key: name a permission"
            assert guard <= frozenset(Permission)


def test_no_address_carries_personal_data(app: Flask) -> None:
    words = ("email", "phone", "name", "address", "customer", "card", "device")
    for rule in app.url_map.iter_rules():
        assert not any(word in argument for argument in rule.arguments for word in words), rule.rule
