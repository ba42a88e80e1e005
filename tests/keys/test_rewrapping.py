"""A new key encryption key takes the place of the old one, which then can go: nothing is lost, nothing stops."""

from __future__ import annotations

import threading
from typing import Any, cast
from uuid import UUID

import pytest
import sqlalchemy as sa
from click.testing import Result

from privacy.authz.actors import OPERATOR
from privacy.cli import rings
from privacy.crypto import keyring
from privacy.crypto.keyring import Keyring, KeyringUnusable, KeyUse
from privacy.crypto.owner_keys import OwnerKeyRow, load_owner_key, new_owner_key
from privacy.db import INTEGRITY_ERRORS, new_id, session, unit_of_work
from privacy.keys import service as keys
from privacy.subjects.models import DataSubject
from tests.callers import a_give
from tests.databases import Database
from tests.keys.conftest import PEOPLE, Installation, a_person


def test_everything_is_under_the_new_key_and_the_old_one_goes(installation: Installation) -> None:
    before = installation.under()
    assert list(before) == [1]
    told = installation.cli.json("keys", "rotate", "wrap")
    assert told == {"number": 2, "rewrapped": before[1], "broken": []}
    assert installation.under() == {2: before[1]}
    assert all(installation.allowed(number) for number in range(PEOPLE))
    installation.cli("keys", "destroy", "wrap", "1")
    assert (installation.ring().numbers(KeyUse.WRAP), installation.wrapping_keys()) == ([2], [2])
    assert all(installation.allowed(number) for number in range(PEOPLE))
    installation.record(range(PEOPLE, PEOPLE + 2))
    assert installation.under() == {2: before[1] + 2}
    assert installation.actions() == ["keys.added", "keys.rewrapped", "keys.destroyed"]
    installation.assert_verifies()


def test_a_rotation_that_is_not_finished_is_finished_before_another_begins(installation: Installation) -> None:
    installation.cli("keys", "rotate", "wrap")
    stale = Keyring([key for key in keys_of(installation) if (key.use, key.number) != (KeyUse.WRAP, 2)])
    late = new_id()

    def write_late() -> None:
        """As a process does that has not heard of the new key."""
        _key, row = new_owner_key(stale, late)
        with unit_of_work() as current:
            current.execute(sa.insert(OwnerKeyRow).values(**row))

    installation.asked(write_late)
    assert "1 owners' keys are under" in refused(installation, "destroy", "wrap", "1").output
    assert installation.cli.json("keys", "rotate", "wrap")["rewrapped"] == 1
    assert list(installation.under()) == [2]
    assert installation.cli.json("keys", "rotate", "wrap")["number"] == 3
    assert installation.ring().numbers(KeyUse.WRAP) == [3, 2, 1]


@pytest.mark.parametrize("guarded", [True, False], ids=["guarded", "unguarded"])
def test_what_a_late_writer_wraps_under_a_destroyed_key_is_refused(
    installation: Installation, database: Database, guarded: bool
) -> None:
    """By the foreign key: without it the writer's key would be stored, and nobody could ever open it."""
    stale = Keyring(keys_of(installation))
    installation.cli("keys", "rotate", "wrap")
    installation.cli("keys", "destroy", "wrap", "1")
    owner = new_id()
    _key, row = new_owner_key(stale, owner)
    engine = database.engine()
    with engine.connect() as connection:
        if not guarded:
            unguard(connection)
        try:
            connection.execute(sa.insert(OwnerKeyRow).values(**row))
            connection.commit()
            stored = True
        except INTEGRITY_ERRORS:
            stored = False
    engine.dispose()
    assert stored is not guarded
    if stored:
        with pytest.raises(KeyringUnusable):
            installation.asked(lambda: load_owner_key(session(), installation.ring(), owner))


def unguard(connection: sa.Connection) -> None:
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA foreign_keys=OFF")
    else:
        connection.exec_driver_sql("ALTER TABLE owner_key DROP CONSTRAINT fk_owner_key_wrapped_by_wrapping_key")


def test_the_key_in_use_and_keys_that_never_go_are_refused(installation: Installation) -> None:
    assert "is the one in use" in refused(installation, "destroy", "wrap", "1").output
    assert "has no wrap key number 9" in refused(installation, "destroy", "wrap", "9", exit_code=3).output
    assert refused(installation, "destroy", "suppression", "1", exit_code=2)
    assert installation.ring().numbers(KeyUse.WRAP) == [1]


def test_one_lost_key_is_that_owners_loss_alone(installation: Installation) -> None:
    """F19. It is named, it holds up nobody else's, and the old key is kept for it."""
    lost = max(installation.asked(people))
    installation.run(sa.update(OwnerKeyRow).where(OwnerKeyRow.owner_id == lost).values(wrapped_enc=b"\x01" + bytes(60)))
    told = installation.cli.json("keys", "rotate", "wrap", exit_code=1)
    assert (told["rewrapped"], told["broken"]) == (len(installation.versions()) - 1, [str(lost)])
    refused(installation, "destroy", "wrap", "1")
    withdrawn = [
        installation.caller.post(
            "/consents", a_give(a_person(number), channels=["email"], act="withdraw", wording=None, notice=None)
        ).status_code
        for number in range(PEOPLE)
    ]
    assert sorted(withdrawn)[:-1] == [201] * (PEOPLE - 1)
    assert withdrawn.count(201) == PEOPLE - 1


def test_a_new_backup_key_is_used_at_once_and_the_old_one_can_go(installation: Installation) -> None:
    assert installation.cli.json("keys", "rotate", "backup") == {"number": 2}
    assert keyring.installed().current(KeyUse.BACKUP).number == 2
    installation.cli("keys", "destroy", "backup", "1")
    assert installation.ring().numbers(KeyUse.BACKUP) == [2]
    assert installation.actions() == ["keys.added", "keys.destroyed"]
    installation.assert_verifies()


def test_a_key_is_closed_once_and_what_is_under_it_keeps_it_open(installation: Installation) -> None:
    def close(number: int) -> bool:
        with unit_of_work():
            return keys.close_key(KeyUse.WRAP, number, actor=OPERATOR)

    installation.cli("keys", "rotate", "wrap")
    assert installation.asked(lambda: close(1)) is True
    assert installation.asked(lambda: close(1)) is False
    status = installation.cli.json("keys", "status")
    assert [(key["number"], key["ended"]) for key in status["keys"] if key["use"] == "wrap"] == [(2, False), (1, True)]
    assert "half destroyed" in status["warnings"][0]
    installation.cli("keys", "destroy", "wrap", "1")
    assert installation.actions().count("keys.destroyed") == 1
    with pytest.raises(keys.KeyInUse, match=str(len(installation.versions()))):
        installation.asked(lambda: close(2))
    assert installation.wrapping_keys() == [2]


def people() -> list[UUID]:
    return list(session().scalars(sa.select(DataSubject.id)))


def keys_of(installation: Installation) -> list[keyring.Key]:
    ring = installation.ring()
    return [ring.get(use, number) for use in KeyUse for number in ring.numbers(use)]


def refused(installation: Installation, *arguments: str, exit_code: int = 6) -> Result:
    done = installation.cli.run("keys", *arguments)
    assert done.exit_code == exit_code, done.output
    return done


def test_two_runs_at_once_share_the_work(installation: Installation) -> None:
    """Portions in turns, of which each finds what the other has left."""
    installation.cli("keys", "rotate", "wrap")
    current = rings_with_one_more(installation)
    taken: list[int] = []

    def portion() -> None:
        with unit_of_work():
            taken.append(keys.rewrap(current, None, actor=OPERATOR).rewrapped)

    workers = [threading.Thread(target=lambda: installation.asked(portion)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    # On PostgreSQL the second passes over what the first has locked.
    assert sum(taken) == len(installation.versions())
    assert installation.under() == {3: sum(taken)}
    installation.assert_verifies()


def rings_with_one_more(installation: Installation) -> Keyring:
    def open_key(number: int) -> None:
        with unit_of_work():
            keys.open_key(number, actor=OPERATOR)

    return cast(Keyring, installation.asked(lambda: rings.add(installation.config, KeyUse.WRAP, open_key)))
