"""What somebody likes, beside consent: kept, handed out, erased, and without any weight in a decision."""

from __future__ import annotations

import re
from itertools import product
from typing import Any

import pytest

from privacy.authz.actors import OPERATOR, Realm
from privacy.db import db
from privacy.dsar.execution import own_data
from privacy.programme import service as programmes
from privacy.subjects import service as subjects
from tests.callers import ANNA, Caller, Service, a_give
from tests.selfservice.visitors import come_in, known

pytestmark = pytest.mark.usefixtures("frozen")


@pytest.fixture
def crm(service: Service) -> Caller:
    """Another system, which has known Anna for a month."""
    service.app.config["PROPAGATE_EXCEPTIONS"] = True
    with service.app.app_context():
        known(ANNA)
        db.session.remove()
    return service.caller()


def path_of(caller: Caller, subject: dict[str, str]) -> str:
    found = caller.post("/subjects/lookup", {"subject": subject}).get_json()
    return f"/subjects/{found['subject_ref']}/contact-preferences"


def checked(page: str) -> set[str]:
    return set(re.findall(r'<input type="(?:radio|checkbox)"[^>]*value="(\w*)" checked', page))


def test_what_somebody_likes_is_kept_shown_and_handed_out(service: Service, crm: Caller) -> None:
    anna = come_in(service.app, ANNA["email"])
    anna.web.set_cookie("lang", "en")
    page = anna.get("/preferences").text
    assert checked(page) == set()  # Nothing is ever ticked beforehand.
    assert "no consent" in page
    sent: dict[str, Any] = {"channel": "sms", "topic": ["home", "shop_news"], "frequency": "monthly"}
    answer = anna.post("/preferences", **sent)
    assert answer.status_code == 303
    page = anna.web.get(answer.location).text
    assert "Saved." in page
    assert checked(page) == {"sms", "home", "shop_news", "monthly"}
    path = path_of(crm, ANNA)
    found = crm.get(path).get_json()
    said = {"channel": "sms", "topics": ["home", "shop_news"], "frequency": "monthly", "set_at": "2026-11-21T19:40:00Z"}
    assert found == said
    with service.app.app_context():
        anna_id = subjects.find(subjects.name_of(programmes.current(), OPERATOR, ANNA))[0]
        tables = dict(own_data.tables(anna_id, Realm.LIVE))
        assert [row["topics"] for row in tables["contact_preferences"]] == ["home, shop_news"]
        db.session.remove()
    assert anna.post("/preferences/none", page="/preferences").status_code == 303
    assert crm.get(path).get_json()["topics"] == []


def test_a_wrong_wish_is_refused_and_a_stranger_looks_like_nobody(service: Service, crm: Caller) -> None:
    anna, path = come_in(service.app, ANNA["email"]), path_of(crm, ANNA)
    for wrong in ({"channel": "pigeon"}, {"topic": "<script>alert(1)</script>"}, {"frequency": "=cmd()"}):
        answer = anna.post("/preferences", **wrong)
        assert answer.status_code == 422
        assert "<script>alert" not in answer.text
    refused = [crm.put(path, body).status_code for body in ({"channel": "post"}, {"topics": ["war"]}, {"often": 1})]
    assert refused == [422, 422, 422]
    absent = path.replace(path.split("/")[2], "0198a0c4-0000-7000-8000-000000000000")
    other = service.caller()
    for caller, address in ((crm, absent), (other, path)):
        assert caller.get(address).status_code == caller.put(address, {}).status_code == 404
    assert service.caller("consents:check").get(path).status_code == 403


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_wish_ever_changes_a_decision(service: Service, crm: Caller) -> None:
    def decisions() -> list[dict[str, Any]]:
        asked = product(("offers", "newsletter", "profiling"), ("email", "sms"))
        found = [
            crm.check(purpose=purpose, channel=None if purpose == "profiling" else channel)
            for purpose, channel in asked
            if (purpose, channel) != ("newsletter", "sms")
        ]
        return [{name: value for name, value in one.items() if name not in {"token", "as_of"}} for one in found]

    path = path_of(crm, ANNA)
    acts = ({}, {"act": "give"}, {"act": "withdraw", "wording": None, "notice": None, "occurred_at": None})
    wishes = [
        {"channel": channel, "topics": topics, "frequency": frequency}
        for channel, topics, frequency in product((None, "email", "voice"), ([], ["home"]), (None, "daily"))
    ]
    for act in acts:
        if act:
            crm.record(a_give(**act))
        before = decisions()
        for wished in wishes:
            assert crm.put(path, wished).status_code == 200
            assert decisions() == before


def test_wishes_come_beside_the_decision_for_those_who_ask(service: Service, crm: Caller) -> None:
    crm.put(path_of(crm, ANNA), {"topics": ["kids", "fashion"], "frequency": "weekly"})
    wished = {"channel": None, "topics": ["fashion", "kids"], "frequency": "weekly"}
    assert crm.check(contact_preferences=True)["contact_preferences"] is None  # Nobody may write to her yet.
    crm.record(a_give())
    for _ in range(2):  # The long way, and the short one that is remembered.
        assert crm.check(contact_preferences=True)["contact_preferences"] == wished
    assert "contact_preferences" not in crm.check()
    partner = service.caller(partner=True)
    assert "contact_preferences" not in partner.check(contact_preferences=True)
