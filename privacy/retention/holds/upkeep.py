"""Holds whose review day has come: their owners are told by mail, once for each day that was set."""

from __future__ import annotations

from uuid import uuid5

from privacy import clock, spoken
from privacy.access import service as access
from privacy.authz.actors import Actor, Realm
from privacy.crypto import keyring
from privacy.crypto.owner_keys import KeyDestroyed, create_owner_key, load_owner_key
from privacy.db import session
from privacy.legal_time import days
from privacy.outbox import service as outbox
from privacy.programme import service as programmes
from privacy.retention.holds import holding
from privacy.retention.holds.audited import record
from privacy.retention.holds.models import LegalHold

#: How many holds one unit of work deals with, so that it stays short.
_AT_ONCE = 50
#: A mail that could not be sent for so long says nothing any more.
_WORTH = 7 * clock.DAY


def remind_of_holds(now: int, *, actor: Actor) -> int:
    """Tell the owners of holds that are to be looked at again, some at a time; returns how many. `now` in microseconds.

    One whose owner has left is told to the data protection officer.
    """
    query = holding.due_query(now, Realm.LIVE).where(LegalHold.reminded_on.is_distinct_from(LegalHold.review_on))
    rows = session().scalars(query.limit(_AT_ONCE).with_for_update(skip_locked=True)).all()
    for row in rows:
        row.reminded_on = row.review_on
        row.version += 1
        told = _tell(row)
        record("legal_hold.reminded", row, actor=actor, details={"number": row.number, "told": told})
    return len(rows)


def _tell(row: LegalHold) -> bool:
    """Write the mail; says whether there is anybody to write to."""
    programme = programmes.current()
    to = access.address_of(row.owner_id) or (programme.dpo.email if programme.dpo is not None else None)
    if to is None:
        return False
    review_on, locale = days.named(row.review_on), programme.jurisdiction.locales[0]
    values = {
        "NUMBER": row.number,
        "REVIEW_ON": spoken.day(review_on, locale),
        "BASIS": "; ".join(filter(None, (row.reference, row.statute))),
    }
    try:
        key = load_owner_key(session(), keyring.installed(), row.id)
    except KeyDestroyed:  # A restore brought the hold back and not its key.
        key = create_owner_key(session(), keyring.installed(), row.id)
    outbox.enqueue(
        outbox.Message("hold_review", locale, values),
        key=key,
        to=to,
        cause=uuid5(row.id, review_on.isoformat()),
        not_after=clock.micros() + _WORTH,
        realm=Realm(row.realm),
    )
    return True
