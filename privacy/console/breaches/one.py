"""One breach: where it stands, its clocks, what comes next; and everything that is written in it, for who opens it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response, jsonify

from privacy import clock
from privacy.authz.permissions import Permission
from privacy.breach import service as breach
from privacy.breach.service import Assessment, BreachView, Notice, Opinion, Running, State
from privacy.console import today
from privacy.console.blueprint import console
from privacy.console.breaches import case, path
from privacy.console.breaches.words import (
    EXCEPTIONS,
    LEVELS,
    NOTICES,
    RISKS,
    SECTIONS,
    STANDINGS,
    STATE_SIGNS,
    clock_text,
)
from privacy.http.auth import current_actor
from privacy.pages.blueprint import needs
from privacy.pages.languages import moment_text
from privacy.programme import service as programmes
from privacy.programme.law import AUTHORITY

_READ, _HANDLE = needs(Permission.BREACHES_READ), needs(Permission.BREACHES_HANDLE)
#: Clocks that still count down.
_COUNTING = {breach.Standing.RUNNING, breach.Standing.NEAR, breach.Standing.OVER}


@console.page("/breaches/<uuid:breach_id>", guard=_READ)
def breaches_one(breach_id: UUID) -> Response:
    """Where it stands, without anybody's words."""
    row = case.found(breach_id)
    view, now = breach.view(row), clock.micros()
    way = path.stages(view)
    actors = {one.actor_id for one in view.judgements} | {one.actor_id for one in view.notifications}
    counting = {row.assessment_id, row.opinion_id, row.decision_id}
    controller = programmes.current().controllers.get(row.controller)
    processor = programmes.current().processors.get(row.processor or "")
    return case.shown(
        "one",
        row,
        now=now,
        sign=STATE_SIGNS[State(row.state)],
        ended=State(row.state).ended,
        way=way,
        next=None if State(row.state).ended else path.following(way),
        clocks=[_clock(one, now) for one in sorted(view.clocks, key=lambda one: one.clock.code != AUTHORITY)],
        judgements=[(one, one.id in counting) for one in view.judgements],
        notifications=view.notifications,
        names=case.named(actors),
        controller=controller.name if controller else row.controller,
        processor=processor.name if processor else row.processor,
        risks=RISKS,
        exceptions=EXCEPTIONS,
        notices=NOTICES,
        kinds=breach.Judgement,
        more=_more(view),
        clock_text=clock_text,
    )


@console.page("/breaches/<uuid:breach_id>/now", guard=_READ)
def breaches_now(breach_id: UUID) -> Response:
    """The figures that change, for the pages' script: clocks, people found, letters written."""
    row = case.found(breach_id)
    view, now = breach.view(row), clock.micros()
    counts = breach.affected_counts(row.id)
    figures: dict[str, int] = {"affected": counts.affected, "known": counts.known, "by_contact": counts.by_contact}
    for one in breach.communications_of(row.id):
        figures |= {f"letter-{one.number}-{state.value}": number for state, number in one.letters.items()}
    told = [_clock(one, now) for one in view.clocks]
    searching = counts.open_sources > 0
    return jsonify({"at": now // clock.SECOND, "figures": figures, "clocks": told, "searching": searching})


@console.page("/breaches/<uuid:breach_id>/read", guard=_HANDLE)
@console.page("/breaches/<uuid:breach_id>/form", guard=_HANDLE, endpoint="breaches_form_door")
def breaches_door(breach_id: UUID) -> Response:
    """Before what is logged when it is opened: whoever comes back to its address presses the button again."""
    return case.shown("door", case.found(breach_id))


@console.form("/breaches/<uuid:breach_id>/read", guard=_HANDLE)
def breaches_read(breach_id: UUID) -> Response:
    """Everything that is written in it. That somebody read it is in the log."""
    row = case.found(breach_id)
    opened = breach.open_breach_file(row.id, actor=current_actor())
    scores: Mapping[int, Any] = {
        one.judgement.number: breach.severity(one.content.enisa)
        for one in opened.judgements
        if isinstance(one.content, Assessment) and one.content.enisa is not None
    }
    return case.shown(
        "read",
        row,
        opened=opened,
        assessments=[one for one in opened.judgements if isinstance(one.content, Assessment)],
        others=[one for one in opened.judgements if not isinstance(one.content, Assessment)],
        is_opinion=lambda one: isinstance(one.content, Opinion),
        scores=scores,
        levels=LEVELS,
        sections=SECTIONS,
        risks=RISKS,
        exceptions=EXCEPTIONS,
        notices=NOTICES,
        kind_of=Notice,
        names=case.named({one.judgement.actor_id for one in opened.judgements}),
    )


def _clock(one: Running, now: int) -> Mapping[str, Any]:
    kept, (text, sign) = one.clock, STANDINGS[one.standing]
    hours, minutes = today.left(kept.due_at, now)
    return {
        "code": kept.code,
        "whom": clock_text(kept.code),
        "standing": str(text),
        "sign": sign,
        "due": kept.due_at // clock.SECOND if one.standing in _COUNTING else None,
        "left": f"{hours} h {abs(minutes)} min",
        "due_text": moment_text(kept.due_at),
        "outer_text": moment_text(kept.outer_at),
        "started_text": moment_text(kept.started_at),
        "met_text": moment_text(one.met_at) if one.met_at is not None else None,
        "before": [moment_text(old.due_at) for old in one.before],
        "hours": kept.hours,
        "statute": kept.statute,
    }


def _more(view: BreachView) -> list[str]:
    """Further steps that the state allows."""
    state, permissions = State(view.row.state), current_actor().permissions
    if Permission.BREACHES_HANDLE not in permissions:
        return []
    if state.ended:
        return ["note", "reopen"]
    steps = ["triage"] if state is State.DETECTED else []
    steps += ["note", "correct-detection"]
    if view.row.aware_at is not None:
        steps += ["correct-awareness", "communicate"]
    if view.row.aware_at is None or Permission.BREACHES_DECIDE in permissions:
        steps.append("dismiss")
    return steps
