"""The stories of what affected persons are told: what stands before, and the change whose events are counted."""

from __future__ import annotations

from uuid import UUID

from privacy.authz.actors import OPERATOR
from privacy.breach import service as breach
from privacy.breach.service import ActsQuestion, DataMapQuestion, Line, SourceKind
from privacy.breach.telling.telling import write_portion
from privacy.breach.telling.vocabulary import SourceState
from tests.breach import telling_desk as desk
from tests.rules.changes import CHANGES, Change, a_programme, before, story

__all__ = ["CHANGES"]

NOBODY = {"email": "nobody.known@example.com"}


@story("breach.open_source", "breach.affected_asked")
def _() -> Change:
    breach_id = _a_breach()
    return lambda: breach.open_source(breach_id, SourceKind.LIST, actor=OPERATOR)


@story("breach.add_lines", "breach.affected_added")
def _() -> Change:
    source_id = _a_list(_a_breach())
    return lambda: breach.add_lines(source_id, [Line(1, NOBODY)], actor=OPERATOR)


@story("breach.end_source", "breach.affected_found")
def _() -> Change:
    source_id = _a_list(_a_breach())
    return lambda: breach.end_source(source_id, actor=OPERATOR)


@story("breach.try_source_again", "breach.affected_asked")
def _() -> Change:
    breach_id = _a_breach()
    source_id = before(lambda: breach.ask_acts(breach_id, ActsQuestion(source_system="shop"), actor=OPERATOR)).id
    before(lambda: breach.end_source(source_id, actor=OPERATOR, failure="system-refused"))
    assert breach.affected_source(breach_id, source_id).state is SourceState.FAILED
    return lambda: breach.try_source_again(breach_id, source_id, actor=OPERATOR)


@story("breach.ask_acts", "breach.affected_asked")
def _() -> Change:
    breach_id = _a_breach()
    return lambda: breach.ask_acts(breach_id, ActsQuestion(purpose="offers"), actor=OPERATOR)


@story("breach.ask_rows", "breach.affected_asked")
def _() -> Change:
    breach_id = _a_breach()
    return lambda: breach.ask_rows(breach_id, DataMapQuestion("shop"), actor=OPERATOR)


@story("breach.prepare_communication", "breach.communication_prepared")
def _() -> Change:
    breach_id = _a_breach()
    return lambda: breach.prepare_communication(breach_id, desk.WORDS, actor=OPERATOR)


@story("breach.amend_communication", "breach.communication_amended")
def _() -> Change:
    breach_id, number = _prepared()
    return lambda: breach.amend_communication(breach_id, number, desk.WORDS, actor=OPERATOR)


@story("breach.approve_communication", "breach.communication_approved")
def _() -> Change:
    breach_id, number = _prepared()
    return lambda: breach.approve_communication(breach_id, number, actor=OPERATOR)


@story("breach.cancel_communication", "breach.communication_cancelled")
def _() -> Change:
    breach_id, number = _prepared()
    return lambda: breach.cancel_communication(breach_id, number, actor=OPERATOR)


@story("breach.told_by_hand", "breach.affected_told_by_hand", "breach.told_by_hand")
def _() -> Change:
    breach_id, number = _prepared({"phone": "600 100 299"})
    before(lambda: breach.approve_communication(breach_id, number, actor=OPERATOR))
    assert write_portion()
    [left] = breach.for_a_person(breach_id, number)
    return lambda: breach.told_by_hand(breach_id, number, left.id, actor=OPERATOR, how="by telephone")


def _a_breach() -> UUID:
    a_programme()
    return desk.a_breach()


def _a_list(breach_id: UUID) -> UUID:
    return before(lambda: breach.open_source(breach_id, SourceKind.LIST, actor=OPERATOR)).id


def _prepared(who: dict[str, str] | None = None) -> tuple[UUID, int]:
    breach_id = _a_breach()
    desk.listed(breach_id, [who or NOBODY])
    return breach_id, before(lambda: breach.prepare_communication(breach_id, desk.WORDS, actor=OPERATOR)).number
