"""Leave out what was recorded before, for many rows at once: what an import run again spends its time on.

Only a shortcut: `record` finds out by itself, under lock, whether an act is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import sqlalchemy as sa

from privacy import clock
from privacy.consent import act_row, acts
from privacy.consent.acts import ANY, NO_CHANNEL
from privacy.consent.importing.pending import Pending, Unit
from privacy.consent.importing.translation import Event, Translator
from privacy.consent.intake import ActIn
from privacy.consent.models import ConsentAct, Suppression
from privacy.db import in_parts, session
from privacy.programme.types import ContactKind
from privacy.subjects import service as subjects

#: The repeat index of an act; index, cause, source and time of an entry on the suppression list (None: of receipt).
_Key = bytes | tuple[bytes, str, str, int | None]


def leave_out_known(batch: Sequence[Pending], translator: Translator) -> None:
    """Take from the circles what is recorded, and count it."""
    shortcut = _Known(translator)
    keys = {id(unit): shortcut.keys(unit) for one in batch for unit in one.units}
    known = shortcut.recorded({key for each in keys.values() for key in each})
    session().close()  # No read stays open: on SQLite it would hold up every commit.
    for one in batch:
        new = [unit for unit in one.units if not keys[id(unit)] or not known.issuperset(keys[id(unit)])]
        one.known += sum(unit.weight for unit in one.units) - sum(unit.weight for unit in new)
        one.units = new


class _Known:
    """What some units are recorded under, and which of that is there."""

    def __init__(self, translator: Translator) -> None:
        self._translator = translator

    def keys(self, unit: Unit) -> list[_Key]:
        """Every key of a unit."""
        found: list[_Key] = [self._of_event(event) for event in unit.events]
        for act in unit.acts:
            found += self._of_act(act)
        return found

    def recorded(self, keys: set[_Key]) -> set[_Key]:
        """Those that are there."""
        return self._acts(k for k in keys if isinstance(k, bytes)) | self._events(
            [k for k in keys if not isinstance(k, bytes)]
        )

    def _of_event(self, event: Event) -> _Key:
        index = subjects.suppression_index(self._translator.actor.realm, event.contact)
        return index, event.event.value, event.source, event.at

    def _of_act(self, given: ActIn) -> Iterator[_Key]:
        received = clock.micros()
        timed = acts.interval(given.act, given.claim, received, given.source.timing, dated=given.dated)
        receipt = act_row.Receipt(given, self._translator.programme, self._translator.actor, timed, received)
        for channel, kind in self._places(given):
            yield act_row.repeat_index_of(receipt, channel, kind)

    def _places(self, given: ActIn) -> Iterator[tuple[str, ContactKind | None]]:
        """The channels of an act, and the kind of contact that it is recorded on there."""
        programme, naming = self._translator.programme, given.naming
        bare = NO_CHANNEL if given.purpose and not programme.purpose(given.purpose).channels else ANY
        for channel in given.channels or (bare,):
            known = programme.channels.get(channel)
            kind = known.contact_kind if known is not None else None
            named = kind if kind in naming.contacts else None
            yield channel, None if naming.by_account and given.purpose is None else named

    def _acts(self, keys: Iterable[bytes]) -> set[_Key]:
        found: set[_Key] = set()
        for indexes in in_parts(sorted(keys)):
            found |= set(
                session().scalars(sa.select(ConsentAct.repeat_index).where(ConsentAct.repeat_index.in_(indexes)))
            )
        return found

    def _events(self, keys: Sequence[tuple[bytes, str, str, int | None]]) -> set[_Key]:
        columns = (Suppression.contact_index, Suppression.cause, Suppression.source, Suppression.suppressed_at)
        found: set[_Key] = set()
        for indexes in in_parts(sorted({index for index, *_ in keys})):
            for index, cause, source, at in session().execute(
                sa.select(*columns).where(Suppression.contact_index.in_(indexes))
            ):
                # One that dates from its receipt is known whatever that was.
                found |= {(bytes(index), cause, source, known_at) for known_at in (at, None)}
        return found
