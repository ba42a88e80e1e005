"""What lies in the files of a SQLite database after an erasure: its pages, those that are free, and its journal."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from privacy import db
from privacy.authz.actors import OPERATOR
from privacy.consent.models import ConsentAct
from privacy.crypto.keyring import Keyring
from privacy.crypto.owner_keys import OwnerKeyRow
from privacy.db import end_read, engine_url, session, unit_of_work
from privacy.erasure import service as erasure
from privacy.subjects.models import AccountIdentifier, SubjectContact
from tests.consent.desk import Desk, lay_programme
from tests.databases import Database, SqliteTemplate, bare_app
from tests.erasure.test_erasing import ANNA, ANNAS_MAIL, lived_in

#: Acts, so that whole pages become free and not only cells of a page.
_ACTS = 60
#: Bytes of an overwritten row that may be left of it: SQLite writes where a free block ends into its first four.
_ENOUGH = 24


@pytest.fixture
def sqlite(_sqlite_template: SqliteTemplate, tmp_path: Path, ring: Keyring) -> Iterator[Database]:
    """A database in a file of its own."""
    assert ring
    made = _sqlite_template.copy_to(tmp_path)
    yield made
    _sqlite_template.drop(made)


@pytest.fixture
def app(sqlite: Database) -> Iterator[Flask]:
    app = bare_app(sqlite)
    with app.app_context():
        yield app
        db.db.session.remove()
        db.db.engine.dispose()


def secrets_of(subject_ids: list[UUID]) -> dict[str, bytes]:
    """What must not be left of them: plaintexts, wrapped keys, and all that was sealed under these."""
    found = {f"plain {name}": value.encode() for name, value in ANNA.items() if name != "customer_id"}
    for table, column in (
        (OwnerKeyRow, OwnerKeyRow.owner_id),
        (SubjectContact, SubjectContact.subject_id),
        (AccountIdentifier, AccountIdentifier.subject_id),
        (ConsentAct, ConsentAct.subject_id),
    ):
        for row in session().execute(sa.select(table.__table__).where(column.in_(subject_ids))).mappings():
            for name, value in row.items():
                if name.endswith("_enc") and value is not None:
                    place = f"{table.__tablename__}.{name}"
                    found[f"{place} {len(found)}"] = bytes(value)[-_ENOUGH:]
    end_read()
    return found


def left_in_files(file: Path, secrets: dict[str, bytes]) -> set[str]:
    """Which of them stand in the database's file, its journal or its write-ahead log."""
    raw = b"".join(path.read_bytes() for path in sorted(file.parent.glob(f"{file.name}*")))
    return {name for name, value in secrets.items() if value in raw}


def lay(sqlite: Database) -> tuple[Desk, Path, UUID, dict[str, bytes]]:
    """Anna, with a long history; and what is to be hunted for."""
    desk = Desk(lay_programme())
    lived_in(desk)
    for number in range(_ACTS):
        desk.record(ANNA, "give" if number % 2 else "withdraw", evidence={"note": f"n{number}" * 40})
    anna = desk.subject(ANNA)
    secrets = secrets_of([anna, desk.subject(ANNAS_MAIL)])
    end_read()
    return desk, Path(str(engine_url(sqlite.url).database)), anna, secrets


def reset_log() -> None:
    """As docs/erasure.md says, where a write-ahead log is kept."""
    with db.db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def free_pages(file: Path) -> int:
    with closing(sqlite3.connect(file)) as connection:
        return int(connection.execute("PRAGMA freelist_count").fetchone()[0])


def test_nothing_of_an_erased_person_is_left_in_any_page(sqlite: Database, app: Flask) -> None:
    assert app
    desk, file, anna, secrets = lay(sqlite)
    reset_log()
    sealed = {name for name in secrets if not name.startswith("plain")}
    assert len(sealed) > _ACTS
    assert left_in_files(file, secrets) == sealed, "what is hunted for is there, and never in plain"
    with unit_of_work():
        erasure.erase_subject(anna, cause="request 7", actor=OPERATOR)
    reset_log()
    assert free_pages(file) > 0
    assert left_in_files(file, secrets) == set()
    assert desk.reason(ANNA) == "suppressed"


def test_without_overwriting_the_hunt_finds_what_is_left(sqlite: Database, app: Flask) -> None:
    """The control run: freed pages keep what they held."""
    assert app
    _, file, anna, secrets = lay(sqlite)
    db.db.session.remove()
    db.db.engine.dispose()

    def careless(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA secure_delete=OFF")

    sa.event.listen(db.db.engine, "connect", careless)
    with unit_of_work():
        erasure.erase_subject(anna, cause="request 7", actor=OPERATOR)
    sa.event.remove(db.db.engine, "connect", careless)
    reset_log()
    # New keys may lie where the old ones were; of so many acts most are still there.
    assert sum(name.startswith("consent_act") for name in left_in_files(file, secrets)) > _ACTS // 2
