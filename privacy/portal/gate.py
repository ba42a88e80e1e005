"""Who may see a page of the portal: whoever has come in; for what matters, whoever has just proven a second contact."""

from __future__ import annotations

from flask import g, request

from privacy.db import end_read, unit_of_work
from privacy.errors import NotAuthenticated, NotPermitted
from privacy.pages import cookies
from privacy.pages.blueprint import Guard, StepUpNeeded
from privacy.selfservice import service as selfservice
from privacy.selfservice.service import Opened, PersonSession

#: What the token of a session is called in the browser.
COOKIE = "person"
#: Asked by a script that counts down: that somebody's browser is open is no sign that they are there.
STANDING = "portal.standing"


class SharedContact(NotPermitted):
    """Several people use this address, so it shows nobody's data. Here you can only stop messages to it."""

    code = "shared-contact"


def gate(guard: Guard) -> None:
    """Find out who has come in. Raises `NotAuthenticated`, `StepUpNeeded`.

    The use of a session is written down by the minute, in a unit of work of its own before that of the page.
    """
    token = cookies.read(COOKIE)
    found = g.portal_person = selfservice.session_of(token) if token else None
    if found is not None:
        g.privacy_actor = found.actor
        if selfservice.is_to_be_noted(found) and request.endpoint != STANDING:
            with unit_of_work():
                selfservice.note_use(found.id)
            g.portal_person = selfservice.session_of(token or "")
        end_read()
    if guard.signed_in:
        if g.portal_person is None:
            raise NotAuthenticated
        if guard.fresh and not g.portal_person.fresh:
            raise StepUpNeeded


def inside() -> bool:
    """Whether somebody has come in."""
    return known_person() is not None


def session_ends() -> int:
    """When the session ends unless it is used (microseconds); 0 where nobody has come in."""
    found = known_person()
    return found.expires_at if found else 0


def known_person() -> PersonSession | None:
    """Whoever has come in; None where nobody has."""
    found: PersonSession | None = g.get("portal_person")
    return found


def person_or_shared() -> PersonSession:
    """Whoever has come in, also by a contact that is nobody's alone; raises `NotAuthenticated`."""
    found = known_person()
    if found is None:
        raise NotAuthenticated
    return found


def current_person() -> PersonSession:
    """The person who has come in; raises `NotAuthenticated`, and `SharedContact` where it may be one of several."""
    found = person_or_shared()
    if found.subject_id is None:
        raise SharedContact
    return found


def let_in(opened: Opened) -> None:
    """Give the browser a session with the answer to this request; what it was known by before is worth nothing."""
    cookies.put(COOKIE, opened.token)
    cookies.new_visitor()


def let_out() -> None:
    """Make the browser forget its session."""
    cookies.drop(COOKIE)
    cookies.new_visitor()
