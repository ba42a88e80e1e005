"""A hold placed a moment before a deletion is final wins, at whatever step of the deletion it is placed.

Deletions in another system are those of a batch as runs make them: look at the holds, delete, enter the gate, commit
there, leave. Those of our own people are real erasures. Each guard is taken away once, and then held data do go.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from privacy.authz.actors import OPERATOR
from privacy.db import db, end_read, new_id, session, unit_of_work
from privacy.erasure import service as erasure
from privacy.errors import PrivacyError
from privacy.programme import service as programmes
from privacy.retention import service as retention
from privacy.retention.holds import gate
from privacy.retention.holds.models import HeldPerson, HoldGate
from privacy.retention.service import HoldMustWait, HoldPlaced
from privacy.subjects import service as subjects
from tests.consent.desk import Desk
from tests.retention.hold_desk import colleague, wanted
from tests.sizes import size

pytestmark = pytest.mark.usefixtures("in_force")

#: Before each of these a hold is placed; from the fifth on it is too late.
STEPS = ("look", "plan", "delete", "enter", "commit", "leave", "end")
TOO_LATE = frozenset({"commit", "leave", "end"})
_PATIENCE = 30


@pytest.fixture
def office(context: Flask) -> Iterator[Flask]:
    """Erasures heed holds, and ewa answers for them."""
    colleague("ewa")
    end_read()
    erasure.install(erasure.Terms(), ensure=[retention.ensure_not_held])
    yield context
    erasure.install(erasure.Terms())


def elsewhere(app: Flask, work: Callable[[], object]) -> threading.Thread:
    """A thread with a session of its own."""

    def run() -> None:
        with app.app_context():
            try:
                work()
            finally:
                db.session.remove()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@dataclass
class Round:
    """One customer whose order is deleted, while a hold on them is placed before one step."""

    app: Flask
    system: sqlite3.Connection
    email: str
    step: str
    #: Whether the hold was committed before the deletion was.
    in_time: bool | None = None
    tries: list[str] = field(default_factory=list)

    def before(self, step: str) -> None:
        """Place the hold, if this is the step, and see it through or be told to wait."""
        if step == self.step and not self.tries:
            self.place()

    def place(self) -> None:
        """Try to place it on a connection of its own."""

        def work() -> None:
            try:
                with unit_of_work():
                    retention.place_hold(wanted({"email": self.email}), actor=OPERATOR)
                self.tries.append("placed")
            except HoldMustWait:
                self.tries.append("wait")

        elsewhere(self.app, work).join(_PATIENCE)

    def delete(self) -> None:
        """One batch, planned anew as often as a hold was placed."""
        batch = new_id()
        while True:
            self.before("look")
            holds = retention.in_force()
            end_read()
            self.before("plan")
            held = holds.on_row("shop", "shop", "orders", (), [("email", self.email)])
            self.before("delete")
            self.system.execute("BEGIN IMMEDIATE")
            if held is None:
                self.system.execute("DELETE FROM orders WHERE email = ?", (self.email,))
            self.before("enter")
            try:
                with unit_of_work():
                    retention.enter(batch, epoch=holds.epoch, seconds=60)
            except HoldPlaced:
                self.system.execute("ROLLBACK")
                continue
            self.before("commit")
            self.system.execute("COMMIT")
            self.before("leave")
            with unit_of_work():
                retention.leave(batch)
            self.before("end")
            return

    def is_there(self) -> bool:
        """Whether the order is."""
        [count] = self.system.execute("SELECT count(*) FROM orders WHERE email = ?", (self.email,)).fetchone()
        return bool(count)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Another system with orders."""
    connection = sqlite3.connect(tmp_path / "shop.sqlite3", isolation_level=None)
    connection.execute("CREATE TABLE orders (email TEXT)")
    yield connection
    connection.close()


def rounds(office: Flask, shop: sqlite3.Connection, number: int) -> list[Round]:
    """So many customers, the hold on each placed at another step; all run."""
    made = []
    for turn in range(number):
        one = Round(office, shop, f"customer{turn}@example.com", STEPS[turn % len(STEPS)])
        shop.execute("INSERT INTO orders VALUES (?)", (one.email,))
        one.delete()
        made.append(one)
    return made


def held_and_gone(done: list[Round]) -> list[Round]:
    """The rounds in which a hold was in force before the deletion was final, and the order went all the same."""
    return [one for one in done if one.step not in TOO_LATE and one.tries == ["placed"] and not one.is_there()]


def test_no_held_row_is_deleted_at_whatever_step_the_hold_is_placed(office: Flask, shop: sqlite3.Connection) -> None:
    done = rounds(office, shop, size("holds"))
    assert held_and_gone(done) == []
    by_step = {step: {tuple(one.tries) for one in done if one.step == step} for step in STEPS}
    assert by_step == {step: {("wait",) if step in {"commit", "leave"} else ("placed",)} for step in STEPS}, (
        "a hold waits while a deletion is being made final, and never else"
    )
    assert all(one.is_there() == (one.step not in TOO_LATE) for one in done)


def test_without_the_epoch_held_rows_go(office: Flask, shop: sqlite3.Connection) -> None:
    """The control run: a batch enters whatever was placed since it looked."""

    def enter_blindly(batch_id: UUID, *, epoch: int, seconds: float) -> None:
        gate.enter(batch_id, epoch=gate.epoch(), seconds=seconds)

    with patch.object(retention, "enter", enter_blindly):
        done = rounds(office, shop, len(STEPS))
    assert {one.step for one in held_and_gone(done)} == {"plan", "delete", "enter"}


def test_without_the_gate_a_hold_is_placed_on_what_goes_at_that_moment(office: Flask, shop: sqlite3.Connection) -> None:
    """The control run: placing does not look who is in the gate."""
    with patch.object(gate, "is_busy", return_value=False):
        done = rounds(office, shop, len(STEPS))
    [one] = [one for one in done if one.step == "commit"]
    assert one.tries == ["placed"], "in force before the deletion was final"
    assert not one.is_there()


def test_whoever_waits_to_place_a_hold_comes_next(office: Flask) -> None:
    """No batch enters while somebody waits, so that a run cannot keep holds away; then the hold is placed."""
    first, placed = new_id(), threading.Event()
    with unit_of_work():
        retention.enter(first, epoch=retention.in_force().epoch, seconds=60)

    def place() -> None:
        with retention.waited(), unit_of_work():
            retention.place_hold(wanted({"email": "anna@example.com"}), actor=OPERATOR)
        placed.set()

    placing = elsewhere(office, place)
    while not session().scalar(sa.select(HoldGate.wanted_until)):
        end_read()
    with pytest.raises(HoldPlaced), unit_of_work():
        retention.enter(new_id(), epoch=gate.epoch(), seconds=60)
    assert not placed.is_set()
    with unit_of_work():
        retention.leave(first)
    placing.join(_PATIENCE)
    assert placed.is_set()
    with unit_of_work():
        retention.enter(new_id(), epoch=gate.epoch(), seconds=60)


def held_but_gone() -> list[UUID]:
    """Subjects whom a hold holds and who are not there."""
    held = set(session().scalars(sa.select(HeldPerson.subject_id)))
    there = subjects.realms_of(held)
    end_read()
    return sorted(held - there.keys())


def erased_while_a_hold_is_placed(office: Flask, turn: int, order: str, *, meanwhile: float = 0.2) -> tuple[str, str]:
    """Erase a person; a hold on them is placed before, in the middle of the erasure's transaction, or right after.

    `meanwhile`: how long the erasure gives it in the middle, in seconds; longer only where it ends by itself.
    """
    desk = Desk(programmes.current())
    who = {"customer_id": f"C-{turn}", "email": f"person{turn}@example.com"}
    desk.put(who)
    subject_id = desk.subject(who)
    end_read()
    ends = {"erase": "done", "place": "none"}

    def place() -> None:
        with unit_of_work():
            ends["place"] = str(retention.place_hold(wanted(who), actor=OPERATOR).people)

    def erase() -> None:
        try:
            with unit_of_work():
                erasure.erase_subject(subject_id, cause="request 7", actor=OPERATOR)
                if order == "within":
                    threads.append(elsewhere(office, place))
                    threads[0].join(meanwhile)  # It waits for the end of this, where the guard is there.
        except PrivacyError as error:
            ends["erase"] = error.code

    threads: list[threading.Thread] = []
    if order == "before":
        place()
    erase()
    if order == "after":
        place()
    for thread in threads:
        thread.join(_PATIENCE)
    return ends["erase"], ends["place"]


def test_no_held_person_is_erased_whenever_the_hold_is_placed(office: Flask) -> None:
    orders = ("before", "within", "after")
    found = {order: set[tuple[str, str]]() for order in orders}
    for turn in range(max(6, size("holds") // 5)):
        order = orders[turn % len(orders)]
        found[order].add(erased_while_a_hold_is_placed(office, turn, order))
    assert found == {"before": {("under-legal-hold", "1")}, "within": {("done", "0")}, "after": {("done", "0")}}
    assert held_but_gone() == []


def test_without_asking_in_the_erasures_own_transaction_held_people_go(office: Flask) -> None:
    """The control run: nobody asks."""
    erasure.install(erasure.Terms())
    assert erased_while_a_hold_is_placed(office, 1, "before") == ("done", "1")
    assert len(held_but_gone()) == 1


def test_without_sharing_the_gate_a_hold_is_placed_on_somebody_who_goes_at_that_moment(office: Flask) -> None:
    """The control run, on PostgreSQL: on SQLite there is one writer at a time in any case."""
    if db.engine.dialect.name == "sqlite":
        assert erased_while_a_hold_is_placed(office, 1, "within") == ("done", "0")
        return
    with patch.object(gate, "share"):
        ends = erased_while_a_hold_is_placed(office, 1, "within", meanwhile=_PATIENCE)
    assert ends == ("done", "1")
    assert len(held_but_gone()) == 1
