"""What imports leave behind goes in its time, each with an event; and nothing that is needed goes with it."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
import time_machine

from privacy.consent import service as consent
from privacy.crypto import keyring
from privacy.crypto.envelope import SealBroken
from privacy.crypto.owner_keys import KeyDestroyed, load_owner_key
from privacy.db import new_id, session
from privacy.jobs import service as jobs
from tests.callers import Service
from tests.consent.uploads.desk import a_small_export, created, queued, sent, shown, store_of, work, zipped
from tests.consent.uploads.test_over_http import actions

LISTED = {job.name: job for job in jobs.listed(idempotency_days=7)}
DAY = 86_400


def run(service: Service, name: str) -> int:
    return jobs.run_job(LISTED[name], service.app.app_context)


def tidy(service: Service) -> int:
    return consent.remove_forgotten_files(store_of(service.app), service.app.app_context)


def aged(path: Path, seconds: int) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then))


def test_an_import_whose_file_never_came_is_cancelled_after_a_day(
    service: Service, frozen: time_machine.Traveller
) -> None:
    caller = service.caller()
    waiting, sent_in_time = created(caller)["id"], queued(caller, zipped(a_small_export()))
    frozen.shift(DAY - 1)
    assert run(service, "cancel_abandoned_imports") == 0
    frozen.shift(1)
    assert run(service, "cancel_abandoned_imports") == 1
    assert run(service, "cancel_abandoned_imports") == 0
    assert shown(caller, waiting)["state"] == "cancelled"
    assert shown(caller, sent_in_time)["state"] == "queued"
    assert sent(caller, waiting, b"x").status_code == 409
    assert actions(service)[-1] == "import.cancelled"


def test_rejects_go_after_thirty_days(service: Service, frozen: time_machine.Traveller) -> None:
    caller = service.caller()
    one = queued(caller, zipped(a_small_export()))
    work(service.app)
    (name,) = store_of(service.app).names()
    assert shown(caller, one)["rejects_deleted_at"] == "2026-12-21T19:40:00Z"
    frozen.shift(30 * DAY - 1)
    assert run(service, "delete_import_rejects") == 0
    assert caller.get(f"/imports/{one}/rejects").status_code == 200
    frozen.shift(1)
    assert run(service, "delete_import_rejects") == 1
    assert run(service, "delete_import_rejects") == 0
    assert caller.get(f"/imports/{one}/rejects").status_code == 404
    assert actions(service)[-1] == "import.rejects_deleted"
    with service.app.app_context(), pytest.raises(KeyDestroyed):
        # The file lies there yet, and nobody can open it.
        load_owner_key(session(), keyring.installed(), name.file_id)


def test_files_that_no_import_refers_to_are_removed(service: Service) -> None:
    caller, store = service.caller(), store_of(service.app)
    one = queued(caller, zipped(a_small_export()))
    work(service.app)
    waiting = queued(caller, zipped(a_small_export()))
    kept = {str(name) for name in store.names()}
    assert len(kept) == 2
    forgotten = store.folder / f"{one}.{new_id()}"
    unfinished = store.folder / f"{waiting}.{new_id()}.new"
    for path in (forgotten, unfinished):
        path.write_bytes(b"\x01")
    assert tidy(service) == 0, "they may be a moment old"
    for path in store.folder.iterdir():
        aged(path, 3_601)
    assert tidy(service) == 1
    assert not forgotten.exists()
    aged(unfinished, DAY + 1)
    assert tidy(service) == 1
    assert {path.name for path in store.folder.iterdir()} == kept


def test_what_is_removed_could_not_be_opened_any_more(service: Service) -> None:
    """A copy of an upload, from a backup of the folder, is noise once the import has ended."""
    caller, store = service.caller(), store_of(service.app)
    queued(caller, zipped(a_small_export()))
    (name,) = store.names()
    copied = (store.folder / str(name)).read_bytes()
    work(service.app)
    (store.folder / str(name)).write_bytes(copied)
    with service.app.app_context():
        with pytest.raises(KeyDestroyed):
            load_owner_key(session(), keyring.installed(), name.file_id)
        other = load_owner_key(session(), keyring.installed(), next(n.file_id for n in store.names() if n != name))
    with pytest.raises(SealBroken):
        store.open(name, other)


def test_without_a_folder_there_is_nothing_to_remove(service: Service) -> None:
    assert tidy(service) == 0
