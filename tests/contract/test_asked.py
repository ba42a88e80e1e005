"""Who asked about me: every check that names somebody known is counted, and nothing else is told or kept."""

from __future__ import annotations

import logging
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from privacy import clock
from privacy.app import ASKED
from privacy.consent import service as consent
from privacy.consent.asking import counting
from privacy.consent.asking.people_set import PARTS, entry, pack, part_of, unpack
from privacy.consent.routes import CHECK, CHECK_LIST
from privacy.db import db, new_id, session, unit_of_work
from privacy.jobs import service as jobs
from tests.callers import ANNA, Caller, Service, a_give
from tests.sizes import size

JAN = {"customer_id": "C-2001", "email": "family@example.com"}
EWA = {"customer_id": "C-2002", "email": "family@example.com"}
STRANGER = {"email": "nobody@example.com"}


def flush(service: Service) -> None:
    """Write down what was counted, as the thread of a web process does."""
    service.app.extensions[ASKED].flush()


def asked(caller: Caller, reference: str) -> list[dict[str, Any]]:
    answer = caller.get(f"/subjects/{reference}/asked")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.get_json()["asked"]
    return found


def times(caller: Caller, reference: str) -> int:
    return sum(one["times"] for one in asked(caller, reference))


def rows(service: Service, table: str) -> int:
    with service.app.app_context():
        found = session().scalar(sa.text(f"SELECT count(*) FROM {table}"))
        db.session.remove()
    return int(found or 0)


def test_a_person_sees_who_asked_for_what_on_which_day_and_what_was_answered(
    frozen: time_machine.Traveller, service: Service
) -> None:
    shop, post = service.caller(), service.caller()
    reference = shop.record(a_give())["subject_ref"]
    for _ in range(3):
        shop.check()
    shop.check(channel="voice")
    shop.check(purpose="profiling", channel=None)
    post.check({"customer_id": "C-1001"})
    frozen.shift(timedelta(days=1))
    shop.check(at="2026-11-21T20:00:00Z")
    assert asked(shop, reference) == []
    flush(service)
    found = asked(shop, reference)
    told = [(one["day"], one["purpose"], one["channel"], one["allowed"], one["times"]) for one in found]
    assert told[0] == ("2026-11-22", "offers", "email", True, 1)
    assert sorted(told[1:], key=str) == [
        ("2026-11-21", "offers", "email", True, 1),
        ("2026-11-21", "offers", "email", True, 3),
        ("2026-11-21", "offers", "voice", False, 1),
        ("2026-11-21", "profiling", None, False, 1),
    ]
    by = {one["asked_by"]["name"] for one in found}
    assert len(by) == 2
    assert all(name.startswith("client ") for name in by)


def test_a_list_is_kept_as_one_set_and_each_of_its_people_sees_it(service: Service) -> None:
    shop = service.caller()
    people = [{"customer_id": f"C-{n}"} for n in range(60)]
    refs = [shop.put("/subjects", {"subject": one}).get_json()["subject_ref"] for one in people]
    body = {"purpose": "offers", "channel": "sms", "subjects": [*people, STRANGER, people[7]]}
    for _ in range(2):
        assert shop.post("/consents/check/batch", body).status_code == 200
    flush(service)
    assert rows(service, "asked_count") == 0
    assert rows(service, "asked_list") <= PARTS
    assert [times(shop, ref) for ref in refs] == [2] * 7 + [4] + [2] * 52
    (one,) = asked(shop, refs[0])
    assert (one["purpose"], one["channel"], one["allowed"]) == ("offers", "sms", False)


def test_whose_an_address_is_was_asked_about_and_who_merely_shares_it_was_not(service: Service) -> None:
    shop = service.caller()
    jan, ewa = (shop.record(a_give(who, channels=["email"]))["subject_ref"] for who in (JAN, EWA))
    shop.check(JAN)
    flush(service)
    assert (times(shop, jan), times(shop, ewa)) == (1, 0)
    shop.check({"email": "family@example.com"})
    flush(service)
    assert (times(shop, jan), times(shop, ewa)) == (2, 1)


def test_merged_people_see_what_was_asked_about_either_while_they_are_merged(service: Service) -> None:
    shop = service.caller()
    jan, ewa = (shop.record(a_give(who, channels=["email"]))["subject_ref"] for who in (JAN, EWA))
    shop.check({"customer_id": "C-2001"})
    both = {"subject": {"customer_id": "C-2001"}, "other": {"customer_id": "C-2002"}, "reason": "the same person"}
    assert shop.post("/subjects/merge", both).status_code == 200
    shop.check({"customer_id": "C-2002"})
    shop.post("/consents/check/batch", {"purpose": "offers", "channel": "email", "subjects": [JAN, EWA]})
    flush(service)
    assert times(shop, jan) == times(shop, ewa) == 4
    assert shop.post("/subjects/unmerge", both).status_code == 200
    assert (times(shop, jan), times(shop, ewa)) == (2, 2)


def test_nothing_is_kept_about_somebody_unknown_or_a_question_that_was_not_answered(service: Service) -> None:
    shop = service.caller()
    shop.check(STRANGER)
    shop.record(a_give())
    assert shop.post("/consents/check", {"subject": ANNA, "purpose": "nothing"}).status_code == 422
    flush(service)
    assert rows(service, "asked_count") == rows(service, "asked_list") == 0


def test_only_who_may_read_people_sees_it(service: Service) -> None:
    reference = service.caller().record(a_give())["subject_ref"]
    assert service.caller("consents:check").get(f"/subjects/{reference}/asked").status_code == 403
    assert service.caller(partner=True).get(f"/subjects/{reference}/asked").status_code == 403
    assert service.caller().get(f"/subjects/{reference}/asked").status_code == 404


@settings(max_examples=size("examples_database"), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_counts_are_the_checks_that_were_made(service: Service, data: st.DataObject) -> None:
    """Whoever asks, about one or many, in whatever process, written down whenever."""
    shop, post = service.caller(), service.caller()
    people = [{"customer_id": f"P-{new_id()}"} for _ in range(3)]
    refs = [shop.put("/subjects", {"subject": one}).get_json()["subject_ref"] for one in people]
    other = consent.AskedCounter(service.app.app_context)
    ours = service.app.extensions[ASKED]
    expected: Counter[tuple[str, str, str]] = Counter()
    someone = st.integers(0, 2)
    for _ in range(data.draw(st.integers(1, 8))):
        caller = data.draw(st.sampled_from([shop, post]))
        on = data.draw(st.sampled_from(["email", "sms"]))
        which = data.draw(st.lists(someone, min_size=1, max_size=4))
        counter = data.draw(st.sampled_from([ours, other]))
        if len(which) == 1:
            service.app.extensions[CHECK]._asked = counter
            caller.check(people[which[0]], channel=on)
        else:
            service.app.extensions[CHECK_LIST]._asked = counter
            body = {"purpose": "offers", "channel": on, "subjects": [people[n] for n in which]}
            assert caller.post("/consents/check/batch", body).status_code == 200
        expected.update((refs[number], "shop" if caller is shop else "post", on) for number in which)
        if data.draw(st.booleans()):
            ours.flush()
    for left in (ours, other):
        left.flush()
    for ref in refs:
        found: Counter[tuple[str, str]] = Counter()
        for one in asked(shop, ref):
            found[one["asked_by"]["name"], one["channel"]] += one["times"]
        wanted = {(who, on): n for (about, who, on), n in expected.items() if about == ref}
        assert sorted((on, n) for (_, on), n in found.items()) == sorted((on, n) for (_, on), n in wanted.items())


def test_what_was_asked_is_deleted_after_twelve_months_with_an_event(
    service: Service, frozen: time_machine.Traveller
) -> None:
    shop = service.caller()
    shop.record(a_give())
    shop.check()
    shop.post("/consents/check/batch", {"purpose": "offers", "channel": "email", "subjects": [ANNA]})
    flush(service)
    (job,) = (job for job in jobs.listed(idempotency_days=7) if job.name == "delete_asked")
    frozen.shift(timedelta(days=366))
    assert jobs.run_job(job, service.app.app_context) == 0
    frozen.shift(timedelta(days=1))
    assert jobs.run_job(job, service.app.app_context) == 2
    assert rows(service, "asked_count") == rows(service, "asked_list") == 0


def test_all_of_a_person_can_be_forgotten_and_others_keep_theirs(service: Service) -> None:
    shop = service.caller()
    anna, jan = (shop.record(a_give(who, channels=["email"]))["subject_ref"] for who in (ANNA, JAN))
    everybody = [ANNA, JAN, *({"customer_id": f"C-{n}"} for n in range(5000, 5040))]
    for one in everybody[2:]:
        shop.put("/subjects", {"subject": one})
    shop.check()
    shop.check(JAN)
    shop.post("/consents/check/batch", {"purpose": "offers", "channel": "email", "subjects": everybody})
    flush(service)
    subject_id = id_of(service, "C-1001")
    with service.app.app_context(), unit_of_work():
        consent.forget_asked([subject_id])
    assert (times(shop, anna), times(shop, jan)) == (0, 2)


def test_counts_of_somebody_who_was_deleted_meanwhile_are_not_written(service: Service) -> None:
    shop = service.caller()
    request = {"subject": {"email": "once@example.com"}, "purpose": "newsletter", "channels": ["email"]}
    wording = {"code": "newsletter", "version": "3", "locale": "pl"}
    shop.record(a_give(**request, act="request", wording=wording, notice=None, occurred_at=None))
    shop.check({"email": "once@example.com"}, purpose="newsletter")
    flush(service)
    assert rows(service, "asked_count") == 1
    shop.check({"email": "once@example.com"}, purpose="newsletter")
    (job,) = (job for job in jobs.listed(idempotency_days=7) if job.name == "delete_unconfirmed")
    with time_machine.travel(clock.from_micros(clock.micros() + 20 * clock.DAY)):
        assert jobs.run_job(job, service.app.app_context) == 1
    assert rows(service, "asked_count") == 0
    flush(service)
    assert rows(service, "asked_count") == 0


def test_what_cannot_be_written_is_dropped_and_said_without_a_name(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    shop = service.caller()
    shop.record(a_give())
    shop.check()
    with service.app.app_context(), unit_of_work() as current:
        current.execute(sa.text("ALTER TABLE asked_count RENAME TO asked_count_away"))
    with caplog.at_level(logging.WARNING, "privacy.asked"):
        flush(service)
    (told,) = (one for one in caplog.records if one.message == "counts of who asked were dropped")
    assert told.counts == 1
    assert shop.check()["allowed"]


def test_a_process_keeps_only_so_many_counts(
    service: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(counting, "_MOST_COUNTS", 2)
    monkeypatch.setattr(counting, "_MOST_LISTED", 2)
    shop = service.caller()
    reference = shop.record(a_give())["subject_ref"]
    for channel in ("email", "sms", "email", "voice", "voice"):
        shop.check(channel=channel)
    for _ in range(3):
        shop.post("/consents/check/batch", {"purpose": "offers", "channel": "email", "subjects": [ANNA]})
    with caplog.at_level(logging.WARNING, "privacy.asked"):
        flush(service)
    assert [one.counts for one in caplog.records if hasattr(one, "counts")] == [3]
    assert times(shop, reference) == 5


@given(st.lists(st.tuples(st.uuids(), st.booleans()), max_size=50))
def test_a_set_of_people_is_read_as_it_was_written(people: list[tuple[Any, bool]]) -> None:
    entries = [entry(one, allowed=allowed) for one, allowed in people]
    assert list(unpack(pack(entries))) == sorted(entries)
    assert all(part_of(entry(one, allowed=True)) == part_of(entry(one, allowed=False)) for one, _ in people)


def test_a_large_set_takes_eight_bytes_for_each_person() -> None:
    entries = [entry(new_id(), allowed=True) for _ in range(10_000)]
    assert len(pack(entries)) < 80_000


def id_of(service: Service, customer: str) -> Any:
    from privacy.authz.actors import OPERATOR
    from privacy.programme import service as programmes
    from privacy.subjects import service as subjects

    with service.app.app_context():
        found = subjects.find(subjects.name_of(programmes.current(), OPERATOR, {"customer_id": customer}))[0]
        db.session.remove()
    return found
