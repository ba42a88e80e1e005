"""Two workers meet the same people at once: each is warned once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from privacy.authz.actors import SERVICE
from privacy.crypto.owner_keys import OwnerKeyRow
from privacy.db import db, session, unit_of_work
from privacy.outbox.models import OutboxMessage
from privacy.programme import service as programmes
from privacy.retention.warnings import warnings
from privacy.retention.warnings.models import RetentionWarning
from privacy.retention.warnings.warned import Warned
from tests.databases import Database
from tests.retention.warning_desk import RUN, a_desk
from tests.sizes import size

_WORKERS = 4


@pytest.mark.usefixtures("frozen")
def test_a_person_is_warned_once_whatever_number_of_workers_meets_them(
    context: Flask, frozen: time_machine.Traveller, database: Database
) -> None:
    a_desk(frozen)
    rule = programmes.current().retention_rules["membership"]
    db.session.remove()
    people = [Warned(frozenset({("email", f"member{n}@example.com")})) for n in range(size("warned_at_once"))]
    together = threading.Barrier(_WORKERS)

    def work(_: int) -> int:
        begun = 0
        with context.app_context():
            for one in people:
                together.wait(30)
                with unit_of_work():
                    begun += warnings.warn(RUN, [one], rule, actor=SERVICE)
            db.session.remove()
        return begun

    with ThreadPoolExecutor(_WORKERS) as pool:
        begun = sum(pool.map(work, range(_WORKERS)))
    assert begun == len(people)
    for model, count in ((RetentionWarning, len(people)), (OutboxMessage, len(people))):
        assert session().scalar(sa.select(sa.func.count()).select_from(model)) == count
    ids = set(session().scalars(sa.select(RetentionWarning.id)))
    keys = set(session().scalars(sa.select(OwnerKeyRow.owner_id)))
    assert ids <= keys
