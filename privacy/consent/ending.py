"""When somebody's last consent ended: withdrawn, refused or expired, each by the fold of their acts.

Doubt resolves to "in force": a consent whose wording was superseded, or that lacks proof, counts as one that is needed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from privacy.consent import policy
from privacy.consent.models import ConsentFact
from privacy.consent.policy import Facts, Give
from privacy.db import in_parts, session
from privacy.programme.types import Programme

#: In a row of facts: every purpose, every channel.
_EVERY = "*"


@dataclass(frozen=True)
class _Row:
    purpose: str
    channel: str
    facts: Facts


def consents_ended(subject_ids: Collection[UUID], programme: Programme, now: int) -> Mapping[UUID, int | None]:
    """Subject -> when the last consent ended, in microseconds; None where one is in force.

    Missing is who was never asked for a consent, or never answered.
    """
    rows: dict[UUID, list[_Row]] = defaultdict(list)
    wanted = sa.select(ConsentFact.subject_id, ConsentFact.purpose, ConsentFact.channel, ConsentFact.facts)
    for part in in_parts(sorted(subject_ids)):
        for subject_id, purpose, channel, facts in session().execute(wanted.where(ConsentFact.subject_id.in_(part))):
            rows[subject_id].append(_Row(purpose, channel, policy.unpack(facts)))
    found: dict[UUID, int | None] = {}
    for subject_id, some in rows.items():
        ends = list(_ends(some, programme, now))
        over = [end for end in ends if end is not None]
        if ends:
            found[subject_id] = max(over) if len(over) == len(ends) else None
    return found


def _ends(rows: Collection[_Row], programme: Programme, now: int) -> Iterable[int | None]:
    for row in rows:
        yield from (no.latest for no in row.facts.noes)
        for give in row.facts.gives:
            if not _outweighed(row, give, rows):
                yield _expiry(row, give, programme, now)


def _outweighed(row: _Row, give: Give, rows: Iterable[_Row]) -> bool:
    """Whether a "no" of a wider scope stands against it; those of its own scope it has outlived."""
    return any(
        give.earliest <= no.latest and no.covers(give.contact)
        for wider in rows
        if wider.purpose in {row.purpose, _EVERY} and wider.channel in {row.channel, _EVERY}
        for no in wider.facts.noes
    )


def _expiry(row: _Row, give: Give, programme: Programme, now: int) -> int | None:
    purpose = programme.purposes.get(row.purpose)
    at = None if purpose is None else purpose.expires_at(give.earliest, programme.zone)
    return at if at is not None and at <= now else None
