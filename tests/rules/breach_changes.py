"""The stories of breaches: what stands before, and the change whose events are counted."""

from __future__ import annotations

from uuid import UUID

from privacy import clock
from privacy.access import service as access
from privacy.authz.actors import OPERATOR, Actor, ActorKind
from privacy.authz.roles import STAFF_PERMISSIONS
from privacy.breach import service as breach
from privacy.breach.service import Decision, Form, Notice, Notification, Opinion, Report, Risk, TaskState, Way
from privacy.db import new_id
from privacy.evidence import service as evidence
from tests.breach.desk import an_assessment
from tests.rules.changes import CHANGES, Change, a_programme, before, story

__all__ = ["CHANGES"]

HOUR = 3_600 * clock.SECOND


@story("breach.open_breach", "breach.opened")
def _() -> Change:
    a_programme()
    return lambda: breach.open_breach(Report(words="A list lies open."), actor=OPERATOR)


@story("breach.open_breach_file", "breach.read")
def _() -> Change:
    breach_id = _opened()
    return lambda: breach.open_breach_file(breach_id, actor=OPERATOR)


@story("breach.take", "breach.contain")
def _() -> Change:
    breach_id = _opened()
    return lambda: breach.take(breach_id, "contain", actor=OPERATOR, reason="the server is closed")


@story("breach.add_facts", "breach.facts")
def _() -> Change:
    breach_id = _opened()
    return lambda: breach.add_facts(breach_id, {"incident": {"systems": ["shop"]}}, actor=OPERATOR)


@story("breach.become_aware", "breach.become_aware")
def _() -> Change:
    breach_id = _opened()
    return lambda: breach.become_aware(breach_id, actor=OPERATOR, reason="logs show it")


@story("breach.correct_awareness", "breach.correct_awareness")
def _() -> Change:
    breach_id = _aware()
    return lambda: breach.correct_awareness(
        breach_id, actor=OPERATOR, reason="a mail says so", aware_at=clock.micros() - HOUR
    )


@story("breach.correct_detection", "breach.detection_corrected")
def _() -> Change:
    breach_id = _opened()
    return lambda: breach.correct_detection(
        breach_id, actor=OPERATOR, reason="a mail says so", detected_at=clock.micros() - 3 * HOUR
    )


@story("breach.assess", "breach.assess")
def _() -> Change:
    breach_id = _aware()
    return lambda: breach.assess(breach_id, an_assessment(), actor=OPERATOR)


@story("breach.opine", "breach.opine")
def _() -> Change:
    breach_id, officer = _assessed(), _officer()
    said = Opinion(notify=True, tell=True, reasons="PESEL leaked")
    return lambda: breach.opine(breach_id, said, actor=officer)


@story("breach.decide", "breach.decide")
def _() -> Change:
    breach_id, officer = _assessed(), _officer()
    said = Opinion(notify=True, tell=True, reasons="PESEL leaked")
    before(lambda: breach.opine(breach_id, said, actor=officer))
    return lambda: breach.decide(breach_id, Decision(notify=True, tell=True, reasons="as advised"), actor=OPERATOR)


@story("breach.record_notification", "breach.notify_initial")
def _() -> Change:
    breach_id = _aware()
    given = Notification(Notice.INITIAL, way=Way.BIZNES_GOV, documents={"a.pdf": b"%PDF"})
    return lambda: breach.record_notification(breach_id, given, actor=OPERATOR)


@story("breach.communicated", "breach.communicate")
def _() -> Change:
    breach_id = _aware()
    return lambda: breach.communicated(breach_id, actor=OPERATOR)


@story("breach.add_task", "breach.task_added")
def _() -> Change:
    breach_id = _opened()
    return lambda: breach.add_task(breach_id, "Call the printer", clock.micros() + HOUR, actor=OPERATOR)


@story("breach.assign_task", "breach.task_assigned")
def _() -> Change:
    breach_id = _opened()
    return lambda: breach.assign_task(breach_id, 1, actor=OPERATOR, due_at=clock.micros() + HOUR, reason="earlier")


@story("breach.end_task", "breach.task_done")
def _() -> Change:
    breach_id = _opened()
    return lambda: breach.end_task(breach_id, 1, TaskState.DONE, actor=OPERATOR)


@story("breach.notification_of", "breach.read")
def _() -> Change:
    breach_id = _aware()
    return lambda: breach.notification_of(breach_id, Form.JSON, actor=OPERATOR)


@story("breach.sent_document", "breach.read")
def _() -> Change:
    breach_id = _aware()
    before(lambda: breach.record_notification(breach_id, Notification(Notice.INITIAL, way=Way.POST), actor=OPERATOR))
    return lambda: breach.sent_document(breach_id, 1, Form.JSON, actor=OPERATOR)


@story("breach.register_of", "breach.register_read")
def _() -> Change:
    _opened()
    return lambda: breach.register_of(Form.CSV, actor=OPERATOR)


@story("evidence.record_timeline", "evidence.exported")
def _() -> Change:
    made = evidence.Timeline(new_id(), "N-2026-0001", b"an archive", events=3, size=4)
    return lambda: evidence.record_timeline(made, actor=OPERATOR)


def _opened() -> UUID:
    a_programme()
    noticed = clock.micros() - 2 * HOUR
    return before(lambda: breach.open_breach(Report(detected_at=noticed), actor=OPERATOR)).id


def _aware() -> UUID:
    breach_id = _opened()
    before(lambda: breach.become_aware(breach_id, actor=OPERATOR, reason="logs show it"))
    return breach_id


def _assessed() -> UUID:
    breach_id = _aware()
    before(lambda: breach.assess(breach_id, an_assessment(Risk.HIGH), actor=OPERATOR))
    return breach_id


def _officer() -> Actor:
    made = before(lambda: access.create_staff("iod", "iod@example.com", actor=OPERATOR, role="dpo"))
    return Actor(ActorKind.STAFF, made.id, "iod", STAFF_PERMISSIONS)
