"""The suppression list from outside: what puts a contact on it, and who may take it off."""

from __future__ import annotations

from tests.callers import ANNA, Service, a_give

EMAIL = {"email": ANNA["email"]}
REASON = {"contact": EMAIL, "reason": "the mailbox works again"}


def test_a_bounced_address_is_suppressed_until_staff_lift_it(service: Service) -> None:
    system, staff = service.caller(), service.staff()
    system.record(a_give())
    bounced = {"contact": EMAIL, "event": "hard_bounce", "occurred_at": "2026-11-20T12:00:00Z"}
    assert system.post("/contacts/events", bounced).get_json()["suppressed"] is True
    assert system.check(EMAIL)["reason"] == "suppressed"
    refused = system.post("/contacts/lift", REASON)
    assert refused.status_code == 403
    assert system.check(EMAIL)["reason"] == "suppressed"
    assert staff.post("/contacts/lift", REASON).get_json() == {"lifted": 1}
    assert staff.post("/contacts/lift", REASON).get_json() == {"lifted": 0}
    assert system.check(EMAIL)["reason"] == "given"


def test_the_persons_own_later_act_on_the_contact_outweighs_the_entry(service: Service) -> None:
    system = service.caller()
    system.record(a_give())
    system.post("/contacts/events", {"contact": EMAIL, "event": "complaint", "occurred_at": "2026-11-20T12:00:00Z"})
    assert system.check(EMAIL)["reason"] == "suppressed"
    system.record(a_give(occurred_at="2026-11-20T13:00:00Z", source={"system": "crm", "method": "phone"}))
    assert system.check(EMAIL)["reason"] == "suppressed"
    system.record(a_give(occurred_at="2026-11-20T14:00:00Z"))
    assert system.check(EMAIL)["reason"] == "given"
