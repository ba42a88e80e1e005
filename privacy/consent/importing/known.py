"""Leave out what was recorded before, for many addresses at once: what an import run again spends its time on.

Only a shortcut: `record` finds out by itself, under lock, whether an act is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

import sqlalchemy as sa

from privacy import clock
from privacy.consent import act_row, acts
from privacy.consent.importing.meaning import Said, Statement
from privacy.consent.importing.pile import Pending
from privacy.consent.importing.translation import CHANNEL, Translator
from privacy.consent.models import ConsentAct, Suppression
from privacy.consent.suppression import ContactEvent
from privacy.db import session
from privacy.subjects import service as subjects
from privacy.subjects.service import ContactName

#: Addresses of one question.
_AT_ONCE = 200
#: The repeat index of an act; index, source and time of an entry on the suppression list, None for that of receipt.
_Key = bytes | tuple[bytes, str, int | None]


def without_known(pending: Iterable[Pending], translator: Translator) -> Iterator[Pending]:
    """The same addresses, each with only those of its statements that are not recorded yet."""
    waiting = iter(pending)
    while batch := list(islice(waiting, _AT_ONCE)):
        yield from _Batch(batch, translator).left()


class _Batch:
    """Some addresses and what is recorded of them."""

    def __init__(self, batch: Sequence[Pending], translator: Translator) -> None:
        self._translator = translator
        self._batch = [(one, translator.contact(one.address)) for one in batch]

    def left(self) -> list[Pending]:
        """The addresses with what is not recorded yet."""
        keys = {
            (one.address, statement): self._key(statement, contact)
            for one, contact in self._batch
            for statement in one.statements
        }
        known = self._acts(keys.values()) | self._bounces(keys.values())
        session().close()  # No read stays open: on SQLite it would hold up every commit.
        return [
            replace(one, statements=tuple(s for s in one.statements if keys[one.address, s] not in known))
            for one, _ in self._batch
        ]

    def _key(self, statement: Statement, contact: ContactName) -> _Key:
        """What a statement is recorded under."""
        translator = self._translator
        if statement.said is Said.BOUNCED:
            bounce = translator.bounce(statement)
            return subjects.suppression_index(translator.actor.realm, contact), bounce.source, bounce.at
        given = translator.act(statement, translator.naming(contact))
        received = clock.micros()
        timed = acts.interval(given.act, given.claim, received, given.source.timing, dated=given.dated)
        receipt = act_row.Receipt(given, translator.programme, translator.actor, timed, received)
        return act_row.repeat_index_of(receipt, CHANNEL, contact.kind)

    def _acts(self, keys: Iterable[_Key]) -> set[_Key]:
        indexes = [key for key in keys if isinstance(key, bytes)]
        query = sa.select(ConsentAct.repeat_index).where(ConsentAct.repeat_index.in_(indexes))
        return set(session().scalars(query)) if indexes else set()

    def _bounces(self, keys: Iterable[_Key]) -> set[_Key]:
        wanted = [key for key in keys if not isinstance(key, bytes)]
        query = sa.select(Suppression.contact_index, Suppression.source, Suppression.suppressed_at).where(
            Suppression.contact_index.in_([index for index, _, _ in wanted]),
            Suppression.cause == ContactEvent.HARD_BOUNCE.value,
        )
        rows = session().execute(query).all() if wanted else []
        # One that dates from its receipt is known whatever that was.
        return {(index, source, known_at) for index, source, at in rows for known_at in (at, None)}
