"""Rotating the index key: at any point of it every answer is what it would be without, and no value stands twice."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import OPERATOR
from privacy.consent import service as consent
from privacy.consent.checking import Check
from privacy.crypto import keyring
from privacy.crypto.keyring import Keyring, KeyringUnusable, KeyUse
from privacy.db import Readers, db, end_read, engine_url, session, unit_of_work
from privacy.errors import Unavailable
from privacy.keys import service as keys
from privacy.subjects import index_moving, placing
from privacy.subjects import service as subjects
from privacy.subjects.models import SubjectContact
from privacy.subjects.rotation_models import IndexRotation
from privacy.subjects.service import IndexesMove, IndexKeyInUse
from tests.consent.desk import Desk, clock_at, lay_programme
from tests.consent.histories import ACCOUNTS, EMAILS, END, histories, tell, who
from tests.consent.oracle import Oracle, Said, questions
from tests.consent.test_check_matrix import _NOW, _WHO, ROWS, _programme, happen, people_of, time_of
from tests.databases import KINDS, Database, bare_app
from tests.keys.index_moves import Moves, accounts_twice, values_apart
from tests.sizes import size

ANNA = {"customer_id": "C-1", "email": "anna@example.com"}
JAN = {"customer_id": "C-2", "email": "anna@example.com"}
QUESTIONS = list(questions(ACCOUNTS, EMAILS))
_tags = itertools.count()


@pytest.fixture
def desk(context: Flask, in_force: None) -> Desk:
    assert context
    return Desk(lay_programme())


@pytest.fixture
def moves(desk: Desk, ring: Keyring, tmp_path: Path) -> Moves:
    assert desk
    return Moves(tmp_path / "keyring", ring)


def test_after_it_the_old_key_is_gone_and_everything_is_found(desk: Desk, moves: Moves) -> None:
    desk.record(ANNA, "give")
    desk.record(JAN, "withdraw")
    before = moves.under()
    view = moves.begin()
    assert (view.old, view.new) == (1, 2)
    assert moves.finish().moved == 4
    assert (before, moves.under()) == ({1: 4}, {2: 4})
    assert keyring.installed().numbers(KeyUse.INDEX) == [2]
    assert desk.reason(ANNA) == "shared_contact"
    assert desk.reason({"email": "ANNA@example.com"}) == "withdrawn"
    desk.record({"customer_id": "C-1", "email": "new@example.com"}, "give")
    assert moves.under() == {2: 5}
    assert [one for one in _actions() if one.startswith("keys.index")] == [
        "keys.index_rotation_began",
        "keys.index_rotated",
    ]
    assert (desk.findings(), accounts_twice(), values_apart()) == ([], [], [])


def test_at_every_step_every_answer_is_that_of_the_matrix(desk: Desk, moves: Moves) -> None:
    half = len(ROWS) // 2
    for number, row in enumerate(ROWS):
        if number == half:
            moves.begin()
        for fact in row.get("facts", []):
            happen(_programme(desk, row.get("programme", {})), number, fact)
        if number > half:
            moves.move(1)
    assert set(moves.under()) == {1, 2}
    for number, row in enumerate(ROWS):
        assert _answer(desk, number, row) == row["answer"], row["rule"]
        moves.move(1)
    moves.finish()
    assert (moves.under().keys(), desk.findings(), values_apart()) == ({2}, [], [])


def _answer(desk: Desk, number: int, row: dict[str, Any]) -> str:
    desk = _programme(desk, row.get("programme", {}))
    with clock_at(time_of(str(row.get("now", _NOW)))):
        at = time_of(row["at"]) if "at" in row else None
        named = people_of(number, row.get("who", _WHO))
        return desk.reason(named, row.get("purpose", "offers"), row.get("channel", "email"), at=at)


@pytest.fixture(scope="module", params=KINDS)
def long_lived(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, ring: Keyring
) -> Iterator[tuple[Desk, Moves]]:
    """A desk whose index key is rotated again and again."""
    keyring.install(ring)
    template = request.getfixturevalue(f"_{request.param}_template")
    folder = tmp_path_factory.mktemp("rotated")
    database = template.copy_to(folder)
    with bare_app(database).app_context():
        yield Desk(lay_programme()), Moves(folder / "keyring", ring)
        db.session.remove()
        db.engine.dispose()
    keyring.install(ring)
    template.drop(database)


@settings(max_examples=size("examples_database"))
@given(history=histories, data=st.data())
def test_whenever_values_move_the_service_says_what_a_naive_reading_says(
    long_lived: tuple[Desk, Moves], history: list[Said], data: st.DataObject
) -> None:
    desk, moves = long_lived
    keyring.install(Keyring.load(moves.file))
    moves.begin()  # Or go on with the one of an example that was given up half-way, whose people are others.
    tag, oracle = f"r{next(_tags)}", Oracle(history)
    for said in history:
        tell(desk, tag, said)
        moves.move(data.draw(st.integers(1, 4)))
    for question in QUESTIONS:
        with clock_at(END):
            assert desk.reason(who(tag, *question)) == oracle.answer(*question)
        moves.move(1)
    moves.finish()
    with clock_at(END):
        assert {one: desk.reason(who(tag, *one)) for one in QUESTIONS} == {
            one: oracle.answer(*one) for one in QUESTIONS
        }


# A read between whose statements values move.


@pytest.mark.parametrize("guarded", [True, False])
def test_a_check_that_values_overtake_is_asked_anew(
    desk: Desk, moves: Moves, database: Database, guarded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.record(ANNA, "give")
    moves.begin()
    moves.move(1)
    made = Check.__init__
    asked = []

    def overtaken(self: Check, *arguments: Any, **named: Any) -> None:
        made(self, *arguments, **named)
        asked.append(self)
        if len(asked) == 1:
            while not moves.move(1).done:
                pass

    monkeypatch.setattr(Check, "__init__", overtaken)
    if not guarded:
        monkeypatch.setattr(placing, "_is", lambda *_: True)
    readers = Readers(engine_url(database.url), wal=False)
    question = consent.CheckIn(desk.name(ANNA), desk.programme.purpose("offers"), "email")
    out = consent.check(question, actor=OPERATOR, programme=desk.programme, driver=readers.get())
    readers.drop()
    assert (out.decision.reason.value, len(asked)) == (("given", 2) if guarded else ("no_record", 1))


def test_a_read_that_is_overtaken_again_and_again_asks_for_a_pause(desk: Desk, moves: Moves) -> None:
    for number in range(8):
        desk.record({"email": f"p{number}@example.com"}, "give")
    moves.begin()
    waited = []

    def read(_driver: object) -> tuple[Any, ...]:
        found = subjects.find_ids(desk.name({"email": "p3@example.com"}))
        end_read()
        waited.append(moves.move(1).wait_until)
        return found

    assert len(subjects.steadily(None, read)) == 1
    assert [one is not None for one in waited] == [False, False, False, True]


def test_nothing_moves_while_a_long_read_asks_for_it(desk: Desk, moves: Moves) -> None:
    desk.record(ANNA, "give")
    moves.begin()
    with subjects.standing_still() as ask:
        ask()
        index = desk.contact({"email": ANNA["email"]}).index
        assert moves.move(10).wait_until is not None
        assert desk.contact({"email": ANNA["email"]}).index == index
    with clock_at(clock.micros() + clock.DAY):
        assert moves.move(10).values == 2


def test_a_long_read_that_was_overtaken_all_the_same_fails(desk: Desk, moves: Moves) -> None:
    desk.record(ANNA, "give")
    moves.begin()
    with pytest.raises(IndexesMove), subjects.standing_still():
        with unit_of_work() as current:
            current.execute(sa.update(IndexRotation).values(held_until=0))
        moves.move(10)


def test_an_index_is_not_made_where_nobody_sees_to_it_that_it_stays_true(desk: Desk, moves: Moves) -> None:
    contact = desk.contact({"email": ANNA["email"]})
    moves.begin()
    with pytest.raises(RuntimeError):
        assert contact.index


# Writers beside whoever moves values.


@pytest.mark.parametrize("guarded", [True, False])
def test_no_value_moves_beside_a_writer(
    desk: Desk, moves: Moves, database: Database, guarded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not guarded and database.kind == "sqlite":
        return  # SQLite has one writer: the second unit does not begin, whatever is taken away.
    if not guarded:
        monkeypatch.setattr(placing, "_SHARE", placing.Statement(sa.text("SELECT 1")))
    moves.begin()
    outcome: list[str] = []
    app = bare_app(database)

    def mover() -> None:
        with app.app_context():
            try:
                moves.move(50)
                outcome.append("moved")
            except Unavailable:
                outcome.append("refused")
            finally:
                db.session.remove()
                db.engine.dispose()

    with unit_of_work():
        given = desk.act_in(ANNA, "give")
        consent.record(given, actor=desk.actor, programme=desk.programme)
        if database.kind == "postgresql":
            _in_a_thread(mover)
    if database.kind == "sqlite":
        _in_a_thread(mover)
    if guarded:
        assert outcome == (["refused"] if database.kind == "postgresql" else ["moved"])
        assert desk.reason(ANNA) == "given"
    else:
        # Everything counts as moved, and what the writer just stored is not: nobody finds it, and it could come twice.
        assert outcome == ["moved"]
        assert desk.reason(ANNA) == "no_record"
        desk.record(ANNA, "give")
        assert accounts_twice() == ["C-1"]


def _in_a_thread(run: Callable[[], None]) -> None:
    thread = threading.Thread(target=run)
    thread.start()
    thread.join(60)
    assert not thread.is_alive()


def test_a_writer_that_slept_through_the_beginning_learns_of_it_under_its_locks(desk: Desk, moves: Moves) -> None:
    desk.record(ANNA, "give")
    old = Keyring.load(moves.file)
    moves.begin()
    moves.move(50)
    keyring.install(old)
    assert subjects.at_rest() == placing.Placing(1)
    desk.record(ANNA, "withdraw")
    assert (accounts_twice(), values_apart(), desk.reason(ANNA)) == ([], [], "withdrawn")


def test_a_writer_whose_server_lacks_the_new_key_writes_nothing(desk: Desk, moves: Moves) -> None:
    desk.record(ANNA, "give")
    old = Keyring.load(moves.file)
    moves.begin()
    moves.move(50)
    old.path = None  # As a server has it whose folder nobody copied the new ring to.
    keyring.install(old)
    with pytest.raises(KeyringUnusable):
        desk.record(ANNA, "withdraw")
    keyring.install(Keyring.load(moves.file))
    assert desk.reason(ANNA) == "given"


# What is refused, waited for, or cannot be read.


def test_nothing_moves_until_every_process_must_have_seen_the_new_key(desk: Desk, moves: Moves) -> None:
    desk.record(ANNA, "give")
    moves.begin()
    with unit_of_work() as current:
        current.execute(sa.update(IndexRotation).values(published_at=None))
    assert moves.move(10).wait_until is not None
    with unit_of_work():
        keys.publish_index_rotation()
    published = clock.micros()
    with clock_at(published + placing.SAFE_AFTER - clock.SECOND):
        assert moves.move(10).wait_until is not None
    with clock_at(published + placing.SAFE_AFTER):
        assert moves.move(10).values == 2


def test_it_is_not_finished_while_anything_is_under_the_old_key(desk: Desk, moves: Moves) -> None:
    desk.record(ANNA, "give")
    moves.begin()
    with pytest.raises(IndexKeyInUse), unit_of_work():
        keys.record_index_rotated(actor=OPERATOR)
    with pytest.raises(IndexKeyInUse):
        subjects.ensure_index_key_ended(1)
    moves.finish()
    subjects.ensure_index_key_ended(1)
    with pytest.raises(IndexKeyInUse):
        subjects.ensure_index_key_ended(2)


def test_beginning_and_finishing_twice_is_once(desk: Desk, moves: Moves) -> None:
    desk.record(ANNA, "give")
    moves.begin()
    with unit_of_work():
        again = keys.record_index_began(keyring.installed(), actor=OPERATOR)
    assert (again.old, again.new) == (1, 2)
    while not moves.move(1).done:
        pass
    for _ in range(2):
        with unit_of_work():
            assert keys.record_index_rotated(actor=OPERATOR).finished_at is not None
    assert sum(one == "keys.index_rotated" for one in _actions()) == 1


def test_a_contact_with_many_holders_moves_whole(desk: Desk, moves: Moves) -> None:
    for number in range(12):
        desk.record({"customer_id": f"C-{number}", "email": "shop@example.com"}, "give")
    moves.begin()
    sizes = []
    while not (moved := moves.move(1)).done:
        sizes.append(moved.rows)
        assert values_apart() == []
    assert max([*sizes, moved.rows]) == 12


def test_a_value_that_does_not_open_keeps_its_company(desk: Desk, moves: Moves) -> None:
    desk.record(ANNA, "give")
    desk.record(JAN, "withdraw")
    desk.record({"customer_id": "C-3"}, "withdraw", channels=None)
    with unit_of_work() as current:
        first = current.scalar(sa.select(SubjectContact.id).order_by(SubjectContact.id).limit(1))
        current.execute(sa.update(SubjectContact).where(SubjectContact.id == first).values(value_enc=b"\x01damaged"))
    moves.begin()
    assert moves.finish().unread == 0  # Its other holder's copy tells the value.
    assert moves.under() == {2: 5}
    assert desk.reason({"email": ANNA["email"]}) == "withdrawn"
    with unit_of_work() as current:
        current.execute(sa.update(SubjectContact).values(value_enc=b"\x01damaged"))
    moves.begin()
    assert moves.finish().unread == 1
    indexes = set(session().scalars(sa.select(SubjectContact.value_bidx)))
    assert len(indexes) == 1


def test_a_number_that_an_older_programme_read_moves_as_it_was_read(
    desk: Desk, moves: Moves, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.record({"phone": "600100200"}, "give", channels=["sms"])
    known = index_moving.programmes.by_number
    abroad = Desk(desk.programme).where(country="DE").programme
    monkeypatch.setattr(index_moving.programmes, "current_number", lambda: 2)
    monkeypatch.setattr(index_moving.programmes, "by_number", lambda number: abroad if number == 2 else known(number))
    moves.begin()
    assert moves.finish().unread == 0
    monkeypatch.undo()
    assert desk.reason({"phone": "+48600100200"}, channel="sms") == "given"


def test_a_restored_database_whose_key_is_gone_is_indexed_anew(desk: Desk, moves: Moves) -> None:
    desk.record(ANNA, "give")
    desk.record(JAN, "withdraw")
    desk.record({"customer_id": "C-3", "email": "third@example.com"}, "give")
    moves.begin()
    moves.move(2)  # A backup in the middle of a rotation.
    ring = Keyring.load(moves.file).with_new(KeyUse.INDEX)
    moves.put(ring.without(KeyUse.INDEX, 1).without(KeyUse.INDEX, 2))
    end_read()
    assert keys.reindex_all() == 0
    assert moves.under() == {3: 6}
    assert (desk.reason(ANNA), desk.reason({"email": "third@example.com"})) == ("shared_contact", "given")
    assert desk.reason({"customer_id": "C-3", "email": "third@example.com"}) == "given"
    assert keys.reindex_all() == 0  # Once more changes nothing.
    moves.begin()
    moves.finish()
    assert moves.under() == {4: 6}


def _actions() -> list[str]:
    found = list(audit.actions_since(session(), None))
    end_read()
    return found
