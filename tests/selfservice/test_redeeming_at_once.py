"""Many send the same code and the same link at the same time: one session, whoever is first."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from privacy.db import db, session, unit_of_work
from privacy.selfservice import entries
from privacy.selfservice import service as selfservice
from privacy.selfservice.models import PersonEntry, PersonSession
from privacy.selfservice.service import Redeemed
from tests.consent.desk import lay_programme
from tests.databases import Database, bare_app
from tests.selfservice.visitors import ANNA, asked, known
from tests.sizes import size

AT_ONCE = 50


@pytest.fixture
def apps(database: Database) -> list[Flask]:
    """Several servers on one database."""
    return [bare_app(database) for _ in range(4)]


def _race(apps: list[Flask], redeem: Callable[[], Redeemed | None], runners: int = AT_ONCE) -> int:
    """How many of so many get in, all of them starting at once."""
    barrier, got = threading.Barrier(runners), []

    def run(number: int) -> None:
        with apps[number % len(apps)].app_context():
            barrier.wait()
            with unit_of_work():
                found = redeem()
            got.append(found is not None)
            db.session.remove()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(runners)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == runners
    return sum(got)


def test_fifty_at_once_open_one_session(apps: list[Flask]) -> None:
    for number in range(size("kills")):
        with apps[0].app_context():
            if number == 0:
                lay_programme()
            known({"customer_id": f"C-{number}", "email": f"anna{number}@example.com"})
            letter = asked(f"anna{number}@example.com", f"browser {number}", network=f"198.51.{number % 250}.1")
            db.session.remove()
        assert letter
        by: Callable[[], Redeemed | None] = (
            (lambda: selfservice.redeem_code(f"browser {number}", letter.code, None))  # noqa: B023  # used in this round
            if number % 2
            else (lambda: selfservice.redeem_ticket(f"browser {number}", letter.ticket, None))  # noqa: B023  # the same
        )
        assert _race(apps, by) == 1
        with apps[0].app_context():
            assert session().scalar(sa.select(sa.func.count()).select_from(PersonSession)) == number + 1
            db.session.remove()
    for app in apps:
        with app.app_context():
            db.engine.dispose()


def test_guesses_at_once_are_counted_one_by_one(apps: list[Flask]) -> None:
    with apps[0].app_context():
        lay_programme()
        known(ANNA)
        letter = asked(ANNA["email"])
        db.session.remove()
    assert letter
    wrong = "00000000" if letter.code != "00000000" else "00000001"
    assert _race(apps, lambda: selfservice.redeem_code("browser", wrong, None), 20) == 0
    with apps[0].app_context():
        assert session().scalar(sa.select(PersonEntry.tries)) == entries.MOST_TRIES
        db.session.remove()
    for app in apps:
        with app.app_context():
            db.engine.dispose()
