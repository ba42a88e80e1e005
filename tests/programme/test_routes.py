"""The programme over HTTP: read-only, and what the acts of others cite."""

from __future__ import annotations

import hashlib

from privacy.authz.actors import OPERATOR
from privacy.db import unit_of_work
from privacy.programme import service as programmes
from tests.callers import Service
from tests.programme.documents import EXAMPLE, HISTORICAL


def test_the_programme_is_read_whole_and_in_parts(service: Service) -> None:
    caller = service.caller("programme:read")
    whole = caller.get("/programme").get_json()
    purposes = caller.get("/programme/purposes").get_json()
    assert purposes["programme"] == whole["number"]
    codes = [purpose["code"] for purpose in purposes["purposes"]]
    assert {"newsletter", "offers", "profiling", "order_service", "product_safety"} <= set(codes)
    for purpose in purposes["purposes"]:
        assert caller.get(f"/programme/purposes/{purpose['code']}").get_json() == purpose
    newsletter = caller.get("/programme/purposes/newsletter").get_json()
    assert (newsletter["double_opt_in"], newsletter["validity"], newsletter["least_proof"]) == (True, None, "own_act")
    types = caller.get("/programme/message-types").get_json()["message_types"]
    assert set(types.values()) <= set(codes)


def test_texts_come_with_the_hash_that_an_act_cites(service: Service) -> None:
    caller = service.caller("programme:read")
    wordings = caller.get("/programme/wordings").get_json()["wordings"]
    assert {(text["code"], text["version"]) for text in wordings} >= {("newsletter", "3"), ("klauzula", "3.0")}
    texts = [*wordings, *caller.get("/programme/notices").get_json()["notices"]]
    for text in texts:
        for locale, content in text["texts"].items():
            assert text["sha256"][locale] == hashlib.sha256(content.encode()).hexdigest()


def test_a_historical_wording_says_who_attests_it_and_that_there_is_only_a_scan(service: Service) -> None:
    in_polish = HISTORICAL.replace("de: Ich stimme zu", "pl: Zgadzam się").replace("code: news", "code: newsletter")
    programme = EXAMPLE.read_text("utf-8").replace("\nwordings:\n", f"\n{in_polish}")
    with service.app.app_context(), unit_of_work():
        programmes.apply(programmes.read(programme), actor=OPERATOR, purpose_in_use=lambda _code: False)
    wordings = service.caller("programme:read").get("/programme/wordings").get_json()["wordings"]
    found = {(text["code"], text["version"]): text for text in wordings}
    scanned = found["newsletter", "0.2"]
    assert (scanned["texts"], scanned["sha256"], scanned["in_force"]) == ({}, {}, False)
    assert scanned["historical"] == {
        "attested_by": "Ewa Lis",
        "attested_on": "2026-11-20",
        "scan": {"sha256": "ab" * 32, "place": "Archiwum, segregator 12"},
    }
    assert found["newsletter", "0.1"]["texts"] == {"pl": "Zgadzam się"}
    assert found["newsletter", "0.1"]["historical"]["scan"] is None
    assert found["newsletter", "3"]["historical"] is None


def test_what_is_not_there_is_not_found_and_nothing_can_be_changed(service: Service) -> None:
    caller = service.caller()
    answer = caller.get("/programme/purposes/nothing")
    assert (answer.status_code, answer.get_json()["type"]) == (404, "/problems/not-found")
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert caller.send(method, "/programme", {}).status_code == 405
