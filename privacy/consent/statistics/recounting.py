"""The same counts from the acts themselves, person by person along the keys: what the summary must equal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from uuid import UUID

import sqlalchemy as sa

from privacy.consent.models import ConsentAct
from privacy.consent.statistics.counting import Cell, CountedAct, counts_of
from privacy.consent.statistics.leaving import COUNTED
from privacy.consent.statistics.models import ConsentStatistic
from privacy.db import Id, end_read, in_unit_of_work, session
from privacy.programme import service as programmes
from privacy.subjects import service as subjects

#: Acts of one read: some milliseconds.
_AT_ONCE = 2_000
_PLACE = (ConsentAct.subject_id, ConsentAct.id)


def recount() -> Counter[Cell]:
    """Every count, from every act on record. Read in portions: what is written meanwhile may be in or not."""
    zone = programmes.current().zone
    found: Counter[Cell] = Counter()
    for portion in _portions():
        realms = subjects.realms_of([subject_id for subject_id, _ in portion])
        for subject_id, acts in portion:
            if subject_id in realms:  # Else erased since.
                found.update(counts_of(acts, realm=realms[subject_id].value, zone=zone))
    return found


def counted() -> Counter[Cell]:
    """Every count of the summary."""
    columns = (getattr(ConsentStatistic, name) for name in Cell._fields)
    query = sa.select(ConsentStatistic.acts, *columns).where(ConsentStatistic.acts != 0)
    return Counter({Cell(*key): acts for acts, *key in session().execute(query)})


def _portions() -> Iterator[list[tuple[UUID, list[CountedAct]]]]:
    """All acts by their person, some people at a time; no read is open while the caller counts."""
    after: tuple[UUID, UUID] | None = None
    pending: list[tuple[UUID, list[CountedAct]]] = []
    while True:
        query = sa.select(ConsentAct.subject_id, *COUNTED).order_by(*_PLACE).limit(_AT_ONCE)
        if after is not None:
            query = query.where(sa.tuple_(*_PLACE) > sa.tuple_(*after, types=[Id(), Id()]))
        rows = session().execute(query).all()
        _let_go()
        for subject_id, *values in rows:
            if not pending or pending[-1][0] != subject_id:
                pending.append((subject_id, []))
            pending[-1][1].append(CountedAct(*values))
        if len(rows) < _AT_ONCE:
            yield pending
            _let_go()
            return
        after = (rows[-1][0], rows[-1][1])
        # The last one may go on in the next portion.
        yield pending[:-1]
        _let_go()
        pending = pending[-1:]


def _let_go() -> None:
    if not in_unit_of_work():
        end_read()
