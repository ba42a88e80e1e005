"""A backup of the keys from before a key encryption key was destroyed still opens, as long as it is kept."""

from __future__ import annotations

import subprocess

import pytest
import sqlalchemy as sa

from config import Config
from privacy.db import session
from tests.callers import Service
from tests.recovery.desk import inside
from tests.recovery.drill import PROGRAM, Drill, person


@pytest.mark.timeout(600)
def test_owners_keys_are_wrapped_anew(installed: Service, config: Config, target: str) -> None:
    drill = Drill.begin(installed, config, target, 2)
    drill.withdraw(range(1))
    here = drill.environ() | {"PRIVACY_DATABASE_URL": config.database_url}
    for arguments in (["rotate", "wrap"], ["destroy", "wrap", "1", "--yes"]):
        done = subprocess.run([PROGRAM, "keys", *arguments], env=here, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    drill.catch_up()

    shown = drill.restore()

    assert shown["released"], shown
    assert shown["keys"]["destroyed"] == 0
    with drill.restored() as there:
        assert there.caller().check(person(0))["reason"] == "withdrawn"
        assert there.caller().check(person(1))["allowed"]
        with inside(there.app):
            for table in ("owner_key", "wrapping_key"):
                column = "wrapped_by" if table == "owner_key" else "number"
                query = sa.text(f"SELECT DISTINCT {column} FROM {table}")
                assert session().scalars(query).all() == [2]
            session().rollback()
