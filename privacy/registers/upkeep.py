"""Entries whose review day has come: their owners are told by mail, once for each day that was set."""

from __future__ import annotations

from uuid import uuid5

from privacy import clock, spoken
from privacy.access import service as access
from privacy.authz.actors import Actor, Realm
from privacy.db import session
from privacy.legal_time import days
from privacy.outbox import service as outbox
from privacy.programme import service as programmes
from privacy.registers.audited import record
from privacy.registers.entries import due_query, key_of
from privacy.registers.models import RegisterEntry

#: How many entries one unit of work deals with, so that it stays short.
_AT_ONCE = 50
#: A mail that could not be sent for so long says nothing any more.
_WORTH = 7 * clock.DAY


def remind_of_entries(now: int, *, actor: Actor) -> int:
    """Tell the owners of entries that are to be looked at again, some at a time; returns how many.

    `now` in microseconds. One whose owner has left is told to the data protection officer.
    """
    query = due_query(now, Realm.LIVE).where(RegisterEntry.reminded_on.is_distinct_from(RegisterEntry.review_on))
    rows = session().scalars(query.limit(_AT_ONCE).with_for_update(skip_locked=True)).all()
    for row in rows:
        row.reminded_on = row.review_on
        row.version += 1
        record("register_entry.reminded", row, actor=actor, details={"told": _tell(row)})
    return len(rows)


def _tell(row: RegisterEntry) -> bool:
    """Write the mail; says whether there is anybody to write to. It names the entry by its number alone."""
    programme = programmes.current()
    to = access.address_of(row.owner_id) or (programme.dpo.email if programme.dpo is not None else None)
    if to is None or row.review_on is None:
        return False
    review_on, locale = days.named(row.review_on), programme.jurisdiction.locales[0]
    outbox.enqueue(
        outbox.Message("register_review", locale, {"NUMBER": row.number, "REVIEW_ON": spoken.day(review_on, locale)}),
        key=key_of(row),
        to=to,
        cause=uuid5(row.id, review_on.isoformat()),
        not_after=clock.micros() + _WORTH,
        realm=Realm(row.realm),
    )
    return True
