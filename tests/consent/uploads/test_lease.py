"""Who works on an import: one worker at a time, and one that has lost it changes nothing any more."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine

from privacy.app import READERS
from privacy.consent.uploads import lease
from privacy.consent.uploads.heartbeat import Heartbeat, Interrupted
from privacy.consent.uploads.lease import LEASE, MOST_ATTEMPTS, Held
from privacy.db import db, unit_of_work
from tests.callers import Caller, Service
from tests.consent.importing.exports import Export
from tests.consent.uploads.desk import T1, T2, a_small_export, eventually, queued, shown, store_of, work, zipped

PAST_THE_LEASE = LEASE // 1_000_000 + 1


def claimed(service: Service) -> Held | None:
    with service.app.app_context(), unit_of_work():
        return lease.claim(store_of(service.app).has)


def surely_claimed(service: Service) -> Held:
    held = claimed(service)
    assert held is not None
    return held


def done_with(service: Service, held: Held, step: Any, *arguments: Any) -> Any:
    with service.app.app_context(), unit_of_work():
        return step(held, *arguments)


def test_progress_is_seen_with_what_is_left(service: Service, frozen: time_machine.Traveller) -> None:
    caller = service.caller()
    one = queued(caller, zipped(a_small_export()))
    held = surely_claimed(service)
    assert (shown(caller, one)["state"], shown(caller, one)["seconds_left"]) == ("running", None)
    assert done_with(service, held, lease.renew, "reading", 0, 400)
    frozen.shift(10)
    assert done_with(service, held, lease.renew, "reading", 100, 400)
    now = shown(caller, one)
    assert (now["stage"], now["done"], now["of"], now["percent"], now["seconds_left"]) == ("reading", 100, 400, 25, 30)
    assert done_with(service, held, lease.renew, "recording", 1, 2)
    assert shown(caller, one)["percent"] == 50


def test_nobody_takes_what_is_held_until_its_lease_has_run_out(
    service: Service, frozen: time_machine.Traveller
) -> None:
    caller = service.caller()
    one = queued(caller, zipped(a_small_export()))
    first = surely_claimed(service)
    frozen.shift(PAST_THE_LEASE - 2)
    assert done_with(service, first, lease.renew, "reading", 1, 2)
    frozen.shift(PAST_THE_LEASE - 2)
    assert claimed(service) is None
    frozen.shift(3)
    second = surely_claimed(service)
    assert (second.id, second.lease == first.lease) == (first.id, False)
    # Whoever was believed dead wakes up.
    assert not done_with(service, first, lease.renew, "reading", 2, 2)
    assert not done_with(service, first, lease.finish, {"rows": 99}, None)
    assert not done_with(service, first, lease.fail, "a problem", None)
    done_with(service, first, lease.release)
    now = shown(caller, one)
    assert (now["state"], now["stage"], now["counts"], now["problem"]) == ("running", None, None, None)
    assert done_with(service, second, lease.finish, {"rows": 4}, None)
    assert shown(caller, one)["counts"] == {"rows": 4}
    assert not done_with(service, second, lease.fail, "a problem", None)
    assert shown(caller, one)["state"] == "done"


def test_workers_at_once_take_each_import_once(service: Service) -> None:
    caller = service.caller()
    imports = {queued(caller, zipped(a_small_export())) for _ in range(8)}
    together, taken = threading.Barrier(4), []

    def take() -> None:
        together.wait()
        while (held := claimed(service)) is not None:
            taken.append(str(held.id))
        service.app.extensions[READERS].drop()

    workers = [threading.Thread(target=take) for _ in range(together.parties)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(taken) == sorted(imports)


def test_an_import_that_no_worker_survives_is_given_up(service: Service, frozen: time_machine.Traveller) -> None:
    caller = service.caller()
    one = queued(caller, zipped(a_small_export()))
    for _ in range(MOST_ATTEMPTS):
        surely_claimed(service)
        frozen.shift(PAST_THE_LEASE)
    assert claimed(service) is None
    assert shown(caller, one)["state"] == "failed"
    assert "ended 5 times" in shown(caller, one)["problem"]


def test_what_is_given_back_is_taken_at_once_and_counts_no_attempt(service: Service) -> None:
    one = queued(service.caller(), zipped(a_small_export()))
    for _ in range(MOST_ATTEMPTS + 1):
        held = surely_claimed(service)
        assert str(held.id) == one
        done_with(service, held, lease.release)


def test_a_file_on_another_server_is_left_to_its_worker_for_a_day(
    service: Service, frozen: time_machine.Traveller
) -> None:
    caller = service.caller()
    one = queued(caller, zipped(a_small_export()))
    for name in store_of(service.app).names():
        store_of(service.app).remove(name)
    other = queued(caller, zipped(a_small_export()))
    assert str(surely_claimed(service).id) == other
    assert shown(caller, one)["state"] == "queued"
    frozen.shift(86_401)
    claimed(service)
    assert shown(caller, one)["state"] == "failed"
    assert "shared" in shown(caller, one)["problem"]


def test_whoever_lost_it_stops_at_the_next_progress_call(service: Service) -> None:
    caller = service.caller()
    one = queued(caller, zipped(a_small_export()))
    heartbeat = Heartbeat(surely_claimed(service), threading.Event())
    with heartbeat.beating(service.app.app_context):
        heartbeat.progress("Reading", 1, 3)
        eventually(lambda: shown(caller, one)["done"] == 1)
        assert caller.send("DELETE", f"/imports/{one}").status_code == 200
        with pytest.raises(Interrupted):
            _progress_for_ever(heartbeat)
    assert shown(caller, one)["state"] == "cancelled"


def _progress_for_ever(heartbeat: Heartbeat) -> None:
    done = 1
    while True:
        done += 1
        heartbeat.progress("Reading", done, 10**12)


def test_a_worker_that_is_told_to_end_gives_its_import_back(service: Service) -> None:
    caller, stop = service.caller(), threading.Event()
    one = queued(caller, zipped(many(150)))
    worker = threading.Thread(target=_run_until, args=(service, stop))
    worker.start()
    eventually(lambda: _acts(service) > 0)
    stop.set()
    worker.join()
    now = shown(caller, one)
    assert now["state"] == "queued", now
    assert work(service.app) == 1
    now = shown(caller, one)
    assert now["state"] == "done"
    assert now["counts"]["acts_recorded"] + now["counts"]["acts_known"] == 300
    assert 0 < now["counts"]["acts_known"] < 300


def test_an_import_that_is_cancelled_while_it_runs_stops(service: Service) -> None:
    caller = service.caller()
    one = queued(caller, zipped(many(3_000)))
    worker = threading.Thread(target=_run_until, args=(service, threading.Event()))
    worker.start()
    eventually(lambda: _acts(service) > 0)
    assert caller.send("DELETE", f"/imports/{one}").get_json()["state"] == "cancelled"
    worker.join()
    assert 0 < _acts(service) < 6_000
    assert shown(caller, one)["state"] == "cancelled"
    assert list(store_of(service.app).folder.iterdir()) == []


def _run_until(service: Service, stop: threading.Event) -> None:
    from privacy.consent import service as consent

    consent.run_imports(store_of(service.app), service.app.app_context, stop)


def many(people: int) -> Export:
    made = Export()
    for number in range(people):
        made.subscribed(f"osoba{number}@example.com", T1, T2)
    return made


def _acts(service: Service) -> int:
    with service.app.app_context():
        found = db.session.scalar(sa.text("SELECT count(*) FROM consent_act")) or 0
        db.session.remove()
    return int(found)


def test_two_clients_do_not_wait_for_each_other(service: Service) -> None:
    """A second upload is taken while an import runs; it waits in the queue."""
    first, second = service.caller(), service.caller()
    queued(first, zipped(a_small_export()))
    held = surely_claimed(service)
    other = queued(second, zipped(a_small_export()))
    assert _state(second, other) == "queued"
    done_with(service, held, lease.release)
    assert work(service.app) == 2


def _state(caller: Caller, import_id: str) -> str:
    return str(shown(caller, import_id)["state"])
