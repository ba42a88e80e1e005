"""The receipt of a request, to every contact on file, so that nobody asks in a person's name unnoticed.

To a machine the answer to a request must be the same, and take the same time, whether or not the person is known: what
it opens has its receipt written by a job, which looks up who is meant after the answer has gone.
"""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from privacy import clock
from privacy.authz.actors import Actor
from privacy.consent.service import Place
from privacy.db import session
from privacy.dsar.correspondence import letters, reach
from privacy.dsar.correspondence.kinds import LetterKind
from privacy.dsar.correspondence.models import RequestLetter
from privacy.dsar.identity import quotas
from privacy.dsar.models import DataSubjectRequest
from privacy.dsar.vocabulary import CaseType, State

#: Receipts of unproven requests within an hour that go to anybody: a flood of requests sends no more.
MOST_AN_HOUR = 300
_HOUR = 3_600 * clock.SECOND
_RECEIPT = "receipt"
_AT_ONCE = 20
_OF_PEOPLE = [case_type.value for case_type in CaseType if case_type.of_a_person]
_OPEN = [state.value for state in State if not state.ended]


def write(row: DataSubjectRequest) -> None:
    """Write the receipt of a locked request, in the open unit of work.

    As long as nobody is identified a contact gets a few a day and no more; the letter is kept all the same.
    """
    but_for = [place for place in reach.remember(row) if not _may_go(row, place)]
    letters.write(row, LetterKind.RECEIPT, but_for=but_for)


def write_wanted(now: int, *, actor: Actor) -> int:
    """Write receipts that were left for later, some at a time, in the open unit of work; returns how many.

    Those of identified people go first, and wait for nobody.
    """
    del now, actor
    unproven = DataSubjectRequest.identified_at.is_(None)
    there = sa.exists().where(
        RequestLetter.request_id == DataSubjectRequest.id, RequestLetter.kind == LetterKind.RECEIPT.value
    )
    query = sa.select(DataSubjectRequest).where(
        DataSubjectRequest.state.in_(_OPEN), DataSubjectRequest.case_type.in_(_OF_PEOPLE), ~there
    )
    some = query.order_by(unproven, DataSubjectRequest.id).limit(_AT_ONCE).with_for_update(skip_locked=True)
    written = 0
    for row in session().scalars(some.execution_options(populate_existing=True)).all():
        reached = reach.remember(row)
        if reached and row.identified_at is None and not quotas.take(_RECEIPT, b"all", most=MOST_AN_HOUR, window=_HOUR):
            continue  # It waits for its turn.
        write(row)
        written += 1
    return written


def write_to_others(row: DataSubjectRequest, told: Collection[Place]) -> None:
    """Tell those contacts of a person who was identified by now that the receipt did not reach.

    Nothing is written where there is no receipt yet: it will go to all of them.
    """
    query = sa.select(RequestLetter.id).where(
        RequestLetter.request_id == row.id, RequestLetter.kind == LetterKind.RECEIPT.value
    )
    others = [place for place in reach.remember(row) if place not in told]
    if others and session().scalars(query.limit(1)).first() is not None:
        letters.write(row, LetterKind.RECEIPT, but_for=told)


def _may_go(row: DataSubjectRequest, place: Place) -> bool:
    whose = f"{place.kind.value} {place.value}".encode()
    return row.identified_at is not None or quotas.take(_RECEIPT, whose, most=quotas.MOST_FOR_ONE)
