"""The log is read by person, actor, action, time and object, in its order, by those of the realm and with own names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from privacy.audit import reading
from privacy.audit import service as audit
from privacy.audit.models import AuditBody, AuditLeaf
from privacy.authz.actors import Realm
from privacy.crypto.owner_keys import destroy_owner_key
from privacy.db import session, unit_of_work
from tests.callers import ANNA, Caller, Service, a_give

JAN = {"customer_id": "C-2002", "email": "jan.kowalski@example.com"}


def settled(service: Service, folder: Path) -> None:
    with service.app.app_context():
        audit.settle(audit.Anchor(folder / "anchor.txt"), seconds=10)


def events(caller: Caller, query: str = "", /, **headers: str) -> list[dict[str, Any]]:
    answer = caller.get(f"/audit/events{query}", **headers)
    assert answer.status_code == 200, answer.json
    return list(answer.json["events"])  # type: ignore[index]


def every_page(caller: Caller, query: str, limit: int) -> list[dict[str, Any]]:
    found, after = [], ""
    while True:
        answer = caller.get(f"/audit/events?limit={limit}{query}{after}")
        assert answer.status_code == 200, answer.json
        page: Any = answer.json
        found += page["events"]
        if page["next"] is None:
            return found
        after = f"&after={page['next']}"


def lines(caller: Caller, query: str = "") -> list[dict[str, Any]]:
    answer = caller.get(f"/audit/events{query}", Accept="application/x-ndjson")
    assert answer.mimetype == "application/x-ndjson"
    return [json.loads(line) for line in answer.text.splitlines()]


def test_pages_and_lines_are_the_log_in_its_order_without_a_gap(service: Service, tmp_path: Path) -> None:
    caller = service.caller()
    caller.record(a_give())
    caller.record(a_give(JAN))
    settled(service, tmp_path)
    whole = lines(caller)
    assert [one["sequence_number"] for one in whole] == list(range(len(whole)))
    assert whole[0]["action"] == "log.opened"
    for limit in (1, 3, 500):
        assert every_page(caller, "", limit) == whole
    assert every_page(caller, "&action=consent.", 2) == [one for one in whole if one["action"].startswith("consent.")]


def test_what_waits_comes_last_and_gets_its_place_later(service: Service, tmp_path: Path) -> None:
    caller = service.caller()
    settled(service, tmp_path)
    caller.record(a_give())
    before = lines(caller)
    waiting = [one for one in before if one["sequence_number"] is None]
    assert waiting
    assert before[-len(waiting) :] == waiting
    assert [one for one in events(caller, "?action=consent.") if one["sequence_number"] is not None] == []
    settled(service, tmp_path)
    after = lines(caller)
    assert [one["event_id"] for one in after] == [one["event_id"] for one in before]
    assert None not in {one["sequence_number"] for one in after}


def test_each_filter_finds_its_events_and_no_other(service: Service, tmp_path: Path) -> None:
    caller, other = service.caller(), service.caller()
    ref = caller.record(a_give())["subject_ref"]
    jan = other.record(a_give(JAN))
    settled(service, tmp_path)
    whole = lines(caller)
    about = events(caller, f"?subject_ref={ref}&limit=500")
    assert about == [one for one in whole if one["subject_ref"] == ref]
    assert {one["action"] for one in about} >= {"subject.created", "consent.given"}
    for actor in {one["actor"]["id"] for one in whole}:
        assert events(caller, f"?actor={actor}&limit=500") == [one for one in whole if one["actor"]["id"] == actor]
    for action in {one["action"] for one in whole}:
        assert events(caller, f"?action={action}&limit=500") == [one for one in whole if one["action"] == action]
    for one in whole:
        kind, ident = one["object"]["type"], one["object"]["id"]
        same = [two for two in whole if two["object"] == one["object"]]
        assert events(caller, f"?object_type={kind}&object_id={ident}&limit=500") == same
    assert [o["object"]["type"] for o in events(caller, "?object_type=consent_act")] == ["consent_act"] * 4
    act = jan["records"][0]["id"]
    assert len(events(other, f"?object_type=consent_act&object_id={act}")) == 1
    assert events(caller, f"?object_type=consent_act&object_id={act}") == []


def test_time_is_from_the_first_moment_up_to_the_last_which_does_not_count(
    service: Service, tmp_path: Path, frozen: Any
) -> None:
    caller = service.caller()
    for _ in range(3):
        frozen.shift(3_600)
        caller.record(a_give(occurred_at=None))
    settled(service, tmp_path)
    whole = lines(caller, "?action=consent.")
    found = events(caller, "?action=consent.&from=2026-11-21T21:40:00Z&to=2026-11-21T22:40:00Z")
    assert found
    assert found == [one for one in whole if one["at"] == "2026-11-21T21:40:00Z"]
    ours = [
        one for one in lines(caller) if one["action"] != "log.opened"
    ]  # Opened when the run began, whenever that is.
    middle = "2026-11-21T21:40:00Z"
    since, until = ([o for o in lines(caller, f"?{end}={middle}") if o in ours] for end in ("from", "to"))
    assert (since, until) == ([o for o in ours if o["at"] >= middle], [o for o in ours if o["at"] < middle])


def test_walking_the_log_finds_what_an_index_finds(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a log that is larger than what is looked at in one go."""
    caller = service.caller()
    for number in range(4):
        caller.record(a_give(ANNA | {"customer_id": f"C-{number}"}))
    settled(service, tmp_path)
    caller.record(a_give(JAN))
    queries = ("", "?action=consent.", "?object_type=consent_act", "?from=2020-01-01&to=2100-01-01", "?to=2020-01-01")
    found = {query: lines(caller, query) for query in queries}
    monkeypatch.setattr(reading, "_FEW", -1)
    monkeypatch.setattr(reading, "WINDOW", 3)
    assert {query: lines(caller, query) for query in queries} == found
    monkeypatch.setattr(reading, "WINDOW", 1_000)
    assert every_page(caller, "&action=consent.", 1)[:2] == found["?action=consent."][:2]


def test_a_reference_is_the_client_s_own_and_no_raw_id_is_shown(service: Service, tmp_path: Path) -> None:
    one, other = service.caller(), service.caller()
    recorded = one.record(a_give())
    settled(service, tmp_path)
    with service.app.app_context():
        raw = {str(i) for i in session().scalars(sa.select(AuditBody.subject_id).distinct()) if i}
        raw |= set(session().scalars(sa.select(AuditBody.object_id).where(AuditBody.subject_id.is_not(None))))
    for caller in (one, other):
        text = caller.get("/audit/events?limit=500").text
        assert not [ident for ident in raw if ident in text]
    refs = [{e["subject_ref"] for e in lines(caller) if e["subject_ref"]} for caller in (one, other)]
    assert recorded["subject_ref"] in refs[0]
    assert not refs[0] & refs[1]
    assert events(other, f"?subject_ref={recorded['subject_ref']}") == []
    acts = {e["object"]["id"] for e in lines(one, "?object_type=consent_act")}
    assert acts == {record["id"] for record in recorded["records"]}


def test_a_test_key_sees_what_is_surely_a_test_and_a_live_key_nothing_of_it(service: Service, tmp_path: Path) -> None:
    live, test = service.caller(), service.caller(realm=Realm.TEST)
    live_ref, test_ref = live.record(a_give())["subject_ref"], test.record(a_give())["subject_ref"]
    test.send("POST", "/contacts/events", {"contact": {"email": "x@example.com"}, "event": "complaint"})
    settled(service, tmp_path)
    of_live, of_test = lines(live), lines(test)
    assert {e["subject_ref"] for e in of_test} - {None} >= {test_ref}
    assert not {e["event_id"] for e in of_live} & {e["event_id"] for e in of_test}
    assert len({e["actor"]["id"] for e in of_test}) == 1
    assert live_ref in {e["subject_ref"] for e in of_live}
    assert events(test, f"?subject_ref={live_ref}") == []
    assert "programme" not in {e["action"].split(".")[0] for e in of_test}
    assert {e["action"] for e in of_live} >= {"log.opened"}


def test_an_erased_person_s_events_stay_and_say_nothing(service: Service, tmp_path: Path) -> None:
    caller = service.caller()
    ref = caller.record(a_give())["subject_ref"]
    settled(service, tmp_path)
    before = lines(caller, f"?subject_ref={ref}")
    with service.app.app_context(), unit_of_work() as current:
        for subject_id in set(current.scalars(sa.select(AuditBody.subject_id))) - {None}:
            destroy_owner_key(current, subject_id)
        last = current.scalar(sa.select(AuditLeaf.event_id).order_by(AuditLeaf.sequence_number.desc()).limit(1))
        current.execute(sa.delete(AuditBody).where(AuditBody.event_id == last))
    after = lines(caller, f"?subject_ref={ref}")
    assert {(e["erased"], e["details"]) for e in after} == {(True, None)}
    assert [e["sequence_number"] for e in before][: len(after)] == [e["sequence_number"] for e in after]
    bare = lines(caller)[-1]
    assert (bare["event_id"], bare["at"], bare["actor"], bare["erased"]) == (str(last), None, None, True)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("actor=shop", "actor"),
        ("subject_ref=anna.nowak@example.com", "subject_ref"),
        ("action=consent", "action"),
        ("action=consent.%25", "action"),
        ("from=yesterday", "from"),
        ("to=2026-11-21T10", "to"),
        ("object_id=x", "object_type"),
        ("after=-1", "after"),
        ("after=1_0", "after"),
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("email=anna", "email"),
    ],
)
def test_what_cannot_be_asked_names_its_field(service: Service, query: str, field: str) -> None:
    answer = service.caller().get(f"/audit/events?{query}")
    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [field]  # type: ignore[index]
    assert "anna.nowak" not in answer.text


def test_only_the_scope_opens_the_log(service: Service) -> None:
    assert service.caller("consents:read").get("/audit/events").status_code == 403
    assert service.caller(partner=True).get("/audit/events").status_code == 403
    assert service.nobody().get("/audit/events").status_code == 401
    assert service.caller("audit:read").get("/audit/events").status_code == 200
    assert service.caller().get("/audit/events", Accept="image/png").status_code == 406
