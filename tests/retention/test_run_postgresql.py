"""A disposal run in a system that is a PostgreSQL: days and times as it keeps them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from privacy.authz.actors import OPERATOR
from privacy.db import db, engine_url, new_id
from privacy.retention.runs import executing
from privacy.retention.runs.vocabulary import RunState
from privacy.systems import service as systems
from tests.databases import Database, bare_app
from tests.retention.offices import Office, an_office

pytestmark = pytest.mark.usefixtures("in_force")

_SCHEMA = """
CREATE TABLE talk (id integer PRIMARY KEY, email text, said text, held_on timestamptz);
INSERT INTO talk SELECT n, 'p' || n || '@example.com', 'hello',
    CASE WHEN mod(n, 2) = 0 THEN timestamptz '2015-03-01 10:00+01' ELSE timestamptz '2026-06-01 10:00+02' END
    FROM generate_series(1, 40) n;
INSERT INTO talk VALUES (41, 'never@example.com', 'hello', NULL);
"""


@pytest.fixture
def chat(postgresql_server: str) -> Iterator[sa.Engine]:
    name = f"chat_{new_id().hex}"
    admin = sa.create_engine(engine_url(postgresql_server).set(database="postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine = sa.create_engine(engine_url(postgresql_server).set(database=name))
    with engine.begin() as connection:
        connection.exec_driver_sql(_SCHEMA)
    yield engine
    engine.dispose()
    with admin.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    admin.dispose()


@pytest.fixture
def office(database: Database, tmp_path: Path, chat: sa.Engine) -> Iterator[Office]:
    app = bare_app(database)
    office = an_office(app, tmp_path)
    url = chat.url.set(drivername="postgresql").render_as_string(hide_password=False)
    office.step(lambda *, actor: systems.put_connection("chat", {"url": url}, actor=actor), actor=OPERATOR)
    yield office
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_what_is_over_goes_and_what_has_no_day_stays(
    office: Office, chat: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(executing, "BATCH", 7)
    run_id = office.done(systems=["chat"])
    assert office.run(run_id).state == RunState.DONE
    assert office.did(run_id)["chat.talk"].deleted == office.counted(run_id)["chat.talk"].deleted == {"chat.talk": 20}
    with chat.connect() as connection:
        left = list(connection.scalars(sa.text("SELECT id FROM talk ORDER BY id")))
    assert left == [*range(1, 41, 2), 41]
    assert office.did(office.done(systems=["chat"]))["chat.talk"].total == 0
