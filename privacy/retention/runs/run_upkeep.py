"""What was said of disposal runs goes when its time is over, with the keys of the runs."""

from __future__ import annotations

import sqlalchemy as sa

from privacy import clock
from privacy.authz.actors import Actor
from privacy.crypto.owner_keys import destroy_owner_key
from privacy.db import session
from privacy.retention.holds import holds
from privacy.retention.runs import audited_runs, runs
from privacy.retention.runs.models import DisposalPart, DisposalRun

#: How long it can be shown what somebody did by hand, and why they decided so (Art. 5(2)): as long as a claim about it
#: may come (KC art. 118).
_KEPT = 3 * 366 * clock.DAY
#: How many runs one unit of work deals with, so that it stays short.
_AT_ONCE = 20


def forget_statements(now: int, *, actor: Actor) -> int:
    """Delete what was said of runs that ended long ago, with their keys, in the open unit of work; returns how many.

    What they did stays told: it holds no personal data. Nothing goes while a legal hold is on this service.
    """
    if holds.this_service_is_held():
        return 0
    said = sa.or_(DisposalPart.statement_enc.is_not(None), DisposalPart.review_enc.is_not(None))
    query = sa.select(DisposalRun.id).where(
        DisposalRun.ended_at <= now - _KEPT, sa.exists().where(DisposalPart.run_id == DisposalRun.id, said)
    )
    ids = session().scalars(query.order_by(DisposalRun.id).limit(_AT_ONCE).with_for_update(skip_locked=True)).all()
    for run_id in ids:
        for part in runs.parts_of(run_id):
            if part.statement_enc is not None or part.review_enc is not None:
                part.statement_enc = part.review_enc = None
                audited_runs.record_part("disposal_part.statement_deleted", part, actor=actor)
        destroy_owner_key(session(), run_id)
    return len(ids)
