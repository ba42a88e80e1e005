"""The whole log as files: whoever has them derives its root; what was altered is named."""

from __future__ import annotations

import gc
import itertools
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from privacy.audit import service as audit
from privacy.authz.actors import OPERATOR
from privacy.db import Id, db, new_id, session, unit_of_work
from privacy.evidence import service as evidence
from tests.callers import a_give
from tests.evidence.conftest import Desk
from tests.sizes import size


def exported(desk: Desk, name: str, *, bodies: bool = False) -> evidence.ExportedLog:
    desk.publish()
    with desk.app.app_context():
        done = evidence.export_log(desk.folder / name, bodies=bodies)
        db.session.remove()
        return done


@pytest.mark.parametrize("name", ["log", "log.zip"])
@pytest.mark.parametrize("bodies", [False, True])
def test_the_root_follows_from_the_files(desk: Desk, name: str, bodies: bool) -> None:
    desk.caller.record(a_give())
    done = exported(desk, name, bodies=bodies)
    said = desk.verify(name)
    assert said["ok"], said
    assert said["kind"] == "log"
    assert f"The root follows from all {done.size} leaves" in said["steps"]
    assert (f"{done.size} bodies are what their leaves commit to" in said["steps"]) == bodies
    assert done.bodies == (done.size if bodies else None)


def test_erased_bodies_are_left_out_and_the_root_still_follows(desk: Desk) -> None:
    from privacy.crypto.owner_keys import destroy_owner_key

    desk.caller.record(a_give())
    with desk.app.app_context(), unit_of_work() as current:
        query = sa.text("SELECT DISTINCT subject_id FROM audit_body WHERE subject_id IS NOT NULL").columns(
            subject_id=Id
        )
        for person in current.scalars(query).all():
            destroy_owner_key(current, person)
    done = exported(desk, "log.zip", bodies=True)
    assert done.bodies is not None
    assert 0 < done.bodies < done.size
    said = desk.verify("log.zip")
    assert said["ok"], said
    assert any("was erased" in sentence for sentence in said["not_proven"])


def test_an_altered_leaf_is_named(desk: Desk) -> None:
    desk.caller.record(a_give())
    desk.publish()
    with desk.app.app_context(), unit_of_work() as current:
        query = "SELECT event_id FROM audit_leaf ORDER BY sequence_number DESC LIMIT 1"
        event = current.scalar(sa.text(query).columns(event_id=Id))
        unguarded(current, "audit_event")
        current.execute(
            sa.text("UPDATE audit_event SET commitment = :other WHERE id = :id").bindparams(
                sa.bindparam("id", event, type_=Id()), other=bytes(32)
            )
        )
    exported(desk, "log.zip", bodies=True)
    said = desk.verify("log.zip")
    assert not said["ok"]
    assert str(event) in said["failure"]["sentence"]
    exported(desk, "leaves")
    assert "root over all leaves" in desk.verify("leaves")["failure"]["sentence"]


def unguarded(current: Any, table: str) -> None:
    """As somebody who may alter the database takes the guard off."""
    if current.get_bind().dialect.name == "postgresql":
        current.execute(sa.text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
        return
    for name in current.scalars(sa.text(f"SELECT name FROM sqlite_master WHERE type='trigger' AND tbl_name='{table}'")):
        current.execute(sa.text(f"DROP TRIGGER {name}"))


def test_nothing_is_overwritten(desk: Desk) -> None:
    exported(desk, "log.zip")
    before = (desk.folder / "log.zip").read_bytes()
    with pytest.raises(evidence.PlaceTaken):
        exported(desk, "log.zip")
    assert (desk.folder / "log.zip").read_bytes() == before
    with pytest.raises(evidence.PlaceTaken):
        exported(desk, "nowhere/log.zip")


def test_only_its_owner_can_read_it(desk: Desk) -> None:
    exported(desk, "log", bodies=True)
    exported(desk, "log.zip")
    modes = {path.name: path.stat().st_mode & 0o077 for path in (desk.folder / "log").iterdir()}
    assert modes == {"log.json": 0, "leaves.jsonl": 0, "bodies.jsonl": 0}
    assert (desk.folder / "log.zip").stat().st_mode & 0o077 == 0


def test_what_is_held_in_memory_does_not_grow_with_the_log(desk: Desk) -> None:
    lines = itertools.count()

    def no_garbage(_done: int) -> None:
        # Reference cycles that nobody holds any more would count until the collector happens to come by.
        if next(lines) % 250 == 0:
            gc.collect()

    with desk.app.app_context():
        peaks = []
        for number, leaves in enumerate((1, 4)):
            with unit_of_work():
                for n in range(leaves * size("exported_leaves")):
                    audit.record(
                        "thing.done", actor=OPERATOR, object_type="thing", object_id=new_id(), content={"n": n}
                    )
            desk.publish()
            if not number:
                evidence.export_log(desk.folder / "first.zip", bodies=True)  # What is made once and kept.
            gc.collect()
            tracemalloc.start()
            evidence.export_log(desk.folder / f"log-{number}.zip", bodies=True, progress=no_garbage)
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        session().rollback()
    assert peaks[1] < peaks[0] + 1_000_000


def test_half_an_export_never_stands_under_its_name(desk: Desk, tmp_path: Path) -> None:
    desk.publish()

    def stop(_count: int) -> None:
        raise KeyboardInterrupt

    with desk.app.app_context(), pytest.raises(KeyboardInterrupt):
        evidence.export_log(desk.folder / "log.zip", bodies=False, progress=stop)
    assert not (desk.folder / "log.zip").exists()
    exported(desk, "log.zip")
    assert desk.verify("log.zip")["ok"]
