"""Sessions of staff: a random token in one browser, of which the database knows the SHA-256 alone.

Nothing is cached. Each request asks the database, so that a session that is ended, a colleague who has left or a
grant that is over is so at once in every process.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.access.failures import SessionNotFound
from privacy.access.keys import staff_actor
from privacy.access.models import Staff
from privacy.access.rights import grants_column
from privacy.access.sign_in.models import StaffSession
from privacy.audit import service as audit
from privacy.authz.actors import Actor
from privacy.db import new_id, session

#: Without a request for so long, and after so long in any case, a session is over (OWASP ASVS 5.0, 7.3).
IDLE = 30 * clock.MINUTE
LONGEST = 12 * 60 * clock.MINUTE
#: How long somebody counts as having just proven who they are.
FRESH = 5 * clock.MINUTE
#: Use is noted no more often, so that reading a page rarely writes.
_NOTED_EVERY = clock.MINUTE
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


class Way(StrEnum):
    """How somebody proved who they are."""

    PASSWORD = "password"  # noqa: S105  # with a second factor
    PASSKEY = "passkey"
    OIDC = "oidc"


class EndedWhy(StrEnum):
    """Why a session is over, where time is not the reason."""

    SIGNED_OUT = "signed_out"
    ENDED = "ended"  # by its owner, from another session
    RENEWED = "renewed"  # the token was changed as somebody proved themselves once more
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    FACTORS_CHANGED = "factors_changed"
    RIGHTS_LOST = "rights_lost"
    DISABLED = "disabled"
    RECOVERED = "recovered"


@dataclass(frozen=True)
class StaffSessionFacts:
    """A member of staff who has signed in, with what they may do now."""

    id: UUID
    staff_id: UUID
    name: str
    actor: Actor
    opened_at: int
    seen_at: int
    fresh_until: int

    def is_fresh(self, now: int) -> bool:
        """Whether they proved who they are a few minutes ago."""
        return now < self.fresh_until


@dataclass(frozen=True)
class ListedSession:
    """A session, as its owner sees it."""

    id: UUID
    way: Way
    browser: str
    opened_at: int
    seen_at: int


@dataclass(frozen=True)
class OpenedSession:
    """A session with its token, which nobody can see again."""

    id: UUID
    token: str = field(repr=False)


def open_session(staff_id: UUID, way: Way, browser: str, *, actor: Actor, proven_now: bool = True) -> OpenedSession:
    """Begin a session, in the open unit of work.

    `proven_now`: whether they gave every factor just now. Else they prove themselves before what matters.
    """
    now = clock.micros()
    opened = _add(staff_id, way, browser, now, now, fresh_until=now + FRESH if proven_now else now)
    _record("staff_session.opened", opened.id, actor, way=way.value)
    return opened


def session_of(token: str | None) -> StaffSessionFacts | None:
    """Whose session a token is, now, with the permissions of the grants in force; None for one that is over."""
    if token is None or not _TOKEN.fullmatch(token):
        return None
    now = clock.micros()
    query = sa.select(StaffSession, Staff.name, grants_column()).join(Staff, Staff.id == StaffSession.staff_id)
    found = session().execute(query.where(StaffSession.token_sha256 == _digest(token), *_alive(now))).first()
    if found is None:
        return None
    row, name, grants = found
    actor = staff_actor(row.staff_id, name, grants, now)
    return StaffSessionFacts(row.id, row.staff_id, name, actor, row.opened_at, row.seen_at, row.fresh_until)


def is_to_be_noted(found: StaffSessionFacts) -> bool:
    """Whether `note_use` has something to write."""
    return clock.micros() - found.seen_at >= _NOTED_EVERY


def note_use(session_id: UUID) -> None:
    """The session was used just now, in the open unit of work; no event, since nothing but a time changes."""
    now = clock.micros()
    session().execute(
        sa.update(StaffSession).where(StaffSession.id == session_id, *_alive_row(now)).values(seen_at=now)
    )


def renew(session_id: UUID, way: Way, *, actor: Actor) -> OpenedSession:
    """A new token for a session whose owner has just given a factor once more; the old one is dead.

    It ends when the old one would have. Raises `SessionNotFound`, also for one that ended since it was looked at:
    what was ended meanwhile does not go on under a new token.
    """
    row, now = _locked(session_id), clock.micros()
    if row.ended_at is not None:
        raise SessionNotFound
    _end(row, EndedWhy.RENEWED, now)
    opened = _add(row.staff_id, way, row.browser, row.opened_at, now, fresh_until=now + FRESH)
    _record("staff_session.renewed", opened.id, actor, way=way.value)
    return opened


def end_session(session_id: UUID, why: EndedWhy, *, actor: Actor) -> None:
    """End one of the actor's own sessions. Again is no second event. Raises `SessionNotFound`."""
    row = _locked(session_id, owner=actor.id)
    if row.ended_at is None:
        _end(row, why, clock.micros())
        _record("staff_session.ended", row.id, actor, why=why.value)


def end_all(staff_id: UUID, why: EndedWhy, *, actor: Actor, but: UUID | None = None) -> int:
    """End every session of a member of staff, but for one; says how many. One event where there were any."""
    now = clock.micros()
    rows = session().scalars(
        sa.select(StaffSession).where(StaffSession.staff_id == staff_id, *_alive_row(now)).with_for_update()
    )
    ended = [row for row in rows if row.id != but]
    for row in ended:
        _end(row, why, now)
    if ended:
        _record("staff_sessions.ended", staff_id, actor, why=why.value, sessions=len(ended))
    return len(ended)


def sessions(staff_id: UUID) -> Sequence[ListedSession]:
    """The sessions of a member of staff that are alive, the newest first."""
    query = sa.select(StaffSession).where(StaffSession.staff_id == staff_id, *_alive_row(clock.micros()))
    return [
        ListedSession(row.id, Way(row.way), row.browser, row.opened_at, row.seen_at)
        for row in session().scalars(query.order_by(StaffSession.id.desc()))
    ]


def browser_of(user_agent: str) -> str:
    """Kind of browser and of system, of closed lists; whatever else a browser says is not kept."""
    kinds = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"))
    systems = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"))
    more = (("Mac OS", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"))
    kind = next((name for part, name in kinds if part in user_agent), "?")
    system = next((name for part, name in (*systems, *more) if part in user_agent), "?")
    return f"{kind} / {system}"


def _add(staff_id: UUID, way: Way, browser: str, opened_at: int, now: int, *, fresh_until: int) -> OpenedSession:
    token = secrets.token_urlsafe(32)
    row = StaffSession(
        id=new_id(),
        staff_id=staff_id,
        token_sha256=_digest(token),
        way=way.value,
        browser=browser,
        opened_at=opened_at,
        seen_at=now,
        fresh_until=fresh_until,
        ended_at=None,
        ended_why=None,
    )
    session().add(row)
    return OpenedSession(row.id, token)


def _locked(session_id: UUID, *, owner: UUID | None = None) -> StaffSession:
    query = sa.select(StaffSession).where(StaffSession.id == session_id)
    if owner is not None:
        query = query.where(StaffSession.staff_id == owner)
    row = session().scalar(query.with_for_update().execution_options(populate_existing=True))
    if row is None:
        raise SessionNotFound
    return row


def _alive(now: int) -> tuple[sa.ColumnElement[bool], ...]:
    return (*_alive_row(now), Staff.disabled_at.is_(None))


def _alive_row(now: int) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        StaffSession.ended_at.is_(None),
        StaffSession.seen_at > now - IDLE,
        StaffSession.opened_at > now - LONGEST,
    )


def _end(row: StaffSession, why: EndedWhy, now: int) -> None:
    row.ended_at, row.ended_why = now, why.value


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _record(action: str, object_id: UUID, actor: Actor, **told: object) -> None:
    audit.record(action, actor=actor, object_type="staff_session", object_id=object_id, content=told, details=told)
