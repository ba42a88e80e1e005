"""Coming in from the shop, and by an OpenID Connect provider: what is honest opens a session, and nothing else does."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from flask import Flask
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from privacy.authz.actors import OPERATOR
from privacy.db import db
from privacy.errors import Unavailable
from privacy.federation.service import KeyPlace
from privacy.portal.entry import OIDC
from privacy.portal.sign_on import SIGN_ON
from privacy.programme import service as programmes
from privacy.selfservice import service as selfservice
from privacy.selfservice.service import Oidc, SignOn, SignOnRefused, SignOnSettingsInvalid
from privacy.subjects import service as subjects
from tests.callers import Service
from tests.selfservice.shop import AUDIENCE, ISSUER, Shop
from tests.selfservice.visitors import ANNA, Visitor, a_browser, known


@pytest.fixture(scope="module")
def shop() -> Shop:
    return Shop()


@pytest.fixture
def portal(service: Service, shop: Shop, tmp_path: Path) -> Flask:
    """The application, which knows Anna and takes the shop's tokens."""
    with service.app.app_context():
        known(ANNA)
        db.session.remove()
    service.app.extensions[SIGN_ON] = SignOn.of(ISSUER, str(shop.published(tmp_path)), "customer_id", audience=AUDIENCE)
    return service.app


def sent(app: Flask, token: str, **headers: str) -> tuple[int, Visitor]:
    """The shop's own page sends the form, from elsewhere."""
    visitor = a_browser(app)
    from_the_shop = {"Origin": ISSUER, "Sec-Fetch-Site": "cross-site", **headers}
    answer = visitor.web.post("/portal/sign-on", data={"token": token}, headers=from_the_shop)
    return answer.status_code, visitor


@pytest.mark.parametrize("algorithm", ["Ed25519", "ES256", "RS256"])
def test_a_token_of_the_shop_opens_a_session_of_the_account(portal: Flask, shop: Shop, algorithm: str) -> None:
    status, visitor = sent(portal, shop.token(algorithm))
    assert status == 303
    assert visitor.get("/sessions").status_code == 200
    token = visitor.cookie("person")
    assert token
    with portal.app_context():
        found = selfservice.session_of(token)
        assert found
        assert found.subject_id in subjects.find(
            subjects.name_of(programmes.current(), OPERATOR, {"customer_id": ANNA["customer_id"]})
        )
        assert (found.proof, found.proven, found.fresh) == (selfservice.ProofLevel.ACCOUNT, (), True)
        db.session.remove()


ATTACKS: dict[str, Callable[[Shop], str]] = {
    "no signature": lambda shop: shop.unsigned(),
    "HMAC with the public key": lambda shop: shop.by_public_key(),
    "another's key of the same number": lambda shop: shop.by_another(),
    "wrong audience": lambda shop: shop.token(aud="https://other.example"),
    "no audience": lambda shop: shop.token(aud=None),
    "wrong issuer": lambda shop: shop.token(iss="https://shop.example.com.evil.example"),
    "no issuer": lambda shop: shop.token(iss=None),
    "expired": lambda shop: shop.token(iat=1_000_000, exp=1_000_060),
    "of the future": lambda shop: shop.token(iat=9_000_000_000, exp=9_000_000_060),
    "not yet": lambda shop: shop.token(nbf=9_000_000_000),
    "good for an hour": lambda shop: shop.token(exp=shop.claims()["iat"] + 3_600),
    "never expires": lambda shop: shop.token(exp=None),
    "never made": lambda shop: shop.token(iat=None),
    "a time that is a text": lambda shop: shop.token(exp="9000000000"),
    "a time that is true": lambda shop: shop.token(iat=True),
    "a time that is no number": lambda shop: shop.token(nbf=[0]),
    "no number": lambda shop: shop.token(jti=None),
    "no account": lambda shop: shop.token(sub=None),
    "an account that is a number": lambda shop: shop.token(sub=1001),
    "an account with a line break": lambda shop: shop.token(sub="C-1001\n"),
    "unknown key": lambda shop: shop.token(header={"kid": "unknown"}),
    "no key named": lambda shop: shop.token(header={"kid": None}),
    "key of another kind": lambda shop: shop.token("ES256", header={"kid": "rs"}),
    "an extension that nobody knows": lambda shop: shop.token(header={"crit": ["x"], "x": 1}),
    "oversized": lambda shop: shop.token(pad="x" * 5_000),
    "nothing": lambda _shop: "",
    "no token": lambda _shop: "a.b.c",
    "not ASCII": lambda _shop: "ą.ę.ć",
    "cut": lambda shop: shop.token()[:-4],
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_whatever_is_not_the_shops_token_for_this_service_now_is_refused(
    portal: Flask, shop: Shop, attack: str
) -> None:
    status, visitor = sent(portal, ATTACKS[attack](shop))
    assert status == 303
    assert visitor.cookie("person") is None


@pytest.mark.parametrize("header", ["jku", "x5u"])
def test_what_a_token_says_of_its_own_keys_is_not_asked(portal: Flask, shop: Shop, header: str) -> None:
    with _keys_at(lambda: shop.public) as (address, asked):
        status, _ = sent(portal, shop.token(header={header: address}))
        assert asked == []
    assert status == 303


def test_a_token_counts_once(portal: Flask, shop: Shop) -> None:
    token = shop.token()
    assert sent(portal, token)[1].cookie("person")
    assert sent(portal, token)[1].cookie("person") is None


def test_a_token_is_good_to_its_last_second(portal: Flask, shop: Shop, frozen: time_machine.Traveller) -> None:
    tokens = [shop.token(), shop.token()]
    frozen.shift(59)
    assert sent(portal, tokens[0])[1].cookie("person")
    frozen.shift(1)
    assert sent(portal, tokens[1])[1].cookie("person") is None


def test_an_account_that_nobody_named_before_can_say_no_too(portal: Flask, shop: Shop) -> None:
    assert sent(portal, shop.token(sub="C-9999"))[1].cookie("person")


def test_without_settings_there_is_no_such_door(service: Service) -> None:
    assert sent(service.app, "a.b.c")[0] == 404
    assert a_browser(service.app).get("/sign-on").status_code == 404
    assert a_browser(service.app).get("/account").status_code == 404


def test_a_link_of_the_shop_is_a_page_whose_script_sends_the_token(portal: Flask) -> None:
    page = a_browser(portal).get("/sign-on")
    assert page.status_code == 200
    assert 'action="/portal/sign-on" data-ticket hidden' in page.text
    assert "portal/entry.js" in page.text


def test_keys_are_asked_for_anew_for_an_unknown_number_and_no_more_than_once_a_minute(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    with _keys_at(lambda: shop.public) as (address, asked):
        place = KeyPlace(address, allowed=selfservice_networks())
        assert place.find("ed")
        for _ in range(50):
            assert place.find("unknown") is None
        assert len(asked) == 1
        now[0] = 61
        assert place.find("unknown") is None
        assert len(asked) == 2


def test_keys_that_cannot_be_had_leave_those_that_are_known(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    now, content = [0.0], [shop.public]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    with _keys_at(lambda: content[0]) as (address, _):
        place = KeyPlace(address, allowed=selfservice_networks())
        assert place.find("ed")
        now[0], content[0] = 7_200, b"no keys"
        assert place.find("ed")


@pytest.mark.parametrize(
    "place",
    [
        "http://127.0.0.1:1/keys",
        "http://169.254.169.254/latest",
        "https://[::1]:1/keys",
        "http://localhost:1/keys",
        "https://10.0.0.1/keys",
        "http://user@127.0.0.1:1/",
        "/nowhere",
    ],
)
def test_keys_of_a_place_that_must_not_be_asked_are_unavailable_and_open_nothing(place: str) -> None:
    with pytest.raises(Unavailable):
        KeyPlace(place).find("ed")


@pytest.mark.parametrize(
    "given", [(ISSUER, "", ""), (ISSUER, "/nowhere", "customer_id"), ("", "https://x.example/", "customer_id")]
)
def test_half_a_setting_does_not_start(given: tuple[str, str, str]) -> None:
    with pytest.raises(SignOnSettingsInvalid):
        SignOn.of(*given, audience=AUDIENCE)


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The address of an OpenID Connect provider on this machine."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # It stands on a part of its library that is about to move.
        import oidc_provider_mock  # type: ignore[import-untyped]  # no types upstream

        with oidc_provider_mock.run_server_in_thread() as server:
            yield f"http://localhost:{server.server_port}"


@pytest.fixture
def with_account(service: Service, provider: str, tmp_path: Path) -> Flask:
    """The application, which knows Anna and takes the provider's word for who signed in."""
    with service.app.app_context():
        known(ANNA)
        db.session.remove()
    secret = tmp_path / "secret"
    secret.write_text("very secret\n")
    service.app.extensions[OIDC] = Oidc.of(
        provider,
        "privacy",
        str(secret),
        claim="sub",
        identifier="customer_id",
        back="http://localhost/portal/account/back",
        allowed=selfservice_networks(),
    )
    return service.app


def test_somebody_comes_in_by_their_account(with_account: Flask) -> None:
    visitor = a_browser(with_account)
    assert "/portal/account" in visitor.get("/enter").text
    back = _signed_in(visitor)
    assert visitor.web.get(back).status_code == 303
    assert visitor.cookie("person")
    assert visitor.get("/sessions").status_code == 200


def test_an_answer_that_another_browser_began_opens_nothing(with_account: Flask) -> None:
    begun, other = a_browser(with_account), a_browser(with_account)
    back = _signed_in(begun)
    _signed_in(other)
    other.web.get(back)
    assert other.cookie("person") is None
    never = a_browser(with_account)
    never.web.get(back)
    assert never.cookie("person") is None


def test_an_answer_is_good_once(with_account: Flask) -> None:
    visitor = a_browser(with_account)
    back = _signed_in(visitor)
    visitor.web.get(back)
    visitor.web.delete_cookie("person")
    visitor.web.get(back)
    assert visitor.cookie("person") is None


@pytest.mark.parametrize("query", ["", "?error=access_denied", "?state=x&code=y", "?code=y", "?state=ą&code=ę"])
def test_an_answer_that_is_none_opens_nothing(with_account: Flask, query: str) -> None:
    visitor = a_browser(with_account)
    visitor.get("/account")
    visitor.get(f"/account/back{query}")
    assert visitor.cookie("person") is None


def test_state_nonce_and_challenge_go_along_and_the_verifier_does_not(with_account: Flask) -> None:
    visitor = a_browser(with_account)
    asked = parse_qs(urlsplit(visitor.get("/account").headers["Location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert min(len(asked[name][0]) for name in ("state", "nonce", "code_challenge")) >= 43
    secret = visitor.cookie("begun")
    assert secret
    assert secret not in str(asked)


def test_a_provider_that_is_away_says_so(service: Service, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("very secret")
    offered = Oidc.of("http://127.0.0.1:1", "privacy", str(secret), claim="sub", identifier="customer_id", back="x")
    assert offered
    with pytest.raises(Unavailable):
        offered.begin("browser")
    with pytest.raises(SignOnRefused):
        offered.finish("browser", "another", "code")


def _signed_in(visitor: Visitor) -> str:
    """Where the provider sends a browser that has signed in as Anna."""
    import requests

    to = visitor.get("/account").headers["Location"]
    answer = requests.post(to, data={"sub": ANNA["customer_id"]}, allow_redirects=False, timeout=10)
    parts = urlsplit(answer.headers["Location"])
    return f"{parts.path}?{parts.query}"


def selfservice_networks() -> Any:
    """This machine's own."""
    import ipaddress

    return tuple(ipaddress.ip_network(one) for one in ("127.0.0.0/8", "::1/128"))


class _keys_at:  # noqa: N801  # used like a function
    """A place with keys on this machine, and the paths that were asked of it."""

    def __init__(self, content: Callable[[], bytes]) -> None:
        self._asked: list[str] = []

        @Request.application
        def answer(request: Request) -> Response:
            self._asked.append(request.path)
            return Response(content(), mimetype="application/json")

        self._server = make_server("127.0.0.1", 0, answer)

    def __enter__(self) -> tuple[str, list[str]]:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self._server.server_port}/keys", self._asked

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()
