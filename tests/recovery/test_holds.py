"""A restore puts back the legal holds that came after the backup, and that one was released, before it speaks."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from config import Config
from privacy.access import service as access
from privacy.authz.actors import OPERATOR, Actor, ActorKind, Realm
from privacy.authz.roles import STAFF_PERMISSIONS
from privacy.db import unit_of_work
from privacy.erasure import service as erasure
from privacy.programme import service as programmes
from privacy.retention import service as retention
from privacy.retention.service import HoldView, UnderLegalHold, WantedHold
from privacy.subjects import service as subjects
from tests.callers import Service
from tests.recovery.desk import inside
from tests.recovery.drill import Drill, person, subject_of


def _placed(app: Flask, who: dict[str, str]) -> HoldView:
    with inside(app):
        named = (subjects.name_of(programmes.current(), OPERATOR, who),)
        wanted = WantedHold("I C 7/27", "", "ewa", date(2099, 5, 31), "a claim", named)
        with unit_of_work():
            return retention.place_hold(wanted, actor=OPERATOR)


def _colleague(app: Flask, name: str) -> Actor:
    with inside(app), unit_of_work():
        made = access.create_staff(name, f"{name}@example.com", actor=OPERATOR)
    return Actor(ActorKind.STAFF, made.id, name, STAFF_PERMISSIONS)


def _released(app: Flask, hold: HoldView, one: Actor, other: Actor) -> None:
    with inside(app):
        with unit_of_work():
            asked = retention.request_release_of_hold(hold.id, actor=one, reason="settled")
        with unit_of_work():
            retention.release_hold(hold.id, asked, actor=other)


@pytest.mark.timeout(300)
def test_holds_are_as_they_were_when_the_database_was_lost(installed: Service, config: Config, target: str) -> None:
    app = installed.app
    ewa, jan = _colleague(app, "ewa"), _colleague(app, "jan")
    old = _placed(app, person(0))
    drill = Drill.begin(installed, config, target, 3)
    late, ended = _placed(app, person(1)), _placed(app, person(2))
    _released(app, ended, ewa, jan)
    _released(app, old, ewa, jan)
    drill.catch_up()

    shown = drill.restore()

    assert shown["released"], shown
    assert shown["verified"], shown
    assert shown["replayed"]["hold"] == 3
    with drill.restored() as there, inside(there.app):
        in_force = retention.listed_holds(realm=Realm.LIVE)
        assert [(one.number, one.people) for one in in_force] == [(late.number, 1)]
        every = retention.listed_holds(realm=Realm.LIVE, released=True)
        assert {one.number for one in every} == {old.number, late.number, ended.number}
        held = subject_of(there.app, person(1))
        with pytest.raises(UnderLegalHold), unit_of_work():
            erasure.erase_subject(held, cause="request 7", actor=OPERATOR)
        free = subject_of(there.app, person(0))
        with unit_of_work():
            erasure.erase_subject(free, cause="request 8", actor=OPERATOR)
