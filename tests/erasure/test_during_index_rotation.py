"""Erasure in the middle of a rotation of the index key: whoever shares a contact is seen wherever the value stands."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask, current_app

from privacy.authz.actors import OPERATOR
from privacy.crypto.keyring import Keyring
from privacy.db import Driver, db, session, unit_of_work
from privacy.erasure import service as erasure
from privacy.erasure.service import Erased
from privacy.subjects import erasing
from privacy.subjects import service as subjects
from privacy.subjects.identifiers import BadIdentifier
from tests.consent.desk import Desk, lay_programme
from tests.databases import Database
from tests.keys.index_moves import Moves

PEOPLE = 4


@pytest.fixture
def desk(context: Flask) -> Desk:
    assert context
    return Desk(lay_programme())


@pytest.fixture
def moves(desk: Desk, ring: Keyring, tmp_path: Path) -> Moves:
    assert desk
    return Moves(tmp_path / "keyring", ring)


def who(kind: str, number: int) -> dict[str, str]:
    return {"customer_id": f"{kind}-{number}", "email": f"{kind}{number}@example.com"}


def mail(kind: str, number: int) -> dict[str, str]:
    return {"email": f"{kind}{number}@example.com"}


def erase(desk: Desk, kind: str, number: int) -> Erased:
    with unit_of_work():
        [subject_id] = subjects.find(desk.name({"customer_id": f"{kind}-{number}"}))
        return erasure.erase_subject(subject_id, cause="request 7", actor=OPERATOR)


def lived_in(desk: Desk) -> None:
    """Some hold an address alone; others share theirs. Each address has a sign-up to the newsletter of its own."""
    for number in range(PEOPLE):
        for kind in ("alone", "shared"):
            desk.record(who(kind, number), "give")
            desk.record(mail(kind, number), "give", purpose="newsletter")
        desk.record({"customer_id": f"S-{number}", "email": f"shared{number}@example.com"}, "withdraw")


def keys_of_addresses(desk: Desk) -> set[int]:
    """Under which keys the addresses of all are looked for now."""
    with unit_of_work():
        return {desk.contact(mail(kind, n)).index[0] for n in range(PEOPLE) for kind in ("alone", "shared")}


def test_sharers_are_seen_under_either_key_and_whoever_is_alone_goes_along(desk: Desk, moves: Moves) -> None:
    lived_in(desk)
    moves.begin()
    # Values move in the order of their indexes, which nobody knows before: until some addresses have and some have not.
    while keys_of_addresses(desk) != {1, 2}:
        moves.move(1)
    signed_up = {kind: [desk.subject(mail(kind, n)) for n in range(PEOPLE)] for kind in ("alone", "shared")}
    seen: set[int] = set()
    for number in range(PEOPLE):
        for kind in ("alone", "shared"):
            with unit_of_work():
                seen.add(desk.contact(mail(kind, number)).index[0])
        gone = erase(desk, "alone", number)
        assert signed_up["alone"][number] in gone.subject_ids
        stays = erase(desk, "shared", number)
        assert signed_up["shared"][number] not in stays.subject_ids
        assert {entry["what"]: entry.get("count") for entry in stays.remains}["shared_contacts"] == 1
        assert desk.reason(mail("alone", number)) == "suppressed"
        assert desk.reason({"customer_id": f"S-{number}", **mail("shared", number)}) == "withdrawn"
    assert seen == {1, 2}, "contacts under each key were looked at"
    moves.finish()
    assert desk.findings() == []
    for number in range(PEOPLE):
        assert desk.reason(mail("alone", number)) == "suppressed"
        assert desk.subject(mail("shared", number)) == signed_up["shared"][number]


def natural_person_while_values_move(desk: Desk, moves: Moves, patch: pytest.MonkeyPatch) -> set[UUID]:
    """Who a person is, asked outside a unit of work; all values move between finding an address and its holders."""
    account = desk.subject({"customer_id": "shared-0"})
    look, left = erasing._held_by_others, [moves]

    def late(*given: Any) -> set[bytes]:
        while left:
            elsewhere(partial(left.pop().move, 50))
        return look(*given)

    with patch.context() as inside:
        inside.setattr(erasing, "_held_by_others", late)
        found = set(subjects.natural_person(account))
    session().rollback()
    assert not left
    return found - {account}


def elsewhere(run: Callable[[], object]) -> None:
    """As another process does it, while this one reads."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]

    def alone() -> None:
        with app.app_context():
            run()
            db.session.remove()

    thread = threading.Thread(target=alone)
    thread.start()
    thread.join()


@pytest.mark.parametrize("guarded", [True, False])
def test_values_that_move_between_two_looks_hide_no_sharer(
    desk: Desk, moves: Moves, monkeypatch: pytest.MonkeyPatch, database: Database, *, guarded: bool
) -> None:
    lived_in(desk)
    moves.begin()
    if not guarded:
        monkeypatch.setattr(erasing, "steadily", lambda driver, read: read(driver or Driver.of(session())))
    if database.kind == "sqlite":  # Whoever reads a SQLite file sees one state of it, and keeps movers waiting.
        assert subjects.natural_person(desk.subject(mail("shared", 0))) == {desk.subject(mail("shared", 0))}
        return
    signed_up = desk.subject(mail("shared", 0))
    assert natural_person_while_values_move(desk, moves, monkeypatch) == (set() if guarded else {signed_up})


def test_a_number_that_is_read_otherwise_today_keeps_nobody_from_being_erased(desk: Desk) -> None:
    """Given without a country code when the house was Polish; the programme in force reads numbers as Croatian."""
    desk.record({"customer_id": "C-1", "phone": "600100200"}, "give", channels=["sms"])
    croatian = desk.where(country="HR").programme
    with unit_of_work():
        [held] = subjects.own_contacts([desk.subject({"customer_id": "C-1"})], programme=croatian, realm=OPERATOR.realm)
        assert held.name.normal.key == "+48600100200"


def test_a_number_that_nobody_can_read_any_more_keeps_nobody_from_being_erased(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.record({"customer_id": "C-1", "phone": "600100200"}, "give", channels=["sms"])
    subject_id = desk.subject({"customer_id": "C-1"})

    def unknown(*_: object) -> None:
        raise BadIdentifier.of("phone", "This is not a phone number.")

    with monkeypatch.context() as newer, unit_of_work():
        newer.setattr("privacy.subjects.identifiers.phone", unknown)
        erased = erasure.erase_subject(subject_id, cause="request 7", actor=OPERATOR)
    assert erased.deleted["subject_contact"] == 1
    assert erasure.is_erased([subject_id]) == {subject_id}
