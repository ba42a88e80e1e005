"""A worker's part in the communication: finds who is affected, writes the letters, follows up what did not arrive.

Everything goes in portions, each in a unit of work of its own. Up to whom letters are written stands in the
communication's row and moves in the same unit of work as the letters; so after a kill each has its letter once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.authz.actors import SERVICE
from privacy.breach import handling, register
from privacy.breach.telling import letters, searching, telling_audited
from privacy.breach.telling.models import BreachCommunication, BreachLetter
from privacy.breach.telling.vocabulary import LetterState, TellingState
from privacy.breach.vocabulary import Role, State
from privacy.breach.workflow import RUNNING
from privacy.db import end_read, session, unit_of_work
from privacy.quarantine import quarantined

#: Opens what a worker needs to reach the database: the application's context.
Context = Callable[[], AbstractContextManager[Any]]
#: Letters of one unit of work, so that none is long.
AT_ONCE = 25


class Telling:
    """Does what there is to do for all breaches; one for a thread."""

    def __init__(self, connect: searching.Connect | None = None, *, only: UUID | None = None) -> None:
        """`only`: for that breach and no other."""
        self._connect, self._only = connect, only

    def run(self, context: Context, stop: threading.Event) -> int:
        """Portion by portion until nothing is left or `stop` is set; returns how many portions were done."""
        done = 0
        steps = (partial(searching.portion, self._connect), write_portion, second_portion, end_one)
        for step in steps:
            while not stop.is_set() and not quarantined():
                with context():
                    worked = step(only=self._only)
                if not worked:
                    break
                done += 1
        return done


def write_portion(*, only: UUID | None = None) -> bool:
    """Write the next letters of a communication that was agreed to; says whether there were any."""
    communication_id = _first(
        sa.select(BreachCommunication.id).where(
            BreachCommunication.state == TellingState.APPROVED.value,
            BreachCommunication.written_to < BreachCommunication.up_to,
        ),
        only,
    )
    if communication_id is None:
        return False
    with unit_of_work():
        row = _locked(communication_id)
        if row.state != TellingState.APPROVED or row.written_to >= (row.up_to or 0):
            return True  # Another worker was quicker: look again.
        letters.Writing(row).next(AT_ONCE)
        telling_audited.record_communication("breach.letters_written", row, SERVICE, written_to=row.written_to)
    return True


def second_portion(*, only: UUID | None = None) -> bool:
    """Try the second way for letters that did not arrive by the first; says whether there were any."""
    communication_id = _first(
        sa.select(BreachCommunication.id)
        .join(BreachLetter, BreachLetter.communication_id == BreachCommunication.id)
        .where(BreachLetter.state == LetterState.FAILED.value),
        only,
    )
    if communication_id is None:
        return False
    with unit_of_work():
        row = _locked(communication_id)
        tried = letters.Writing(row).again(AT_ONCE)
        if tried:
            telling_audited.record_communication("breach.letters_tried_again", row, SERVICE, letters=tried)
    return True


def end_one(*, only: UUID | None = None) -> bool:
    """End a communication whose letters have all ended, with the step of its breach; says whether there was one."""
    open_letters = sa.exists().where(
        BreachLetter.communication_id == BreachCommunication.id,
        BreachLetter.state.in_([state.value for state in LetterState if not state.ended]),
    )
    communication_id = _first(
        sa.select(BreachCommunication.id).where(
            BreachCommunication.state == TellingState.APPROVED.value,
            BreachCommunication.written_to >= BreachCommunication.up_to,
            ~open_letters,
        ),
        only,
    )
    if communication_id is None:
        return False
    with unit_of_work():
        row = _locked(communication_id)
        if row.state != TellingState.APPROVED:
            return True
        row.state, row.ended_at = TellingState.SENT.value, clock.micros()
        row.version += 1
        telling_audited.record_communication("breach.communication_sent", row, SERVICE, **_figures(row.id))
        _step(row)
    return True


def _step(row: BreachCommunication) -> None:
    """The step of the breach that says that the persons were told; where it has ended meanwhile, a note of it."""
    breach = register.lock(row.breach_id)
    if State(breach.state) not in RUNNING or breach.aware_at is None:
        register.note(breach, "communicated_late", Role.SERVICE, actor=SERVICE, communication=row.number)
        return
    handling.communicated(row.breach_id, actor=SERVICE, role=Role.SERVICE)


def _figures(communication_id: UUID) -> dict[str, int]:
    query = sa.select(BreachLetter.state, sa.func.count()).where(BreachLetter.communication_id == communication_id)
    return {str(state): int(count) for state, count in session().execute(query.group_by(BreachLetter.state))}


def _first(query: sa.Select[UUID], only: UUID | None) -> UUID | None:
    if only is not None:
        query = query.where(BreachCommunication.breach_id == only)
    found = session().scalar(query.order_by(BreachCommunication.id).limit(1))
    end_read()
    return found


def _locked(communication_id: UUID) -> BreachCommunication:
    """A communication, locked after its breach, as everybody locks them."""
    breach_id = session().scalar(
        sa.select(BreachCommunication.breach_id).where(BreachCommunication.id == communication_id)
    )
    assert breach_id is not None
    register.lock(breach_id)
    query = sa.select(BreachCommunication).where(BreachCommunication.id == communication_id).with_for_update()
    return session().scalars(query.execution_options(populate_existing=True)).one()
