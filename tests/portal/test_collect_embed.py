"""The form inside pages of other sites: what they may read and send, and that what was shown is what is recorded."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.callers import Service
from tests.portal.forms import EMAIL, SHOP, a_browser, acts, codes

POINTS = "/embed/1/points"
EVIL = "https://evil.example"
ONCE = "0123456789abcdef"
#: The whole script, as it is served.
MOST_BYTES = 12_000


@pytest.fixture
def site(service: Service) -> Flask:
    """The application with the example programme."""
    return service.app


def _look(app: Flask, point: str = "newsletter", lang: str = "en", **headers: str) -> TestResponse:
    return app.test_client().get(f"{POINTS}/{point}?lang={lang}", headers=headers)


def _body(shown: dict[str, Any], *choices: tuple[str, str | None, str], **changes: Any) -> dict[str, Any]:
    texts = [*shown["wordings"], shown["notice"]]
    return {
        "once": ONCE,
        "locale": shown["locale"],
        "shown": [{name: text[name] for name in ("code", "version", "sha256")} for text in texts],
        "choices": [{"purpose": purpose, "channel": channel, "answer": said} for purpose, channel, said in choices],
        "contacts": {"email": EMAIL},
        "age_class": "adult",
    } | changes


def _send(app: Flask, body: Any, point: str = "newsletter", origin: str | None = SHOP, **headers: str) -> TestResponse:
    fields = {**headers, **({"Origin": origin} if origin else {})}
    return app.test_client().post(f"{POINTS}/{point}", json=body, headers=fields)


YES = ("newsletter", "email", "yes")


def test_the_script_is_small_and_may_be_kept_and_checked_by_other_sites(site: Flask) -> None:
    answer = site.test_client().get("/embed/1/collect.js")
    assert len(answer.data) < MOST_BYTES
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    again = site.test_client().get("/embed/1/collect.js", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    "never",
    [
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "eval(",
        "new Function",
        ".style",
        "localStorage",
        "sessionStorage",
        "cookie",
    ],
)
def test_the_script_makes_no_markup_and_no_style_and_keeps_nothing(site: Flask, never: str) -> None:
    script = site.test_client().get("/embed/1/collect.js").text
    assert never not in script


def test_what_is_shown_is_the_programmes_text_with_its_hash(site: Flask) -> None:
    shown = _look(site).json
    assert shown
    for text in (*shown["wordings"], shown["notice"]):
        assert text["sha256"] == hashlib.sha256(text["text"].encode()).hexdigest()
    assert "checked" not in str(shown)
    polish = _look(site, lang="pl").json
    assert polish
    assert polish["wordings"][0]["sha256"] != shown["wordings"][0]["sha256"]


def test_it_may_be_kept_for_a_minute_and_only_named_sites_may_read_it(site: Flask) -> None:
    named, other, none = _look(site, Origin=SHOP), _look(site, Origin=EVIL), _look(site)
    assert named.headers["Access-Control-Allow-Origin"] == SHOP
    assert "Access-Control-Allow-Origin" not in other.headers
    assert "Access-Control-Allow-Origin" not in none.headers
    for answer in (named, other, none):
        assert answer.headers["Cache-Control"] == "public, max-age=60"
        assert "Origin" in answer.headers["Vary"]
        assert "Set-Cookie" not in answer.headers
        assert "Access-Control-Allow-Credentials" not in answer.headers
    kept = _look(site, Origin=SHOP, If_None_Match=named.headers["ETag"])
    assert kept.status_code in {200, 304}
    assert (
        site.test_client()
        .get(f"{POINTS}/newsletter?lang=en", headers={"If-None-Match": named.headers["ETag"], "Origin": SHOP})
        .status_code
        == 304
    )


@pytest.mark.parametrize(
    ("origin", "allowed"), [(SHOP, True), (EVIL, False), ("null", False), (SHOP + ".evil.example", False)]
)
def test_browsers_are_told_which_sites_may_send(site: Flask, origin: str, allowed: bool) -> None:
    for path in (f"{POINTS}/newsletter", f"{POINTS}/newsletter/code"):
        answer = site.test_client().options(path, headers={"Origin": origin, "Access-Control-Request-Method": "POST"})
        assert answer.status_code == 204
        assert answer.headers.get("Access-Control-Allow-Origin") == (origin if allowed else None)
    shown = _look(site).json or {}
    sent = _send(site, _body(shown, YES), origin=origin)
    assert sent.status_code == (200 if allowed else 403)
    assert len(acts(site)) == int(allowed)


def test_answers_are_recorded_with_what_was_shown_and_confirmed_by_the_code(site: Flask) -> None:
    shown = _look(site).json or {}
    sent = _send(site, _body(shown, YES))
    assert sent.json
    assert (sent.json["state"], sent.json["waits"]) == ("waits", True)
    assert sent.headers["Access-Control-Allow-Origin"] == SHOP
    [act] = acts(site)
    assert (act.act, act.wording, act.locale) == ("request", ("newsletter", "3"), "en")
    assert act.sha256 == shown["wordings"][0]["sha256"]
    body = {"locale": "en", "email": EMAIL, "code": codes(site)[0]}
    done = site.test_client().post(f"{POINTS}/newsletter/code", json=body, headers={"Origin": SHOP})
    assert done.json
    assert done.json["state"] == "confirmed"
    again = site.test_client().post(f"{POINTS}/newsletter/code", json=body, headers={"Origin": SHOP})
    assert again.status_code == 422
    assert again.headers["Access-Control-Allow-Origin"] == SHOP


def test_a_double_click_counts_once(site: Flask) -> None:
    body = _body(_look(site).json or {}, YES)
    first, second = _send(site, body), _send(site, body)
    assert first.json == second.json
    assert len(acts(site)) == 1
    assert len(codes(site)) == 1


@pytest.mark.parametrize("change", [{"sha256": "0" * 64}, {"version": "2"}, {"code": "klauzula"}])
@pytest.mark.parametrize("which", [0, -1])
def test_what_was_not_shown_as_it_is_now_is_a_conflict(site: Flask, change: dict[str, str], which: int) -> None:
    body = _body(_look(site).json or {}, YES)
    body["shown"][which] |= change
    sent = _send(site, body)
    assert sent.status_code == 409
    assert sent.json
    assert sent.json["type"].endswith("form-changed")
    assert sent.headers["Access-Control-Allow-Origin"] == SHOP
    assert acts(site) == []


@pytest.mark.parametrize("by", ["script", "header"])
def test_a_browsers_signal_is_a_no_to_what_shares_data(site: Flask, by: str) -> None:
    shown = _look(site, "shop_choices").json or {}
    signalled = [one["code"] for wording in shown["wordings"] for one in wording["purposes"] if one["gpc"]]
    assert signalled == ["partner_sharing"]
    body = _body(shown, ("offers", "sms", "no"), contacts={"email": EMAIL, "phone": "600100200"}, gpc=by == "script")
    headers = {"Sec-GPC": "1"} if by == "header" else {}
    assert _send(site, body, "shop_choices", **headers).status_code == 200
    assert {(act.act, act.purpose, act.method) for act in acts(site)} == {
        ("withdraw", "offers", "preference_centre"),
        ("withdraw", "partner_sharing", "gpc"),
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"once": "short"},
        {"choices": [{"purpose": "offers", "channel": "email", "answer": "yes"}]},
        {"choices": [{"purpose": "newsletter", "channel": "email", "answer": "maybe"}]},
        {"choices": [{"purpose": "newsletter", "channel": "email", "answer": "yes"}] * 2},
        {"contacts": {"phone": "600100200"}},
        {"contacts": {"email": "<script>"}},
        {"contacts": {}},
        {"age_class": None},
        {"birth_date": "1990-01-01"},
    ],
)
def test_bad_input_names_its_field_and_records_nothing(site: Flask, changes: dict[str, Any]) -> None:
    sent = _send(site, _body(_look(site).json or {}, YES, **changes))
    assert sent.status_code == 422
    assert sent.json
    assert sent.json["errors"]
    assert "<script>" not in sent.text
    assert sent.headers["Access-Control-Allow-Origin"] == SHOP
    assert acts(site) == []


def test_an_unknown_form_is_a_problem(site: Flask) -> None:
    assert _look(site, "none").status_code == 404
    assert _look(site, "none").mimetype == "application/problem+json"


def test_support_of_the_signal_is_told_where_it_is_looked_for(site: Flask) -> None:
    answer = site.test_client().get("/.well-known/gpc.json")
    assert answer.json
    assert answer.json["gpc"] is True


def test_the_two_doors_ask_the_same(site: Flask) -> None:
    page = a_browser(site).look("kiosk", query_string={"lang": "en"}).text
    shown = _look(site, "kiosk").json or {}
    for wording in shown["wordings"]:
        for one in wording["purposes"]:
            assert one["name"] in page
    assert shown["say"]["intro"] in page
