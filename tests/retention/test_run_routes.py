"""Disposal runs over HTTP, and their certificates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from config import Config
from tests.callers import Service
from tests.consent.receipts.desk import published, verified
from tests.retention.offices import RULES, Office, an_office

JSON, PDF = "application/json", "application/pdf"
TWO = tuple(one | {"approvals": 2} for one in RULES)


@pytest.fixture
def office(service: Service, tmp_path: Path) -> Office:
    folder = tmp_path / "systems"
    folder.mkdir()
    return an_office(service.app, folder, rules=TWO)


def test_two_people_agree_to_what_was_counted_and_get_a_certificate(
    service: Service, office: Office, config: Config, tmp_path: Path
) -> None:
    first, second = service.staff(), service.staff()
    made = first.post("/disposal-runs", {"systems": ["chat"]})
    assert made.status_code == 201, made.text
    path = f"/disposal-runs/{made.get_json()['id']}"
    office.work()
    seen: dict[str, Any] = first.get(path).get_json()
    assert (seen["state"], seen["approvals"], seen["counted"]["deleted"]) == ("previewed", 2, {"chat.talk": 4})
    assert first.post(f"{path}/start", {}).status_code == 409
    assert first.post(f"{path}/approve", {"preview": "0" * 64}).status_code == 409
    agree = {"preview": seen["preview"]}
    assert first.post(f"{path}/approve", agree).get_json()["state"] == "previewed"
    assert first.post(f"{path}/approve", agree).get_json()["type"].endswith("disposal-run-same-person")
    assert second.post(f"{path}/approve", agree).get_json()["state"] == "approved"
    assert first.get(f"{path}/certificate").status_code == 409
    assert first.post(f"{path}/start", {}).get_json()["state"] == "running"
    office.work()
    done = first.get(path).get_json()
    assert (done["state"], done["parts"][0]["progress"], done["parts"][0]["left"]) == ("done", 1.0, 0)
    key = published(service.app, config.anchor_path)
    for form, ending in ((JSON, "json"), (PDF, "pdf")):
        answer = second.get(f"{path}/certificate", Accept=form, Accept_Language="en")
        assert answer.status_code == 200, answer.text
        found = verified(tmp_path, answer.data, ending, key)
        assert found.returncode == 0, found.stdout + found.stderr
        assert "disposal-certificate/v1" in found.stdout
        assert b"anna" not in answer.data
    changed = second.get(f"{path}/certificate", Accept=JSON).data.replace(b'\\"chat.talk\\":4', b'\\"chat.talk\\":3')
    assert verified(tmp_path, changed, "json", key).returncode == 1


def test_a_machine_and_a_test_key_prepare_nothing(service: Service, office: Office) -> None:
    assert service.caller().post("/disposal-runs", {}).status_code == 403
    assert office.rows("chat", "talk")


def test_a_person_decides_about_rows_that_a_rule_wants_reviewed(service: Service, tmp_path: Path) -> None:
    folder = tmp_path / "systems"
    folder.mkdir()
    office = an_office(service.app, folder, rules=(*RULES[:2], RULES[2] | {"action": "review"}))
    ewa = service.staff()
    path = f"/disposal-runs/{ewa.post('/disposal-runs', {'systems': ['chat']}).get_json()['id']}"
    office.work()
    [part] = ewa.get(path).get_json()["parts"]
    decide = f"{path}/parts/{part['id']}/review"
    assert ewa.post(decide, {"choice": "keep", "reason": "a claim may follow"}).status_code == 422
    seen = ewa.post(decide, {"choice": "keep", "reason": "a claim may follow", "until": "2099-01-31"})
    assert seen.get_json()["state"] == "previewing", seen.text
    assert "claim" not in seen.text
    office.work()
    [part] = ewa.get(path).get_json()["parts"]
    assert (part["counted"]["stays"], part["review"], part["review_until"]) == ({"kept": 4}, "keep", "2099-01-31")
