"""Consents that expired, in the log: one event for each, by a job.

No answer waits for it: a check judges the moment that it is asked at. The event tells others, and later readers, when
a yes ended by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import Actor
from privacy.consent import policy
from privacy.consent.acts import ActKind
from privacy.consent.models import ConsentAct, ConsentExpired, ConsentExpiryWalk, ConsentFact
from privacy.consent.policy import NOTHING, Facts, Give
from privacy.db import in_parts, session
from privacy.programme import service as programmes
from privacy.programme.types import Purpose

#: How many acts one unit of work deals with, so that it stays short.
_AT_ONCE = 200
_GIVES = (ActKind.GIVE.value, ActKind.REQUEST.value)
_ALL = "*"
#: How long a unit of work may take to commit an act that was received before it expired: so long it is looked for.
_LATE = 60 * clock.MINUTE
_FIRST = UUID(int=0)

#: A place on the way along the acts of a purpose, by the time at which they happened.
_Place = tuple[int, UUID]


def note_expired(now: int, *, actor: Actor) -> int:
    """Record the consents that expired by `now` (microseconds), some at a time; returns how many acts it looked at.

    Each act is looked at once. One that something outlives (a later consent, a withdrawal), or that nobody confirmed,
    or that had expired before it came here, was no yes that ended: it has no event.
    """
    programme = programmes.current()
    left = _AT_ONCE
    for purpose in programme.purposes.values():
        newest = _newest_expired(purpose, now, programme.zone)
        if newest is None:
            continue
        settled = _settled(purpose, now, programme.zone)
        known = _reached(purpose.code)
        # It lies ahead where a term was made longer, or a clock was set back.
        after = known if known[0] <= newest else settled
        acts = _unseen(purpose.code, after, newest, left)
        mine = _claimed(acts, now)
        standing = _facts_of(mine)
        for act in mine:
            ended_at = purpose.expires_at(act.earliest, programme.zone)
            assert ended_at is not None  # The purpose has a term, or nothing of it expires.
            if ended_at > act.received_at and _stood(act, purpose, standing, now, programme.zone):
                _record(act, ended_at, actor)
        reached = (acts[-1].earliest, acts[-1].id) if len(acts) == left else settled
        if reached != known:
            _go_on(purpose.code, reached)
        left -= len(acts)
        if not left:
            break
    return _AT_ONCE - left


def _newest_expired(purpose: Purpose, now: int, zone: ZoneInfo) -> int | None:
    """The last moment at which a consent was given that has expired by now; None where none expires.

    Found by halving: a calendar's periods can be added, and not taken away.
    """
    if purpose.validity is None:
        return None
    low, high = 0, now
    while low < high:
        middle = (low + high + 1) // 2
        ends = purpose.expires_at(middle, zone)
        low, high = (middle, high) if ends is not None and ends <= now else (low, middle - 1)
    return low


def _settled(purpose: Purpose, now: int, zone: ZoneInfo) -> _Place:
    """Up to where nothing can come any more that expires after it was received: the way begins there the next time."""
    return _newest_expired(purpose, now - _LATE, zone) or 0, _FIRST


def _reached(purpose: str) -> _Place:
    query = sa.select(ConsentExpiryWalk.earliest, ConsentExpiryWalk.act_id).where(ConsentExpiryWalk.purpose == purpose)
    row = session().execute(query).one_or_none()
    return (0, _FIRST) if row is None else (row.earliest, row.act_id)


def _go_on(purpose: str, reached: _Place) -> None:
    insert = postgresql.insert if session().get_bind().dialect.name == "postgresql" else sqlite.insert
    place = {"earliest": reached[0], "act_id": reached[1]}
    session().execute(
        insert(ConsentExpiryWalk)
        .values(purpose=purpose, **place)
        .on_conflict_do_update(index_elements=[ConsentExpiryWalk.purpose], set_=place)
    )


def _unseen(purpose: str, after: _Place, newest: int, limit: int) -> Sequence[ConsentAct]:
    """Acts of giving from one place to that moment which were not looked at yet. What is being erased is left alone."""
    place = sa.tuple_(ConsentAct.earliest, ConsentAct.id)
    # Written out, or SQLite does not see that the partial index has them all.
    gives: sa.BindParameter[Any] = sa.bindparam("gives", _GIVES, expanding=True, literal_execute=True)
    query = (
        sa.select(ConsentAct)
        .outerjoin(ConsentExpired, ConsentExpired.act_id == ConsentAct.id)
        .where(ConsentAct.purpose == purpose, ConsentAct.act.in_(gives), ConsentAct.earliest <= newest)
        .where(place > sa.tuple_(*after, types=[ConsentAct.earliest.type, ConsentAct.id.type]))
        .where(ConsentExpired.act_id.is_(None))
        .order_by(ConsentAct.earliest, ConsentAct.id)
        .limit(limit)
        .with_for_update(of=ConsentAct, key_share=True, read=True, skip_locked=True)
    )
    return session().scalars(query).all()


def _claimed(acts: Sequence[ConsentAct], now: int) -> Sequence[ConsentAct]:
    """Those of the acts that no other worker has noted in this moment; they are noted."""
    if not acts:
        return ()
    insert = postgresql.insert if session().get_bind().dialect.name == "postgresql" else sqlite.insert
    rows = [{"act_id": act.id, "subject_id": act.subject_id, "noted_at": now} for act in acts]
    noted = insert(ConsentExpired).values(rows).on_conflict_do_nothing().returning(ConsentExpired.act_id)
    mine = set(session().scalars(noted))
    return [act for act in acts if act.id in mine]


def _facts_of(acts: Sequence[ConsentAct]) -> Mapping[tuple[UUID, str, str], Facts]:
    """What is known of the people of these acts, by purpose and channel."""
    found = {}
    for ids in in_parts(sorted({act.subject_id for act in acts})):
        for row in session().scalars(sa.select(ConsentFact).where(ConsentFact.subject_id.in_(ids))):
            found[row.subject_id, row.purpose, row.channel] = policy.unpack(row.facts)
    return found


def _stood(
    act: ConsentAct, purpose: Purpose, known: Mapping[tuple[UUID, str, str], Facts], now: int, zone: ZoneInfo
) -> bool:
    """Whether nothing but time ended this consent."""
    facts = known.get((act.subject_id, act.purpose, act.channel), NOTHING)
    give = next((one for one in facts.gives if one.act_id == act.id), None)
    if give is None:
        return False
    if any(no.latest >= give.earliest and no.covers(give.contact) for no in _noes(act, known)):
        return False
    pending = give.kind == ActKind.REQUEST or purpose.double_opt_in
    if pending and not policy.is_confirmed(give, facts.confirmed):
        return False
    return not any(_outlives(one, give, purpose, now, zone) for one in facts.gives)


def _noes(act: ConsentAct, known: Mapping[tuple[UUID, str, str], Facts]) -> Iterator[policy.No]:
    places: Collection[tuple[str, str]] = {
        (purpose, channel) for purpose in (act.purpose, _ALL) for channel in (act.channel, _ALL)
    }
    for purpose, channel in sorted(places):
        yield from known.get((act.subject_id, purpose, channel), NOTHING).noes


def _outlives(other: Give, give: Give, purpose: Purpose, now: int, zone: ZoneInfo) -> bool:
    """Whether another consent on the same contact goes on."""
    ends = purpose.expires_at(other.earliest, zone)
    return other.contact == give.contact and ends is not None and ends > now


def _record(act: ConsentAct, ended_at: int, actor: Actor) -> None:
    audit.record(
        "consent.expired",
        actor=actor,
        object_type="consent_expiry",
        object_id=act.id,
        content={"id": str(act.id), "expired_at": ended_at},
        subject_id=act.subject_id,
        details={
            "refers_to": str(act.id),
            "purpose": act.purpose,
            "channel": act.channel,
            "expired_at": clock.isoformat(ended_at),
        },
    )
