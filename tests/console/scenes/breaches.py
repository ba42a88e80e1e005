"""A breach on its way: judged, notified, with people who are told and one whom no letter reaches."""

from __future__ import annotations

import contextlib
import threading
from typing import Any
from uuid import UUID

import msgspec
from flask import Flask

from privacy import clock
from privacy.authz.actors import OPERATOR, Actor, ActorKind
from privacy.authz.roles import ROLES, StaffRole
from privacy.breach import service as breach
from privacy.breach import story
from privacy.breach.service import Assessment, Decision, Line, Notice, Notification, Opinion, OwnWords, Report, Way
from privacy.db import db, unit_of_work
from tests.access.sign_in.desk import taken_on

_PEOPLE = ({"email": "zgloszony@example.com"}, {"phone": "600 100 299"})


def made(app: Flask) -> dict[str, object]:
    """Values of the routes' arguments."""
    with app.app_context():
        breach_id, source_id = _judged(), None
        with unit_of_work():
            source_id = breach.ask_acts(breach_id, breach.ActsQuestion(purpose="offers"), actor=OPERATOR).id
        _told(breach_id)
        [left] = breach.for_a_person(breach_id, 1)
        db.session.remove()
    return {
        "breach_id": breach_id,
        "breach_step": "note",
        "facts_section": "timing",
        "task_number": 1,
        "source_id": source_id,
        "communication_number": 1,
        "breach_letter_id": left.id,
    }


def _judged() -> UUID:
    """It is known for sure, assessed, advised on, decided and notified."""
    officer = Actor(ActorKind.STAFF, taken_on("scene-officer", "dpo").id, "scene-officer", ROLES[StaffRole.DPO])
    noticed = clock.micros() - 8 * 3_600 * clock.SECOND
    facts: dict[str, Any] = dict(story.FIRST)
    with unit_of_work():
        row = breach.open_breach(Report(noticed, story.WHY["report"], facts), actor=OPERATOR)
        breach.become_aware(row.id, actor=OPERATOR, reason=story.WHY["aware"])
        breach.take(row.id, "contain", actor=OPERATOR, reason=story.WHY["contain"])
        breach.add_facts(row.id, {**story.THEN}, actor=OPERATOR)
        breach.assess(row.id, msgspec.convert(story.ASSESSMENT, Assessment), actor=OPERATOR)
        breach.opine(row.id, Opinion(notify=True, tell=True, reasons=story.WHY["opinion"]), actor=officer)
        breach.decide(row.id, Decision(notify=True, tell=True, reasons=story.WHY["decision"]), actor=OPERATOR)
        sent = Notification(Notice.INITIAL, way=Way.BIZNES_GOV, reference="DKN.1")
        breach.record_notification(row.id, sent, actor=OPERATOR)
    return row.id


def _told(breach_id: UUID) -> None:
    """Two are affected and told; the one with a telephone alone waits for a person."""
    with unit_of_work():
        source = breach.open_source(breach_id, breach.SourceKind.LIST, actor=OPERATOR)
        breach.add_lines(source.id, [Line(n, given) for n, given in enumerate(_PEOPLE, 1)], actor=OPERATOR)
        breach.end_source(source.id, actor=OPERATOR)
        breach.prepare_communication(breach_id, msgspec.convert(story.WORDS, dict[str, OwnWords]), actor=OPERATOR)
        breach.approve_communication(breach_id, 1, actor=OPERATOR, incomplete=True)
    breach.Telling(only=breach_id).run(contextlib.nullcontext, threading.Event())
