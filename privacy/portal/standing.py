"""One's own sessions: seen, made longer before they end (WCAG 2.2.1), and ended."""

from __future__ import annotations

from uuid import UUID

from flask import Response, jsonify

from privacy import clock
from privacy.pages.blueprint import SIGNED_IN
from privacy.pages.languages import lazy_gettext
from privacy.pages.rendering import done, render
from privacy.portal.blueprint import portal
from privacy.portal.gate import let_out, person_or_shared
from privacy.selfservice import service as selfservice

portal.says_after(
    {
        "left": lazy_gettext("You have left. Nobody sees your data in this browser any more."),
        "session-ended": lazy_gettext("That session has ended."),
        "others-ended": lazy_gettext("All other sessions have ended."),
        "stayed": lazy_gettext("You stay in for another half hour."),
    }
)


@portal.page("/standing", guard=SIGNED_IN)
def standing() -> Response:
    """For the script that warns before the end: how many seconds are left. To ask is no use of the session."""
    mine = person_or_shared()
    left = max(mine.expires_at - clock.micros(), 0) // clock.SECOND
    return jsonify(seconds=left, longer=mine.expires_at < mine.ends_at)


@portal.form("/stay", guard=SIGNED_IN)
def stay() -> Response:
    """Stay in for longer."""
    selfservice.note_use(person_or_shared().id)
    return done("portal.sessions", "stayed")


@portal.form("/leave", guard=SIGNED_IN)
def leave() -> Response:
    """End the session of this browser."""
    mine = person_or_shared()
    selfservice.end(mine, mine.id)
    let_out()
    return done("portal.enter", "left")


@portal.page("/sessions", guard=SIGNED_IN)
def sessions() -> Response:
    """Where somebody is in as this person."""
    mine = person_or_shared()
    return render("portal/sessions.html", mine=mine, sessions=selfservice.sessions_of(mine))


@portal.form("/sessions/<uuid:session_id>/end", guard=SIGNED_IN)
def end_session(session_id: UUID) -> Response:
    """End one of one's sessions."""
    mine = person_or_shared()
    selfservice.end(mine, session_id)
    if session_id == mine.id:
        let_out()
        return done("portal.enter", "left")
    return done("portal.sessions", "session-ended")


@portal.form("/sessions/end-others", guard=SIGNED_IN)
def end_other_sessions() -> Response:
    """End every session but this one."""
    selfservice.end_others(person_or_shared())
    return done("portal.sessions", "others-ended")
