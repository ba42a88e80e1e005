"""How often something is done for one identity, or for everybody together, before anybody has proven who they are.

A person's request has no limit; what it sets off before the person is known has: else whoever makes up
requests fills somebody's mailbox, or holds up the messages of those who are known. Only a keyed digest is kept.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from privacy import clock
from privacy.crypto import blind_index, keyring
from privacy.db import session
from privacy.dsar.identity.models import RequestQuota

#: Codes, and receipts, that go to one identity within a day as long as nobody is identified.
MOST_FOR_ONE = 3
_AT_ONCE = 500


def take(what: str, whose: bytes, *, most: int, window: int = clock.DAY) -> bool:
    """Count one `what` of `whose`, in the open unit of work, and say whether it is within `most`.

    `window`: how long it is counted from the first on, in microseconds.
    """
    now = clock.micros()
    row = _locked(blind_index.of_repeat(keyring.installed(), f"quota {what} ".encode() + whose), now + window)
    if row.ends_at <= now:
        row.ends_at, row.taken = now + window, 0
    if row.taken >= most:
        return False
    row.taken += 1
    return True


def delete_ended(now: int) -> int:
    """Delete counts that are over, some at a time, in the open unit of work; returns how many."""
    old = sa.select(RequestQuota.digest).where(RequestQuota.ends_at <= now).order_by(RequestQuota.digest)
    digests = session().scalars(old.limit(_AT_ONCE).with_for_update(skip_locked=True)).all()
    if digests:
        gone = sa.delete(RequestQuota).where(RequestQuota.digest.in_(digests))
        session().execute(gone.execution_options(synchronize_session=False))
    return len(digests)


def _locked(digest: bytes, ends_at: int) -> RequestQuota:
    """The count, locked; begun where there is none, by whoever comes first."""
    insert = postgresql.insert if session().get_bind().dialect.name == "postgresql" else sqlite.insert
    begun = insert(RequestQuota).values(digest=digest, ends_at=ends_at, taken=0)
    session().execute(begun.on_conflict_do_nothing())
    query = sa.select(RequestQuota).where(RequestQuota.digest == digest).with_for_update()
    return session().scalars(query.execution_options(populate_existing=True)).one()
