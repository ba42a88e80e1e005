"""The notification and the register over HTTP: by Accept, in a language, of a period; and kept from others."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine

from privacy.breach.documents.notification import NotificationFormOut
from privacy.breach.documents.register_report import RegisterOut
from privacy.http import reading
from tests.breach.made_up import TOLD
from tests.callers import Caller, Service

PDF, CSV = "application/pdf", "text/csv"


@pytest.fixture
def staff(frozen: time_machine.Traveller, service: Service) -> Caller:
    return service.staff()


def opened(staff: Caller, **more: Any) -> dict[str, Any]:
    body = {"detected_at": "2026-11-21T10:00:00+01:00", "facts": TOLD, **more}
    answer = staff.post("/breaches", body)
    assert answer.status_code == 201, answer.text
    row = answer.get_json()
    reason = {"version": row["version"], "reason": "the log shows it", "aware_at": "2026-11-21T11:00:00+01:00"}
    answer = staff.post(f"/breaches/{row['id']}/aware", reason)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def test_the_notification_comes_as_json_and_as_pdf(staff: Caller) -> None:
    row = opened(staff)
    place = f"/breaches/{row['id']}/notification"
    plain = staff.get(place)
    assert plain.mimetype == "application/json"
    said = reading.decode(plain.data, NotificationFormOut)
    assert (said.number, said.language) == (row["number"], "pl")
    printed = staff.get(f"{place}?locale=en", Accept=PDF)
    assert printed.data.startswith(b"%PDF")
    assert printed.headers["Content-Language"] == "en"
    assert printed.headers["Cache-Control"] == "no-store"
    assert row["number"] in printed.headers["Content-Disposition"]
    assert staff.get(place, Accept="text/html").status_code == 406
    assert staff.get(place, Accept_Language="hr").headers["Content-Language"] == "hr"


def test_a_phase_is_chosen_and_what_was_sent_is_read_again(staff: Caller) -> None:
    row = opened(staff)
    place = f"/breaches/{row['id']}/notification"
    before = staff.get(f"{place}?phase=initial").data
    body = {"version": row["version"], "kind": "initial", "way": "biznes_gov"}
    assert staff.post(f"/breaches/{row['id']}/notifications", body).status_code == 201
    assert staff.get(f"{place}?sent=1").data == before
    assert staff.get(f"{place}?sent=2").status_code == 404
    assert staff.get(place).get_json()["notification"]["previous"]["phase"] == "initial"


@pytest.mark.parametrize("query", ["phase=last", "sent=0", "sent=x", "locale=de", "rumour=1"])
def test_what_cannot_be_asked_is_refused(staff: Caller, query: str) -> None:
    row = opened(staff)
    assert staff.get(f"/breaches/{row['id']}/notification?{query}").status_code == 422


def test_the_register_comes_in_three_forms(staff: Caller) -> None:
    row = opened(staff)
    said = reading.decode(staff.get("/breaches/register").data, RegisterOut)
    assert [one.number for one in said.breaches] == [row["number"]]
    table = staff.get("/breaches/register?locale=en", Accept=CSV)
    assert table.mimetype == CSV
    assert row["number"] in table.data.decode("utf-8-sig")
    assert staff.get("/breaches/register", Accept=PDF).data.startswith(b"%PDF")


def test_the_register_is_of_a_period_and_marks_rehearsals(staff: Caller) -> None:
    real, drill = opened(staff), opened(staff, rehearsal=True)

    def numbers(query: str) -> list[str]:
        return [one["number"] for one in staff.get(f"/breaches/register?{query}").get_json()["breaches"]]

    assert numbers("since=2026-11-21&until=2026-11-21") == [real["number"]]
    assert numbers("until=2026-11-20") == []
    assert set(numbers("rehearsals=true")) == {real["number"], drill["number"]}
    assert staff.get("/breaches/register?since=2026-11-21&until=2026-11-20").status_code == 422
    assert staff.get("/breaches/register?since=yesterday").status_code == 422


def test_machines_and_strangers_read_neither(staff: Caller, service: Service) -> None:
    row = opened(staff)
    machine = service.caller()
    for place in (f"/breaches/{row['id']}/notification", "/breaches/register"):
        assert machine.get(place).status_code == 403
