"""Whoever was revoked imports nothing more: neither what waits in the queue nor the rest of what runs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from uuid import UUID

import pytest

from privacy.access import service as access
from privacy.authz.actors import OPERATOR
from privacy.consent.uploads import lease
from privacy.consent.uploads.heartbeat import Heartbeat, Interrupted
from privacy.consent.uploads.lease import REVOKED
from privacy.db import db, unit_of_work
from tests.callers import Caller, Service
from tests.consent.uploads.desk import a_small_export, created, eventually, queued, sent, shown, store_of, work, zipped

Revoking = Callable[[Service], object]
EWA = {"subject": {"email": "ewa@example.com"}, "purpose": "newsletter"}


def the_client() -> access.ClientFacts:
    """The one that was made first."""
    return access.list_clients()[0]


def revoke_its_key(_service: Service) -> None:
    access.revoke_key(the_client().keys[0].id, actor=OPERATOR)


def revoke_the_client(_service: Service) -> None:
    access.revoke_client(the_client().id, actor=OPERATOR)


def done(service: Service, change: Callable[[Service], object]) -> None:
    with service.app.app_context():
        with unit_of_work():
            change(service)
        db.session.remove()


def another_key(service: Service) -> Caller:
    """A second key of the client, by rotation; the first goes on for a day."""
    with service.app.app_context():
        with unit_of_work():
            issued = access.rotate_key(the_client().id, actor=OPERATOR)
        db.session.remove()
    return Caller(service.app.test_client(), issued.key)


@pytest.mark.parametrize("revoke", [revoke_its_key, revoke_the_client])
def test_what_waits_is_ended_and_imports_nothing(service: Service, revoke: Revoking) -> None:
    caller = service.caller()
    one = queued(caller, zipped(a_small_export()))
    done(service, revoke)
    assert work(service.app) == 0
    ended = shown(service.staff(), one)
    assert (ended["state"], ended["problem"], ended["counts"]) == ("failed", REVOKED, None)
    assert not service.caller().check(**EWA)["allowed"]


def test_only_the_key_that_was_revoked_is_stopped(service: Service) -> None:
    first = service.caller()
    leaked = queued(first, zipped(a_small_export()), dry_run=True)
    second = another_key(service)
    good = queued(second, zipped(a_small_export()), dry_run=True)
    done(service, revoke_its_key)
    assert work(service.app) == 1
    assert [shown(second, one)["state"] for one in (leaked, good)] == ["failed", "done"]


def test_whoever_sent_the_file_counts_once_it_is_there(service: Service) -> None:
    asked = created(service.caller())["id"]
    second = another_key(service)
    assert sent(second, asked, zipped(a_small_export())).status_code == 200
    done(service, revoke_its_key)
    assert work(service.app) == 1
    assert shown(second, asked)["state"] == "done"


def test_staff_who_left_import_nothing_and_what_they_sent_for_others_neither(service: Service) -> None:
    client, member = service.caller(), service.staff()
    own, others = queued(member, zipped(a_small_export())), created(client)["id"]
    assert sent(member, others, zipped(a_small_export())).status_code == 200
    staff_id = _actor_of(service, own)
    done(service, lambda _service: access.disable_staff(staff_id, actor=OPERATOR))
    assert work(service.app) == 0
    assert [shown(service.staff(), one)["problem"] for one in (own, others)] == [REVOKED, REVOKED]


def test_a_key_that_merely_ended_was_good_when_the_file_came(service: Service) -> None:
    one = queued(service.caller(), zipped(a_small_export()))
    done(service, lambda _service: access.rotate_key(the_client().id, actor=OPERATOR, overlap_hours=0))
    assert work(service.app) == 1
    assert shown(service.staff(), one)["state"] == "done"


def test_what_runs_stops_and_is_ended_by_the_next_worker(service: Service) -> None:
    one = queued(service.caller(), zipped(a_small_export()))
    with service.app.app_context(), unit_of_work():
        held = lease.claim(store_of(service.app).has)
    assert held is not None
    heartbeat = Heartbeat(held, threading.Event())
    with heartbeat.beating(service.app.app_context):
        done(service, revoke_its_key)
        heartbeat.progress("Reading", 1, 2)
        with pytest.raises(Interrupted):
            eventually(lambda: heartbeat.progress("Reading", 1, 2))
    with service.app.app_context(), unit_of_work():
        lease.release(held)
    assert work(service.app) == 0
    assert shown(service.staff(), one)["problem"] == REVOKED


def _actor_of(service: Service, import_id: str) -> UUID:
    with service.app.app_context(), unit_of_work():
        for _ in range(2):
            held = lease.claim(store_of(service.app).has)
            assert held is not None
            lease.release(held)
            if str(held.id) == import_id:
                return held.actor.id
    raise AssertionError("it is not in the queue")
