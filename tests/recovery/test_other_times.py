"""Backups that are older than the keys, the keys older than the data, or the schema: what was erased stays so."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa

from config import Config
from privacy import schema
from privacy.crypto.keyring import Keyring, KeyUse
from privacy.crypto.owner_keys import OwnerKeyRow
from privacy.db import db, session
from privacy.recovery import service as recovery
from privacy.recovery.service import BackupKind
from privacy.subjects import service as subjects
from tests.callers import Service, a_give
from tests.keys.index_moves import Moves
from tests.recovery.desk import backed_up, inside
from tests.recovery.drill import Drill, caught_up, person, subject_of

#: A schema that has backups, and lacks what came later.
_OLDER = "0008_recovery"


@pytest.mark.timeout(600)
def test_the_index_key_was_rotated_between_backup_and_restore(installed: Service, config: Config, target: str) -> None:
    drill = Drill.begin(installed, config, target, 4)
    gone = subject_of(installed.app, person(1))
    _rotate_index(installed, config.keyring_path)
    drill.withdraw(range(1))
    backed_up(installed.app, config)
    drill.erase(range(1, 2))
    drill.withdraw(range(2, 3))
    drill.catch_up()
    older, newer = _ids(config, BackupKind.DATA)
    old_keys, _ = _ids(config, BackupKind.KEYS)

    # The ring has only the new key, the data stand under the old one.
    shown = drill.restore("--data", older, "--keys", old_keys)
    assert shown["reindexed"] == {"rows": 8, "unread": 1 + 1}  # Identifier and contact of whoever was erased.
    assert shown["keys"]["of_erased"] == 1
    _all_is_right(drill, shown, gone, 2)

    # The machine has no ring: that of the older backup of the keys comes, with the old index key alone. The person who
    # was erased since has a key in it.
    Path(config.keyring_path).unlink()
    shown = drill.restore(*drill.emptied(), "--data", newer, "--keys", old_keys)
    assert shown["reindexed"]["rows"] == 8
    assert shown["keys"]["of_erased"] == 1
    _all_is_right(drill, shown, gone, 1)


@pytest.mark.timeout(600)
def test_a_backup_of_an_older_schema_is_brought_up_to_date(installed: Service, config: Config, target: str) -> None:
    drill = Drill(installed, config, target, installed.caller())
    for number in range(2):
        drill.caller.record(a_give(person(number)))
    drill.catch_up()
    with inside(installed.app):
        schema.downgrade(db.engine, _OLDER)
    backed_up(installed.app, config)
    with inside(installed.app):
        schema.upgrade(db.engine)
    drill.withdraw(range(1))
    drill.catch_up()

    shown = drill.restore()

    assert shown["released"], shown
    with drill.restored() as there:
        with inside(there.app):
            schema.ensure_current(db.engine)
            assert schema.differences(db.engine) == []
        caller = drill.known_client(there)
        assert [caller.check(person(one))["reason"] for one in (0, 1)] == ["withdrawn", "given"]


def _all_is_right(drill: Drill, shown: dict[str, object], gone: UUID, number: int) -> None:
    """Everybody is found under that index key, with the right answer, and whoever was erased is not."""
    assert shown["released"], shown
    assert shown["verified"], shown
    with drill.restored() as there:
        caller = drill.known_client(there)
        found = [caller.check(person(one))["reason"] for one in (0, 2, 3)]
        assert found == ["withdrawn", "withdrawn", "given"]
        assert not caller.check(person(1))["allowed"]
        with inside(there.app):
            assert set(subjects.indexed_under()) == {number}
            assert session().scalar(sa.select(OwnerKeyRow.owner_id).where(OwnerKeyRow.owner_id == gone)) is None
        caught_up(there.app, drill.config)


def _rotate_index(service: Service, ring: Path) -> None:
    with inside(service.app):
        moves = Moves(ring, Keyring.load(ring))
        moves.begin()
        assert moves.finish().new == 2
    assert Keyring.load(ring).numbers(KeyUse.INDEX) == [2]


def _ids(config: Config, kind: BackupKind) -> list[str]:
    """The backups of a kind, oldest first."""
    return [one.id for one in recovery.list_backups(config.backups_path) if one.kind is kind]
