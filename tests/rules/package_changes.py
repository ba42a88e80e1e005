"""The stories of packages, their review, one-time codes and sessions."""

from __future__ import annotations

from uuid import UUID

from privacy import clock
from privacy.authz.actors import OPERATOR, SERVICE
from privacy.dsar import cases
from privacy.dsar import service as dsar
from privacy.dsar.identity import codes, sessions
from privacy.dsar.package import packages, redaction
from privacy.dsar.package.redaction import Item, Verdict
from tests.consent.desk import lay_programme
from tests.dsar.made_packages import a_request_to_answer, an_item
from tests.rules.changes import CHANGES, Change, before, story

__all__ = ["CHANGES"]
_LATER = 400 * clock.DAY


def _to_answer() -> UUID:
    lay_programme()
    return a_request_to_answer()


@story("dsar.open_review", "request_redaction.read")
def _() -> Change:
    request_id = _to_answer()
    return lambda: dsar.open_review(request_id, actor=OPERATOR)


@story("dsar.decide_review", "request_redaction.decided")
def _() -> Change:
    # By the part below, since no system that the review would read is there.
    request_id = _to_answer()
    item: Item = an_item(request_id)
    return lambda: redaction.decide(
        cases.lock(request_id), [item.ref], Verdict.REDACT, known=[item], reason="a neighbour", actor=OPERATOR
    )


@story("dsar.delete_expired_packages", "request_package.deleted")
def _() -> Change:
    packages.make(_to_answer())
    return lambda: dsar.delete_expired_packages(clock.micros() + _LATER, actor=SERVICE)


@story("dsar.send_codes")
def _() -> Change:
    # Nobody is known by the address: nothing is sent, and nothing told.
    request_id = _to_answer()
    before(lambda: codes.ask(request_id))
    return lambda: dsar.send_codes(clock.micros(), actor=SERVICE)


@story("dsar.write_receipts")
def _() -> Change:
    # Nobody is known by what the request names: the letter is kept with its file, and nothing is sent.
    _to_answer()
    return lambda: dsar.write_receipts(clock.micros(), actor=SERVICE)


@story("dsar.delete_old_codes", "request_codes.deleted")
def _() -> Change:
    request_id = _to_answer()
    before(lambda: codes.ask(request_id))
    before(lambda: dsar.send_codes(clock.micros(), actor=SERVICE))
    return lambda: dsar.delete_old_codes(clock.micros() + _LATER, actor=SERVICE)


@story("dsar.delete_ended_sessions", "request_sessions.deleted")
def _() -> Change:
    request_id = _to_answer()
    before(lambda: sessions.open_session(cases.lock(request_id), dsar.ProofLevel.CONTROL, SERVICE))
    return lambda: dsar.delete_ended_sessions(clock.micros() + _LATER, actor=SERVICE)
