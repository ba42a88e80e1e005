"""Who may see a page of the console: staff who have signed in, with what their authorisations allow at this moment."""

from __future__ import annotations

from flask import g, request

from privacy import clock
from privacy.access.sign_in import service as sign_in
from privacy.access.sign_in.service import OpenedSession, StaffSessionFacts
from privacy.db import end_read, unit_of_work
from privacy.errors import NotAuthenticated
from privacy.http.sources import network_of
from privacy.pages import cookies
from privacy.pages.blueprint import Guard, StepUpNeeded

StaffSession = StaffSessionFacts
#: What the token of a session is called in the browser.
COOKIE = "staff"


def gate(guard: Guard) -> None:
    """Find out who has signed in, and whether they may. Raises `NotAuthenticated`, `StepUpNeeded`, `NotPermitted`.

    The database is asked each time. Use of a session is written down by the minute, in a unit of work of its own
    before that of the page. What a page looks up by itself is no use: an unattended screen would stay signed in.
    """
    found = g.console_staff = sign_in.session_of(cookies.read(COOKIE))
    if found is not None:
        g.privacy_actor = found.actor
        if sign_in.is_to_be_noted(found) and not _asked_by_a_script():
            with unit_of_work():
                sign_in.note_use(found.id)
    end_read()
    if not guard.signed_in:
        return
    if found is None:
        raise NotAuthenticated
    for permission in sorted(guard.permissions):
        found.actor.require(permission)
    if guard.fresh and not found.is_fresh(clock.micros()):
        raise StepUpNeeded


def _asked_by_a_script() -> bool:
    """Whether a live page looks how things stand, as a browser says, and nobody opened anything."""
    return request.method == "GET" and request.headers.get("Sec-Fetch-Dest") == "empty"


def inside() -> bool:
    """Whether a member of staff has signed in."""
    return g.get("console_staff") is not None


def current_staff() -> StaffSession:
    """Who has signed in; raises `NotAuthenticated`."""
    found: StaffSession | None = g.get("console_staff")
    if found is None:
        raise NotAuthenticated
    return found


def let_in(opened: OpenedSession) -> None:
    """Give the browser a session with the answer to this request; what it was known by before is worth nothing."""
    cookies.put(COOKIE, opened.token)
    cookies.new_visitor()


def let_out() -> None:
    """Make the browser forget its session."""
    cookies.drop(COOKIE)
    cookies.new_visitor()


def network() -> str | None:
    """The network of whoever asks, as attempts are counted by."""
    return network_of(request.remote_addr)


def browser() -> str:
    """Kind of browser and system of whoever asks."""
    return sign_in.browser_of(request.headers.get("User-Agent", ""))
