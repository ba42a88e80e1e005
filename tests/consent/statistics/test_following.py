"""The summary follows the log, counts each act once whatever happens, and equals the recount."""

from __future__ import annotations

import contextlib
import itertools
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from unittest.mock import patch
from uuid import UUID

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from privacy import clock
from privacy.authz.actors import OPERATOR, SERVICE
from privacy.consent import service as consent
from privacy.consent.statistics import asking, following, gathering
from privacy.consent.statistics.models import ConsentActGone, ConsentStatistic, ConsentStatisticPlace
from privacy.db import Statement, db, session, unit_of_work
from privacy.errors import PrivacyError
from privacy.subjects import service as subjects
from tests.consent.desk import Desk, claim, clock_at, lay_programme
from tests.consent.histories import START, acts, tell, who
from tests.consent.oracle import Said
from tests.consent.statistics.counted import answered, ask, compare, erase, follow, follow_all, sequence
from tests.databases import Database, bare_app
from tests.killed_lines import on_lines
from tests.sizes import size

ANNA = {"customer_id": "C-1001", "email": "anna.nowak@example.com"}
JAN = {"customer_id": "C-2002", "email": "jan.nowak@example.com"}
EWA = {"email": "ewa.lis@example.com"}
FILES = frozenset({following.__file__, gathering.__file__})
_tags = itertools.count()


class Killed(Exception):
    """In place of a kill: the unit of work is lost as with the process."""


def killed_before(line: int) -> None:
    """Follow, and be killed before that line of the follower's program; shorter ones end."""
    left = iter(range(line + 1))

    def told() -> None:
        if next(left, None) is None:
            raise Killed

    try:
        with unit_of_work(), on_lines(FILES, told):
            following.follow(3)
    except Killed:
        pass


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


#: What may happen, in any order: an act, or what is done to people or to the counts.
_steps = st.lists(
    st.one_of(
        acts(),
        acts(),
        st.tuples(st.just("follow"), st.integers(1, 4)),
        st.tuples(st.just("kill"), st.integers(0, 120)),
        st.tuples(st.just("erase"), st.sampled_from(["C1", "C2", "K1"])),
        st.tuples(st.sampled_from(["sequence", "annul", "anew", "merge", "unmerge"]), st.just(0)),
    ),
    min_size=1,
    max_size=25,
)


@settings(max_examples=size("examples_database"))
@given(steps=_steps)
def test_after_any_interleaving_the_summary_equals_the_recount(
    shared_desk: Desk, tmp_path_factory: pytest.TempPathFactory, steps: Sequence[Said | tuple[str, int | str]]
) -> None:
    folder = _anchors(tmp_path_factory)
    tag = f"s{next(_tags)}"
    for step in steps:
        if isinstance(step, Said):
            tell(shared_desk, tag, step)
        else:
            _do(shared_desk, tag, folder, step)
    sequence(folder)
    follow_all(3)
    compare()


@settings(max_examples=size("examples_database"))
@given(steps=_steps)
def test_the_answer_is_exact_however_far_the_summary_is(
    shared_desk: Desk, tmp_path_factory: pytest.TempPathFactory, steps: Sequence[Said | tuple[str, int | str]]
) -> None:
    folder = _anchors(tmp_path_factory)
    sequence(folder)
    follow_all()
    tag = f"s{next(_tags)}"
    for step in steps:
        if isinstance(step, Said):
            tell(shared_desk, tag, step)
        elif step[0] != "anew":
            _do(shared_desk, tag, folder, step)
        assert answered() == dict(consent.recount_statistics())
        session().rollback()


_places: dict[str, Path] = {}


def _anchors(factory: pytest.TempPathFactory) -> Path:
    """One folder for each database: its anchor says which log was published there."""
    url = str(db.engine.url)
    if url not in _places:
        _places[url] = factory.mktemp("anchors")
    return _places[url]


def _do(desk: Desk, tag: str, folder: Path, step: tuple[str, int | str]) -> None:
    what, how = step
    if what == "follow":
        follow(int(how))
    elif what == "kill":
        killed_before(int(how))
    elif what == "sequence":
        sequence(folder)
    elif what == "anew":
        with unit_of_work():
            consent.begin_statistics_anew(actor=OPERATOR)
    elif what == "annul":
        _annul(desk, tag)
    elif what == "erase":
        _erase(desk, tag, str(how))
    else:
        _pair(desk, tag, what)


def _annul(desk: Desk, tag: str) -> None:
    for account in ("C1", "C2", "K1", "K2"):
        found = _known(desk, tag, account)
        mine = [view for view in consent.history(found, actor=OPERATOR) if not view.annulled] if found else []
        session().rollback()
        if mine and mine[-1].act is not consent.ActKind.ANNUL:
            desk.annul(act_id=mine[-1].id)
            return


def _erase(desk: Desk, tag: str, account: str) -> None:
    found = _known(desk, tag, account)
    if found:
        erase(found)


def _known(desk: Desk, tag: str, account: str) -> UUID | None:
    found = subjects.find_ids(desk.name(who(tag, (account,), None)))
    session().rollback()
    return found[0] if found else None


def _pair(desk: Desk, tag: str, what: str) -> None:
    one, other = (who(tag, (account,), None) for account in ("C1", "C2"))
    with clock_at(START):
        for customer in (one, other):
            desk.put(customer)
        with contextlib.suppress(PrivacyError):  # They are merged already, or not at all.
            (desk.merge if what == "merge" else desk.unmerge)(one, other)


@pytest.fixture
def app(database: Database, in_force: None) -> Iterator[Flask]:
    made = bare_app(database)
    yield made
    with made.app_context():
        db.engine.dispose()


def test_two_followers_beside_writers_and_erasures_count_once(app: Flask, folder: Path) -> None:
    race(app, folder)


def race(app: Flask, folder: Path) -> None:
    """Two followers beside somebody who records, sequences and erases."""
    done, start = threading.Event(), threading.Barrier(3)
    failures: list[BaseException] = []

    def chase() -> None:
        while not done.is_set():
            follow(3)

    def run(what: Callable[[], None]) -> None:
        try:
            with app.app_context():
                start.wait()
                what()
        except BaseException as error:  # a thread's failure fails the test
            failures.append(error)
        finally:
            if what is not chase:
                done.set()

    threads = [threading.Thread(target=run, args=(what,)) for what in (partial(_write_all, folder), chase, chase)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with app.app_context():
        sequence(folder)
        follow_all()
        compare()
        assert consent.counted_statistics()


def _write_all(folder: Path) -> None:
    desk = Desk(lay_programme())
    for number in range(size("races")):
        person = {"customer_id": f"C-{number}", "email": f"person{number}@example.com"}
        desk.record(person, "give")
        desk.record(person, "withdraw")
        sequence(folder)
        if number % 3 == 0:
            erase(desk.subject(person))


def test_what_is_erased_leaves_by_rows_that_are_only_inserted(desk: Desk, folder: Path) -> None:
    desk.record(ANNA, "give")
    desk.record(JAN, "give")
    sequence(folder)
    follow_all()
    statements = _heard(lambda: erase(desk.subject(ANNA)))
    assert not [one for one in statements if "consent_statistic" in one]
    assert [one for one in statements if "consent_act_gone" in one and not one.startswith("INSERT")] == []
    assert ask().total.acts == {"give": 1}
    session().rollback()
    follow_all()
    compare()
    assert session().scalar(sa.select(sa.func.count()).select_from(ConsentActGone)) == 0


def test_who_is_erased_before_the_follower_came_by_was_never_counted(desk: Desk, folder: Path) -> None:
    desk.record(JAN, "give")
    sequence(folder)
    follow_all()
    desk.record(ANNA, "give")
    sequence(folder)
    erase(desk.subject(ANNA))
    desk.record(EWA, "give")
    erase(desk.subject(EWA))
    assert ask().total.acts == {"give": 1}
    session().rollback()
    follow(1)
    sequence(folder)
    follow_all(1)
    compare()
    assert ask().total.acts == {"give": 1}


def test_recording_an_act_speaks_to_no_table_of_the_statistics(desk: Desk) -> None:
    statements = _heard(lambda: desk.record(ANNA, "give"))
    assert statements
    assert not [one for one in statements if "consent_statistic" in one or "consent_act_gone" in one]


def _heard(what: Callable[[], object]) -> list[str]:
    """The statements that a piece of work sends, those below SQLAlchemy included."""
    found: list[str] = []

    def heard(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        found.append(statement)

    plain = Statement.sql

    def told(self: Statement, dialect: str) -> str:
        text = plain(self, dialect)
        found.append(text)
        return text

    sa.event.listen(db.engine, "before_cursor_execute", heard)
    try:
        with patch.object(Statement, "sql", told):
            what()
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", heard)
    return found


def test_unconfirmed_requests_leave_too(desk: Desk, folder: Path, frozen: time_machine.Traveller) -> None:
    desk.record(EWA, "request", purpose="newsletter", wording=consent.Cited("newsletter"))
    sequence(folder)
    follow_all()
    assert ask().total.acts == {"request": 1}
    session().rollback()
    frozen.shift(15 * 86_400)
    with unit_of_work():
        assert consent.delete_unconfirmed(clock.micros(), actor=SERVICE, held=lambda _ids: set()) == 1
    assert ask().total.acts == {}
    session().rollback()
    follow_all()
    compare()


def test_history_counts_on_the_day_that_it_tells_of(desk: Desk, folder: Path) -> None:
    desk.record(ANNA, "give", claim=claim("2024-05-06T10:00:00+02:00"))
    sequence(folder)
    follow_all()
    compare()
    [count] = [one for one in ask().counts if one.counted == "give"]
    assert count.step == date(2024, 5, 6)


def test_counting_begins_anew_under_another_clock_or_log(desk: Desk, folder: Path) -> None:
    desk.record(ANNA, "give")
    sequence(folder)
    follow_all()
    for change in ({"zone": "Pacific/Auckland"}, {"origin": "another.example/log"}, {"place": 10**9}):
        with unit_of_work() as current:
            current.execute(sa.update(ConsentStatisticPlace).values(**change))
            current.execute(sa.update(ConsentStatistic).values(acts=77))
        follow_all()
        compare()


def test_figures_are_called_too_low_until_everybody_was_gone_through(desk: Desk, folder: Path) -> None:
    assert not ask().is_whole
    session().rollback()
    for number in range(5):
        desk.record({"customer_id": f"C-{number}", "email": f"p{number}@example.com"}, "give")
    sequence(folder)
    for _ in range(3):
        follow(2)
    found = ask()
    session().rollback()
    assert not found.is_whole
    assert 0 < found.total.acts["give"] < 5
    follow_all()
    assert ask().is_whole
    assert ask().total.acts == {"give": 5}


def test_more_than_can_be_counted_at_once_is_told_by_as_of(
    desk: Desk, folder: Path, frozen: time_machine.Traveller
) -> None:
    desk.record(ANNA, "give")
    sequence(folder)
    follow_all()
    reached = clock.micros()
    frozen.shift(60)
    desk.record(JAN, "give")
    with patch.object(asking, "_TAIL", 0):
        found = ask()
    session().rollback()
    assert (found.as_of, found.total.acts) == (reached, {"give": 1})
    found = ask()
    assert (found.as_of, found.total.acts) == (clock.micros(), {"give": 2})
