"""`privacy requests calendar` and its feed over HTTP: the days to keep, without anybody's name."""

from __future__ import annotations

import icalendar
from flask import Flask

from tests.callers import a_service
from tests.cli.conftest import Cli

LETTER = '{"subject": {"email": "anna.nowak@example.com"}, "name": "Anna Nowak"}'
RECEIVED = ("--intake", "letter", "--received-at", "2025-11-24T10:00:00+01:00")


def test_the_days_of_open_requests_are_listed_and_exported(cli: Cli) -> None:
    number = cli.json("requests", "open", "--type", "access", *RECEIVED, stdin=LETTER)["number"]
    listed = cli.json("requests", "calendar")["days"]
    assert listed == [
        {"on": "2025-12-23", "number": number, "what": "last day to tell of an extension"},
        {"on": "2025-12-29", "number": number, "what": "due"},
    ]
    table = cli("requests", "calendar")
    assert number in table
    assert "2025-12-29" in table
    written = cli("requests", "calendar", "--ics")
    days = [event["dtstart"].dt.isoformat() for event in icalendar.Calendar.from_ical(written).walk("VEVENT")]
    assert days == ["2025-12-29", "2025-12-23"]
    assert "Nowak" not in table + written
    assert "anna" not in table + written


def test_staff_read_the_feed_and_machines_do_not(app: Flask) -> None:
    service = a_service(app)
    clerk = service.staff()
    body = {"type": "complaint", "intake": "letter", "name": "Anna Nowak", "received_at": "2025-11-24T10:00:00+01:00"}
    number = clerk.post("/requests", body).get_json()["number"]
    answer = clerk.get("/requests/calendar")
    assert (answer.status_code, answer.content_type) == (200, "text/calendar; charset=utf-8")
    [event] = icalendar.Calendar.from_ical(answer.data).walk("VEVENT")
    assert number in str(event["summary"])
    assert b"Nowak" not in answer.data
    assert service.caller().get("/requests/calendar").status_code == 403
