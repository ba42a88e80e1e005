"""The stories of how people come in to their own pages."""

from __future__ import annotations

from privacy import clock
from privacy.authz.actors import SERVICE
from privacy.programme.types import ContactKind
from privacy.selfservice import service as selfservice
from tests.consent.desk import lay_programme
from tests.rules.changes import CHANGES, Change, before, story
from tests.selfservice.others import said_by_staff, settled
from tests.selfservice.visitors import ANNA, BASE_URL, by_code, known, letters

__all__ = ["CHANGES"]
_LATER = 400 * clock.DAY


def _asked() -> None:
    lay_programme()
    known(ANNA)
    asking = selfservice.Asking("browser", selfservice.network_of("203.0.113.7"), "pl")
    before(lambda: selfservice.ask(ContactKind.EMAIL, ANNA["email"], asking))


def _send() -> object:
    return selfservice.send_asked(clock.micros(), base_url=BASE_URL, actor=SERVICE)


@story("selfservice.send_asked", "person_entry.sent")
def _() -> Change:
    _asked()
    return _send


@story("selfservice.delete_old_entries", "person_entries.deleted")
def _() -> Change:
    _asked()
    before(_send)
    return lambda: selfservice.delete_old_entries(clock.micros() + _LATER, actor=SERVICE)


@story("selfservice.delete_ended_sessions", "person_sessions.deleted")
def _() -> Change:
    _asked()
    before(_send)
    redeemed = by_code(letters()[-1].code)
    assert redeemed
    return lambda: selfservice.delete_ended_sessions(clock.micros() + _LATER, actor=SERVICE)


def _changed_by_staff() -> None:
    lay_programme()
    known(ANNA)
    before(selfservice.note_changes)
    before(lambda: said_by_staff(ANNA))
    settled()
    before(selfservice.note_changes)


@story("selfservice.tell_of_changes", "changes_by_others.told")
def _() -> Change:
    _changed_by_staff()
    later = clock.micros() + 60 * clock.MINUTE
    return lambda: selfservice.tell_of_changes(later, base_url=BASE_URL, actor=SERVICE)


@story("selfservice.delete_old_changes", "changes_by_others.deleted")
def _() -> Change:
    _changed_by_staff()
    return lambda: selfservice.delete_old_changes(clock.micros() + _LATER, actor=SERVICE)
