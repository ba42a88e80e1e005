"""The first page of the console: what is due today, and how consents stand. It reads fully without a script."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Response, jsonify
from markupsafe import Markup

from privacy import clock
from privacy.authz.actors import Actor
from privacy.authz.permissions import Permission
from privacy.consent import service as consent
from privacy.console import consent_charts, today
from privacy.console.blueprint import console
from privacy.console.today import Part
from privacy.db import end_read
from privacy.http.auth import current_actor
from privacy.legal_time import days
from privacy.pages.blueprint import SIGNED_IN
from privacy.pages.languages import moment_text
from privacy.pages.rendering import render
from privacy.programme import service as programmes
from privacy.programme.service import NoProgramme


@console.page("/", guard=SIGNED_IN)
def home() -> Response:
    """What is due today, and consents over the last year."""
    actor, now = current_actor(), clock.micros()
    parts = today.parts(actor, now)
    found = _consents(actor)
    end_read()
    return render(
        "console/home.html",
        parts=parts,
        left=lambda due_at: today.left(due_at, now),
        now=now,
        charts=consent_charts.standing(found) if found is not None else Markup(),
        as_of=moment_text(found.as_of) if found is not None else None,
        whole=found is None or found.is_whole,
    )


@console.page("/now", guard=SIGNED_IN)
def now() -> Response:
    """The figures of the first page, for its script: what is due, and nothing of anybody."""
    actor, at = current_actor(), clock.micros()
    parts = [_told(part) for part in today.parts(actor, at)]
    end_read()
    return jsonify({"at": at // clock.SECOND, "moment": moment_text(at), "parts": parts})


def _told(part: Part) -> Mapping[str, Any]:
    lines = [
        {
            "text": line.text,
            "state": line.state,
            "kind": line.kind,
            "to": line.to,
            "due": None if line.due_at is None else line.due_at // clock.SECOND,
        }
        for line in part.lines
    ]
    return {"code": part.code, "nothing": part.nothing, "lines": lines}


def _consents(actor: Actor) -> consent.Statistics | None:
    """Of the last twelve months, to their day; None for who may not see them, or where there is no programme."""
    if Permission.CONSENTS_READ not in actor.permissions:
        return None
    try:
        last = days.day_of(clock.micros(), programmes.current().zone)
    except NoProgramme:
        return None
    first = date(last.year - 1, last.month, 1)
    return consent.statistics(consent.StatisticsWanted(actor.realm, first, last))
