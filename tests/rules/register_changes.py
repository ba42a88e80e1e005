"""The stories of the registers: what stands before, and the change whose events are counted."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from privacy import clock
from privacy.access import service as access
from privacy.authz.actors import OPERATOR, Actor, ActorKind
from privacy.authz.permissions import Permission
from privacy.registers import service as registers
from privacy.registers.service import Draft, EntryKind, EntryOutcome, EntryView
from tests.rules.changes import CHANGES, Change, a_programme, before, story

__all__ = ["CHANGES"]

YEARS = 366 * clock.DAY
HIGH = {"description": "d", "necessity": "n", "risks": "r", "measures": "m", "residual_risk": "high"}
LATER = date(2099, 5, 31)


@story("registers.begin", "register_entry.begun")
def _() -> Change:
    _office()
    return lambda: registers.begin(EntryKind.TRAINING, _training(), actor=OPERATOR)


@story("registers.change", "register_entry.changed")
def _() -> Change:
    one = _begun()
    return lambda: registers.change(one.id, one.version, _training("another"), actor=OPERATOR)


@story("registers.advise", "register_entry.advised")
def _() -> Change:
    officer, one = _assessed()
    return lambda: registers.advise(one.id, one.version, "ask the authority", actor=officer)


@story("registers.decide", "register_entry.decided")
def _() -> Change:
    one = _begun()
    return lambda: registers.decide(one.id, one.version, EntryOutcome.HELD, reason="it took place", actor=OPERATOR)


@story("registers.note_consultation", "register_entry.authority_answered")
def _() -> Change:
    officer, one = _assessed()
    one = before(lambda: registers.advise(one.id, one.version, "ask the authority", actor=officer))
    outcome = EntryOutcome.CONSULT_AUTHORITY
    one = before(lambda: registers.decide(one.id, one.version, outcome, reason="high", actor=OPERATOR))
    return lambda: registers.note_consultation(one.id, one.version, date(2026, 1, 5), "go on", actor=OPERATOR)


@story("registers.review", "register_entry.reviewed")
def _() -> Change:
    one = _held()
    return lambda: registers.review(one.id, one.version, LATER, reason="as before", actor=OPERATOR)


@story("registers.renew", "register_entry.renewed", "register_entry.begun")
def _() -> Change:
    one = _held()
    return lambda: registers.renew(one.id, one.version, actor=OPERATOR)


@story("registers.cancel", "register_entry.cancelled")
def _() -> Change:
    one = _begun()
    return lambda: registers.cancel(one.id, one.version, reason="nobody came", actor=OPERATOR)


@story("registers.add_file", "register_entry.file_added")
def _() -> Change:
    one = _begun()
    return lambda: registers.add_file(one.id, one.version, "list.txt", b"a list", actor=OPERATOR)


@story("registers.remove_file", "register_entry.file_removed")
def _() -> Change:
    one = _begun()
    one = before(lambda: registers.add_file(one.id, one.version, "list.txt", b"a list", actor=OPERATOR))
    return lambda: registers.remove_file(one.id, one.version, one.files[0].id, actor=OPERATOR)


@story("registers.remind_of_entries", "register_entry.reminded")
def _() -> Change:
    _begun()
    return lambda: registers.remind_of_entries(clock.micros() + 80 * YEARS, actor=OPERATOR)


def _office() -> None:
    a_programme()
    before(lambda: access.create_staff("ewa", "ewa@example.com", actor=OPERATOR, role="dpo"))


def _training(title: str = "Consents at the till") -> Draft:
    return Draft(
        title,
        "ewa",
        held_on=date(2026, 1, 5),
        review_on=LATER,
        answers={"programme": "consents"},
        participants=("Jan",),
    )


def _begun() -> EntryView:
    _office()
    return before(lambda: registers.begin(EntryKind.TRAINING, _training(), actor=OPERATOR))


def _held() -> EntryView:
    one = _begun()
    return before(
        lambda: registers.decide(one.id, one.version, EntryOutcome.HELD, reason="it took place", actor=OPERATOR)
    )


def _assessed() -> tuple[Actor, EntryView]:
    _office()
    ewa: UUID = access.member("ewa")
    officer = Actor(ActorKind.STAFF, ewa, "ewa", frozenset(Permission))
    return officer, before(
        lambda: registers.begin(EntryKind.DPIA, Draft("Profiles", "ewa", answers=HIGH), actor=OPERATOR)
    )
