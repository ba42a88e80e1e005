"""Legal holds: whom and what they hold, who may place and release them, and that the log tells of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from privacy import clock
from privacy.access.failures import ApprovalMismatch, SelfApproval, StaffNotFound
from privacy.authz.actors import OPERATOR, Actor, ActorKind, Realm
from privacy.authz.permissions import CLIENT_SCOPES
from privacy.crypto import keyring
from privacy.crypto.owner_keys import load_owner_key
from privacy.db import new_id, session, unit_of_work
from privacy.erasure import service as erasure
from privacy.errors import InvalidInput, NotPermitted
from privacy.outbox import service as outbox
from privacy.outbox.models import OutboxMessage
from privacy.retention import service as retention
from privacy.retention.holds.models import HeldName, HeldPerson
from privacy.retention.service import HoldMustWait, HoldPlaced, HoldReleased, UnderLegalHold
from tests.consent.desk import Desk, lay_programme
from tests.erasure.test_erasing import verified
from tests.retention.hold_desk import ANNA, JAN, colleague, place, release, wanted

pytestmark = pytest.mark.usefixtures("in_force", "frozen")


@pytest.fixture
def desk(context: Flask) -> Desk:
    """A desk with Anna and Jan, and ewa who answers for holds."""
    assert context
    made = Desk(lay_programme())
    made.put(ANNA)
    made.put(JAN)
    colleague("ewa")
    erasure.install(erasure.Terms(), ensure=[retention.ensure_not_held])
    return made


@pytest.fixture(autouse=True)
def _terms_as_before() -> object:
    yield
    erasure.install(erasure.Terms())


def erase(desk: Desk, who: dict[str, str]) -> None:
    subject_id = desk.subject(who)
    with unit_of_work():
        erasure.erase_subject(subject_id, cause="request 7", actor=OPERATOR)


def row(*identifiers: tuple[str, str | int], system: str = "shop", categories: tuple[str, ...] = ()) -> str | None:
    """The number of the hold on a row."""
    found = retention.in_force().on_row(system, "shop", "orders", categories, identifiers)
    session().rollback()
    return found.number if found else None


def test_a_person_is_held_by_everything_that_they_are_known_by_in_whatever_spelling(desk: Desk) -> None:
    hold = place({"customer_id": ANNA["customer_id"]})
    assert hold.number == "H-2026-0001"
    assert (hold.people, hold.reference, hold.reason) == (1, "I C 7/27", "a claim for damages")
    for kind, value in ANNA.items():
        assert row((kind, value)) == hold.number
    assert row(("email", " Anna.Nowak@EXAMPLE.com")) == row(("phone", "600 100 200")) == hold.number
    assert row(("customer_id", JAN["customer_id"]), ("email", JAN["email"])) is None
    assert row(("no_such_kind", "x"), ("email", "no address")) is None


def test_what_the_person_gets_later_holds_too_and_whoever_turns_out_to_be_the_same_person(desk: Desk) -> None:
    hold = place({"customer_id": ANNA["customer_id"]})
    desk.put({"customer_id": ANNA["customer_id"], "email": "anna.later@example.com"})
    assert row(("email", "anna.later@example.com")) == hold.number
    assert row(("email", JAN["email"])) is None
    desk.merge(ANNA, JAN)
    assert row(("email", JAN["email"])) == row(("customer_id", "C-1002")) == hold.number
    with pytest.raises(UnderLegalHold):
        erase(desk, JAN)


def test_somebody_is_held_who_is_not_known_here_yet(desk: Desk) -> None:
    hold = place({"email": "nobody.yet@example.com"})
    assert (hold.people, hold.names) == (0, 1)
    assert row(("email", "nobody.yet@example.com")) == hold.number
    desk.put({"customer_id": "C-9", "email": "nobody.yet@example.com"})
    with pytest.raises(UnderLegalHold):
        erase(desk, {"customer_id": "C-9"})


def test_a_system_and_a_category_of_data_are_held(desk: Desk) -> None:
    assert desk
    hold = place(systems=("shop",), categories=("user.contact",), statute="KSH art. 86", reference="")
    assert row(system="shop") == hold.number
    assert row(system="crm") is None
    assert row(system="crm", categories=("user.name", "user.contact.email")) == hold.number
    assert row(system="crm", categories=("user.contacts",)) is None
    assert hold.systems == ("shop",)
    erase(desk, ANNA)  # In our own database nothing of it is held.


def test_a_held_person_is_not_erased_nor_is_anybody_while_this_service_is_held(desk: Desk) -> None:
    hold = place({"email": ANNA["email"]})
    with pytest.raises(UnderLegalHold) as refused:
        erase(desk, ANNA)
    assert hold.number in str(refused.value)
    with pytest.raises(UnderLegalHold), unit_of_work():
        erasure.plan_erasure(desk.subject(ANNA))
    erase(desk, JAN)
    place(systems=("privacy",))
    desk.put(JAN)
    with pytest.raises(UnderLegalHold):
        erase(desk, JAN)


def test_two_people_release_a_hold_and_then_nobody_is_known_by_it(desk: Desk, tmp_path: Path) -> None:
    hold, ewa, jan = place(ANNA), colleague("ola"), colleague("jan")
    with unit_of_work():
        asked = retention.request_release_of_hold(hold.id, actor=ewa, reason="settled")
    with pytest.raises(SelfApproval), unit_of_work():
        retention.release_hold(hold.id, asked, actor=ewa)
    with pytest.raises(UnderLegalHold):
        erase(desk, ANNA)
    with unit_of_work():
        ended = retention.release_hold(hold.id, asked, actor=jan)
    assert (ended.released_by, ended.people, ended.names) == ("jan", 0, 0)
    for table in (HeldPerson, HeldName):
        assert session().scalar(sa.select(sa.func.count()).select_from(table)) == 0
    with pytest.raises(HoldReleased), unit_of_work():
        retention.request_release_of_hold(hold.id, actor=ewa, reason="again")
    erase(desk, ANNA)
    assert verified(tmp_path) == ()
    assert retention.listed_holds(realm=Realm.LIVE) == []
    assert [one.number for one in retention.listed_holds(realm=Realm.LIVE, released=True)] == [hold.number]


def test_an_approval_releases_the_hold_that_it_was_asked_for_as_it_was_then(desk: Desk) -> None:
    assert desk
    hold, other, ola, jan = place(ANNA), place(JAN), colleague("ola"), colleague("jan")
    with unit_of_work():
        asked = retention.request_release_of_hold(hold.id, actor=ola, reason="settled")
    with pytest.raises(ApprovalMismatch), unit_of_work():
        retention.release_hold(other.id, asked, actor=jan)
    with unit_of_work():
        retention.review_hold(hold.id, date(2028, 1, 31), reason="the other side appealed", actor=OPERATOR)
    with pytest.raises(ApprovalMismatch), unit_of_work():
        retention.release_hold(hold.id, asked, actor=jan)
    release(hold, ola, jan)
    with pytest.raises(HoldReleased), unit_of_work():
        retention.release_hold(hold.id, asked, actor=jan)


def test_the_log_vouches_for_whom_a_hold_holds(desk: Desk, tmp_path: Path) -> None:
    assert desk
    hold = place(ANNA)
    assert verified(tmp_path) == ()
    with unit_of_work():
        session().execute(sa.delete(HeldName).where(HeldName.hold_id == hold.id))
    assert verified(tmp_path) != ()


def test_holds_are_looked_at_again_on_their_day(desk: Desk, frozen: time_machine.Traveller, tmp_path: Path) -> None:
    assert desk
    hold = place(ANNA, review_on=date(2026, 11, 30))
    assert retention.due_for_review(clock.micros()) == []
    frozen.move_to("2026-11-29T23:30:00Z")  # In Warsaw it is the 30th.
    assert [one.id for one in retention.due_for_review(clock.micros())] == [hold.id]
    for _ in range(2):
        with unit_of_work():
            retention.remind_of_holds(clock.micros(), actor=OPERATOR)
    [mail] = outbox.messages()
    assert mail.template == "hold_review"
    row = session().get_one(OutboxMessage, mail.id)
    key = load_owner_key(session(), keyring.installed(), row.owner_id, row.key_version)
    assert "30 listopada 2026 r. Czy" in key.open("outbox_message", "body_enc", row.id, row.body_enc).decode()
    with unit_of_work():
        later = retention.review_hold(hold.id, date(2027, 2, 28), reason="still before the court", actor=OPERATOR)
    assert later.review_on == date(2027, 2, 28)
    assert retention.due_for_review(clock.micros()) == []
    assert verified(tmp_path) == ()


@pytest.mark.parametrize(
    ("fields", "place_"),
    [
        ({"reference": " ", "statute": ""}, "reference"),
        ({"reference": "x" * 201}, "reference"),
        ({"reason": ""}, "reason"),
        ({"review_on": date(2026, 11, 21)}, "review_on"),
        ({"systems": ("no_such",)}, "systems"),
        ({"categories": ("no_such",)}, "categories"),
        ({"people": ()}, "people"),
    ],
)
def test_a_hold_says_what_it_holds_by_what_right_and_until_when_somebody_looks(
    desk: Desk, fields: dict[str, object], place_: str
) -> None:
    assert desk
    given = wanted(ANNA, **fields)
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        retention.place_hold(given, actor=OPERATOR)
    assert place_ in refused.value.extensions["errors"]


def test_machines_place_no_holds_and_nobody_is_made_owner_who_is_no_colleague(desk: Desk) -> None:
    assert desk
    machine = Actor(ActorKind.CLIENT, new_id(), "shop", CLIENT_SCOPES)
    with pytest.raises(NotPermitted):
        place(ANNA, actor=machine)
    with pytest.raises(StaffNotFound):
        place(ANNA, owner="nobody")


def test_a_hold_waits_for_a_batch_in_the_gate_and_no_batch_enters_by_an_older_look(desk: Desk) -> None:
    assert desk
    batch, before = new_id(), retention.in_force().epoch
    with unit_of_work():
        retention.enter(batch, epoch=before, seconds=20)
    with pytest.raises(HoldMustWait) as told, unit_of_work():
        retention.place_hold(wanted(ANNA), actor=OPERATOR)
    assert told.value.extensions["retry_after"] == 1
    with unit_of_work():
        retention.leave(batch)
    place(ANNA)
    with pytest.raises(HoldPlaced), unit_of_work():
        retention.enter(batch, epoch=before, seconds=20)
    with unit_of_work():
        retention.enter(batch, epoch=retention.in_force().epoch, seconds=20)


def test_a_batch_whose_worker_was_killed_keeps_holds_away_no_longer_than_it_said(
    desk: Desk, frozen: time_machine.Traveller
) -> None:
    assert desk
    with unit_of_work():
        retention.enter(new_id(), epoch=retention.in_force().epoch, seconds=20)
    frozen.shift(19)
    with pytest.raises(HoldMustWait), unit_of_work():
        retention.place_hold(wanted(ANNA), actor=OPERATOR)
    frozen.shift(2)
    place(ANNA)


def test_a_released_hold_lets_the_next_number_be_anothers(desk: Desk) -> None:
    assert desk
    first, ola, jan = place(ANNA), colleague("ola"), colleague("jan")
    release(first, ola, jan)
    assert place(ANNA).number == "H-2026-0002"
